"""Gradient descent on bowls: what the learning rate does in one direction and in two."""

from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ontrial.report.figures.formats import by_width
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, FILL, GOLD, GREEN, INK, MUTED, VERMILLION
from ontrial_book.axes import panel_grid
from ontrial_book.chapters.figures_diagrams import arrow

CURVATURE, START = 2.0, 6.0
RATES = {"creeps": (0.1, BLUE), "overshoots": (0.9, GREEN), "diverges": (1.1, VERMILLION)}
STEPS = 8
EDGE = 9.5  # weight at the edge of a panel
RAVINE, ENTRANCE, RAVINE_STEPS = np.array([1.0, 20.0]), np.array([9.0, 2.0]), 20  # curvatures, start
RAVINE_LEVELS = (1, 4, 10, 20, 40, 80)  # losses whose points are joined
WALL = 3.0  # weight at the edge of a panel, across
WALKS = {  # share of the way that a step covers, and number of steps: above 2, they end farther away than they began
    "short steps crawl": (0.15, 4, BLUE),
    "right steps arrive": (0.65, 3, GREEN),
    "too long steps fly out": (2.2, 3, VERMILLION),
}
WAY_IN, SLOPES, UNDER = -7.0, 11.0, -34.0  # start; edge of a panel; floor of a panel, where there is room for words
WAYS = {  # learning rate and momentum
    "below the limit": (0.09, 0.0, BLUE),
    "above the limit": (0.105, 0.0, VERMILLION),
    "with momentum": (0.09, 0.5, GREEN),
}


def descent(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the steps of gradient descent in a bowl at three learning rates: small, below the limit, above it."""
    figure, panels = panel_grid(width, len(RATES), len(RATES), 0, by_width(width, 2.7, 3.4), sharex=True, sharey=True)
    bowl = np.linspace(-EDGE, EDGE, 101)
    paths = []
    for axes, (term, (rate, colour)) in zip(panels, RATES.items(), strict=True):
        factor = 1 - rate * CURVATURE
        step = np.arange(STEPS + 1)
        w = START * factor**step
        path = pd.DataFrame({"learning_rate": rate, "step": step, "w": w, "loss": CURVATURE * w**2 / 2})
        axes.plot(bowl, CURVATURE * bowl**2 / 2, color=MUTED)
        axes.plot(path["w"], path["loss"], "o-", color=colour, linewidth=1.4, markersize=5)
        axes.plot(path["w"][:1], path["loss"][:1], "o", color=INK, markersize=8)
        axes.set_title(
            f"η = {rate:g}\n{words[term]}\nw × {factor:.1f}".replace("-", "−"), color=colour, linespacing=1.25
        )
        paths.append(path)
    panels[0].set(xlim=(-EDGE, EDGE), ylim=(-4, CURVATURE * EDGE**2 / 2), xticks=(-6, 0, 6), yticks=(0, 40, 80))
    panels[0].set_ylabel(words["loss"], labelpad=8)
    figure.supxlabel(words["weight w"])
    return figure, pd.concat(paths, ignore_index=True)


def valley(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw walks into a valley, for readers without formulas: steps that are short, right, and too long."""
    figure, panels = panel_grid(width, len(WALKS), len(WALKS), 0, by_width(width, 2.5, 2.7), sharex=True, sharey=True)
    ground = np.linspace(-SLOPES, SLOPES, 101)
    paths = []
    for axes, (term, (share, steps, colour)) in zip(panels, WALKS.items(), strict=True):
        step = np.arange(steps + 1)
        path = pd.DataFrame({"share": share, "step": step, "place": WAY_IN * (1 - share) ** step})
        path["height"] = path["place"] ** 2
        points = path[["place", "height"]].to_numpy()
        axes.fill_between(ground, ground**2, UNDER, color=FILL, linewidth=0)
        axes.plot(ground, ground**2, color=MUTED)
        for start, end in pairwise(points):
            bend = -0.4 if end[0] > start[0] else 0.4
            arrow(axes, tuple(start), tuple(end), colour, mutation_scale=10, connectionstyle=f"arc3,rad={bend}")
        axes.plot(*points[0], "o", color=INK, markersize=8)
        axes.plot(0, 0, "*", color=GOLD, markersize=13, markeredgecolor=INK, markeredgewidth=0.8)
        axes.set_title(words[term], color=colour, linespacing=1.25)
        axes.axis("off")
        paths.append(path)
    for axes, term, end in ((panels[0], "how far", 0), (panels[1], "how fast", paths[1]["place"][1])):
        arrow(axes, (WAY_IN, UNDER / 4), (end, UNDER / 4), INK, mutation_scale=10, arrowstyle="<->")
        axes.text((WAY_IN + end) / 2, 0.9 * UNDER, words[term], ha="center", va="bottom")
    panels[0].set(xlim=(-SLOPES, SLOPES), ylim=(UNDER, 1.2 * SLOPES**2))
    return figure, pd.concat(paths, ignore_index=True)


def ravine(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw gradient descent in a ravine: below the limit of its steep side, above it, and with momentum."""
    columns, row = by_width(width, (1, 1.75), (3, 2.5))
    figure, panels = panel_grid(width, len(WAYS), columns, 0.4, row, sharex=True, sharey=True)
    angles = np.linspace(0, 2 * np.pi, 61)
    paths = []
    for axes, (term, (rate, momentum, colour)) in zip(panels, WAYS.items(), strict=True):
        path = ravine_path(rate, momentum)
        for level in RAVINE_LEVELS:
            radii = np.sqrt(2 * level / RAVINE)
            axes.plot(radii[0] * np.cos(angles), radii[1] * np.sin(angles), color=MUTED, linewidth=0.8, alpha=0.6)
        is_gone = path["w2"].abs().gt(WALL).cumsum() > 1
        axes.plot(path["w1"][~is_gone], path["w2"][~is_gone], "o-", color=colour, linewidth=1.4, markersize=4)
        axes.plot(*ENTRANCE, "o", color=INK, markersize=8)
        axes.plot(0, 0, "+", color=INK, markersize=12)
        axes.set_title(words[term].format(f"{rate:g}", f"{momentum:g}"), color=colour)
        axes.grid(False)
        paths.append(path)
    panels[0].set(xlim=(-2.5, 10), ylim=(-WALL, WALL), xticks=(0, 5, 10), yticks=(-2, 0, 2))
    figure.supxlabel(words["weight w1"])
    figure.supylabel(words["weight w2"])
    return figure, pd.concat(paths, ignore_index=True)


def ravine_path(rate: float, momentum: float) -> pd.DataFrame:
    """Return the steps of gradient descent with momentum in the ravine: both weights and the loss after each."""
    w, v = ENTRANCE, np.zeros(2)
    steps = [w]
    for _ in range(RAVINE_STEPS):
        v = momentum * v + rate * RAVINE * w
        w = w - v
        steps.append(w)
    weights = np.array(steps)
    columns = {"learning_rate": rate, "momentum": momentum, "step": np.arange(RAVINE_STEPS + 1)}
    return pd.DataFrame(columns | {"w1": weights[:, 0], "w2": weights[:, 1], "loss": weights**2 @ RAVINE / 2})
