"""Confidence intervals, outcomes of contexts and verdicts of claims. Samples are arrays (seeds,) or (rows, seeds)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

ALPHA = 0.05
OUTCOMES = ("positive", "negligible", "reversed", "unclear")
VERDICTS = ("supported", "refuted", "depends", "inconclusive", "by_construction", "not_testable")


class Interval(NamedTuple):
    """An estimate and its confidence interval: an undefined estimate is NaN, an unbounded end infinite."""

    estimate: np.ndarray
    ci_low: np.ndarray
    ci_high: np.ndarray


def mean_interval(sample: np.ndarray, confidence_level: float) -> Interval:
    """Return the mean and its t interval, x̄ ± t(n − 1) s/√n (Student 1908), for metrics that are always finite.

    Of paired differences, it is the paired t interval.
    """
    n = sample.shape[-1]
    mean = sample.mean(-1)
    if n < 2:
        return _unbounded(mean)
    # `mean` and `sem` would add up in another order and change the last digit of published intervals.
    ones = np.ones(n)
    centre = sample @ ones / n
    standard_error = np.sqrt(np.square(sample - centre[..., None]) @ ones / n) / np.sqrt(n - 1)
    half_width = stats.t.ppf(1 - (1 - confidence_level) / 2, n - 1) * standard_error
    return Interval(mean, centre - half_width, centre + half_width)


def median_interval(sample: np.ndarray, confidence_level: float) -> Interval:
    """Return the median and the interval between two order statistics that covers it with at least this probability.

    The ranks of the two come from the binomial distribution (Conover, Practical Nonparametric Statistics, 3.2), so the
    sample may hold ±∞. If it is too small for the level, both ends are unbounded. A median between −∞ and +∞ is NaN.
    """
    ordered = np.sort(sample, -1)
    n = ordered.shape[-1]
    with np.errstate(invalid="ignore"):
        median = ordered[..., [(n - 1) // 2, n // 2]].mean(-1)
    ranks = stats.quantile_test(np.arange(n), q=0, p=0.5).confidence_interval(confidence_level)
    if np.isnan(ranks).any():
        return _unbounded(median)
    return Interval(median, ordered[..., int(ranks.low)], ordered[..., int(ranks.high)])


def _unbounded(estimate: np.ndarray) -> Interval:
    return Interval(estimate, np.full_like(estimate, -np.inf), np.full_like(estimate, np.inf))


def confidence_interval(sample: np.ndarray, censored: bool, confidence_level: float = 1 - ALPHA) -> Interval:
    """Return the interval of the median if the metric is censored, otherwise of the mean."""
    sample = np.asarray(sample, float)
    if censored:
        return median_interval(sample, confidence_level)
    return mean_interval(sample, confidence_level)


def classify(sample: np.ndarray, smallest_effect: float, censored: bool, alpha: float = ALPHA) -> np.ndarray:
    """Return the outcome of each row of a sample, the first of OUTCOMES that holds.

    positive: the 1 − alpha interval is above 0 and the estimate reaches the smallest effect of interest.
    negligible: the 1 − 2 alpha interval is inside ± that effect: two one-sided tests at alpha (Schuirmann 1987).
    reversed: the 1 − alpha interval is below 0.
    unclear: none of these.
    """
    estimate, ci_low, ci_high = confidence_interval(sample, censored, 1 - alpha)
    _, tost_low, tost_high = confidence_interval(sample, censored, 1 - 2 * alpha)
    positive = (ci_low > 0) & (estimate >= smallest_effect)
    negligible = (tost_low > -smallest_effect) & (tost_high < smallest_effect)
    return np.select([positive, negligible, ci_high < 0], OUTCOMES[:3], OUTCOMES[3])


def decide(outcomes: Sequence[str], bonferroni_outcomes: Sequence[str]) -> str:
    """Return the verdict of a measured claim from the outcomes of its contexts.

    outcomes: at ALPHA. bonferroni_outcomes: at ALPHA divided by the number of contexts.

    supported: all outcomes are positive. refuted: all are negligible or reversed. Both are intersection-union tests, so
    each context may use the whole ALPHA (Berger 1982).
    depends: among the Bonferroni outcomes, at least one is positive and at least one negligible or reversed.
    inconclusive: none of these.
    """
    if all(outcome == "positive" for outcome in outcomes):
        return "supported"
    if all(map(contradicts, outcomes)):
        return "refuted"
    if "positive" in bonferroni_outcomes and any(map(contradicts, bonferroni_outcomes)):
        return "depends"
    return "inconclusive"


def contradicts(outcome: str) -> bool:
    """Return whether a context contradicts the claim: its effect is negligible or reversed."""
    return outcome in ("negligible", "reversed")
