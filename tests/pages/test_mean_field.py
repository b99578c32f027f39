import numpy as np
import pytest

from ontrial.data import arrays
from ontrial.nn import ACTIVATIONS, Architecture, Data, Recipe, Samples, train
from ontrial_book.chapters.mean_field import critical_variance, deep_factor, gradient_norms, second_moment, variances


def relu(z):
    return np.maximum(z, 0)


def step(z):
    return (z > 0).astype(float)


def tanh_derivative(z):
    return 1 - np.tanh(z) ** 2


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative(z):
    return sigmoid(z) * (1 - sigmoid(z))


def test_relu_keeps_or_halves_variance_and_gradient_by_hand():
    assert second_moment(lambda z: z, 3.0) == pytest.approx(3.0)
    assert second_moment(relu, 3.0) == pytest.approx(1.5)
    assert variances(relu, [2.0] * 4) == pytest.approx([2, 2, 2, 2])
    assert gradient_norms(relu, step, [2.0] * 4) == pytest.approx([1, 1, 1, 1])
    assert variances(relu, [1.0] * 3) == pytest.approx([1, 1 / 2, 1 / 4])
    assert gradient_norms(relu, step, [1.0] * 3) == pytest.approx([1 / 2, 1 / np.sqrt(2), 1])


def test_factors_change_from_layer_to_layer():
    # tanh shrinks the signal, so the first layers shrink the gradient more than the last ones.
    norms = gradient_norms(np.tanh, tanh_derivative, [1.0] * 10)
    steps = norms[:-1] / norms[1:]
    assert np.all(np.diff(steps) > 0)
    assert steps[0] == pytest.approx(0.681, abs=0.001)  # √E[φ′(z)²] for z of variance 1


def test_the_sigmoid_loses_three_quarters_of_the_gradient_unless_weights_are_large():
    norms = gradient_norms(sigmoid, sigmoid_derivative, [1.0] * 10)
    assert (norms[:-1] / norms[1:]).mean() == pytest.approx(0.232, abs=0.01)
    factors = [deep_factor(sigmoid, sigmoid_derivative, sigma2) for sigma2 in (1, 16, 64)]
    assert factors == pytest.approx([0.236, 0.632, 0.892], abs=0.001)
    assert critical_variance(sigmoid, sigmoid_derivative) == pytest.approx(103.0, abs=0.1)  # by adaptive quadrature
    assert critical_variance(relu, step) == pytest.approx(2)  # He initialisation


def test_prediction_matches_wide_random_networks():
    rng = np.random.default_rng(0)
    width, depth, runs = 256, 6, 20
    X = rng.standard_normal((1, 50, width))
    Ws = [rng.standard_normal((runs, width, width)) / np.sqrt(width) for _ in range(depth)]
    zs, a = [], X
    for W in Ws:
        zs.append(a @ W)
        a = np.tanh(zs[-1])
    gradient = rng.standard_normal((runs, 50, width))
    norms = [np.sqrt((gradient**2).sum(-1).mean())]
    for W, z in zip(Ws[:0:-1], zs[-2::-1], strict=True):
        gradient = gradient @ W.swapaxes(1, 2) * tanh_derivative(z)
        norms.append(np.sqrt((gradient**2).sum(-1).mean()))
    measured = np.array(norms[::-1]) / norms[0]
    assert measured == pytest.approx(gradient_norms(np.tanh, tanh_derivative, [1.0] * depth), rel=0.03)


@pytest.mark.parametrize(
    ("activation", "initialisation", "sigma2"),
    [("sigmoid", "inverse_n", 1.0), ("tanh", "inverse_n", 1.0), ("relu", "inverse_n", 1.0), ("relu", "he", 2.0)],
)
def test_twenty_networks_of_width_256_agree_within_two_percent_per_layer(activation, initialisation, sigma2):
    seeds, depth = tuple(range(20)), 10
    samples = Samples(*(part[:, :100] for part in arrays("digits", seeds, "softmax").train))
    architecture = Architecture((64, *[256] * depth, 10), activation, "softmax", "cross_entropy", initialisation)
    recipe = Recipe(64, epochs=0, probes=("gradients",))
    history = train(architecture, recipe, Data(samples, samples, samples, seeds), [1.0] * len(seeds), seeds)
    first, last = (history.measures[f"gradient_norm_{layer}"].mean() for layer in (1, depth))
    entry = ACTIVATIONS[activation]
    predicted = gradient_norms(entry.function, entry.slope, [sigma2] * depth)
    layers = depth - 1
    assert (first / last) ** (1 / layers) == pytest.approx((predicted[0] / predicted[-1]) ** (1 / layers), rel=0.02)
