"""Limits of the learning rate, as predicted from networks before training and as measured."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from ontrial.book.one_curve.rate_free import may_have_distance, with_cell
from ontrial.judge.results import cached
from ontrial.judge.statistics import ALPHA, median_interval
from ontrial.nn import Network, train
from ontrial.nn.curvature import GaussNewton, noise_scale, predicted_rate_limit
from ontrial.report.summaries.findings import Findings
from ontrial.study.cell import COLUMNS, Cell
from ontrial.study.study import Study

CLOSE = 2.0  # factor between the measured and the predicted limit, up to which a prediction is close
PREDICTED = ("sgd", "momentum")  # optimisers to which the prediction applies
KIND = ("optimiser", "output", "loss", "hidden")  # settings that distinguish kinds of networks
# Settings on which initial networks and their training samples do not depend
BEFORE_TRAINING = (
    *("experiment", "optimiser", "momentum", "weight_decay", "batch_size"),
    *("schedule", "warmup", "label_smoothing", "clip_norm", "dropout"),
)


def predictions(study: Study) -> pd.DataFrame:
    """Return the predicted limit of each cell that may have a limit, and of each of its judging seeds.

    The table has one row per cell and seed. Its columns are those of a cell, budget, seed, curvature (the largest
    eigenvalue of the Gauss–Newton matrix) and noise_scale (in samples), both of the initial network on its training
    samples, and predicted_limit, which is empty for other optimisers, smoothed targets and dropout.
    """
    measured: dict[tuple, pd.DataFrame] = {}
    rows = []
    for cell in filter(may_have_distance, study.cells.values()):
        key = cell.seeds, *(value for name, value in cell.settings.items() if name not in BEFORE_TRAINING)
        if key not in measured:
            measured[key] = pd.DataFrame([_measure(cell, seed) for seed in cell.seeds])
        table = measured[key]
        curvature, noise = table["curvature"].to_numpy(), table["noise_scale"].to_numpy()
        limits = predicted_rate_limit(curvature, noise, cell.batch_sample_count, cell.momentum)
        applies = cell.optimiser in PREDICTED and not (cell.label_smoothing or cell.dropout)
        rows.append(with_cell(cell, table.assign(predicted_limit=limits if applies else np.nan)))
    return pd.concat(rows, ignore_index=True)


def _measure(cell: Cell, seed: int) -> dict[str, float]:
    """Return the curvature and the noise scale of the initial network of a seed."""
    recipe = replace(cell.recipe, epochs=None, updates=0, probes=(), members=1)
    arrays = cell.arrays([seed])
    weights = train(cell.architecture, recipe, arrays, [1.0], [seed]).weights
    network = Network(cell.architecture, weights, np.float64)
    (curvature,), _, _ = GaussNewton.at(network, arrays.train).top()
    (noise,) = noise_scale(network, arrays.train)
    return {"seed": seed, "curvature": curvature, "noise_scale": noise}


def arms(predicted: pd.DataFrame, two_numbers: pd.DataFrame) -> pd.DataFrame:
    """Return the predicted and the measured limit of each arm, and their quotient.

    The table has one row per cell and goal. Its columns are the settings, goal, seeds (with a measured limit),
    predicted and measured (medians over seeds) and their 95 % intervals, such as measured_low and measured_high, and
    factor, the measured limit divided by the predicted one. Arms without a prediction are left out, and those in which
    fewer than half of the seeds have a measured limit. Fewer than six have no interval.
    """
    seeds = two_numbers.merge(predicted[[*COLUMNS, "seed", "predicted_limit"]], on=[*COLUMNS, "seed"])
    groups = seeds.groupby([*COLUMNS, "goal"], sort=False)
    columns = {"predicted": "predicted_limit", "measured": "rate_limit"}
    statistics = {"": "median", "_low": _low_end, "_high": _high_end}
    table = groups.agg(
        seeds=("rate_limit", "count"),
        **{name + end: (column, how) for name, column in columns.items() for end, how in statistics.items()},
    )
    table = table[2 * table["seeds"] >= groups.size()].reset_index()
    return table.assign(factor=table["measured"] / table["predicted"]).dropna(subset="factor")


def _low_end(limits: pd.Series) -> float:
    """Return the lower end of the 95 % interval of the median of limits; NaN if there is none."""
    known = limits.dropna().to_numpy()
    low = float(median_interval(known, 1 - ALPHA).ci_low) if known.size else math.nan
    return low if math.isfinite(low) else math.nan


def _high_end(limits: pd.Series) -> float:
    """Return the upper end of this interval."""
    return -_low_end(-limits)


def are_close(factors: pd.Series) -> pd.Series:
    """Return which quotients of two limits are at most a factor of CLOSE away from 1."""
    return np.abs(np.log2(factors)) <= np.log2(CLOSE)


@cached  # pages ask for each number of it
def of_published(results: Findings) -> pd.DataFrame:
    """Return the arms of the published study. Raises InputError if there is none."""
    published = results.measurement("one-curve")
    return arms(published.predicted_limits, published.two_numbers)
