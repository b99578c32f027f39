"""Verdicts on a page: words for `[% if %]`, badges, boxes and effects. They never rely on colour alone."""

import functools
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ontrial.errors import InputError, unknown
from ontrial.judge.claims import Claim
from ontrial.judge.docket import SHARED_PAGES
from ontrial.judge.estimands import Estimand, arm_axes
from ontrial.judge.records import Case, Conclusion, Context, Kind, Outcome, Reading, Settings, Verdict
from ontrial.judge.statistics import contradicts
from ontrial.report.markdown import Markdown
from ontrial.report.pages.claims import estimates
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page, template_name
from ontrial.report.wording import answers, labels, outcomes

SIGNS: dict[Conclusion | Outcome, str] = {
    Conclusion.SUPPORTED: "✓",
    Conclusion.REFUTED: "✗",
    Conclusion.DEPENDS: "±",
    Conclusion.INCONCLUSIVE: "?",
    Conclusion.BY_CONSTRUCTION: "≡",
    Conclusion.NOT_TESTABLE: "○",
    Outcome.POSITIVE: "+",
    Outcome.NEGLIGIBLE: "≈",
    Outcome.REVERSED: "−",
    Outcome.BELOW: "↓",
    Outcome.UNDECIDED: "?",
    Outcome.HOLDS: "✓",
    Outcome.FAILS: "✗",
}
KINDS = {
    "measured": (Kind.MEASURED, Kind.TIMED),
    "definitions": (Kind.BY_CONSTRUCTION,),
    "not_testable": (Kind.NOT_TESTABLE,),
}
ACCURACIES = ("test_accuracy", "validation_accuracy", "train_accuracy")
COLLAPSE = 50  # points by which one accuracy exceeds the other, so that the other is below half
BY_SURPRISE = (
    Conclusion.REFUTED,
    Conclusion.DEPENDS,
    Conclusion.SUPPORTED,
    Conclusion.INCONCLUSIVE,
    Conclusion.BY_CONSTRUCTION,
    Conclusion.NOT_TESTABLE,
)


@template_name("has_claim")
def has_claim(page: Page, id: str) -> bool:
    """Return whether the study has a verdict on a claim."""
    return id in page.results.verdicts


@template_name("verdict_of")
def conclusion_on(page: Page, id: str) -> Conclusion:
    """Return what the verdict on a claim concludes, as one word of the code: supported, refuted, depends, …"""
    return verdict_on(page, id).conclusion


@template_name("verdict")
def statement_with_verdict(page: Page, id: str) -> str:
    """Return the badge of a claim and its statement, which links to the evidence."""
    return badge(page, conclusion_on(page, id)) + " " + evidence_link(page, id, statement(page, id))


@template_name("verdict_box")
def verdict_box(page: Page, id: str) -> str:
    """Return a box with the badge, statement and reason of a verdict and a link to the evidence, on one line."""
    conclusion = conclusion_on(page, id)
    return html(
        "verdict_box",
        verdict=class_name(conclusion),
        label=page.say["verdict of"],
        statement=statement(page, id),
        badge=badge(page, conclusion),
        reason=reason(page, id),
        evidence=evidence_link(page, id, page.say["the evidence"]),
    )


def evidence_link(page: Page, id: str, text: str) -> Markdown:
    """Return a text as a link to the evidence on a claim."""
    return Markdown("[{}]({}{})").format(text, page.root, evidence_path(page, id, "md"))


def evidence_path(page: Page, id: str, extension: str = "html") -> Markdown:
    """Return where the evidence on a claim is: its page, or its part of the page of all claims with its verdict.

    The path is relative to the home of the language.
    """
    shared = SHARED_PAGES.get(conclusion_on(page, id))
    if shared:
        return Markdown("evidence/{}.{}#{}").format(shared, extension, id)
    return Markdown("evidence/{}.{}").format(id, extension)


def badge(page: Page, word: Conclusion, number: int | None = None) -> str:
    """Return a verdict as a coloured word with its sign, and how many claims have it if there is a number."""
    text = page.say[word] if number is None else page.say["tally count"].format(n=number, verdict=page.say[word])
    return html("badge", verdict=class_name(word), sign=SIGNS[word], text=text)


def sign(page: Page, word: Conclusion) -> str:
    """Return the sign of a verdict in its colour, which screen readers call by the word."""
    return html("sign", verdict=class_name(word), sign=SIGNS[word], text=page.say[word])


def class_name(word: Conclusion | Outcome) -> Markdown:
    """Return a verdict or outcome as part of the name of a class. Raises InputError for any other word."""
    if word not in SIGNS:
        raise InputError(unknown("verdict or outcome", word, SIGNS))
    return Markdown(word)


def outcome_badge(page: Page, verdict: Verdict, case: Case) -> str:
    """Return what is certain about a context, or whether a reading holds, coloured and with the outcome's sign."""
    outcome = case.outcome
    text = page.say[f"outcome {outcome}"] if isinstance(case, Reading) else finding_of(page, verdict, case)
    return html("badge", verdict=class_name(outcome), sign=SIGNS[outcome], text=text)


def finding_of(page: Page, verdict: Verdict, context: Context) -> str:
    """Return what is certain about a context of a claim, and what is open."""
    if context.n == 0:
        return page.say["off the grid"]
    return outcomes.finding(page.say, context.outcome, context.effect, verdict.smallest_effect)


def statement(page: Page, id: str) -> str:
    """Return the statement of a claim in the language of the page, or in English with a note."""
    return translated(page, claim_of(page, id).statement)


def short_name(page: Page, id: str) -> str:
    """Return a claim in a few words, which are its statement if the docket has no others."""
    texts = claim_of(page, id).short or claim_of(page, id).statement
    return texts.get(page.language, texts["en"])


def translated(page: Page, texts: Mapping[str, str]) -> str:
    """Return a text of the docket in the language of the page, or in English with a note. No texts: ""."""
    if not texts:
        return ""
    if page.language in texts:
        return texts[page.language]
    return (html("in_english", text=texts["en"]) + " " + page.say["no translation"]).strip()


@template_name("reason")
def reason(page: Page, id: str) -> str:
    """Return a sentence that says why the verdict is what it is."""
    if not is_measured(page, id):
        return translated(page, claim_of(page, id).because)
    verdict = verdict_on(page, id)
    values: dict[str, Any] = {"conclusion": verdict.conclusion, "finding": ""}
    if len(verdict.contexts) == 1:
        (context,) = verdict.contexts
        finding = finding_of(page, verdict, context)
        effect = estimates.sized(page, verdict, context, after_finding=True)
        values |= {"finding": finding[:1].upper() + finding[1:], "effect": effect}
    else:
        found, depends = verdict.outcomes, verdict.conclusion is Conclusion.DEPENDS
        listed = [outcome for outcome in found if not (depends and outcome is Outcome.POSITIVE)]
        values |= {"n": len(found), "positive": found.count(Outcome.POSITIVE)}
        values["counts"] = outcomes.counts(page.say, listed, verdict.smallest_effect, verdict.unit)
        values["axes"] = Markdown(", ").join(labels.axis(axis, page.texts) for axis in verdict.flipped_by)
    return page.fill("reason.md", values).strip()


@template_name("answer")
def answer(page: Page, id: str) -> str:
    """Return the sentence that a teacher would say: yes or no, where, and how large the opposite effect is.

    "" for a claim that is not testable.
    """
    return answer_of(page, verdict_on(page, id))


def answer_of(page: Page, verdict: Verdict) -> str:
    """Return the sentence that answers a claim from the verdict of this study or another."""
    if verdict.readings:
        return answer_readings(page, verdict)
    if not verdict.contexts:
        return ""
    sentences = (answer_contexts(page, verdict), collapse_sentence(page, verdict), contrary_sentence(page, verdict))
    return Markdown(" ").join(filter(None, sentences))


def answer_readings(page: Page, verdict: Verdict) -> str:
    """Return which readings of a claim by construction are true, and which are not."""
    say = page.say
    if verdict.conclusion is Conclusion.REFUTED:
        return say["answer any no"].format(translated(page, claim_of(page, verdict.claim).because))
    if Outcome.FAILS not in verdict.outcomes:
        return say["answer any yes"]
    sentences = []
    for outcome, reply in ((Outcome.HOLDS, "yes"), (Outcome.FAILS, "no")):
        names = [
            labels.value("reading", each.reading, page.texts) for each in verdict.readings if each.outcome is outcome
        ]
        sentences += [say[f"answer readings {reply}"].format("; ".join(names))] if names else []
    return Markdown(" ").join(sentences)


def answer_contexts(page: Page, verdict: Verdict) -> str:
    """Return whether a measured claim holds, and where."""
    say, found = page.say, verdict.outcomes
    clauses = answers.find_clauses([context.settings for context in verdict.contexts], found)
    if clauses is None:
        counts = Counter(answers.ANSWERS[outcome] for outcome in found)
        return say["answer counts"].format(n=len(found), yes=counts["yes"], no=counts["no"], open=counts["open"])
    if len(clauses) == 1 and clauses[0].answer == "open":
        return say["answer open"]
    if len(clauses) == 1:
        number = {1: "once", 2: "both"}.get(len(found), "all")
        return say[f"answer {number} {clauses[0].answer}"].format(n=len(found))
    rivals = rivals_of(page, verdict.claim)
    parts = [
        say[f"answer here {reply}"].format(where=where(page, boxes, rivals)) if boxes else say[f"answer rest {reply}"]
        for reply, boxes in clauses
    ]
    text = say["answer joint"].join(parts)
    return text[:1].upper() + text[1:] + "."


def collapse_sentence(page: Page, verdict: Verdict) -> str:
    """Return that the other side hardly learns where the claim holds most, as a gap of more than COLLAPSE points shows.

    "" for other metrics than accuracies, and for a claim that only a published study tests.
    """
    estimand = estimates.estimand_of(page, verdict.claim)
    if not estimand or estimand.metric not in ACCURACIES or len(estimand.arms) < 2:
        return ""
    claimed = [context.effect.estimate for context in verdict.contexts if context.outcome is Outcome.POSITIVE]
    largest = max(claimed, default=0.0)
    if largest <= COLLAPSE:
        return ""
    size = estimates.quantity(page, largest, verdict.unit)
    return page.say["answer collapse"].format(size=size)


def contrary_sentence(page: Page, verdict: Verdict) -> str:
    """Return how large the opposite effect is where it is largest, or that all differences are too small to matter.

    "" if neither is certain, or if an arm is compared with a number, from which readers would measure the effect.
    """
    smallest, unit = verdict.smallest_effect, verdict.unit
    against = contexts_against(verdict)
    if not against:
        return ""
    clearest = min(against, key=lambda context: context.effect.estimate)
    if estimates.value_of_arm(page, verdict, clearest.effect):
        return ""
    estimate = clearest.effect.estimate
    if clearest.effect.high < 0 and estimate <= -smallest and math.isfinite(estimate):
        base, step = outcomes.split_unit(unit)
        text = page.say["answer size log2"] if base == "log2" else page.say.get(f"effect {base}", "{}")
        size = outcomes.per_step(page.say, text.format(estimates.amount(-estimate, unit)), step)
        box = {axis: (value,) for axis, value in clearest.settings.items()}
        if not box:
            return page.say["answer opposite once"].format(size=size)
        rivals = rivals_of(page, verdict.claim)
        return page.say["answer opposite"].format(where=where(page, [box], rivals), size=size)
    if any(context.outcome is not Outcome.NEGLIGIBLE for context in against):
        return ""
    term = "answer small" if len(against) == len(verdict.contexts) else "answer small elsewhere"
    return page.say[term].format(margin=outcomes.margin(page.say, smallest, unit))


def contexts_against(verdict: Verdict) -> list[Context]:
    """Return the contexts that contradict a claim."""
    return [context for context in verdict.contexts if contradicts(context.outcome)]


def where(page: Page, boxes: Iterable[answers.Box], rivals: Collection[str] = ()) -> str:
    """Return conditions in words: "with 5 hidden layers, and also at one shared learning rate for equal epochs".

    A condition with a choice comes last, or readers would have to guess how far the choice reaches. rivals: axes whose
    values are what a claim compares with.
    """
    several = [sorted(box.items(), key=lambda item: len(item[1]) > 1) for box in sorted(boxes, key=len)]
    conditions = [[condition(page, axis, values, axis in rivals) for axis, values in box] for box in several]
    if len(several) == 1 and all(len(values) == 1 for _, values in several[0]):
        return at_once(page, conditions[0])
    both = page.say["answer and" if len(several) > 1 else "answer among"].format
    parts = [functools.reduce(both, texts) for texts in conditions]
    return functools.reduce(page.say["answer also"].format, parts)


def rivals_of(page: Page, id: str) -> set[str]:
    """Return the axes whose values a claim compares with; none for a claim that only a published study tests."""
    estimand = estimates.estimand_of(page, id)
    return rival_axes(estimand) if estimand else set()


def rival_axes(estimand: Estimand) -> set[str]:
    """Return the axes that vary in one arm and are fixed in the other, which is compared with each of their values."""
    arms = estimand.arms.values()
    fixed = {name for arm in arms for name, value in arm.items() if not isinstance(value, list)}
    return arm_axes(arms).keys() & fixed


def at_once(page: Page, conditions: Sequence[str]) -> str:
    """Return conditions that hold together: "with one hidden layer, for equal epochs and with He initialisation"."""
    *others, last = conditions
    noun = page.say["answer condition"]
    shortened = Markdown(", ").join(text.removesuffix(noun) for text in others)
    return page.say["answer at once"].format(shortened, last) if others else last


def condition(page: Page, axis: str, values: Iterable[Any], rival: bool = False) -> str:
    """Return the condition that a setting has one of some values, in words.

    rival: whether a claim compares with these values.
    """
    say = page.say
    texts, names = [], []
    for value in values:
        term = f"where {axis} {value:g}" if isinstance(value, int | float) else f"where {axis} {value}"
        if term in say and not rival:
            texts.append(say[term])
        else:
            names.append(labels.value(axis, value, page.texts))
    if names:
        joined = functools.reduce(say["answer value or"].format, names)
        pattern = say["where rival"] if rival else say.get(f"where {axis}")
        texts.append(
            pattern.format(joined) if pattern else say["where other"].format(labels.axis(axis, page.texts), joined)
        )
    *others, last = texts
    return say["answer either"].format(Markdown(", ").join(others), last) if others else last


@template_name("outcome")
def outcome(page: Page, id: str, **settings: str | float) -> Outcome:
    """Return the outcome of a context as one word of the code: positive, negligible, reversed, below, undecided."""
    return context_of(page, id, settings).outcome


@template_name("finding")
def finding(page: Page, id: str, **settings: str | float) -> str:
    """Return what is certain about a context, and what is open."""
    return finding_of(page, verdict_on(page, id), context_of(page, id, settings))


@template_name("has_context")
def has_context(page: Page, id: str, **settings: str | float) -> bool:
    """Return whether the study has a verdict on a claim, and the claim one context with these settings."""
    return has_claim(page, id) and len(verdict_on(page, id).matching(settings)) == 1


@template_name("effect")
def effect(page: Page, id: str, **settings: str | float) -> str:
    """Return the estimate of a context with its interval, such as "1.3 points (95% interval 0.9 to 1.7)"."""
    return estimates.sized(page, verdict_on(page, id), context_of(page, id, settings))


def is_measured(page: Page, id: str) -> bool:
    """Return whether a verdict rests on measured effects, unlike those by construction and those not testable."""
    return verdict_on(page, id).is_measured


@template_name("counted")
def counted(page: Page, id: str) -> str:
    """Return what the numbers of a claim are counted in: "rounds" of measuring a cost, without a seed, or "seeds"."""
    estimand = claim_of(page, id).estimand
    return "rounds" if estimand and estimand.metric == "cost" else "seeds"


def context_of(page: Page, id: str, wanted: Settings) -> Context:
    """Return the one context of a claim with these settings. Raises InputError if none or several have them."""
    verdict = verdict_on(page, id)
    matches = verdict.matching(wanted)
    if len(matches) != 1:
        known = "; ".join(label(page, context) for context in verdict.contexts)
        asked = ", ".join(f"{name} {value}" for name, value in wanted.items()) or "no setting"
        raise InputError(f'claim "{id}": {len(matches)} contexts match {asked}, expected one. Contexts: {known}.')
    return matches[0]


def label(page: Page, context: Context) -> str:
    """Return the settings that distinguish a context from the others, in words."""
    return labels.context(context.settings, page.texts)


def verdict_on(page: Page, id: str) -> Verdict:
    """Return the verdict of the study on a claim. Raises InputError if it has none."""
    if id not in page.results.verdicts:
        raise InputError(f"{unknown('claim', id, page.results.verdicts)} Check has_claim(…) first.")
    return page.results.verdicts[id]


def claim_of(page: Page, id: str) -> Claim:
    """Return a claim of the docket."""
    return page.results.claims[id]


@template_name("tally")
def tally(page: Page) -> str:
    """Return the number of claims with each verdict as badges, definitions apart; "" for a study without verdicts."""
    groups = []
    for group, kinds in KINDS.items():
        counts = Counter(each.conclusion for each in page.results.verdicts.values() if each.kind in kinds)
        badges = Markdown(" ").join(badge(page, word, counts[word]) for word in Conclusion if counts[word])
        groups += [page.say[f"tally {group}"].format(badges)] if badges else []
    return Markdown("<br>").join(groups)


def distance(verdict: Verdict) -> float:
    """Return how far a verdict is from what the claim says: the largest gap to the smallest effect, in its multiples.

    0 for a claim without a measured contradiction.
    """
    smallest = verdict.smallest_effect
    gaps = [(smallest - context.effect.estimate) / smallest for context in contexts_against(verdict)]
    return max(gaps, default=0.0)


def is_surprising(verdict: Verdict) -> bool:
    """Return whether a claim is refuted, or depends on a setting and somewhere its opposite is certain."""
    depends = verdict.conclusion is Conclusion.DEPENDS
    return verdict.conclusion is Conclusion.REFUTED or (depends and Outcome.REVERSED in verdict.outcomes)


@template_name("by_surprise")
def by_surprise(page: Page, *, taught: bool = False) -> list[str]:
    """Return the ids of the claims that an experiment can decide, the most surprising verdict first.

    taught: whether to return only those that somebody else has made, that were measured, and that are refuted or depend
    on a setting.
    """

    def was_taught(id: str) -> bool:
        is_wrong = conclusion_on(page, id) in (Conclusion.REFUTED, Conclusion.DEPENDS)
        return is_wrong and is_measured(page, id) and bool(claim_of(page, id).source)

    ids = [id for id, verdict in page.results.verdicts.items() if verdict.cases and (not taught or was_taught(id))]

    def rank(id: str) -> tuple[bool, int, float]:
        verdict = verdict_on(page, id)
        return not is_surprising(verdict), BY_SURPRISE.index(verdict.conclusion), -distance(verdict)

    return sorted(ids, key=rank)


@template_name("cards")
def cards(page: Page, number: int = 3, without: Collection[str] = ()) -> str:
    """Return the claims that turned out least as taught, each with what was measured, as cards; "" if there are none.

    without: ids of claims to leave out.
    """
    chosen = [id for id in by_surprise(page, taught=True) if id not in without][:number]
    entries = [
        {
            "verdict": class_name(conclusion_on(page, id)),
            "badge": badge(page, conclusion_on(page, id)),
            "statement": statement(page, id),
            "answer": answer(page, id),
            "link": evidence_link(page, id, page.say["the evidence"]),
        }
        for id in chosen
    ]
    return html("cards", cards=entries, taught=page.say["card taught"], measured=page.say["card measured"])


@template_name("verdict_files")
def verdict_files(page: Page) -> list[str]:
    """Return the names of the files in which the site has the verdicts as data."""
    kinds = {verdict.kind for verdict in page.results.verdicts.values()}
    return ["verdicts.json", *(["timed-verdicts.json"] if Kind.TIMED in kinds else [])]


@template_name("squares")
def squares(page: Page) -> str:
    """Return one square for each claim with a verdict, a link to its evidence."""
    entries = [
        {
            "verdict": class_name(verdict.conclusion),
            "sign": SIGNS[verdict.conclusion],
            "text": Markdown("{}: {}").format(page.say[verdict.conclusion], statement(page, id)).striptags(),
            "link": page.root + evidence_path(page, id),
        }
        for id, verdict in page.results.verdicts.items()
    ]
    return html("squares", squares=entries)


def heading(text: str) -> Markdown:
    """Return the first heading of a page of the docs."""
    return Markdown(next(line.removeprefix("# ").strip() for line in text.splitlines() if line.startswith("# ")))
