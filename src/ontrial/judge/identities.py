"""Claims by construction: identities that the engine, which trains the networks, is checked against.

Everything is computed in float64 and must agree to a relative 1e-12, unless an identity says otherwise. Each identity
comes with an example that can be worked by hand.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ontrial.nn import ACTIVATIONS, LOSSES, OUTPUTS, Architecture, Data, Network, Recipe, Samples, objective, train
from ontrial.nn.network import Buffers, Weights
from ontrial.nn.training import History
from ontrial.study.components import of_package

RTOL = 1e-12
ATOL = 1e-15
SEED = 1
FAR = 1e4  # largest |z| and logit in the examples

relu, sigmoid, tanh = (ACTIVATIONS[name] for name in ("relu", "sigmoid", "tanh"))
softmax = OUTPUTS["softmax"].function


@dataclass(frozen=True)
class Identity:
    """The result of a check.

    readings: Whether each way to read the claim holds.
    example: Numbers of a case worked by hand.
    """

    readings: dict[str, bool]
    example: dict[str, float]


IDENTITIES: dict[str, Callable[[], Identity]] = {}


def _register(function: Callable[[], Identity]) -> Callable[[], Identity]:
    """Add a function to IDENTITIES under its name, with hyphens."""
    IDENTITIES[function.__name__.replace("_", "-")] = function
    return function


@_register
def neuron_weighted_sum() -> Identity:
    """Check that a neuron's output is f(Σ wᵢxᵢ + b).

    The example: x = (1, 2), w = (0.5, −0.25), b = 0.1 and a sigmoid.
    """
    x, w = np.random.default_rng(SEED).normal(size=(2, 1, 1, 8))
    readings = {}
    for reading, bias in (("bias 0", 0.0), ("with a bias", 0.7)):
        z, a = _forward([_layer(w.reshape(8, 1), bias)], x, "sigmoid")
        by_hand = math.fsum([*(x * w).ravel(), bias])
        readings[reading] = _close(z[0], by_hand) and _close(a[-1], 1 / (1 + math.exp(-by_hand)))
    z, a = _forward([_layer([[0.5], [-0.25]], 0.1)], np.array([[[1.0, 2.0]]]), "sigmoid")
    return Identity(readings, {"z": z[0].item(), "a": a[-1].item()})


@_register
def layers_own_weights() -> Identity:
    """Check that each layer has its own weights, and that five layers without an activation are one matrix.

    The example: two layers of one weight each, 2 and 3, map 1 to 6, and so does the one weight 6.
    """
    random = np.random.default_rng(SEED)
    widths = (4, 5, 5, 5, 5, 3)
    weights = [
        (random.normal(size=(1, n_in, n_out)), random.normal(size=(1, n_out)))
        for n_in, n_out in itertools.pairwise(widths)
    ]
    x = random.normal(size=(1, 7, 4))
    z, _ = _forward(weights, x, "identity", activation="tanh")
    W, b = weights[2]
    z_changed, _ = _forward([*weights[:2], (W + 1, b), *weights[3:]], x, "identity", activation="tanh")
    unchanged = [np.array_equal(before, after) for before, after in zip(z, z_changed, strict=True)]

    linear, _ = _forward(weights, x, "identity", activation="identity")
    matrix, bias = np.eye(4), np.zeros(4)
    for W, b in weights:
        matrix, bias = matrix @ W[0], bias @ W[0] + b[0]
    deep, _ = _forward([_layer(2.0), _layer(3.0)], np.ones((1, 1, 1)), "identity", activation="identity")
    return Identity(
        {
            "own weights": unchanged == [True, True, False, False, False],
            "five linear layers are one matrix": _close(linear[-1][0], x[0] @ matrix + bias),
        },
        {"two_layers": deep[-1].item(), "one_layer": 2.0 * 3.0},
    )


@_register
def activation_threshold() -> Identity:
    """Check which activations have a threshold, with the value 0 below it and other values above.

    The example: outputs at z = −1 and z = 1.
    """
    above = np.linspace(0.1, 10, 100)
    functions = {"step": lambda z: np.heaviside(z, 0.0), "relu": relu.function}
    functions |= {"sigmoid": sigmoid.function, "tanh": tanh.function}
    readings, example = {}, {}
    for name, f in functions.items():
        readings[name] = bool((f(-above) == 0).all() and (f(above) != 0).all())
        example[f"{name}_below"], example[f"{name}_above"] = f(np.array([-1.0, 1.0])).tolist()
    return Identity(readings, example)


@_register
def sigmoid_range() -> Identity:
    """Check that the sigmoid is finite, in [0, 1] and never falls, for z in ±10,000 and in both precisions.

    The example: its values at −2, 0 and 2.
    """

    def holds(z: np.ndarray) -> bool:
        a = sigmoid.function(z)
        return bool(np.isfinite(a).all() and (a >= 0).all() and (a <= 1).all() and (np.diff(a) >= 0).all())

    readings = {
        dtype: all(holds(np.linspace(-end, end, 200_001, dtype=dtype)) for end in (FAR, 40))
        for dtype in ("float64", "float32")
    }
    low, middle, high = sigmoid.function(np.array([-2.0, 0.0, 2.0])).tolist()
    return Identity(readings, {"at_minus_2": low, "at_0": middle, "at_2": high})


@_register
def sigmoid_two_classes() -> Identity:
    """Check that softmax of two logits is the sigmoid of their difference, so that the choice is a convention.

    As a restriction, the claim says that softmax can't serve two classes. The example: logits 2 and 0.5.
    """
    logits = np.random.default_rng(SEED).normal(scale=5, size=(1, 1000, 2))
    first = softmax(logits)[:, :, 0]
    equal = _close(first, sigmoid.function(logits[:, :, 0] - logits[:, :, 1]))
    example = np.array([[[2.0, 0.5]]])
    return Identity(
        {"as a convention": equal, "as a restriction": not equal},
        {"softmax": softmax(example)[0, 0, 0].item(), "sigmoid": sigmoid.function(np.array([1.5])).item()},
    )


@_register
def softmax_sums_to_one() -> Identity:
    """Check that softmax gives probabilities that add up to 1, for logits in ±10,000.

    The example: logits 1, 2 and 3.
    """
    random = np.random.default_rng(SEED)

    def holds(logits: np.ndarray) -> bool:
        p = softmax(logits)
        return bool((p >= 0).all()) and _close(p.sum(axis=2), np.ones((1, 200)))

    readings = {}
    for classes in (2, 3, 10, 1000):
        far = random.uniform(-FAR, FAR, (1, 200, classes))
        near = random.normal(size=(1, 200, classes))
        readings[f"{classes} classes"] = holds(far) and holds(near)
    p = softmax(np.array([[[1.0, 2.0, 3.0]]])).ravel()
    return Identity(readings, {"p_1": p[0].item(), "p_2": p[1].item(), "p_3": p[2].item(), "sum": p.sum().item()})


@_register
def vanishing_cause() -> Identity:
    """Check that backpropagation multiplies derivatives and weights, not outputs.

    So a range of 0 to 1 is neither necessary nor sufficient for vanishing gradients. Gradients vanish if the norm of
    delta at the first of ten hidden layers is less than a tenth of that at the last. The example: the largest
    derivative of the sigmoid, and its tenth power.
    """
    random = np.random.default_rng(SEED)
    width, depth = 128, 10
    noise = [random.normal(size=(1, width, width)) / width**0.5 for _ in range(depth)]
    x = random.normal(size=(1, 32, width))

    def backward(activation: str, mean: float = 0.0, scale: float = 1.0) -> tuple[list, list, list]:
        """Return z, a (the inputs first) and delta = dL/dz of each layer, for weights of this mean and scale."""
        weights = [*(_layer(mean / width + scale * W) for W in noise), _layer(noise[0])]
        network, buffers = _forward_pass(weights, x, "identity", activation)
        z = [array.copy() for array in buffers.z]
        a = [array.copy() for array in (buffers.inputs, *buffers.a)]
        deltas = {layer: delta.copy() for layer, delta in network.deltas(buffers)}
        return z, a, [deltas[layer] for layer in range(depth)]

    def vanishes(deltas: list) -> bool:
        return bool(np.linalg.norm(deltas[0]) < 0.1 * np.linalg.norm(deltas[-1]))

    _, a, deltas = backward("sigmoid")
    from_above = deltas[1] @ noise[1].transpose(0, 2, 1)
    _, _, tanh_deltas = backward("tanh", scale=0.5)
    _, _, sigmoid_deltas = backward("sigmoid", mean=-8.0)
    largest = sigmoid.derivative(np.zeros(1), np.full(1, 0.5)).item()
    return Identity(
        {
            "the factors are the outputs": _close(from_above * a[1], deltas[0]),
            "only a range of 0 to 1 vanishes": not vanishes(tanh_deltas),
            "a range of 0 to 1 always vanishes": vanishes(sigmoid_deltas),
        },
        {"largest_derivative": largest, "ten_multiplied": largest**10},
    )


@_register
def relu_slope() -> Identity:
    """Check that ReLU has slope 1 above 0 and value 0 below.

    The example: values and slopes at −2, 0 and 3. The slope at 0 is the engine's choice.
    """
    z = np.linspace(0.5, 100, 200)
    step = 2.0**-10
    difference_quotient = (relu.function(z + step) - relu.function(z)) / step
    slope_is_one = _close(difference_quotient, np.ones_like(z)) and _close(relu.derivative(z, z), np.ones_like(z))
    example = {}
    for name, point in (("minus_2", -2.0), ("0", 0.0), ("3", 3.0)):
        value = relu.function(np.array([point]))
        example[f"value_at_{name}"] = value.item()
        example[f"slope_at_{name}"] = relu.derivative(np.array([point]), value).item()
    return Identity({"slope 1 above 0": slope_is_one, "value 0 below 0": not relu.function(-z).any()}, example)


@_register
def loss_is_difference() -> Identity:
    """Check that each loss is 0 where the prediction is the truth, and positive elsewhere.

    The example: truth (1, 0, 0), prediction (0.7, 0.2, 0.1).
    """
    random = np.random.default_rng(SEED)
    truth = np.eye(3)[random.integers(3, size=500)][:, None]  # (runs, batch of 1, classes): one loss per sample
    wrong = softmax(random.normal(size=(500, 1, 3)))
    readings = {
        name: bool((loss.value(truth, truth) == 0).all() and (loss.value(wrong, truth) > 0).all())
        for name, loss in of_package(LOSSES).items()
    }
    p, y = np.array([[[0.7, 0.2, 0.1]]]), np.array([[[1.0, 0.0, 0.0]]])
    return Identity(readings, {name: loss.value(p, y).item() for name, loss in of_package(LOSSES).items()})


@_register
def loss_when_testing() -> Identity:
    """Check that the loss can be computed on test data, and that an update is a step down its gradient.

    The gradient is checked against central differences, to a relative 1e-6. The example: one weight of 0, input 1,
    truth 1, mean squared error and a rate of 0.5. The loss is ½, its gradient −1, and the weight after one update 0.5.
    """
    random = np.random.default_rng(SEED)
    samples = Samples(random.normal(size=(1, 6, 4)), np.eye(3)[random.integers(3, size=(1, 6))])
    W, b = random.normal(size=(1, 4, 3)), np.zeros((1, 3))

    def loss(W: np.ndarray) -> float:
        return LOSSES["cross_entropy"].value(softmax(samples.X @ W), samples.y).item()

    step = 1e-5
    gradient = np.empty_like(W)
    for index in np.ndindex(W.shape):
        change = np.zeros_like(W)
        change[index] = step
        gradient[index] = (loss(W + change) - loss(W - change)) / (2 * step)

    history = _train(samples, [(W, b)], rate=0.5)
    (W_after, _), *_ = history.weights
    trains = np.allclose(W_after - W, -0.5 * gradient, rtol=1e-6, atol=1e-9)

    one = Samples(np.ones((1, 1, 1)), np.ones((1, 1, 1)))
    example = _train(one, [_layer(0.0)], rate=0.5, output="identity", loss="mse")
    return Identity(
        {
            "computed on test data": _close(history.measures["test_loss"][0, 0], loss(W)),
            "for testing alone": not trains,
        },
        {"loss": example.measures["test_loss"][0, 0].item(), "weight_after": example.weights[0][0].item()},
    )


@_register
def cross_entropy_true_answer() -> Identity:
    """Check that cross-entropy depends on the probability of the true class alone, unlike mean squared error.

    That holds for its value, but not for its gradient with respect to the logits.

    The example: truth (1, 0, 0), predictions (0.7, 0.2, 0.1) and (0.7, 0.29, 0.01), and p − y of the first.
    """
    cross_entropy, mse = LOSSES["cross_entropy"].value, LOSSES["mse"].value
    truth = np.array([[[1.0, 0.0, 0.0]]])
    even, uneven = np.array([[[0.7, 0.2, 0.1]]]), np.array([[[0.7, 0.29, 0.01]]])
    gradient = objective("softmax", "cross_entropy").gradient(even.copy(), truth).ravel()
    return Identity(
        {
            "its value": _close(cross_entropy(even, truth), cross_entropy(uneven, truth)),
            "unlike mean squared error": not _close(mse(even, truth), mse(uneven, truth)),
            "its gradient": bool((gradient[1:] == 0).all()),
        },
        {
            "cross_entropy_even": cross_entropy(even, truth).item(),
            "cross_entropy_uneven": cross_entropy(uneven, truth).item(),
            "mse_even": mse(even, truth).item(),
            "mse_uneven": mse(uneven, truth).item(),
            **{f"gradient_{k}": slope for k, slope in enumerate(gradient.tolist(), start=1)},
        },
    )


@_register
def batch_definition() -> Identity:
    """Check that training takes ⌈n/B⌉ updates per epoch of n samples. The example: n = 10, with B = 4 and B = 5."""

    def count_updates(n: int, B: int) -> int:
        samples = Samples(np.ones((1, n, 1)), np.ones((1, n, 1)))
        return int(_train(samples, [_layer(0.0)], 0.1, "identity", "mse", Recipe(B, epochs=1)).updates[-1])

    return Identity(
        {
            "whole batches": all(count_updates(n, B) == n // B for n, B in ((10, 5), (12, 1), (12, 12))),
            "a partial last batch": all(count_updates(n, B) == n // B + 1 for n, B in ((10, 4), (13, 12), (7, 2))),
        },
        {"updates_10_by_4": count_updates(10, 4), "updates_10_by_5": count_updates(10, 5)},
    )


def _close(a: ArrayLike, b: ArrayLike) -> bool:
    return np.allclose(a, b, rtol=RTOL, atol=ATOL)


def _layer(W: ArrayLike, bias: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Return W (1, n_in, n_out) and b (1, n_out) of one layer in one run."""
    W = np.array(W, ndmin=3)
    return W, np.full((1, W.shape[2]), bias)


def _forward_pass(
    weights: Weights, x: np.ndarray, output: str, activation: str = "identity"
) -> tuple[Network, Buffers]:
    """Return the engine's network with these weights, and its buffers after a forward pass of x (1, B, n_in)."""
    layers = (x.shape[2], *(W.shape[2] for W, _ in weights))
    network = Network(Architecture(layers, activation, output, "mse", "inverse_n"), weights, np.float64)
    buffers = network.buffers(x.shape[1])
    buffers.inputs[:] = x
    buffers.target[:] = 0
    network.forward(buffers)
    return network, buffers


def _forward(
    weights: Weights, x: np.ndarray, output: str, activation: str = "identity"
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return z of each layer, and a with the inputs first."""
    _, buffers = _forward_pass(weights, x, output, activation)
    return buffers.z, [buffers.inputs, *buffers.a]


def _train(
    samples: Samples,
    weights: Weights,
    rate: float,
    output: str = "softmax",
    loss: str = "cross_entropy",
    recipe: Recipe | None = None,
) -> History:
    """Train one run of the engine from these weights in float64, by default for one update on all samples."""
    return train(
        Architecture((samples.X.shape[2], samples.y.shape[2]), "identity", output, loss, "inverse_n"),
        recipe or Recipe(samples.X.shape[1], updates=1),
        Data(samples, samples, samples, (SEED,)),
        [rate],
        [SEED],
        weights=weights,
        dtype=np.float64,
    )
