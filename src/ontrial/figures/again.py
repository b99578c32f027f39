"""Networks of the tables, trained again for what a table doesn't hold: a run's bytes don't depend on its stack."""

import numpy as np
import pandas as pd

from ontrial import data
from ontrial.data import splits
from ontrial.judge.results import Results, settings_of
from ontrial.nn import Architecture, Network, Schedule, train
from ontrial.study import Cell


def networks(results: Results, runs: pd.DataFrame) -> Network:
    """The networks of runs of one cell and one learning rate, as one stack in the order of the rows."""
    cell = cell_of(results, runs.iloc[0])
    sizes = data.sizes(cell.dataset)
    layers = (sizes.features, *cell.hidden, data.outputs(cell.dataset, cell.output))
    architecture = Architecture(layers, cell.activation, cell.output, cell.loss, cell.initialisation)
    budget = {"epochs": cell.epochs, "updates": cell.updates, "momentum": cell.momentum, "l2": cell.l2}
    schedule = Schedule(sizes.train if cell.batch_size == "full" else cell.batch_size, record=1, **budget)
    seeds = runs["seed"].tolist()
    history = train(architecture, schedule, data.arrays(cell.dataset, seeds, cell.output), runs["learning_rate"], seeds)
    return Network(architecture, history.weights, np.float32)


def cell_of(results: Results, run: pd.Series) -> Cell:
    """The cell that a run belongs to."""
    return next(
        cell
        for cell in results.study.cells.values()
        if all(run[name] == value for name, value in settings_of(cell).items())
    )


def predict(network: Network, X: np.ndarray) -> np.ndarray:
    """Predictions (R, B, K) of a stack for the inputs X (R, B, n_in), scaled as `data.arrays` does."""
    buffers = network.buffers(X.shape[1])
    buffers.a[0][:] = X
    network.forward(buffers)
    return buffers.prediction


def scaled(X: np.ndarray, dataset: str, seeds: list[int]) -> np.ndarray:
    """Inputs X (B, n_in) as the networks of each seed see them, (R, B, n_in)."""
    training = [data.load(dataset).X[data.split(dataset, seed).train] for seed in seeds]
    scalings = [splits.scaling(part, data.source(dataset).one_unit) for part in training]
    return np.stack([(X - mean) * factor for mean, factor in scalings])
