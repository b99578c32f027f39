"""Find the effects that a chart of evidence cannot show in full."""

from typing import NamedTuple

import numpy as np

FAR = 6  # multiple of the median distance from 0 beyond which an effect is cut off, since it would flatten the others


class Marks(NamedTuple):
    """Special marks of a chart, which its caption explains.

    hollow: Whether a mark is hollow, because learning rates are at the edge of their grid.
    endless: Whether an arrow stands for an interval without an end.
    far: Whether an arrow stands for an effect outside the axis.
    """

    hollow: bool
    endless: bool
    far: bool


def find_marks(effects: np.ndarray, on_edge: np.ndarray, smallest: float) -> Marks:
    """Return the special marks in the chart of some effects.

    effects: Estimate, low and high of each effect, shape (effects, 3), NaN without data.
    on_edge: Whether the learning rates of each effect are at the edge of their grid, shape (effects,).
    smallest: Smallest effect of interest.
    """
    far = far_out(effects, smallest)
    hollow = on_edge & np.isfinite(effects[:, 0]) & ~far
    return Marks(bool(hollow.any()), not np.isfinite(effects[:, 1:]).all(), bool(far.any()))


def far_out(effects: np.ndarray, smallest: float) -> np.ndarray:
    """Return whether each effect is so far from 0 that an axis with it would flatten the others, shape (effects,)."""
    reach = reaches(effects)
    middle = np.sort(reach)[(len(reach) - 1) // 2]
    return reach > FAR * max(middle, 2 * smallest)


def reaches(effects: np.ndarray) -> np.ndarray:
    """Return the largest distance from 0 of each effect's estimate and finite ends, shape (effects,)."""
    return np.abs(np.where(np.isfinite(effects), effects, 0)).max(axis=1)
