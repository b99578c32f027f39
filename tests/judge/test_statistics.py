"""Intervals and verdicts, on numbers whose truth is known."""

import numpy as np
import pytest
from scipy import stats

from ontrial.judge.statistics import interval, outcomes, verdict

TRIALS = 4000
SEEDS = 20


def within(share: float, expected: float) -> bool:
    """Whether a share of TRIALS is one that a binomial draw gives all but once in ten thousand times."""
    low, high = stats.binom.interval(0.9999, TRIALS, expected)
    return low <= share * TRIALS <= high


def at_most(share: float, level: float) -> bool:
    return share * TRIALS <= stats.binom.ppf(0.9999, TRIALS, level)


def normal(mean: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, 1.0, (TRIALS, SEEDS))


def test_the_mean_interval_of_three_seeds_is_students():
    estimate, low, high = interval(np.array([1.0, 2.0, 3.0]), censored=False)
    assert (estimate, low, high) == pytest.approx((2, 2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5))


def test_the_median_interval_of_twenty_seeds_goes_from_the_sixth_to_the_fifteenth():
    assert interval(np.arange(1.0, 21.0), censored=True) == (10.5, 6, 15)


def test_five_seeds_cannot_bound_a_median_at_95_percent():
    assert interval(np.arange(5.0), censored=True) == (2, -np.inf, np.inf)


def test_one_seed_cannot_bound_a_mean():
    assert interval(np.array([3.0]), censored=False) == (3, -np.inf, np.inf)


def test_never_reached_leaves_the_upper_end_open():
    _, low, high = interval(np.array([1.0] * 8 + [np.inf] * 12), censored=True)
    assert (low, high) == (1, np.inf)


def test_a_median_between_never_and_never_the_other_way_is_undefined():
    assert np.isnan(interval(np.array([-np.inf] * 10 + [np.inf] * 10), censored=True).estimate)


def test_equal_numbers_give_an_interval_without_width():
    assert interval(np.full(20, 2.0), censored=False) == (2, 2, 2)


def test_mean_intervals_cover_at_the_stated_rate():
    _, low, high = interval(normal(0.3, seed=1), censored=False)
    assert within(np.mean((low < 0.3) & (high > 0.3)), 0.95)


def test_mean_intervals_of_skewed_numbers_cover_nearly_at_the_stated_rate():
    numbers = np.random.default_rng(2).gamma(4.0, 1.0, (TRIALS, SEEDS))
    _, low, high = interval(numbers, censored=False)
    assert 0.92 < np.mean((low < 4) & (high > 4)) < 0.96


def test_median_intervals_cover_at_the_rate_of_their_ranks_whatever_the_distribution():
    numbers = np.random.default_rng(3).standard_cauchy((TRIALS, SEEDS))
    _, low, high = interval(numbers, censored=True)
    exact = stats.binom.cdf(14, SEEDS, 0.5) - stats.binom.cdf(5, SEEDS, 0.5)
    assert within(np.mean((low < 0) & (high > 0)), exact)


@pytest.mark.parametrize("censored", [False, True])
def test_no_effect_is_called_positive_or_reversed_at_most_at_its_level(censored):
    found = outcomes(normal(0, seed=4), 0.1, censored)
    assert at_most(np.mean(found == "positive"), 0.025)
    assert at_most(np.mean(found == "reversed"), 0.025)


@pytest.mark.parametrize("censored", [False, True])
def test_an_effect_at_the_border_is_called_negligible_at_most_at_its_level(censored):
    assert at_most(np.mean(outcomes(normal(0.8, seed=5), 0.8, censored) == "negligible"), 0.05)


def test_negligible_is_what_two_one_sided_tests_say():
    for numbers in normal(0.2, seed=6)[:200]:
        above = stats.ttest_1samp(numbers, -0.6, alternative="greater").pvalue
        below = stats.ttest_1samp(numbers, 0.6, alternative="less").pvalue
        assert (max(above, below) < 0.05) == (outcomes(numbers, 0.6, censored=False) == "negligible")


def test_supported_is_wrong_at_most_at_its_level_though_one_context_has_no_effect():
    strong, none = outcomes(normal(3, seed=7), 1, False), outcomes(normal(0, seed=8), 0.01, False)
    supported = [verdict(pair, pair) == "supported" for pair in zip(strong, none, strict=True)]
    assert at_most(np.mean(supported), 0.05)


def test_depends_is_wrong_at_most_at_its_level_when_every_context_has_the_effect():
    contexts = 8
    numbers = np.random.default_rng(9).normal(1, 1.0, (TRIALS * contexts, SEEDS))
    five, shared = (outcomes(numbers, 1.0, False, alpha).reshape(TRIALS, contexts) for alpha in (0.05, 0.05 / contexts))
    assert at_most(np.mean([verdict(*pair) == "depends" for pair in zip(five, shared, strict=True)]), 0.05)


def test_low_power_is_inconclusive():
    found = outcomes(np.random.default_rng(10).normal(0.5, 2.0, (TRIALS, 5)), 0.5, False)
    words = [verdict([outcome], [outcome]) for outcome in found]
    assert np.mean(np.array(words) == "inconclusive") > 0.85


def test_high_power_decides():
    assert set(outcomes(normal(2, seed=11), 0.5, False)) == {"positive"}
    assert set(outcomes(normal(0, seed=12) / 10, 0.5, False)) == {"negligible"}
    assert set(outcomes(normal(-2, seed=13), 0.5, False)) == {"reversed"}


def test_positive_needs_the_smallest_effect():
    numbers = np.array([0.4, 0.6] * 10)
    assert outcomes(numbers, 0.5, False) == "positive"
    assert outcomes(numbers, 0.51, False) == "unclear"
    assert outcomes(numbers, 1.0, False) == "negligible"


def test_negligible_comes_before_reversed():
    assert outcomes(np.array([-0.1, -0.2] * 10), 1.0, False) == "negligible"


@pytest.mark.parametrize(
    ("at_alpha", "at_shared_alpha", "word"),
    [
        (["positive", "positive"], ["unclear", "unclear"], "supported"),
        (["negligible", "reversed"], ["unclear", "unclear"], "refuted"),
        (["positive", "reversed"], ["positive", "reversed"], "depends"),
        (["positive", "negligible", "unclear"], ["positive", "negligible", "unclear"], "depends"),
        (["positive", "reversed"], ["positive", "unclear"], "inconclusive"),
        (["positive", "unclear"], ["positive", "unclear"], "inconclusive"),
        (["unclear"], ["unclear"], "inconclusive"),
    ],
)
def test_verdicts_follow_the_outcomes_in_order(at_alpha, at_shared_alpha, word):
    assert verdict(at_alpha, at_shared_alpha) == word
