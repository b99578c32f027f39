"""Confidence intervals, outcomes and verdicts, on samples from known distributions."""

import numpy as np
import pytest
from scipy import stats

from ontrial.judge.statistics import classify, confidence_interval, decide

TRIALS = 4000
SEEDS = 20


def within(share: float, expected: float) -> bool:
    """Return whether a share of TRIALS is in the central 99.99 % of the binomial distribution."""
    low, high = stats.binom.interval(0.9999, TRIALS, expected)
    return low <= share * TRIALS <= high


def at_most(share: float, level: float) -> bool:
    """Return whether a share of TRIALS agrees with a probability of at most `level`."""
    return share * TRIALS <= stats.binom.ppf(0.9999, TRIALS, level)


def normal_samples(mean: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, 1.0, (TRIALS, SEEDS))


def test_the_mean_interval_is_the_t_interval():
    interval = confidence_interval(np.array([1.0, 2.0, 3.0]), censored=False)
    assert interval == pytest.approx((2, 2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5))


def test_the_median_interval_of_20_seeds_is_the_6th_to_15th_order_statistic():
    assert confidence_interval(np.arange(1.0, 21.0), censored=True) == (10.5, 6, 15)


def test_five_seeds_cannot_bound_a_median_at_95_percent():
    assert confidence_interval(np.arange(5.0), censored=True) == (2, -np.inf, np.inf)


def test_one_seed_cannot_bound_a_mean():
    assert confidence_interval(np.array([3.0]), censored=False) == (3, -np.inf, np.inf)


def test_infinite_values_leave_the_upper_end_unbounded():
    _, ci_low, ci_high = confidence_interval(np.array([1.0] * 8 + [np.inf] * 12), censored=True)
    assert (ci_low, ci_high) == (1, np.inf)


def test_a_median_between_minus_and_plus_infinity_is_undefined():
    assert np.isnan(confidence_interval(np.array([-np.inf] * 10 + [np.inf] * 10), censored=True).estimate)


def test_equal_values_have_an_interval_of_zero_width():
    assert confidence_interval(np.full(20, 2.0), censored=False) == (2, 2, 2)


def test_mean_intervals_cover_at_the_stated_level():
    _, ci_low, ci_high = confidence_interval(normal_samples(0.3, seed=1), censored=False)
    assert within(np.mean((ci_low < 0.3) & (ci_high > 0.3)), 0.95)


def test_mean_intervals_of_skewed_samples_cover_nearly_at_the_stated_level():
    numbers = np.random.default_rng(2).gamma(4.0, 1.0, (TRIALS, SEEDS))
    _, ci_low, ci_high = confidence_interval(numbers, censored=False)
    assert 0.92 < np.mean((ci_low < 4) & (ci_high > 4)) < 0.96


def test_median_intervals_cover_at_the_level_of_their_ranks_for_any_distribution():
    numbers = np.random.default_rng(3).standard_cauchy((TRIALS, SEEDS))
    _, ci_low, ci_high = confidence_interval(numbers, censored=True)
    exact = stats.binom.cdf(14, SEEDS, 0.5) - stats.binom.cdf(5, SEEDS, 0.5)
    assert within(np.mean((ci_low < 0) & (ci_high > 0)), exact)


@pytest.mark.parametrize("censored", [False, True])
def test_no_effect_is_positive_or_reversed_at_most_at_the_stated_level(censored):
    outcomes = classify(normal_samples(0, seed=4), 0.1, censored)
    assert at_most(np.mean(outcomes == "positive"), 0.025)
    assert at_most(np.mean(outcomes == "reversed"), 0.025)


@pytest.mark.parametrize("censored", [False, True])
def test_the_smallest_effect_is_negligible_at_most_at_the_stated_level(censored):
    assert at_most(np.mean(classify(normal_samples(0.8, seed=5), 0.8, censored) == "negligible"), 0.05)


def test_negligible_agrees_with_two_one_sided_t_tests():
    for numbers in normal_samples(0.2, seed=6)[:200]:
        above = stats.ttest_1samp(numbers, -0.6, alternative="greater").pvalue
        below = stats.ttest_1samp(numbers, 0.6, alternative="less").pvalue
        assert (max(above, below) < 0.05) == (classify(numbers, 0.6, censored=False) == "negligible")


def test_supported_is_wrong_at_most_at_the_stated_level_if_one_context_has_no_effect():
    strong = classify(normal_samples(3, seed=7), 1, False)
    none = classify(normal_samples(0, seed=8), 0.01, False)
    supported = [decide(pair, pair) == "supported" for pair in zip(strong, none, strict=True)]
    assert at_most(np.mean(supported), 0.05)


def test_depends_is_wrong_at_most_at_the_stated_level_if_every_context_has_the_effect():
    contexts = 8
    numbers = np.random.default_rng(9).normal(1, 1.0, (TRIALS * contexts, SEEDS))
    outcomes = classify(numbers, 1.0, False, alpha=0.05).reshape(TRIALS, contexts)
    bonferroni = classify(numbers, 1.0, False, alpha=0.05 / contexts).reshape(TRIALS, contexts)
    assert at_most(np.mean([decide(*pair) == "depends" for pair in zip(outcomes, bonferroni, strict=True)]), 0.05)


def test_low_power_is_inconclusive():
    outcomes = classify(np.random.default_rng(10).normal(0.5, 2.0, (TRIALS, 5)), 0.5, False)
    verdicts = [decide([outcome], [outcome]) for outcome in outcomes]
    assert np.mean(np.array(verdicts) == "inconclusive") > 0.85


def test_high_power_decides():
    assert set(classify(normal_samples(2, seed=11), 0.5, False)) == {"positive"}
    assert set(classify(normal_samples(0, seed=12) / 10, 0.5, False)) == {"negligible"}
    assert set(classify(normal_samples(-2, seed=13), 0.5, False)) == {"reversed"}


def test_positive_needs_the_smallest_effect():
    numbers = np.array([0.4, 0.6] * 10)
    assert classify(numbers, 0.5, False) == "positive"
    assert classify(numbers, 0.51, False) == "unclear"
    assert classify(numbers, 1.0, False) == "negligible"


def test_negligible_comes_before_reversed():
    assert classify(np.array([-0.1, -0.2] * 10), 1.0, False) == "negligible"


@pytest.mark.parametrize(
    ("outcomes", "bonferroni_outcomes", "verdict"),
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
def test_decide(outcomes, bonferroni_outcomes, verdict):
    assert decide(outcomes, bonferroni_outcomes) == verdict
