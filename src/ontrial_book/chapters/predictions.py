"""Predictions of a study's trained networks, for figures.

Tables do not store weights, so the runs are trained again. The weights are the same to the byte, because a run does
not depend on the other runs in its stack.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from ontrial import data
from ontrial.judge.results import Results
from ontrial.nn import OUTPUTS, Network, train
from ontrial.nn.network import Weights
from ontrial.study.cell import Cell
from ontrial_book.chapters import selection

SIDE = 35  # grid points along each axis
MARGIN = 0.3  # width of the border around the points, in units of the inputs
SMALLEST_GROUP = 50  # people


def _networks(results: Results, runs: pd.DataFrame) -> Network:
    """Return the trained networks of one cell's runs as a stack, in the order of the rows."""
    cell = _cell_of(results, runs.iloc[0])
    return Network(cell.architecture, _trained(cell, tuple(runs["learning_rate"]), tuple(runs["seed"])), np.float32)


def _trained(cell: Cell, learning_rates: tuple[float, ...], seeds: tuple[int, ...]) -> Weights:
    """Return the weights of a cell's runs after training; for an ensemble, those of its first member."""
    recipe = replace(cell.recipe, record=1, per_doubling=None, probes=(), members=1)
    arrays = cell.arrays(seeds)
    return train(cell.architecture, recipe, arrays, learning_rates, seeds).weights


def _cell_of(results: Results, run: pd.Series) -> Cell:
    return next(
        cell
        for cell in results.study.cells.values()
        if all(run[name] == value for name, value in cell.settings.items() if name in run)
    )


def predict(network: Network, X: np.ndarray) -> np.ndarray:
    """Return the predictions (R, B, K) of a stack for the inputs X (R, B, n_in), scaled as by `data.arrays`."""
    buffers = network.buffers(X.shape[1])
    buffers.inputs[:] = X
    network.forward(buffers)
    return buffers.prediction


def scaled(
    X: np.ndarray, dataset: str, seeds: list[int], training_samples: int | None = None, scaling: str = "standard"
) -> np.ndarray:
    """Return the inputs X (B, n_in) scaled for the networks of each seed, (R, B, n_in)."""
    parts = [data.split(dataset, seed, training_samples) for seed in seeds]
    scalings = [data.scaling_of(dataset, part.train, scaling) for part in parts]
    return np.stack([(X - each.shift) * each.factor for each in scalings])


def _planes(results: Results) -> pd.DataFrame:
    """Return the probability of the second class on a grid, for one network per data set, hidden layers and activation.

    Each network belongs to the first seed, and is trained at that seed's own learning rate.
    """
    runs = selection.of_experiment(results.runs, "shapes")
    runs = selection.narrowed(runs[runs["dataset"].map(data.is_plane)], free=["dataset", "hidden", "activation"])
    runs = selection.tuned(results, runs)
    runs = runs[runs["seed"] == runs["seed"].min()]
    # Without a hidden layer, the activation makes no difference, so one network is enough.
    runs = runs[(runs["hidden"] != "none") | ~runs.duplicated(["dataset", "hidden"])]
    shown = ["dataset", "hidden", "activation", "learning_rate", "seed", "test_accuracy"]
    surfaces = [
        probabilities(
            _networks(results, runs.loc[[i]]),
            run["dataset"],
            run["seed"],
            run["training_samples"],
            _cell_of(results, run).scaling,
        ).assign(**run[shown])
        for i, run in runs.iterrows()
    ]
    return pd.concat(surfaces, ignore_index=True)


def probabilities(
    network: Network, dataset: str, seed: int, training_samples: int | None = None, scaling: str = "standard"
) -> pd.DataFrame:
    """Return the probability p of the second class on a grid (x1, x2) that covers a data set."""
    X = data.load(dataset).X
    side = np.linspace(X.min() - MARGIN, X.max() + MARGIN, SIDE)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    p = predict(network, scaled(grid, dataset, [seed], training_samples, scaling))[0, :, -1]
    # Fewer digits of p would bend the boundary of a network that is nearly undecided everywhere.
    return pd.DataFrame({"x1": grid[:, 0], "x2": grid[:, 1], "p": p}).round({"x1": 3, "x2": 3, "p": 6})


def arms(results: Results, runs: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the runs of the seeds at their own rates, with one table per objective that gives probabilities.

    Diverged runs are left out.
    """
    runs = selection.tuned(results, runs)
    runs = runs[~runs["diverged"] & runs["output"].map(lambda output: OUTPUTS[output].predicts != "numbers")]
    return [group for _, group in runs.groupby("objective", sort=False)]


def _group_rates(results: Results) -> pd.DataFrame:
    """Return the predicted and the observed rate of each group of people, by objective and seed."""
    groups = people_by_group(results)
    rows = np.arange(len(groups))
    by_objective = []
    for runs in arms(results, _grouped_runs(results)):
        dataset, training_samples = runs[["dataset", "training_samples"]].iloc[0]
        scaling, seeds = _cell_of(results, runs.iloc[0]).scaling, runs["seed"].tolist()
        X = scaled(data.load(dataset).X[groups["row"]], dataset, seeds, training_samples, scaling)
        rates = predict(_networks(results, runs), X)[:, :, -1].astype(float)
        numbers = groups.drop(columns="row").loc[np.repeat(rows, len(runs))].reset_index(drop=True)
        columns = {"objective": runs["objective"].iloc[0], "seed": np.tile(seeds, len(groups))}
        by_objective.append(numbers.assign(**columns, predicted=rates.T.ravel()))
    return _concat(by_objective)


def _grouped_runs(results: Results) -> pd.DataFrame:
    """Return the runs on people in groups, with the usual value of every setting but the objective."""
    runs = selection.of_experiment(results.runs, "titanic")
    has_groups = runs["dataset"].map(lambda name: data.source(name).grouped)
    return selection.narrowed(runs[has_groups], free=["objective"])


def people_by_group(results: Results) -> pd.DataFrame:
    """Return the size of each group that is large enough, its share of survivors, and the row of one person."""
    people = data.load(_grouped_runs(results)["dataset"].iloc[0])
    table = pd.DataFrame({"group": people.groups, "survived": people.labels, "row": np.arange(len(people.labels))})
    groups = table.groupby("group").agg(people=("row", "size"), observed=("survived", "mean"), row=("row", "first"))
    return groups[groups["people"] >= SMALLEST_GROUP].sort_values("observed", ascending=False).reset_index()


def _concat(numbers: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all tables. If every run has diverged, there are none."""
    return pd.concat(numbers, ignore_index=True) if numbers else pd.DataFrame()


PREDICTIONS: dict[str, Callable[[Results], pd.DataFrame]] = {  # by figure
    "boundaries": _planes,
    "titanic-reliability": _group_rates,
}
