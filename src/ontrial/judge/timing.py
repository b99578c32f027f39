"""Timed claims: the measurements that they need, and their numbers from the table of these measurements.

The timing table has one row per measurement and round. Its columns are the fields of Measurement, `repeat` (the round)
and `value` (the time, in the unit of the task). Each round measures everything once, so that its times are paired.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ontrial.judge import claims, measurements
from ontrial.judge.claim import Claim
from ontrial.judge.estimands import Estimand
from ontrial.judge.measuring import MeasuredArm, Paired
from ontrial.judge.records import Kind, SettingValues
from ontrial.judge.results import Results
from ontrial.study.cell import DEFAULTS, Cell
from ontrial.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

TASKS = {
    "activation": "ns",  # per element of an array (batch, width), forward and backward
    "update": "µs",  # per update of one network: softmax and cross-entropy, the activation's own initialisation
    "sample": "µs",  # per update, divided by its batch size
}


class Measurement(NamedTuple):
    """The settings of an operation that the timing job measures."""

    task: str
    dataset: str
    hidden: str
    activation: str
    optimiser: str
    batch_size: int


def cost_measurement(settings: SettingValues) -> Measurement:
    """Return the measurement of an arm of the metric "cost". near + offset stands for the batch size.

    Raises ValueError if a setting is missing.
    """
    settings = {"optimiser": DEFAULTS["optimiser"]} | settings
    if "near" in settings:
        settings["batch_size"] = settings["near"] + settings.get("offset", 0)
    for name in Measurement._fields:
        if name not in settings:
            raise ValueError(f"a cost needs the setting {name}.")
    # A single width may be written as the number 32, and a batch size as 32.0.
    settings |= {"hidden": str(settings["hidden"]), "batch_size": int(settings["batch_size"])}
    return Measurement(*(settings[name] for name in Measurement._fields))


def _update_measurement(cell: Cell) -> Measurement:
    settings = cell.settings | {"task": "update"}
    return Measurement(*(settings[name] for name in Measurement._fields))


def list_measurements(docket: Iterable[Claim], study: Study) -> list[Measurement]:
    """Return every measurement that the timed claims need, each once."""
    measurements: dict[Measurement, None] = {}  # a set that keeps its order
    for claim in docket:
        if claim.kind is Kind.TIMED and claim.estimand:
            measurements |= dict.fromkeys(_measurements(claim.estimand, study))
    return list(measurements)


def _measurements(estimand: Estimand, study: Study) -> Iterable[Measurement]:
    for context in claims.list_contexts(estimand):
        if estimand.is_cost:
            for side in estimand.arms.values():
                yield cost_measurement(claims.settings_in_context(estimand, side, context))
        else:
            for arm in claims.list_arms(study, estimand, context):
                yield _update_measurement(arm.cell)


def measure(results: Results, estimand: Estimand, table: pd.DataFrame) -> list[Paired]:
    """Return the numbers of every context of a timed claim: the log₂ of a ratio of times.

    A cost has one number per round of the timing table. Seconds to an accuracy have one number per seed of the first
    look: the updates that a run took, times the cost of an update in a round. The seeds take the rounds in turn, so
    that the interval includes the noise of the clock.
    """
    times = table.set_index([*Measurement._fields, "repeat"])["value"].sort_index()
    if estimand.is_cost:
        return [_cost(estimand, context, times) for context in claims.list_contexts(estimand)]
    seeds = results.study.experiments[estimand.experiments[0]].looks[0]
    return [_seconds(results, updates.first(seeds), times) for updates in measurements.measure(results, estimand)]


def _cost(estimand: Estimand, context: SettingValues, times: pd.Series) -> Paired:
    import pandas as pd

    arms = []
    for arm in estimand.arms.values():
        numbers = times.loc[cost_measurement(claims.settings_in_context(estimand, arm, context))]
        columns = {"number": numbers, "least": numbers, "failed": False, "rate": np.nan, "on_edge": False}
        arms.append(MeasuredArm.of(pd.DataFrame(columns)))
    return Paired(context, estimand, arms)


def _seconds(results: Results, updates: Paired, times: pd.Series) -> Paired:
    arms = []
    selected = claims.list_arms(results.study, updates.estimand, updates.context)
    for measured, arm in zip(updates.arms, selected, strict=True):
        costs = np.resize(times.loc[_update_measurement(arm.cell)], updates.n)  # repeats the rounds
        seconds = {name: measured.columns[name] * (costs * 1e-6) for name in ("number", "least")}
        arms.append(MeasuredArm(measured.columns, measured.index).assign(**seconds))
    return Paired(updates.context, updates.estimand, arms)
