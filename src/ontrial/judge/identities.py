"""Claims by construction: identities, asserted on the engine that trains the networks, with a worked example each.

Everything is computed in float64 and must agree to a relative 1e-12, unless an identity says otherwise.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ontrial.nn import ACTIVATIONS, LOSSES, OUTPUTS, Architecture, Data, Network, Samples, Schedule, objective, train

TOLERANCE = 1e-12
SEED = 1
FAR = 1e4  # how far z and logits are tried

relu, sigmoid, tanh = (ACTIVATIONS[name] for name in ("relu", "sigmoid", "tanh"))
softmax = OUTPUTS["softmax"].function


@dataclass(frozen=True)
class Identity:
    """readings: ways to take the claim, and whether it holds so. example: the numbers of a case worked by hand."""

    readings: dict[str, bool]
    example: dict[str, float]


def neuron_weighted_sum() -> Identity:
    """A neuron's output is f(Σ wᵢxᵢ + b); the example has x = (1, 2), w = (0.5, −0.25), b = 0.1 and a sigmoid."""
    random = np.random.default_rng(SEED)
    x, w = random.normal(size=(2, 1, 1, 8))
    found = {}
    for reading, bias in (("bias 0", 0.0), ("with a bias", 0.7)):
        z, a = _forward([(w.reshape(1, 8, 1), np.full((1, 1), bias))], x, "sigmoid")
        by_hand = math.fsum([*(x * w).ravel(), bias])
        found[reading] = _same(z[0], by_hand) and _same(a[-1], 1 / (1 + math.exp(-by_hand)))
    example_w = (np.array([[[0.5], [-0.25]]]), np.full((1, 1), 0.1))
    z, a = _forward([example_w], np.array([[[1.0, 2.0]]]), "sigmoid")
    return Identity(found, {"z": z[0].item(), "a": a[-1].item()})


def layers_own_weights() -> Identity:
    """Each layer has its weights; but five layers without an activation are one matrix.

    The example: two layers of one weight each, 2 and 3, take 1 to 6, and so does the one weight 6.
    """
    random = np.random.default_rng(SEED)
    widths = (4, 5, 5, 5, 5, 3)
    weights = [
        (random.normal(size=(1, n_in, n_out)), random.normal(size=(1, n_out)))
        for n_in, n_out in itertools.pairwise(widths)
    ]
    x = random.normal(size=(1, 7, 4))
    z, _ = _forward(weights, x, "identity", activation="tanh")
    changed = [weights[0], weights[1], (weights[2][0] + 1, weights[2][1]), *weights[3:]]
    other, _ = _forward(changed, x, "identity", activation="tanh")
    own = [np.array_equal(here, there) for here, there in zip(z, other, strict=True)] == [
        True,
        True,
        False,
        False,
        False,
    ]

    linear, _ = _forward(weights, x, "identity", activation="identity")
    matrix, bias = np.eye(4), np.zeros(4)
    for W, b in weights:
        matrix, bias = matrix @ W[0], bias @ W[0] + b[0]
    chain = [(np.full((1, 1, 1), number), np.zeros((1, 1))) for number in (2.0, 3.0)]
    deep, _ = _forward(chain, np.ones((1, 1, 1)), "identity", activation="identity")
    return Identity(
        {"own weights": own, "five linear layers are one matrix": _same(linear[-1][0], x[0] @ matrix + bias)},
        {"two_layers": deep[-1].item(), "one_layer": 2.0 * 3.0},
    )


def activation_threshold() -> Identity:
    """A threshold: exactly 0 below it, something else above. The example is the output at z = −1 and z = 1."""
    below, above = -np.linspace(0.1, 10, 100), np.linspace(0.1, 10, 100)
    functions = {"step": lambda z: np.heaviside(z, 0.0), "relu": relu.function}
    functions |= {"sigmoid": sigmoid.function, "tanh": tanh.function}
    readings = {name: bool((f(below) == 0).all() and (f(above) != 0).all()) for name, f in functions.items()}
    ends = np.array([-1.0, 1.0])
    example = {}
    for name, f in functions.items():
        example[f"{name}_below"], example[f"{name}_above"] = map(float, f(ends))
    return Identity(readings, example)


def sigmoid_range() -> Identity:
    """Finite, between 0 and 1, never falling, for z in ±10,000, in both precisions. The example: σ at −2, 0 and 2."""
    readings = {}
    for precision in ("float64", "float32"):
        z = np.linspace(-FAR, FAR, 200_001, dtype=precision)
        near = np.linspace(-40, 40, 200_001, dtype=precision)
        readings[precision] = all(
            np.isfinite(a).all() and (a >= 0).all() and (a <= 1).all() and (np.diff(a) >= 0).all()
            for a in map(sigmoid.function, (z, near))
        )
    low, middle, high = map(float, sigmoid.function(np.array([-2.0, 0.0, 2.0])))
    return Identity(readings, {"at_minus_2": low, "at_0": middle, "at_2": high})


def sigmoid_two_classes() -> Identity:
    """Softmax of two logits is the sigmoid of their difference: which one to use is a convention.

    The restriction would be that softmax can't serve two classes. The example has the logits 2 and 0.5.
    """
    logits = np.random.default_rng(SEED).normal(scale=5, size=(1, 1000, 2))
    first = softmax(logits)[:, :, 0]
    equal = _same(first, sigmoid.function(logits[:, :, 0] - logits[:, :, 1]))
    example = np.array([[[2.0, 0.5]]])
    return Identity(
        {"as a convention": equal, "as a restriction": not equal},
        {"softmax": softmax(example)[0, 0, 0].item(), "sigmoid": sigmoid.function(np.array([1.5])).item()},
    )


def softmax_sums_to_one() -> Identity:
    """Probabilities that add up to 1, for logits in ±10,000. The example has the logits 1, 2 and 3."""
    random = np.random.default_rng(SEED)
    readings = {}
    for classes in (2, 3, 10, 1000):
        p = softmax(random.uniform(-FAR, FAR, (1, 200, classes)))
        near = softmax(random.normal(size=(1, 200, classes)))
        readings[f"{classes} classes"] = all(
            bool((q >= 0).all()) and _same(q.sum(axis=2), np.ones((1, 200))) for q in (p, near)
        )
    p = softmax(np.array([[[1.0, 2.0, 3.0]]])).ravel()
    return Identity(readings, {"p_1": p[0].item(), "p_2": p[1].item(), "p_3": p[2].item(), "sum": p.sum().item()})


def vanishing_cause() -> Identity:
    """On the way back derivatives and weights are multiplied, not outputs; a range of 0 to 1 neither kills nor saves.

    Gradients vanish if the first of ten hidden layers has less than a tenth of the last one's norm. The example: the
    largest derivative of the sigmoid, and ten of them multiplied.
    """
    random = np.random.default_rng(SEED)
    width, depth = 128, 10
    noise = [random.normal(size=(1, width, width)) / width**0.5 for _ in range(depth)]
    x = random.normal(size=(1, 32, width))

    def chain(activation: str, mean: float = 0.0, scale: float = 1.0) -> tuple[list, list, list]:
        weights = [(mean / width + scale * W, np.zeros((1, width))) for W in noise]
        network, buffers = _passed([*weights, (noise[0], np.zeros((1, width)))], x, "identity", activation)
        z, a = ([array.copy() for array in arrays] for arrays in (buffers.z, [buffers.inputs, *buffers.a]))
        signals = {layer: signal.copy() for layer, signal in network.deltas(buffers)}
        return z, a, [signals[layer] for layer in range(depth)]

    def vanishes(signals: list) -> bool:
        return np.linalg.norm(signals[0]) < 0.1 * np.linalg.norm(signals[-1])

    z, a, signals = chain("sigmoid")
    W = noise[1].transpose(0, 2, 1)
    by_derivatives = signals[1] @ W * sigmoid.derivative(z[0], a[1])
    by_outputs = signals[1] @ W * a[1]
    tanh_dies = vanishes(chain("tanh", scale=0.5)[2])
    sigmoid_lives = not vanishes(chain("sigmoid", mean=-8.0)[2])
    largest = sigmoid.derivative(np.zeros(1), np.full(1, 0.5)).item()
    return Identity(
        {
            "the factors are the outputs": _same(by_outputs, signals[0]),
            "the factors are derivatives times weights": _same(by_derivatives, signals[0]),
            "only a range of 0 to 1 vanishes": not tanh_dies,
            "a range of 0 to 1 always vanishes": not sigmoid_lives,
        },
        {"largest_derivative": largest, "ten_multiplied": largest**10},
    )


def relu_slope() -> Identity:
    """Slope 1 above 0 and value 0 below; at 0 the engine's choice. The example: values and slopes at −2, 0 and 3."""
    z = np.linspace(0.5, 100, 200)
    step = 2.0**-10
    above = _same((relu.function(z + step) - relu.function(z)) / step, np.ones_like(z)) and _same(
        relu.derivative(z, z), np.ones_like(z)
    )
    points = np.array([-2.0, 0.0, 3.0])
    values, slopes = relu.function(points), relu.derivative(points, relu.function(points))
    names = ("minus_2", "0", "3")
    return Identity(
        {"slope 1 above 0": above, "value 0 below 0": not relu.function(-z).any()},
        {f"value_at_{name}": value for name, value in zip(names, values.tolist(), strict=True)}
        | {f"slope_at_{name}": slope for name, slope in zip(names, slopes.tolist(), strict=True)},
    )


def loss_is_difference() -> Identity:
    """Each loss is 0 where the prediction is the truth, and positive elsewhere.

    The example: truth (1, 0, 0), prediction (0.7, 0.2, 0.1).
    """
    random = np.random.default_rng(SEED)
    truth = np.eye(3)[random.integers(3, size=500)][:, None]  # (runs, batch 1, classes): a loss a sample
    wrong = softmax(random.normal(size=(500, 1, 3)))
    readings = {
        name: bool((loss.value(truth, truth) == 0).all() and (loss.value(wrong, truth) > 0).all())
        for name, loss in LOSSES.items()
    }
    p, y = np.array([[[0.7, 0.2, 0.1]]]), np.array([[[1.0, 0.0, 0.0]]])
    return Identity(readings, {name: loss.value(p, y).item() for name, loss in LOSSES.items()})


def loss_when_testing() -> Identity:
    """The loss can be computed on test data; but an update is a step down its gradient, so testing isn't all it is for.

    The gradient is that of central differences, to a relative 1e-6. The example: one weight 0, input 1, truth 1, mean
    squared error and a rate of 0.5: loss ½, gradient −1, weight after one update 0.5.
    """
    random = np.random.default_rng(SEED)
    samples = Samples(random.normal(size=(1, 6, 4)), np.eye(3)[random.integers(3, size=(1, 6))])
    weights = [(random.normal(size=(1, 4, 3)), np.zeros((1, 3)))]
    history = _train(samples, weights, rate=0.5)
    before = history.measures["test_loss"][0, 0]
    own_loss = LOSSES["cross_entropy"].value(softmax(samples.X @ weights[0][0]), samples.y)[0]

    def loss(W: np.ndarray) -> float:
        return LOSSES["cross_entropy"].value(softmax(samples.X @ W), samples.y).item()

    step = 1e-5
    slopes = np.array(
        [
            (loss(weights[0][0] + step * e) - loss(weights[0][0] - step * e)) / (2 * step)
            for e in np.eye(12).reshape(12, 1, 4, 3)
        ]
    ).reshape(1, 4, 3)
    moved = history.weights[0][0] - weights[0][0]
    trains = np.allclose(moved, -0.5 * slopes, rtol=1e-6, atol=1e-9)

    one = Samples(np.ones((1, 1, 1)), np.ones((1, 1, 1)))
    small = _train(one, [(np.zeros((1, 1, 1)), np.zeros((1, 1)))], rate=0.5, output="identity", loss="mse")
    return Identity(
        {"computed on test data": _same(before, own_loss), "for testing alone": not trains},
        {"loss": small.measures["test_loss"][0, 0].item(), "weight_after": small.weights[0][0].item()},
    )


def cross_entropy_true_answer() -> Identity:
    """Its value depends on the true class's probability alone, unlike that of mean squared error; its gradient doesn't.

    The example: truth (1, 0, 0), prediction (0.7, 0.2, 0.1) and (0.7, 0.29, 0.01); p − y of the first.
    """
    cross_entropy, mse = LOSSES["cross_entropy"].value, LOSSES["mse"].value
    truth = np.array([[[1.0, 0.0, 0.0]]])
    even, uneven = np.array([[[0.7, 0.2, 0.1]]]), np.array([[[0.7, 0.29, 0.01]]])
    gradient = objective("softmax", "cross_entropy").gradient(even.copy(), truth).ravel()
    return Identity(
        {
            "its value": _same(cross_entropy(even, truth), cross_entropy(uneven, truth)),
            "unlike mean squared error": not _same(mse(even, truth), mse(uneven, truth)),
            "its gradient": bool((gradient[1:] == 0).all()),
        },
        {
            "cross_entropy_even": cross_entropy(even, truth).item(),
            "cross_entropy_uneven": cross_entropy(uneven, truth).item(),
            "mse_even": mse(even, truth).item(),
            "mse_uneven": mse(uneven, truth).item(),
        }
        | {f"gradient_{k}": slope for k, slope in enumerate(gradient.tolist(), start=1)},
    )


def batch_definition() -> Identity:
    """An epoch of n samples takes ⌈n/B⌉ updates, counted by training. The example: 10 samples by 4, and by 5."""

    def updates(samples: int, batch_size: int) -> int:
        x = Samples(np.ones((1, samples, 1)), np.ones((1, samples, 1)))
        zero = [(np.zeros((1, 1, 1)), np.zeros((1, 1)))]
        return int(_train(x, zero, 0.1, "identity", "mse", Schedule(batch_size, epochs=1)).updates[-1])

    return Identity(
        {
            "whole batches": all(updates(n, B) == n // B for n, B in ((10, 5), (12, 1), (12, 12))),
            "a partial last batch": all(updates(n, B) == n // B + 1 for n, B in ((10, 4), (13, 12), (7, 2))),
        },
        {"updates_10_by_4": updates(10, 4), "updates_10_by_5": updates(10, 5)},
    )


IDENTITIES: dict[str, Callable[[], Identity]] = {
    function.__name__.replace("_", "-"): function
    for function in (
        neuron_weighted_sum,
        layers_own_weights,
        activation_threshold,
        sigmoid_range,
        sigmoid_two_classes,
        softmax_sums_to_one,
        vanishing_cause,
        relu_slope,
        loss_is_difference,
        loss_when_testing,
        cross_entropy_true_answer,
        batch_definition,
    )
}


def _same(one, other) -> bool:
    return np.allclose(one, other, rtol=TOLERANCE, atol=TOLERANCE * 1e-3)


def _passed(weights: list, x: np.ndarray, output: str, activation: str = "identity") -> tuple:
    """The engine's network with these weights, and its buffers after a forward pass of x (1, B, n_in)."""
    layers = (x.shape[2], *(W.shape[2] for W, _ in weights))
    network = Network(Architecture(layers, activation, output, "mse", "inverse_n"), weights, np.float64)
    buffers = network.buffers(x.shape[1])
    buffers.inputs[:] = x
    buffers.target[:] = 0
    network.forward(buffers)
    return network, buffers


def _forward(weights: list, x: np.ndarray, output: str, activation: str = "identity") -> tuple[list, list]:
    """z of each layer, and a with the inputs first."""
    _, buffers = _passed(weights, x, output, activation)
    return buffers.z, [buffers.inputs, *buffers.a]


def _train(
    samples: Samples,
    weights: list,
    rate: float,
    output: str = "softmax",
    loss: str = "cross_entropy",
    schedule: Schedule | None = None,
):
    """One run of the engine from these weights, in float64, by default one update on all samples."""
    layers = (samples.X.shape[2], samples.y.shape[2])
    return train(
        Architecture(layers, "identity", output, loss, "inverse_n"),
        schedule or Schedule(samples.X.shape[1], updates=1),
        Data(samples, samples, samples, (SEED,)),
        [rate],
        [SEED],
        weights=weights,
        dtype=np.float64,
    )
