"""What a figure's width decides, the grid of its panels, and marks side by side."""

from typing import Any, TypeVar

import numpy as np
from matplotlib.figure import Figure

from ontrial.report.figures.formats import NARROW

Choice = TypeVar("Choice")


def by_width(width: float, narrow: Choice, wide: Choice) -> Choice:
    """Return what suits a width: one thing for phones, another for larger windows."""
    return narrow if width == NARROW else wide


def panel_grid(
    width: float, count: int, columns: int, head: float, row: float = 0, **shared: Any
) -> tuple[Figure, np.ndarray]:
    """Return a figure and its panels, row by row; places in the last row without a panel are empty.

    head: height in inches of what is above and below the panels. row: height in inches of each row of panels; 0 if they
    differ, and `head` includes them. shared: arguments of Matplotlib's `subplots`.
    """
    rows = -(-count // columns)
    figure = Figure(figsize=(width, head + row * rows))
    panels = figure.subplots(rows, columns, squeeze=False, **shared).ravel()
    for axes in panels[count:]:
        axes.set_visible(False)
    return figure, panels[:count]


def offset(index: int, count: int, step: float) -> float:
    """Return how far one of several marks is from the place that they share. step: from each to the next."""
    return (index - (count - 1) / 2) * step
