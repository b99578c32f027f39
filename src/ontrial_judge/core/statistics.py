"""Confidence intervals, outcomes of contexts and verdicts of claims. Samples are arrays (seeds,) or (rows, seeds)."""

import math
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from typing import NamedTuple

import numpy as np
import scipy  # its modules are imported when they are first used

from ontrial_judge.core import sums
from ontrial_judge.core.sums import Sums
from ontrial_judge.core.verdicts import Conclusion, Outcome

ALPHA = 0.05
FIRST_SHARE = 0.83  # of the error for the first of several looks: enough for medians of 20 seeds to use a further rank
TOLERANCE = 1e-4  # share of the smallest effect by which equal effects may differ: the tables are in single precision
FAILING = 0.2  # share of failed runs of an arm above which its numbers have two peaks, and no typical one
FAILURES_OF_INTEREST = 10.0  # smallest effect of interest on the share of failed runs, in points
FAILURES = "points of failures"  # unit of that share where it stands in for the numbers of a claim
MANY = 200  # numbers of a sample from which on its sums are not listed
MANY_SUMS = MANY * (MANY + 1) // 2  # the same for the differences between two samples
RESAMPLES = 1_999  # of the bootstrap


class Claimed(StrEnum):
    """What a claim says of effects: that they are large, that they are small, or that they are small or negative."""

    MORE = "more"
    EQUAL = "equal"
    AT_MOST = "at_most"


class Quantifier(StrEnum):
    """In how many contexts a claim says that the effect is as claimed."""

    SOME = "some"
    MOST = "most"
    ALL = "all"


OUTCOMES = (Outcome.POSITIVE, Outcome.NEGLIGIBLE, Outcome.REVERSED, Outcome.BELOW, Outcome.UNDECIDED)  # of MORE
OUTCOMES_OF = {
    Claimed.MORE: OUTCOMES,
    Claimed.EQUAL: (Outcome.EQUAL, Outcome.APART, Outcome.UNDECIDED),
    Claimed.AT_MOST: (Outcome.WITHIN, Outcome.BEYOND, Outcome.UNDECIDED),
}


class Interval(NamedTuple):
    """An estimate and its confidence interval. An undefined estimate is NaN, an unbounded end is infinite."""

    estimate: np.ndarray
    ci_low: np.ndarray
    ci_high: np.ndarray


class Ends(NamedTuple):
    """Averages in order, (…, k): see `in_order`."""

    lowest: np.ndarray
    highest: np.ndarray


def signed_rank_interval(sample: np.ndarray, confidence_level: float, estimate: np.ndarray | None = None) -> Interval:
    """Return the Hodges–Lehmann estimate and the exact interval of Wilcoxon's signed-rank test.

    The estimate is the median of the Walsh averages (xᵢ + xⱼ) / 2, i ≤ j. The interval consists of the values that the
    test does not reject as the centre of a symmetric distribution. A few failed seeds move neither far. If the sample
    is too small for the level, both ends are unbounded. Hollander, Wolfe & Chicken, Nonparametric Statistical Methods,
    3rd edition, 3.2 and 3.3.

    The average of −∞ and +∞ may be anything: it is −∞ for the lower end, and +∞ for the upper end. An estimate that
    depends on it is NaN.

    estimate: The estimate, if it is known. Finding it in a large sample takes as long as finding both ends.
    """
    n = sample.shape[-1]
    if n > MANY:
        rank = _normal_rank(n * (n + 1) / 4, n * (n + 1) * (2 * n + 1) / 24, confidence_level)
        ordered = np.sort(sample, -1)
        rows = [(row / 2, row / 2, np.arange(n)) for row in ordered.reshape(-1, n)]
        return _interval_of_sums(rows, rank, sample, estimate)
    return between(walsh_averages(sample), signed_rank(n, confidence_level))


def walsh_averages(sample: np.ndarray) -> Ends:
    """Return the Walsh averages of samples (…, n) in order."""
    first, second = np.triu_indices(sample.shape[-1])
    with np.errstate(invalid="ignore"):
        return in_order((sample[..., first] + sample[..., second]) / 2)


def signed_rank(n: int, confidence_level: float) -> int:
    """Return the rank of the lower end of the interval of the signed-rank test of n numbers, from 1; 0 for none."""
    return _rank(signed_rank_distribution(n), confidence_level)


@cache
def signed_rank_distribution(n: int) -> np.ndarray:
    """Return P(T ≤ t) for t = 0, …, n (n + 1) / 2, where T is Wilcoxon's signed-rank statistic of n samples."""
    probabilities = np.ones(1)
    for rank in range(1, n + 1):
        rank_is_negative = np.pad(probabilities, (0, rank))
        rank_is_positive = np.pad(probabilities, (rank, 0))
        probabilities = (rank_is_negative + rank_is_positive) / 2
    return probabilities.cumsum()


def rank_sum_interval(
    of: np.ndarray, other: np.ndarray, confidence_level: float, estimate: np.ndarray | None = None
) -> Interval:
    """Return the Hodges–Lehmann estimate of a shift between two samples, and the exact interval of Mann and Whitney.

    The estimate is the median of all differences ofᵢ − otherⱼ. The interval consists of the shifts that the rank-sum
    test does not reject. If the samples are too small for the level, both ends are unbounded. Hollander, Wolfe &
    Chicken, Nonparametric Statistical Methods, 3rd edition, 4.2 and 4.3. The difference of two equal infinities may be
    anything: see `signed_rank_interval`.

    of, other: Samples without anything in common, (…, m) and (…, n).
    estimate: The estimate, if it is known.
    """
    m, n = of.shape[-1], other.shape[-1]
    if m * n > MANY_SUMS:
        rank = _normal_rank(m * n / 2, m * n * (m + n + 1) / 12, confidence_level)
        pairs = zip(np.sort(of, -1).reshape(-1, m), np.sort(-other, -1).reshape(-1, n), strict=True)
        return _interval_of_sums([(*pair, np.zeros(m, int)) for pair in pairs], rank, of, estimate)
    with np.errstate(invalid="ignore"):
        differences = (of[..., :, None] - other[..., None, :]).reshape(*of.shape[:-1], m * n)
    return between(in_order(differences), _rank(rank_sum_distribution(m, n), confidence_level))


@cache
def rank_sum_distribution(m: int, n: int) -> np.ndarray:
    """Return P(U ≤ u) for u = 0, …, mn, where U is the statistic of Mann and Whitney of m and n samples.

    The number of orders with each u is a coefficient of the Gaussian binomial Π (1 − qⁿ⁺ⁱ) / (1 − qⁱ), i ≤ m.
    """
    if m > n:
        return rank_sum_distribution(n, m)
    orders = np.zeros(m * n + 1, dtype=object)  # whole numbers without limit
    orders[0] = 1
    for i in range(1, m + 1):
        orders[n + i :] -= orders[: -(n + i)].copy()
        columns = np.pad(orders, (0, -len(orders) % i)).reshape(-1, i)
        orders = columns.cumsum(axis=0).ravel()[: len(orders)]
    return (orders.cumsum() / math.comb(m + n, m)).astype(float)


def _rank(distribution: np.ndarray, confidence_level: float) -> int:
    """Return the rank of the lower end of an interval, from 1; 0 for none."""
    return int(np.searchsorted(distribution, (1 - confidence_level) / 2, side="right"))


def _normal_rank(mean: float, variance: float, confidence_level: float) -> int:
    """Return the rank of the lower end of an interval, for a statistic that is close to normal, corrected by ½."""
    return math.floor(mean + scipy.special.ndtri((1 - confidence_level) / 2) * math.sqrt(variance) + 0.5)


def _interval_of_sums(rows: Sequence[Sums], rank: int, sample: np.ndarray, estimate: np.ndarray | None) -> Interval:
    """Return the interval of `between` for each row of sums, without a list of them.

    sample: Sample (…, n) with the same rows.
    estimate: The median of each row, if it is known.
    """
    medians = [None] * len(rows) if estimate is None else np.ravel(estimate).tolist()
    ends = [sums.ends(*row, max(rank, 1), median) for row, median in zip(rows, medians, strict=True)]
    interval = Interval(*(np.reshape(column, sample.shape[:-1]) for column in zip(*ends, strict=True)))
    return interval if rank > 0 else _unbounded(interval.estimate)


def in_order(averages: np.ndarray) -> Ends:
    """Return averages (…, k) in order, for either end of an interval: those that may be anything are −∞, or +∞."""
    if not np.isnan(averages).any():
        ordered = np.sort(averages, -1)
        return Ends(ordered, ordered)
    return Ends(*(np.sort(np.where(np.isnan(averages), end, averages), -1) for end in (-np.inf, np.inf)))


def between(ends: Ends, rank: int) -> Interval:
    """Return the median of averages, and the interval between the rank-th from below and from above."""
    lower = _median_of(ends.lowest)
    upper = lower if ends.highest is ends.lowest else _median_of(ends.highest)
    estimate = np.where(lower == upper, lower, np.nan)
    if rank == 0:
        return _unbounded(estimate)
    return Interval(estimate, ends.lowest[..., rank - 1], ends.highest[..., -rank])


def median_interval(sample: np.ndarray, confidence_level: float) -> Interval:
    """Return the median and the interval between two order statistics that covers it with at least this probability.

    The two ranks come from the binomial distribution (Conover, Practical Nonparametric Statistics, 3.2), so the sample
    may contain ±∞. If it is too small for the level, both ends are unbounded. A median between −∞ and +∞ is NaN.
    """
    ordered = np.sort(sample, -1)
    n, median = ordered.shape[-1], _median_of(ordered)
    ranks = median_ranks(n, confidence_level)
    if ranks is None:
        return _unbounded(median)
    return Interval(median, ordered[..., ranks[0]], ordered[..., ranks[1]])


def _median_of(ordered: np.ndarray) -> np.ndarray:
    n = ordered.shape[-1]
    with np.errstate(invalid="ignore"):
        return ordered[..., [(n - 1) // 2, n // 2]].mean(-1)


@cache
def median_ranks(n: int, confidence_level: float) -> tuple[int, int] | None:
    """Return the ranks, from 0, of two of n ordered numbers that cover the median at this level; None if none do.

    >>> median_ranks(9, 0.95)
    (1, 7)
    """
    # P(B ≤ k) of a binomial number, p = 1/2
    if n > MANY:
        tails = scipy.special.bdtr(np.arange(n + 1.0), n, 0.5)
    else:
        tails = np.cumsum([math.comb(n, k) / 2**n for k in range(n + 1)])
    rank = int(np.searchsorted(tails, (1 - confidence_level) / 2, side="right"))
    return (rank - 1, n - rank) if rank else None


def _unbounded(estimate: np.ndarray) -> Interval:
    return Interval(estimate, np.full_like(estimate, -np.inf), np.full_like(estimate, np.inf))


def confidence_interval(
    sample: np.ndarray, censored: bool, confidence_level: float = 1 - ALPHA, estimate: np.ndarray | None = None
) -> Interval:
    """Return the interval of the median if the metric is censored, otherwise of the Hodges–Lehmann estimate.

    A sample with NaN has no estimate, and both ends of its interval are unbounded.

    estimate: The estimate, if it is known from another level.
    """
    sample = np.asarray(sample, float)
    if censored:
        interval = median_interval(sample, confidence_level)
    else:
        interval = signed_rank_interval(sample, confidence_level, estimate)
    unknown, nothing = np.isnan(sample).any(-1), (np.nan, -np.inf, np.inf)
    return Interval(*(np.where(unknown, no, known) for no, known in zip(nothing, interval, strict=True)))


def mean_interval(sample: np.ndarray, confidence_level: float, overlap: float = 0.0) -> Interval:
    """Return the mean and Student's interval. Infinite numbers leave both ends unbounded.

    overlap: Share of the data that each test part has, if numbers are of folds or splits of the same data. Their
        training parts overlap, and the variance is corrected for it (Nadeau & Bengio 2003).
    """
    n = sample.shape[-1]
    with np.errstate(invalid="ignore"):
        mean, deviation = sample.mean(-1), sample.std(-1, ddof=1)
    half_width = scipy.special.stdtrit(n - 1, (1 + confidence_level) / 2) * deviation / math.sqrt(n)
    half_width = half_width * math.sqrt(1 + n * overlap / (1 - overlap))
    return _where_finite(Interval(mean, mean - half_width, mean + half_width), sample)


def welch_interval(of: np.ndarray, other: np.ndarray, confidence_level: float) -> Interval:
    """Return the difference of two means and Welch's interval, for samples (…, m) and (…, n) without equal variances.

    A sample of a single number has no variance, so both ends are unbounded.
    """
    counts = np.array([of.shape[-1], other.shape[-1]])
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = of.mean(-1) - other.mean(-1)
        first, second = (each.var(-1, ddof=min(1, each.shape[-1] - 1)) / each.shape[-1] for each in (of, other))
        freedom = (first + second) ** 2 / (first**2 / (counts[0] - 1) + second**2 / (counts[1] - 1))
    freedom = np.where(first + second > 0, freedom, counts.sum() - 2)
    half_width = scipy.special.stdtrit(freedom, (1 + confidence_level) / 2) * np.sqrt(first + second)
    half_width = np.where(counts.min() > 1, half_width, np.inf)
    return _where_finite(Interval(mean, mean - half_width, mean + half_width), of, other)


def bootstrap_interval(samples: Sequence[np.ndarray], confidence_level: float) -> Interval:
    """Return the mean of a sample, or the difference of the means of two, and the studentised bootstrap interval.

    It is wide on the side of a long tail, where Student's is too short (Efron & Tibshirani 1993, 12.5). Resamples of
    one number have no variance, and leave an end unbounded. Draws are the same in each call.
    """
    sign, mean, variance, moved, spread = 1.0, 0.0, 0.0, 0.0, 0.0
    for sample in samples:
        n = sample.shape[-1]
        counts = _resamples(n)
        centre = sample.mean(-1, keepdims=True)
        rest = sample - centre
        means = rest @ counts.T / n
        square = np.maximum(np.square(rest) @ counts.T / n - means**2, 0)
        square[square < 1e-12 * np.square(rest).mean(-1, keepdims=True)] = 0
        mean = mean + sign * centre[..., 0]
        variance = variance + sample.var(-1, ddof=1) / n
        moved, spread = moved + sign * means, spread + square / (n - 1)
        sign = -1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.asarray(moved) / np.sqrt(spread)
    t = np.sort(np.where(np.isnan(t), 0.0, t), -1)
    rank = max(math.floor((1 - confidence_level) / 2 * (RESAMPLES + 1)), 1)
    error = np.sqrt(variance)
    return _where_finite(
        Interval(np.asarray(mean), mean - t[..., -rank] * error, mean - t[..., rank - 1] * error), *samples
    )


@cache
def _resamples(n: int) -> np.ndarray:
    """Return how often each of n numbers is in each resample: (RESAMPLES, n)."""
    return np.random.default_rng(n).multinomial(n, np.full(n, 1 / n), RESAMPLES).astype(float)


def skewness(sample: np.ndarray) -> np.ndarray:
    """Return the skewness of samples (…, n): 0 for symmetric and for equal numbers.

    >>> skewness(np.array([0.0, 0, 0, 1])).round(2), skewness(np.array([3.0, 3, 3]))
    (np.float64(1.15), np.float64(0.0))
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        rest = sample - sample.mean(-1, keepdims=True)
        variance = (rest**2).mean(-1)
        found = (rest**3).mean(-1) / variance**1.5
        is_spread = variance > (1e-12 * np.abs(sample).max(-1)) ** 2  # more than the rounding of equal numbers
    return np.where(is_spread & np.isfinite(found), found, 0.0)[()]


def kurtosis(sample: np.ndarray) -> np.ndarray:
    """Return the kurtosis of samples (…, n): 3 for normal numbers, 1 for two equal peaks, and 3 for equal numbers.

    >>> kurtosis(np.array([0.0, 0, 1, 1])), kurtosis(np.array([3.0, 3, 3]))
    (np.float64(1.0), np.float64(3.0))
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        square = (sample - sample.mean(-1, keepdims=True)) ** 2
        variance = square.mean(-1)
        found = (square**2).mean(-1) / variance**2
        is_spread = variance > (1e-12 * np.abs(sample).max(-1)) ** 2  # as in `skewness`
    return np.where(is_spread & np.isfinite(found), found, 3.0)[()]


def hull(*intervals: Interval) -> Interval:
    """Return the estimate of the first interval, and the smallest interval that contains all."""
    lows, highs = ([getattr(each, end) for each in intervals] for end in ("ci_low", "ci_high"))
    return Interval(intervals[0].estimate, np.minimum.reduce(lows), np.maximum.reduce(highs))


def _where_finite(interval: Interval, *samples: np.ndarray) -> Interval:
    """Return an interval without ends where a sample has an infinite number or none."""
    finite = np.logical_and.reduce([np.isfinite(sample).all(-1) for sample in samples])
    ends = [np.where(finite, end, other) for end, other in zip(interval[1:], (-np.inf, np.inf), strict=True)]
    return Interval(interval.estimate, *ends)


def share_interval(counted: np.ndarray, confidence_level: float) -> Interval:
    """Return the share of the seeds that are counted, (…, seeds), and its exact interval (Clopper & Pearson 1934)."""
    n, count = counted.shape[-1], np.count_nonzero(counted, axis=-1)
    tail = (1 - confidence_level) / 2
    low = np.where(count > 0, scipy.special.betaincinv(np.maximum(count, 1), n - count + 1, tail), 0.0)
    high = np.where(count < n, scipy.special.betaincinv(count + 1, np.maximum(n - count, 1), 1 - tail), 1.0)
    return Interval(100 * count / n, 100 * low, 100 * high)


def paired_shares_interval(of: np.ndarray, other: np.ndarray, confidence_level: float) -> Interval:
    """Return the difference of two shares of the same seeds and its score interval, in points (Tango 1998).

    It consists of the differences that the score test does not reject. Enumerated over all results of 20 to 80 seeds,
    it errs about a difference of 10 points as often as its level says.

    of, other: Whether each seed is counted, (…, seeds).
    """
    n = of.shape[-1]
    counts = np.stack([np.count_nonzero(of & ~other, axis=-1), np.count_nonzero(other & ~of, axis=-1)])
    pairs, place = np.unique(counts.reshape(2, -1), axis=1, return_inverse=True)  # few differ among many samples
    only_of, only_other = pairs

    def score(difference: np.ndarray) -> np.ndarray:
        linear = (2 * n - only_of + only_other) * difference - only_of - only_other
        root = np.sqrt(linear**2 + 8 * n * only_other * difference * (1 - difference))
        variance = n * ((root - linear) / (2 * n) + difference * (1 - difference))
        return (only_of - only_other - n * difference) / np.sqrt(np.maximum(variance, np.finfo(float).tiny))

    estimate, critical = (only_of - only_other) / n, scipy.special.ndtri((1 + confidence_level) / 2)
    low, high = np.stack([np.full_like(estimate, -1), estimate]), np.stack([estimate, np.ones_like(estimate)])
    for _ in range(40):  # to each end at once
        middle = (low + high) / 2
        is_above = score(middle) > np.array([[critical], [-critical]])  # the score falls as the difference grows
        low, high = np.where(is_above, middle, low), np.where(is_above, high, middle)
    ends = (low + high) / 2
    found = (100 * each[place].reshape(counts.shape[1:]) for each in (estimate, *ends))
    return Interval(*(each[()] for each in found))


def fewest_seeds(alpha: float) -> int:
    """Return the smallest number of seeds whose 1 − alpha interval is bounded, of either kind.

    >>> fewest_seeds(0.05)
    6
    """
    return math.ceil(1 - math.log2(alpha))  # the extremes of n numbers leave out their centre in 2 of 2ⁿ


def shares(looks: int, alpha: float = ALPHA) -> list[float]:
    """Return the share of an error that each of several looks may use, so that intervals of any kind stay valid.

    >>> shares(1), [round(share, 5) for share in shares(3)]
    ([0.05], [0.0415, 0.00425, 0.00425])
    """
    if looks == 1:
        return [alpha]
    return [FIRST_SHARE * alpha, *[(1 - FIRST_SHARE) * alpha / (looks - 1)] * (looks - 1)]


def outcomes(
    interval: Interval,
    equivalence: Interval,
    smallest_effect: float | np.ndarray,
    claimed: Claimed = Claimed.MORE,
) -> np.ndarray:
    """Return the outcomes that follow from intervals at 1 − alpha and at 1 − 2 alpha: the first of OUTCOMES that holds.

    positive: The 1 − alpha interval is at or above the smallest effect of interest.
    negligible: The 1 − 2 alpha interval is inside ± that effect: two one-sided tests at alpha (Schuirmann 1987).
    reversed: The 1 − alpha interval is at or below minus that effect.
    below: The 1 − alpha interval is below that effect; whether the effect is negligible or reversed is open.
    undecided: None of these.

    These are three-sided tests (Goeman, Solari & Stijnen 2010). Outcomes do not depend on the unit, and the mirror
    image of a positive sample is reversed.

    A claim of equality has no direction: negligible is "equal", positive and reversed are "apart", and anything else is
    undecided. A claim that an effect is at most the smallest one contradicts that it is more: positive is "beyond",
    "within" means that the 1 − alpha interval is below that effect, and anything else is undecided.
    """
    least = (1 - TOLERANCE) * np.asarray(smallest_effect)
    positive = interval.ci_low >= least
    negligible = (equivalence.ci_low > -least) & (equivalence.ci_high < least)
    is_reversed = interval.ci_high <= -least
    below = interval.ci_high < least
    conditions = {
        Claimed.MORE: [positive, negligible, is_reversed, below],
        Claimed.EQUAL: [negligible, positive | is_reversed],
        Claimed.AT_MOST: [below, positive],
    }
    *words, undecided = OUTCOMES_OF[claimed]
    return np.select(conditions[claimed], words, undecided)


def least_holding(contexts: int, quantifier: Quantifier) -> int:
    """Return in how many of its contexts a claim with a quantifier must hold.

    >>> [least_holding(4, quantifier) for quantifier in Quantifier]
    [1, 3, 4]
    """
    return {Quantifier.SOME: 1, Quantifier.MOST: contexts // 2 + 1, Quantifier.ALL: contexts}[quantifier]


def divisors(contexts: int, quantifier: Quantifier | None = None) -> tuple[int, int]:
    """Return by what the error of the two lists of outcomes is divided from which `decide` concludes.

    That a claim holds in at least k of m contexts is certain if k of them support it at ALPHA / (m − k + 1), a test of
    partial conjunction (Benjamini & Heller 2008), and so is the opposite, that m − k + 1 contradict it, at ALPHA / k.

    >>> divisors(4), [divisors(4, quantifier) for quantifier in Quantifier]
    ((1, 4), [(4, 1), (2, 3), (1, 4)])
    """
    k = least_holding(contexts, quantifier or Quantifier.ALL)
    return contexts - k + 1, k


def decide(outcomes: Sequence[str], others: Sequence[str], quantifier: Quantifier | None = None) -> Conclusion:
    """Return the verdict of a measured claim from the outcomes of its contexts.

    outcomes: Outcomes at ALPHA divided by the first of `divisors`, which is 1 without a quantifier.
    others: Outcomes at ALPHA divided by the second one, the number of contexts without a quantifier.

    With a quantifier, a claim is supported if enough outcomes support it, and refuted if enough others contradict it;
    but a claim that something may happen, which contexts that were not tried could support, is not seen.

    >>> decide(["positive", "undecided"], ["positive", "negligible"], Quantifier.SOME)
    <Conclusion.SUPPORTED: 'supported'>
    >>> decide(["undecided", "below"], ["negligible", "below"], Quantifier.SOME)
    <Conclusion.NOT_SEEN: 'not_seen'>
    >>> decide(["positive", "undecided", "positive"], ["undecided", "undecided", "positive"], Quantifier.MOST)
    <Conclusion.SUPPORTED: 'supported'>
    >>> decide(["positive", "below"], ["positive", "below"], Quantifier.ALL)
    <Conclusion.REFUTED: 'refuted'>

    Without one, the verdicts are these.

    supported: All outcomes support the claim.
    refuted: All outcomes contradict the claim.
    depends: At least one of the others supports and at least one contradicts the claim.
    inconclusive: None of these.

    The first two are intersection-union tests, so each context may use the whole ALPHA (Berger 1982).

    >>> decide(["positive", "undecided"], ["positive", "undecided"])
    <Conclusion.INCONCLUSIVE: 'inconclusive'>
    """
    if quantifier:
        needed = least_holding(len(outcomes), quantifier)
        if sum(map(supports, outcomes)) >= needed:
            return Conclusion.SUPPORTED
        if sum(map(contradicts, others)) > len(others) - needed:
            return Conclusion.NOT_SEEN if quantifier is Quantifier.SOME else Conclusion.REFUTED
        return Conclusion.INCONCLUSIVE
    if all(map(supports, outcomes)):
        return Conclusion.SUPPORTED
    if all(map(contradicts, outcomes)):
        return Conclusion.REFUTED
    if any(map(supports, others)) and any(map(contradicts, others)):
        return Conclusion.DEPENDS
    return Conclusion.INCONCLUSIVE


def supports(outcome: str) -> bool:
    """Return whether a context supports the claim: its effect is as claimed."""
    return outcome in (Outcome.POSITIVE, Outcome.EQUAL, Outcome.WITHIN)


def contradicts(outcome: str) -> bool:
    """Return whether a context contradicts the claim: its effect is smaller than claimed or reversed, or too large."""
    return outcome in (Outcome.NEGLIGIBLE, Outcome.REVERSED, Outcome.BELOW, Outcome.APART, Outcome.BEYOND)
