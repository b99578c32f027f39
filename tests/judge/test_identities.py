"""Claims by construction: which readings hold, and the examples that pages work by hand."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from ontrial.judge import identities
from ontrial.judge.identities import IDENTITIES
from ontrial.nn import ACTIVATIONS, LOSSES
from ontrial.nn.activations import Activation
from ontrial.nn.outputs import softmax

READINGS = {
    "neuron-weighted-sum": {"bias 0": True, "with a bias": True},
    "layers-own-weights": {"own weights": True, "five linear layers are one matrix": True},
    "activation-threshold": {"step": True, "relu": True, "sigmoid": False, "tanh": False},
    "sigmoid-range": {"float64": True, "float32": True},
    "sigmoid-two-classes": {"as a convention": True, "as a restriction": False},
    "softmax-sums-to-one": {"2 classes": True, "3 classes": True, "10 classes": True, "1000 classes": True},
    "vanishing-cause": {
        "the factors are the outputs": False,
        "only a range of 0 to 1 vanishes": False,
        "a range of 0 to 1 always vanishes": False,
    },
    "relu-slope": {"slope 1 above 0": True, "value 0 below 0": True},
    "loss-is-difference": {"mse": True, "cross_entropy": True, "mae": True, "huber": True},
    "loss-when-testing": {"computed on test data": True, "for testing alone": False},
    "cross-entropy-true-answer": {"its value": True, "unlike mean squared error": True, "its gradient": False},
    "batch-definition": {"whole batches": True, "a partial last batch": True},
}

EXAMPLES = {
    "neuron-weighted-sum": {"z": 0.1, "a": 0.5249791874789399},  # 0.5 × 1 − 0.25 × 2 + 0.1
    "layers-own-weights": {"two_layers": 6, "one_layer": 6},
    "activation-threshold": {"relu_below": 0, "relu_above": 1, "step_below": 0, "sigmoid_below": 0.2689414213699951},
    "sigmoid-range": {"at_0": 0.5, "at_2": 0.8807970779778823, "at_minus_2": 0.11920292202211755},
    "sigmoid-two-classes": {"softmax": 0.8175744761936437, "sigmoid": 0.8175744761936437},
    "softmax-sums-to-one": {"p_1": 0.09003057317038046, "p_3": 0.6652409557748219, "sum": 1},
    "vanishing-cause": {"largest_derivative": 1 / 4, "ten_multiplied": 9.5367431640625e-07},
    "relu-slope": {"value_at_minus_2": 0, "value_at_3": 3, "slope_at_3": 1, "slope_at_0": 0},
    "loss-is-difference": {"mse": 0.07, "cross_entropy": 0.35667494393873245, "mae": 0.6},
    "loss-when-testing": {"loss": 0.5, "weight_after": 0.5},
    "cross-entropy-true-answer": {"gradient_1": -0.3, "gradient_2": 0.2, "gradient_3": 0.1, "mse_uneven": 0.0871},
    "batch-definition": {"updates_10_by_4": 3, "updates_10_by_5": 2},
}


def test_every_identity_is_tested_here():
    assert set(IDENTITIES) == set(READINGS) == set(EXAMPLES)


@pytest.mark.parametrize("name", IDENTITIES)
def test_readings_hold_or_fail_as_the_theory_says(name):
    assert IDENTITIES[name]().readings == READINGS[name]


@pytest.mark.parametrize("name", IDENTITIES)
def test_examples_agree_with_those_worked_by_hand(name):
    example = IDENTITIES[name]().example
    assert {key: example[key] for key in EXAMPLES[name]} == pytest.approx(EXAMPLES[name], rel=1e-12)


NEARLY = 1 + 1e-9  # a relative error far smaller than training would reveal


def readings_with(name: str, monkeypatch, **functions) -> dict[str, bool]:
    """Return the readings of an identity after functions or activations of its module are replaced."""
    for attribute, function in functions.items():
        original = getattr(identities, attribute)
        replacement = replace(original, function=function) if isinstance(original, Activation) else function
        monkeypatch.setattr(identities, attribute, replacement)
    return IDENTITIES[name]().readings


def negative(p):
    """Return numbers with the same sum as p, one of which is negative."""
    moved = p.copy()
    moved[..., 0] -= 2
    moved[..., 1] += 2
    return moved


@pytest.mark.parametrize("wrong", [lambda p: p * NEARLY, negative], ids=["sum", "sign"])
def test_probabilities_that_do_not_add_up_or_are_negative_are_noticed(monkeypatch, wrong):
    readings = readings_with("softmax-sums-to-one", monkeypatch, softmax=lambda z: wrong(softmax(z)))
    assert set(readings.values()) == {False}


def sigmoid_with(position: str, value: float):
    """Return a sigmoid with one wrong value: the first, the middle or the last."""

    def function(z):
        a = ACTIVATIONS["sigmoid"].function(z)
        a[{"first": 0, "middle": len(a) // 2, "last": -1}[position]] = value
        return a

    return function


@pytest.mark.parametrize(
    ("position", "value"),
    [("first", -1e-9), ("last", 1 + 1e-6), ("last", np.nan), ("first", np.nan), ("middle", 0.25), ("middle", 0.75)],
)
def test_a_sigmoid_out_of_its_range_or_falling_anywhere_is_noticed(monkeypatch, position, value):
    def wrong_sigmoid(z):  # leave the three values of the example as they are
        return sigmoid_with(position, value)(z) if len(z) > 3 else ACTIVATIONS["sigmoid"].function(z)

    assert readings_with("sigmoid-range", monkeypatch, sigmoid=wrong_sigmoid) == {"float64": False, "float32": False}


def test_a_softmax_that_is_not_the_sigmoid_of_the_difference_is_noticed(monkeypatch):
    readings = readings_with("sigmoid-two-classes", monkeypatch, softmax=lambda z: softmax(z) * NEARLY)
    assert readings == {"as a convention": False, "as a restriction": True}


def test_a_threshold_with_one_value_on_the_wrong_side_is_noticed(monkeypatch):
    def leaks(z):
        return np.where(z == z.min(), 1e-300, np.maximum(z, 0))

    def silent(z):
        return np.where(z == z.max(), 0, np.maximum(z, 0))

    for wrong in (leaks, silent):
        assert not readings_with("activation-threshold", monkeypatch, relu=wrong)["relu"]


def test_a_slope_that_is_nearly_one_or_a_value_below_zero_is_noticed(monkeypatch):
    steep = readings_with("relu-slope", monkeypatch, relu=lambda z: NEARLY * np.maximum(z, 0))
    assert steep == {"slope 1 above 0": False, "value 0 below 0": True}
    leaky = readings_with("relu-slope", monkeypatch, relu=lambda z: np.where(z == z.min(), 1e-9, np.maximum(z, 0)))
    assert not leaky["value 0 below 0"]
    monkeypatch.undo()
    wrong = replace(identities.relu, derivative=lambda z, a: NEARLY * (z > 0))
    monkeypatch.setattr(identities, "relu", wrong)
    assert not IDENTITIES["relu-slope"]().readings["slope 1 above 0"]


@pytest.mark.parametrize("index", [0, 1], ids=["z", "a"])
def test_a_neuron_that_sums_or_squashes_wrongly_is_noticed(monkeypatch, index):
    forward = identities._forward

    def wrong(*arguments):
        z_and_a = [list(arrays) for arrays in forward(*arguments)]
        z_and_a[index][-1] = z_and_a[index][-1] * NEARLY
        return z_and_a

    readings = readings_with("neuron-weighted-sum", monkeypatch, _forward=wrong)
    assert readings == {"bias 0": False, "with a bias": False}


def test_layers_that_share_weights_or_bend_are_noticed(monkeypatch):
    forward = identities._forward

    def shared(weights, *args, **kwargs):  # a change in the third layer reaches the first
        z, a = forward(weights, *args, **kwargs)
        return [z[0] + (weights[2][0].sum() if len(weights) > 2 else 0), *z[1:]], a

    def bent(weights, *args, **kwargs):
        z, a = forward(weights, *args, **kwargs)
        return [*z[:-1], z[-1] * NEARLY], a

    assert not readings_with("layers-own-weights", monkeypatch, _forward=shared)["own weights"]
    assert not readings_with("layers-own-weights", monkeypatch, _forward=bent)["five linear layers are one matrix"]


def test_a_loss_that_is_not_zero_at_the_truth_or_not_positive_elsewhere_is_noticed(monkeypatch):
    right = LOSSES["mse"].value

    def wrong_value(p, y, at_truth, value):
        losses = right(p, y)
        if len(losses) > 1 and at_truth == (not losses.any()):
            losses[0] = value
        return losses

    for at_truth, value in ((True, 1e-300), (False, 0.0), (False, -1.0)):
        wrong = replace(LOSSES["mse"], value=partial(wrong_value, at_truth=at_truth, value=value))
        readings = readings_with("loss-is-difference", monkeypatch, LOSSES={**LOSSES, "mse": wrong})
        assert readings == {"mse": False, "cross_entropy": True, "mae": True, "huber": True}


def test_a_cross_entropy_that_looks_at_other_classes_is_noticed(monkeypatch):
    wrong = replace(LOSSES["cross_entropy"], value=lambda p, y: LOSSES["cross_entropy"].value(p, y) + 1e-9 * p[0, :, 2])
    readings = readings_with("cross-entropy-true-answer", monkeypatch, LOSSES={**LOSSES, "cross_entropy": wrong})
    assert readings == {"its value": False, "unlike mean squared error": True, "its gradient": False}


def test_an_update_that_is_not_a_step_down_the_gradient_is_noticed(monkeypatch):
    train = identities._train

    def wrong(samples, weights, rate, *args, **kwargs):
        return train(samples, weights, rate * (1 + 1e-4), *args, **kwargs)

    readings = readings_with("loss-when-testing", monkeypatch, _train=wrong)
    assert readings == {"computed on test data": True, "for testing alone": True}


def test_the_tolerance_is_a_relative_1e_12_and_near_zero_an_absolute_1e_15():
    one, zero = np.ones(1), np.zeros(1)
    assert identities._close(one, one + 0.9e-12)
    assert not identities._close(one, one + 1.2e-12)
    assert identities._close(zero + 0.9e-15, zero)
    assert not identities._close(zero + 1.2e-15, zero)
