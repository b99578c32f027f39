"""Accuracy by batch size and learning rate, at one rate for all seeds and with each seed at its own.

The table is published with a study, because the home page shows it for other optimisers than its own.
"""

import pandas as pd

from ontrial.book.chapters import selection
from ontrial.judge import policies
from ontrial.judge.columns import columns_in
from ontrial.judge.policies import BUDGET
from ontrial.judge.results import Results

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


def accuracies(results: Results) -> pd.DataFrame | None:
    """Return the test accuracy by batch size and learning rate at the end of training; None without such experiments.

    All other settings have their usual values. The table has one row per experiment, batch size, policy (fixed or
    tuned) and learning rate (the typical one if tuned). Its other columns are those of the cell, budget (epochs or
    updates), steps (updates until the end), seeds (the number of those that judge), their mean, lowest and highest
    accuracy in per cent, and failed (the share of them that end no better than guessing).
    """
    learnt = {cell.experiment for cell in results.study.cells.values() if cell.learns_classes}
    tables = [of_experiment(results, name) for name in EXPERIMENTS.values() if name in learnt]
    return pd.concat(tables, ignore_index=True) if tables else None


def by_seed(results: Results, experiment: str) -> dict[float | None, pd.DataFrame]:
    """Return the same accuracies network by network: in per cent, (seeds, batch sizes), by learning rate.

    The key None has each seed at its own rate.
    """
    runs = judging_runs(results, experiment)
    by_rate: dict[float | None, pd.DataFrame] = dict(iter(runs.groupby("learning_rate")))
    every = by_rate | {None: selection.tuned(results, runs)}
    return {
        rate: 100 * rows.pivot(index="seed", columns="batch_size", values="test_accuracy")
        for rate, rows in every.items()
    }


def judging_runs(results: Results, experiment: str) -> pd.DataFrame:
    """Return the runs of an experiment that judge, with all settings but the batch size at their usual values."""
    runs = selection.narrowed(selection.of_experiment(results.runs, experiment), free=["batch_size"])
    return selection.judging(results, runs)


def of_experiment(results: Results, experiment: str) -> pd.DataFrame:
    """Return the rows of an experiment, as in `accuracies`."""
    runs = judging_runs(results, experiment)
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
