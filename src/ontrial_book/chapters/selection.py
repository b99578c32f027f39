"""Select from a study's tables: experiments, usual settings, learning rates by policy."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ontrial import data
from ontrial.judge import metrics, policies
from ontrial.judge.results import Results, cached, with_objective
from ontrial.study.cell import SETTINGS


def of_experiment(table: pd.DataFrame, experiment: str) -> pd.DataFrame:
    """Return the rows of an experiment, with output and loss in one column `objective`, as in the configuration.

    Diverged runs get the accuracy of guessing.
    """
    rows = table[table["experiment"] == experiment]
    guessed = {name: metrics.guessed_accuracy(name) for name in rows["dataset"].unique()}
    accuracies = rows["test_accuracy"].where(~rows["diverged"], rows["dataset"].map(guessed))
    return with_objective(rows).assign(test_accuracy=accuracies)


def failed(runs: pd.DataFrame) -> pd.Series:
    """Return which runs ended no better than guessing, diverged ones included, as the metric `fails` of classes."""
    guessed = {name: metrics.guessed_accuracy(name) for name in runs["dataset"].unique()}
    return runs["test_accuracy"] <= runs["dataset"].map(guessed).astype(float) + metrics.ABOVE_GUESSING / 100


def narrowed(rows: pd.DataFrame, free: Sequence[str] = ()) -> pd.DataFrame:
    """Return the rows with the usual value of every setting, or else the smallest, except for free settings.

    Training samples are narrowed to the standard number of each data set, or else to the largest, and initialisations
    to one per activation.

    free: Names of settings that keep all their values.
    """
    with_columns = (name for name in SETTINGS if name in rows and name not in (*free, "initialisation"))
    for setting in with_columns:
        if setting == "training_samples":
            standard = rows["dataset"].map(lambda name: data.sizes(name).train)
            has_standard = (rows[setting] == standard).groupby(rows["dataset"]).transform("any")
            largest = rows.groupby("dataset")[setting].transform("max")
            rows = rows[rows[setting] == standard.where(has_standard, largest)]
        else:
            usual = SETTINGS[setting].usual
            rows = rows[rows[setting] == (usual if (rows[setting] == usual).any() else rows[setting].min())]
    if "initialisation" not in free:  # comes last, because it depends on the remaining activations
        rows = rows[rows["initialisation"] == rows.groupby("activation")["initialisation"].transform("min")]
    return rows


def full_batches(rows: pd.DataFrame) -> set[int]:
    """Return the batch sizes that cover all training samples."""
    return set(rows.loc[rows["full_batch"], "batch_size"])


def _at_policies(
    results: Results, rows: pd.DataFrame, references: Mapping[str, Mapping[str, Any]] | None = None
) -> pd.DataFrame:
    """Return the rows of each seed at its own rates under each policy, with columns `policy` and `on_edge`.

    Rows keep the order of the configuration. A policy has no rows for a cell if a seed's rate is off the grid.

    references: Reference arms of the policies, as in `policies.rates`.
    """
    fixed = {setting: rows[setting].iloc[0] for setting in SETTINGS if setting in rows and rows[setting].nunique() == 1}
    chosen = policies.complete(policies.rates(results, rows["experiment"].iloc[0], references=references, **fixed))
    return chosen.merge(rows, on=[name for name in chosen if name in rows])


def starts(rows: pd.DataFrame) -> tuple[int, ...]:
    """Return the batch sizes from whose own rates the policies of these rows start, the smaller first."""
    return tuple(sorted({int(name.partition("_")[2]) for name in rows["policy"].unique() if "_" in name}))


def tuned(results: Results, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of each seed at its own rate, in the order of the configuration."""
    return _at_policies(results, rows, references={})


@cached  # the same in every language and width
def cells_and_choices(results: Results) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return accuracy and failures by batch size and learning rate, and how many seeds choose each rate."""
    runs = narrowed(of_experiment(results.runs, "batch-size"), free=["batch_size"])
    by_cell = runs.assign(failed=failed(runs)).groupby(["batch_size", "learning_rate"])
    cells = by_cell.agg(
        mean=("test_accuracy", "mean"),
        worst=("test_accuracy", "min"),
        diverged=("diverged", "mean"),
        failed=("failed", "mean"),
        seeds=("seed", "count"),
        full_batch=("full_batch", "first"),
    ).reset_index()
    return cells, _count_choices(_at_policies(results, runs))


@cached  # the same in every language and width
def batches_at_policies(results: Results) -> pd.DataFrame:
    """Return the runs of every batch size at its rates under each policy."""
    runs = narrowed(of_experiment(results.runs, "batch-size"), free=["batch_size"])
    return _at_policies(results, runs)


def two_batches(results: Results) -> pd.DataFrame:
    """Return the mean test accuracy of a small and a large batch: at the rate of the small one, their own, the other.

    These are the batch sizes from whose own rates policies start, which are the columns; the rows are policies.
    """
    rows = batches_at_policies(results)
    sizes = starts(rows) or sorted(rows["batch_size"].unique())
    small, large = sizes[0], sizes[-1]
    means = rows.groupby(["policy", "batch_size"])["test_accuracy"].mean().unstack()
    names = [name for name in (f"fixed_{small}", policies.TUNED, f"fixed_{large}") if name in means.index]
    return means.loc[names, list(dict.fromkeys((small, large)))]


def _count_choices(runs: pd.DataFrame) -> pd.DataFrame:
    """Return how many seeds chose each rate under each policy, sorted by batch size.

    The columns are policy, batch_size, learning_rate, on_edge, chosen_by (number of seeds) and typical (whether this
    is the typical rate).

    runs: Rows of the seeds at their rates, from `_at_policies`.
    """
    arms = ["policy", "batch_size"]
    counts = runs.groupby([*arms, "learning_rate", "on_edge"], sort=False).size().rename("chosen_by").reset_index()
    typical = runs.groupby(arms)["learning_rate"].agg(policies.typical).rename("typical")
    choices = counts.join(typical, on=arms)
    choices["typical"] = choices["typical"] == choices["learning_rate"]
    return choices.sort_values("batch_size", kind="stable")
