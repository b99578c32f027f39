"""Describe effects on several data sets by their mean and a prediction interval, from published estimates."""

import math
from collections.abc import Iterable
from statistics import NormalDist, mode
from typing import NamedTuple

import numpy as np

from ontrial.judge.estimands import Estimand
from ontrial.judge.records import Effect
from ontrial.judge.statistics import FAILURES

FEWEST = 3  # estimates; with two, the interval would be useless
LEVEL = 0.95  # of the prediction interval
LEAST_VARIANCE = 1e-12  # of an estimate whose interval is a point
STEPS = 200  # at most, of Newton's method
WHOLE = 100.0  # points: the largest share, and the largest difference of two
SIGNED = ("gap_in_accuracy", "lead_of_clean_labels")  # metrics in points that may be negative


class RandomEffects(NamedTuple):
    """The mean of effects that differ between data sets, and the prediction interval of one more."""

    mean: float
    low: float
    high: float


def describe(estimates: np.ndarray, errors: np.ndarray) -> RandomEffects:
    """Return the mean of the effects behind some estimates, and the interval in which one more would lie.

    Effects are taken as normal around their mean, and estimates as normal around their effects. The interval is that of
    Higgins, Thompson & Spiegelhalter (2009). Its t distribution has n − 1 degrees of freedom, those of Hartung & Knapp
    (2001), as in the package metafor.

    estimates, errors: Estimates and their standard errors, shape (n,).
    """
    from scipy.special import stdtrit  # imported here because the import is slow

    variances = np.maximum(errors**2, LEAST_VARIANCE)
    between = variance_between(estimates, variances)
    weights = 1 / (variances + between)
    mean = np.average(estimates, weights=weights)
    reach = stdtrit(len(estimates) - 1, (1 + LEVEL) / 2) * np.sqrt(between + 1 / weights.sum())
    return RandomEffects(float(mean), float(mean - reach), float(mean + reach))


def variance_between(estimates: np.ndarray, variances: np.ndarray) -> float:
    """Return the variance between effects by Paule & Mandel (1982), 0 if errors alone explain the differences.

    With it, the weighted sum of squares equals its expectation n − 1. This sum is convex and falls with the variance,
    so Newton's method climbs from 0 to the solution (DerSimonian & Kacker 2007).
    """
    between = 0.0
    for _ in range(STEPS):
        weights = 1 / (variances + between)
        squares = weights * (estimates - np.average(estimates, weights=weights)) ** 2
        step = (squares.sum() - (len(estimates) - 1)) / (weights @ squares) if squares.any() else 0.0
        if step <= 1e-9 * between:
            break
        between += step
    return between


def standard_error(low: np.ndarray, high: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Return the standard errors of estimates from their intervals, which are taken as those of normal estimates."""
    quantiles = np.array([NormalDist().inv_cdf((1 + level) / 2) for level in levels])
    return (high - low) / (2 * quantiles)


def in_one_unit(effects: Iterable[Effect]) -> list[Effect]:
    """Return the effects in the most common unit. Some studies may count failures where others measure."""
    known = list(effects)
    unit = mode(effect.unit for effect in known) if known else ""
    return [effect for effect in known if effect.unit == unit]


def usable(effects: Iterable[Effect]) -> list[Effect]:
    """Return the effects that can be described together: in one unit, with a finite estimate and interval."""
    return [effect for effect in in_one_unit(effects) if effect.is_finite]


def describe_effects(effects: Iterable[Effect], estimand: Estimand | None) -> RandomEffects | None:
    """Return the mean and the prediction interval of the usable effects; None if there are fewer than FEWEST.

    The interval ends where no effect of the estimand can be, of which a normal distribution knows nothing.
    """
    used = usable(effects)
    if len(used) < FEWEST:
        return None
    estimates, low, high, levels = np.array([(*effect.numbers, effect.level) for effect in used]).T
    found = describe(estimates, standard_error(low, high, levels))
    lowest, highest = possible(estimand, used[0].unit)
    return found._replace(low=max(found.low, lowest), high=min(found.high, highest))


def possible(estimand: Estimand | None, unit: str) -> tuple[float, float]:
    """Return the lowest and the highest effect that an estimand can have in a unit, infinite unless it is points.

    A share that is compared with a number is between 0 and all.
    """
    if estimand is None or unit not in ("points", FAILURES):
        return -math.inf, math.inf
    if len(estimand.arms) == 2 or estimand.metric in SIGNED:
        return -WHOLE, WHOLE
    low, high = ([end if isinstance(side, dict) else side for side in estimand.sides.values()] for end in (0.0, WHOLE))
    return low[0] - high[1], high[0] - low[1]
