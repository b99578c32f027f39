"""Predictions for the test samples that an experiment records at the end of each run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ontrial import data
from ontrial.study.cell import PREDICTIONS

if TYPE_CHECKING:
    import pandas as pd


def of_runs(last: pd.DataFrame) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the predictions and the labels of the test samples for each run, as `shaped` returns them.

    last: Last records of the runs of a cell.
    """
    for dataset, seed, samples, recorded in last[["dataset", "seed", "training_samples", PREDICTIONS]].itertuples(
        index=False, name=None
    ):
        yield shaped(np.asarray(recorded), dataset, seed, samples)


def shaped(recorded: np.ndarray, dataset: str, seed: int, samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Return recorded predictions (n · n_out,) as one row per test sample, and the labels of these samples.

    For classes, predictions are (n, K), in most networks probabilities, and labels (n,) are numbers of classes. For a
    regression target, both are (n,), in its own unit. A run that has diverged predicts NaN.

    samples: Number of training samples, whose targets scale predictions.
    """
    labels = test_labels(dataset)
    if not data.has_classes(dataset):
        mean, scale = data.target_scaling(dataset, data.split(dataset, seed, samples).train)
        return mean + scale * recorded.astype(float), labels
    columns = recorded.reshape(len(labels), -1)
    return np.hstack([1 - columns, columns]) if columns.shape[1] == 1 else columns, labels


@cache
def test_labels(dataset: str) -> np.ndarray:
    """Return the numbers of the classes of the test samples, or their targets, (n,): the same for all seeds."""
    loaded = data.load(dataset)
    answers = loaded.labels if loaded.target is None else loaded.target
    return answers[data.split(dataset, 0).test]
