"""What pages print of a context is what its verdict says: the number with its sign, the mark, and the counts.

Pages are those of published studies, from their dockets and verdicts alone. Numbers are read back from the pages.
The map of batch sizes prints means of runs and no estimate of a verdict; test_home.py has its answers.
"""

import ast
import functools
import math
import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest
import yaml
from support.pages import with_findings
from support.project import ROOT
from support.published import REFERENCE, STUDIES, measured, published

from ontrial.judge.units import Unit
from ontrial.report.figures import evidence
from ontrial.report.pages import lookup, written_answers
from ontrial.report.pages.assemble_pages import claim_pages
from ontrial.report.pages.claims import answer_numbers, estimates, glance, sentences, verdicts
from ontrial.report.pages.claims import replications as repeated
from ontrial.report.pages.claims.evidence import MOST_LISTED
from ontrial.report.pages.claims.replications import count_agreements, pairs
from ontrial.report.pages.page import Page
from ontrial.report.site_plan import SitePlan
from ontrial.report.summaries import finding_files
from ontrial.report.summaries.evidence import rows_of
from ontrial_book.chapters import pages as chapters
from ontrial_book.home import law
from ontrial_book.one_curve import OneCurve
from ontrial_book.replications import pages as replications
from ontrial_book.replications import pages_agreement
from ontrial_book.teaching import pages_exam
from ontrial_judge.core.statistics import contradicts, supports
from ontrial_judge.core.verdicts import Conclusion, Context, Effect, Outcome, Verdict, settings_text

LANGUAGES = ("en", "ko")
NUMBER = r"−?\d[\d,]*(?:\.\d+)?"
BADGE = re.compile(r'class="badge badge-(\w+)')
POWER = re.compile(rf"({NUMBER}) × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
MINUS = str.maketrans({"−": "-", ",": None, "\N{NO-BREAK SPACE}": " "})


@functools.cache
def pages_of(study: str, language: str) -> dict[str, str]:
    """Return the pages of the claims of a published study."""
    return claim_pages(published(language, study))[0]


def is_printed(text: str, number: float) -> bool:
    """Return whether a number as printed is a number, rounded to the digits that it shows, with its sign."""
    text = text.translate(MINUS)
    shown = float(text)
    if "." not in text and abs(shown) >= 1000:  # three significant digits
        return math.isclose(shown, number, rel_tol=0.005)
    last = 10.0 ** -len(text.partition(".")[2])
    has_sign = shown == 0 or (shown < 0) == (number < 0)
    return has_sign and abs(shown - number) <= 0.5 * last * (1 + 1e-6)


def without_power(power: re.Match[str]) -> str:
    """Return a number such as 3.70 × 10⁻⁵ in decimals."""
    exponent = int(power[2].translate(RAISED))
    places = max(len(power[1].partition(".")[2]) - exponent, 0)
    return f"{float(power[1].translate(MINUS)) * 10.0**exponent:.{places}f}".replace("-", "−")


def printed_numbers(effect: Effect) -> list[float]:
    """Return the estimate and the interval of an effect as pages print them; NaN for what they say in words."""
    plain = [2**number if Unit.parse(effect.unit).is_factor else number for number in effect.numbers]
    return [number if math.isfinite(exact) else math.nan for number, exact in zip(plain, effect.numbers, strict=True)]


def without_level(text: str) -> str:
    """Return a cell without the level of its interval, the words on one whose ends are not known, and its failures."""
    text = re.sub(r"^[^:]*(?: fail| 실패): | in 100", "", text.replace("\N{NO-BREAK SPACE}", " "))
    return re.sub(r"[;,] 90%: (?:less than [^)]*|[^)]* 미만)(?=\))|90%: ", "", text)


def is_borne_out(text: str, verdict: Verdict, context: Context) -> bool:
    """Return whether the interval that a cell shows decides the outcome, or the cell says that another one did."""
    if context.outcome not in (Outcome.NEGLIGIBLE, Outcome.EQUAL):
        return "90%: " not in text
    smallest = verdict.smallest_effect_in(context)
    is_inside = -smallest < context.shown.low <= context.shown.high < smallest
    return ("90%: " in text) is (context.deciding is not None or not is_inside)


def require_printed(text: str, numbers: list[float], place: object) -> int:
    """Check that the numbers of a text are those given, apart from what it says in words. Return how many it has."""
    shown, expected = (
        re.findall(NUMBER, POWER.sub(without_power, text)),
        [number for number in numbers if not math.isnan(number)],
    )
    assert len(shown) == len(expected), (place, text, numbers)
    assert all(map(is_printed, shown, expected)), (place, text, numbers)
    return len(shown)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("study", STUDIES)
def test_each_row_on_the_page_of_a_claim_has_the_numbers_and_the_mark_of_its_context(study, language):
    """Of many contexts, the page has those of the picture, and a link to the table of all, which has its own test."""
    sources, marks, numbers = published(language, study), 0, 0
    pages = pages_of(study, language)
    for id in measured(study):
        verdict, page = sources.results.verdicts[id], pages[f"evidence/{id}.md"]
        table = page.partition('<div class="contexts"')[2].partition("</div>")[0]
        rows = [row.split(" | ") for row in table.splitlines() if "badge badge-" in row]
        is_long = len(verdict.contexts) > MOST_LISTED
        listed = [verdict.contexts[i] for i in rows_of(verdict)] if is_long else verdict.contexts
        assert (f'<a href="../../figures/evidence-{id}.csv">' in page) is is_long
        assert len(rows) == len(listed), id
        for (_, badge, estimate, *_), context in zip(rows, listed, strict=True):
            assert BADGE.findall(badge) == [context.outcome], (id, badge)
            marks += 1
            if math.isfinite(context.effect.estimate) and not context.zeros:
                numbers += require_printed(
                    without_level(estimate), printed_numbers(context.shown), (id, context.settings)
                )
                assert is_borne_out(estimate, verdict, context), (id, context.settings, estimate)
    assert marks > (15 if study == "law" else 100)
    assert numbers > (45 if study == "law" else 300)


@pytest.mark.parametrize("study", STUDIES)
def test_the_picture_of_a_claim_shows_both_sides_of_what_depends(study):
    for id in measured(study):
        verdict = published("en", study).results.verdicts[id]
        rows = rows_of(verdict)
        assert rows == sorted(set(rows))
        shown = {verdict.contexts[i].outcome for i in rows}
        assert (
            len(rows) == len(verdict.contexts)
            or verdict.conclusion is not Conclusion.DEPENDS
            or (any(map(supports, shown)) and any(map(contradicts, shown)))
        ), id


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("study", STUDIES)
def test_a_page_of_a_claim_says_how_to_object_with_its_id_and_the_commit_of_its_results(study, language):
    facts, unknown = published(language, study).provenance, {"en": "unknown", "ko": "모름"}[language]
    assert (study != "default") is ("commit" in facts)
    for id in measured(study):
        objection = yaml.safe_load(pages_of(study, language)[f"evidence/{id}.md"].split("---\n")[1])["objection"]
        assert objection["title"].endswith(f": {id}")
        first, *questions = objection["body"].splitlines()[::2]
        assert id in first
        assert facts.get("commit", unknown) in first
        assert len(questions) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_line_for_an_exam_has_the_mark_of_the_verdict_and_its_whole_answer(language):
    page = Page(published(language), "exam.md")
    lines = [line for lines in pages_exam.exam_lines(page).values() for _, line in lines]
    judged = [id for id in page.results.verdicts if page.results.verdicts[id].conclusion is not Conclusion.NOT_TESTABLE]
    assert len(lines) == len(judged)
    by_id = {id: next(line for line in lines if f"#{id})" in line or f"/{id}.md" in line) for id in judged}
    for id, line in by_id.items():
        assert BADGE.findall(line)[0] == page.results.verdicts[id].conclusion
        assert sentences.answer(page, id) in line


@pytest.mark.parametrize("study", STUDIES)
def test_the_counts_of_a_reason_are_those_of_outcomes(study):
    page, checked = Page(published("en", study), "some.md"), 0
    for id in measured(study):
        found = page.results.verdicts[id].outcomes
        text = sentences.reason(page, id).partition(" What decides it")[0]
        if match := re.match(r"It held in (\d+) of (\d+) settings", text):
            held, n = map(int, match.groups())
            assert (held, n) == (sum(map(supports, found)), len(found)), (id, text)
            counts = [int(number) for number in re.findall(r"\bin (\d+)(?=[,.])", text.partition(";")[2])]
            if counts:
                listed = Counter(outcome for outcome in found if not supports(outcome))
                assert sorted(counts) == sorted(listed.values()) or sum(counts) == listed.total(), (id, text)
            checked += 1 + len(counts)
    assert checked >= {"again": 15, "law": 3}.get(study, 20)


def test_the_verdicts_of_which_some_may_be_wrong_are_all_that_the_site_shows():
    sources = published("en")
    shown = SitePlan.read(sources.results.study, {}, ROOT).measurements
    sources = with_findings(sources, measurements=finding_files.read_measurements(shown))
    counted = {}
    for name in ("default", "atlas", "one-curve", "mish", "law", "again"):
        rows = pd.read_csv(REFERENCE / name / "verdicts.csv")
        counted[name] = rows.loc[rows["kind"].isin(["measured", "timed"]), "id"].nunique()
    here = counted.pop("default")
    assert verdicts.shown(Page(sources, "methods.md"))[:2] == (here, sum(counted.values()))


def test_replications_count_an_outcome_as_the_same_only_if_it_is():
    page, checked = Page(published("en"), "evidence/index.md"), 0
    for id in measured("default"):
        for other in repeated.replications(page, id):
            verdict = page.results.verdicts[id]
            cell = replications._agreement_cell(count_agreements(verdict, other.verdict))
            both = [(one.outcome, twin.outcome) for one, twin in pairs(verdict, other.verdict) if twin]
            decided = [pair for pair in both if Outcome.UNDECIDED not in pair]
            same, compatible, different, undecided = map(int, re.findall(r"\d+", cell))
            assert same == sum(one is other for one, other in decided)
            assert same + compatible + different == len(decided)
            ties = sum({*pair} == {Outcome.NEGLIGIBLE, Outcome.REVERSED} for pair in decided)
            assert different == ties + sum(supports(one) != supports(other) for one, other in decided)
            assert undecided == sum(Outcome.UNDECIDED in pair and pair[0] is not pair[1] for pair in both)
            checked += 4
    assert checked >= 20


# Against the tables of verdicts ---------------------------------------------------------------------------------------


@functools.cache
def table_of(study: str) -> dict[tuple[str, str], dict]:
    """Return the rows of a published verdicts.csv by claim and context."""
    rows = pd.read_csv(REFERENCE / study / "verdicts.csv", keep_default_na=False, na_values=[""]).to_dict("records")
    return {(row["id"], row["context"] if isinstance(row["context"], str) else ""): row for row in rows}


def row_of(study: str, id: str, context: Context) -> Effect:
    """Return what a table of verdicts says of a context, with the interval that decided if the table has it."""
    row = table_of(study)[id, settings_text(context.settings)]
    assert row["outcome"] == context.outcome
    ends = [
        name if math.isnan(row.get(f"deciding_{name}", math.nan)) else f"deciding_{name}" for name in ("low", "high")
    ]
    return Effect(row["estimate"], *(row[name] for name in ends), row["level"], row["unit"])


def is_one_of(text: str, effect: Effect, *others: float) -> bool:
    """Return whether a printed number is the estimate or an end of an effect, or the inverse of a factor."""
    numbers = printed_numbers(effect)
    inverse = [1 / number for number in numbers if number] if Unit.parse(effect.unit).is_factor else []
    opposite = [-number for number in numbers]
    return any(is_printed(text, each) for each in (*numbers, *inverse, *opposite, *others) if not math.isnan(each))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("study", STUDIES)
def test_an_effect_in_a_sentence_has_the_numbers_of_the_table_of_verdicts(study, language):
    """Of every context, since chapters name many, and their loops any."""
    page, checked = Page(published(language, study), "some.md"), 0
    for id in measured(study):
        verdict = page.results.verdicts[id]
        for context in verdict.contexts:
            if not context.n or context.zeros:
                continue
            effect, text = row_of(study, id, context), sentences.effect(page, id, **context.settings)
            plain = re.sub(r"\d+%|; by the .*|, 판정하는 .*", "", POWER.sub(without_power, text))
            numbers = re.findall(NUMBER, re.sub(r"in 100.networks", "", plain))[-3 if context.counts_failures else 0 :]
            arm = estimates.value_of_arm(page, verdict, effect)
            tiny = [0.0, 1.0] if abs(effect.estimate) < verdict.smallest_effect / 20 else []
            assert numbers or not math.isfinite(effect.low - effect.high), (id, text)
            assert all(is_one_of(each, effect, *(printed_numbers(arm) if arm else []), *tiny) for each in numbers), (
                id,
                context.settings,
                text,
                effect,
            )
            checked += len(numbers)
    assert checked > 250


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("study", STUDIES)
def test_a_size_in_an_answer_is_the_smallest_or_largest_of_the_table_of_verdicts(study, language):
    page, checked = Page(published(language, study), "some.md"), 0
    name = "claims" if study == "default" else f"{study}-claims"
    answers = written_answers.read_answers(ROOT / f"config/{name}.answers.yaml")
    for id in measured(study):
        verdict = page.results.verdicts[id]
        chosen = next((each for each in answers.get(id, ()) if each.suits(verdict)), None)
        for call in re.findall(r"\[\[ (size\(.*?\)) \]\]", chosen.texts[language] if chosen else ""):
            parsed = ast.parse(call, mode="eval").body
            which, named = (
                ast.literal_eval(parsed.args[0]),
                {each.arg: ast.literal_eval(each.value) for each in parsed.keywords},
            )
            steps = named.pop("steps", 1)
            contexts = [
                context
                for context in verdict.contexts
                if not context.counts_failures
                and all(
                    context.settings[name] in (value if isinstance(value, list) else [value])
                    for name, value in named.items()
                )
            ]
            effects = [row_of(study, id, context) for context in contexts]
            found = [estimates.value_of_arm(page, verdict, effect) or effect for effect in effects]
            sizes = sorted(abs(effect.estimate) for effect in found if math.isfinite(effect.estimate))
            text = re.sub(r"\D+$", "", answer_numbers.size(page, id, which, steps, **named))
            if not sizes or math.inf in {abs(effect.estimate) for effect in found}:
                continue
            is_factor = Unit.parse(verdict.unit).is_factor
            ends = [2 ** (steps * size) if is_factor else steps * size for size in (sizes[0], sizes[-1])]
            numbers = re.findall(NUMBER, POWER.sub(without_power, text))
            expected = {
                "smallest": ends[:1],
                "at least": ends[:1],
                "largest": ends[1:],
                "up to": ends[1:],
                "range": ends,
            }
            assert all(
                any(math.isclose(float(number.translate(MINUS)), each, rel_tol=0.05) for each in expected[which])
                for number in numbers
            ), (id, call, text, ends)
            assert len(numbers) == len(expected[which]) or which == "range", (id, call, text)
            checked += len(numbers)
    assert checked >= {"default": 15, "atlas": 5}.get(study, 0)


def test_the_effects_of_replications_are_those_of_their_tables():
    page, checked = Page(published("en"), "some.md"), 0
    for id in measured("default"):
        for study in page.sources.replications:
            replicated = page.sources.other_studies[study].verdicts.get(id)
            for _, twin in pairs(page.results.verdicts[id], replicated) if replicated else ():
                if twin is None or not twin.n or twin.zeros or not math.isfinite(twin.effect.estimate):
                    continue
                text = without_level(f"({pages_agreement.short_effect(page, twin)})")
                effect = row_of(study, id, twin)
                checked += require_printed(
                    text, printed_numbers(effect)[: 1 if effect.low == effect.high else 3], (study, id)
                )
    assert checked > 1500


@functools.cache
def with_other_tables(language: str, study: str) -> Page:
    """Return a page of a study that shows the published study one-curve."""
    files = [str(path) for path in sorted((REFERENCE / "one-curve").rglob("*.*"))]
    return Page(with_findings(published(language, study), measurements=finding_files.read_measurements(files)), "a.md")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cells_on_a_claim_of_one_curve_have_its_verdict_counts_and_estimates(language):
    page, checked = with_other_tables(language, "default"), 0
    for id, verdict in page.results.measurement("one-curve").verdicts.items():
        effects = [row_of("one-curve", id, context) for context in verdict.contexts]
        badge, counts, estimates_shown = OneCurve(page).tried(id).split(" | ")
        assert BADGE.findall(badge) == [verdict.conclusion]
        held = sum(supports(context.outcome) for context in verdict.contexts)
        assert sorted(map(int, re.findall(r"\d+", counts))) == [held, len(effects)]
        known = [printed_numbers(effect)[0] for effect in effects if effect.is_finite]
        ends = [min(known), max(known)]
        shown = re.findall(NUMBER, POWER.sub(without_power, estimates_shown))
        require_printed(estimates_shown, ends if len(shown) > 1 else ends[:1], id)
        checked += len(shown)
    assert checked > 25


def test_the_picture_of_the_law_has_the_leads_of_the_tables_of_verdicts():
    page = Page(published("en", "law"), "index.md")
    found = list(law.leads(page.results, page.texts))
    assert law.sizes(page.results) == (16, 256)
    for budget, id in law.CLAIMS.items():
        rows = [
            row for (claim, _), row in table_of("law").items() if claim == id and "batch_size=256" in row["context"]
        ]
        drawn = [each for each in found if each.budget == budget]
        assert len(rows) == len(drawn) == 20
        for row, each in zip(rows, drawn, strict=True):
            numbers = sorted(row[name] * (-1 if budget == "epochs" else 1) for name in ("estimate", "low", "high"))
            assert [each.low, each.estimate, each.high] == numbers
    for each in found:
        assert (each.ahead == "small") is (each.low >= 1)
        assert (each.ahead == "large") is (each.high <= -1)
        assert (each.ahead == "tie") is (each.low > -1 and each.high < 1)


@pytest.mark.parametrize("study", STUDIES)
def test_the_numbers_below_the_picture_of_a_claim_are_those_of_its_table(study):
    checked = 0
    for id in measured(study):
        verdict = published("en", study).results.verdicts[id]
        drawn = evidence._table_of(verdict)
        for row, context in zip(drawn.to_dict("records"), verdict.contexts, strict=True):
            effect = row_of(study, id, context)
            assert [row["outcome"], row["unit"]] == [context.outcome, effect.unit]
            np.testing.assert_equal([row[name] for name in ("estimate", "low", "high")], effect.numbers)
            checked += 4
    assert checked > 400


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("study", STUDIES)
def test_each_line_of_the_list_and_box_of_a_chapter_has_the_verdict_and_the_outcomes_of_the_table(study, language):
    page = Page(published(language, study), "evidence/index.md")
    rows, checked = pd.read_csv(REFERENCE / study / "verdicts.csv"), 0
    for id in measured(study):
        own = rows[rows["id"] == id]
        (conclusion,) = set(own["verdict"])
        _, line = glance._row(page, id)
        answers = [int(own["outcome"].map(holds).sum()) for holds in (supports, contradicts)]
        squares = [line.count(f'<i class="{answer}">') for answer in ("yes", "no", "open")]
        assert squares == [*answers, len(own) - sum(answers)], (id, line)
        shown = ["outside"] if lookup.is_outside(page, id) else [conclusion]
        assert BADGE.findall(line) == shown, (id, line)
        assert f'class="verdict verdict-{conclusion}"' in chapters.verdict_box(page, id), id
        checked += 1 + len(own)
    assert checked > 100
