"""Films of training: frames of two networks, as data for the player and as a strip of images."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox

from ontrial import data
from ontrial.book.chapters import figures_boundaries as boundaries
from ontrial.book.chapters import predictions
from ontrial.nn.network import Network
from ontrial.report.figures.axes import LINE, figure_without_layout
from ontrial.report.wording import formatting, labels
from ontrial.report.wording.phrases import Phrases
from ontrial.study.cell import Cell
from ontrial.study.filming import MEASURES, Frame, epochs

if TYPE_CHECKING:
    from ontrial.study.films import Film

STRIP_FRAMES = 4
TITLE_GAP = 5 / 72  # inches between a frame and its title


def measures(film: Film, shots: list[list[Frame]]) -> pd.DataFrame:
    """Return the measures of each arm (1 or 2) and frame, up to the frame in which the arm diverges."""
    return pd.DataFrame(
        {"arm": number, "epoch": frame.epoch, **frame.measures}
        for number, (arm, frames) in enumerate(zip(film.arms, shots, strict=True), start=1)
        for frame in frames
    )


# For the player -------------------------------------------------------------------------------------------------------


def script(film: Film, shots: list[list[Frame]]) -> str:
    """Return a script that adds a film to `films`. A page opened from a folder can load scripts but no data files.

    Some of the keys are:

    plane: Ends of the square to draw.
    points: Test samples, scaled as for the networks, as base64 of little-endian float32.
    labels: Classes of the test samples.
    weights: Parameters in each frame, null if the arm has diverged. Base64 of little-endian float32, layer by layer,
        first the weights (n_in, n_out), then the biases.
    """
    first = film.arms[0]
    samples = first.arrays(first.seeds)
    content = {
        "epochs": epochs(first),
        "plane": _plane(first),
        "points": packed([samples.test.X]),
        "labels": data.load(first.dataset).labels[data.split(first.dataset, first.seeds[0]).test].tolist(),
        "arms": [
            {
                "layers": arm.architecture.layers,
                "activation": arm.activation,
                "output": arm.output,
                **{name: [_json_number(frame.measures[name]) for frame in frames] for name in MEASURES},
                "weights": [
                    None if frame.weights is None else packed(chain.from_iterable(frame.weights)) for frame in frames
                ],
            }
            for arm, frames in zip(film.arms, shots, strict=True)
        ],
    }
    films = "(globalThis.films ??= Object.create(null))"
    return f"{films}[{json.dumps(film.id)}] = {json.dumps(content, separators=(',', ':'))}\n"


def _plane(arm: Cell) -> list[float]:
    """Return the ends of the square around all samples, scaled as for the arm's networks."""
    X = predictions.scaled(data.load(arm.dataset).X, arm.dataset, list(arm.seeds))
    return [_rounded(float(X.min() - predictions.MARGIN)), _rounded(float(X.max() + predictions.MARGIN))]


def packed(arrays: Iterable[np.ndarray]) -> str:
    """Return the numbers of all arrays as base64 of little-endian float32."""
    return base64.b64encode(np.concatenate([array.ravel() for array in arrays]).astype("<f4").tobytes()).decode()


def _rounded(number: float) -> float:
    """Return a number rounded to the digits of float32."""
    return float(f"{number:.7g}")


def _json_number(number: float) -> float | None:
    """Return a rounded number; None for NaN and infinity, which JSON lacks."""
    return _rounded(number) if np.isfinite(number) else None


# Without JavaScript, and in print ------------------------------------------------------------------------------------


def strip(shown: tuple[Film, list[list[Frame]]], words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw a few frames with decision boundary, test points and test accuracy, in one row per arm."""
    film, shots = shown
    chosen = _strip_epochs(film)
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
            box = Bbox.from_bounds(side * column, top - row_height + gap, side - gap, side - gap)
            frame = by_epoch.get(epoch)
            _draw_frame(figure, box, arm, frame, size=1.3 * side)
            accuracy = formatting.NO_VALUE
            if frame and frame.weights:
                accuracy = words["percent"].format(f"{100 * frame.measures['test_accuracy']:.0f}")
            title = f"{words['epoch number'].format(epoch)}\n{accuracy}"
            figure.text(box.x0 / width, (box.y1 + TITLE_GAP) / height, title, va="baseline", linespacing=1.1)
    return figure, measures(film, shots)


def _strip_epochs(film: Film) -> list[int]:
    """Return the epochs of the strip: the first, the last, and some in between."""
    all_epochs = epochs(film.arms[0])
    return [all_epochs[round(i)] for i in np.linspace(0, len(all_epochs) - 1, min(STRIP_FRAMES, len(all_epochs)))]


def _draw_frame(figure: Figure, box: Bbox, arm: Cell, frame: Frame | None, size: float) -> None:
    """Draw the plane of a frame, empty if the arm has diverged.

    box: Place in the figure, in inches.
    size: Diameter of the test points, in points of 1/72 inch.
    """
    if frame and frame.weights:
        (seed,) = arm.seeds
        network = Network(arm.architecture, frame.weights, np.float32)
        surface = predictions.probabilities(network, arm.dataset, seed)
        boundaries.draw_plane(figure, box, surface, arm.dataset, seed, size=size)
    edge = rcParams["axes.edgecolor"]
    place = figure.dpi_scale_trans
    figure.add_artist(Rectangle(box.p0, *box.size, fill=False, color=edge, linewidth=0.6, transform=place))
