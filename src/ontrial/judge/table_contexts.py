"""Contexts of a question to a table of runs, and by which ways each is judged."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import scipy  # its modules are imported when they are first used

from ontrial.judge.estimands import Estimand
from ontrial_judge.core import statistics
from ontrial_judge.core.evidence import Measured, MeasuredArm, Paired
from ontrial_judge.core.samples import (
    EQUAL,
    Agreed,
    ByInterval,
    Mean,
    Sample,
    Shift,
    from_the_rest,
    has_two_peaks,
    is_uneven,
)
from ontrial_judge.core.samples import FEWEST as FEWEST_ALONE
from ontrial_judge.core.statistics import Claimed
from ontrial_judge.core.verdicts import Way

POWER = 0.8  # for which a number of runs is planned
AGREEING = 1.25  # times as many pairs as Student's test needs, since all tests must agree
NEAR = 0.1  # share of the smallest effect from which on an estimate is too close to it to be worth settling
FEWEST = {True: 5, False: 6}  # pairs that can show that an effect is negligible, and that it is not
FEWEST_FOLDS = 3
HITS = (0, 1, 100)  # numbers of runs that either hit or miss, as shares or in per cent


class Column(NamedTuple):
    """A column as a metric: its unit, which numbers are better, and whether they may be infinite."""

    unit: str
    lower_is_better: bool
    censored: bool
    spread: bool = False
    may_fail: bool = False


@dataclass(frozen=True)
class TableEstimand(Estimand):
    """The target of estimation in a table: an estimand whose metric is a column.

    column: Column of the numbers.
    by: What the question is about: the typical run or the mean; None for the former as long as the latter agrees.
    overlap: Share of the data that each test part has, if pairs are folds or splits of the same data; 0 if not.
    """

    column: Column = field(kw_only=True)
    by: Way | None = None
    overlap: float = 0.0

    metric_sha256 = None

    @property
    def measure(self) -> Any:
        """The column of the numbers."""
        return self.column


@dataclass(frozen=True)
class TableContext(Measured):
    """A context of a table, judged by the typical run as long as the mean agrees, or by one of them.

    Where differences are skewed, the signed-rank test is about neither their median nor their mean, so the sign test
    must agree, too. The mean decides alone where more than half of the differences are 0, where numbers come in steps
    of more than half of the smallest effect, and for folds. A time that may never be reached has no mean.
    """

    estimand: TableEstimand = field(kw_only=True)

    @property
    @abstractmethod
    def samples(self) -> Mapping[Way, Sample]:
        """The samples by which the context may be judged."""

    @property
    @abstractmethod
    def compared(self) -> int:
        """The number of pairs, or of pairs of a run of one arm and one of the other."""

    @property
    @abstractmethod
    def equal(self) -> int:
        """The number of these whose runs have equal numbers."""

    @property
    @abstractmethod
    def variance(self) -> float:
        """The variance of the difference of one pair."""

    @property
    def is_uneven(self) -> bool:
        """Whether differences of pairs are skewed, so that the sign test must agree."""
        return False

    @cached_property
    def ways(self) -> Mapping[Way, Sample]:
        """The samples of the typical run, of the mean and, for pairs, of the median."""
        return {} if self.question.censored else self.samples

    @cached_property
    def decided_by(self) -> tuple[Way, ...]:
        """The ways that must agree on the outcome."""
        if self.question.censored:
            return (Way.TYPICAL,)
        if self.by_mean:
            return (Way.MEAN,)
        ways = (Way.TYPICAL, Way.SIGN) if self.is_uneven else (Way.TYPICAL,)
        return ways if self.estimand.by else (*ways, Way.MEAN)

    @property
    def shared(self) -> int:
        """The number of pairs that count, if those of several tasks may move together; 0 if not."""
        return 0

    @property
    def fewest(self) -> int:
        """The fewest numbers whose mean is judged alone."""
        return FEWEST_FOLDS if self.estimand.overlap else FEWEST_ALONE

    @cached_property
    def by_mean(self) -> bool:
        """Whether the mean decides alone."""
        asked, ties = self.estimand.by is Way.MEAN, 2 * self.equal > self.compared
        return asked or bool(self.estimand.overlap) or ties or self.is_coarse

    @cached_property
    def _whole(self) -> Sample:
        parts = [self.samples[way] for way in self.decided_by]
        return Agreed(tuple(parts)) if len(parts) > 1 else parts[0]

    @cached_property
    def repeated(self) -> int:
        """The number of runs whose number is that of another run of their arm to the last digit; 0 if it has steps.

        Runs that failed, or that ended far from the rest, may well be equal: they guess. So may folds, which are
        small, and runs that either hit or miss.
        """
        count = 0
        if self.estimand.overlap or all(np.isin(arm.columns["number"], HITS).all() for arm in self.arms):
            return count
        for arm, far in zip(self.arms, self.far, strict=True):
            numbers = self.side(arm)[~arm.columns["failed"]]
            if far.runs:
                numbers = numbers[numbers > far.bound] if far.below else numbers[numbers < far.bound]
            _, counts = np.unique(numbers, return_counts=True)
            count += 0 if step_of(numbers) else int(counts[counts > 1].sum())
        return count

    def needed(self, effect: float | None, alpha: float) -> int | None:
        """Return how many pairs, or runs of each arm, would decide with POWER; None if none do, or too many.

        effect: True effect. None: the estimated mean, which is not worth settling close to the smallest effect.
        """
        if self.question.censored or self.question.claimed is not Claimed.MORE:
            return None
        mean = self.ways[Way.MEAN].interval(1 - alpha).estimate
        effect = abs(float(mean) if effect is None else effect)
        near, distance = effect < self.smallest_effect, abs(effect - self.smallest_effect)
        if distance < NEAR * self.smallest_effect or not self.has_spread:
            return None
        sides = scipy.special.ndtri([1 - (alpha if near else alpha / 2), POWER]).sum()
        share = (distance / sides) ** 2 / self.variance - self.estimand.overlap / (1 - self.estimand.overlap)
        return max(math.ceil(AGREEING / share) + 2, FEWEST[near]) if share > 0 else None  # one pair has no spread

    @property
    def has_spread(self) -> bool:
        """Whether differences vary. Equal ones leave the mean open: they do not show how much others would differ."""
        mean = float(self.samples[Way.MEAN].interval(0.95).estimate)
        return (EQUAL * mean) ** 2 < self.variance < math.inf

    @cached_property
    def is_coarse(self) -> bool:
        """Whether the numbers come in steps of more than half of the smallest effect."""
        return not self.question.takes_ratio and self.step > self.smallest_effect / 2

    @cached_property
    def step(self) -> float:
        """The step of the numbers, as of the accuracies of few test images; 0 without any."""
        return step_of(np.concatenate([arm.columns["number"] for arm in self.arms]))

    def side(self, arm: MeasuredArm) -> np.ndarray:
        """Return the numbers of an arm in which differences are taken."""
        numbers = arm.columns["number"]
        return np.log2(numbers) if self.question.takes_ratio else numbers

    @cached_property
    def far(self) -> list[Far]:
        """The runs of each arm that ended far from the rest."""
        return [far_runs(self.side(arm), self.smallest_effect) for arm in self.arms]


@dataclass(frozen=True)
class TablePairs(TableContext, Paired):
    """A context of a table with pairs."""

    @cached_property
    def samples(self) -> Mapping[Way, Sample]:
        """The samples by which the context may be judged."""
        mean = Mean((self.numbers,), self.estimand.overlap, self.by_mean)
        return {
            Way.TYPICAL: self.typical(),
            Way.MEAN: mean,
            Way.SIGN: ByInterval(self.numbers, statistics.median_interval),
        }

    @property
    def is_uneven(self) -> bool:
        """Whether the differences are skewed, or runs ended far from the rest."""
        return bool(is_uneven(self.numbers)) or any(far.runs for far in self.far)

    @property
    def variance(self) -> float:
        """The variance of the difference of one pair; NaN if there is only one."""
        return float(self.numbers.var(ddof=1)) if self.n > 1 else math.nan

    @property
    def compared(self) -> int:
        """The number of pairs."""
        return self.n

    @property
    def equal(self) -> int:
        """The number of pairs whose runs have equal numbers."""
        return int((self.numbers == 0).sum())


@dataclass(frozen=True)
class TableArms(TableContext):
    """A context of a table whose runs share nothing. Its arms may have different numbers of them."""

    @property
    def n(self) -> int:
        """The number of runs of the smaller arm."""
        return min(arm.n for arm in self.arms)

    def sample(self) -> Sample:
        """Return what decides the context."""
        return self._whole

    @cached_property
    def samples(self) -> Mapping[Way, Sample]:
        """The samples by which the context may be judged."""
        arms = tuple(map(self.side, self.arms))
        uneven = any(far.runs for far in self.far) or any(map(has_two_peaks, arms))
        return {Way.TYPICAL: Shift(arms[0], arms[1], uneven), Way.MEAN: Mean(arms, alone=self.by_mean)}

    @property
    def variance(self) -> float:
        """The variance of the difference of two runs."""
        return float(sum(self.side(arm).var(ddof=1) for arm in self.arms))

    @property
    def compared(self) -> int:
        """The number of pairs of a run of one arm and one of the other."""
        return math.prod(arm.n for arm in self.arms)

    @cached_property
    def equal(self) -> int:
        """The number of these whose runs have equal numbers."""
        (values, counts), (others, more) = (np.unique(self.side(arm), return_counts=True) for arm in self.arms)
        _, first, second = np.intersect1d(values, others, return_indices=True)
        return int((counts[first] * more[second]).sum())


class Far(NamedTuple):
    """Runs of an arm that ended far from the rest, as those that collapse do.

    runs: Their number.
    bound: The one of them that is nearest to the rest.
    below: Whether they are below the rest. If some are above, too, only the side of more runs counts.
    """

    runs: int
    bound: float
    below: bool


def far_runs(numbers: np.ndarray, smallest_effect: float) -> Far:
    """Return the runs of an arm that are further from its median than FAR deviations and twice the smallest effect.

    >>> far_runs(np.array([960.0, 950, 970, 955, 965, 24, 29]), 50)
    Far(runs=2, bound=29.0, below=True)
    """
    away, deviations = from_the_rest(numbers)
    limit = max(deviations.item(), 2 * smallest_effect)
    low, high = numbers[away < -limit], numbers[away > limit]
    below = len(low) >= len(high)
    found = low if below else high
    return Far(len(found), float(found.max() if below else found.min()) if len(found) else math.nan, below)


def step_of(numbers: np.ndarray) -> float:
    """Return the largest number of which all differences are multiples, to a millionth of their range; 0 if they have
    none of at least a ten-thousandth.

    >>> step_of(np.array([0.5, 0.75, 0.25])), step_of(np.array([0.1, 0.31415, 0.92653589]))
    (0.25, 0.0)
    """
    distinct = np.unique(numbers[np.isfinite(numbers)])
    if len(distinct) < 2:
        return 0.0
    size = distinct[-1] - distinct[0]
    step = 0.0
    for gap in np.unique(np.diff(distinct)).tolist():
        while gap > 1e-6 * size:
            step, gap = gap, math.fmod(step, gap)
            gap = 0.0 if step - gap < 1e-6 * size else gap
        if 0 < step < 1e-4 * size:
            return 0.0
    return step
