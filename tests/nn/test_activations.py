import math
import warnings

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ontrial.nn import ACTIVATIONS, INITIALISATIONS
from ontrial.nn.activations import LARGE

every_activation = pytest.mark.parametrize("name", ACTIVATIONS)
finite = st.floats(-1e4, 1e4)


def value(name, z):
    return ACTIVATIONS[name].function(np.array([z], float))[0]


def slope(name, z):
    z = np.array([z], float)
    return ACTIVATIONS[name].derivative(z, ACTIVATIONS[name].function(z))[0]


@pytest.mark.parametrize(("name", "z", "a", "derivative"), [
    ("identity", -3, -3, 1), ("sigmoid", 0, 0.5, 0.25), ("sigmoid", math.log(3), 0.75, 0.1875), ("tanh", 0, 0, 1),
    ("tanh", math.log(2), 0.6, 0.64), ("relu", 3, 3, 1), ("relu", 0, 0, 0), ("relu", -3, 0, 0),
    ("leaky_relu", 3, 3, 1), ("leaky_relu", 0, 0, 0.01), ("leaky_relu", -3, -0.03, 0.01), ("elu", 3, 3, 1),
    ("elu", -math.log(2), -0.5, 0.5), ("gelu", 0, 0, 0.5), ("gelu", 1, 0.8413447460685429, 1.0833154705876864),
    ("gelu", -1, -0.15865525393145707, -0.08331547058768632), ("silu", 0, 0, 0.5),
    ("silu", math.log(3), 0.8239592165010822, 0.9559898041252705), ("softplus", 0, math.log(2), 0.5),
    ("softplus", math.log(3), math.log(4), 0.75),
])  # fmt: skip
def test_worked_example(name, z, a, derivative):
    assert value(name, z) == pytest.approx(a, rel=1e-15)
    assert slope(name, z) == pytest.approx(derivative, rel=1e-14)


@every_activation
@given(z=st.floats(-30, 30))
def test_derivative_matches_finite_differences(name, z):
    step = 1e-5
    values = [value(name, z + k * step) for k in (-2, -1, 0, 1, 2)]
    assume(np.ptp(np.diff(values, 2)) < 1e-12)  # skip kinks of the function and of its slope
    assert slope(name, z) == pytest.approx((values[3] - values[1]) / (2 * step), rel=1e-8, abs=1e-9)


@every_activation
def test_extreme_inputs_give_finite_values_without_a_warning_or_a_change_of_dtype(name):
    for dtype in (np.float32, np.float64):
        z = np.array([-1e4, -100, -1e-30, 0, 1e-30, 100, 1e4], dtype)
        with warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
            warnings.simplefilter("error")
            a = ACTIVATIONS[name].function(z)
            derivative = ACTIVATIONS[name].derivative(z, a)
        assert a.dtype == derivative.dtype == dtype
        assert np.isfinite([a, derivative]).all(), dtype


@pytest.mark.parametrize("name", ["identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus"])
@given(z=finite, larger=finite)
def test_activation_is_monotone(name, z, larger):
    z, larger = sorted((z, larger))
    assert value(name, z) <= value(name, larger)


def test_the_sigmoid_is_precise_far_below_zero_and_default_initialisations_exist():
    assert value("sigmoid", -600) == pytest.approx(math.exp(-600), rel=1e-14)
    assert {activation.initialisation for activation in ACTIVATIONS.values()} <= set(INITIALISATIONS)


def test_gelu_in_float32_matches_float64_within_rounding():
    z = np.linspace(-12, 12, 100_001)
    gelu = ACTIVATIONS["gelu"]
    error = gelu.function(z.astype(np.float32)) - gelu.function(z.astype(np.float32).astype(float))
    assert np.abs(error).max() < 4e-7
    assert np.abs(error[z < -4]).max() < 1e-9  # where GELU is small, so is its error


def test_relu_is_the_same_for_large_and_small_arrays():
    z = np.random.default_rng(0).standard_normal(LARGE).astype(np.float32)
    z[:3] = np.nan, np.inf, -np.inf
    relu = ACTIVATIONS["relu"].function
    assert np.array_equal(relu(z), np.concatenate([relu(z[:7]), relu(z[7:])]), equal_nan=True)
