"""Sentences on a claim: the finding in each context, the reason for the verdict, and a teacher's answer."""

import functools
import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from ontrial.judge.estimands import Estimand, arm_axes
from ontrial.judge.records import Conclusion, Context, Outcome, Verdict
from ontrial.judge.statistics import contradicts
from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup
from ontrial.report.pages.claims import estimates
from ontrial.report.pages.page import Page, template_name
from ontrial.report.wording import answers, labels, outcomes
from ontrial.report.wording.quantities import Quantity

ACCURACIES = ("test_accuracy", "validation_accuracy", "train_accuracy")
COLLAPSE = 50  # difference of accuracies in points, above which the smaller one is below half


def finding_of(page: Page, verdict: Verdict, context: Context) -> str:
    """Return what is certain about a context of a claim, and what is open."""
    if context.n == 0:
        return page.say["off the grid"]
    return outcomes.finding(page.say, context.outcome, context.effect, verdict.smallest_effect)


@template_name("reason")
def reason(page: Page, id: str) -> str:
    """Return the sentence that gives the reason for a verdict."""
    if not lookup.is_measured(page, id):
        return lookup.translated(page, lookup.claim_of(page, id).because)
    verdict = lookup.verdict_on(page, id)
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
    """Return the answer that a teacher would give: yes or no, where, and the size of an opposite effect.

    The answer is "" for a claim that is not testable.
    """
    return answer_of(page, lookup.verdict_on(page, id))


def answer_of(page: Page, verdict: Verdict) -> str:
    """Return the answer to a claim by the verdict of this study or another."""
    if verdict.readings:
        return answer_readings(page, verdict)
    if not verdict.contexts:
        return ""
    sentences = (answer_contexts(page, verdict), collapse_sentence(page, verdict), contrary_sentence(page, verdict))
    return Markdown(" ").join(filter(None, sentences))


def answer_readings(page: Page, verdict: Verdict) -> str:
    """Return the sentence on which readings of a claim by construction are true."""
    say = page.say
    if verdict.conclusion is Conclusion.REFUTED:
        return say["answer any no"].format(lookup.translated(page, lookup.claim_of(page, verdict.claim).because))
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
    """Return the sentences on whether a measured claim holds, and where."""
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
    """Return the sentence that the other side hardly learns where the largest effect exceeds COLLAPSE points.

    It is "" for smaller effects, for metrics other than accuracy, and for claims that only a published study tests.
    """
    estimand = estimates.estimand_of(page, verdict.claim)
    if not estimand or estimand.metric not in ACCURACIES or len(estimand.arms) < 2:
        return ""
    claimed = [context.effect.estimate for context in verdict.contexts if context.outcome is Outcome.POSITIVE]
    largest = max(claimed, default=0.0)
    if largest <= COLLAPSE:
        return ""
    size = Quantity.of(largest, verdict.unit).in_sentence(page.say)
    return page.say["answer collapse"].format(size=size)


def contrary_sentence(page: Page, verdict: Verdict) -> str:
    """Return the sentence on the largest opposite effect, or that all differences are too small to matter.

    It is "" if neither is certain, or if an arm is compared with a number, from which readers would measure the effect.
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
        size = Quantity.of(-estimate, unit).in_answer(page.say)
        box = {axis: (value,) for axis, value in clearest.settings.items()}
        if not box:
            return page.say["answer opposite once"].format(size=size)
        rivals = rivals_of(page, verdict.claim)
        return page.say["answer opposite"].format(where=where(page, [box], rivals), size=size)
    if any(context.outcome is not Outcome.NEGLIGIBLE for context in against):
        return ""
    term = "answer small" if len(against) == len(verdict.contexts) else "answer small elsewhere"
    return page.say[term].format(margin=Quantity.of(smallest, unit).as_margin(page.say))


def contexts_against(verdict: Verdict) -> list[Context]:
    """Return the contexts that contradict a claim."""
    return [context for context in verdict.contexts if contradicts(context.outcome)]


def where(page: Page, boxes: Iterable[answers.Box], rivals: Collection[str] = ()) -> str:
    """Return conditions in words: "with 5 hidden layers, and also at one shared learning rate for equal epochs".

    A condition with a choice comes last, because readers would otherwise have to guess how far the choice reaches.

    rivals: Axes whose values the claim compares.
    """
    several = [sorted(box.items(), key=lambda item: len(item[1]) > 1) for box in sorted(boxes, key=len)]
    conditions = [[condition(page, axis, values, axis in rivals) for axis, values in box] for box in several]
    if len(several) == 1 and all(len(values) == 1 for _, values in several[0]):
        return at_once(page, conditions[0])
    both = page.say["answer and" if len(several) > 1 else "answer among"].format
    parts = [functools.reduce(both, texts) for texts in conditions]
    return functools.reduce(page.say["answer also"].format, parts)


def rivals_of(page: Page, id: str) -> set[str]:
    """Return the axes whose values a claim compares; none for a claim that only a published study tests."""
    estimand = estimates.estimand_of(page, id)
    return rival_axes(estimand) if estimand else set()


def rival_axes(estimand: Estimand) -> set[str]:
    """Return the axes that vary in one arm and are fixed in the other, which is compared with all their values."""
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

    rival: Whether the claim compares these values.
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


@template_name("finding")
def finding(page: Page, id: str, **settings: str | float) -> str:
    """Return what is certain about a context, and what is open."""
    return finding_of(page, lookup.verdict_on(page, id), lookup.context_of(page, id, settings))


@template_name("effect")
def effect(page: Page, id: str, **settings: str | float) -> str:
    """Return the estimate of a context with its interval, such as "1.3 points (95% interval 0.9 to 1.7)"."""
    return estimates.sized(page, lookup.verdict_on(page, id), lookup.context_of(page, id, settings))
