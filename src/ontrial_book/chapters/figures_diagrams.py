"""Diagrams for the theory: a neuron, its equation, layers, the batches of an epoch."""

from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle

from ontrial.report.figures.axes import figure_without_layout
from ontrial.report.figures.formats import NARROW
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, FILL, GREEN, INK, MUTED, PURPLE, VERMILLION
from ontrial_book.axes import LETTER

Point = tuple[float, float]  # x and y in inches, from the lower left


def canvas(height: float) -> tuple[Figure, Axes]:
    """Return a figure with invisible axes whose coordinates are inches from the lower left.

    height: Height of the figure, in inches.
    """
    figure = figure_without_layout(height)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, NARROW), ylim=(0, height), aspect="equal")
    axes.axis("off")
    return figure, axes


def write(axes: Axes, x: float, y: float, text: str, **settings: Any) -> None:
    """Write a text at a point, centred unless the settings say otherwise.

    settings: Arguments of Matplotlib's `text`.
    """
    axes.text(x, y, text, **{"ha": "center", "va": "center", **settings})


def arrow(axes: Axes, start: Point, end: Point, colour: str = MUTED, **settings: Any) -> None:
    """Draw an arrow from one point to another.

    settings: Arguments of Matplotlib's `FancyArrowPatch`.
    """
    usual: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 13, "shrinkA": 0, "shrinkB": 0, "linewidth": 1.5}
    axes.add_patch(FancyArrowPatch(start, end, color=colour, **{**usual, **settings}))


def _node(axes: Axes, centre: Point, radius: float, letter: str, colour: str = INK, size: float = LETTER) -> None:
    axes.add_patch(Circle(centre, radius, facecolor=FILL, edgecolor=colour, linewidth=1.6))
    write(axes, *centre, letter, va="center_baseline", fontsize=size)


def neuron(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw a neuron, in which the sum of weighted inputs and bias goes through the activation."""
    figure, axes = canvas(3.5)
    middle = 1.9
    small, big = 0.25, 0.33  # radii of nodes
    left, total, activation = 0.4, 2.35, 3.35  # centres of the nodes
    for i, height in (("1", 2.95), ("2", 2.15), ("n", 0.85)):
        slope = (middle - height) / (total - left)
        _node(axes, (left, height), small, f"$x_{i}$", BLUE)
        arrow(axes, (left + small, height + slope * small), (total - big, middle - slope * big), BLUE)
        letter = {"va": "bottom", "fontsize": LETTER, "color": VERMILLION}
        write(axes, 1.25, height + slope * 0.85 + 0.08, f"$w_{i}$", **letter)
    write(axes, left, 1.5, "⋮", fontsize=LETTER, color=MUTED)
    _node(axes, (total, 3.05), small, "$b$", VERMILLION)
    arrow(axes, (total, 3.05 - small), (total, middle + big), VERMILLION)
    _node(axes, (total, middle), big, r"$\Sigma$", size=20)
    arrow(axes, (total + big, middle), (activation - big, middle))
    write(axes, 2.86, middle + 0.08, "$z$", va="bottom", fontsize=LETTER)
    _node(axes, (activation, middle), big, r"$\varphi$", PURPLE, size=20)
    arrow(axes, (activation + big, middle), (4.45, middle))
    write(axes, 4.6, middle, "$a$", va="center_baseline", fontsize=LETTER, color=GREEN)
    write(axes, left, 0.4, words["inputs"], color=BLUE)
    write(axes, 1.25, 0.4, words["weights"], color=VERMILLION)
    write(axes, 2.72, 3.05, words["bias"], color=VERMILLION, ha="left")
    write(axes, total + 0.1, 1.38, words["weighted sum"])
    write(axes, activation, 2.42, words["activation"], color=PURPLE)
    write(axes, 4.45, 1.55, words["output"], color=GREEN)
    write(axes, 3.2, 0.62, r"$a = \varphi(z),\quad z = \sum_i w_i x_i + b$", fontsize=LETTER)
    symbols = (
        ("x", "inputs"),
        ("w", "weights"),
        ("b", "bias"),
        ("z", "weighted sum"),
        ("φ", "activation"),
        ("a", "output"),
    )
    return figure, pd.DataFrame(symbols, columns=["symbol", "term"])


def neuron_equation(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the equation of a neuron with its parts named, and a worked example."""
    figure, axes = canvas(3.2)
    parts = (
        (0.35, "$a$", "output", GREEN, "above"),
        (0.8, "$=$", None, INK, None),
        (1.3, r"$\varphi$", "activation", PURPLE, "below"),
        (1.62, r"$($", None, INK, None),
        (2.05, r"$\sum_i$", "weighted sum", INK, "above"),
        (2.72, "$w_i$", "weights", VERMILLION, "below"),
        (3.22, "$x_i$", "inputs", BLUE, "above"),
        (3.65, "$+$", None, INK, None),
        (4.05, "$b$", "bias", VERMILLION, "below"),
        (4.35, r"$)$", None, INK, None),
    )
    baseline = 2.1
    for x, letter, term, colour, side in parts:
        write(axes, x, baseline, letter, va="baseline", fontsize=28, color=colour)
        if term:
            near, far, va = (0.42, 0.68, "bottom") if side == "above" else (-0.3, -0.56, "top")
            axes.plot([x, x], [baseline + near, baseline + far], color=colour, linewidth=1.2)
            write(axes, x, baseline + far * 1.08, words[term], va=va, color=colour)
    x1, x2 = 1.0, 2.0
    w1, w2 = 0.5, -1.0
    b = 2.0
    z = w1 * x1 + w2 * x2 + b
    a = max(0.0, z)
    write(axes, NARROW / 2, 0.62, rf"$z = 0.5 \cdot 1 + (-1) \cdot 2 + 2 = {z}$", fontsize=LETTER)
    write(axes, NARROW / 2, 0.25, rf"$\mathrm{{ReLU}}(z) = \max(0,\,z) = {a}$", fontsize=LETTER)
    numbers = [("x_1", x1), ("x_2", x2), ("w_1", w1), ("w_2", w2), ("b", b), ("z", z), ("a", a)]
    return figure, pd.DataFrame(numbers, columns=["symbol", "value"])


def layers(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw a network with two hidden layers, and the weights between its layers."""
    figure, axes = canvas(4.1)
    columns = (0.45, 1.75, 3.05, 4.35)
    nodes = (4, 5, 5, 3)
    colours = (BLUE, PURPLE, PURPLE, GREEN)
    middle, gap, radius = 2.4, 0.5, 0.17
    heights = [[middle + gap * (i - (n - 1) / 2) for i in range(n)] for n in nodes]
    for (left, right), (starts, ends) in zip(pairwise(columns), pairwise(heights), strict=True):
        for start in starts:
            for end in ends:
                axes.plot([left, right], [start, end], color=VERMILLION, linewidth=0.7, alpha=0.55)
    for x, column, colour in zip(columns, heights, colours, strict=True):
        for height in column:
            axes.add_patch(Circle((x, height), radius, facecolor=FILL, edgecolor=colour, linewidth=1.6, zorder=3))
    terms = ("input layer", "hidden layer 1", "hidden layer 2", "output layer")
    letters = ("$X$", r"$A_1 = \varphi(Z_1)$", r"$A_2 = \varphi(Z_2)$", "$p$")
    for x, term, letter, colour in zip(columns, terms, letters, colours, strict=True):
        write(axes, x, 1.1, words[term].replace(" ", "\n", 1), va="top", color=colour, linespacing=1.15)
        write(axes, x, 0.42, letter, fontsize=14)
    for i, (left, right) in enumerate(pairwise(columns), start=1):
        write(axes, (left + right) / 2, 3.8, f"$W_{i},\\, b_{i}$", fontsize=LETTER, color=VERMILLION)
    shapes = [(i + 1, f"W{i + 1}", a, b, a * b + b) for i, (a, b) in enumerate(pairwise(nodes))]
    return figure, pd.DataFrame(shapes, columns=["layer", "weights", "n_in", "n_out", "parameters"])


def what_a_batch_is(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw an epoch of 22 samples in batches of eight: three updates, the last from six samples."""
    figure, axes = canvas(3.3)
    order = (7, 19, 2, 14, 11, 5, 22, 9, 16, 1, 20, 12, 4, 18, 8, 13, 21, 6, 10, 3, 17, 15)
    size = 8  # samples in a batch
    side, pitch = 0.31, 0.345  # inches, size and distance of the boxes
    left = 0.2
    right = left + size * pitch
    numbers = []
    for batch, start in enumerate(range(0, len(order), size), start=1):
        samples = order[start : start + size]
        y = 3.4 - 0.85 * batch
        width = size * pitch - 0.035
        axes.add_patch(
            FancyBboxPatch(
                (left, y), width, side, boxstyle="round,pad=0.06", facecolor="none", edgecolor=MUTED, linewidth=1.2
            )
        )
        for i in range(size):
            x = left + i * pitch
            if i < len(samples):
                axes.add_patch(Rectangle((x, y), side, side, linewidth=1.2, facecolor=FILL, edgecolor=BLUE))
                write(axes, x + side / 2, y + side / 2, str(samples[i]), va="center_baseline")
            else:
                axes.add_patch(Rectangle((x, y), side, side, linewidth=1.2, fill=False, edgecolor=MUTED, linestyle=":"))
        write(axes, left, y + side + 0.12, f"{words['batch']} {batch}: $B = {len(samples)}$", ha="left", va="bottom")
        arrow(axes, (right + 0.1, y + side / 2), (right + 0.5, y + side / 2), VERMILLION)
        write(axes, right + 0.58, y + side / 2, f"{words['update']} {batch}", ha="left", color=VERMILLION)
        numbers.append((batch, len(samples), " ".join(map(str, samples))))
    total = rf"{words['epoch']}: $n = {len(order)}$; {words['updates']}: $\lceil n/B \rceil = {batch}$"
    write(axes, left, 0.28, total, ha="left")
    return figure, pd.DataFrame(numbers, columns=["batch", "size", "samples"])
