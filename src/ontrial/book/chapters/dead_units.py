"""Units that are dead after training, and networks that fail, by learning rate."""

import pandas as pd

from ontrial.book.chapters import selection
from ontrial.judge.results import Results, cached

EXPERIMENT = "dying"
ARM = ["hidden", "activation", "learning_rate"]


@cached  # the same in every language and width
def after_training(results: Results) -> pd.DataFrame:
    """Return the last record of every judging seed, before it diverged if it did, with a column `failed`."""
    records = selection.of_experiment(results.records, EXPERIMENT).sort_values("updates")
    records = selection.judging(results, selection.narrowed(records, free=["hidden", "activation"]))
    runs = records.groupby([*ARM, "seed"], sort=False).last().reset_index()
    return runs.assign(failed=selection.failed(runs))


@cached  # the same in every language and width
def by_rate(results: Results) -> pd.DataFrame:
    """Return the share of dead units, and of runs that diverged and that failed, by network and learning rate."""
    return (
        after_training(results)
        .groupby(ARM, sort=False)
        .agg(
            dead=("dead_units", "mean"),
            diverged=("diverged", "mean"),
            failed=("failed", "mean"),
            seeds=("seed", "count"),
        )
        .reset_index()
        .sort_values("learning_rate", kind="stable")
    )
