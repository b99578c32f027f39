"""Samples: what the seeds of a context give, and the interval that follows from it.

A sample has seeds on its last axis. Axes before it hold further samples, such as subsets of the seeds.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ontrial_judge.core import statistics
from ontrial_judge.core.statistics import Claimed, Interval

FAR = 6  # robust standard deviations from the median of an arm beyond which a run has ended far from the rest
SKEWED = 0.7  # standard errors: rare enough among symmetric samples, and frequent enough among skewed ones
TWO_PEAKS = 1.6  # kurtosis below that of a uniform distribution, 1.8; two equal peaks have 1
FEWEST = 10  # numbers whose mean is judged alone
FEW = 25  # numbers that do not show how long the tail of a skewed distribution is
UNEVEN = (2.0, 4.0)  # caution for two arms of which one has runs far from the rest: of equal sizes, and at most
EQUAL = 1e-9  # share of a mean below which what numbers differ by is rounding
CAUTION = 60  # numbers with which the error of the bootstrap is halved


class Sample(ABC):
    """A sample of a context, positive in the claimed direction."""

    @cached_property
    def _intervals(self) -> dict[float, Interval]:
        return {}

    def interval(self, confidence_level: float) -> Interval:
        """Return the estimate and its confidence interval, which is computed once per level."""
        if confidence_level not in self._intervals:
            known = next((interval.estimate for interval in self._intervals.values()), None)
            self._intervals[confidence_level] = self._interval(confidence_level, known)
        return self._intervals[confidence_level]

    def deciding(self, confidence_level: float) -> Interval:
        """Return the interval that decides the outcome: its own, or one that holds those of further tests."""
        return self.interval(confidence_level)

    @abstractmethod
    def _interval(self, confidence_level: float, estimate: np.ndarray | None) -> Interval:
        """Return the estimate and its confidence interval.

        estimate: The estimate, if it is known from another level.
        """


@dataclass(frozen=True)
class Numbers(Sample):
    """One number per seed.

    censored: Whether the median summarises the numbers, not the Hodges–Lehmann estimate.
    lowest, highest: Bounds of the numbers. They differ where a run has not arrived within its budget.
    """

    values: np.ndarray
    censored: bool
    lowest: np.ndarray
    highest: np.ndarray

    def _interval(self, confidence_level: float, estimate: np.ndarray | None) -> Interval:
        """Return the estimate, and an interval that holds whatever the numbers are between their bounds."""
        if self._averages:
            return statistics.between(self._averages, statistics.signed_rank(self.values.shape[-1], confidence_level))
        estimate, low, high = statistics.confidence_interval(self.values, self.censored, confidence_level, estimate)
        if self.lowest is self.values:
            return Interval(estimate, low, high)
        _, lowest, _ = statistics.confidence_interval(self.lowest, self.censored, confidence_level)
        _, _, highest = statistics.confidence_interval(self.highest, self.censored, confidence_level)
        return Interval(estimate, lowest, highest)

    @cached_property
    def _averages(self) -> statistics.Ends | None:
        """What the intervals of all levels are read from. None of medians, of many numbers, and of unknown ones."""
        if self.censored or self.values.shape[-1] > statistics.MANY or np.isnan(self.values).any():
            return None
        return statistics.walsh_averages(self.values)


@dataclass(frozen=True)
class ByInterval(Sample):
    """One number per seed with an interval of any kind.

    way: Function of the numbers and a level that returns the interval.
    """

    values: np.ndarray
    way: Callable[[np.ndarray, float], Interval]

    def _interval(self, confidence_level: float, estimate: np.ndarray | None) -> Interval:
        return self.way(self.values, confidence_level)


@dataclass(frozen=True)
class Shift(Sample):
    """The numbers of two arms that share nothing: the effect is the shift from one to the other.

    uneven: Whether the arms differ in more than a shift. The error of the interval is then divided, by more if one arm
        has more numbers.
    """

    of: np.ndarray
    other: np.ndarray
    uneven: bool = False

    def _interval(self, confidence_level: float, estimate: np.ndarray | None) -> Interval:
        fewer, more = sorted((self.of.shape[-1], self.other.shape[-1]))
        caution, most = UNEVEN
        level = 1 - (1 - confidence_level) / min(caution * more / fewer, most) if self.uneven else confidence_level
        return statistics.rank_sum_interval(self.of, self.other, level, estimate)


@dataclass(frozen=True)
class Mean(Sample):
    """The mean of the differences of pairs, or the difference of the means of two arms that share nothing.

    arms: One sample of differences, or those of the two arms.
    overlap: Share of the data that each test part has, if pairs are folds or splits of the same data.
    alone: Whether nothing else must agree. Then the bootstrap always counts where arms have at most MANY numbers, fewer
        than FEW that are skewed do not show where their long tail ends, so the interval has no end there, nor where
        fewer than the other arm has may have missed its runs far off, and those of fewer than FEWEST have no ends.
    """

    arms: tuple[np.ndarray, ...]
    overlap: float = 0.0
    alone: bool = False

    def _interval(self, confidence_level: float, estimate: np.ndarray | None) -> Interval:
        """Return Student's or Welch's interval, as wide as that of the bootstrap where an arm is skewed."""
        if len(self.arms) == 1 and self.arms[0].shape[-1] == 1:  # which shows no spread
            mean = self.arms[0][..., 0]
            return Interval(mean, np.full_like(mean, -np.inf), np.full_like(mean, np.inf))
        if len(self.arms) == 1:
            own = statistics.mean_interval(self.arms[0], confidence_level, self.overlap)
        else:
            of, other = self.arms
            own = statistics.welch_interval(of, other, confidence_level)
        # Equal numbers do not show how much others differ.
        is_nothing = own.ci_high - own.ci_low <= EQUAL * np.abs(own.estimate)
        nothing = Interval(own.estimate, np.full_like(own.ci_low, -np.inf), np.full_like(own.ci_high, np.inf))
        own = _choose(is_nothing, nothing, own)
        skewed = np.logical_or.reduce([is_uneven(arm) | self.alone for arm in self.arms])
        if self.overlap or not skewed.any():
            return own
        sizes = [arm.shape[-1] for arm in self.arms]
        if self.alone and min(sizes) < FEWEST:
            return nothing
        found = own
        if max(sizes) <= statistics.MANY:
            # Of few numbers, the bootstrap errs too often itself.
            error = (1 - confidence_level) * min(sizes) / (min(sizes) + CAUTION)
            found = _choose(skewed, statistics.hull(own, statistics.bootstrap_interval(self.arms, 1 - error)), own)
        if self.alone:
            for arm, other, sign in zip(self.arms, self.arms[::-1], (1, -1), strict=False):
                tail = sign * statistics.skewness(arm) * (is_uneven(arm) & (arm.shape[-1] < FEW))
                below, above = _unseen(arm, other, 1 - confidence_level)[::sign]
                low = np.where((tail < 0) | below, -np.inf, found.ci_low)
                found = Interval(found.estimate, low, np.where((tail > 0) | above, np.inf, found.ci_high))
        return found


@dataclass(frozen=True)
class Agreed(Sample):
    """Several samples of a context that must agree. The first one gives the estimate and the interval."""

    parts: tuple[Sample, ...]

    def _interval(self, confidence_level: float, estimate: np.ndarray | None) -> Interval:
        return self.parts[0].interval(confidence_level)

    def deciding(self, confidence_level: float) -> Interval:
        """Return the interval that holds those of all parts, so that an outcome follows from each of them."""
        return statistics.hull(*(part.interval(confidence_level) for part in self.parts))


def is_uneven(values: np.ndarray) -> np.ndarray:
    """Return whether samples (…, n) have two peaks, or are skewed by more than SKEWED errors of normal ones."""
    return has_two_peaks(values) | (np.abs(statistics.skewness(values)) > SKEWED * np.sqrt(6 / values.shape[-1]))


def has_two_peaks(values: np.ndarray) -> np.ndarray:
    """Return whether samples (…, n) are flatter than a uniform distribution, as with as many runs that collapse."""
    return statistics.kurtosis(values) < TWO_PEAKS


def from_the_rest(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how far values (…, n) are above their median, and FAR of their robust standard deviations, (…, 1)."""
    with np.errstate(invalid="ignore"):
        away = values - np.median(values, axis=-1, keepdims=True)
    return away, FAR * 1.4826 * np.median(np.abs(away), axis=-1, keepdims=True)


def _unseen(arm: np.ndarray, other: np.ndarray, error: float) -> tuple[np.ndarray, np.ndarray]:
    """Return which arms (…, n) may have runs far below, and far above, the rest as larger ones have, but show none.

    By chance, as many runs would show none in more than half of an error.
    """
    counts = []
    for values in (arm, other):
        away, limit = from_the_rest(values)
        counts.append(((away < -limit).sum(-1), (away > limit).sum(-1)))
    n, larger = arm.shape[-1], other.shape[-1]
    below, above = (
        (own == 0) & (seen > 0) & ((1 - seen / larger) ** n > error / 2) & (n < larger)
        for own, seen in zip(*counts, strict=True)
    )
    return below, above


def _choose(which: np.ndarray, wide: Interval, own: Interval) -> Interval:
    return Interval(*(np.where(which, *ends) for ends in zip(wide, own, strict=True)))


@dataclass(frozen=True)
class Failures(Sample):
    """Which runs failed, in each arm: the effect is the difference of two shares, in points.

    of, other: Whether the run of each seed failed. One of the two may be a share in points.
    """

    of: np.ndarray | float
    other: np.ndarray | float

    def _interval(self, confidence_level: float, estimate: np.ndarray | None) -> Interval:
        """Return the difference of the shares and its interval."""
        match self.of, self.other:
            case np.ndarray() as of, np.ndarray() as other:
                return statistics.paired_shares_interval(of, other, confidence_level)
            case np.ndarray() as of, share:
                estimate, low, high = statistics.share_interval(of, confidence_level)
                return Interval(estimate - share, low - share, high - share)
        estimate, low, high = Failures(self.other, self.of).interval(confidence_level)
        return Interval(-estimate, -high, -low)


def classify(
    sample: Sample, smallest_effect: float | np.ndarray, alpha: float, claimed: Claimed = Claimed.MORE
) -> np.ndarray:
    """Return the outcome of a sample: see `statistics.outcomes`."""
    interval, equivalence = sample.deciding(1 - alpha), sample.deciding(1 - 2 * alpha)
    return statistics.outcomes(interval, equivalence, smallest_effect, claimed)
