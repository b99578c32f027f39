"""Training as a film: the weights of two networks after some of their epochs, as a script plays them and as a strip."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontrial import data
from ontrial.nn import Network, train
from ontrial.nn.network import Weights
from ontrial.nn.samples import batch_orders
from ontrial.report.figures import boundaries, retrained
from ontrial.report.figures.style import WIDTH
from ontrial.report.wording import labels
from ontrial.study.cell import Cell

if TYPE_CHECKING:
    from ontrial.study.films import Film

FRAMES = 40  # at most
STRIP = 4  # frames of a strip
MEASURES = ("train_loss", "train_accuracy", "test_accuracy", "dead_units")


class Frame(NamedTuple):
    """An arm after so many epochs: its MEASURES (NaN where there are none), and its weights, None once it diverged."""

    epoch: int
    measures: dict[str, float]
    weights: Weights | None


def epochs(budget: int) -> list[int]:
    """The epochs of the frames: 0, 1 and so on, then further and further apart, as learning slows down."""
    return [0, *dict.fromkeys(np.geomspace(1, budget, FRAMES - 1).round().astype(int).tolist())]


def shoot(arm: Cell) -> Iterator[Frame]:
    """Train an arm from one frame to the next, to the very weights of a training in one go.

    That holds because frames lie at whole epochs, each with its part of the one order of samples, and because without
    momentum the weights are all that training remembers.
    """
    seeds = list(arm.seeds)
    samples = arm.arrays(seeds)
    order = np.stack(list(islice(batch_orders(seeds, samples.train.X.shape[1]), arm.training.epochs)), axis=1)
    weights = None
    for start, end in pairwise([0, *epochs(arm.training.epochs)]):
        schedule = replace(arm.schedule, epochs=end - start)
        part = order[:, start:end]
        history = train(
            arm.architecture, schedule, samples, arm.learning_rates, seeds, weights=weights, batch_order=part
        )
        weights = history.weights
        diverged = bool(history.diverged[0, -1])
        measures = {name: float(history.measures[name][0, -1]) for name in MEASURES}
        yield Frame(end, measures, None if diverged else weights)
        if diverged:
            return


def table(film: Film, shots: list[list[Frame]]) -> pd.DataFrame:
    """One row for each arm, 1 or 2, and frame, with its measures; the rows of an arm that diverges end there."""
    return pd.DataFrame(
        {"arm": number, "epoch": frame.epoch, **frame.measures}
        for number, (arm, frames) in enumerate(zip(film.arms, shots, strict=True), start=1)
        for frame in frames
    )


# For the script -------------------------------------------------------------------------------------------------------


def script(film: Film, shots: list[list[Frame]]) -> str:
    """The film as a script that adds it to `films`: one that is loaded from a folder can't be anything else.

    Arrays of numbers are base64 of float32, little-endian: `plane`, the ends of the square to draw; `points` and
    `labels`, the test samples as the networks see them; and for each arm and frame all parameters, layer by layer, the
    weights (n_in, n_out) and then the biases.
    """
    first = film.arms[0]
    samples = first.arrays(first.seeds)
    content = {
        "epochs": epochs(first.training.epochs),
        "plane": plane(first),
        "points": packed([samples.test.X]),
        "labels": data.load(first.dataset).labels[data.split(first.dataset, first.seeds[0]).test].tolist(),
        "arms": [
            {
                "layers": arm.architecture.layers,
                "activation": arm.activation,
                "output": arm.output,
                **{name: [rounded(frame.measures[name]) for frame in frames] for name in MEASURES},
                "weights": [None if frame.weights is None else packed(sum(frame.weights, ())) for frame in frames],
            }
            for arm, frames in zip(film.arms, shots, strict=True)
        ],
    }
    return f"(globalThis.films ??= {{}})[{json.dumps(film.id)}] = {json.dumps(content, separators=(',', ':'))}\n"


def plane(arm: Cell) -> list[float]:
    """Ends of the square around all samples, as the networks of the arm see it."""
    X = retrained.scaled(data.load(arm.dataset).X, arm.dataset, list(arm.seeds))
    return [rounded(float(X.min() - boundaries.MARGIN)), rounded(float(X.max() + boundaries.MARGIN))]


def packed(arrays: list[np.ndarray] | tuple[np.ndarray, ...]) -> str:
    """Arrays, one after another, as base64 of float32."""
    return base64.b64encode(np.concatenate([array.ravel() for array in arrays]).astype("<f4").tobytes()).decode()


def rounded(number: float) -> float | None:
    """A number in as many digits as float32 has; None for what JSON can't hold."""
    return float(f"{number:.7g}") if np.isfinite(number) else None


# Without scripts, and on paper ----------------------------------------------------------------------------------------


def strip(shown: tuple[Film, list[list[Frame]]], words: Mapping[str, str]) -> tuple[Figure, pd.DataFrame]:
    """A few frames of each arm, a row an arm: the line between the classes, the test points, the test accuracy."""
    film, shots = shown
    figure = Figure(figsize=(WIDTH, 4.1), layout="none")
    chosen = moments(film)
    for row, (arm, frames) in enumerate(zip(film.arms, shots, strict=True)):
        by_epoch = {frame.epoch: frame for frame in frames}
        top = 0.94 - 0.5 * row
        figure.text(0.01, top, labels.arm(arm, film.differ, words), va="center", fontsize=14)
        for column, epoch in enumerate(chosen):
            axes = figure.add_axes((0.005 + 0.25 * column, top - 0.42, 0.24, 0.29))
            frame = by_epoch.get(epoch)
            draw(axes, arm, frame)
            place = words["epoch number"].format(epoch)
            accuracy = "–"
            if frame and frame.weights:
                accuracy = words["percent"].format(f"{100 * frame.measures['test_accuracy']:.0f}")
            axes.set_title(f"{place}\n{accuracy}", linespacing=1.2)
    return figure, table(film, shots)


def moments(film: Film) -> list[int]:
    """The epochs of the strip: the first, the last, and some between."""
    all_epochs = epochs(film.arms[0].training.epochs)
    return [all_epochs[round(i)] for i in np.linspace(0, len(all_epochs) - 1, min(STRIP, len(all_epochs)))]


def draw(axes: Axes, arm: Cell, frame: Frame | None) -> None:
    """The plane of a frame; an empty one where the arm has diverged."""
    if frame and frame.weights:
        (seed,) = arm.seeds
        network = Network(arm.architecture, frame.weights, np.float32)
        boundaries.draw_plane(axes, boundaries.probabilities(network, arm.dataset, seed), arm.dataset, seed, size=1.6)
    axes.set(xticks=(), yticks=())
    axes.spines[:].set(visible=True, linewidth=0.6)
