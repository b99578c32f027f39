"""Samples: times with bounds, and shares of failed runs."""

import numpy as np
import pytest
from scipy import special, stats

from ontrial_judge.core import samples, sums
from ontrial_judge.core.samples import Failures, Mean, Numbers, Shift
from ontrial_judge.core.statistics import paired_shares_interval, share_interval


def times(values, lowest=None, highest=None):
    """Return a sample of log₂ ratios of times."""
    values = np.array(values, float)
    return Numbers(values, True, *(values if bound is None else np.array(bound, float) for bound in (lowest, highest)))


def test_numbers_are_exact_and_runs_that_never_arrive_prove_no_more_than_their_budget():
    never = times([np.inf] * 20, lowest=np.full(20, 0.9))  # the other arm took 1 / 2^0.9 of the budget
    assert never.interval(0.96) == (np.inf, 0.9, np.inf)
    assert samples.classify(never, 1.0, 0.04) == "undecided"
    assert samples.classify(never, 0.9, 0.04) == "positive"
    mirrored = times([-np.inf] * 20, highest=np.full(20, -0.9))
    assert samples.classify(mirrored, 0.9, 0.04) == "reversed"
    assert times(range(1, 21)).interval(0.95) == (10.5, 6, 15)


def test_the_interval_of_a_share_is_that_of_clopper_and_pearson():
    counted = np.arange(20) < np.arange(21)[:, None]  # 0 to 20 of 20
    share, low, high = share_interval(counted, 0.95)
    assert share == pytest.approx(np.arange(21) * 5.0)
    for count in range(21):
        expected = stats.binomtest(count, 20).proportion_ci(0.95, "exact")
        assert (low[count], high[count]) == pytest.approx((100 * expected.low, 100 * expected.high))


def test_the_interval_of_a_difference_of_shares_is_where_the_score_test_turns():
    of, other = np.zeros((2, 43), bool)
    of[:9], other[9:13] = True, True
    estimate, low, high = paired_shares_interval(of, other, 0.95)
    assert estimate == pytest.approx(100 * 5 / 43)
    z = special.ndtri(0.975)
    for end in (low / 100, high / 100):
        linear = (2 * 43 - 9 + 4) * end - 13
        q = (np.sqrt(linear**2 + 8 * 43 * 4 * end * (1 - end)) - linear) / (4 * 43)
        assert abs(5 - 43 * end) / np.sqrt(43 * (2 * q + end * (1 - end))) == pytest.approx(z, abs=1e-6)


@pytest.mark.parametrize(("n", "alpha"), [(20, 0.04), (80, 0.005)])
def test_shares_that_differ_by_ten_points_err_as_often_as_their_level_says(n, alpha):
    only_of, only_other = (axis.ravel() for axis in np.mgrid[: n + 1, : n + 1])
    possible = only_of + only_other <= n
    only_of, only_other = only_of[possible], only_other[possible]
    seed = np.arange(n)
    of = seed < only_of[:, None]
    other = (seed >= only_of[:, None]) & (seed < (only_of + only_other)[:, None])
    _, low, high = paired_shares_interval(of, other, 1 - alpha)
    for share in np.linspace(0, 0.45, 46):
        probabilities = stats.multinomial.pmf(
            np.stack([only_of, only_other, n - only_of - only_other], -1), n, [share + 0.1, share, 0.9 - 2 * share]
        )
        for errs in (low >= 10, high < 10):
            assert probabilities[errs].sum() <= 1.4 * alpha / 2


def test_a_share_may_be_compared_with_a_number():
    failed = np.arange(20) < 5
    estimate, low, high = Failures(failed, 10.0).interval(0.95)
    assert (estimate, low) == (15, pytest.approx(share_interval(failed, 0.95).ci_low - 10))
    assert Failures(10.0, failed).interval(0.95) == (-15, -high, -low)


@pytest.mark.parametrize("infinite", [0, 20, 200])  # all infinite ones together leave the estimate open
def test_an_estimate_is_found_once_for_intervals_of_all_levels(monkeypatch, infinite):
    random = np.random.default_rng(1)
    values, other = random.normal(size=400), random.normal(size=300)
    values[:infinite] = np.where(np.arange(infinite) % 2, np.inf, -np.inf)
    calls = []
    select = sums.select
    monkeypatch.setattr(sums, "select", lambda *arguments: calls.append(arguments) or select(*arguments))
    for make in (lambda: Numbers(values, False, values, values), lambda: Shift(values, other)):
        sample = make()
        first, second = sample.interval(0.95), sample.interval(0.9)
        np.testing.assert_equal(second, make().interval(0.9))
        np.testing.assert_equal(second.estimate, first.estimate)
        assert len(calls) == 2 * (6 if infinite else 4) + 2
        calls.clear()


@pytest.mark.parametrize("many", [200, 201, 1000])
def test_many_runs_of_one_arm_do_not_stand_in_for_few_of_the_other(many):
    numbers = np.random.default_rng(4).normal(size=many)
    low, high = Mean((numbers, numbers[:5]), alone=True).interval(0.95)[1:]
    assert (low, high) == (-np.inf, np.inf)
    skewed = np.exp(np.random.default_rng(5).normal(size=20))
    assert Mean((numbers, skewed), alone=True).interval(0.95).ci_low == -np.inf


@pytest.mark.parametrize("sign", [1, -1])
def test_a_mean_alone_has_no_end_where_fewer_runs_may_have_missed_those_far_off(sign):
    few, more = (special.ndtri((np.arange(n) + 0.5) / n) for n in (20, 40))  # neither is skewed
    assert np.isfinite(Mean((few, more), alone=True).interval(0.95)).all()
    more[:4] -= sign * 100  # of 20 such runs, all are near the rest in 12% of tables
    low, high = Mean((few, more), alone=True).interval(0.95)[1:]
    assert (np.isinf(low), np.isinf(high)) == ((True, False) if sign > 0 else (False, True))
    low, high = Mean((more, few), alone=True).interval(0.95)[1:]
    assert (np.isinf(low), np.isinf(high)) == ((False, True) if sign > 0 else (True, False))
    assert np.isfinite(Mean((more, more), alone=True).interval(0.95)).all()
    more[4:12] -= sign * 100  # of which 20 runs would have shown some
    assert np.isfinite(Mean((few, more), alone=True).interval(0.95)).all()
