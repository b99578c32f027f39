"""The forward and the backward pass of the network that the chapter on neurons computes by hand."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from ontrial.report.figures.axes import LINE, text_width
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, DOTTED, FILL, INK, PAPER, VERMILLION, LineStyle
from ontrial_book.chapters import worked_network
from ontrial_book.chapters.figures_diagrams import arrow, canvas, write
from ontrial_book.chapters.worked_network import short

COLUMNS = (0.43, 2.08, 4.18)  # inches, centres of the boxes of inputs, hidden units and outputs
HALF_WIDTHS = (0.31, 0.66, 0.44)  # inches, of these boxes
SIZE = 14  # points, of formulas
APART = 0.045  # inches from the middle of a line to the arrow forward, and to the arrow back
FAN = 0.06  # inches on the side of a box for each inch between the units that a line joins
LABEL = 0.31  # share of a line between its weight and the hidden unit


def backpropagation(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw a network with its values flowing forward in one colour, and δ flowing back in another.

    The steps in which it appears are those of `summaries.worked_network.STEPS`, counted from 1.
    """
    found = {name: np.atleast_2d(array) for name, array in worked_network.compute().items()}
    figure, axes = canvas(5.5)
    middle = 2.85
    heights = ([middle + 0.95, middle - 0.95], [middle + 1.55, middle, middle - 1.55], [middle + 0.95, middle - 0.95])
    for i, start in enumerate(heights[0]):
        for j, end in enumerate(heights[1]):
            _edge(axes, 0, start, end, short(found["W_1"][i, j]), 1 - LABEL, "hidden")
    for i, start in enumerate(heights[1]):
        style: LineStyle = "solid" if found["A_1"][0, i] else DOTTED
        for j, end in enumerate(heights[2]):
            _edge(axes, 1, start, end, short(found["W_2"][i, j]), LABEL, "outputs", style, "hidden delta")

    for i, y in enumerate(heights[0]):
        _unit(axes, 0, y, [(f"$x_{i + 1} = {short(found['X'][0, i])}$", BLUE, "inputs")])
    for i, y in enumerate(heights[1]):
        z, a, arriving, slope, delta = (
            short(found[name][0, i]) for name in ("Z_1", "A_1", "arriving", "slope", "delta_1")
        )
        forward = (f"$z = {z},\\ a = {a}$", BLUE, "hidden")
        _unit(axes, 1, y, [forward, (rf"$\delta = {arriving} \cdot {slope} = {delta}$", VERMILLION, "hidden delta")])
    for i, y in enumerate(heights[2]):
        z, p, target, delta = (short(found[name][0, i]) for name in ("Z_2", "p", "y", "delta_2"))
        forwards = [(f"$z = {z}$", BLUE, "outputs"), (f"$p = {p}$", BLUE, "outputs")]
        _unit(axes, 2, y, [*forwards, (rf"$\delta = {delta}$", VERMILLION, "output delta")])
        write(axes, COLUMNS[2], y + (0.62 if i == 0 else -0.62), f"$y = {target}$", fontsize=SIZE)
    write(axes, COLUMNS[2], middle, f"$L = {short(found['L'][0, 0])}$", fontsize=SIZE, gid=_gid("outputs"))

    left, right = 0.12, 4.66
    for y, term, colour, step in (
        (5.25, "forward values", BLUE, "hidden"),
        (0.66, "backward delta", VERMILLION, "output delta"),
    ):
        text = words[term]
        write(axes, left, y, text, ha="left", color=colour, gid=_gid(step))
        ends = ((left + text_width(text) + 0.2, y), (right, y))
        tail, tip = ends if colour == BLUE else ends[::-1]
        arrow(axes, tail, tip, colour, gid=_gid(step))
    for term, colour in (
        ("gradient of a weight", INK),
        ("value on its left", BLUE),
        ("times delta on its right", VERMILLION),
    ):
        write(axes, left, 0.22, words[term], ha="left", color=colour, gid=_gid("gradients"))
        left += text_width(f"{words[term]} ")
    rows = [(name, i + 1, j + 1, x) for name, array in found.items() for (i, j), x in np.ndenumerate(array)]
    return figure, pd.DataFrame(rows, columns=["name", "row", "column", "value"])


def _gid(step: str) -> str:
    """Return the mark of what appears with a step."""
    return f"step-{worked_network.STEPS.index(step) + 1}"


def _unit(axes: Axes, column: int, y: float, lines: Sequence[tuple[str, str, str]]) -> None:
    """Draw the box of a unit, with its values.

    column: Index of its layer in COLUMNS.
    lines: Text, colour and step of each line.
    """
    x, half_width = COLUMNS[column], HALF_WIDTHS[column]
    pitch = 1.15 * LINE
    half_height = 0.1 + pitch * len(lines) / 2
    corner = (x - half_width, y - half_height)
    style: dict[str, Any] = {
        "boxstyle": "round,pad=0,rounding_size=0.1",
        "facecolor": FILL,
        "edgecolor": INK,
        "linewidth": 1.4,
    }
    axes.add_patch(FancyBboxPatch(corner, 2 * half_width, 2 * half_height, zorder=3, **style))
    for i, (text, colour, step) in enumerate(lines):
        height = y + pitch * ((len(lines) - 1) / 2 - i)
        write(axes, x, height, text, color=colour, fontsize=SIZE, zorder=4, gid=_gid(step))


def _edge(
    axes: Axes,
    column: int,
    start: float,
    end: float,
    weight: str,
    share: float,
    step: str,
    line: LineStyle = "solid",
    step_back: str = "",
) -> None:
    """Draw the arrow of a value from a unit to one of the next layer, with its weight, and that of δ on the way back.

    column: Index of the first unit's layer.
    start, end: Heights of the units.
    share: Share of the line between its start and the weight.
    step: Step with which the value arrives.
    line: Style of the arrow forward.
    step_back: Step with which δ arrives; without one, none flows back.
    """
    left, right = COLUMNS[column] + HALF_WIDTHS[column], COLUMNS[column + 1] - HALF_WIDTHS[column + 1]
    start, end = start + FAN * (end - start), end + FAN * (start - end)
    thin: dict[str, Any] = {"linewidth": 1.2, "mutation_scale": 9}
    shift = APART if step_back else 0
    arrow(axes, (left, start + shift), (right, end + shift), BLUE, linestyle=line, gid=_gid(step), **thin)
    if step_back:
        arrow(axes, (right, end - shift), (left, start - shift), VERMILLION, gid=_gid(step_back), **thin)
    at = (left + share * (right - left), start + share * (end - start))
    write(axes, *at, f"${weight}$", fontsize=SIZE, bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.8})
