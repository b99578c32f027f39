"""What is asked of the numbers of a context, and the one number per seed that answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ontrial_judge.core.statistics import Claimed, Quantifier


@dataclass(frozen=True)
class Question:
    """A question to the numbers of a context.

    claimed: What is claimed of the effect, which is positive in the claimed direction.
    smallest_effect: Smallest effect of interest, in the unit.
    unit: Unit of the effect.
    sides: For each side None if it is an arm, otherwise the number with which the other side is compared.
    quantifier: In how many contexts the effect is as claimed, if the claim says so.
    is_slope: Whether the effect is a slope of one or two sides, each of which has arms along an axis.
    takes_ratio: Whether the effect is the binary logarithm of a ratio, not a difference.
    has_spread: Whether numbers are deviations from the median of their arm.
    censored: Whether medians summarise the numbers, as for times, which may be infinite.
    may_fail: Whether many failures replace the numbers of two arms, since those of guessing are far from the others.
    is_about_failures: Whether the numbers are shares of failed runs.
    claims_worse: Whether a positive effect means that the first side is worse.
    """

    claimed: Claimed
    smallest_effect: float
    unit: str
    sides: tuple[float | None, ...] = (None, None)
    quantifier: Quantifier | None = None
    is_slope: bool = False
    takes_ratio: bool = False
    has_spread: bool = False
    censored: bool = False
    may_fail: bool = False
    is_about_failures: bool = False
    claims_worse: bool = False

    @property
    def has_floor(self) -> bool:
        """Whether numbers of 0 have no ratio. A time of 0 is exact, but a loss of 0 is too small to tell."""
        return self.takes_ratio and not self.censored

    def numbers(self, arms: np.ndarray, positions: Sequence[float] = ()) -> np.ndarray:
        """Return one number per seed from those of the arms.

        Two equal numbers are a tie, even if they are infinite because neither run reaches a threshold. If no run of any
        seed does, nothing is known, and all numbers are NaN. So they are if two losses are 0, which have no ratio.

        arms: Numbers of each arm in the order of the sides, (A, …, seeds). Deviations are from the median over the last
            axis.
        positions: Positions of the arms of a slope along its axis, in steps, (A,). Both sides have the same.
        """
        if self.has_spread:
            arms = np.abs(arms - np.median(arms, axis=-1, keepdims=True))
        if self.is_slope:
            return np.tensordot(self.weights(positions), arms, 1)
        remaining = iter(arms)
        of, other = (next(remaining) if side is None else np.array(side) for side in self.sides)
        with np.errstate(divide="ignore", invalid="ignore"):
            difference = np.log2(of) - np.log2(other) if self.takes_ratio else of - other
            numbers = np.where(of == other, 0.0, difference)
        never = ((of == other) & np.isinf(of)).all(axis=-1, keepdims=True)
        at_floor = ((of == 0) & (other == 0) & self.has_floor).any(axis=-1, keepdims=True)
        return np.where(never | at_floor, np.nan, numbers)

    def weights(self, positions: Sequence[float]) -> np.ndarray:
        """Return the weights whose sum with the numbers of the arms is a slope, (A,). A second side is subtracted.

        positions: As in `numbers`.
        """
        of = _slope_weights(positions[: len(positions) // len(self.sides)])
        return np.concatenate([of, -of][: len(self.sides)])

    def bounds(self, arms: np.ndarray, least: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and the highest number of each seed, if a time of ∞ may be any above a bound.

        arms: Numbers of each arm, as in `numbers`.
        least: Lower bounds of these numbers.
        """
        first = [i == 0 for i, side in enumerate(self.sides) if side is None]
        is_first = np.array(first).reshape(-1, *[1] * (arms.ndim - 1))
        lowest, highest = (np.where(is_first == chosen, least, arms) for chosen in (True, False))
        return self.numbers(lowest), self.numbers(highest)


def _slope_weights(positions: Sequence[float]) -> np.ndarray:
    """Return the weights whose sum with the numbers at these positions is their least-squares slope."""
    distances = np.array(positions) - np.mean(positions)
    return distances / (distances @ distances)
