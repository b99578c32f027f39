"""Scales, colours and other elements that several figures share."""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, ListedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import Normal, Stroke
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from ontrial.report.figures.formats import NARROW
from ontrial.report.wording import formatting
from ontrial.report.wording.error_axis import LEAST_ERROR, ends_and_ticks
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.quantities import Quantity
from ontrial.report.wording.styles import BEHIND, DOTTED, INK, MUTED, PAPER, RAMP

LETTER = 16  # points, size of symbols in formulas, which look smaller than words of the same size
LINE = 0.21  # inches, height of a line of text
NOTE = 0.3  # inches, room for a note below axes that are placed by hand
HALO = [Stroke(linewidth=4, foreground=PAPER), Normal()]  # around text on lines and marks
# Factors that people say aloud, from fine to coarse. Beyond the last ones, ticks are powers of ten.
FACTORS = (
    (0.8, 0.9, 1, 1.1, 1.25),
    (1 / 2, 0.8, 1, 1.25, 2),
    (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16),
    (1 / 64, 1 / 16, 1 / 4, 1, 4, 16, 64),
    (1 / 1000, 1 / 100, 1 / 10, 1, 10, 100, 1000),
)


def figure_without_layout(height: float, width: float = NARROW) -> Figure:
    """Return a figure whose axes are placed by hand. Its size is in inches."""
    figure = Figure(figsize=(width, height))
    figure.set_layout_engine("none")
    return figure


def errors(accuracies: pd.Series) -> pd.Series:
    """Return errors in per cent, none below LEAST_ERROR, so that a logarithmic axis can show all."""
    return (100 * (1 - accuracies)).clip(lower=LEAST_ERROR)


def error_axis(axes: Axes, shown: Iterable[float], words: Phrases, guess: float | None = None) -> None:
    """Make the vertical axis one of errors in per cent, which is logarithmic.

    shown: Errors that have to fit.
    guess: Error of guessing, which has a line with its name.
    """
    low, high, marks = ends_and_ticks(shown)
    ticks = {error: words["percent"].format(f"{error:g}") for error in marks}
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


def note(figure: Figure, text: str) -> None:
    """Write what bars, bands or dots show in the lower right corner of a figure, after the labels of its axes.

    A figure whose axes are placed by hand needs room for it, NOTE inches.
    """
    if figure.get_layout_engine() is None:
        figure.text(1, 0.005, text, ha="right", va="bottom", color=MUTED)
        return
    if label := figure.get_supxlabel():
        figure.supxlabel(f"{label}\n", linespacing=1.5)  # with a line for the note, since both are in the margin
    corner = figure.legend([], [], title=text, loc="outside lower right", borderpad=0, borderaxespad=0.2)
    corner.get_title().set_color(MUTED)


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


def points_behind(accuracies: np.ndarray) -> np.ndarray:
    """Return the distances of accuracies from the best, in percentage points."""
    return 100 * (np.nanmax(accuracies) - accuracies)


def shades_behind() -> tuple[ListedColormap, BoundaryNorm]:
    """Return the colour map and norm for points below the best. The best stand out most from the page."""
    return ListedColormap([to_rgb(colour) for colour in RAMP]), BoundaryNorm([*BEHIND, 100], len(RAMP))


def behind_bar(figure: Figure, mesh: ScalarMappable, axes: Sequence[Axes], best: float, words: Phrases) -> None:
    """Draw a colour bar for points below the best, under the axes.

    best: Best accuracy.
    """
    bar = figure.colorbar(mesh, ax=axes, location="bottom", aspect=40, pad=0.02, spacing="uniform")
    bar.set_ticks(BEHIND, labels=[f"{points:g}" for points in BEHIND])
    bar.set_label(words["points below the best"].format(f"{100 * best:.1f}"))
    bar.outline.set_visible(False)


def effect_ticks(low: float, high: float, unit: str, count: int) -> tuple[list[float], list[str]]:
    """Return about `count` ticks of an axis of effects, and their labels, which are factors for log₂."""
    if unit != "log2":
        ticks = [tick for tick in MaxNLocator(count, steps=(1, 2, 5, 10)).tick_values(low, high) if low <= tick <= high]
        return ticks, [Quantity.of(tick, unit).tick for tick in ticks]
    for factors in FACTORS:
        shown = [factor for factor in factors if low <= math.log2(factor) <= high]
        covered = math.log2(factors[0]) <= 0.6 * low and 0.6 * high <= math.log2(factors[-1])
        if covered and 3 <= len(shown) <= count:
            return [math.log2(factor) for factor in shown], list(map(formatting.factor, shown))
    if high - low < 1:  # such as a slope, which is often a small part of an octave
        ticks, _ = effect_ticks(low, high, "", count)
        return ticks, [f"{2**tick:.4g}" for tick in ticks]
    step = math.ceil((high - low) * math.log10(2) / count)
    exponents = range(math.ceil(low * math.log10(2) / step) * step, math.floor(high * math.log10(2)) + 1, step)
    spoken = {0: "1", 1: "10"}
    texts = [spoken.get(exponent, f"10{formatting.superscript(exponent)}") for exponent in exponents]
    return [exponent * math.log2(10) for exponent in exponents], texts


def wrapped(text: str, inches: float) -> list[str]:
    """Return the lines of a text, broken to fit a width if its words allow it."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}") <= inches:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def text_width(text: str) -> float:
    """Return the width of a text in inches."""
    return _width(text, tuple(rcParams["font.family"]), rcParams["font.size"])


@lru_cache(4096)  # a text is measured again for each width of a figure, and while lines are filled
def _width(text: str, families: tuple[str, ...], points: float) -> float:
    font = FontProperties(family=families, size=points)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return width / 72


class End(NamedTuple):
    """The end of a line, with the text next to it.

    text: Text to write.
    y: Position of the end, in data coordinates.
    colour: Colour of the text.
    """

    text: str
    y: float
    colour: str


def label_ends(
    axes: Axes, ends: Sequence[End], x: float, height: float, side: Literal["left", "right"] = "right"
) -> None:
    """Write texts next to the ends of lines, moved apart where lines end close together.

    The limits of the axes must be set before.

    x: Position of all ends, in data coordinates.
    height: Approximate height of the axes, in inches.
    side: Side of the lines on which the ends are.
    """
    if not ends:
        return
    points = axes.transData.transform([(x, end.y) for end in ends])
    positions = axes.transAxes.inverted().transform(points)[:, 1]
    shift, align = (-8, "right") if side == "left" else (8, "left")
    places = spread_apart(positions, LINE / height)
    half = LINE / height / 2
    places += max(0.0, half - places.min()) - max(0.0, places.max() + half - 1)  # into the panel
    for end, y in zip(ends, places, strict=True):
        axes.annotate(
            end.text,
            (x, y),
            (shift, 0),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            color=end.colour,
            ha=align,
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
