"""An effect over tasks: its mean over those of a table, or what it is in tasks like them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
import scipy

from ontrial.errors import InputError
from ontrial.judge.table_contexts import FEWEST_FOLDS, Far, TableArms, TableContext, TablePairs
from ontrial.judge.table_measuring import MeasuredTable
from ontrial.judge.table_rows import place
from ontrial_judge.core.evidence import MeasuredArm, classify
from ontrial_judge.core.samples import EQUAL, Sample
from ontrial_judge.core.statistics import RESAMPLES, Interval, hull
from ontrial_judge.core.verdicts import Way

FEWEST = 2  # pairs, or runs of each arm, whose spread is known


@dataclass(frozen=True)
class Stratified(Sample):
    """The mean over fixed tasks of the difference in each. Another study would draw other runs, not other tasks.

    tasks: For each task, the differences of its pairs, or the numbers of its two arms.
    overlap: Share of the data that each test part has, if pairs are folds or splits of the same data.
    pairs: For each task, the number of the pair of each difference, which pairs of other tasks may share.
    together: Whether pairs that tasks share are known to move differences together.
    """

    tasks: tuple[tuple[np.ndarray, ...], ...]
    overlap: float = 0.0
    pairs: tuple[np.ndarray, ...] = ()
    together: bool = False

    def _interval(self, confidence_level: float, estimate: np.ndarray | None) -> Interval:
        """Return Student's interval with the degrees of freedom of Satterthwaite, as wide as that of resampled runs.

        Runs are resampled within tasks, as in Agarwal et al. 2021, and spread by √(n / (n − 1)), without which few of
        them would make it too short. If what tasks share, such as a seed, moves them together, its interval counts.
        """
        samples = [(sign, arm) for task in self.tasks for sign, arm in zip((1, -1), task, strict=False)]
        n = len(self.tasks)
        mean = sum(sign * arm.mean() for sign, arm in samples) / n
        parts = np.array([arm.var(ddof=1) / len(arm) * self._inflation(len(arm)) for _, arm in samples])
        weights = np.array([len(arm) - 1 for _, arm in samples])
        if not math.sqrt(parts.sum()) > EQUAL * abs(mean):
            return Interval(np.array(mean), np.array(-np.inf), np.array(np.inf))  # equal numbers show no spread
        freedom = parts.sum() ** 2 / (parts**2 / weights).sum()
        half = scipy.special.stdtrit(freedom, (1 + confidence_level) / 2) * math.sqrt(parts.sum()) / n
        own = Interval(np.array(mean), np.array(mean - half), np.array(mean + half))
        ends = mean + np.quantile(self._moves / n, [(1 - confidence_level) / 2, (1 + confidence_level) / 2])
        intervals = [own, Interval(np.array(mean), *ends)]
        if self.shared:
            half = scipy.special.stdtrit(self.shared - 1, (1 + confidence_level) / 2) * math.sqrt(self._joint_variance)
            intervals.append(Interval(np.array(mean), np.array(mean - half), np.array(mean + half)))
        return hull(*intervals)

    def _inflation(self, n: int) -> float:
        """Return by how much the overlap of training parts inflates the variance of the mean of n folds."""
        return 1 + n * self.overlap / (1 - self.overlap)

    @cached_property
    def shared(self) -> int:
        """The number of distinct pairs, if tasks share some that may move their differences together; 0 if not."""
        distinct = len(np.unique(np.concatenate(self.pairs))) if self.pairs else 0
        if self.overlap or distinct < FEWEST or distinct == sum(map(len, self.pairs)):
            return 0
        alone = sum(numbers.var(ddof=1) / len(numbers) for (numbers,) in self.tasks) / len(self.tasks) ** 2
        return distinct if self.together or self._joint_variance > alone else 0

    @cached_property
    def _joint_variance(self) -> float:
        """The variance of the mean if the differences of one pair in several tasks depend on each other."""
        rest = [(numbers - numbers.mean()) / len(numbers) / len(self.tasks) for (numbers,) in self.tasks]
        _, pair = np.unique(np.concatenate(self.pairs), return_inverse=True)
        sums = np.bincount(pair, np.concatenate(rest))
        return float(np.square(sums).sum() * len(sums) / (len(sums) - 1))

    @cached_property
    def _moves(self) -> np.ndarray:
        """How far the sum of the differences moves in each resample, (RESAMPLES,). Draws are the same in each call."""
        random = np.random.default_rng(1)
        moves = np.zeros(RESAMPLES)
        for task in self.tasks:
            for sign, arm in zip((1, -1), task, strict=False):
                drawn = arm[random.integers(len(arm), size=(RESAMPLES, len(arm)))].mean(axis=-1)
                spread = self._inflation(len(arm)) * len(arm) / (len(arm) - 1)
                moves += sign * (drawn - arm.mean()) * math.sqrt(spread)
        return moves


@dataclass(frozen=True)
class Across(TableContext):
    """All tasks of a table as one context, whose arms have the runs of all.

    tasks: The tasks.
    together: Whether pairs that tasks share are known to move differences together.
    """

    tasks: tuple[TablePairs | TableArms, ...] = ()
    together: bool = False

    @property
    def n(self) -> int:
        """The number of pairs, or of runs of the smaller arm, in all tasks."""
        return sum(task.n for task in self.tasks)

    @cached_property
    def samples(self) -> Mapping[Way, Stratified]:
        """The mean over tasks."""
        numbers = tuple(
            tuple(map(task.side, task.arms)) if isinstance(task, TableArms) else (task.numbers,) for task in self.tasks
        )
        pairs = tuple(task.arms[0].columns["pair"] for task in self.tasks if isinstance(task, TablePairs))
        return {Way.MEAN: Stratified(numbers, self.estimand.overlap, pairs, self.together)}

    @property
    def shared(self) -> int:
        """The number of pairs that count, if those of several tasks may move together; 0 if not."""
        return self.samples[Way.MEAN].shared

    def sample(self) -> Sample:
        """Return the mean over tasks."""
        return self._whole

    @cached_property
    def numbers(self) -> np.ndarray:
        """The difference in each task."""
        return np.array([float(task.samples[Way.MEAN].interval(0.95).estimate) for task in self.tasks])

    @property
    def fewest(self) -> int:
        """The fewest runs: their mean over tasks is less skewed than they are."""
        return FEWEST_FOLDS

    def dominant(self, alpha: float) -> tuple[int, Across] | None:
        """Return the place of a task that outweighs the others, and the context without it; None if none does.

        Without it the outcome at an error of alpha is another one; or its effect is more than half of the sum of all,
        which is certainly not 0. Only the largest and the smallest effect are tried, first the one further off.
        """
        outcome, whole = classify(self, alpha), self.sample().interval(1 - alpha)
        is_clear = whole.ci_low > 0 or whole.ci_high < 0
        extremes = sorted(np.argsort(self.numbers)[[0, -1]], key=lambda i: -abs(self.numbers[i] - self.numbers.mean()))
        for i in map(int, extremes) if len(self.tasks) > FEWEST else ():
            rest = replace(self, tasks=self.tasks[:i] + self.tasks[i + 1 :])
            if (is_clear and 2 * self.numbers[i] / self.numbers.sum() > 1) or classify(rest, alpha) != outcome:
                return i, rest
        return None

    @property
    def variance(self) -> float:
        """The variance of the mean, times the number of pairs."""
        _, low, high = self._whole.interval(0.95)
        return self.n * float(((high - low) / 2 / scipy.special.ndtri(0.975)) ** 2)

    @property
    def compared(self) -> int:
        """The number of pairs in all tasks."""
        return sum(task.compared for task in self.tasks)

    @property
    def equal(self) -> int:
        """The number of these whose runs have equal numbers."""
        return sum(task.equal for task in self.tasks)

    @property
    def repeated(self) -> int:
        """The number of runs whose number is that of another run of their task and arm."""
        return sum(task.repeated for task in self.tasks)

    @cached_property
    def far(self) -> list[Far]:
        """The runs of each arm that ended far from the rest of their task, without a bound: each has its own."""
        return [_far_of(tasks) for tasks in zip(*(task.far for task in self.tasks), strict=True)]

    @property
    def step(self) -> float:
        """The mean decides alone, whatever the steps of the numbers."""
        return 0.0

    def first(self, n: int) -> Self:
        """Return the same tasks: there is one look."""
        return self


def _far_of(tasks: Sequence[Far]) -> Far:
    """Return the runs of all tasks that are far from the rest of theirs, on the side of more of them."""
    below, above = (sum(each.runs for each in tasks if each.below is side) for side in (True, False))
    return Far(max(below, above), math.nan, below >= above)


def join(counted: MeasuredTable) -> MeasuredTable:
    """Return the numbers of tasks as one context. Raises InputError if fewer than two tasks have FEWEST runs."""
    tasks = [task for task in counted.measured if isinstance(task, TablePairs | TableArms) and task.n >= FEWEST]
    few = {place(task.context): f"too few: {task.n}" for task in counted.measured if task.n < FEWEST}
    if len(tasks) < 2:
        raise InputError(f"over needs two tasks or more with {FEWEST} runs of each arm, and here are {len(tasks)}.")
    arms = [_together([task.arms[i] for task in tasks]) for i in range(len(tasks[0].arms))]
    estimand = replace(tasks[0].estimand, by=Way.MEAN)
    whole = Across({}, estimand.question, arms, estimand=estimand, tasks=tuple(tasks))
    return replace(counted, measured=[whole], skipped={**counted.skipped, **few})


def moved_together(measured: Sequence[TableContext]) -> list[TableContext]:
    """Return contexts, of which tasks count pairs that they share as no more than these are."""
    return [replace(each, together=True) if isinstance(each, Across) else each for each in measured]


def _together(arms: Sequence[MeasuredArm]) -> MeasuredArm:
    columns = {name: np.concatenate([arm.columns[name] for arm in arms]) for name in arms[0].columns}
    return replace(arms[0], columns=columns, index=np.arange(sum(arm.n for arm in arms)))
