"""Schedules of the learning rate: factors by hand, and what they do to the rates of training."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontrial.nn import Architecture, Data, Recipe, Samples, train
from ontrial.nn.schedules import SCHEDULES, cosine

ROUNDING = 1e-12
every_schedule = pytest.mark.parametrize("schedule", SCHEDULES)

# Factors of eight updates, of which the first has t/T = 0 and the last 7/8. cos(π/4) = 0.7071068, cos(π/8) = 0.9238795.
WORKED_EXAMPLES = {
    "constant": [1, 1, 1, 1, 1, 1, 1, 1],
    "linear": [1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125],
    "cosine": [1, 0.9619398, 0.8535534, 0.6913417, 0.5, 0.3086583, 0.1464466, 0.0380602],
    "step": [1, 1, 1, 1, 0.1, 0.1, 0.01, 0.01],
}


@every_schedule
def test_factors_worked_example(schedule):
    recipe = Recipe(1, updates=8, schedule=schedule)
    assert [recipe.rate_factor(t / 8) for t in range(8)] == pytest.approx(WORKED_EXAMPLES[schedule], abs=1e-7)


def test_a_warm_up_comes_first_and_the_schedule_has_the_rest():
    recipe = Recipe(1, updates=10, schedule="linear", warmup=0.2)
    by_hand = [0, 1 / 2, 1, 7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8]
    assert [recipe.rate_factor(t / 10) for t in range(10)] == pytest.approx(by_hand)


@given(share=st.floats(0, 1))
def test_the_cosine_is_that_of_libraries(share):
    assert cosine(share) == pytest.approx((1 + math.cos(math.pi * share)) / 2, abs=1e-15)


@every_schedule
@given(warmup=st.floats(0, 0.99), shares=st.lists(st.floats(0, 1, exclude_max=True), min_size=2, max_size=2))
def test_factors_rise_in_the_warm_up_and_never_rise_after_it(schedule, warmup, shares):
    first, second = sorted(shares)
    recipe = Recipe(1, updates=1, schedule=schedule, warmup=warmup)
    before, after = (recipe.rate_factor(share) for share in (first, second))
    assert 0 <= after <= 1 + ROUNDING
    if second < warmup:
        assert before <= after + ROUNDING
    elif first >= warmup:
        assert after <= before + ROUNDING


# One weight w with the gradient −1 at every update: the loss is |w − 100|.
def weights_after(rates, recipe):
    none = Samples(np.ones((1, 0, 1)), np.ones((1, 0, 1)))
    data = Data(Samples(np.ones((1, 2, 1)), np.full((1, 2, 1), 100.0)), none, none, seeds=(1,))
    architecture = Architecture((1, 1), "relu", "identity", "mae", "he")
    weights = [(np.zeros((len(rates), 1, 1)), np.zeros((len(rates), 1)))]
    return train(architecture, recipe, data, rates, [1] * len(rates), weights=weights, dtype=np.float64).weights[0][0]


@every_schedule
@pytest.mark.parametrize("warmup", [0.0, 0.25])
def test_every_update_has_its_factor_of_each_rate_whenever_it_is_recorded(schedule, warmup):
    rates = [0.5, 0.125]
    for record in (1, 8):
        recipe = Recipe(1, updates=8, record=record, schedule=schedule, warmup=warmup)
        total = sum(recipe.rate_factor(t / 8) for t in range(8))
        assert weights_after(rates, recipe)[:, 0, 0] == pytest.approx([rate * total for rate in rates], rel=1e-12)


def test_a_schedule_spans_a_budget_in_epochs():
    recipe = Recipe(1, epochs=4, schedule="linear")  # of two samples
    assert weights_after([1.0], recipe).item() == pytest.approx(sum(1 - t / 8 for t in range(8)))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"schedule": "cosin"}, r'unknown schedule "cosin"\. Did you mean "cosine"\?'),
        ({"warmup": 1}, "warmup 1: must be at least 0 and below 1"),
        ({"warmup": -0.1}, "warmup -0.1: must be"),
        ({"warmup": "half"}, "warmup 'half': must be"),
    ],
)
def test_invalid_schedules_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Recipe(1, updates=8, **settings)
