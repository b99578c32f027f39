"""Training as a film: frames of two networks, as data for the player and as a strip of images."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice, pairwise
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
from ontrial.report.figures.axes import LINE, figure_without_layout
from ontrial.report.wording import formatting, labels
from ontrial.report.wording.phrases import Phrases
from ontrial.study.cell import Cell

if TYPE_CHECKING:
    from ontrial.study.films import Film

FRAMES = 40  # of a film, at most
STRIP_FRAMES = 4
MEASURES = ("train_loss", "train_accuracy", "test_accuracy", "dead_units")


class Frame(NamedTuple):
    """An arm after a number of epochs: its MEASURES, NaN if not defined, and its weights, None if it has diverged."""

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

    The weights are the same as after training without a break: frames are at whole epochs, each part of training uses
    its part of the same order of samples, and an optimiser without momentum has no state but the weights.
    """
    seeds = list(arm.seeds)
    samples = arm.arrays(seeds)
    ends = epochs(arm)
    order = np.stack(list(islice(batch_orders(seeds, samples.train.X.shape[1]), ends[-1])), axis=1)
    weights = None
    for start, end in pairwise([0, *ends]):
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
    """Return one row per arm (1 or 2) and frame, with its measures, up to the frame in which the arm diverges."""
    return pd.DataFrame(
        {"arm": number, "epoch": frame.epoch, **frame.measures}
        for number, (arm, frames) in enumerate(zip(film.arms, shots, strict=True), start=1)
        for frame in frames
    )


# For the player -------------------------------------------------------------------------------------------------------


def script(film: Film, shots: list[list[Frame]]) -> str:
    """Return a script that adds the film to `films`. A page opened from a folder can load scripts but no data files.

    plane: the ends of the square to draw. points, labels: the test samples, scaled as for the networks. weights: for
    each frame all parameters, layer by layer, first the weights (n_in, n_out), then the biases; null if the arm has
    diverged. `points` and `weights` are base64 of little-endian float32.
    """
    first = film.arms[0]
    samples = first.arrays(first.seeds)
    content = {
        "epochs": epochs(first),
        "plane": plane(first),
        "points": packed([samples.test.X]),
        "labels": data.load(first.dataset).labels[data.split(first.dataset, first.seeds[0]).test].tolist(),
        "arms": [
            {
                "layers": arm.architecture.layers,
                "activation": arm.activation,
                "output": arm.output,
                **{name: [json_number(frame.measures[name]) for frame in frames] for name in MEASURES},
                "weights": [
                    None if frame.weights is None else packed(chain.from_iterable(frame.weights)) for frame in frames
                ],
            }
            for arm, frames in zip(film.arms, shots, strict=True)
        ],
    }
    films = "(globalThis.films ??= Object.create(null))"
    return f"{films}[{json.dumps(film.id)}] = {json.dumps(content, separators=(',', ':'))}\n"


def plane(arm: Cell) -> list[float]:
    """Return the ends of the square around all samples, scaled as for the networks of the arm."""
    X = retrained.scaled(data.load(arm.dataset).X, arm.dataset, list(arm.seeds))
    return [rounded(float(X.min() - boundaries.MARGIN)), rounded(float(X.max() + boundaries.MARGIN))]


def packed(arrays: Iterable[np.ndarray]) -> str:
    """Return the numbers of the arrays, in turn, as base64 of little-endian float32."""
    return base64.b64encode(np.concatenate([array.ravel() for array in arrays]).astype("<f4").tobytes()).decode()


def rounded(number: float) -> float:
    """Return a number with as many digits as float32 has."""
    return float(f"{number:.7g}")


def json_number(number: float) -> float | None:
    """Return a number, rounded; None for NaN and infinity, which JSON does not have."""
    return rounded(number) if np.isfinite(number) else None


# Without JavaScript, and in print ------------------------------------------------------------------------------------


def strip(shown: tuple[Film, list[list[Frame]]], words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw a few frames, one row per arm: decision boundary, test points and test accuracy."""
    film, shots = shown
    chosen = strip_epochs(film)
    side, gap = width / len(chosen), 0.08
    row_height = side + 4.4 * LINE
    height = row_height * len(shots)
    figure = figure_without_layout(height, width)
    for row, (arm, frames) in enumerate(zip(film.arms, shots, strict=True)):
        by_epoch = {frame.epoch: frame for frame in frames}
        top = height - row_height * row
        name = labels.arm(arm, film.differ, words)
        figure.text(0, (top - 0.05) / height, name, va="top", fontsize="large")
        for column, epoch in enumerate(chosen):
            left, bottom = side * column, top - row_height + gap
            axes = figure.add_axes((left / width, bottom / height, (side - gap) / width, (side - gap) / height))
            frame = by_epoch.get(epoch)
            draw_frame(axes, arm, frame, size=1.3 * side)
            accuracy = formatting.NO_VALUE
            if frame and frame.weights:
                accuracy = words["percent"].format(f"{100 * frame.measures['test_accuracy']:.0f}")
            axes.set_title(f"{words['epoch number'].format(epoch)}\n{accuracy}", linespacing=1.1)
    return figure, table(film, shots)


def strip_epochs(film: Film) -> list[int]:
    """Return the epochs of the strip: the first, the last, and some in between."""
    all_epochs = epochs(film.arms[0])
    return [all_epochs[round(i)] for i in np.linspace(0, len(all_epochs) - 1, min(STRIP_FRAMES, len(all_epochs)))]


def draw_frame(axes: Axes, arm: Cell, frame: Frame | None, size: float) -> None:
    """Draw the plane of a frame, empty if the arm has diverged. size: of the points, in points of 1/72 inch."""
    if frame and frame.weights:
        (seed,) = arm.seeds
        network = Network(arm.architecture, frame.weights, np.float32)
        boundaries.draw_plane(axes, boundaries.probabilities(network, arm.dataset, seed), arm.dataset, seed, size=size)
    axes.set(xticks=(), yticks=())
    axes.spines[:].set(visible=True, linewidth=0.6)
