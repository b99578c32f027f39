"""Decision boundaries between two classes of points in the plane."""

from functools import cache

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Transform
from matplotlib.typing import CapStyleType

from ontrial import data
from ontrial.nn import Network
from ontrial.report.figures import retrained
from ontrial.report.figures.axes import LINE, figure_without_layout, wrapped
from ontrial.report.figures.declaration import figure
from ontrial.report.figures.formats import NARROW
from ontrial.report.summaries import selection
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, INK, VERMILLION
from ontrial.study.settings import depth

SIDE = 35  # grid points along each axis
MARGIN = 0.3  # width of the border around the points, in units of the inputs
# Where the network is sure of the first or second class, and where it leans to one: colours and their opacities.
CERTAINTY = (-np.inf, 0.1, 0.5, 0.9, np.inf)
SHADES = ((BLUE, 0.35), (BLUE, 0.15), (VERMILLION, 0.15), (VERMILLION, 0.35))
CLASSES: tuple[tuple[int, str, CapStyleType], ...] = ((0, BLUE, "round"), (1, VERMILLION, "projecting"))


@figure(experiments=("shapes",), needs=("classes", "training", "plane"))
def boundaries(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the decision boundary with the test points, as a matrix of networks and data sets.

    Each network is the one of the first judging seed at its own learning rate. In the wide figure a network is a
    column, in the narrow one a row.
    """
    runs = compared_runs(results)
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
    for _, run in runs.iterrows():
        column, row = datasets.index(run["dataset"]), networks.index((run["hidden"], run["activation"]))
        column, row = (column, row) if turned else (row, column)
        left, bottom = room + side * column, height - top - (side + LINE) * row - side
        axes = figure.add_axes(((left + 0.03) / width, bottom / height, (side - 0.06) / width, (side - 0.06) / height))
        draw_plane(axes, surface_of(results, run.name), run["dataset"], run["seed"], size=2.4)
        accuracy = words["percent"].format(f"{100 * run['test_accuracy']:.1f}")
        figure.text((left + side / 2) / width, bottom / height, accuracy, ha="center", va="top")
    arm = ["dataset", "hidden", "activation"]
    surfaces = [
        surface_of(results, run.name).assign(**run[[*arm, "learning_rate", "seed", "test_accuracy"]])
        for _, run in runs.iterrows()
    ]
    return figure, pd.concat(surfaces, ignore_index=True)


@cache  # the same in every language and width
def compared_runs(results: Findings) -> pd.DataFrame:
    """Return one run per data set in the plane, hidden layers and activation."""
    runs = selection.of_experiment(results.runs, "shapes")
    runs = selection.narrowed(runs[runs["dataset"].map(data.is_plane)], free=["dataset", "hidden", "activation"])
    runs = selection.tuned(results, runs)
    runs = runs[runs["seed"] == runs["seed"].min()]
    # Without a hidden layer the activation makes no difference: draw one such network.
    return runs[(runs["hidden"] != "none") | ~runs.duplicated(["dataset", "hidden"])]


@cache
def surface_of(results: Findings, index: int) -> pd.DataFrame:
    """Return the probabilities of the network of one of the compared runs."""
    runs = compared_runs(results).loc[[index]]
    run = runs.iloc[0]
    return probabilities(retrained.networks(results, runs), run["dataset"], run["seed"], run["training_samples"])


def probabilities(network: Network, dataset: str, seed: int, training_samples: int | None = None) -> pd.DataFrame:
    """Return the probability p of the second class on a grid (x1, x2) that covers a data set."""
    X = data.load(dataset).X
    side = np.linspace(X.min() - MARGIN, X.max() + MARGIN, SIDE)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    p = retrained.predict(network, retrained.scaled(grid, dataset, [seed], training_samples))[0, :, -1]
    # Fewer digits of p would bend the boundary of a network that is nearly undecided everywhere.
    return pd.DataFrame({"x1": grid[:, 0], "x2": grid[:, 1], "p": p}).round({"x1": 3, "x2": 3, "p": 6})


def draw_plane(axes: Axes, surface: pd.DataFrame, dataset: str, seed: int, size: float = 3) -> None:
    """Draw the decision boundary and the test points: discs for the first class, squares for the second.

    size: of the points, in points of 1/72 inch.
    """
    side = surface["x1"].unique()
    p = surface["p"].to_numpy().reshape(SIDE, SIDE)
    shades = axes.contourf(side, side, p, levels=CERTAINTY, colors=[to_rgba(*shade) for shade in SHADES])
    axes.contour(side, side, p, levels=[0.5], colors=INK, linewidths=1.6)
    points = data.load(dataset)
    test = data.split(dataset, seed).test
    for label, colour, cap in CLASSES:
        axes.add_patch(dots(points.X[test[points.labels[test] == label]], colour, size, cap))
    axes.set(xticks=(), yticks=(), aspect="equal", xlim=side[[0, -1]], ylim=side[[0, -1]])
    axes.spines[:].set_visible(False)
    shades.set_paths([simplified(path, axes.transData) for path in shades.get_paths()])


def simplified(path: Path, transform: Transform) -> Path:
    """Return a filled path without the points between which it is straight. Matplotlib drops those of lines only.

    transform: from the path's units to pixels, in which Matplotlib decides what is straight.
    """
    pixels = path.cleaned(transform, simplify=True)
    vertices, codes = np.asarray(pixels.vertices), np.asarray(pixels.codes)
    drawn = codes != Path.STOP
    return Path(transform.inverted().transform(vertices[drawn]), codes[drawn])


def dots(X: np.ndarray, colour: str, size: float, cap: CapStyleType) -> PathPatch:
    """Return the points X (n, 2) as one path of lines of zero length, of which only the caps show.

    A file with such a path is a quarter as large as one with a marker per point.
    """
    path = Path(X.repeat(2, axis=0), np.tile([Path.MOVETO, Path.LINETO], len(X)))
    path.should_simplify = False
    return PathPatch(path, fill=False, color=colour, linewidth=size, capstyle=cap)
