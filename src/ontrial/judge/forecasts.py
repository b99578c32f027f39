"""The speed limit as predicted before training, of the networks whose runs a study has, against the measured one."""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ontrial import data
from ontrial.judge.rate_free import largest_rate
from ontrial.judge.results import own_seed
from ontrial.nn import Architecture, PredictedLimit, predict_limit
from ontrial.study.settings import read_widths

if TYPE_CHECKING:
    import pandas as pd

    from ontrial.judge.results import Numbers, Records

NETWORK = ("dataset", "hidden", "activation", "initialisation", "output", "loss", "training_samples")


def limit_error(stretches: Numbers) -> Numbers:
    """Return the function that divides the measured limit of each seed by the predicted one, as log₂, for every rate.

    stretches: Function that returns a table for `rate_free.largest_rate`.
    """

    def numbers(records: Records, part: str, threshold: float | None) -> pd.DataFrame:
        table = stretches(records, part, threshold)
        error = np.log2(largest_rate(table, table.iloc[:, 0])) - np.log2(
            predicted_limits(records.networks(), threshold)
        )
        return table.apply(lambda _: error)

    return numbers


def of_seed(numbers: pd.DataFrame, rates: pd.Series) -> pd.Series:
    """Return the number of each seed, which is the same for every rate."""
    return numbers.loc[rates.index].iloc[:, 0]


def predicted_limits(records: pd.DataFrame, goal: float | None) -> np.ndarray:
    """Return the predicted limit of each seed of a cell's records, ascending by seed."""
    first = records.iloc[0]
    momentum = float(first["momentum"])
    found = [prediction(records, seed, goal if momentum else None) for seed in np.unique(records["seed"])]
    return np.array([each.limit(int(first["batch_size"]), momentum)[0] for each in found])


def prediction(records: pd.DataFrame, seed: int, goal: float | None) -> PredictedLimit:
    """Return the prediction for the network of a seed in a cell's records, whatever its batch size and optimiser."""
    first = records.iloc[0]
    scaling, noise = first.get("scaling", "standard"), float(first.get("label_noise", 0.0))
    return _prediction(*(first[name] for name in NETWORK), scaling, noise, own_seed(seed), goal)


@cache
def _prediction(
    dataset: str,
    hidden: str,
    activation: str,
    initialisation: str,
    output: str,
    loss: str,
    training_samples: int,
    scaling: str,
    label_noise: float,
    seed: int,
    goal: float | None,
) -> PredictedLimit:
    layers = data.sizes(dataset).features, *read_widths(hidden), data.target_columns(dataset, output)
    arrays = data.arrays(
        dataset, [seed], output, training_samples=training_samples, scaling=scaling, label_noise=label_noise
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # plateaus are judged like others
        return predict_limit(Architecture(layers, activation, output, loss, initialisation), arrays, [seed], goal)
