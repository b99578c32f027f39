"""From docket and tables to verdicts."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ontrial.judge import measuring, policies, statistics, timing
from ontrial.judge.claims import Claim
from ontrial.judge.docket import Docket
from ontrial.judge.estimands import Estimand
from ontrial.judge.identities import IDENTITIES
from ontrial.judge.lottery import draw_lottery
from ontrial.judge.measuring import Measured
from ontrial.judge.records import Conclusion, Context, Effect, Kind, Outcome, Reading, SettingValues, Verdict, Verdicts
from ontrial.judge.results import Results
from ontrial.study.study import Study

if TYPE_CHECKING:
    import pandas as pd


def judge(results: Results, docket: Docket) -> Verdicts:
    """Return the verdicts on all claims that are not timed, in docket order."""
    claims = [claim for claim in docket.claims.values() if claim.kind is not Kind.TIMED]
    return Verdicts(results.study.name, tuple(_judge_claim(results, claim) for claim in claims))


def _judge_claim(results: Results, claim: Claim) -> Verdict:
    if claim.estimand:
        return judge_measured(
            claim, measuring.measure(results, claim.estimand), looks_of(results.study, claim.estimand)
        )
    if claim.identity:
        return judge_identity(claim, IDENTITIES[claim.identity]().readings)
    return Verdict(claim.id, claim.kind, claim.hash, claim.test_hash, Conclusion.NOT_TESTABLE)


def looks_of(study: Study, estimand: Estimand) -> tuple[int, ...]:
    """Return the number of seeds at each look at a measured claim, which all of its experiments share."""
    return study.experiments[estimand.experiments[0]].looks


def judge_timed(results: Results, docket: Docket, table: pd.DataFrame) -> Verdicts:
    """Return the verdicts on the timed claims from the timing table. Timed claims have a single look."""
    verdicts = []
    for claim in docket.claims.values():
        if claim.kind is Kind.TIMED and claim.estimand:
            measured = timing.measure(results, claim.estimand, table)
            verdicts.append(judge_measured(claim, measured, (measured[0].n,)))
    return Verdicts(results.study.name, tuple(verdicts))


def judge_identity(claim: Claim, readings: Mapping[str, bool]) -> Verdict:
    """Return the verdict on an identity.

    readings: Whether each reading holds.
    """
    conclusion = Conclusion.REFUTED
    if any(readings.values()):
        conclusion = Conclusion.BY_CONSTRUCTION if all(readings.values()) else Conclusion.DEPENDS
    return Verdict(
        claim.id,
        claim.kind,
        claim.hash,
        claim.test_hash,
        conclusion,
        readings=tuple(Reading(name, Outcome.HOLDS if holds else Outcome.FAILS) for name, holds in readings.items()),
    )


class Decision(NamedTuple):
    """The outcome of a context at a look, counted from 1, with the seeds and the error that the look may use."""

    outcome: Outcome
    look: int
    alpha: float
    measured: Measured


def judge_measured(claim: Claim, measured: Sequence[Measured], looks: Sequence[int]) -> Verdict:
    """Return the verdict on a measured or timed claim from the numbers of its contexts.

    looks: Number of seeds at each look.
    """
    estimand = measured[0].estimand
    conclusion, decisions, bonferroni_outcomes = decide_claim(measured, looks)
    return Verdict(
        claim.id,
        claim.kind,
        claim.hash,
        claim.test_hash,
        conclusion,
        unit=estimand.unit,
        looks=tuple(looks),
        smallest_effect=estimand.smallest_effect,
        flipped_by=tuple(flipping_axes([each.context for each in measured], bonferroni_outcomes)),
        contexts=tuple(map(describe_context, decisions)),
    )


class ClaimDecision(NamedTuple):
    """The conclusion on a claim, and for each context its decision and its outcome at the level of DEPENDS."""

    conclusion: Conclusion
    decisions: list[Decision]
    bonferroni_outcomes: list[Outcome]


def decide_claim(measured: Sequence[Measured], looks: Sequence[int]) -> ClaimDecision:
    """Return the conclusion on a claim from the numbers of its contexts, and the decisions behind it."""
    decisions = [decide_context(each, looks) for each in measured]
    bonferroni_outcomes = [decide_context(each, looks, contexts=len(measured)).outcome for each in measured]
    conclusion = Conclusion(statistics.decide([decision.outcome for decision in decisions], bonferroni_outcomes))
    return ClaimDecision(conclusion, decisions, bonferroni_outcomes)


def decide_context(measured: Measured, looks: Sequence[int], contexts: int = 1) -> Decision:
    """Return the outcome of a context at the first look that decides it, or at the last look for which it has seeds.

    The shares of all looks add up to ALPHA, so an outcome is valid whatever prompted the next look.

    contexts: Number of contexts that share the error of each look.
    """
    for look, (n, share) in enumerate(zip(looks, statistics.shares(len(looks)), strict=True), 1):
        if look > 1 and n > measured.n:
            break
        decision = Decision(Outcome.UNDECIDED, look, share / contexts, measured.first(n))
        outcome = classify(decision)
        if outcome is not Outcome.UNDECIDED:
            return decision._replace(outcome=outcome)
    return decision


def classify(decision: Decision) -> Outcome:
    """Return the outcome of a context: UNDECIDED without numbers, as where a rate is not on its grid."""
    estimand, numbers = decision.measured.estimand, decision.measured.numbers
    return Outcome(str(statistics.classify(numbers, estimand.smallest_effect, estimand.censored, decision.alpha)))


def open_contexts(measured: Sequence[Measured], looks: Sequence[int]) -> list[Measured]:
    """Return the contexts of a claim that more seeds may decide.

    These are the undecided ones and, while the claim is inconclusive, those not decided at the level of DEPENDS.
    """
    conclusion, decisions, bonferroni_outcomes = decide_claim(measured, looks)
    may_depend = conclusion is Conclusion.INCONCLUSIVE
    return [
        each
        for each, decision, bonferroni_outcome in zip(measured, decisions, bonferroni_outcomes, strict=True)
        if decision.outcome is Outcome.UNDECIDED or (may_depend and bonferroni_outcome is Outcome.UNDECIDED)
    ]


def describe_context(decision: Decision) -> Context:
    """Return a context of a verdict.

    The interval has the level of its look, so that the intervals of all looks together cover the effect in 95 % of
    studies. If a rate is not on the grid, nothing is estimated.
    """
    outcome, look, alpha, measured = decision
    estimand, numbers = measured.estimand, measured.numbers
    off_grid = bool(np.isnan(measured.table).any())
    interval = [math.nan] * 3
    if not off_grid:
        interval = [float(end) for end in statistics.confidence_interval(numbers, estimand.censored, 1 - alpha)]
    estimate, low, high = interval
    effect = Effect(estimate, low, high, 1 - alpha, estimand.unit)
    is_undecided = outcome is Outcome.UNDECIDED
    arms = [arm.seeds for arm in measured.arms]
    rates = [policies.typical(seeds["rate"]) for seeds in arms if seeds["rate"].notna().any() or off_grid]
    return Context(
        measured.context,
        outcome,
        effect,
        n=0 if off_grid else measured.n,
        look=look,
        failed=tuple(int(seeds["failed"].sum()) for seeds in arms),
        zeros=measured.zeros,
        rates=tuple(None if math.isnan(rate) else rate for rate in rates),
        on_edge=any(policies.mostly(seeds["on_edge"]) for seeds in arms),
        detectable=estimand.smallest_effect + (high - low) / 2 if effect.is_finite else None,
        seeds_needed=seeds_needed(measured.n, interval, estimand.smallest_effect) if is_undecided else None,
        lottery=() if np.isnan(numbers).any() else tuple(draw_lottery(measured)),
    )


def seeds_needed(n: int, interval: Sequence[float], smallest_effect: float) -> int | None:
    """Return about how many seeds would decide a context whose interval contains the smallest effect.

    The width shrinks with the square root of the number of seeds, until the near end of the interval reaches the
    smallest effect. Return None if there is no such end, or if no number is enough.

    interval: Estimate, low and high for n seeds.
    """
    estimate, low, high = interval
    distance = abs(estimate - smallest_effect)
    width = estimate - low if estimate >= smallest_effect else high - estimate
    if not (math.isfinite(width) and distance > statistics.TOLERANCE * smallest_effect):
        return None
    return math.ceil(n * (width / distance) ** 2)


def flipping_axes(contexts: Sequence[SettingValues], outcomes: Sequence[Outcome]) -> list[str]:
    """Return the axes along which a single step turns a positive outcome into a contradiction, most frequent first."""
    flips: Counter[str] = Counter()
    for (context, outcome), (other, other_outcome) in itertools.permutations(zip(contexts, outcomes, strict=True), 2):
        differing = [axis for axis in context if context[axis] != other[axis]]
        if len(differing) == 1 and outcome is Outcome.POSITIVE and statistics.contradicts(other_outcome):
            flips[differing[0]] += 1
    return [axis for axis, _ in flips.most_common()]


def standing(claim: Claim, published: Mapping[str, str]) -> str:
    """Return how a claim compares with published verdicts.

    "published": The same claim is among them.
    "changed": A claim with its id, but another hash, is among them.
    "own": No claim with its id is among them.

    published: Hash of each published claim by its id.
    """
    if claim.id not in published:
        return "own"
    return "published" if published[claim.id] == claim.hash else "changed"
