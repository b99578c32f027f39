"""From the numbers of contexts to what a verdict says: the conclusion, and a decision on each context."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from ontrial_judge.core import evidence, samples, statistics
from ontrial_judge.core.evidence import Measured
from ontrial_judge.core.statistics import Claimed, Interval
from ontrial_judge.core.verdicts import (
    SMALL,
    Alternative,
    Conclusion,
    Context,
    Effect,
    Outcome,
    SettingValues,
    settings_text,
)

M = TypeVar("M", bound=Measured)
FACTORS = 2.0 ** np.arange(-4, 4.25, 0.25)  # multiples of the smallest effect that are tried


class Decision(NamedTuple, Generic[M]):
    """The outcome of a context at a look, counted from 1, with the seeds and the error that the look may use."""

    outcome: Outcome
    look: int
    alpha: float
    measured: M


About = Callable[[Measured, bool], Mapping[str, Any]]  # see `judge`


def judge(
    measured: Sequence[Measured], looks: Sequence[int], alpha: float = statistics.ALPHA, about: About | None = None
) -> dict[str, Any]:
    """Return the fields of a verdict that follow from the numbers of the contexts of a claim.

    looks: Number of seeds at each look.
    alpha: Error of each context over all looks.
    about: Function of the numbers of a context, and of whether one is unknown, that returns more fields of the context,
        such as the learning rates that its seeds chose.
    """
    question = measured[0].question
    conclusion, decisions, bonferroni_outcomes, _ = decide_claim(measured, looks, alpha)
    same_from, same_to = same_between(measured, looks, alpha)
    return {
        "conclusion": conclusion,
        "unit": question.unit,
        "looks": tuple(looks),
        "smallest_effect": question.smallest_effect,
        "flipped_by": tuple(flipping_axes([each.context for each in measured], bonferroni_outcomes)),
        "same_from": same_from,
        "same_to": same_to,
        "contexts": tuple(describe_context(decision, about) for decision in decisions),
    }


class ClaimDecision(NamedTuple):
    """The conclusion on a claim, and for each context its decision and its outcome at the level of DEPENDS.

    is_open: Whether more seeds may decide each context, or the claim.
    """

    conclusion: Conclusion
    decisions: list[Decision]
    bonferroni_outcomes: list[Outcome]
    is_open: list[bool]


def decide_claim(measured: Sequence[Measured], looks: Sequence[int], alpha: float = statistics.ALPHA) -> ClaimDecision:
    """Return the conclusion on a claim from the numbers of its contexts, and the decisions behind it.

    Without a quantifier, open contexts are the undecided ones and, while the claim is inconclusive, those not decided
    at the level of DEPENDS. With one, they are those that the conclusion still needs.
    """
    n, quantifier = len(measured), measured[0].question.quantifier
    divisors = statistics.divisors(n, quantifier)
    decisions = {
        divisor: [decide_context(each, looks, alpha / divisor) for each in measured] for divisor in {1, n, *divisors}
    }
    outcomes = {divisor: [decision.outcome for decision in decided] for divisor, decided in decisions.items()}
    first, second = (outcomes[divisor] for divisor in divisors)
    conclusion = statistics.decide(first, second, quantifier)
    may_change = conclusion is Conclusion.INCONCLUSIVE
    pairs = list(zip(first, second, strict=True))
    if quantifier:
        is_open = [may_change and not (statistics.supports(one) or statistics.contradicts(two)) for one, two in pairs]
    else:
        undecided = Outcome.UNDECIDED
        is_open = [one is undecided or (may_change and two is undecided) for one, two in pairs]
    return ClaimDecision(conclusion, decisions[1], outcomes[n], is_open)


def decide_context(measured: M, looks: Sequence[int], alpha: float = statistics.ALPHA) -> Decision[M]:
    """Return the outcome of a context at the first look that decides it, or at the last look for which it has seeds.

    The shares of all looks add up to alpha, so an outcome is valid whatever prompted the next look.
    """
    for decision in take_looks(measured, looks, alpha):
        outcome = classify(decision)
        if outcome is not Outcome.UNDECIDED:
            return decision._replace(outcome=outcome)
    return decision


def classify(decision: Decision) -> Outcome:
    """Return the outcome of a context: UNDECIDED without numbers, as where a rate is not on its grid."""
    return Outcome(str(evidence.classify(decision.measured, decision.alpha)))


def take_looks(measured: M, looks: Sequence[int], alpha: float) -> Iterator[Decision[M]]:
    """Yield each look at a context for which it has seeds, the first one in any case, as if nothing were decided."""
    for look, (n, share) in enumerate(zip(looks, statistics.shares(len(looks), alpha), strict=True), 1):
        if look == 1 or n <= measured.n:
            yield Decision(Outcome.UNDECIDED, look, share, measured.first(n))


def same_between(measured: Sequence[Measured], looks: Sequence[int], alpha: float) -> tuple[float, float]:
    """Return the multiples of the smallest effects between which the conclusion on a claim stays the same.

    The smallest and the largest of FACTORS stand for all beyond them: 0 and ∞.
    """
    quantifier = measured[0].question.quantifier
    by_context = [
        np.stack([_outcomes_by_factor(each, looks, alpha / divisor) for each in measured]).T
        for divisor in statistics.divisors(len(measured), quantifier)
    ]
    conclusions = [
        statistics.decide(list(first), list(second), quantifier) for first, second in zip(*by_context, strict=True)
    ]
    first = last = FACTORS.tolist().index(1)
    while first and conclusions[first - 1] == conclusions[first]:
        first -= 1
    while last < len(FACTORS) - 1 and conclusions[last + 1] == conclusions[last]:
        last += 1
    return float(FACTORS[first]) if first else 0.0, float(FACTORS[last]) if last < len(FACTORS) - 1 else math.inf


def _outcomes_by_factor(measured: Measured, looks: Sequence[int], alpha: float) -> np.ndarray:
    """Return the outcome of a context if the smallest effect were multiplied by each of FACTORS."""
    found = np.full(len(FACTORS), str(Outcome.UNDECIDED), dtype=object)
    for decision in take_looks(measured, looks, alpha):
        is_open = found == Outcome.UNDECIDED
        found[is_open] = evidence.classify(decision.measured, decision.alpha, FACTORS[is_open])
    return found


def open_contexts(measured: Sequence[Measured], looks: Sequence[int]) -> list[Measured]:
    """Return the contexts of a claim that more seeds may decide, or that its conclusion needs: see `decide_claim`."""
    return [*itertools.compress(measured, decide_claim(measured, looks).is_open)]


def describe_context(decision: Decision, about: About | None = None) -> Context:
    """Return a context of a verdict.

    The interval has the level of its look, so that the intervals of all looks together cover the effect in 95 % of
    studies. In a study, what decides that an effect is negligible or equal is added to it. If a rate is not on the
    grid, nothing is estimated.

    about: As in `judge`.
    """
    outcome, look, alpha, measured = decision
    arms = [arm.columns for arm in measured.arms]
    off_grid = any(np.isnan(seeds["number"]).any() for seeds in arms)
    is_small = outcome in SMALL
    level = 1 - 2 * alpha if measured.shows_deciding and is_small else 1 - alpha
    effect = whole = Effect(math.nan, math.nan, math.nan, level, measured.unit)
    deciding = None
    if not off_grid:
        sample = measured.sample()
        effect, whole = (effect_of(sample.interval(each), each, measured.unit) for each in (level, 1 - alpha))
        if is_small and not measured.shows_deciding:
            deciding = effect_of(sample.interval(1 - 2 * alpha), 1 - 2 * alpha, measured.unit)
    smallest_effect = measured.smallest_effect
    claimed = measured.question.claimed
    needed = seeds_needed(measured.n, whole.numbers, smallest_effect, claimed)
    may_be_positive = whole.is_finite and claimed is Claimed.MORE
    return Context(
        measured.context,
        outcome,
        effect,
        n=0 if off_grid else measured.n,
        look=look,
        failed=tuple(int(seeds["failed"].sum()) for seeds in arms),
        counts_failures=measured.counts_failures,
        smallest_effect=smallest_effect,
        zeros=count_zeros(measured),
        **(about(measured, off_grid) if about else {}),
        detectable=smallest_effect + (whole.high - whole.low) / 2 if may_be_positive else None,
        seeds_needed=needed if outcome is Outcome.UNDECIDED else None,
        alternatives=tuple(judge_otherwise(measured, alpha, level)),
        decided_by=measured.decided_by,
        deciding=deciding,
    )


def count_zeros(measured: Measured) -> tuple[int, ...]:
    """Return the number of exact zeros of each arm, the floor of single precision; () if none has any."""
    counts = tuple(int((arm.columns["number"] == 0).sum()) for arm in measured.arms)
    return counts if measured.question.has_floor and any(counts) else ()


def effect_of(interval: Interval, level: float, unit: str) -> Effect:
    """Return an effect with the ends of an interval."""
    estimate, low, high = map(float, interval)
    return Effect(estimate, low, high, level, unit)


def judge_otherwise(measured: Measured, alpha: float, level: float) -> Iterator[Alternative]:
    """Yield a context judged in its other ways.

    level: Level of the intervals that are kept, unless the interval that decides is shown.
    """
    question = measured.question
    for way, sample in measured.ways.items():
        outcome = Outcome(str(samples.classify(sample, question.smallest_effect, alpha, question.claimed)))
        if measured.shows_deciding:
            level = 1 - (2 if outcome in SMALL else 1) * alpha
        yield Alternative(way, effect_of(sample.interval(level), level, question.unit), outcome)


def seeds_needed(
    n: int, interval: Sequence[float], smallest_effect: float, claimed: Claimed = Claimed.MORE
) -> int | None:
    """Return about how many seeds would decide a context whose interval contains the smallest effect.

    The width shrinks with the square root of the number of seeds, until the near end of the interval reaches the
    smallest effect. Return None if there is no such end, or if no number is enough.

    interval: Estimate, low and high for n seeds.
    claimed: What the claim says. For one of equality, an effect and its opposite are the same.
    """
    estimate, low, high = interval
    if claimed is Claimed.EQUAL and estimate < 0:
        estimate, low, high = -estimate, -high, -low
    distance = abs(estimate - smallest_effect)
    width = estimate - low if estimate >= smallest_effect else high - estimate
    if not (math.isfinite(width) and distance > statistics.TOLERANCE * smallest_effect):
        return None
    return math.ceil(n * (width / distance) ** 2)


def flipping_axes(contexts: Sequence[SettingValues], outcomes: Sequence[Outcome]) -> list[str]:
    """Return the axes along which a single step turns support into a contradiction, most frequent first."""
    found = []  # for each axis: the number of flips, negative, the contexts of the first one, and the axis
    for axis in contexts[0]:
        sides: defaultdict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))  # by the other settings
        for i, (context, outcome) in enumerate(zip(contexts, outcomes, strict=True)):
            others = settings_text({name: value for name, value in context.items() if name != axis})
            for side, belongs in zip(sides[others], (statistics.supports, statistics.contradicts), strict=True):
                if belongs(outcome):
                    side.append(i)
        flips = [(support, against) for support, against in sides.values() if support and against]
        if flips:
            count = sum(len(support) * len(against) for support, against in flips)
            found.append((-count, min((support[0], against[0]) for support, against in flips), axis))
    return [axis for *_, axis in sorted(found)]
