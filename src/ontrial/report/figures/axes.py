"""Figures without a layout, notes, ticks of effects and widths of texts."""

import math
from functools import lru_cache

from matplotlib import rcParams
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator

from ontrial.report.figures.formats import NARROW
from ontrial.report.wording import formatting
from ontrial.report.wording.quantities import Quantity
from ontrial.report.wording.styles import MUTED

LINE = 0.21  # inches, height of a line of text
NOTE = 0.3  # inches, room for a note below axes that are placed by hand
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
