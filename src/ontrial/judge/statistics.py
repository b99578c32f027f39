"""Intervals, outcomes of contexts and verdicts of claims. Arrays of numbers are (seeds,) or (rows, seeds)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

ALPHA = 0.05
OUTCOMES = ("positive", "negligible", "reversed", "unclear")
VERDICTS = ("supported", "refuted", "depends", "inconclusive", "by_construction", "not_testable")


class Interval(NamedTuple):
    """Estimate and the ends of its interval; an end without a bound is infinite, an undefined estimate is NaN."""

    estimate: np.ndarray
    low: np.ndarray
    high: np.ndarray


def mean_interval(numbers: np.ndarray, level: float) -> Interval:
    """Mean and its t interval (of paired differences: the paired t interval), for metrics that are always finite."""
    mean, n = numbers.mean(-1), numbers.shape[-1]
    if n < 2:
        return _unbounded(mean)
    ones = np.ones(n)  # products add up in another order than `mean` and `sem`; published ends keep their last digit
    centre = numbers @ ones / n
    error = np.sqrt(np.square(numbers - centre[..., None]) @ ones / n) / np.sqrt(n - 1)
    half = stats.t.ppf(1 - (1 - level) / 2, n - 1) * error
    return Interval(mean, centre - half, centre + half)


def median_interval(numbers: np.ndarray, level: float) -> Interval:
    """Median and the interval between two order statistics that covers it with at least this probability.

    The ranks come from the binomial distribution alone (Conover, Practical Nonparametric Statistics, 3.2), so numbers
    may be ±∞. Without ranks wide enough for the level both ends are unbounded. A median between −∞ and +∞ is NaN.
    """
    ordered = np.sort(numbers, -1)
    n = ordered.shape[-1]
    with np.errstate(invalid="ignore"):
        median = ordered[..., [(n - 1) // 2, n // 2]].mean(-1)
    ranks = stats.quantile_test(np.arange(n), q=0, p=0.5).confidence_interval(level)
    if np.isnan(ranks).any():
        return _unbounded(median)
    return Interval(median, ordered[..., int(ranks.low)], ordered[..., int(ranks.high)])


def _unbounded(estimate: np.ndarray) -> Interval:
    return Interval(estimate, np.full_like(estimate, -np.inf), np.full_like(estimate, np.inf))


def interval(numbers: np.ndarray, censored: bool, level: float = 1 - ALPHA) -> Interval:
    """Interval of one number a seed: of the median when the metric is censored, of the mean otherwise."""
    return (median_interval if censored else mean_interval)(np.asarray(numbers, float), level)


def outcomes(numbers: np.ndarray, smallest_effect: float, censored: bool, alpha: float = ALPHA) -> np.ndarray:
    """Outcome of each row of numbers: the first of OUTCOMES that holds.

    positive: the 1 − alpha interval lies above 0 and the estimate reaches the smallest effect of interest. negligible:
    the 1 − 2 alpha interval lies inside ± that effect, which is two one-sided tests at alpha (Schuirmann 1987).
    reversed: the 1 − alpha interval lies below 0. unclear: none of these.
    """
    estimate, low, high = interval(numbers, censored, 1 - alpha)
    _, inner_low, inner_high = interval(numbers, censored, 1 - 2 * alpha)
    positive = (low > 0) & (estimate >= smallest_effect)
    negligible = (inner_low > -smallest_effect) & (inner_high < smallest_effect)
    return np.select([positive, negligible, high < 0], OUTCOMES[:3], OUTCOMES[3])


def verdict(at_alpha: Sequence[str], at_shared_alpha: Sequence[str]) -> str:
    """Verdict of a measured claim from the outcomes of its contexts.

    supported: all positive; refuted: all negligible or reversed. Both are intersections, so each context keeps its 5 %.
    depends: at least one positive and one negligible or reversed when the 5 % is divided by the number of contexts
    (`at_shared_alpha`, Bonferroni). Else inconclusive.
    """
    if all(outcome == "positive" for outcome in at_alpha):
        return "supported"
    if all(map(contradicts, at_alpha)):
        return "refuted"
    if "positive" in at_shared_alpha and any(map(contradicts, at_shared_alpha)):
        return "depends"
    return "inconclusive"


def contradicts(outcome: str) -> bool:
    """Whether a context speaks against the claim: its effect is negligible or reversed."""
    return outcome in ("negligible", "reversed")
