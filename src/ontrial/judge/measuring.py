"""From tables to numbers: one per confirmatory seed in each context of a claim, positive in the claimed direction."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ontrial.judge import claims, metrics, policies, samples, statistics
from ontrial.judge.claims import Arm
from ontrial.judge.estimands import EACH, Estimand
from ontrial.judge.records import SettingValues
from ontrial.judge.results import LAST, Results
from ontrial.judge.samples import Failures, Numbers, Sample, Shift
from ontrial.study.cell import Cell

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class MeasuredArm:
    """The numbers of one arm.

    seeds: Table with one row per seed and the columns number (NaN where the rate is not on the grid), least (its lower
        bound: for a run that has not arrived, its budget), failed (whether the run diverged, ended no better than
        guessing or never reached the threshold), rate (NaN if the metric uses all rates) and on_edge (whether a policy
        chose the first or last rate of the grid). If seeds choose among cells, it has the column choice, their index.
    position: Position on the axis of a slope, in steps.
    by_image: Numbers of each test image, (images, seeds), if their means are the numbers and are recorded.
    choices: Cells among which the seeds choose. Empty if the settings are given.
    combinations: Number of combinations of cell and learning rate from which each seed chooses.
    """

    seeds: pd.DataFrame
    position: float = 0.0
    by_image: np.ndarray | None = None
    choices: tuple[Cell, ...] = ()
    combinations: int = 1

    def first(self, n: int) -> MeasuredArm:
        """Return the same arm with only its first n seeds."""
        by_image = None if self.by_image is None else self.by_image[:, :n]
        return replace(self, seeds=self.seeds.iloc[:n], by_image=by_image)


@dataclass(frozen=True)
class Measured(ABC):
    """The numbers of one context, which judge it.

    arms: Numbers of the arms, in the order of the sides.
    """

    context: SettingValues
    estimand: Estimand
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
        return self.estimand.smallest_effect

    @property
    def unit(self) -> str:
        """The unit of the sample."""
        return self.estimand.unit

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
        return len(self.arms[0].seeds)

    @cached_property
    def table(self) -> np.ndarray:
        """The numbers of the arms: (A, seeds)."""
        return np.stack([arm.seeds["number"].to_numpy(float) for arm in self.arms])

    @cached_property
    def least(self) -> np.ndarray:
        """The lower bounds of the numbers of the arms: (A, seeds)."""
        return np.stack([arm.seeds["least"].to_numpy(float) for arm in self.arms])

    @cached_property
    def failed(self) -> np.ndarray:
        """Which runs of each arm failed: (A, seeds)."""
        return np.stack([arm.seeds["failed"].to_numpy(bool) for arm in self.arms])

    @cached_property
    def counts_failures(self) -> bool:
        """Whether the effect is the difference of two shares of failed runs, since an arm fails too often.

        Its numbers then have two peaks: that of the networks that learnt, and that of guessing.
        """
        if self.counting is not None:
            return self.counting
        if self.estimand.is_about_failures:
            return True
        return self.estimand.may_fail and bool((self.failed.mean(axis=-1) > statistics.FAILING).any())

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
        return self.counts_failures and not self.estimand.is_about_failures

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
        sides = self.estimand.sides.values()
        of, other = (next(failed) if isinstance(side, dict) else side for side in sides)
        return Failures(of, other) if self.estimand.claims_worse else Failures(other, of)

    def typical(self, seeds: Any = ...) -> Numbers:
        """Return one number per seed, also where `sample` counts failures."""
        positions = [arm.position for arm in self.arms]
        return _sample_of(self.estimand, self.table[:, seeds], self.least[:, seeds], positions)

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
        """The numbers of each test image, (images, seeds); None if they are not recorded or the arms have other images.

        Their means over images are `numbers`.
        """
        arms = [arm.by_image for arm in self.arms if arm.by_image is not None]
        if len(arms) < len(self.arms) or self.estimand.across_datasets or self.estimand.takes_ratio:
            return None
        return self.estimand.numbers(np.stack(arms), [arm.position for arm in self.arms])

    def first(self, n: int) -> Self:
        """Return the same context with only its first n seeds."""
        return self if all(n >= len(arm.seeds) for arm in self.arms) else super().first(n)


@dataclass(frozen=True)
class Unpaired(Measured):
    """The numbers of one context from two arms whose runs share nothing. They may have different numbers of runs."""

    @property
    def n(self) -> int:
        """The number of runs of the smaller arm."""
        return min(len(arm.seeds) for arm in self.arms)

    def sample(self) -> Sample:
        """Return the numbers of both arms."""
        return self._whole

    @cached_property
    def _whole(self) -> Sample:
        of, other = (arm.seeds["number"].to_numpy(float) for arm in self.arms)
        return Shift(np.log2(of), np.log2(other)) if self.estimand.takes_ratio else Shift(of, other)


def classify(measured: Measured, alpha: float, factor: float | np.ndarray = 1.0) -> np.ndarray:
    """Return the outcome of a context at an error of alpha.

    factor: Factor of the smallest effect.
    """
    return samples.classify(measured.sample(), factor * measured.smallest_effect, alpha, measured.estimand.claimed)


def _sample_of(estimand: Estimand, arms: np.ndarray, least: np.ndarray, positions: Sequence[float]) -> Numbers:
    """Return one number per seed from the numbers of the arms, (A, …, seeds), and their lower bounds."""
    values = estimand.numbers(arms, positions)
    if not estimand.censored or np.isnan(values).any():
        return Numbers(values, estimand.censored, values, values)
    return Numbers(values, True, *estimand.bounds(arms, least))


def measure(results: Results, estimand: Estimand) -> list[Paired]:
    """Return the numbers of every context of a measured claim."""
    return [measure_context(results, estimand, context) for context in claims.list_contexts(estimand)]


def measure_context(results: Results, estimand: Estimand, context: SettingValues) -> Paired:
    """Return the numbers of one context of a measured claim."""
    arms: list[MeasuredArm] = []
    for side, listed in claims.arms_by_side(results.study, estimand, context).items():
        measured = [_measure_arm(results, estimand, arm) for arm in listed]
        is_one = EACH in estimand.arms[side]
        arms += [_least_favourable(measured, lowest=estimand.takes_lowest(side))] if is_one else measured
    # A cell may have more seeds than its partner, because another claim needed them.
    return Paired(context, estimand, arms).first(min(len(arm.seeds) for arm in arms))


def _measure_arm(results: Results, estimand: Estimand, arm: Arm) -> MeasuredArm:
    """Return the numbers of an arm: of the cell that each seed prefers on its own validation data, if it may choose."""
    options = _of_equal_length([_measure_option(results, estimand, option) for option in arm.options])
    if not arm.choices:
        return options[0]
    rates = {cell: option.seeds["rate"] for cell, option in zip(arm.choices, options, strict=True)}
    choice = policies.own_cells(results, rates, estimand.recorded_metric, estimand.threshold, arm.checkpoint)
    chosen = _choose(options, choice)
    combinations = sum(option.combinations for option in options)
    return replace(chosen, seeds=chosen.seeds.assign(choice=choice), choices=arm.choices, combinations=combinations)


def _least_favourable(arms: Sequence[MeasuredArm], *, lowest: bool) -> MeasuredArm:
    """Return, for each seed, the one of several arms whose number suits the claim least.

    lowest: Whether that is the lowest number, not the highest one.
    """
    arms = _of_equal_length(arms)
    numbers, least = (np.stack([arm.seeds[name] for arm in arms]) for name in ("number", "least"))
    chosen = _choose(arms, numbers.argmin(axis=0) if lowest else numbers.argmax(axis=0))
    return replace(chosen, seeds=chosen.seeds.assign(least=least.min(axis=0) if lowest else least.max(axis=0)))


def _of_equal_length(arms: Sequence[MeasuredArm]) -> list[MeasuredArm]:
    n = min(len(arm.seeds) for arm in arms)
    return [arm.first(n) for arm in arms]


def _choose(arms: Sequence[MeasuredArm], choice: np.ndarray) -> MeasuredArm:
    """Return the numbers of the arm that each seed has, from its index."""
    import pandas as pd

    seeds = np.arange(len(choice))
    rows = pd.concat([arm.seeds for arm in arms]).iloc[len(choice) * choice + seeds]
    images = [arm.by_image for arm in arms if arm.by_image is not None]
    by_image = np.stack(images)[choice, :, seeds].T if len(images) == len(arms) else None
    return MeasuredArm(rows, arms[0].position, by_image)


def _measure_option(results: Results, estimand: Estimand, arm: Arm) -> MeasuredArm:
    """Return the numbers of an arm with a single cell."""
    import pandas as pd

    metric, cell = estimand.measure, arm.cell
    table = metrics.compute(results, cell, estimand.recorded_metric, "test", estimand.threshold, arm.checkpoint)
    rates = _arm_rates(results, estimand, arm)
    numbers = metric.summary(table, rates).to_numpy()
    columns = {"number": numbers, "least": numbers, "failed": False, "rate": np.nan, "on_edge": False}
    if metric.uses_rate:
        columns["rate"], columns["failed"] = rates, np.isinf(numbers)
        if cell.training.happens:
            learnt = "train" if metric.of_training else "test"  # random labels can be learnt, but not predicted
            fails = metrics.compute(results, cell, "fails", learnt, None, arm.checkpoint)
            columns["failed"] |= metrics.at_rates(fails, rates).to_numpy() == 100
        if metric.clock:
            columns["least"] = np.minimum(numbers, results.budgets_of(cell, metric.clock)[rates.index].to_numpy())
        if arm.policy:
            columns["on_edge"] = policies.on_edge(rates, cell)
    seeds = pd.DataFrame(columns, rates.index)
    position = claims.axis_position(arm, estimand.along) if estimand.along else 0.0
    has_images = estimand.metric == "test_accuracy" and arm.checkpoint == LAST  # only the last record has them
    correct = metrics.correct_at(results, cell, rates) if has_images else None
    combinations = len(cell.learning_rates) if arm.policy else 1
    return MeasuredArm(seeds, position, None if correct is None else 100 * correct, combinations=combinations)


def _arm_rates(results: Results, estimand: Estimand, arm: Arm) -> pd.Series:
    """Return each seed's rate of an arm: NaN if it is not on the grid, the seed's own if the metric uses all rates."""
    import pandas as pd

    metric, threshold = estimand.recorded_metric, estimand.threshold
    seeds = metrics.compute(results, arm.cell, metric, "test", threshold).index
    if arm.learning_rate is not None:
        return pd.Series(arm.learning_rate, seeds)
    base = arm.base or arm.cell
    own = policies.own_rates(results, base, metric, threshold, arm.base_checkpoint if arm.base else arm.checkpoint)
    if not own.index.equals(seeds):
        own = own.loc[own.index.intersection(seeds)]  # one of the two cells has more seeds
    return policies.at_policy(arm.policy, own, arm.cell, base) if arm.policy else own
