"""What a sceptic asks of a verdict: other ways to judge, other smallest effects, shorter and longer training."""

import math
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np

from ontrial.judge import claims, measurements, metrics
from ontrial.judge.claims import Arm
from ontrial.judge.estimands import Estimand
from ontrial.judge.records import Alternative, Context, Kind, Stage, Verdict, Way
from ontrial.judge.verdicts import FACTORS
from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup, numbers
from ontrial.report.pages.claims import estimates, sentences
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import answers, labels, outcomes
from ontrial.report.wording.quantities import Quantity

CLOSE = 2  # factor of the smallest effects within which a close verdict changes
RANGES = {  # phrases by whether the range of the smallest effects has no lower and no upper end
    (True, True): "range all",
    (True, False): "range to",
    (False, True): "range from",
    (False, False): "range between",
}


# Other ways to judge --------------------------------------------------------------------------------------------------


def _judged_as(verdict: Verdict, context: Context, judged: Alternative | Stage) -> Context:
    """Return a context with the effect and the outcome of an alternative, or of an earlier record."""
    changed = replace(context, effect=judged.effect, outcome=judged.outcome)
    if isinstance(judged, Alternative):
        return replace(changed, counts_failures=False, smallest_effect=verdict.smallest_effect)
    return changed


def typical(page: Page, verdict: Verdict) -> list[str]:
    """Return the estimate of the typical seed and its interval for each context that counts failures instead."""
    lines: list[str] = []
    for context in verdict.contexts:
        if alternative := context.judged_by(Way.TYPICAL):
            effect = outcomes.estimate_and_interval(page.say, _judged_as(verdict, context, alternative))
            name = lookup.label(page, verdict.claim, context)
            lines.append(Markdown("**{}**: {} ({})" if name else "{}{} ({})").format(name, *effect))
    return lines


class OtherWays(NamedTuple):
    """What other ways of judging say: a line for each context that one of them answers differently.

    by_sign: Whether the sign test is such a way.
    agree: "outcome" if no outcome differs, "answer" if no answer does. None if one does, or without other ways.
    """

    lines: list[str]
    by_sign: bool
    agree: Literal["outcome", "answer"] | None


def other_ways(page: Page, verdict: Verdict) -> OtherWays:
    """Return the verdicts by the mean, the sign test and the typical seed, where their answer differs."""
    judged = [
        (context, each)
        for context in verdict.contexts
        for each in context.alternatives
        if each.way in (Way.MEAN, Way.SIGN, Way.TYPICAL)
    ]
    differing = [
        (context, each) for context, each in judged if answers.ANSWERS[each.outcome] != answers.ANSWERS[context.outcome]
    ]
    lines = [_other_way(page, verdict, context, each) for context, each in differing]
    if differing or not judged:
        return OtherWays(lines, any(each.way is Way.SIGN for _, each in differing), None)
    is_same = all(each.outcome is context.outcome for context, each in judged)
    return OtherWays(lines, False, "outcome" if is_same else "answer")


def _other_way(page: Page, verdict: Verdict, context: Context, alternative: Alternative) -> str:
    """Return a sentence on the verdict by an alternative test."""
    other, say = _judged_as(verdict, context, alternative), page.say
    has_few_failures = any(context.failed) and not context.counts_failures
    is_mean_of_failures = alternative.way is Way.MEAN and has_few_failures
    pattern = say["way mean with failures"] if is_mean_of_failures else say[f"way {alternative.way}"]
    text = pattern.format(
        typical=Quantity.of(context.effect.estimate, context.effect.unit).in_sentence(say),
        failed="\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}".join(map(str, context.failed)),
        n=context.n,
        effect=estimates.sized(page, verdict, other),
        finding=sentences.finding_of(page, verdict, other),
    )
    name = lookup.label(page, verdict.claim, context)
    return Markdown("**{}**: {}").format(name, text) if name else text


# Other test samples ---------------------------------------------------------------------------------------------------


class OtherSamples(NamedTuple):
    """The contexts of a claim judged with other test samples, too.

    n: Number of contexts that have such an interval.
    table: Table of both intervals of each.
    lines: A line for each that has another outcome.
    """

    n: int
    table: str
    lines: list[str]


def other_samples(page: Page, verdict: Verdict) -> OtherSamples | None:
    """Return the contexts with an interval for other test samples; None without any."""
    judged = [(context, each) for context in verdict.contexts if (each := context.judged_by(Way.IMAGES))]
    if not judged:
        return None
    say, names = page.say, [lookup.label(page, verdict.claim, context) for context, _ in judged]
    heads = [say["setting"]] if any(names) else []
    rows = []
    for name, (context, alternative) in zip(names, judged, strict=True):
        estimate, interval = outcomes.estimate_and_interval(page.say, context)
        _, wider = outcomes.estimate_and_interval(page.say, _judged_as(verdict, context, alternative))
        rows.append([*([name] if any(names) else []), estimate, interval, wider])
    table = markdown([*heads, say["estimate"], say["interval other seeds"], say["interval other samples"]], rows)
    differing = [(context, each) for context, each in judged if each.outcome is not context.outcome]
    lines = [_other_way(page, verdict, context, each) for context, each in differing]
    return OtherSamples(len(judged), table, lines)


class Kept(NamedTuple):
    """The number of contexts that are judged in another way, and of those with the same outcome."""

    n: int
    same: int


def outcomes_with_other_samples(page: Page) -> Kept:
    """Count contexts with a test-sample interval, and those it confirms."""
    contexts = [context for verdict in page.results.verdicts.values() for context in verdict.contexts]
    same = [each.outcome is context.outcome for context in contexts if (each := context.judged_by(Way.IMAGES))]
    return Kept(len(same), sum(same))


# Other smallest effects -----------------------------------------------------------------------------------------------


def is_close(verdict: Verdict) -> bool:
    """Return whether a verdict on a measured claim changes within a factor of CLOSE of the smallest effects."""
    return verdict.is_measured and (verdict.same_from > 1 / CLOSE or verdict.same_to < CLOSE)


def same_range(page: Page, verdict: Verdict) -> str:
    """Return the sentences on the smallest effects for which the verdict stays the same."""
    say, low, high = page.say, verdict.same_from, verdict.same_to
    term = RANGES[low == 0, math.isinf(high)] if low < high else "range none"
    ends = {"low": low or FACTORS[0], "high": min(high, FACTORS[-1])}
    text = say[term].format(**{name: _amount(page, verdict, factor) for name, factor in ends.items()})
    if any(context.smallest_effect not in (None, verdict.smallest_effect) for context in verdict.contexts):
        text += " " + say["range of failures"]
    if is_close(verdict):
        text = say["range close"] + " " + text
    return text


def _amount(page: Page, verdict: Verdict, factor: float) -> str:
    """Return a multiple of the smallest effect of interest, in few digits."""
    return Quantity.of(factor * verdict.smallest_effect, verdict.unit).in_few_digits(page.say)


# Shorter training -----------------------------------------------------------------------------------------------------


def lasting(page: Page, verdict: Verdict) -> str:
    """Return the sentences on whether the answer was another one earlier in training; "" without earlier records."""
    if not any(context.stages for context in verdict.contexts):
        return ""
    say, n, texts = page.say, len(verdict.contexts), []
    if not any(context.changes for context in verdict.contexts):
        return say["lasting steady"]
    for answer in ("no", "yes"):
        found = [turn for turn in answers.turns(verdict) if turn.answer == answer]
        if found:
            share = numbers.percent(page, 100 * max(turn.share for turn in found), places=0)
            where = say["lasting each" if len(found) == n else "lasting some"].format(k=len(found), n=n)
            term = f"lasting {answer}" if n > 1 else f"lasting once {answer}"
            texts.append(say[term].format(where=where, share=share))
    return Markdown(" ").join(texts) or say["lasting same"]


# Longer training ------------------------------------------------------------------------------------------------------


def never_arrive(page: Page, verdict: Verdict, estimand: Estimand) -> list[str]:
    """Return a sentence for each arm that no rate of its grid lets arrive within the budget, if its runs are there."""
    has_pairs = len(estimand.arms) == 2 and not estimand.has_several
    if page.results.records.empty or not estimand.censored or verdict.kind is Kind.TIMED or not has_pairs:
        return []
    found: dict[str, bool] = {}
    for context in verdict.contexts:
        if not context.n or context.n not in context.failed:
            continue
        arms = claims.list_arms(page.results.study, estimand, dict(context.settings))
        names = outcomes.arm_names(estimand, page.texts, context.settings)
        others = {name: value for name, value in context.settings.items() if name != "policy"}
        for arm, name, rate in zip(arms, names, context.rates, strict=True):
            if _never_arrives(page, estimand, arm):
                text = Markdown(", ").join(filter(None, (name, labels.context(others, page.texts, estimand))))
                found[text] = rate in (min(arm.cell.learning_rates), max(arm.cell.learning_rates))
    return [page.say["no rate inside" if on_edge else "no rate"].format(text) for text, on_edge in found.items()]


def _never_arrives(page: Page, estimand: Estimand, arm: Arm) -> bool:
    """Return whether no run of an arm that chooses its own rates arrives, at any rate."""
    if not arm.policy or arm.base not in (None, arm.cell):
        return False
    return all(
        np.isinf(metrics.compute(page.results, option.cell, estimand.recorded_metric, "test", estimand.threshold)).all(
            axis=None
        )
        for option in arm.options
    )


def longer_training(page: Page, verdict: Verdict, context: Context) -> str | None:
    """Return the sentence that longer training might settle a context, with the factor that its budget could prove.

    It is None if most runs arrive, or if more seeds could prove the smallest effect within this budget. So it is for
    the atlas, whose runs are not published.
    """
    estimand = lookup.estimand_of(page, verdict.claim)
    if estimand is None or not estimand.censored or verdict.kind is Kind.TIMED or page.sources.of_atlas:
        return None
    if context.failed and min(context.failed) > context.n / 2:
        return page.say["longer training of both"]
    if context.effect.estimate != math.inf:
        return None
    measured = measurements.measure_context(page.results, estimand, dict(context.settings))
    provable = float(np.median(measured.typical().lowest))
    if not provable < verdict.smallest_effect or math.isinf(provable):
        return None
    return page.say["longer training"].format(Quantity.of(provable, verdict.unit).in_sentence(page.say))
