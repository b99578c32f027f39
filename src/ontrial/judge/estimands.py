"""From tables to numbers: one per confirmatory seed in each context of a claim, positive in the claimed direction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ontrial.judge import claims, metrics, policies
from ontrial.judge.claims import Arm, Estimand, SettingValues
from ontrial.judge.results import Results

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Measured:
    """The numbers of one context.

    seeds: one row per seed, with the column `number` and one for each side, such as `of` and `minus`.
    rates: the learning rate of each arm. A rate that is not on its grid (NaN) leaves no seeds.
    on_edge: whether one of the rates is the first or last of its grid.
    """

    context: SettingValues
    seeds: pd.DataFrame
    rates: tuple[float, ...]
    on_edge: bool

    @property
    def numbers(self) -> np.ndarray:
        """One number per seed."""
        return self.seeds["number"].to_numpy(float)


def measure(results: Results, estimand: Estimand) -> list[Measured]:
    """Return the numbers of every context of a measured claim."""
    return [_measure_context(results, estimand, context) for context in claims.list_contexts(estimand)]


def _measure_context(results: Results, estimand: Estimand, context: SettingValues) -> Measured:
    import pandas as pd

    sides: dict[str, float | pd.Series] = {}
    rates: list[float] = []
    on_edge = False
    for name, side in estimand.sides.items():
        if not isinstance(side, dict):
            sides[name] = side
            continue
        columns = {}
        for arm in claims.select_arms(results.study, estimand, side, context):
            rate = arm_rate(results, estimand, arm)
            if rate is not None:
                rates.append(rate)
                on_edge |= arm.policy is not None and policies.on_edge(rate, arm.cell)
            position = claims.axis_value(arm.cell, estimand.along) if estimand.along else 0
            columns[position] = arm_numbers(results, estimand, arm, rate)
        table = pd.DataFrame(columns)
        sides[name] = slopes(table) if estimand.along else table[0]
    seeds = pd.DataFrame(sides).rename_axis("seed")
    if any(map(math.isnan, rates)):
        seeds = seeds.iloc[:0]
    seeds["number"] = combine(estimand.form, seeds)
    return Measured(context, seeds, tuple(rates), on_edge)


def arm_rate(results: Results, estimand: Estimand, arm: Arm) -> float | None:
    """Return the learning rate of an arm: NaN if it is not on the grid, None if the metric takes all rates."""
    if arm.policy is None or arm.base is None:
        return arm.learning_rate
    base_rate = policies.tuned_rate(results, arm.base, estimand.recorded_metric, estimand.threshold)
    return policies.at_policy(arm.policy, base_rate, arm.cell, arm.base)


def arm_numbers(results: Results, estimand: Estimand, arm: Arm, rate: float | None) -> pd.Series:
    """Return one number of an arm per confirmatory seed, on test data; NaN if the rate is not on the grid."""
    table = metrics.compute(results, arm.cell, estimand.recorded_metric, "test", estimand.threshold)
    table = table.loc[list(results.study.experiments[arm.cell.experiment].confirmatory)]
    if rate is not None and math.isnan(rate):
        return table.iloc[:, 0] * math.nan
    return estimand.measure.summary(table, rate)


def combine(form: str, sides: pd.DataFrame) -> pd.Series:
    """Return the number of each seed from its sides: a difference, the log₂ of a ratio, or for a slope `of` as it is.

    A ratio of two equal numbers is 0, so that two runs that never reach a threshold are a tie.
    """
    if form == "difference":
        return sides["of"] - sides["minus"]
    if form == "ratio":
        of, over = sides["of"], sides["over"]
        with np.errstate(divide="ignore", invalid="ignore"):
            return (np.log2(of) - np.log2(over)).where(of != over, 0.0)
    return sides["of"]


def slopes(table: pd.DataFrame) -> pd.Series:
    """Return the least-squares slope of each row along the columns, whose names are their positions."""
    import pandas as pd

    slope, _ = np.polyfit(table.columns.to_numpy(float), table.to_numpy().T, 1)
    return pd.Series(slope, table.index)
