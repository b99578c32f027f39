"""Panels, axes and labels that several figures of the book share."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import Normal, Stroke
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from ontrial.report.figures.axes import LINE
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, DOTTED, INK, PAPER, VERMILLION, Style, style_of

LETTER = 16  # points, size of symbols in formulas, which look smaller than words of the same size
ERRORS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 90)  # per cent, ticks
LEAST_ERROR = 0.1  # per cent, where an axis shows errors that are smaller
HALO = [Stroke(linewidth=4, foreground=PAPER), Normal()]  # around text on lines and marks


def panel_grid(
    width: float, count: int, columns: int, head: float, row: float = 0, **shared: Any
) -> tuple[Figure, np.ndarray]:
    """Return a figure and its panels, row by row. The last row may have empty places.

    head: Height above and below the panels, in inches.
    row: Height of each row of panels, in inches; 0 if the heights differ and `head` includes them.
    shared: Arguments of Matplotlib's `subplots`.
    """
    rows = -(-count // columns)
    figure = Figure(figsize=(width, head + row * rows))
    panels = figure.subplots(rows, columns, squeeze=False, **shared).ravel()
    for axes in panels[count:]:
        axes.set_visible(False)
    return figure, panels[:count]


def offset(index: int, count: int, step: float) -> float:
    """Return the distance of one of several marks from the place that they share.

    step: Distance from one mark to the next.
    """
    return (index - (count - 1) / 2) * step


def errors(accuracies: pd.Series) -> pd.Series:
    """Return errors in per cent, none below LEAST_ERROR, so that a logarithmic axis can show all."""
    return (100 * (1 - accuracies)).clip(lower=LEAST_ERROR)


def error_axis(axes: Axes, shown: Iterable[float], words: Phrases, guess: float | None = None) -> None:
    """Make the vertical axis one of errors in per cent, which is logarithmic.

    shown: Errors that have to fit.
    guess: Error of guessing, which has a line with its name.
    """
    clipped = [max(error, LEAST_ERROR) for error in shown]
    low, high = min(clipped) / 1.15, min(1.15 * max(clipped), 100)
    ticks = {error: words["percent"].format(f"{error:g}") for error in ERRORS if low <= error <= high}
    if guess and guess <= high:
        ticks = {error: text for error, text in ticks.items() if error < guess / 1.3} | {guess: words["guessing"]}
        axes.axhline(guess, color=INK, linewidth=1, linestyle=DOTTED, zorder=1)
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.set_yticks(list(ticks), list(ticks.values()))
    axes.yaxis.set_minor_locator(NullLocator())


def draw_seeds(axes: Axes, x: float, values: pd.Series, colour: str) -> None:
    """Draw a small dot for each seed, above each other."""
    axes.plot(np.full(len(values), x), values, ".", color=colour, markersize=4, alpha=0.4, markeredgewidth=0, zorder=2)


def point_out(
    axes: Axes, text: str, end: tuple[float, float], start: tuple[float, float], colour: str, **options: Any
) -> None:
    """Write words in a panel, with an arrow to what they are about.

    end: Point of the arrow, in data coordinates.
    start: Position of the words, as a fraction of the panel.
    options: Other arguments of Matplotlib's `annotate`, such as the alignment.
    """
    axes.annotate(
        text,
        end,
        start,
        textcoords="axes fraction",
        color=colour,
        linespacing=1.1,
        path_effects=HALO,
        arrowprops={"arrowstyle": "-|>", "color": colour, "shrinkB": 6, "linewidth": 1.2},
        zorder=5,
        **options,
    )


def log_axis(axes: Axes, name: Literal["x", "y"], base: int = 10) -> None:
    """Make an axis logarithmic, with plain numbers or powers of ten as tick labels."""
    getattr(axes, f"set_{name}scale")("log", base=base)
    axis = getattr(axes, f"{name}axis")
    axis.set_major_locator(LogLocator(base=base, subs=(1,), numticks=7 if base == 10 else 12))
    axis.set_major_formatter(FuncFormatter(lambda value, _: _tick_label(value)))
    axis.set_minor_locator(NullLocator())  # minor ticks would take time to draw


def _tick_label(value: float) -> str:
    """Return the label of a tick. Very large and very small powers of ten are written as powers."""
    exponent = np.log10(value)
    if -3 <= exponent <= 5 or exponent != round(exponent):
        return f"{value:,.10g}"
    return f"$10^{{{exponent:.0f}}}$"


class End(NamedTuple):
    """The end of a line, with the text next to it.

    text: Text to write.
    y: Position of the end, in data coordinates.
    colour: Colour of the text.
    """

    text: str
    y: float
    colour: str


def label_ends(axes: Axes, ends: Sequence[End], x: float, height: float) -> None:
    """Write texts to the right of the ends of lines, moved apart where lines end close together.

    The limits of the axes must be set before.

    x: Position of all ends, in data coordinates.
    height: Approximate height of the axes, in inches.
    """
    if not ends:
        return
    points = axes.transData.transform([(x, end.y) for end in ends])
    positions = axes.transAxes.inverted().transform(points)[:, 1]
    places = spread_apart(positions, LINE / height)
    half = LINE / height / 2
    places += max(0.0, half - places.min()) - max(0.0, places.max() + half - 1)  # into the panel
    for end, y in zip(ends, places, strict=True):
        axes.annotate(
            end.text,
            (x, y),
            (8, 0),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            color=end.colour,
            ha="left",
            va="center",
        )


def spread_apart(positions: np.ndarray, gap: float) -> np.ndarray:
    """Return the positions closest to the given ones that are at least `gap` apart, in the same order."""
    from scipy.optimize import isotonic_regression  # imported here because most figures do not need it

    order = np.argsort(positions, kind="stable")
    steps = gap * np.arange(len(positions))
    moved = np.empty(len(positions))
    moved[order] = isotonic_regression(positions[order] - steps).x + steps
    return moved


def style_of_policy(name: str, sizes: Sequence[int]) -> Style:
    """Return the style of a policy such as "fixed_16": a colour for each batch size from whose own rate it may start.

    sizes: These batch sizes, the smaller first.
    """
    rule, _, size = name.partition("_")
    style = style_of(rule)
    return style._replace(colour=(BLUE, VERMILLION)[sizes.index(int(size))]) if size else style
