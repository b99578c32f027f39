"""Metrics: how the records of a cell become one number per run, and the runs of an arm one number per seed.

Numbers are in the unit of their metric: "points" are percentage points, "log2" is the base-2 logarithm of a ratio.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ontrial import data
from ontrial.judge.results import Results, depth
from ontrial.study.cell import Cell

if TYPE_CHECKING:
    import pandas as pd

    Numbers = Callable[[pd.DataFrame, str, float | None], pd.DataFrame]

NEAR_BEST = 1.0  # points of accuracy


def final(measure: str, diverged: float | str, scale: float = 1.0) -> Numbers:
    """Return the function that takes a measure from the last record.

    measure: a column, with `{part}` in place of "validation" or "test".
    diverged: the number of a diverged run, in the unit of the metric, or "chance" (the accuracy of guessing), "worst"
    (the highest value that the run recorded) or "last" (the last value before it diverged).
    """

    def numbers(records: pd.DataFrame, part: str, threshold: float | None) -> pd.DataFrame:
        column = measure.format(part=part)
        is_last = records["updates"] == records["updates"].max()
        last = records.loc[is_last, ["seed", "learning_rate", "diverged", column]]
        if diverged == "chance":
            substitute = 1 / data.sizes(records["dataset"].iloc[0]).classes
        elif diverged == "worst":
            substitute = _aggregate(records, column, "max")
        elif diverged == "last":
            substitute = _aggregate(records.sort_values("updates"), column, "last")
        else:
            substitute = float(diverged) / scale
        return scale * _pivot(last, column).mask(_pivot(last, "diverged").astype(bool), substitute)

    return numbers


def time_to(accuracy: str, clock: str) -> Numbers:
    """Return the function that finds when an accuracy first reaches the threshold, in epochs or updates (the clock).

    The time is +∞ for a run that never does, or that diverges before.
    """

    def numbers(records: pd.DataFrame, part: str, threshold: float | None) -> pd.DataFrame:
        reached = records[records[accuracy.format(part=part)] >= threshold]
        every_run = _aggregate(records, clock, "max")
        return _aggregate(reached, clock, "min").reindex_like(every_run).fillna(np.inf)

    return numbers


def gradient_log_ratio(records: pd.DataFrame, part: str, threshold: float | None) -> pd.DataFrame:
    """Return log₂ of the gradient norm at the first hidden layer over that at the last, at initialisation.

    A gradient that underflows counts as the smallest normal float32, so that the number stays finite.
    """
    start = records[records["updates"] == 0]
    tiny = np.finfo(np.float32).tiny

    def log_norm(layer: int) -> pd.DataFrame:
        return _pivot(start, f"gradient_norm_{layer}").clip(lower=tiny).map(np.log2)

    return log_norm(1) - log_norm(depth(records["hidden"].iloc[0]))


def gradient_change(records: pd.DataFrame, part: str, threshold: float | None) -> pd.DataFrame:
    """Return the absolute value of gradient_log_ratio: 1 is a factor of 2 over the whole depth, in either direction."""
    return gradient_log_ratio(records, part, threshold).abs()


def _aggregate(records: pd.DataFrame, column: str, how: str) -> pd.DataFrame:
    return records.groupby(["seed", "learning_rate"])[column].agg(how).unstack("learning_rate")


def _pivot(records: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a column of records, one per run, as a table of floats: seeds × learning rates. NaN where there is no run.

    Much faster than `DataFrame.pivot` for the small tables of single cells, of which a study has thousands.
    """
    import pandas as pd

    seeds, row_of = np.unique(records["seed"], return_inverse=True)
    rates, column_of = np.unique(records["learning_rate"], return_inverse=True)
    table = np.full((len(seeds), len(rates)), np.nan)
    table[row_of, column_of] = records[column]
    return pd.DataFrame(table, pd.Index(seeds, name="seed"), pd.Index(rates, name="learning_rate"))


def at_rate(numbers: pd.DataFrame, learning_rate: float | None) -> pd.Series:
    """Return the numbers of the runs at one learning rate."""
    return numbers[learning_rate]


def deviation(numbers: pd.DataFrame, learning_rate: float | None) -> pd.Series:
    """Return the absolute deviation of each seed from the arm's median."""
    at_one_rate = numbers[learning_rate]
    return (at_one_rate - at_one_rate.median()).abs()


def octaves_near_best(numbers: pd.DataFrame, learning_rate: float | None) -> pd.Series:
    """Return the octaves of learning rate within 1 point of each seed's best.

    Each rate counts for the width of its step on the grid, in octaves.
    """
    octaves = np.gradient(np.log2(numbers.columns.to_numpy(float)))
    return (numbers.ge(numbers.max(axis=1) - NEAR_BEST, axis=0) * octaves).sum(axis=1)


@dataclass(frozen=True)
class Metric:
    """How to compute one number per run, and one per seed.

    numbers: (records of a cell, "validation" or "test", threshold) → table of seeds × learning rates.
    summary: (that table for the arm's seeds, the rate) → one number per seed. If not `uses_rate`, it takes all rates.
    lower_is_better: tuning prefers the lower number.
    censored: may be +∞, so medians summarise it and ratios compare it.
    positive: always above 0, so ratios may compare it.
    probes: what the experiment must record.
    needs_threshold: the claim must state a threshold.
    hidden_layers: the fewest that a network must have.
    needs_training: says nothing about networks that have not been trained.
    tuned_by: the metric that chooses rates, for a metric that has no value on validation data.
    """

    numbers: Numbers
    unit: str
    summary: Callable[[pd.DataFrame, float | None], pd.Series] = at_rate
    uses_rate: bool = True
    lower_is_better: bool = False
    censored: bool = False
    positive: bool = False
    probes: tuple[str, ...] = ()
    needs_threshold: bool = False
    hidden_layers: int = 0
    needs_training: bool = True
    tuned_by: str | None = None

    def is_recorded(self, probes: Collection[str], hidden_layers: int) -> bool:
        """Return whether an experiment with these probes records it of networks with this number of hidden layers."""
        return set(self.probes) <= set(probes) and self.hidden_layers <= hidden_layers


def _loss(measure: str, unit: str, **options: Any) -> Metric:
    return Metric(final(measure, "worst"), unit, lower_is_better=True, positive=True, **options)


def _error(measure: str, **options: Any) -> Metric:
    return Metric(final(measure, diverged=100, scale=100), "points", lower_is_better=True, **options)


def _time(clock: str) -> Metric:
    numbers = time_to("{part}_accuracy", clock)
    return Metric(numbers, clock, lower_is_better=True, censored=True, positive=True, needs_threshold=True)


def _share_of_units(measure: str) -> Metric:
    numbers = final(measure, "last", scale=100)
    return Metric(numbers, "points", probes=("units",), hidden_layers=1, needs_training=False, tuned_by="test_accuracy")


def _gradient(numbers: Numbers) -> Metric:
    return Metric(
        numbers, "log2", probes=("gradients",), hidden_layers=2, needs_training=False, tuned_by="test_accuracy"
    )


ACCURACY = final("{part}_accuracy", "chance", scale=100)

METRICS = {
    "test_accuracy": Metric(ACCURACY, "points"),
    "train_accuracy": Metric(final("train_accuracy", "chance", scale=100), "points", tuned_by="test_accuracy"),
    "accuracy_deviation": Metric(ACCURACY, "points", summary=deviation, tuned_by="test_accuracy"),
    "octaves_near_best": Metric(ACCURACY, "octaves", summary=octaves_near_best, uses_rate=False),
    "test_loss": _loss("{part}_loss", "loss"),
    "train_loss": _loss("train_loss", "loss", tuned_by="test_loss"),
    "test_nll": _loss("{part}_nll", "nats", probes=("probabilities",)),
    "calibration_error": _error("{part}_calibration_error", probes=("probabilities",)),
    "group_error": _error("group_error", probes=("groups",), tuned_by="test_loss"),
    "epochs_to_accuracy": _time("epochs"),
    "updates_to_accuracy": _time("updates"),
    "dead_units": _share_of_units("dead_units"),
    "saturation": _share_of_units("saturation"),
    "gradient_log_ratio": _gradient(gradient_log_ratio),
    "gradient_change": _gradient(gradient_change),
}

# Metrics of timed claims alone, each with the metric that a cost per update is multiplied by. A cost needs none.
TIMED = {"seconds_to_accuracy": "updates_to_accuracy", "cost": None}


def recorded(metric: str) -> str:
    """Return the name of the metric that the tables hold: of a timed one, what is multiplied by a cost."""
    return TIMED.get(metric) or metric


@cache  # claims, policies and figures ask for the same tables again and again
def compute(results: Results, cell: Cell, metric: str, part: str, threshold: float | None) -> pd.DataFrame:
    """Return the numbers of a metric for the runs of a cell on validation or test data: seeds × learning rates."""
    return METRICS[metric].numbers(results.records_of(cell), part, threshold)
