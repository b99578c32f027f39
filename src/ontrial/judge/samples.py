"""Samples: what the seeds of a context give, and the interval that follows from it.

A sample has seeds on its last axis. Axes before it hold further samples, such as subsets of the seeds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ontrial.judge import statistics
from ontrial.judge.statistics import Interval


class Sample(Protocol):
    """A sample of a context, positive in the claimed direction."""

    def interval(self, confidence_level: float) -> Interval:
        """Return the estimate and its confidence interval."""
        ...


@dataclass(frozen=True)
class Numbers:
    """One number per seed.

    censored: Whether the median summarises the numbers, not the Hodges–Lehmann estimate.
    lowest, highest: Bounds of the numbers. They differ where a run has not arrived within its budget.
    """

    values: np.ndarray
    censored: bool
    lowest: np.ndarray
    highest: np.ndarray

    def interval(self, confidence_level: float) -> Interval:
        """Return the estimate, and an interval that holds whatever the numbers are between their bounds."""
        estimate, low, high = statistics.confidence_interval(self.values, self.censored, confidence_level)
        if self.lowest is self.values:
            return Interval(estimate, low, high)
        _, lowest, _ = statistics.confidence_interval(self.lowest, self.censored, confidence_level)
        _, _, highest = statistics.confidence_interval(self.highest, self.censored, confidence_level)
        return Interval(estimate, lowest, highest)


@dataclass(frozen=True)
class Failures:
    """Which runs failed, in each arm: the effect is the difference of two shares, in points.

    of, other: Whether the run of each seed failed. One of the two may be a share in points.
    """

    of: np.ndarray | float
    other: np.ndarray | float

    def interval(self, confidence_level: float) -> Interval:
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
    sample: Sample, smallest_effect: float | np.ndarray, alpha: float, *, equality: bool = False
) -> np.ndarray:
    """Return the outcome of a sample: see `statistics.classify`."""
    interval, equivalence = sample.interval(1 - alpha), sample.interval(1 - 2 * alpha)
    return statistics.outcomes(interval, equivalence, smallest_effect, equality=equality)
