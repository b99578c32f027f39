"""From tables to numbers: one per confirmatory seed in each context of a claim, positive in the claimed direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ontrial.judge import claims, metrics, policies
from ontrial.judge.claims import Arm
from ontrial.judge.estimands import Estimand
from ontrial.judge.records import SettingValues
from ontrial.judge.results import Results

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class MeasuredArm:
    """The numbers of one arm.

    seeds: Table with one row per seed and the columns number (NaN where the rate is not on the grid), failed (whether
        the run diverged or never reached the threshold), rate (NaN if the metric uses all rates) and on_edge (whether a
        policy chose the first or last rate of the grid).
    position: Position on the axis of a slope, in steps.
    """

    seeds: pd.DataFrame
    position: float = 0.0


@dataclass(frozen=True)
class Measured:
    """The numbers of one context, from arms with the same seeds, in the order of the sides."""

    context: SettingValues
    estimand: Estimand
    arms: Sequence[MeasuredArm]

    @property
    def n(self) -> int:
        """The number of seeds."""
        return len(self.arms[0].seeds)

    @property
    def table(self) -> np.ndarray:
        """The numbers of the arms: (A, seeds)."""
        return np.stack([arm.seeds["number"].to_numpy(float) for arm in self.arms])

    def combine(self, table: np.ndarray) -> np.ndarray:
        """Return one number per seed from the arms' numbers (A, …, seeds)."""
        return self.estimand.numbers(table, [arm.position for arm in self.arms])

    @property
    def numbers(self) -> np.ndarray:
        """One number per seed, NaN where a rate is not on the grid."""
        return self.combine(self.table)

    @property
    def zeros(self) -> tuple[int, ...]:
        """The number of values of each arm at the floor of single precision, which are exactly 0. Empty without any."""
        counts = tuple((self.table == 0).sum(axis=1).tolist())
        return counts if self.estimand.has_floor and any(counts) else ()

    def first(self, n: int) -> Measured:
        """Return the same context with only its first n seeds."""
        arms = [MeasuredArm(arm.seeds.iloc[:n], arm.position) for arm in self.arms]
        return Measured(self.context, self.estimand, arms)


def measure(results: Results, estimand: Estimand) -> list[Measured]:
    """Return the numbers of every context of a measured claim."""
    return [_measure_context(results, estimand, context) for context in claims.list_contexts(estimand)]


def _measure_context(results: Results, estimand: Estimand, context: SettingValues) -> Measured:
    arms = [_measure_arm(results, estimand, arm) for arm in claims.list_arms(results.study, estimand, context)]
    # A cell may have more seeds than its partner, because another claim needed them.
    return Measured(context, estimand, arms).first(min(len(arm.seeds) for arm in arms))


def _measure_arm(results: Results, estimand: Estimand, arm: Arm) -> MeasuredArm:
    import pandas as pd

    metric, cell = estimand.measure, arm.cell
    table = metrics.compute(results, cell, estimand.recorded_metric, "test", estimand.threshold)
    rates = _arm_rates(results, estimand, arm)
    seeds = pd.DataFrame({"number": metric.summary(table, rates), "failed": False, "rate": rates, "on_edge": False})
    if metric.uses_rate:
        diverged = metrics.at_rates(metrics.diverged(results, cell), rates).eq(True)
        seeds["failed"] = diverged | np.isinf(seeds["number"])
        if arm.policy:
            seeds["on_edge"] = policies.on_edge(rates, cell)
    else:
        seeds["rate"] = np.nan
    return MeasuredArm(seeds, claims.axis_position(arm, estimand.along) if estimand.along else 0.0)


def _arm_rates(results: Results, estimand: Estimand, arm: Arm) -> pd.Series:
    """Return each seed's rate of an arm: NaN if it is not on the grid, the seed's own if the metric uses all rates."""
    import pandas as pd

    metric, threshold = estimand.recorded_metric, estimand.threshold
    seeds = metrics.compute(results, arm.cell, metric, "test", threshold).index
    if arm.learning_rate is not None:
        return pd.Series(arm.learning_rate, seeds)
    base = arm.base or arm.cell
    own = policies.own_rates(results, base, metric, threshold)
    own = own.loc[own.index.intersection(seeds)]  # one of the two cells may have more seeds
    return policies.at_policy(arm.policy, own, arm.cell, base) if arm.policy else own
