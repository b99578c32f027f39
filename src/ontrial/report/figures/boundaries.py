"""Decision boundaries between two classes of points in the plane."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.typing import CapStyleType

from ontrial import data
from ontrial.judge.results import depth
from ontrial.nn import Network
from ontrial.report.figures import retrained, tables
from ontrial.report.figures.style import WIDTH
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.looks import BLUE, FILL, INK, PAPER, VERMILLION
from ontrial.report.wording.phrases import Phrases

SIDE = 39  # grid points along each axis
MARGIN = 0.3  # width of the border around the points, in units of the inputs
CLASSES: tuple[tuple[int, str, CapStyleType], ...] = ((0, BLUE, "round"), (1, VERMILLION, "projecting"))


def boundaries(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw the decision boundary by data set, hidden layers and activation, with the test points.

    Each network is the one of the first judging seed at its own learning rate.
    """
    arm = ["dataset", "hidden", "activation"]
    runs = tables.of_experiment(results.runs, "shapes")
    runs = tables.tuned(results, tables.narrowed(runs[runs["dataset"].map(data.is_plane)], free=arm))
    runs = runs[runs["seed"] == runs["seed"].min()]
    # Without a hidden layer the activation makes no difference: draw one such network.
    runs = runs[(runs["hidden"] != "none") | ~runs.duplicated(["dataset", "hidden"])]
    datasets = list(dict.fromkeys(runs["dataset"]))
    rows = sorted(dict.fromkeys(zip(runs["hidden"], runs["activation"], strict=True)), key=lambda row: depth(row[0]))
    figure = Figure(figsize=(WIDTH, 0.2 + 2.6 * len(rows)))
    panels = figure.subplots(len(rows), len(datasets), squeeze=False)
    surfaces = []
    for i, run in runs.iterrows():
        axes = panels[rows.index((run["hidden"], run["activation"])), datasets.index(run["dataset"])]
        network = retrained.networks(results, runs.loc[[i]])
        surface = probabilities(network, run["dataset"], run["seed"], run["training_samples"])
        draw_plane(axes, surface, run["dataset"], run["seed"])
        shape = f"{words[run['activation']]}, {run['hidden']}" if depth(run["hidden"]) else words["no hidden layer"]
        accuracy = words["percent"].format(f"{100 * run['test_accuracy']:.1f}")
        axes.set_title(f"{words[run['dataset']]}, {accuracy}\n{shape}", linespacing=1.35)
        surfaces.append(surface.assign(**run[[*arm, "learning_rate", "seed", "test_accuracy"]]))
    return figure, pd.concat(surfaces, ignore_index=True)


def probabilities(network: Network, dataset: str, seed: int, training_samples: int | None = None) -> pd.DataFrame:
    """Return the probability p of the second class on a grid (x1, x2) that covers a data set."""
    X = data.load(dataset).X
    side = np.linspace(X.min() - MARGIN, X.max() + MARGIN, SIDE)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    p = retrained.predict(network, retrained.scaled(grid, dataset, [seed], training_samples))[0, :, -1]
    return pd.DataFrame({"x1": grid[:, 0], "x2": grid[:, 1], "p": p}).round(3)


def draw_plane(axes: Axes, surface: pd.DataFrame, dataset: str, seed: int, size: float = 3) -> None:
    """Draw the decision boundary and the test points: discs for the first class, squares for the second.

    size: of the points, in points of 1/72 inch.
    """
    side = surface["x1"].unique()
    p = surface["p"].to_numpy().reshape(SIDE, SIDE)
    axes.contourf(side, side, p, levels=[-np.inf, 0.5, np.inf], colors=[FILL, PAPER])
    axes.contour(side, side, p, levels=[0.5], colors=INK, linewidths=1.6)
    points = data.load(dataset)
    test = data.split(dataset, seed).test
    for label, colour, cap in CLASSES:
        axes.add_patch(dots(points.X[test[points.labels[test] == label]], colour, size, cap))
    axes.set(xticks=(), yticks=(), aspect="equal", xlim=side[[0, -1]], ylim=side[[0, -1]])
    axes.spines[:].set_visible(False)


def dots(X: np.ndarray, colour: str, size: float, cap: CapStyleType) -> PathPatch:
    """Return the points X (n, 2) as one path of lines of zero length, of which only the caps show.

    A file with such a path is a quarter as large as one with a marker per point.
    """
    path = Path(X.repeat(2, axis=0), np.tile([Path.MOVETO, Path.LINETO], len(X)))
    path.should_simplify = False
    return PathPatch(path, fill=False, color=colour, linewidth=size, capstyle=cap)
