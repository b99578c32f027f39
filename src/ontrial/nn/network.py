"""A stack of networks of one architecture: parameters, forward pass, backward pass.

The leading axis of every array is the run: R networks are computed in lockstep, one NumPy call for all of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ontrial.errors import unknown
from ontrial.nn import initialisers
from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.objectives import objective

Weights = list[tuple[np.ndarray, np.ndarray]]  # (W (R, n_in, n_out), b (R, n_out)) of each layer


@dataclass(frozen=True)
class Architecture:
    """What a network is. `layers` are the widths from inputs to outputs, with any number of hidden ones between.

    The other four are names: of ACTIVATIONS, OUTPUTS, LOSSES (LEGAL with that output) and an initialisation.
    ValueError if one is unknown.
    """

    layers: tuple[int, ...]
    activation: str
    output: str
    loss: str
    initialisation: str

    def __post_init__(self):
        object.__setattr__(self, "layers", tuple(self.layers))
        if len(self.layers) < 2 or not all(isinstance(n, int | np.integer) and n > 0 for n in self.layers):
            raise ValueError(
                f"layers {self.layers}: must be the widths from inputs to outputs, at least these two, all > 0."
            )
        if self.activation not in ACTIVATIONS:
            raise ValueError(unknown("activation", self.activation, ACTIVATIONS))
        objective(self.output, self.loss)
        initialisers.parse(self.initialisation)

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """(n_in, n_out) of each layer of weights."""
        return tuple(pairwise(self.layers))


class Buffers:
    """Everything that one pass over a batch writes: allocated once for a batch size, then reused.

    z: list of (R, B, n) before the activation; a: list of (R, B, n) with the inputs first and the prediction last;
    target: (R, B, K).
    """

    def __init__(self, layers: tuple[int, ...], runs: int, batch: int, dtype: np.dtype):
        """Allocate them, of unknown content."""
        self.a = [np.empty((runs, batch, n), dtype) for n in layers]
        self.z = [np.empty((runs, batch, n), dtype) for n in layers[1:]]
        self.target = np.empty((runs, batch, layers[-1]), dtype)
        self.ones = np.ones((1, batch), dtype)

    @property
    def prediction(self) -> np.ndarray:
        """Output of the last layer, (R, B, K)."""
        return self.a[-1]


class Network:
    """R networks of one architecture.

    All parameters are one array (R, P), of which each layer's W (R, n_in, n_out) and b (R, 1, n_out) are views; the
    gradients are its twin. So an update is one operation.
    """

    def __init__(self, architecture: Architecture, weights: Weights, dtype: type):
        """Networks with these weights, copied; R is theirs."""
        runs = len(weights[0][0])
        self.architecture = architecture
        self.activation = ACTIVATIONS[architecture.activation]
        self.objective = objective(architecture.output, architecture.loss)
        size = sum((n_in + 1) * n_out for n_in, n_out in architecture.shapes)
        self.parameters = np.zeros((runs, size), dtype)
        self.gradients = np.zeros((runs, size), dtype)
        self.layers = _views(self.parameters, architecture.shapes)
        self.layer_gradients = _views(self.gradients, architecture.shapes)
        for (W, b), (given_W, given_b) in zip(self.layers, weights, strict=True):
            W[...], b[...] = given_W, np.expand_dims(given_b, 1)
        self._buffers = {}

    def weights(self) -> Weights:
        """A copy of the weights in the form in which they are given."""
        return [(W.copy(), b[:, 0].copy()) for W, b in self.layers]

    def buffers(self, batch: int) -> Buffers:
        """The buffers for a batch of this size."""
        if batch not in self._buffers:
            runs, dtype = len(self.parameters), self.parameters.dtype
            self._buffers[batch] = Buffers(self.architecture.layers, runs, batch, dtype)
        return self._buffers[batch]

    def forward(self, buffers: Buffers) -> None:
        """Fill z, a and the prediction from the inputs a[0]."""
        functions = [self.activation.function] * (len(self.layers) - 1) + [self.objective.output.function]
        for (W, b), x, z, a, function in zip(self.layers, buffers.a, buffers.z, buffers.a[1:], functions, strict=False):
            np.matmul(x, W, out=z)
            z += b
            function(z, out=a)

    def signals(self, buffers: Buffers, scale: np.ndarray | float) -> Iterator[tuple[int, np.ndarray]]:
        """Yield (layer, scale · dL/dz of that layer (R, B, n)) from the last layer to the first, after `forward`.

        L is the mean loss over the batch. The buffers are used up on the way: a signal lives until the next is asked
        for, and so do the layer's inputs a[layer].
        """
        z, a = buffers.z, buffers.a
        signal = self.objective.gradient(buffers.prediction, buffers.target, out=z[-1])
        signal *= scale
        for layer in reversed(range(len(self.layers))):
            yield layer, signal
            if layer > 0:
                slope = self.activation.derivative(z[layer - 1], a[layer], out=z[layer - 1])
                W, _ = self.layers[layer]
                signal = np.matmul(signal, W.mT, out=a[layer])
                signal *= slope

    def backward(self, buffers: Buffers, scale: np.ndarray | float) -> None:
        """Fill the gradients with scale · dL/dparameters, after `forward`. `scale` is a number or (R, 1, 1)."""
        for layer, signal in self.signals(buffers, scale):
            dW, db = self.layer_gradients[layer]
            np.matmul(buffers.a[layer].mT, signal, out=dW)
            np.matmul(buffers.ones, signal, out=db)  # the sum over the batch, faster than `sum`


def _views(parameters: np.ndarray, shapes: tuple[tuple[int, int], ...]) -> list[tuple[np.ndarray, np.ndarray]]:
    """(W, b) of each layer as views of (R, P): n_in rows of weights, then one of biases."""
    views, start = [], 0
    for n_in, n_out in shapes:
        block = parameters[:, start : start + (n_in + 1) * n_out].reshape(-1, n_in + 1, n_out)
        views.append((block[:, :-1], block[:, -1:]))
        start += (n_in + 1) * n_out
    return views
