"""The outcome of plain samples, and whether two judgements are the same."""

import math

import numpy as np

from ontrial_judge.core import statistics
from ontrial_judge.core.statistics import ALPHA, Claimed
from ontrial_judge.core.verdicts import Effect, Verdict


def classify(
    sample: np.ndarray,
    smallest_effect: float,
    censored: bool,
    alpha: float = ALPHA,
    *,
    claimed: Claimed = Claimed.MORE,
) -> np.ndarray:
    """Return the outcome of each row of a sample: see `statistics.outcomes`."""
    intervals = (statistics.confidence_interval(sample, censored, level) for level in (1 - alpha, 1 - 2 * alpha))
    return statistics.outcomes(*intervals, smallest_effect, claimed)


def require_same_judgement(published: Verdict, again: Verdict) -> int:
    """Check that a claim judged again from its numbers per seed has the verdict and each context as published.

    Return the number of contexts. Published numbers have four digits.
    """

    def numbers(effect: Effect | None) -> tuple[float, ...]:
        return () if effect is None else (*effect.numbers, effect.level)

    def are_close(one: float, other: float) -> bool:
        return math.isclose(one, other, rel_tol=6e-4, abs_tol=1e-6) or (math.isnan(one) and math.isnan(other))

    def given(verdict: Verdict) -> tuple:
        return verdict.claim, verdict.conclusion, verdict.flipped_by, verdict.same_from, verdict.same_to

    assert given(again) == given(published)
    for context, twin in zip(published.contexts, again.contexts, strict=True):
        place = published.claim, context.settings
        for name in ("settings", "outcome", "n", "look", "failed", "counts_failures", "zeros"):
            assert getattr(context, name) == getattr(twin, name), (*place, name)
        assert context.effect.unit == twin.effect.unit, place
        assert all(map(are_close, numbers(context.effect), numbers(twin.effect))), place
        if context.deciding:
            assert all(map(are_close, numbers(context.deciding), numbers(twin.deciding))), place
        for way in context.alternatives:
            if other := twin.judged_by(way.way):  # other test images need more than these numbers
                assert other.outcome is way.outcome, (*place, way.way)
    return len(published.contexts)
