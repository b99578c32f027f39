"""Answers that are written by hand: which one the results choose, what a file may say, and every one that we wrote."""

import math
import random
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache, partial
from html import unescape
from itertools import combinations, product
from pathlib import Path

import pytest
from support.budgets import require
from support.hostile import HTML, MARKDOWN
from support.messages import message_of
from support.pages import context, page_of, tiny_results
from support.project import ROOT, read_yaml

from ontrial.judge import checks, result_files
from ontrial.judge.claim import Claim
from ontrial.judge.claims import list_contexts
from ontrial.report.pages import assemble_pages
from ontrial.report.pages import written_answers as written
from ontrial.report.pages.claims import answer_numbers, sentences
from ontrial.report.pages.page import Page
from ontrial.study import configuration
from ontrial_judge.core.statistics import OUTCOMES_OF, decide
from ontrial_judge.core.verdicts import Conclusion, Context, Effect, Outcome, Verdict

STUDIES = {name: configuration.read_study(ROOT / f"config/{name}.yaml") for name in ("config", "atlas")}
FILES = {name: Path(study.docket).with_suffix(".answers.yaml") for name, study in STUDIES.items()}
CLAIMS_OF = {name: checks.read_docket(study.docket, study).claims for name, study in STUDIES.items()}
CLAIMS = CLAIMS_OF["config"] | CLAIMS_OF["atlas"]
ANSWERS = written.read_answers(FILES["config"]) | written.read_answers(FILES["atlas"])
ALL = [(id, i) for id, answers in ANSWERS.items() for i in range(len(answers))]

# Estimate and interval of each outcome, in multiples of the smallest effect
EFFECTS = {
    "positive": (2.0, 1.5, 3.0), "negligible": (0.2, -0.3, 0.5), "reversed": (-2.0, -3.0, -1.5),
    "below": (-0.9, -1.5, 0.5), "undecided": (0.9, 0.5, 1.3), "equal": (0.1, -0.2, 0.3), "apart": (-2.0, -3.0, -1.5),
    "within": (0.2, -0.3, 0.5), "beyond": (2.0, 1.5, 3.0),
}  # fmt: skip
MACHINERY = {
    "en": r"\b(contexts?|arms?|polic(y|ies)|outcomes?|smallest effect|tun(ed|ing)|seeds?|dockets?|cells?|settings?)\b",
    "ko": "문맥|정책|판정|시드|설정|최소 효과|튜닝|평가 기준",
}
NEVER_FILLED = re.compile(r"\[\[|\]\]|∞|–|nan|None")


def made_up(claim: Claim, found: Sequence[str], *, endless: bool = False, at_once: bool = True) -> Verdict:
    """Return a verdict on a claim with these outcomes of its contexts.

    endless: Whether clear effects are infinite.
    at_once: Whether the outcomes are certain for all contexts at once, and not only for each.
    """
    estimand = claim.estimand
    contexts = []
    for settings, outcome in zip(list_contexts(estimand), found, strict=True):
        estimate, low, high = (estimand.smallest_effect * multiple for multiple in EFFECTS[outcome])
        if endless and abs(estimate) > 1.5 * estimand.smallest_effect:
            estimate = math.copysign(math.inf, estimate)
        effect = Effect(estimate, low, high, 0.95, estimand.unit)
        contexts.append(Context(settings, Outcome(outcome), effect, 20, failed=tuple(range(3, 3 + len(estimand.arms)))))
    return Verdict(
        claim.id,
        claim.kind,
        "0",
        "0",
        Conclusion(decide(found, found if at_once else ["undecided"] * len(found))),
        unit=estimand.unit,
        smallest_effect=estimand.smallest_effect,
        contexts=tuple(contexts),
    )


def choose(answers: Iterable[written.Answer], verdict: Verdict) -> written.Answer | None:
    return next((answer for answer in answers if answer.suits(verdict)), None)


def outcomes_of(claim: Claim) -> tuple[str, ...]:
    return OUTCOMES_OF[claim.estimand.claimed]


def many_outcomes(claim: Claim, answer: written.Answer | None = None):
    """Yield outcomes of all contexts that the conditions of an answer allow, all of them if there are few contexts."""
    possible, draw = outcomes_of(claim), random.Random(claim.id)
    allowed = []
    for settings in list_contexts(claim.estimand):
        conditions = answer.conditions if answer else ()
        concerned = [each.outcomes for each in conditions if each.concerns(settings)]
        allowed.append([outcome for outcome in possible if all(outcome in outcomes for outcomes in concerned)])
    if len(allowed) <= 3:
        yield from product(*allowed)
    for usual in possible:
        yield [usual if usual in several else several[0] for several in allowed]
    for pair in combinations(possible, 2):
        yield [draw.choice([outcome for outcome in several if outcome in pair] or several) for several in allowed]
    for _ in range(100):
        few = draw.sample(possible, draw.randint(1, len(possible)))
        yield [draw.choice([outcome for outcome in several if outcome in few] or several) for several in allowed]


@cache
def tiny_page(language: str) -> Page:
    return page_of(tiny_results(), language)


@cache
def page_with_our_answers(language: str, id: str, found: tuple[str, ...], endless: bool, at_once: bool = True) -> Page:
    page = tiny_page(language)
    verdicts = {id: made_up(CLAIMS[id], found, endless=endless, at_once=at_once)}
    results = replace(page.results, verdicts=verdicts, claims=CLAIMS)
    return replace(page, sources=replace(page.sources, results=results, answers=ANSWERS))


@pytest.mark.parametrize("study", STUDIES)
def test_our_answers_suit_our_dockets(study):
    assert written.find(Path(STUDIES[study].docket), CLAIMS_OF[study]) == FILES[study]


@pytest.mark.parametrize("file", ["default/verdicts.json", "mnist/verdicts.json", "atlas/verdicts.json"])
def test_each_published_outcome_has_an_answer(file):
    verdicts = result_files.read_verdicts(ROOT / "results/reference" / file).claims
    assert written.without_words(ANSWERS, verdicts) == []


def test_outcomes_without_an_answer_are_listed(results):
    verdicts = page_of(results).results.verdicts
    assert [each.claim for each in written.without_words({}, verdicts.values())] == ["small"]
    assert written.without_words({"small": (answer(),)}, verdicts.values()) == []


@cache
def outcomes_that_choose(id: str, i: int) -> tuple[tuple[str, ...], bool] | None:
    """Return outcomes of the contexts of a claim for which one of its answers is chosen, and `at_once`; or None."""
    claim, answers = CLAIMS[id], ANSWERS[id]
    for at_once, found in product((True, False), map(tuple, many_outcomes(claim, answers[i]))):
        if choose(answers, made_up(claim, found, at_once=at_once)) is answers[i]:
            return found, at_once
    return None


@pytest.mark.parametrize(("id", "i"), ALL, ids=lambda value: str(value))
@pytest.mark.parametrize("language", ["en", "ko"])
def test_each_answer_can_be_chosen_and_reads_well(language, id, i):
    chosen = outcomes_that_choose(id, i)
    assert chosen is not None, "an earlier answer always comes first"
    found, at_once = chosen
    for endless in (False, True):
        page = page_with_our_answers(language, id, found, endless, at_once)
        text = unescape(sentences.written_answer(page, page.results.verdicts[id]))
        assert text
        assert not NEVER_FILLED.search(text)
        assert not re.search(MACHINERY[language], text, re.IGNORECASE)
        parts = re.split(r"(?<=[.!?])\s+", text)
        assert len(parts) <= 3
        require("answer words", max(len(sentence.split()) for sentence in parts), f"{language}: {id}")
        assert text[-1] == "."


OPEN = {"en": r"Open\b", "ko": r"[^.]*아직 모른다\."}  # what an answer to an open question begins with


@pytest.mark.parametrize("language", OPEN)
@pytest.mark.parametrize("name", ["", "atlas-", "again-", "law-"])
def test_only_an_answer_to_an_open_question_begins_so_and_no_inconclusive_verdict_can_have_another(name, language):
    ours = written.read_answers(ROOT / f"config/{name}claims.answers.yaml")
    for each in (answer for answers in ours.values() for answer in answers):
        assert each.conclusion, each.place
        is_open = each.conclusion is Conclusion.INCONCLUSIVE
        assert bool(re.match(OPEN[language], each.texts[language])) is is_open, each.place


def answer(*conditions: dict, verdict: str | None = None, **texts: str) -> written.Answer:
    built = [
        written.Premise({name: [value] for name, value in item.items() if name != "outcome"}, [item["outcome"]])
        for item in conditions
    ]
    return written.Answer("small", "a.yaml", texts, Conclusion(verdict) if verdict else None, tuple(built))


def page_with(results, *answers: written.Answer, language: str = "en") -> Page:
    page = page_of(results, language)
    return replace(page, sources=replace(page.sources, answers={"small": answers}))


@pytest.mark.parametrize(("chosen", "rejected"), [
    (answer(), answer(verdict="supported")),
    (answer(verdict="depends"), answer({"policy": "fixed", "outcome": "reversed"})),
    (answer({"policy": "fixed", "outcome": "positive"}, {"policy": "tuned", "outcome": "reversed"}),
     answer({"outcome": "positive"})),
    (answer({"policy": "tuned", "outcome": "reversed"}), answer({"policy": "linear", "outcome": "reversed"})),
])  # fmt: skip
def test_the_first_answer_that_suits_is_chosen(results, chosen, rejected):
    verdict = page_of(results).results.verdicts["small"]
    assert choose([rejected, chosen, answer()], verdict) is chosen
    assert choose([rejected], verdict) is None


def test_an_answer_stands_where_the_generated_one_was(results):
    page = page_with(results, answer(en='By [[ size("largest", policy="tuned") ]] points.'))
    assert sentences.answer(page, "small") == "By 2.0 points."
    assert "</span> By 2.0 points.\n" in assemble_pages.evidence_pages(page.sources)["evidence/small.md"]


def test_a_page_says_what_to_do_by_its_answer_or_else_by_its_verdict(results):
    advised = replace(answer(en="No."), then={"en": "Choose a <rate>.", "ko": "고른다."})
    for page, expected in (
        (page_with(results, advised), "Choose a &#60;rate&#62;."),
        (page_with(results, answer(en="No.")), page_of(results).say["then depends"]),
    ):
        assert f"**What to do?** {expected}\n" in assemble_pages.evidence_pages(page.sources)["evidence/small.md"]


@pytest.mark.parametrize(("text", "message"), [
    ("questions: {smal-batch-accuracy: {en: Small?, ko: 작을까?}}",
     'questions.smal-batch-accuracy: unknown claim "smal-batch-accuracy"'),
    ("objections: {smal-batch-accuracy: {en: No., ko: 아니다.}}",
     'objections.smal-batch-accuracy: unknown claim "smal-batch-accuracy"'),
    ("objections: {small-batch-accuracy: {en: No.}}", 'objections.small-batch-accuracy: the key "ko" is missing'),
])  # fmt: skip
def test_a_question_or_objection_about_an_unknown_claim_or_in_one_language_is_refused(tmp_path, text, message):
    assert message in refusal(tmp_path, "answers:\n", f"{text}\nanswers:\n")


@pytest.mark.parametrize("name", ["", "atlas-", "again-"])
def test_our_objections_are_one_short_sentence_and_concern_claims_that_quote_somebody(name):
    quoted = {spec["id"] for spec in read_yaml(f"config/{name}claims.yaml")["claims"] if "quotations" in spec}
    objections = written.read_texts(ROOT / f"config/{name}claims.answers.yaml", "objections")
    assert set() < objections.keys() <= quoted
    for id, texts in objections.items():
        assert all(text.endswith(".") and ". " not in text for text in texts.values()), id


@pytest.mark.parametrize("name", ["", "atlas-", "again-", "law-"])
def test_every_measured_claim_has_a_question_that_ends_in_a_question_mark(name):
    asked = written.read_texts(ROOT / f"config/{name}claims.answers.yaml", "questions")
    specs = read_yaml(f"config/{name}claims.yaml")["claims"]
    measured = {spec["id"] for spec in specs if spec.get("kind", "measured") in ("measured", "timed")}
    assert measured <= asked.keys() <= {spec["id"] for spec in specs}
    assert all(text.endswith("?") for texts in asked.values() for text in texts.values())
    titles = [texts[language] for texts in asked.values() for language in texts]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize(("text", "headline"), [
    ("No: it led by 2.1 points. That was all.", "No: it led by 2.1 points"),
    ("아니다. 오히려 반대다. tanh가 2.7배 빨리 90%에 도달했다. 늘 그랬다.",
     "아니다. 오히려 반대다. tanh가 2.7배 빨리 90%에 도달했다"),
    ("Yes.", "Yes"),
    ("Yes. No.", "Yes. No"),
])  # fmt: skip
def test_the_headline_is_the_first_sentence_that_says_more_than_yes_or_no(results, text, headline):
    page = page_with(results, answer(en=text))
    assert unescape(sentences.headline(page, "small")) == headline


def test_the_title_of_an_inconclusive_verdict_does_not_answer(results):
    page = page_with(results, answer(en="Not with one layer. With five, nobody knows."))
    verdicts = {"small": replace(page.results.verdicts["small"], conclusion=Conclusion.INCONCLUSIVE)}
    page = replace(page, sources=replace(page.sources, results=replace(page.results, verdicts=verdicts)))
    assert sentences.headline(page, "small") == page.say["headline open"]


def test_without_an_answer_that_suits_the_generated_one_stays(results):
    page = page_with(results, answer(verdict="supported", en="No."))
    assert sentences.answer(page, "small") == sentences.answer(page_of(results), "small")


def test_an_answer_with_a_number_that_the_results_lack_gives_way_to_the_next(results):
    page = page_with(results, answer(en='By [[ size("largest", policy="tuned") ]] points.'), answer(en="By much."))
    (kept, failing) = page.results.verdicts["small"].contexts
    verdict = replace(page.results.verdicts["small"], contexts=(kept, replace(failing, counts_failures=True)))
    assert sentences.written_answer(page, page.results.verdicts["small"]) == "By 2.0 points."
    page = replace(page, sources=replace(page.sources, results=replace(page.results, verdicts={"small": verdict})))
    assert sentences.written_answer(page, verdict) == "By much."


def test_a_text_is_literal_and_answers_call_only_checked_functions(results):
    text = f"{HTML} {MARKDOWN} {{{{ 7 }}}}"
    shown = sentences.answer(page_with(results, answer(en=text)), "small")
    assert not set("<`*_[]$|") & set(shown)
    assert unescape(shown) == text
    assert tuple(answer_numbers.of_claim(page_of(results), "small")) == written.NUMBERS


@pytest.mark.parametrize(("call", "text"), [
    ('size("largest")', "at least 3.0"), ('size("smallest")', "1.3"), ('size("smallest", steps=3)', "2.0"),
    ('size("largest", depth=1)', "4.0"), ('size("largest", depth=6)', ""), ('size("at least")', "at least 1.3"),
    ('size("at least", depth=5)', "at least 3.0"), ('size("up to")', "at least 3.0"),
    ('size("up to", depth=1)', "up to 4.0"), ('size("range")', "at least 1.3"),
    ('size("range", near=1)', "1.3 to 4.0"), ('size("range", depth=1)', "4.0"), ('failed("of")', "20 of 20"),
    ('failed("over", depth=1)', "1 of 20"), ("answered()", "5"), ('answered("yes")', "3"),
    ('answered("open")', "1"), ('answered("opposite")', "1"), ("goal()", "90%"),
])  # fmt: skip
def test_numbers_of_a_verdict(call, text):
    id = "relu-faster-than-tanh"
    in_factors = partial(context, unit="log2")
    contexts = (
        in_factors("reversed", {"depth": 1, "near": 1}, estimate=-2.0, low=-3.0, high=-1.0, failed=(0, 1)),
        in_factors("positive", {"depth": 5}, estimate=math.inf, low=math.log2(3), high=math.inf, failed=(9, 0)),
        in_factors("positive", {"depth": 6}, estimate=math.inf, low=math.inf, high=math.inf, failed=(20, 0)),
        in_factors("undecided", {"depth": 7, "near": 1}, estimate=1 / 3, low=0.0, high=1.0, failed=(2, 0)),
        context("positive", {"depth": 9}, estimate=60.0, low=40.0, high=80.0, counts_failures=True),
    )
    page = page_with_our_answers("en", id, ("positive",) * 12, False)
    verdict = replace(page.results.verdicts[id], contexts=contexts)
    page = replace(page, sources=replace(page.sources, results=replace(page.results, verdicts={id: verdict})))
    filled = written.Answer(id, "a.yaml", {"en": f"[[ {call} ]]"}).fill("en", answer_numbers.of_claim(page, id))
    assert filled.replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('size("most")', "write one of smallest, largest, at least, up to, range"),
        ('size("largest", steps="x")', "steps as a whole number"),
        ('size("largest", depth=3)', "no context has depth 3"),
        ('failed("minus")', 'unknown arm "minus". Known: of, over.'),
        ('answered("maybe")', 'unknown answer "maybe". Known: no, open, opposite, yes.'),
    ],
)
def test_a_number_that_no_verdict_has_is_refused_with_its_place(call, message):
    page = page_with_our_answers("en", "relu-faster-than-tanh", ("positive",) * 12, False)
    answer = written.Answer("relu-faster-than-tanh", "a.yaml", {"en": f"[[ {call} ]]"})
    assert message_of(answer.fill, "en", answer_numbers.of_claim(page, answer.claim)).startswith("a.yaml.en:1: ")
    assert message in message_of(answer.fill, "en", answer_numbers.of_claim(page, answer.claim))


GOOD = """\
answers:
  small-batch-accuracy:
    - verdict: depends
      contexts: [{policy: [fixed_of, tuned], budget: epochs, outcome: [positive, negligible]}]
      en: Some.
      ko: 가끔.
  relu-solves-vanishing:
    - contexts: [{depth: 3, outcome: equal}]
      en: 'By [[ size("largest", depth=3) ]].'
      ko: '[[ size("largest", depth=3) | particle("은/는") ]] 그렇다.'
"""


def refusal(tmp_path, old: str = "", new: str = "", claims=CLAIMS) -> str:
    path = tmp_path / "claims.answers.yaml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1) if old else GOOD, encoding="utf-8")
    ids = {claim["id"] for claim in read_yaml("config/claims.yaml")["claims"]}
    return message_of(written.require, path, claims, ids).replace(f"{path}:", "")


def test_the_file_beside_a_docket_is_found_checked_and_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    docket = Path(shutil.copy(ROOT / "config/claims.yaml", "own.yaml"))
    assert written.find(docket, CLAIMS) is None
    Path("own.answers.yaml").write_text(GOOD, encoding="utf-8")
    path = written.find(docket, CLAIMS)
    (first,), _ = written.read_answers(path).values()
    assert first.texts == {"en": "Some.", "ko": "가끔."}
    assert first.conclusion is Conclusion.DEPENDS
    assert first.conditions[0].settings == {"policy": ["fixed_of", "tuned"], "budget": ["epochs"]}
    Path("own.answers.yaml").write_text(GOOD.replace("equal", "apart, of course"), encoding="utf-8")
    assert "own.answers.yaml:8: answers.relu-solves-vanishing[0]" in message_of(written.find, docket, CLAIMS)


@pytest.mark.parametrize(("old", "new", "message"), [
    ("small-batch", "smal-batch", '2: answers.smal-batch-accuracy: unknown claim "smal-batch-accuracy". Did you '),
    ("small-batch-accuracy", "relu-slope", "2: answers.relu-slope: only claims that are measured or timed have"),
    ("      ko: 가끔.\n", "", '3: answers.small-batch-accuracy[0]: the key "ko" is missing: text on one line'),
    ("verdict: depends", "verdict: true", "3: answers.small-batch-accuracy[0].verdict: true is not one of"),
    (", outcome: [positive, negligible]", "", 'contexts[0]: the key "outcome" is missing: an outcome or a list'),
    ("budget: epochs", "budget: hours", 'contexts[0].budget: unknown budget "hours". Known: epochs, updates.'),
    ("depth=3) ]].", "depth=4) ]].", '9: answers.relu-solves-vanishing[0].en: unknown depth "4". Known: 12, 3, 5.'),
    ("outcome: equal", "outcome: positive", 'unknown outcome "positive". Known: apart, equal, undecided.'),
    ("Some.", "Some – few.", "[0].en: – stands for a number that results lack. Write another dash."),
    ("Some.", "Some [[ goal().", "[0].en: an answer is plain text with numbers [[ … ]]."),
    ("Some.", "Some [[ goal().__class__ ]].", "[0].en: [[ goal().__class__ ]] is not a number."),
    ("Some.", "Some [[ 7 ]].", '[0].en: [[ 7 ]] is not a number. Write it as in [[ size("largest", depth=5) ]].'),
    ("Some.", "Some [[ sise(1) ]].", '[0].en: unknown number "sise". Did you mean "size"?'),
    ("Some.", "Some [[ size() ]].", '[0].en: size: wrong arguments. Write it as in size("largest"), and'),
    ("Some.", 'Some [[ size("largest", steps=0) ]].', "and steps as a whole number of at least 1."),
    ("    - verdict: depends\n", "    - {en: Yes., ko: 응.}\n    - verdict: depends\n",
     "4: answers.small-batch-accuracy[1]:"),
    ('ko: \'[[ size("largest", depth=3)', 'ko: \'[[ size("largest", depth=5)', "ko: expression [[ size"),
])  # fmt: skip
def test_a_mistake_is_reported_with_its_line_before_anything_starts(tmp_path, old, new, message):
    assert message in refusal(tmp_path, old, new)


def test_conditions_of_claims_that_the_study_leaves_out_are_not_checked(tmp_path):
    few = {id: claim for id, claim in CLAIMS.items() if id != "small-batch-accuracy"}
    assert "4: " not in refusal(tmp_path, "outcome: equal", "outcome: positive", few)


def test_a_link_out_of_the_project_is_refused(tmp_path, monkeypatch):
    project, secret = tmp_path / "project", tmp_path / "secret.yaml"
    project.mkdir()
    secret.write_text(GOOD, encoding="utf-8")
    (project / "claims.answers.yaml").symlink_to(secret)
    monkeypatch.chdir(project)
    assert "is outside the project" in message_of(written.find, Path("claims.yaml"), CLAIMS)
