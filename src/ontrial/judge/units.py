"""Units of effects, and the metrics in seconds, which no table of runs records."""

from __future__ import annotations

from dataclasses import dataclass

# Metrics for timed claims only, each with the metric that multiplies a cost per update. A cost itself needs none.
TIMED = {"seconds_to_accuracy": "updates_to_accuracy", "cost": None}


def recorded(metric: str) -> str:
    """Return the name of the metric in the tables: for a timed metric, the one that a cost multiplies."""
    return TIMED.get(metric) or metric


@dataclass(frozen=True)
class Unit:
    """The unit of an effect.

    >>> Unit.parse("points per layer")
    Unit(base='points', step='layer')
    >>> str(Unit("log2"))
    'log2'

    base: Unit of the metric.
    step: Unit of the axis that the slope is per. Empty for other forms.
    """

    base: str
    step: str = ""

    @classmethod
    def parse(cls, text: str) -> Unit:
        """Return the unit that a text names."""
        base, _, step = text.partition(" per ")
        return cls(base, step)

    def __str__(self) -> str:
        """Text of the unit, as verdicts write it."""
        return f"{self.base} per {self.step}" if self.step else self.base

    @property
    def is_factor(self) -> bool:
        """Whether numbers are binary logarithms, which people read as factors."""
        return self.base == "log2"
