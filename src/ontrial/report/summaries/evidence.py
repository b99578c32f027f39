"""Which effects a chart of evidence can't show in full."""

from typing import NamedTuple

import numpy as np

FAR = 6  # an effect this many times as far from 0 as the middle one is cut off, since it would flatten the others


class Marks(NamedTuple):
    """Which marks a chart has: hollow ones, arrows of intervals without an end, and arrows of effects outside."""

    hollow: bool
    endless: bool
    far: bool


def find_marks(effects: np.ndarray, on_edge: np.ndarray, smallest: float) -> Marks:
    """Return which marks the chart of some effects has.

    effects: estimate, low and high of each, shape (effects, 3), NaN without data. on_edge: whether the learning rates
    of each are at the edge of their grid.
    """
    far = far_out(effects, smallest)
    hollow = on_edge & np.isfinite(effects[:, 0]) & ~far
    return Marks(bool(hollow.any()), not np.isfinite(effects[:, 1:]).all(), bool(far.any()))


def far_out(effects: np.ndarray, smallest: float) -> np.ndarray:
    """Return which effects reach so far from 0 that an axis with them would flatten the others, shape (effects,)."""
    reach = reaches(effects)
    middle = np.sort(reach)[(len(reach) - 1) // 2]
    return reach > FAR * max(middle, 2 * smallest)


def reaches(effects: np.ndarray) -> np.ndarray:
    """Return how far from 0 the estimate and the finite ends of the interval of each effect reach, shape (effects,)."""
    return np.abs(np.where(np.isfinite(effects), effects, 0)).max(axis=1)
