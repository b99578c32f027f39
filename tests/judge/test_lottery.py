"""The seed lottery: what fewer seeds would have concluded."""

from dataclasses import replace

import numpy as np
import pandas as pd
from support.examples import GOOD
from support.outcomes import classify
from support.simulated import simulated

from ontrial.judge import checks
from ontrial.judge.lottery import draw_lottery, draw_subsets
from ontrial.judge.measuring import MeasuredArm, Paired
from ontrial.judge.records import Draw

DOCKET = checks.parse(GOOD, "claims.yaml", simulated())
ACCURACY, TIME = (DOCKET.claims[id].estimand for id in ("small-is-better", "deep-is-slower"))


def lottery(numbers, other=None, estimand=ACCURACY):
    """Draw from a context whose arms have these numbers; those of the other arm make no difference by default."""
    if other is None:
        other = np.full(len(numbers), float(estimand.censored))
    columns = ({"number": np.asarray(values, float), "failed": False} for values in (numbers, other))
    arms = [MeasuredArm.of(pd.DataFrame({**each, "least": each["number"]})) for each in columns]
    return draw_lottery(Paired({}, estimand, arms))


def test_few_subsets_are_all_drawn_and_many_are_sampled():
    assert len(draw_subsets(20, 1)) == 20
    assert len({tuple(sorted(subset)) for subset in draw_subsets(12, 3)}) == 220
    many = draw_subsets(20, 10)
    assert many.shape == (1000, 10)
    assert all(len(set(subset)) == 10 for subset in many)


def test_subsets_are_drawn_as_often_as_chance_says():
    assert lottery([-1.0] + [1.0] * 19)[0] == Draw(seeds=1, other_sign=0.05, other_outcome=None)
    draws = lottery([2.0, 2.1] * 10)
    assert [draw.seeds for draw in draws] == [1, 3, 5, 10]
    assert all(draw.other_sign == 0 for draw in draws)
    assert draws[-1].other_outcome == 0
    for draws in (lottery([2.0, 2.1] * 10), lottery([8.0] * 20, estimand=TIME)):
        assert [draw.other_outcome for draw in draws] == [None, None, None, 0]


def test_deviations_are_from_the_median_of_each_subset():
    spread = replace(ACCURACY, metric="accuracy_deviation")
    of, minus = np.random.default_rng(0).normal(80, (8, 2), (20, 2)).T
    draws = lottery(of, minus, spread)
    assert draws[0] == Draw(seeds=1, other_sign=0, other_outcome=None)  # one seed does not deviate
    subsets = draw_subsets(20, 10)
    deviations = [np.abs(arm - np.median(arm, axis=1, keepdims=True)) for arm in (of[subsets], minus[subsets])]
    outcomes = classify(deviations[0] - deviations[1], spread.smallest_effect, censored=False)
    all_deviations = [np.abs(arm - np.median(arm)) for arm in (of, minus)]
    outcome = classify(all_deviations[0] - all_deviations[1], spread.smallest_effect, censored=False)
    assert 0 < draws[-1].other_outcome == (outcomes != outcome).mean()


def test_the_same_numbers_give_the_same_draws_of_fewer_seeds():
    numbers = np.random.default_rng(0).normal(0.3, 1, 20)
    assert lottery(numbers) == lottery(numbers)
    assert [draw.seeds for draw in lottery(np.arange(5.0))] == [1, 3]
