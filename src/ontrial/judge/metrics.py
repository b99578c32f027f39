"""Metrics: how the records of a cell become one number a run, and the numbers of an arm one number a seed.

A number is in the unit that its metric names: "points" are percentage points, "log2" is a base-2 logarithm of a ratio.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ontrial import data
from ontrial.judge.results import Results
from ontrial.study.cell import Cell

if TYPE_CHECKING:
    import pandas as pd

    Numbers = Callable[[pd.DataFrame, str, float | None], pd.DataFrame]

NEAR_BEST = 1.0  # points of accuracy


def final(measure: str, diverged: float | str, scale: float = 1.0) -> Numbers:
    """Metric of a measure at the last record.

    measure: a column, with `{part}` for validation or test. diverged: what a diverged run counts as, in the unit of
    the metric, or "chance" (of a classifier that guesses), "worst" (the highest that the run recorded) or "last" (what
    it recorded before it diverged).
    """

    def numbers(records: pd.DataFrame, part: str, threshold: float | None) -> pd.DataFrame:
        column = measure.format(part=part)
        last = records[records["updates"] == records["updates"].max()]
        if diverged == "chance":
            lost = 1 / data.sizes(records["dataset"].iloc[0]).classes
        elif diverged == "worst":
            lost = _over_records(records, column, "max")
        elif diverged == "last":
            lost = _over_records(records.sort_values("updates"), column, "last")
        else:
            lost = diverged / scale
        return scale * _table(last, column).where(~_table(last, "diverged").astype(bool), lost)

    return numbers


def time_to(accuracy: str, clock: str) -> Numbers:
    """Metric of the first record at which an accuracy reaches the threshold, by a clock (epochs or updates).

    Never is +∞: of a run that diverged before, too.
    """

    def numbers(records: pd.DataFrame, part: str, threshold: float | None) -> pd.DataFrame:
        reached = records[records[accuracy.format(part=part)] >= threshold]
        every_run = _over_records(records, clock, "max")
        return _over_records(reached, clock, "min").reindex_like(every_run).fillna(np.inf)

    return numbers


def gradient_log_ratio(records: pd.DataFrame, part: str, threshold: float | None) -> pd.DataFrame:
    """log₂ of the gradient norm at the first hidden layer over that at the last, at initialisation.

    A gradient that underflows counts as the smallest float32, so that the number stays finite.
    """
    start = records[records["updates"] == 0]
    layers = records["hidden"].iloc[0].count("-") + 1
    tiny = np.finfo(np.float32).tiny
    first, last = (_table(start, f"gradient_norm_{layer}").clip(lower=tiny).map(np.log2) for layer in (1, layers))
    return first - last


def gradient_change(records: pd.DataFrame, part: str, threshold: float | None) -> pd.DataFrame:
    """Absolute value of the log₂ ratio: 1 is a factor of 2 over the whole depth, either way."""
    return gradient_log_ratio(records, part, threshold).abs()


def _over_records(records: pd.DataFrame, column: str, how: str) -> pd.DataFrame:
    return records.groupby(["seed", "learning_rate"])[column].agg(how).unstack("learning_rate")


def _table(records: pd.DataFrame, column: str) -> pd.DataFrame:
    return records.pivot(index="seed", columns="learning_rate", values=column).astype(float)


def at_rate(numbers: pd.DataFrame, learning_rate: float | None) -> pd.Series:
    """Numbers of the runs at one learning rate."""
    return numbers[learning_rate]


def deviation(numbers: pd.DataFrame, learning_rate: float | None) -> pd.Series:
    """Absolute deviation of each seed from the arm's median."""
    chosen = numbers[learning_rate]
    return (chosen - chosen.median()).abs()


def octaves_near_best(numbers: pd.DataFrame, learning_rate: float | None) -> pd.Series:
    """Octaves of learning rate whose number is within 1 point of the seed's best; a grid rate stands for its step."""
    octaves = np.gradient(np.log2(numbers.columns.to_numpy(float)))
    return (numbers.ge(numbers.max(axis=1) - NEAR_BEST, axis=0) * octaves).sum(axis=1)


@dataclass(frozen=True)
class Metric:
    """How to get one number a run and a seed.

    numbers: (records of a cell, "validation" or "test", threshold) → table of seeds × learning rates.
    summary: (that table of the arm's seeds, the rate) → one number a seed; without `uses_rate` it takes all rates.
    lower: tuning prefers the lower number. censored: may be +∞, so it is summarised by medians and compared by ratios.
    probes: what the experiment must record. threshold: the claim must state one. tuned_by: the metric by which tuning
    chooses rates, for one that has no value of its own on validation data.
    """

    numbers: Numbers
    unit: str
    summary: Callable[[pd.DataFrame, float | None], pd.Series] = at_rate
    uses_rate: bool = True
    lower: bool = False
    censored: bool = False
    positive: bool = False
    probes: tuple[str, ...] = ()
    threshold: bool = False
    hidden_layers: int = 0
    tuned_by: str | None = None


ACCURACY = final("{part}_accuracy", diverged="chance", scale=100)

METRICS = {
    "test_accuracy": Metric(ACCURACY, "points"),
    "train_accuracy": Metric(final("train_accuracy", "chance", 100), "points", tuned_by="test_accuracy"),
    "accuracy_deviation": Metric(ACCURACY, "points", summary=deviation, tuned_by="test_accuracy"),
    "octaves_near_best": Metric(ACCURACY, "octaves", summary=octaves_near_best, uses_rate=False),
    "test_loss": Metric(final("{part}_loss", "worst"), "loss", lower=True, positive=True),
    "train_loss": Metric(final("train_loss", "worst"), "loss", lower=True, positive=True, tuned_by="test_loss"),
    "test_nll": Metric(final("{part}_nll", "worst"), "nats", lower=True, positive=True, probes=("probabilities",)),
    "calibration_error": Metric(
        final("{part}_calibration_error", 100, 100), "points", lower=True, probes=("probabilities",)
    ),
    "group_error": Metric(
        final("group_error", 100, 100), "points", lower=True, probes=("groups",), tuned_by="test_loss"
    ),
    "epochs_to_accuracy": Metric(
        time_to("{part}_accuracy", "epochs"), "epochs", lower=True, censored=True, positive=True, threshold=True
    ),
    "updates_to_accuracy": Metric(
        time_to("{part}_accuracy", "updates"), "updates", lower=True, censored=True, positive=True, threshold=True
    ),
    "dead_units": Metric(
        final("dead_units", "last", 100), "points", probes=("units",), hidden_layers=1, tuned_by="test_accuracy"
    ),
    "saturation": Metric(
        final("saturation", "last", 100), "points", probes=("units",), hidden_layers=1, tuned_by="test_accuracy"
    ),
    "gradient_log_ratio": Metric(
        gradient_log_ratio, "log2", probes=("gradients",), hidden_layers=2, tuned_by="test_accuracy"
    ),
    "gradient_change": Metric(
        gradient_change, "log2", probes=("gradients",), hidden_layers=2, tuned_by="test_accuracy"
    ),
}

# Timed claims only: what is multiplied by the cost of an update, and what is a row of the timing table itself.
TIMED = {"seconds_to_accuracy": "updates_to_accuracy", "cost": None}


@cache  # claims, policies and figures ask for the same again and again
def table(results: Results, cell: Cell, metric: str, part: str, threshold: float | None) -> pd.DataFrame:
    """Numbers of a metric for the runs of a cell on a part of the data, validation or test: seeds × learning rates."""
    return METRICS[metric].numbers(results.records_of(cell), part, threshold)
