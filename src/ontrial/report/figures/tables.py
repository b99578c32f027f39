"""What figures take from the tables: rows of one experiment, rates by policy, spread over seeds."""

from collections.abc import Sequence

import pandas as pd

from ontrial import data
from ontrial.judge import policies, statistics
from ontrial.judge.results import Results
from ontrial.study.cell import COLUMNS, DEFAULTS, SETTINGS

# What a figure shows where a setting is not its subject.
USUAL = DEFAULTS | {
    "dataset": "digits",
    "hidden": "32-32",
    "activation": "relu",
    "objective": "softmax+cross_entropy",
    "batch_size": 32,
}


def of_experiment(table: pd.DataFrame, experiment: str) -> pd.DataFrame:
    """Rows of an experiment, with output and loss as one column `objective`, as the configuration writes it.

    A diverged run has the accuracy of chance.
    """
    rows = table[table["experiment"] == experiment]
    chance = rows["dataset"].map(lambda name: 1 / data.sizes(name).classes)
    return rows.assign(
        objective=rows["output"] + "+" + rows["loss"],
        test_accuracy=rows["test_accuracy"].where(~rows["diverged"], chance),
    )


def narrowed(rows: pd.DataFrame, free: Sequence[str] = ()) -> pd.DataFrame:
    """Rows with one value in every setting but the free ones: the usual value, or else the first there is.

    Unless they are free, the training samples are the most of each data set, and the initialisation is one for each
    activation.
    """
    for setting in (name for name in SETTINGS if name not in (*free, "initialisation")):
        if setting == "training_samples":
            rows = rows[rows[setting] == rows.groupby("dataset")[setting].transform("max")]
        else:
            usual = USUAL[setting]
            rows = rows[rows[setting] == (usual if (rows[setting] == usual).any() else rows[setting].min())]
    if "initialisation" not in free:  # last, when the activations are known
        rows = rows[rows["initialisation"] == rows.groupby("activation")["initialisation"].transform("min")]
    return rows


def full_batches(rows: pd.DataFrame) -> set[int]:
    """Batch sizes that are all training samples."""
    return set(rows.loc[rows["full_batch"], "batch_size"])


def at_policies(results: Results, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the judging seeds at the rate of each policy, with columns `policy` and `on_edge`; off the grid, none."""
    fixed = {setting: rows[setting].iloc[0] for setting in SETTINGS if rows[setting].nunique() == 1}
    chosen = policies.rates(results, rows["experiment"].iloc[0], **fixed).dropna(subset="learning_rate")
    return judging(results, chosen.merge(rows, on=[name for name in chosen if name in rows]))


def tuned(results: Results, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the judging seeds at the rate that tuning prefers for their cell, in the order of the configuration."""
    cells = {tuple(cell.settings.values()): cell for cell in results.study.cells.values()}
    there = set(rows[list(COLUMNS)].itertuples(index=False, name=None))
    chosen = [(*key, policies.tuned(results, cell, "test_accuracy")) for key, cell in cells.items() if key in there]
    rates = pd.DataFrame(chosen, columns=[*COLUMNS, "learning_rate"])
    return judging(results, rates.merge(rows, on=[*COLUMNS, "learning_rate"]))


def judging(results: Results, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the confirmatory seeds, or of the descriptive ones of an experiment that has only those."""
    experiment = results.study.experiments[rows["experiment"].iloc[0]]
    return rows[rows["seed"].isin(experiment.confirmatory or experiment.descriptive)]


def interval(values: pd.Series) -> tuple[float, float, float]:
    """Mean with the ends of its 95 % t interval; of a single value the ends are the value."""
    if len(values) < 2:
        return (values.mean(),) * 3
    return tuple(map(float, statistics.interval(values.to_numpy(), censored=False)))
