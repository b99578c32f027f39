"""Units that are dead after training, and networks that learn, by learning rate.

A network that has learnt nothing can have any share of dead units, so that the units of those that learn are counted.
"""

import pandas as pd

from ontrial.judge.results import Results, cached
from ontrial_book.chapters import selection

EXPERIMENT = "dying"
ARM = ["hidden", "activation", "learning_rate"]
LEARNT = 0.5  # test accuracy from which on a network counts as one that learns


@cached  # the same in every language and width
def after_training(results: Results) -> pd.DataFrame:
    """Return the last record of every run, before it diverged if it did, with a column `learns`."""
    records = selection.of_experiment(results.records, EXPERIMENT).sort_values("updates")
    records = selection.narrowed(records, free=["hidden", "activation"])
    runs = records.groupby([*ARM, "seed"], sort=False).last().reset_index()
    return runs.assign(learns=runs["test_accuracy"] >= LEARNT)  # those that diverged have the accuracy of guessing


@cached  # the same in every language and width
def by_rate(results: Results) -> pd.DataFrame:
    """Return the share of dead units, of all networks and of those that learn, and how many learn, by arm and rate.

    The share of networks that learn is NaN where none does.
    """
    runs = after_training(results)
    return (
        runs.assign(dead_learning=runs["dead_units"].where(runs["learns"]))
        .groupby(ARM, sort=False)
        .agg(
            dead=("dead_units", "mean"),
            dead_learning=("dead_learning", "mean"),
            learn=("learns", "mean"),
            diverged=("diverged", "mean"),
            seeds=("seed", "count"),
        )
        .reset_index()
        .sort_values("learning_rate", kind="stable")
    )
