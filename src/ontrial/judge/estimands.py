"""Tables → numbers: in each context of a claim one number a confirmatory seed, positive in the claimed direction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ontrial.judge import claims, metrics, policies
from ontrial.judge.claims import FORMS, Arm, Claim, Estimand, Settings
from ontrial.judge.results import Results

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Measured:
    """The numbers of one context: a row a seed, with columns number and those of its sides, such as of and minus.

    rates: the learning rate of each arm. on_edge: whether one of them is the first or last of its grid. A rate that is
    not on its grid leaves no seeds.
    """

    context: Settings
    seeds: pd.DataFrame
    rates: tuple[float, ...]
    on_edge: bool

    @property
    def numbers(self) -> np.ndarray:
        """One number a seed."""
        return self.seeds["number"].to_numpy(float)


def measure(results: Results, claim: Claim) -> list[Measured]:
    """The numbers of every context of a measured claim."""
    return [_measure(results, claim.estimand, context) for context in claims.contexts(claim.estimand)]


def _measure(results: Results, estimand: Estimand, context: Settings) -> Measured:
    import pandas as pd

    sides, rates, edges = {}, [], []
    for name, side in zip(FORMS[estimand.form], estimand.sides, strict=True):
        if not isinstance(side, dict):
            sides[name] = side
            continue
        values = {}
        for arm in claims.arms(results.study, estimand, side, context):
            rate = rate_of(results, estimand, arm)
            if estimand.measure.uses_rate:
                rates.append(rate)
                edges.append(arm.policy is not None and policies.on_edge(rate, arm.cell))
            place = claims.axis_value(arm.cell, estimand.along) if estimand.along else 0
            values[place] = numbers_of(results, estimand, arm, rate)
        table = pd.DataFrame(values)
        sides[name] = slopes(table) if estimand.along else table[0]
    seeds = pd.DataFrame(sides).rename_axis("seed")
    if any(map(math.isnan, rates)):
        seeds = seeds.iloc[:0]
    seeds["number"] = combined(estimand.form, *(seeds[name] for name in sides))
    return Measured(context, seeds, tuple(rates), any(edges))


def rate_of(results: Results, estimand: Estimand, arm: Arm) -> float | None:
    """Learning rate of an arm: its own, or the policy's (NaN off the grid); None where the metric takes all rates."""
    if arm.policy is None:
        return arm.learning_rate
    preferred = policies.tuned(results, arm.base, estimand.counted, estimand.threshold)
    return policies.at_policy(arm.policy, preferred, arm.cell, arm.base)


def numbers_of(results: Results, estimand: Estimand, arm: Arm, rate: float | None) -> pd.Series:
    """One number of an arm for each confirmatory seed, on test data; NaN at a rate off the grid."""
    metric = estimand.measure
    table = metrics.table(results, arm.cell, estimand.counted, "test", estimand.threshold)
    table = table.loc[list(results.study.experiments[arm.cell.experiment].confirmatory)]
    return table.iloc[:, 0] * math.nan if rate is not None and math.isnan(rate) else metric.summary(table, rate)


def combined(form: str, of: pd.Series, other: pd.Series | None = None) -> pd.Series:
    """The number of each seed: a difference, the log₂ of a ratio, or what is there already.

    Two that never got there are a tie at 0.
    """
    if form == "difference":
        return of - other
    if form == "ratio":
        with np.errstate(divide="ignore", invalid="ignore"):
            return (np.log2(of) - np.log2(other)).where(of != other, 0.0)
    return of


def slopes(table: pd.DataFrame) -> pd.Series:
    """Slope of each row along the columns, whose names are the places, by least squares."""
    import pandas as pd

    slope, _ = np.polyfit(table.columns.to_numpy(float), table.to_numpy().T, 1)
    return pd.Series(slope, table.index)
