"""Axes that several figures share."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, FuncNorm, LinearSegmentedColormap, to_rgb, to_rgba
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from ontrial.report.wording.looks import FILL, INK, MUTED, PAPER

REST = 0.01  # of error, so that an accuracy of 1 has a place
ACCURACIES = (1.0, 0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.92, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0)


def stretch(accuracy: np.ndarray) -> np.ndarray:
    """Place of an accuracy on an axis stretched towards 1: about equal steps for each halving of the error."""
    return -np.log(1 + REST - np.minimum(accuracy, 1))


def shrink(place: np.ndarray) -> np.ndarray:
    """The inverse of `stretch`."""
    return 1 + REST - np.exp(-place)


def accuracy_axis(axes: Axes, name: str, low: float, high: float, *, ticks: int = 7) -> None:
    """Make the axis "x" or "y" one of accuracy in per cent, stretched towards 100, with about so many ticks."""
    low, high = max(0.0, low), min(1.0, high)
    margin = max(0.04 * (stretch(high) - stretch(low)), 0.02)
    getattr(axes, f"set_{name}scale")("function", functions=(stretch, shrink))
    getattr(axes, f"set_{name}lim")(shrink(stretch(low) - margin), shrink(min(stretch(high) + margin, stretch(1.0))))
    shown = []
    for accuracy in ACCURACIES:
        apart = not shown or stretch(shown[-1]) - stretch(accuracy) >= (stretch(high) - stretch(low)) / ticks
        if low <= accuracy <= high and apart:
            shown.append(accuracy)
    getattr(axes, f"set_{name}ticks")(shown, [f"{100 * accuracy:.0f}" for accuracy in shown])


def log_axis(axes: Axes, name: str, base: int = 10) -> None:
    """Make the axis "x" or "y" logarithmic, its ticks plain numbers or powers of ten."""
    getattr(axes, f"set_{name}scale")("log", base=base)
    axis = getattr(axes, f"{name}axis")
    axis.set_major_locator(LogLocator(base=base, subs=(1,), numticks=7 if base == 10 else 12))
    axis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    axis.set_minor_formatter(NullFormatter())


def plain(value: float) -> str:
    """A number, written as a power of ten where it is a very large or small one."""
    exponent = np.log10(value)
    if -3 <= exponent <= 5 or exponent != round(exponent):
        return f"{value:,.10g}"
    return f"$10^{{{exponent:.0f}}}$"


def ink(low: float, high: float) -> tuple[Colormap, FuncNorm]:
    """Colours of accuracies from `low` to `high` on the stretched scale: the more ink, the more error."""
    ramp = LinearSegmentedColormap.from_list("ink", [to_rgba(colour) for colour in (INK, MUTED, FILL)])
    return ramp, FuncNorm((stretch, shrink), vmin=low, vmax=high)


def accuracy_bar(figure: Figure, mesh, axes, words) -> None:
    """Colour bar of accuracies in per cent."""
    bar = figure.colorbar(mesh, ax=axes, location="bottom", aspect=40, pad=0.02)
    ticks = [x for x in (0.1, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 1.0) if mesh.norm.vmin <= x <= mesh.norm.vmax]
    bar.set_ticks(ticks, labels=[f"{100 * accuracy:.0f}" for accuracy in ticks])
    bar.set_label(words["test accuracy in %"])
    bar.outline.set_visible(False)


def legible_on(background: tuple) -> str:
    """INK or PAPER, whichever stands out from a background colour (red, green, blue from 0 to 1)."""
    return max((INK, PAPER), key=lambda colour: contrast(to_rgb(colour), background))


def contrast(one: tuple, other: tuple) -> float:
    """Contrast of two colours, from 1 to 21 (WCAG 2.2, relative luminance)."""
    dark, light = sorted(luminance(colour) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: tuple) -> float:
    """Relative luminance of an sRGB colour, from 0 to 1."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
