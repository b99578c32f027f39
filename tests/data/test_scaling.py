"""Scalings of the inputs, which are fitted to training samples alone."""

import numpy as np
import pytest
from support.simulated import STUDY, simulated

from ontrial import data
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
    among = data.arrays("letter", (1, 3), "softmax", np.float64, scaling=kind)
    assert among.train.X[1].tobytes() == arrays.train.X[0].tobytes()


def test_pixels_reach_from_0_to_1_and_scalings_have_folders_of_their_own():
    images = data.arrays("digits", (1,), "softmax", np.float64, scaling="minmax").train.X[0]
    assert (images.min(), images.max()) == (0, 1)
    assert set(np.unique(16 * images)) <= set(range(17))
    text = STUDY.replace("batch_size: [1, 4, 16, 64, 256, full]", "scaling: [none, standard], batch_size: [16]")
    unscaled, standard, *_ = simulated(text).cells.values()
    assert "/scaling-none/" in unscaled.path
    assert "scaling-" not in standard.path
    assert standard.arrays((1,)).train.X.tobytes() == data.arrays("digits", (1,), "softmax").train.X.tobytes()
