"""Accuracy by batch size and learning rate, at one rate for all seeds and with each seed at its own."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from ontrial.judge import metrics, policies
from ontrial.judge.columns import columns_in
from ontrial.judge.policies import BUDGET
from ontrial.judge.results import Results, cached
from ontrial_book.chapters import selection
from ontrial_judge.core.verdicts import Context

EXPERIMENTS = {"epochs": "batch-size", "updates": "batch-size-updates"}  # by what is held equal
FIXED = "fixed"  # policy of the rows with all seeds at one rate
RATE = ["policy", "learning_rate"]
MEASURES = {  # column of runs and how it is summed up
    "steps": ("updates", "max"),
    "seeds": ("seed", "size"),
    "mean": ("percent", "mean"),
    "lowest": ("percent", "min"),
    "highest": ("percent", "max"),
    "failed": ("failed", "mean"),
}


class Grid(NamedTuple):
    """The accuracies of an experiment, by batch size in ascending order.

    fixed: Rows of `accuracies` at one rate for all seeds, indexed by learning rate and batch size.
    tuned: Those with each seed at its own rate, indexed by batch size.
    guessed: Accuracy of guessing in per cent.
    by_seed: Accuracies network by network, as in the function `_by_seed`.
    judged: The verdict's context that compares two batch sizes, each seed at its own rates, if there is one.
    """

    fixed: pd.DataFrame
    tuned: pd.DataFrame
    guessed: float
    by_seed: Mapping[float | None, pd.DataFrame] = {}
    judged: Context | None = None

    def at(self, rate: float | None) -> pd.DataFrame:
        """Return the accuracies by batch size at a rate; None stands for each seed's own."""
        return self.tuned if rate is None else self.fixed.loc[rate]

    @property
    def rates(self) -> list[float]:
        """The learning rates, ascending."""
        return list(self.fixed.index.unique("learning_rate"))

    @property
    def own(self) -> pd.Series:
        """The typical own rate by batch size."""
        return self.tuned["learning_rate"]

    @property
    def full(self) -> set[int]:
        """The batch sizes that cover all training samples."""
        return set(self.tuned.index[self.tuned["full_batch"]])

    @property
    def halfway(self) -> float:
        """Accuracy half-way between guessing and the best, below which networks have learnt little."""
        return float(self.guessed + self.fixed["mean"].max()) / 2

    def fails(self, mean: float) -> bool:
        """Return whether networks with a mean accuracy have learnt little."""
        return mean < self.halfway


def accuracies(results: Results) -> pd.DataFrame | None:
    """Return the test accuracy by batch size and learning rate at the end of training; None without such experiments.

    All other settings have their usual values. The table has one row per experiment, batch size, policy (fixed or
    tuned) and learning rate (the typical one if tuned). Its other columns are those of the cell, budget (epochs or
    updates), steps (updates until the end), seeds (their number), their mean, lowest and highest
    accuracy in per cent, and failed (the share of them that end no better than guessing).
    """
    learnt = {cell.experiment for cell in results.study.cells.values() if cell.learns_classes}
    tables = [_of_experiment(results, name) for name in EXPERIMENTS.values() if name in learnt]
    return pd.concat(tables, ignore_index=True) if tables else None


def _by_seed(results: Results, experiment: str) -> dict[float | None, pd.DataFrame]:
    """Return the same accuracies network by network: in per cent, (seeds, batch sizes), by learning rate.

    The key None has each seed at its own rate.
    """
    runs = _runs_of(results, experiment)
    by_rate: dict[float | None, pd.DataFrame] = dict(iter(runs.groupby("learning_rate")))
    every = by_rate | {None: selection.tuned(results, runs)}
    return {
        rate: 100 * rows.pivot(index="seed", columns="batch_size", values="test_accuracy")
        for rate, rows in every.items()
    }


def _runs_of(results: Results, experiment: str) -> pd.DataFrame:
    """Return the runs of an experiment with all settings but the batch size at their usual values."""
    return selection.narrowed(selection.of_experiment(results.runs, experiment), free=["batch_size"])


def _of_experiment(results: Results, experiment: str) -> pd.DataFrame:
    runs = _runs_of(results, experiment)
    tuned = selection.tuned(results, runs)
    typical = tuned.groupby("batch_size")["learning_rate"].transform(policies.typical)
    cell = [*columns_in(runs), "full_batch"]
    every = pd.concat([runs.assign(policy=FIXED), tuned.assign(learning_rate=typical)])
    rows = (
        every.assign(percent=100 * every["test_accuracy"], failed=selection.failed(every))
        .groupby([*cell, *RATE])
        .agg(**MEASURES)
        .reset_index()
    )
    training = next(cell.training for cell in results.study.cells.values() if cell.experiment == experiment)
    budget = {name: getattr(training, name) for name in BUDGET}
    return rows.assign(**budget)[[*cell, *BUDGET, *RATE, *MEASURES]]


@cached  # several pages show them
def grids(results: Results) -> dict[str, Grid]:
    """Return the accuracies of a study by what is held equal; none if it does not compare batch sizes."""
    table = accuracies(results)
    by_budget = {} if table is None else grids_of(table)
    return {budget: grid._replace(by_seed=_by_seed(results, EXPERIMENTS[budget])) for budget, grid in by_budget.items()}


def grids_of(table: pd.DataFrame) -> dict[str, Grid]:
    """Return the accuracies of a table by what is held equal."""
    by_experiment = dict(iter(table.groupby("experiment")))
    return {
        budget: Grid(
            fixed=rows[rows["policy"] == FIXED].set_index(["learning_rate", "batch_size"]).sort_index(),
            tuned=rows[rows["policy"] == policies.TUNED].set_index("batch_size").sort_index(),
            guessed=100 * metrics.guessed_accuracy(rows["dataset"].iloc[0]),
        )
        for budget, experiment in EXPERIMENTS.items()
        if (rows := by_experiment.get(experiment)) is not None
    }
