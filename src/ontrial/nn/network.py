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
    """Everything that one pass over a batch writes, and the calls that write it: allocated once for each batch size.

    By layer: x (R, B, n_in + 1), its inputs with a 1 behind them, which the bias is the weight of; z (R, B, n_out);
    a = φ(z), for the last layer the prediction; delta = dL/dz. And target (R, B, K).

    The calls are bound to their arrays in advance: on small stacks, looking arrays up costs as much as the arithmetic.
    """

    def __init__(self, network: "Network", batch: int):
        """Allocate them, of unknown content but for the ones."""
        shapes = network.architecture.shapes
        runs, dtype = len(network.parameters), network.parameters.dtype
        self.x = [np.ones((runs, batch, n_in + 1), dtype) for n_in, _ in shapes]
        self.z = [np.empty((runs, batch, n_out), dtype) for _, n_out in shapes]
        self.a = [np.empty_like(z) for z in self.z]
        self.delta = [*self.a[:-1], self.z[-1]]  # takes the place of what the backward pass has used
        self.inputs = self.x[0][:, :, :-1]
        self.prediction = self.a[-1]
        self.target = np.empty_like(self.prediction)
        layers = range(len(shapes))
        self.forward = [call for layer in layers for call in self._forward(network, layer)]
        self.back = [self._back(network, layer) for layer in layers]
        self.gradients = [self._gradient(network, layer) for layer in layers]
        self.descent = self._descent(network, batch)

    def _forward(self, network: "Network", layer: int) -> products.Calls:
        """z = aW + b, a = φ(z), and a as inputs of the next layer."""
        z, a = self.z[layer], self.a[layer]
        calls = products.forward(self.x[layer], network.matrices[layer], z)
        if layer == len(self.z) - 1:
            return [*calls, partial(network.objective.output.function, z, a)]
        next_inputs = self.x[layer + 1][:, :, :-1]
        return [*calls, partial(network.activation.function, z, a), partial(np.copyto, next_inputs, a)]

    def _back(self, network: "Network", layer: int) -> products.Calls:
        """delta of the layer before = (delta Wᵀ) ⊙ φ′(z), with that layer's z and a, which are overwritten."""
        if layer == 0:
            return []
        (W, _), z, a = network.layers[layer], self.z[layer - 1], self.a[layer - 1]
        delta, before = self.delta[layer], self.delta[layer - 1]
        return [
            partial(network.activation.derivative, z, a, z),  # φ′(z), in the place of z
            partial(np.matmul, delta, W.mT, before),  # delta Wᵀ, in the place of a
            partial(np.multiply, before, z, before),
        ]

    def _gradient(self, network: "Network", layer: int) -> products.Calls:
        """dW = aᵀ delta, and db = the sum of delta over the batch: a product with the 1 behind a."""
        return products.gradient(self.x[layer], self.delta[layer], network.matrix_gradients[layer])

    def _descent(self, network: "Network", batch: int) -> list[products.Calls]:
        """Gradients layer by layer, then parameters − gradients; a wide first layer is updated without its gradient."""
        first, *rest = self.gradients
        start = 0
        if products.is_wide(network.matrices[0][0].size, batch):
            first = products.descend(network.matrices[0], self.x[0], self.delta[0])
            start = network.matrices[0][0].size
        parameters, gradients = network.parameters[:, start:], network.gradients[:, start:]
        return [[*first, partial(np.subtract, parameters, gradients, parameters)], *rest]


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
        """Fill z, a and the prediction from the inputs."""
        for call in buffers.forward:
            call()

    def deltas(self, buffers: Buffers, scale: np.ndarray | float = 1.0) -> Iterator[tuple[int, np.ndarray]]:
        """Yield (layer, scale · delta of that layer (R, B, n)) from the last layer to the first, after `forward`.

        delta = dL/dz, L being the mean loss over the batch; `scale` is a number or (R, 1, 1). z and a are used up on
        the way; the deltas stay until the next pass.
        """
        delta = self.objective.gradient(buffers.prediction, buffers.target, out=buffers.delta[-1])
        delta *= scale
        for layer in reversed(range(len(self.layers))):
            yield layer, buffers.delta[layer]
            for call in buffers.back[layer]:
                call()

    def backward(self, buffers: Buffers) -> None:
        """Fill the gradients with dL/dparameters, after `forward`."""
        for layer, _ in self.deltas(buffers):
            for call in buffers.gradients[layer]:
                call()

    def descend(self, buffers: Buffers, rates: np.ndarray) -> None:
        """parameters ← parameters − rates · dL/dparameters, rates (R, 1, 1), after `forward`. Gradients are used up."""
        for layer, _ in self.deltas(buffers, rates):
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
