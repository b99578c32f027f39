"""Scales, colours and other elements that several figures share."""

from collections.abc import Sequence
from typing import Literal, TypeVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, FuncNorm, LinearSegmentedColormap, to_rgb, to_rgba
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from ontrial.report.figures.style import WIDTH
from ontrial.report.wording.looks import FILL, INK, MUTED, PAPER
from ontrial.report.wording.phrases import Phrases

OFFSET = 0.01  # added to the error, so that an accuracy of 1 has a finite position
ACCURACIES = (1.0, 0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.92, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0)
NARROWEST = 0.01  # range of accuracies
BAR_TICKS = (0.1, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 1.0)

Values = TypeVar("Values", float, np.ndarray)
RGB = tuple[float, ...]  # red, green, blue from 0 to 1; further components are ignored


def figure_without_layout(height: float) -> Figure:
    """Return a figure of the usual width whose axes are placed by hand. height: in inches."""
    figure = Figure(figsize=(WIDTH, height))
    figure.set_layout_engine("none")
    return figure


def stretch(accuracy: Values) -> Values:
    """Return the position of an accuracy on an axis stretched towards 1, where halving the error is about one step."""
    return -np.log(1 + OFFSET - np.minimum(accuracy, 1))


def unstretch(position: Values) -> Values:
    """Return the accuracy at a position: the inverse of `stretch`."""
    return 1 + OFFSET - np.exp(-position)


def accuracy_axis(axes: Axes, name: Literal["x", "y"], low: float, high: float, *, ticks: int = 7) -> None:
    """Show accuracy in per cent on an axis stretched towards 100, from `low` to `high` with about `ticks` ticks."""
    low, high = max(0.0, low), min(1.0, high)
    start, end = stretch(low), stretch(high)
    margin = max(0.04 * (end - start), 0.02)
    getattr(axes, f"set_{name}scale")("function", functions=(stretch, unstretch))
    getattr(axes, f"set_{name}lim")(unstretch(start - margin), unstretch(min(end + margin, stretch(1.0))))
    shown: list[float] = []
    for accuracy in ACCURACIES:
        has_room = not shown or stretch(shown[-1]) - stretch(accuracy) >= (end - start) / ticks
        if low <= accuracy <= high and has_room:
            shown.append(accuracy)
    getattr(axes, f"set_{name}ticks")(shown, [f"{100 * accuracy:.0f}" for accuracy in shown])


def log_axis(axes: Axes, name: Literal["x", "y"], base: int = 10) -> None:
    """Make an axis logarithmic, with plain numbers or powers of ten as tick labels."""
    getattr(axes, f"set_{name}scale")("log", base=base)
    axis = getattr(axes, f"{name}axis")
    axis.set_major_locator(LogLocator(base=base, subs=(1,), numticks=7 if base == 10 else 12))
    axis.set_major_formatter(FuncFormatter(lambda value, _: tick_label(value)))
    axis.set_minor_formatter(NullFormatter())


def tick_label(value: float) -> str:
    """Return the label of a tick; very large and very small powers of ten are written as such."""
    exponent = np.log10(value)
    if -3 <= exponent <= 5 or exponent != round(exponent):
        return f"{value:,.10g}"
    return f"$10^{{{exponent:.0f}}}$"


def accuracy_colours(low: float, high: float) -> tuple[Colormap, FuncNorm]:
    """Return the colour map and norm of accuracies from `low` (dark) to `high` (pale), on the stretched scale.

    They may be equal, as where every run has diverged.
    """
    colour_map = LinearSegmentedColormap.from_list("accuracy", [to_rgba(colour) for colour in (INK, MUTED, FILL)])
    return colour_map, FuncNorm((stretch, unstretch), vmin=low, vmax=max(high, low + NARROWEST))


def accuracy_bar(figure: Figure, mesh: ScalarMappable, axes: Sequence[Axes], words: Phrases) -> None:
    """Draw the colour bar of accuracies in per cent below the axes."""
    bar = figure.colorbar(mesh, ax=axes, location="bottom", aspect=40, pad=0.02)
    low, high = mesh.get_clim()
    ticks = [x for x in BAR_TICKS if low <= x <= high]
    bar.set_ticks(ticks, labels=[f"{100 * accuracy:.0f}" for accuracy in ticks])
    bar.set_label(words["test accuracy in %"])
    bar.outline.set_visible(False)


def legible_on(background: RGB) -> str:
    """Return INK or PAPER, whichever stands out more from the background colour."""
    return max((INK, PAPER), key=lambda colour: contrast(to_rgb(colour), background))


def contrast(one: RGB, other: RGB) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: RGB) -> float:
    """Return the relative luminance of an sRGB colour, from 0 to 1 (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
