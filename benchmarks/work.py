"""The work that all contestants do: networks, samples, initial weights, batch order and learning rate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

CLASSES = 10
LEARNING_RATE = 0.01
ROUND = 2e-3  # target duration of a round in seconds, so that the overhead of a call is small in comparison
PEAK = 8e10  # approximate floating-point operations per second of the fastest contestant
OVERHEAD = 1e-6  # approximate seconds per update of the fastest contestant
MIN_SAMPLES = 32  # per round
MIN_UPDATES, MAX_UPDATES = 2, 512  # per round: several, since in training a stack stays in the cache between updates

FLOAT = 4  # bytes of a float32

Weights = list[tuple[np.ndarray, np.ndarray]]  # (W (R, n_in, n_out), b (R, n_out)) for each layer


class Trainer(NamedTuple):
    """A contestant that is ready to train.

    train: Function (rounds) that continues training all networks, and returns when done.
    weights: Function that returns the current weights.
    probabilities: Function that returns the means of the networks' probabilities, (n, CLASSES), for all samples. Only
        contestants that support more than plain gradient descent have it.
    """

    train: Callable[[int], None]
    weights: Callable[[], Weights]
    probabilities: Callable[[], np.ndarray] | None = None


class Rates(NamedTuple):
    """The highest rates that one thread reached.

    peak: Floating-point operations per second.
    bandwidth: Bytes per second.
    """

    peak: float
    bandwidth: float


@dataclass(frozen=True)
class Work:
    """R networks to train with ReLU, softmax, cross-entropy and plain stochastic gradient descent.

    A round is one epoch: `updates` batches of `batch_size` samples. Each network has its own order of the samples,
    which is the same in every round.

    layers: Widths from inputs to outputs.
    X: Samples, (n, n_in).
    y: One-hot targets, (n, CLASSES).
    order: Indices of samples, (R, n).
    weights: Initial W (R, n_in, n_out) and b (R, n_out) of each layer.
    settings: Budget and other settings of the engine's recipe, for contestants that support more than plain gradient
        descent.
    """

    layers: tuple[int, ...]
    batch_size: int
    X: np.ndarray
    y: np.ndarray
    order: np.ndarray
    weights: Weights
    settings: Mapping[str, Any] = field(default_factory=lambda: {"epochs": 1})

    @property
    def runs(self) -> int:
        """The number R of networks."""
        return len(self.order)

    @property
    def updates(self) -> int:
        """The number of updates per round."""
        return len(self.X) // self.batch_size

    @property
    def batches(self) -> np.ndarray:
        """The order in batches, (R, updates, batch_size)."""
        return self.order.reshape(self.runs, self.updates, self.batch_size)

    def copy(self, dtype: type = np.float32) -> "Work":
        """Return the same work with another floating dtype and a copy of the weights."""
        weights = [(W.astype(dtype), b.astype(dtype)) for W, b in self.weights]
        return replace(self, X=self.X.astype(dtype), y=self.y.astype(dtype), weights=weights)


def make_work(layers: tuple[int, ...], batch_size: int, runs: int, updates: int | None = None) -> Work:
    """Return work of these sizes in float32. Every call returns the same.

    The weights and order of a network do not depend on R.

    updates: Number of updates per round. None chooses a suitable one.
    """
    n = batch_size * (updates or updates_per_round(layers, batch_size, runs))
    random = np.random.default_rng(0)
    X = random.standard_normal((n, layers[0])) * (64 / layers[0]) ** 0.5  # keeps the size of the steps in wide networks
    y = np.eye(CLASSES)[random.permutation(np.arange(n) % CLASSES)]
    weights_of_runs = []
    order = np.empty((runs, n), np.int64)
    for run in range(runs):
        run_random = np.random.default_rng((1, run))
        weights_of_runs.append(
            [run_random.standard_normal(shape) * (2 / shape[0]) ** 0.5 for shape in pairwise(layers)]
        )
        order[run] = run_random.permutation(n)
    weights = [(np.stack(W), np.zeros((runs, W[0].shape[1]))) for W in zip(*weights_of_runs, strict=True)]
    return Work(tuple(layers), batch_size, X, y, order, weights).copy()


def updates_per_round(layers: tuple[int, ...], batch_size: int, runs: int) -> int:
    """Return the power of two for which a round of the fastest contestant takes about ROUND seconds."""
    seconds_per_update = runs * (operations(layers, batch_size) / PEAK + OVERHEAD)
    updates = min(max(ROUND / seconds_per_update, MIN_SAMPLES / batch_size, MIN_UPDATES), MAX_UPDATES)
    return 2 ** int(np.log2(updates))


def operations(layers: tuple[int, ...], batch_size: int) -> int:
    """Return the floating-point operations of the matrix products of one update of one network.

    Each layer has three products: forward, gradient of W and gradient of the inputs. The first layer does not need the
    last one.
    """
    products = [n_in * n_out for n_in, n_out in pairwise(layers)]
    return 2 * batch_size * (3 * sum(products) - products[0])


def parameters(layers: tuple[int, ...]) -> int:
    """Return the number of weights and biases."""
    return sum((n_in + 1) * n_out for n_in, n_out in pairwise(layers))


def bytes_moved(layers: tuple[int, ...]) -> int:
    """Return the fewest bytes that an update of a network can move: each parameter is read once and written once."""
    return 2 * FLOAT * parameters(layers)


def shortest_time(layers: tuple[int, ...], batch_size: int, rates: Rates) -> float:
    """Return the seconds of one update of one network at these rates, if arithmetic and transfers overlap completely.

    It is a lower bound: activations, the loss, samples and gradients are not counted.
    """
    return max(operations(layers, batch_size) / rates.peak, bytes_moved(layers) / rates.bandwidth)


def bytes_needed(layers: tuple[int, ...], batch_size: int, runs: int) -> int:
    """Estimate the memory, in bytes, of a contestant that trains the networks as a stack."""
    samples = batch_size * updates_per_round(layers, batch_size, runs)
    stack = runs * (4 * parameters(layers) + 3 * batch_size * sum(layers))
    return FLOAT * (stack + samples * (layers[0] + 2 * runs))


def loss(work: Work, weights: Weights) -> np.ndarray:
    """Return the cross-entropy (R,) of networks with these weights on all samples, in float64."""
    a = np.broadcast_to(work.X.astype(np.float64), (work.runs, *work.X.shape))
    for W, b in weights[:-1]:
        a = np.maximum(a @ W + b[:, None], 0)
    W, b = weights[-1]
    z = a @ W + b[:, None]
    z = z - z.max(axis=2, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=2, keepdims=True))
    return -(work.y * log_p).sum(axis=2).mean(axis=1)


def layers_of(name: str) -> tuple[int, ...]:
    """Return the widths of the layers of a network by its name. Raises ValueError unless they are whole numbers."""
    return tuple(map(int, name.split("-")))


def network_name(layers: tuple[int, ...]) -> str:
    """Return the widths of the layers as text: 64-32-32-10."""
    return "-".join(map(str, layers))
