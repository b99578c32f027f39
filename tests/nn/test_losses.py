import math
import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ontrial.nn import LEGAL, OUTPUTS, objective
from ontrial.nn.losses import binary_cross_entropy, cross_entropy, huber, mae, mse
from ontrial.nn.objectives import FUSED
from ontrial.nn.outputs import classes, softmax

PAIRS = [(output, loss) for output, losses in LEGAL.items() for loss in losses]
every_pair = pytest.mark.parametrize(("output", "loss"), PAIRS)
logits = arrays(float, (2, 3, 4), elements=st.floats(-50, 50))


def batch(*rows):
    return np.array([rows], float)


def targets(random, shape):
    """Return soft targets, legal for every output: rows of positive numbers that sum to one."""
    y = random.random(shape)
    return y / y.sum(axis=2, keepdims=True)


def test_legal_pairs_and_losses_by_hand():
    assert LEGAL == {
        "softmax": ("mse", "cross_entropy", "mae", "huber"),
        "sigmoid": ("mse", "cross_entropy", "mae", "huber"),
        "identity": ("mse", "mae", "huber"),
    }
    # ½ (1² + 2²) = 2.5 and ½ (0² + 3²) = 4.5
    assert mse(batch([1, 2], [0, 3]), batch([0, 0], [0, 0])) == pytest.approx([3.5])
    assert mae(batch([1, -2], [0, 3]), batch([0, 0], [0, 0])) == pytest.approx([3.0])
    # ½ · 0.5² = 0.125 and 3 − ½ = 2.5
    assert huber(batch([0.5, -3]), batch([0, 0])) == pytest.approx([2.625])
    assert cross_entropy(batch([0.5, 0.5]), batch([1, 0])) == pytest.approx([0.6931471805599453])
    # −log ½ − log ¾
    assert binary_cross_entropy(batch([0.5, 0.25]), batch([1, 0])) == pytest.approx([0.9808292530117262])


@every_pair
def test_loss_of_a_perfect_prediction_is_zero(output, loss):
    y = batch([1, 0, 0], [0, 0, 1])
    assert objective(output, loss).loss.value(y, y) == pytest.approx([0])


@every_pair
@given(z=logits, seed=st.integers(0, 99))
def test_loss_is_not_negative(output, loss, z, seed):
    pair = objective(output, loss)
    value = pair.loss.value(pair.output.function(z), targets(np.random.default_rng(seed), z.shape))
    assert (value >= 0).all()


@every_pair
def test_objective_gradient_matches_finite_differences_in_z(output, loss):
    random = np.random.default_rng(0)
    y, z = targets(random, (1, 3, 4)), random.normal(size=(1, 3, 4))
    pair = objective(output, loss)
    step = 1e-6 * np.eye(z.size).reshape(z.size, *z.shape[1:])  # each element is shifted in a run of its own
    above, below = (pair.loss.value(pair.output.function(shifted), y) for shifted in (z + step, z - step))
    gradient = pair.gradient(pair.output.function(z), y)
    assert gradient.ravel() == pytest.approx((above - below) / 2e-6, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(("output", "loss"), FUSED)
@given(z=arrays(float, (2, 3, 4), elements=st.floats(-10, 10)), seed=st.integers(0, 99))
def test_fused_objective_equals_output_followed_by_loss(output, loss, z, seed):
    pair, y = objective(output, loss), targets(np.random.default_rng(seed), z.shape)
    prediction = pair.output.function(z)
    steps = replace(pair, fused=None)
    assert pair.gradient(prediction, y) == pytest.approx(steps.gradient(prediction, y), rel=1e-9, abs=1e-12)
    assert pair.value(z, prediction, y) == pytest.approx(steps.value(z, prediction, y), rel=1e-9, abs=1e-12)


@every_pair
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_logits_give_finite_losses_and_gradients_without_a_warning(output, loss, dtype):
    z = np.array([[[1e4, -1e4, 0], [-1e4, 1e4, 1e4], [1e4, 1e4, 1e4], [-1e4, -1e4, -1e4]]], dtype)
    y = np.array([[[0, 1, 0], [1, 0, 0], [0, 0, 1], [1, 0, 0]]], dtype)
    for pair in {objective(output, loss), replace(objective(output, loss), fused=None)}:
        with warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
            warnings.simplefilter("error")
            prediction = pair.output.function(z)
            value, gradient = pair.value(z, prediction, y), pair.gradient(prediction, y)
        assert prediction.dtype == value.dtype == gradient.dtype == dtype
        for numbers in (prediction, value, gradient):
            assert np.isfinite(numbers).all(), pair


@pytest.mark.parametrize("name", OUTPUTS)
def test_output_fills_out(name):
    z, out = np.random.default_rng(0).normal(size=(2, 3, 4)), np.empty((2, 3, 4))
    assert OUTPUTS[name].function(z, out=out) is out
    assert (out == OUTPUTS[name].function(z)).all()


@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
def test_fused_loss_is_exact_where_the_probability_rounds_to_zero_or_one(output):
    z, y = batch([1e4, -1e4]).astype(np.float32), batch([0, 1]).astype(np.float32)
    pair = objective(output, "cross_entropy")
    assert pair.value(z, pair.output.function(z), y) == pytest.approx([2e4])


def test_softmax_worked_example():
    assert softmax(batch([0, math.log(2), math.log(5)])).ravel() == pytest.approx([0.125, 0.25, 0.625])


@given(z=logits, shift=st.floats(-1e3, 1e3))
def test_softmax_is_invariant_to_a_shift(z, shift):
    assert softmax(z + shift) == pytest.approx(softmax(z), rel=1e-9, abs=1e-12)


def test_classes_by_hand_and_unknown_or_illegal_pairs():
    assert classes(np.array([[[0.2, 0.7, 0.1]]])).tolist() == [[1]]  # one sample of one run
    assert classes(np.array([[[0.2], [0.7], [0.5]]])).tolist() == [[0, 1, 0]]
    with pytest.raises(ValueError, match=r'unknown output "softmx"\. Did you mean "softmax"'):
        objective("softmx", "mse")
    with pytest.raises(ValueError, match=r'unknown loss "l2"\. .*Known: cross_entropy, huber, mae, mse'):
        objective("softmax", "l2")
    with pytest.raises(ValueError, match=r'can.t follow output "identity"\. Losses that can: mse, mae, huber\.'):
        objective("identity", "cross_entropy")
