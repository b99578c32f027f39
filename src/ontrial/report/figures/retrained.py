"""Retrain runs of a study to recover their weights, which the tables do not store.

The weights are the same to the byte, because a run does not depend on the other runs of its stack.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from ontrial import data
from ontrial.judge.results import Results
from ontrial.nn import Network, train
from ontrial.nn.network import Weights
from ontrial.study.cell import Cell


def networks(results: Results, runs: pd.DataFrame) -> Network:
    """Return the trained networks of runs of one cell as one stack, in the order of the rows."""
    cell = cell_of(results, runs.iloc[0])
    return Network(cell.architecture, trained(cell, tuple(runs["learning_rate"]), tuple(runs["seed"])), np.float32)


@cache  # every language and scheme needs the same weights
def trained(cell: Cell, learning_rates: tuple[float, ...], seeds: tuple[int, ...]) -> Weights:
    """Return the weights of runs of a cell after training."""
    schedule = replace(cell.schedule, record=1, per_doubling=None, probes=())
    arrays = cell.arrays(seeds)
    return train(cell.architecture, schedule, arrays, learning_rates, seeds).weights


def cell_of(results: Results, run: pd.Series) -> Cell:
    """Return the cell that a run belongs to."""
    return next(
        cell
        for cell in results.study.cells.values()
        if all(run[name] == value for name, value in cell.settings.items())
    )


def predict(network: Network, X: np.ndarray) -> np.ndarray:
    """Return the predictions (R, B, K) of a stack for the inputs X (R, B, n_in), scaled as by `data.arrays`."""
    buffers = network.buffers(X.shape[1])
    buffers.inputs[:] = X
    network.forward(buffers)
    return buffers.prediction


def scaled(X: np.ndarray, dataset: str, seeds: list[int], training_samples: int | None = None) -> np.ndarray:
    """Return the inputs X (B, n_in) scaled as for the networks of each seed, (R, B, n_in)."""
    scalings = [data.scaling(dataset, data.split(dataset, seed, training_samples).train) for seed in seeds]
    return np.stack([(X - scaling.mean) * scaling.factor for scaling in scalings])
