"""What fewer seeds would have said."""

import numpy as np

from ontrial.judge.lottery import lottery, subsets


def test_few_subsets_are_all_drawn_and_many_are_sampled():
    assert len(subsets(20, 1)) == 20
    assert len({tuple(sorted(subset)) for subset in subsets(12, 3)}) == 220
    many = subsets(20, 10)
    assert many.shape == (1000, 10)
    assert all(len(set(subset)) == 10 for subset in many)


def test_one_seed_of_twenty_on_the_other_side_is_drawn_once_in_twenty():
    first, *_ = lottery(np.array([-1.0] + [1.0] * 19), 0.5, censored=False)
    assert first == {"seeds": 1, "other_sign": 0.05, "other_outcome": None}


def test_numbers_that_agree_leave_nothing_to_chance():
    found = lottery(np.array([2.0, 2.1] * 10), 0.5, censored=False)
    assert [row["seeds"] for row in found] == [1, 3, 5, 10]
    assert all(row["other_sign"] == 0 for row in found)
    assert [row["other_outcome"] for row in found] == [None, 0, 0, 0]


def test_three_and_five_seeds_can_never_bound_a_median_so_the_outcome_is_always_another():
    found = lottery(np.arange(1.0, 21.0), 0.5, censored=True)
    assert [row["other_outcome"] for row in found] == [None, 1, 1, 0]


def test_the_lottery_is_drawn_alike_each_time():
    numbers = np.random.default_rng(0).normal(0.3, 1, 20)
    assert lottery(numbers, 0.5, censored=False) == lottery(numbers, 0.5, censored=False)


def test_a_study_with_few_seeds_draws_fewer_still():
    assert [row["seeds"] for row in lottery(np.arange(5.0), 1, censored=False)] == [1, 3]
