"""Numbers of a page that follow from theory or from the data alone, not from runs."""

from dataclasses import dataclass

import numpy as np

from ontrial import data
from ontrial.nn import ACTIVATIONS, mean_field
from ontrial.report.pages import numbers
from ontrial.report.pages.page import Page
from ontrial.report.wording import formatting

ANGLES = 3_600  # directions in which lines are tried


@dataclass(frozen=True)
class Theory:
    """Numbers that follow from theory or from the data alone."""

    page: Page

    def gradient_factor(self, activation: str, variance: float) -> str:
        """Return the factor that the gradient gains in each layer far from the inputs, by mean-field theory.

        variance: Variance of a weight times the number of inputs.
        """
        entry = ACTIVATIONS[activation]
        return formatting.significant(mean_field.deep_factor(entry.function, entry.slope, variance))

    def critical_variance(self, activation: str) -> str:
        """Return the variance of a weight times the number of inputs at which that factor is 1."""
        entry = ACTIVATIONS[activation]
        return formatting.significant(mean_field.critical_variance(entry.function, entry.slope))

    def largest_slope(self, activation: str) -> str:
        """Return the largest slope of an activation."""
        return formatting.significant(ACTIVATIONS[activation].slope(np.linspace(-10, 10, 10_001)).max())

    def best_line(self, dataset: str) -> str:
        """Return how many points of two classes in the plane the best straight line gets right, in per cent."""
        points = data.load(dataset)
        angle = np.linspace(0, 2 * np.pi, ANGLES, endpoint=False)
        order = (points.X @ [np.cos(angle), np.sin(angle)]).argsort(axis=0)
        is_second = points.labels[order] == 1
        right_below = np.where(is_second, -1, 1).cumsum(axis=0).max()  # with the first class below the line
        return numbers.percent(self.page, 100 * (is_second[:, 0].sum() + max(right_below, 0)) / len(points.X))
