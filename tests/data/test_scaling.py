"""Scalings of the inputs, which are fitted to training samples alone."""

import numpy as np
import pytest
from support.simulated import simulated

from ontrial import data, nn
from ontrial.data import splits
from ontrial.data.splits import SCALINGS

X = np.array([[0, 10, 7], [4, 10, 7], [2, 40, 7]], np.uint8)
# What becomes of the three rows if features have units of their own, and if they share one
WORKED = {
    "none": ([[0, 10, 0], [4, 10, 0], [2, 40, 0]],) * 2,
    "centred": ([[-2, -10, 0], [2, -10, 0], [0, 20, 0]],) * 2,
    "standard": (
        np.array([[-(1.5**0.5), -(0.5**0.5), 0], [1.5**0.5, -(0.5**0.5), 0], [0, 2**0.5, 0]]),
        np.array([[-2, -10, 0], [2, -10, 0], [0, 20, 0]]) / (608 / 9) ** 0.5,  # of the squares 8, 600 and 0
    ),
    "minmax": ([[0, 0, 0], [1, 0, 0], [0.5, 1, 0]], np.array([[0, 0, 0], [4, 0, 0], [2, 30, 0]]) / 30),
}


def scaled(kind: str, *, one_unit: bool) -> np.ndarray:
    out = np.empty(X.shape)
    splits.apply_scaling(X, splits.fit_scaling(X, one_unit, kind=kind), out)
    return out


@pytest.mark.parametrize("kind", SCALINGS)
def test_worked_example(kind):
    own_units, one_unit = WORKED[kind]
    assert scaled(kind, one_unit=False) == pytest.approx(np.array(own_units))
    assert scaled(kind, one_unit=True) == pytest.approx(np.array(one_unit))


@pytest.mark.parametrize("kind", SCALINGS)
def test_missing_values_are_filled_before_scaling(kind):
    with_gap = np.array([[1.0], [3.0], [np.nan], [5.0]])
    scaling = splits.fit_scaling(with_gap, one_unit=False, categories=(), kind=kind)
    out = np.empty((4, 1))
    splits.apply_scaling(with_gap, scaling, out)
    assert out[2] == out[1]  # the median


@pytest.mark.parametrize("kind", SCALINGS)
def test_only_training_samples_decide(kind):
    parts = data.split("letter", 3)
    arrays = data.arrays("letter", (3,), "softmax", np.float64, scaling=kind)
    scaling = splits.fit_scaling(data.load("letter").X[parts.train], one_unit=False, kind=kind)
    assert arrays.test.X[0] == pytest.approx((data.load("letter").X[parts.test] - scaling.shift) * scaling.factor)


def test_pixels_reach_from_0_to_1_with_one_factor():
    images = data.arrays("digits", (1,), "softmax", np.float64, scaling="minmax").train.X[0]
    assert (images.min(), images.max()) == (0, 1)
    assert set(np.unique(16 * images)) <= set(range(17))


STUDY = """
study: scalings
experiments:
  scalings:
    purpose: Train on unscaled inputs, too.
    dataset: [xor]
    hidden: [[4]]
    activation: [tanh]
    initialisation: [own]
    objective: [sigmoid+cross_entropy]
    scaling: [none, standard]
    batch_size: [32]
    learning_rates: [0.125]
    seeds: {confirmatory: {from: 1, to: 3}}
    budget: {epochs: 1}
"""


def test_runs_have_the_same_bytes_alone_and_in_a_stack():
    unscaled, standard = simulated(STUDY).cells.values()
    assert "/scaling-none/" in unscaled.path
    assert "scaling-" not in standard.path
    stack = nn.train(unscaled.architecture, unscaled.recipe, unscaled.arrays((1, 2, 3)), [0.125] * 3, [1, 2, 3])
    for run, seed in enumerate((1, 2, 3)):
        alone = nn.train(unscaled.architecture, unscaled.recipe, unscaled.arrays((seed,)), [0.125], [seed])
        assert stack.measures["train_loss"][run].tobytes() == alone.measures["train_loss"][0].tobytes()
    assert standard.arrays((1,)).train.X.tobytes() == data.arrays("xor", (1,), "sigmoid").train.X.tobytes()
