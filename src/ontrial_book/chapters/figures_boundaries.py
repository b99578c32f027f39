"""Decision boundaries between two classes of points in the plane."""

from itertools import pairwise
from typing import Any

import contourpy
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Bbox, BboxTransform, Transform
from matplotlib.typing import CapStyleType

from ontrial import data
from ontrial.report.figures.axes import LINE, figure_without_layout, wrapped
from ontrial.report.figures.formats import NARROW
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, INK, VERMILLION
from ontrial.study.settings import depth

# Colours and opacities of regions in which the network is sure of a class, and in which it leans to one.
CERTAINTY = (-np.inf, 0.1, 0.5, 0.9, np.inf)
SHADES = ((BLUE, 0.35), (BLUE, 0.15), (VERMILLION, 0.15), (VERMILLION, 0.35))
CLASSES: tuple[tuple[int, str, CapStyleType], ...] = ((0, BLUE, "round"), (1, VERMILLION, "projecting"))


def boundaries(
    results: Findings, words: Phrases, width: float, predictions: pd.DataFrame
) -> tuple[Figure, pd.DataFrame]:
    """Draw decision boundaries with test points, as a matrix of networks and data sets.

    Networks are columns of the wide figure, and rows of the narrow one.

    predictions: Table from PREDICTIONS["boundaries"].
    """
    arm = ["dataset", "hidden", "activation"]
    runs = predictions.drop_duplicates(arm)
    datasets = list(dict.fromkeys(runs["dataset"]))
    networks = sorted(
        dict.fromkeys(zip(runs["hidden"], runs["activation"], strict=True)), key=lambda key: depth(key[0])
    )
    names = [f"{words[name]} {hidden}" if depth(hidden) else words["no hidden layer"] for hidden, name in networks]
    turned = width == NARROW
    heads = [words[name] for name in datasets] if turned else names
    sides = names if turned else [words[name] for name in datasets]
    room = 1.05  # inches for the names at the side
    side = (width - room) / len(heads)
    top = LINE * max(len(wrapped(head, side)) for head in heads) + 0.1
    height = top + len(sides) * (side + LINE)
    figure = figure_without_layout(height, width)
    for i, head in enumerate(heads):
        text = "\n".join(wrapped(head, side))
        figure.text((room + side * (i + 0.5)) / width, 1, text, ha="center", va="top", linespacing=1.1)
    for j, name in enumerate(sides):
        y = 1 - (top + (side + LINE) * j + side / 2) / height
        figure.text(0, y, "\n".join(wrapped(name, room)), va="center", linespacing=1.1)
    for (dataset, *network), surface in predictions.groupby(arm, sort=False):
        column, row = datasets.index(dataset), networks.index(tuple(network))
        column, row = (column, row) if turned else (row, column)
        left, bottom = room + side * column, height - top - (side + LINE) * row - side
        box = Bbox.from_bounds(left + 0.03, bottom, side - 0.06, side - 0.06)
        draw_plane(figure, box, surface, dataset, surface["seed"].iloc[0], size=2.4)
        accuracy = words["percent"].format(f"{100 * surface['test_accuracy'].iloc[0]:.1f}")
        figure.text((left + side / 2) / width, bottom / height, accuracy, ha="center", va="top")
    return figure, predictions


def draw_plane(figure: Figure, box: Bbox, surface: pd.DataFrame, dataset: str, seed: int, size: float = 3) -> None:
    """Draw a decision boundary and test points: discs for the first class, squares for the second.

    There are no axes, which would take several times as long as all that they contain.

    box: Place in the figure, in inches.
    size: Diameter of the test points, in points of 1/72 inch.
    """
    side = surface["x1"].unique()
    p = surface["p"].to_numpy().reshape(len(side), -1)
    contours = contourpy.contour_generator(
        side, side, p, line_type=contourpy.LineType.SeparateCode, fill_type=contourpy.FillType.OuterCode
    )
    place = BboxTransform(Bbox([side[[0, 0]], side[[-1, -1]]]), box) + figure.dpi_scale_trans

    def add(path: Path, **options: Any) -> None:
        figure.add_artist(PathPatch(path, transform=place, **options))

    for (low, high), (colour, alpha) in zip(pairwise(CERTAINTY), SHADES, strict=True):
        for region in _joined(contours.filled(low, high)):
            add(_simplified(region, place), color=colour, alpha=alpha, linewidth=0)
    points = data.load(dataset)
    test = data.split(dataset, seed).test
    for label, colour, cap in CLASSES:
        add(_dots(points.X[test[points.labels[test] == label]]), fill=False, color=colour, linewidth=size, capstyle=cap)
    for line in _joined(contours.lines(0.5)):
        add(line, fill=False, color=INK, linewidth=1.6, joinstyle="round")


def _joined(parts: Any) -> list[Path]:
    """Return lines or regions as one path, or none.

    parts: Lists of vertices and of codes from contourpy, whose types do not say which kind of lists they are.
    """
    vertices, codes = parts
    return [Path(np.concatenate(vertices), np.concatenate(codes))] if vertices else []


def _simplified(path: Path, transform: Transform) -> Path:
    """Return a filled path without points that are within half a pixel of the line between others.

    Matplotlib removes such points from lines only.

    transform: Transform from the path's units to pixels.
    """
    path.simplify_threshold = 0.5
    pixels = path.cleaned(transform, simplify=True)
    vertices, codes = np.asarray(pixels.vertices), np.asarray(pixels.codes)
    drawn = codes != Path.STOP
    return Path(transform.inverted().transform(vertices[drawn]), codes[drawn])


def _dots(X: np.ndarray) -> Path:
    """Return the points X (n, 2) as a single path of zero-length lines, whose caps look like markers.

    The file is a quarter as large as with a marker per point.
    """
    path = Path(X.repeat(2, axis=0), np.tile([Path.MOVETO, Path.LINETO], len(X)))
    path.should_simplify = False
    return path
