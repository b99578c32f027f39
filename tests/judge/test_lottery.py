"""The seed lottery: what fewer seeds would have concluded."""

import numpy as np

from ontrial.judge.lottery import draw_lottery, draw_subsets


def test_few_subsets_are_all_drawn_and_many_are_sampled():
    assert len(draw_subsets(20, 1)) == 20
    assert len({tuple(sorted(subset)) for subset in draw_subsets(12, 3)}) == 220
    many = draw_subsets(20, 10)
    assert many.shape == (1000, 10)
    assert all(len(set(subset)) == 10 for subset in many)


def test_one_seed_of_20_with_the_other_sign_is_drawn_once_in_20():
    draws = draw_lottery(np.array([-1.0] + [1.0] * 19), 0.5, censored=False)
    assert draws[0] == {"seeds": 1, "other_sign": 0.05, "other_outcome": None}


def test_if_all_seeds_agree_no_subset_concludes_otherwise():
    draws = draw_lottery(np.array([2.0, 2.1] * 10), 0.5, censored=False)
    assert [draw["seeds"] for draw in draws] == [1, 3, 5, 10]
    assert all(draw["other_sign"] == 0 for draw in draws)
    assert [draw["other_outcome"] for draw in draws] == [None, 0, 0, 0]


def test_three_and_five_seeds_cannot_bound_a_median_so_their_outcome_always_differs():
    draws = draw_lottery(np.arange(1.0, 21.0), 0.5, censored=True)
    assert [draw["other_outcome"] for draw in draws] == [None, 1, 1, 0]


def test_the_same_numbers_give_the_same_draws():
    numbers = np.random.default_rng(0).normal(0.3, 1, 20)
    assert draw_lottery(numbers, 0.5, censored=False) == draw_lottery(numbers, 0.5, censored=False)


def test_subsets_are_smaller_than_the_number_of_seeds():
    assert [draw["seeds"] for draw in draw_lottery(np.arange(5.0), 1, censored=False)] == [1, 3]
