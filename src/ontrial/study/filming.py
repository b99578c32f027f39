"""Train the networks of a film frame by frame."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, pairwise
from typing import NamedTuple

import numpy as np

from ontrial.nn import train
from ontrial.nn.network import Weights
from ontrial.nn.samples import batch_orders
from ontrial.study.cell import Cell

FRAMES = 40  # maximum per film
MEASURES = ("train_loss", "train_accuracy", "test_accuracy", "dead_units")


class Frame(NamedTuple):
    """An arm after a number of epochs: its MEASURES (NaN if undefined) and its weights (None if it has diverged)."""

    epoch: int
    measures: dict[str, float]
    weights: Weights | None


def epochs(arm: Cell) -> list[int]:
    """Return the epochs of an arm's frames, from 0 to the last."""
    if arm.training.epochs is None:
        raise ValueError("An arm of a film is trained for a number of epochs.")
    return frame_epochs(arm.training.epochs)


def frame_epochs(budget: int) -> list[int]:
    """Return at most FRAMES epochs from 0 to `budget`, further apart towards the end, where learning is slow."""
    return [0, *dict.fromkeys(np.geomspace(1, budget, FRAMES - 1).round().astype(int).tolist())]


def shoot(arm: Cell) -> Iterator[Frame]:
    """Train an arm from frame to frame, and yield the frames until the last one or until the arm diverges.

    The weights are the same as after uninterrupted training: frames are at whole epochs, each part of training uses its
    part of the same order of samples, and an optimiser without momentum has no other state.
    """
    seeds = list(arm.seeds)
    samples = arm.arrays(seeds)
    ends = epochs(arm)
    order = np.stack(list(islice(batch_orders(seeds, samples.train.X.shape[1]), ends[-1])), axis=1)
    weights = None
    for start, end in pairwise([0, *ends]):
        recipe = replace(arm.recipe, epochs=end - start)
        part = order[:, start:end]
        history = train(arm.architecture, recipe, samples, arm.learning_rates, seeds, weights=weights, batch_order=part)
        weights = history.weights
        diverged = bool(history.diverged[0, -1])
        measures = {name: float(history.measures[name][0, -1]) for name in MEASURES}
        yield Frame(end, measures, None if diverged else weights)
        if diverged:
            return
