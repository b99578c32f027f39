"""The numbers of a context, and the sample that judges it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ontrial_judge.core import images, samples, statistics
from ontrial_judge.core.question import Question
from ontrial_judge.core.samples import ByInterval, Failures, Numbers, Sample
from ontrial_judge.core.verdicts import SettingValues, Way

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class MeasuredArm:
    """The numbers of one arm.

    columns: Arrays with one number per seed: number (NaN where the rate is not on the grid), least (its lower bound:
        for a run that has not arrived, its budget), failed (whether the run diverged, ended no better than guessing or
        never reached the threshold), rate (NaN if the metric uses all rates) and on_edge (whether a policy chose the
        first or last rate of the grid). If seeds choose among cells, there is choice, their index.
    index: The seeds, or the rows of a table.
    position: Position on the axis of a slope, in steps.
    by_image: Numbers of each test image, (images, seeds), if their means are the numbers and are recorded.
    choices: What the seeds choose among, such as cells. Empty if the settings are given.
    combinations: Number of combinations of choice and learning rate from which each seed chooses.
    """

    columns: Mapping[str, np.ndarray]
    index: np.ndarray
    position: float = 0.0
    by_image: np.ndarray | None = None
    choices: tuple[Any, ...] = ()
    combinations: int = 1

    @classmethod
    def of(cls, table: pd.DataFrame) -> MeasuredArm:
        """Return the arm whose columns are those of a table."""
        types = {"failed": bool, "on_edge": bool}
        return cls({name: table[name].to_numpy(types.get(name, float)) for name in table}, table.index.to_numpy())

    @property
    def n(self) -> int:
        """The number of seeds."""
        return len(self.index)

    @property
    def seeds(self) -> pd.DataFrame:
        """The columns as a table with one row per seed."""
        import pandas as pd

        return pd.DataFrame(dict(self.columns), self.index)

    def first(self, n: int) -> MeasuredArm:
        """Return the same arm with only its first n seeds."""
        if n >= self.n:
            return self
        by_image = None if self.by_image is None else self.by_image[:, :n]
        columns = {name: column[:n] for name, column in self.columns.items()}
        return replace(self, columns=columns, index=self.index[:n], by_image=by_image)

    def assign(self, **columns: np.ndarray) -> MeasuredArm:
        """Return the same arm with some columns replaced."""
        return replace(self, columns={**self.columns, **columns})


@dataclass(frozen=True)
class Measured(ABC):
    """The numbers of one context, which judge it.

    context: Its settings.
    question: What is asked of the numbers.
    arms: Numbers of the arms, in the order of the sides.
    """

    context: SettingValues
    question: Question
    arms: Sequence[MeasuredArm]

    @property
    @abstractmethod
    def n(self) -> int:
        """The number of seeds, or of runs of the smaller arm."""

    @property
    def counts_failures(self) -> bool:
        """Whether the effect is the difference of two shares of failed runs."""
        return False

    @property
    def smallest_effect(self) -> float:
        """The smallest effect of interest, in the unit of the sample."""
        return self.question.smallest_effect

    @property
    def unit(self) -> str:
        """The unit of the sample."""
        return self.question.unit

    @property
    def ways(self) -> Mapping[Way, Sample]:
        """Other samples by which the context may be judged."""
        return {}

    @property
    def decided_by(self) -> tuple[Way, ...]:
        """The ways that must agree on the outcome. Empty in a study, whose claims have one way."""
        return ()

    @property
    def shows_deciding(self) -> bool:
        """Whether an effect is given with the interval that decided its outcome, whatever the level of that."""
        return bool(self.decided_by)

    @abstractmethod
    def sample(self) -> Sample:
        """Return the sample that the context is judged by."""

    def first(self, n: int) -> Self:
        """Return the same context with only the first n seeds of each arm."""
        return replace(self, arms=[arm.first(n) for arm in self.arms])


@dataclass(frozen=True)
class Paired(Measured):
    """The numbers of one context from arms with the same seeds.

    counting: Whether to count failures. Default: if an arm fails too often.
    """

    counting: bool | None = None

    @property
    def n(self) -> int:
        """The number of seeds."""
        return self.arms[0].n

    @cached_property
    def table(self) -> np.ndarray:
        """The numbers of the arms: (A, seeds)."""
        return np.stack([arm.columns["number"] for arm in self.arms])

    @cached_property
    def least(self) -> np.ndarray:
        """The lower bounds of the numbers of the arms: (A, seeds)."""
        return np.stack([arm.columns["least"] for arm in self.arms])

    @cached_property
    def failed(self) -> np.ndarray:
        """Which runs of each arm failed: (A, seeds)."""
        return np.stack([arm.columns["failed"] for arm in self.arms])

    @cached_property
    def counts_failures(self) -> bool:
        """Whether the effect is the difference of two shares of failed runs, since an arm fails too often.

        Its numbers then have two peaks: that of the networks that learnt, and that of guessing.
        """
        if self.counting is not None:
            return self.counting
        if self.question.is_about_failures:
            return True
        return self.question.may_fail and bool((self.failed.mean(axis=-1) > statistics.FAILING).any())

    @property
    def smallest_effect(self) -> float:
        """The smallest effect of interest, in the unit of the sample."""
        return statistics.FAILURES_OF_INTEREST if self._is_replaced else super().smallest_effect

    @property
    def unit(self) -> str:
        """The unit of the sample."""
        return statistics.FAILURES if self._is_replaced else super().unit

    @property
    def _is_replaced(self) -> bool:
        """Whether failures are counted in place of the numbers that the claim is about."""
        return self.counts_failures and not self.question.is_about_failures

    def sample(self, seeds: Any = ...) -> Sample:
        """Return the sample that the context is judged by.

        seeds: Index of the seeds (…, n) to include. Default: all.
        """
        return self._whole if seeds is ... else self._sample(seeds)

    @cached_property
    def _whole(self) -> Sample:
        return self._sample(...)

    def _sample(self, seeds: Any) -> Sample:
        if not self.counts_failures:
            return self.typical(seeds)
        failed = iter(self.failed[:, seeds])
        of, other = (next(failed) if side is None else side for side in self.question.sides)
        return Failures(of, other) if self.question.claims_worse else Failures(other, of)

    def typical(self, seeds: Any = ...) -> Numbers:
        """Return one number per seed, also where `sample` counts failures."""
        positions = [arm.position for arm in self.arms]
        return _sample_of(self.question, self.table[:, seeds], self.least[:, seeds], positions)

    @property
    def ways(self) -> Mapping[Way, Sample]:
        """The samples of the mean, the median, the typical seed where failures are counted, and other test images.

        Times, whose mean may be infinite and whose medians are judged already, have no other ways.
        """
        typical = self.typical()
        if typical.censored or self.question.is_about_failures or not self.is_known:
            return {}
        ways = {Way.MEAN: statistics.mean_interval, Way.SIGN: statistics.median_interval}
        if self.counts_failures:
            ways[Way.TYPICAL] = statistics.signed_rank_interval
        elif (by_image := self.by_image) is not None:
            ways[Way.IMAGES] = partial(images.interval, by_image)
        return {way: ByInterval(typical.values, interval) for way, interval in ways.items()}

    @property
    def numbers(self) -> np.ndarray:
        """One number per seed, NaN where a rate is not on the grid."""
        return self.typical().values

    @property
    def is_known(self) -> bool:
        """Whether each seed has a number."""
        return not np.isnan(self.numbers).any()

    @property
    def by_image(self) -> np.ndarray | None:
        """The numbers of each test image, (images, seeds); None if they are not recorded.

        Their means over images are `numbers`.
        """
        arms = [arm.by_image for arm in self.arms if arm.by_image is not None]
        if len(arms) < len(self.arms) or self.question.takes_ratio:
            return None
        return self.question.numbers(np.stack(arms), [arm.position for arm in self.arms])

    def first(self, n: int) -> Self:
        """Return the same context with only its first n seeds."""
        return self if all(n >= arm.n for arm in self.arms) else super().first(n)


def classify(measured: Measured, alpha: float, factor: float | np.ndarray = 1.0) -> np.ndarray:
    """Return the outcome of a context at an error of alpha.

    factor: Factor of the smallest effect.
    """
    return samples.classify(measured.sample(), factor * measured.smallest_effect, alpha, measured.question.claimed)


def _sample_of(question: Question, arms: np.ndarray, least: np.ndarray, positions: Sequence[float]) -> Numbers:
    """Return one number per seed from the numbers of the arms, (A, …, seeds), and their lower bounds."""
    values = question.numbers(arms, positions)
    if not question.censored or np.isnan(values).any():
        return Numbers(values, question.censored, values, values)
    return Numbers(values, True, *question.bounds(arms, least))
