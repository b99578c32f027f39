"""The work that every contestant does: networks, samples, initial weights, batch order, learning rate."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

CLASSES = 10
LEARNING_RATE = 0.01
ROUND = 2e-3  # seconds of a round at the speed of PEAK, so that a call costs little beside it
PEAK = 8e10  # floating-point operations a second, and
LEAST = 1e-6  # seconds of an update, about the best that any contestant reaches
FEWEST = 32  # samples of a round, and
LEAST_UPDATES, MOST = 4, 512  # updates: in training a stack stays in the cache from one to the next

Weights = list[tuple[np.ndarray, np.ndarray]]  # (W (R, n_in, n_out), b (R, n_out)) of each layer


class Trainer(NamedTuple):
    """What a contestant makes of its work.

    train(rounds): train all networks on from where they are, and return when that is done. weights(): as they are now.
    """

    train: Callable[[int], None]
    weights: Callable[[], Weights]


@dataclass(frozen=True)
class Work:
    """R networks to train: ReLU between the layers, softmax and cross-entropy at the end, plain gradient descent.

    A round is one epoch: `updates` batches of `batch_size` samples, in the order that each network has of its own, the
    same in every round. layers: widths from inputs to outputs. X (n, n_in); y (n, CLASSES), one-hot. order (R, n):
    indices of samples. weights: (W (R, n_in, n_out), b (R, n_out)) of each layer at the start. optimiser, weight_decay:
    for contestants that have others than plain gradient descent, as this engine names them.
    """

    layers: tuple[int, ...]
    batch_size: int
    X: np.ndarray
    y: np.ndarray
    order: np.ndarray
    weights: Weights
    optimiser: str = "sgd"
    weight_decay: float = 0.0

    @property
    def runs(self) -> int:
        """R, the number of networks."""
        return len(self.order)

    @property
    def updates(self) -> int:
        """Updates of a round."""
        return len(self.X) // self.batch_size

    @property
    def batches(self) -> np.ndarray:
        """The order by batch, (R, updates, batch_size)."""
        return self.order.reshape(self.runs, self.updates, self.batch_size)

    def copy(self, dtype: type = np.float32) -> "Work":
        """The same work in another floating type, with weights of its own to change."""
        weights = [(W.astype(dtype), b.astype(dtype)) for W, b in self.weights]
        return replace(self, X=self.X.astype(dtype), y=self.y.astype(dtype), weights=weights)


def make(layers: tuple[int, ...], batch_size: int, runs: int, updates: int | None = None) -> Work:
    """Work of these sizes, the same at every call, float32. `updates` of a round unless a good number is chosen.

    A network of a stack has the same weights and order whatever R is.
    """
    n = batch_size * (updates or updates_of_a_round(layers, batch_size, runs))
    random = np.random.default_rng(0)
    X = random.standard_normal((n, layers[0])) * (64 / layers[0]) ** 0.5  # steps of the same size in wide networks
    y = np.eye(CLASSES)[random.permutation(np.arange(n) % CLASSES)]
    drawn, order = [], np.empty((runs, n), np.int64)
    for run in range(runs):
        own = np.random.default_rng((1, run))
        drawn.append([own.standard_normal(shape) * (2 / shape[0]) ** 0.5 for shape in pairwise(layers)])
        order[run] = own.permutation(n)
    weights = [(np.stack(W), np.zeros((runs, W[0].shape[1]))) for W in zip(*drawn, strict=True)]
    return Work(tuple(layers), batch_size, X, y, order, weights).copy()


def updates_of_a_round(layers: tuple[int, ...], batch_size: int, runs: int) -> int:
    """A power of two, so many that a round lasts about ROUND seconds where a network is computed at its fastest."""
    fastest = runs * (operations(layers, batch_size) / PEAK + LEAST)
    wanted = min(max(ROUND / fastest, FEWEST / batch_size, LEAST_UPDATES), MOST)
    return 2 ** int(np.log2(wanted))


def operations(layers: tuple[int, ...], batch_size: int) -> int:
    """Floating-point operations of the matrix products of one update: forward, and backward to W and to the inputs.

    Nobody needs the gradient with respect to the data, so the first layer has two products and the others three.
    """
    products = [n_in * n_out for n_in, n_out in pairwise(layers)]
    return 2 * batch_size * (3 * sum(products) - products[0])


def bytes_needed(layers: tuple[int, ...], batch_size: int, runs: int) -> int:
    """Memory of one contestant that trains the networks as a stack: parameters, gradients, what a batch leaves."""
    parameters = sum((n_in + 1) * n_out for n_in, n_out in pairwise(layers))
    samples = batch_size * updates_of_a_round(layers, batch_size, runs)
    return 4 * (runs * (4 * parameters + 3 * batch_size * sum(layers)) + samples * (layers[0] + 2 * runs))


def loss(work: Work, weights: Weights) -> np.ndarray:
    """Cross-entropy (R,) of the networks with these weights on all samples, in float64."""
    a = np.broadcast_to(work.X.astype(np.float64), (work.runs, *work.X.shape))
    for W, b in weights[:-1]:
        a = np.maximum(a @ W + b[:, None], 0)
    W, b = weights[-1]
    z = a @ W + b[:, None]
    z = z - z.max(axis=2, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=2, keepdims=True))
    return -(work.y * log_p).sum(axis=2).mean(axis=1)


def text(layers: tuple[int, ...]) -> str:
    """Layers as a person writes them: 64-32-32-10."""
    return "-".join(map(str, layers))
