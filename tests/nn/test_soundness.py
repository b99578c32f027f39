"""Checks of parts of networks: those of the package pass, and each mistake is found where it is."""

import re
from itertools import count

import numpy as np
import pytest

from ontrial.nn import ACTIVATIONS, INITIALISATIONS, LOSSES, OPTIMISERS, Activation, Loss, Optimiser, soundness
from ontrial.nn.activations import relu, relu_derivative, sigmoid, silu, silu_derivative, tanh, tanh_derivative
from ontrial.nn.losses import batch_mean, cross_entropy, cross_entropy_gradient, mse, mse_gradient
from ontrial.nn.schedules import SCHEDULES

NUMBERS = count()
CHECKS = (
    (ACTIVATIONS, soundness.activation_problems),
    (LOSSES, soundness.loss_problems),
    (OPTIMISERS, soundness.optimiser_problems),
    (INITIALISATIONS, soundness.initialisation_problems),
    (SCHEDULES, soundness.schedule_problems),
)


@pytest.mark.parametrize(("check", "entry"), [(check, entry) for names, check in CHECKS for entry in names.values()])
def test_parts_of_the_package_are_sound(check, entry):
    assert [*check(entry)] == []


def changed(z, out=None):
    np.maximum(z, 0, out=z)
    return np.positive(z, out=out)


def without_out(z, out=None):
    return np.maximum(z, 0)


def overflowing(z, out=None):
    return np.log(1 + np.exp(z), out=out)


def of_the_batch(z, out=None):
    return np.tanh(z - z.mean(axis=1, keepdims=True), out=out)


def cancelling(z, out=None):
    return np.add(np.tanh(z) + 1e4, -1e4, out=out)


def unknown_between(z, out=None):
    return np.positive(np.where((z > 13) & (z < 90), np.nan, z).astype(z.dtype), out=out)


def by_chance(z, out=None):
    return np.multiply(z, np.random.default_rng().random() if z.size > 100 else 1, out=out)


def constant(z, a, out=None):
    out = np.empty_like(z) if out is None else out
    out.fill(1)
    return out


def overwriting(z, a, out=None):
    out = np.zeros_like(z) if out is None else out
    out.fill(0)  # before z is read
    return np.greater(z, 0, out=out, casting="unsafe")


def slightly_wrong(z, a, out=None):
    return np.multiply(tanh_derivative(z, a), np.where(z > 2, 1.001, 1).astype(z.dtype), out=out)


@pytest.mark.parametrize(("function", "derivative", "where", "sentence"), [
    (changed, relu_derivative, "function", "changes its argument z"),
    (without_out, relu_derivative, "function", "does not fill and return its parameter out"),
    (lambda z: np.float64(2) * z, constant, "function", "returns float64 of shape .* NumPy's numbers"),
    (lambda z: z[0], constant, "function", r"returns float32 of shape \(3, 5\) for z in "),
    (lambda z: 1.0, constant, "function", "returns float for z"),
    (relu, overwriting, "derivative", "does not fill and return its parameter out if that is z"),
    (overflowing, lambda z, a, out=None: sigmoid(z, out), "function", "is inf at z = 100 in float32"),
    (tanh, constant, "derivative", "is 1 at z = .*, where the slope of the function is "),
    (lambda z, out=None: np.minimum(z, 20, out=out), constant, "derivative", "is 1 at z = 2"),
    (unknown_between, constant, "function", "is nan at z = 1"),
    (lambda z: z * np.float32(np.random.default_rng().random()), constant, "function", "returns other numbers"),
    (tanh, slightly_wrong, "derivative", "is .* at z = 2[.]"),
    (silu, lambda z, a, out=None: np.add(silu_derivative(z, a), 1e-4, out=out), "derivative", "is .* at z = "),
    (cancelling, tanh_derivative, "function", "is .* in float32 at z = "),
    (of_the_batch, constant, "function", "gives other bytes in a stack of networks than for each one alone"),
    (by_chance, constant, "function", "gives other bytes in a stack"),
    (relu, lambda z, a, out=None: relu_derivative(z - z.mean(), a, out), "derivative", "gives other bytes in a "),
])  # fmt: skip
def test_mistakes_are_found(function, derivative, where, sentence):
    problems = [*soundness.activation_problems(Activation(function, derivative, "he"))]
    assert [problem.function for problem in problems] == [where]
    assert re.match(f".*{sentence}", problems[0].sentence), problems


def returning(theta, g, eta, mu, t):
    return theta - eta * g


def rebinding(theta, g, eta, mu, t):
    theta = theta - eta * g


def changing_rates(theta, g, eta, mu, t):
    eta *= 0.5
    theta -= eta * g


def of_the_stack(theta, g, eta, mu, t):
    theta -= eta * g / np.abs(g).max()


def dividing(theta, g, eta, mu, t, v):
    v += g * g
    theta -= eta * g / np.sqrt(v)


def uphill(theta, g, eta, mu, t):
    theta += eta * g


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (returning, "returns a value. A rule changes theta in place"),
        (rebinding, "does not change theta."),
        (changing_rates, "changes eta, which later updates need."),
        (of_the_stack, "gives other bytes in a stack of networks than for each one alone."),
        (dividing, "makes theta nan in update 1 with gradients of ±0."),
        (uphill, "does not go down"),
    ],
)
def test_mistakes_of_rules_are_found(rule, sentence):
    (problem,) = soundness.optimiser_problems(Optimiser(rule, state_arrays=rule.__code__.co_argcount - 5))
    assert problem.sentence.startswith(sentence)


def of_other_samples(prediction, target):
    return mse(prediction - prediction.mean(axis=1, keepdims=True), target)


def logarithm(prediction, target):
    return batch_mean(-target * np.log(prediction))


def smooth(prediction, target):
    return batch_mean(np.log(np.cosh(prediction - target)))


def smooth_gradient(prediction, target, out=None):
    return np.divide(np.tanh(prediction - target), prediction.shape[1], out=out)


@pytest.mark.parametrize(
    ("loss", "function", "sentence"),
    [
        (Loss(mse, smooth_gradient), "gradient", r"is .* for output 0 at prediction = \[.*\] and target = \["),
        (Loss(of_other_samples, mse_gradient), "value", "depends on the other samples of the batch"),
        (Loss(smooth, smooth_gradient), "value", "is inf at prediction = 100 and target = 0 in float32"),
        (Loss(logarithm, cross_entropy_gradient, of_numbers=False), "value", "is nan at prediction = 0 and target = 0"),
        (Loss(cross_entropy, mse_gradient, of_numbers=False), "gradient", "is .* where the slope of the loss is"),
        (Loss(mse, lambda p, y, out=None: (p - y)[0]), "gradient", "returns float32 of shape"),
    ],
)
def test_mistakes_of_losses_are_found(loss, function, sentence):
    (problem,) = soundness.loss_problems(loss)
    assert problem.function == function
    assert re.match(sentence, problem.sentence), problem.sentence


@pytest.mark.parametrize(
    ("check", "call", "sentence"),
    [
        (
            soundness.schedule_problems,
            lambda share: 0.75 - share,
            "is -0.015625 at share = 0.765625. It must be a finite",
        ),
        (soundness.schedule_problems, lambda share: 1 / share if share else np.inf, "is inf at share = 0."),
        (soundness.schedule_problems, lambda share: next(NUMBERS), "is 0 and then 1 at share = 0."),
        (soundness.initialisation_problems, lambda n_in, n_out: n_in - 1, "is 0 at n_in = 1, n_out = 1. It must be"),
        (soundness.initialisation_problems, lambda n_in, n_out: np.log(n_out), "is 0 at n_in = 1, n_out = 1."),
    ],
)
def test_wrong_numbers_are_found_at_their_place(check, call, sentence):
    (problem,) = check(call)
    assert problem.sentence.startswith(sentence)
