"""Positions and ticks on an axis of accuracy stretched towards 1, where accuracies differ."""

import math
from typing import TypeVar

import numpy as np

OFFSET = 0.01  # added to the error, so that an accuracy of 1 has a finite position
ACCURACIES = (1.0, 0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.92, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0)

Values = TypeVar("Values", float, np.ndarray)


def stretch(accuracy: Values) -> Values:
    """Return the position of an accuracy on a stretched axis, where halving the error is a step of about log 2."""
    return -np.log(1 + OFFSET - np.minimum(accuracy, 1))


def unstretch(position: Values) -> Values:
    """Return the accuracy at a position. This is the inverse of `stretch`."""
    return 1 + OFFSET - np.exp(-position)


def accuracy_ticks(low: float, high: float, count: int) -> list[float]:
    """Return about `count` round accuracies from `low` to `high`, far enough apart on a stretched axis."""
    shown: list[float] = []
    for accuracy in ACCURACIES:
        room = stretch(shown[-1]) - stretch(accuracy) if shown else math.inf
        if low <= accuracy <= high and room >= (stretch(high) - stretch(low)) / count:
            shown.append(accuracy)
    return shown
