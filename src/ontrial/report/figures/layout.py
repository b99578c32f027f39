"""Choices by the width of a figure, grids of panels, and marks side by side."""

from typing import Any, TypeVar

import numpy as np
from matplotlib.figure import Figure

from ontrial.report.figures.formats import NARROW

Choice = TypeVar("Choice")


def by_width(width: float, narrow: Choice, wide: Choice) -> Choice:
    """Return the first value for narrow figures, which phones show, and the second for wide ones."""
    return narrow if width == NARROW else wide


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
