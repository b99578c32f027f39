"""Claims by construction: which readings hold, and the examples that pages work by hand."""

import pytest

from ontrial.judge.identities import IDENTITIES

READINGS = {
    "neuron-weighted-sum": {"bias 0": True, "with a bias": True},
    "layers-own-weights": {"own weights": True, "five linear layers are one matrix": True},
    "activation-threshold": {"step": True, "relu": True, "sigmoid": False, "tanh": False},
    "sigmoid-range": {"float64": True, "float32": True},
    "sigmoid-two-classes": {"as a convention": True, "as a restriction": False},
    "softmax-sums-to-one": {"2 classes": True, "3 classes": True, "10 classes": True, "1000 classes": True},
    "vanishing-cause": {
        "the factors are the outputs": False,
        "the factors are derivatives times weights": True,
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


def test_every_identity_has_its_expectation_here():
    assert set(IDENTITIES) == set(READINGS) == set(EXAMPLES)


@pytest.mark.parametrize("name", IDENTITIES)
def test_readings_hold_or_fail_as_the_theory_says(name):
    assert IDENTITIES[name]().readings == READINGS[name]


@pytest.mark.parametrize("name", IDENTITIES)
def test_examples_are_what_a_person_works_out(name):
    example = IDENTITIES[name]().example
    assert {key: example[key] for key in EXAMPLES[name]} == pytest.approx(EXAMPLES[name], rel=1e-12)
