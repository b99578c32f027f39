"""A stack of networks of one architecture: parameters, forward pass, backward pass.

The leading axis of every array is the run: R networks are computed in lockstep, one NumPy call for all of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from ontrial.errors import unknown
from ontrial.nn import initialisers, products
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
    """Everything that one pass over a batch writes, and the calls that write it: made once for a batch size.

    z: list of (R, B, n) before the activation; a: list of (R, B, n) with the inputs first and the prediction last;
    x: list of (R, B, n_in + 1), what each layer's weights and biases meet: a with a 1 behind it; target: (R, B, K);
    signals: list of (R, B, n), where dL/dz of each layer comes to lie.

    The calls have their arguments: on small stacks, to look these up takes as long as to compute.
    """

    def __init__(self, network: "Network", batch: int):
        """Allocate them, of unknown content but for the ones."""
        layers, (runs, _), dtype = network.architecture.layers, network.parameters.shape, network.parameters.dtype
        self.x = [np.ones((runs, batch, n + 1), dtype) for n in layers[:-1]]
        self.z = [np.empty((runs, batch, n), dtype) for n in layers[1:]]
        self.a = [self.x[0][:, :, :-1], *map(np.empty_like, self.z)]
        self.target = np.empty_like(self.z[-1])
        self.signals = [*self.a[1:-1], self.z[-1]]  # a layer's output is not needed beside its signal
        self.forward = self._forward(network)
        self.back = [self._back(network, layer) for layer in range(1, len(network.matrices))]
        self.gradients = [*map(products.gradient, self.x, self.signals, network.matrix_gradients)]
        self.descent = self._descent(network, batch)

    @property
    def prediction(self) -> np.ndarray:
        """Output of the last layer, (R, B, K)."""
        return self.a[-1]

    def _forward(self, network: "Network") -> products.Calls:
        """From the inputs to the prediction."""
        calls = products.forward(self.x[0], network.matrices[0], self.z[0])
        for matrix, z, a, x, following in zip(
            network.matrices[1:], self.z, self.a[1:], self.x[1:], self.z[1:], strict=False
        ):
            calls += [partial(network.activation.function, z, a), partial(np.copyto, x[:, :, :-1], a)]
            calls += products.forward(x, matrix, following)
        return [*calls, partial(network.objective.output.function, self.z[-1], self.prediction)]

    def _back(self, network: "Network", layer: int) -> products.Calls:
        """From the signal of a layer to that of the one before it, whose z and a are used up."""
        z, a, W = self.z[layer - 1], self.a[layer], network.layers[layer][0]
        signal, before = self.signals[layer], self.signals[layer - 1]
        return [
            partial(network.activation.derivative, z, a, z),
            partial(np.matmul, signal, W.mT, before),
            partial(np.multiply, before, z, before),
        ]

    def _descent(self, network: "Network", batch: int) -> list[products.Calls]:
        """From the signal of each layer to its gradient, and at last to new parameters; a wide first layer at once."""
        first = network.matrices[0]
        wide = products.is_wide(first[0].size, batch)
        rest = slice(first[0].size if wide else 0, None)
        parameters, gradients = network.parameters[:, rest], network.gradients[:, rest]
        calls = products.descend(first, self.x[0], self.signals[0]) if wide else self.gradients[0]
        return [[*calls, partial(np.subtract, parameters, gradients, parameters)], *self.gradients[1:]]


class Network:
    """R networks of one architecture.

    All parameters are one array (R, P), of which each layer's W (R, n_in, n_out) and b (R, 1, n_out) are views; the
    gradients are its twin. So an update is one operation. A layer's b lies behind its W, as the weights of an input
    that is always 1: together they are a matrix (R, n_in + 1, n_out), and one product does what a product and a sum
    would.
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
        self.matrices = _views(self.parameters, architecture.shapes)
        self.matrix_gradients = _views(self.gradients, architecture.shapes)
        self.layers = [(matrix[:, :-1], matrix[:, -1:]) for matrix in self.matrices]
        self.layer_gradients = [(matrix[:, :-1], matrix[:, -1:]) for matrix in self.matrix_gradients]
        for (W, b), (given_W, given_b) in zip(self.layers, weights, strict=True):
            W[...], b[...] = given_W, np.expand_dims(given_b, 1)
        self._buffers = {}

    def weights(self) -> Weights:
        """A copy of the weights in the form in which they are given."""
        return [(W.copy(), b[:, 0].copy()) for W, b in self.layers]

    def buffers(self, batch: int) -> Buffers:
        """The buffers for a batch of this size."""
        if batch not in self._buffers:
            self._buffers[batch] = Buffers(self, batch)
        return self._buffers[batch]

    def forward(self, buffers: Buffers) -> None:
        """Fill z, a and the prediction from the inputs a[0]."""
        for call in buffers.forward:
            call()

    def signals(self, buffers: Buffers, scale: np.ndarray | float) -> Iterator[tuple[int, np.ndarray]]:
        """Yield (layer, scale · dL/dz of that layer (R, B, n)) from the last layer to the first, after `forward`.

        L is the mean loss over the batch, `scale` a number or (R, 1, 1). z and a are used up on the way; the signals
        stay until the next pass.
        """
        signal = self.objective.gradient(buffers.prediction, buffers.target, out=buffers.signals[-1])
        signal *= scale
        for layer in reversed(range(len(self.layers))):
            yield layer, buffers.signals[layer]
            if layer > 0:
                for call in buffers.back[layer - 1]:
                    call()

    def backward(self, buffers: Buffers, scale: np.ndarray | float) -> None:
        """Fill the gradients with scale · dL/dparameters, after `forward`."""
        for layer, _ in self.signals(buffers, scale):
            for call in buffers.gradients[layer]:
                call()

    def descend(self, buffers: Buffers, rates: np.ndarray) -> None:
        """parameters ← parameters − rates · dL/dparameters, rates (R, 1, 1), after `forward`. Gradients are used up."""
        for layer, _ in self.signals(buffers, rates):
            for call in buffers.descent[layer]:
                call()


def _views(parameters: np.ndarray, shapes: tuple[tuple[int, int], ...]) -> list[np.ndarray]:
    """Each layer's matrix as a view of (R, P): n_in rows of weights, then one of biases."""
    views, start = [], 0
    for n_in, n_out in shapes:
        end = start + (n_in + 1) * n_out
        views.append(parameters[:, start:end].reshape(-1, n_in + 1, n_out))
        start = end
    return views
