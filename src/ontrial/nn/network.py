"""A stack of networks with one architecture: parameters, forward pass and backward pass.

The first axis of every array is the run. The R networks are computed in lockstep, with one NumPy call for all of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import DTypeLike

from ontrial.errors import unknown
from ontrial.nn import initialisers, products
from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.objectives import objective

Weights = list[tuple[np.ndarray, np.ndarray]]  # (W (R, n_in, n_out), b (R, n_out)) of each layer


@dataclass(frozen=True)
class Architecture:
    """The architecture of a network.

    layers: Widths of the inputs, of any number of hidden layers, and of the outputs.
    activation: Name in ACTIVATIONS.
    output: Name in OUTPUTS.
    loss: Name in LOSSES. It must be LEGAL with the output.
    initialisation: Name in INITIALISATIONS, with an optional weight mean: "he" or "he_mean-8".

    Raises ValueError for invalid values.

    >>> architecture = Architecture((64, 32, 10), "relu", "softmax", "cross_entropy", "he")
    >>> architecture.shapes, architecture.parameters
    (((64, 32), (32, 10)), 2410)
    """

    layers: tuple[int, ...]
    activation: str
    output: str
    loss: str
    initialisation: str

    def __post_init__(self) -> None:
        layers = tuple(self.layers) if isinstance(self.layers, Iterable) else ()
        if len(layers) < 2 or not all(isinstance(n, int | np.integer) and n > 0 for n in layers):
            raise ValueError(
                f"layers {self.layers}: must be two or more positive whole numbers, the widths from inputs to outputs."
            )
        object.__setattr__(self, "layers", layers)
        for name in ("activation", "output", "loss", "initialisation"):
            if not isinstance(getattr(self, name), str):
                raise ValueError(f"{name} {getattr(self, name)!r}: must be a name.")
        if self.activation not in ACTIVATIONS:
            raise ValueError(unknown("activation", self.activation, ACTIVATIONS))
        objective(self.output, self.loss)
        initialisers.parse(self.initialisation)

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """The shape (n_in, n_out) of each layer's weights."""
        return tuple(pairwise(self.layers))

    @property
    def parameters(self) -> int:
        """The number of weights and biases."""
        return sum((n_in + 1) * n_out for n_in, n_out in self.shapes)


class Buffers:
    """The arrays that a pass over one batch of size B writes, and the calls that write them.

    The first four are lists with one array per layer:

    x: Inputs followed by a 1, whose weight is the bias, (R, B, n_in + 1).
    z: Weighted sums, (R, B, n_out).
    a: φ(z), or the prediction in the last layer.
    delta: dL/dz.
    inputs: View of x[0] without the 1.
    prediction, target: Arrays (R, B, K).
    predict: Call that computes the prediction from the last layer's z, and returns it.
    masks: Factors of φ(z) in each hidden layer, (R, B, n_out), with which training drops units. Empty otherwise.

    Calls are bound to their arrays in advance: on small stacks, looking up the arrays takes as long as the arithmetic.
    """

    def __init__(self, network: "Network", batch: int, drops: bool = False):
        """Allocate the arrays, uninitialised except for the ones, and bind the calls.

        drops: Whether there are masks.
        """
        shapes = network.architecture.shapes
        like, runs = network.parameters, len(network.parameters)
        self.x = [np.ones_like(like, shape=(runs, batch, n_in + 1)) for n_in, _ in shapes]
        self.z = [np.empty_like(like, shape=(runs, batch, n_out)) for _, n_out in shapes]
        self.a = [np.empty_like(z) for z in self.z]
        self.delta = [*self.a[:-1], self.z[-1]]  # reuses arrays that the backward pass no longer needs
        self.inputs = self.x[0][:, :, :-1]
        self.prediction = self.a[-1]
        self.target = np.empty_like(self.prediction)
        self.masks = [np.empty_like(a) for a in self.a[:-1]] if drops else []
        self.predict = partial(network.objective.output.function, self.z[-1], self.prediction)
        layers = range(len(shapes))
        self.first_calls = products.forward(self.x[0], network.matrices[0], self.z[0])
        self.later_calls = [call for layer in layers[:-1] for call in self._bind_forward(network, layer)]
        self.backward_calls = [[], *(self._bind_backward(network, layer) for layer in layers[1:])]
        self.gradient_calls = [  # of dW = xᵀ delta and db = Σ delta over the batch: one product, thanks to the 1 in x
            products.gradient(*arrays) for arrays in zip(self.x, self.delta, network.matrix_gradients, strict=True)
        ]
        self.sgd_calls: list[products.Calls] | None = None  # bound at the first step: most buffers only evaluate

    def _bind_forward(self, network: "Network", layer: int) -> products.Calls:
        """Return calls for a = φ(z) of a hidden layer, copied to the inputs of the next, and for z = xW + b there."""
        z, a, next_x = self.z[layer], self.a[layer], self.x[layer + 1]
        next_inputs = next_x[:, :, :-1]
        if self.masks:
            copy = partial(np.multiply, a, self.masks[layer], next_inputs)
        else:
            copy = partial(np.copyto, next_inputs, a)
        product = products.forward(next_x, network.matrices[layer + 1], self.z[layer + 1])
        return [partial(network.activation.function, z, a), copy, *product]

    def _bind_backward(self, network: "Network", layer: int) -> products.Calls:
        """Return calls for delta of the previous layer = (delta Wᵀ) ⊙ φ′(z), also ⊙ its mask if there is one.

        They overwrite its z and a.
        """
        W, _ = network.layers[layer]
        z = self.z[layer - 1]
        a = self.a[layer - 1]
        delta = self.delta[layer]
        previous_delta = self.delta[layer - 1]  # the same array as a
        calls: products.Calls = [
            partial(network.activation.derivative, z, a, z),  # φ′(z), stored in z
            partial(np.matmul, delta, W.mT, previous_delta),  # delta Wᵀ
            partial(np.multiply, previous_delta, z, previous_delta),
        ]
        if self.masks:
            calls.append(partial(np.multiply, previous_delta, self.masks[layer - 1], previous_delta))
        return calls

    def bind_sgd(self, network: "Network") -> list[products.Calls]:
        """Bind and return each layer's calls for a step of plain SGD: they compute its gradient.

        The first layer's calls, which run last, then subtract all gradients from the parameters. A wide first layer is
        updated directly, without storing its gradient, unless batches are large.
        """
        first, *rest = self.gradient_calls
        start, W = 0, network.matrices[0]
        if products.in_place_is_faster(W[0].size, self.target.shape[1]):
            first = products.subtract_gradient(W, self.x[0], self.delta[0])
            start = W[0].size
        parameters, gradients = network.parameters[:, start:], network.gradients[:, start:]
        self.sgd_calls = [[*first, partial(np.subtract, parameters, gradients, parameters)], *rest]
        return self.sgd_calls


class Network:
    """R networks with one architecture.

    All parameters are in one array (R, P), so that an update is a single operation; gradients has the same layout. Each
    layer's W (R, n_in, n_out) and b (R, 1, n_out) are views of it. b follows W in memory, as the weights of an input
    that is always 1. Together they form a matrix (R, n_in + 1, n_out), so that xW + b is a single product.
    """

    def __init__(self, architecture: Architecture, weights: Weights, dtype: DTypeLike):
        """Copy the weights, (W (R, n_in, n_out), b (R, n_out)) for each layer, into R networks."""
        self.architecture = architecture
        self.activation = ACTIVATIONS[architecture.activation]
        self.objective = objective(architecture.output, architecture.loss)
        self.parameters: np.ndarray = np.zeros((len(weights[0][0]), architecture.parameters), dtype)
        self.gradients = np.zeros_like(self.parameters)
        self.matrices = _views(self.parameters, architecture.shapes)
        self.matrix_gradients = _views(self.gradients, architecture.shapes)
        self.layers = [(matrix[:, :-1], matrix[:, -1:]) for matrix in self.matrices]
        self.layer_gradients = [(matrix[:, :-1], matrix[:, -1:]) for matrix in self.matrix_gradients]
        for (W, b), (initial_W, initial_b) in zip(self.layers, weights, strict=True):
            W[...] = initial_W
            b[...] = np.expand_dims(initial_b, 1)
        self._buffers: dict[tuple[int, bool], Buffers] = {}

    def weights(self) -> Weights:
        """Return a copy of the weights: (W (R, n_in, n_out), b (R, n_out)) for each layer."""
        return [(np.array(W), np.array(b[:, 0])) for W, b in self.layers]

    def buffers(self, batch: int, drops: bool = False) -> Buffers:
        """Return the buffers for batches of this size, which are allocated on first use.

        drops: Whether they have masks that drop hidden units.
        """
        key = batch, drops
        if key not in self._buffers:
            self._buffers[key] = Buffers(self, batch, drops)
        return self._buffers[key]

    def forward(self, buffers: Buffers) -> None:
        """Compute z, a and the prediction from the inputs in the buffers."""
        self.forward_to_z(buffers)
        buffers.predict()

    def forward_to_z(self, buffers: Buffers) -> None:
        """Compute all that `forward` does except for the prediction."""
        for call in buffers.first_calls:
            call()
        for call in buffers.later_calls:
            call()

    def forward_from(self, buffers: Buffers, inputs: Iterable[tuple[slice, np.ndarray]]) -> None:
        """Compute z and a as `forward_to_z` does, from inputs outside the buffers, which keep theirs.

        inputs: Slices of the runs, which together are all runs, and their inputs followed by a 1, (runs, B, n_in + 1).
        """
        for runs, x in inputs:
            for call in products.forward(x, self.matrices[0][runs], buffers.z[0][runs]):
                call()
        for call in buffers.later_calls:
            call()

    def deltas(self, buffers: Buffers, scale: np.ndarray | float = 1.0) -> Iterator[tuple[int, np.ndarray]]:
        """Yield (layer, scale · delta (R, B, n_out)) from the last layer to the first. Call `forward` first.

        delta is dL/dz, where L is the mean loss over the batch. This overwrites z and a. The deltas stay valid until
        the next forward pass.

        scale: Number, or array (R, 1, 1).
        """
        delta = self.objective.gradient(buffers.prediction, buffers.target, out=buffers.delta[-1])
        delta *= scale
        for layer in reversed(range(len(self.layers))):
            yield layer, buffers.delta[layer]
            for call in buffers.backward_calls[layer]:
                call()

    def backward(self, buffers: Buffers) -> None:
        """Compute the gradients dL/dparameters. Call `forward` first."""
        for layer, _ in self.deltas(buffers):
            for call in buffers.gradient_calls[layer]:
                call()

    def sgd_step(self, buffers: Buffers, rates: np.ndarray) -> None:
        """Update parameters ← parameters − rates · dL/dparameters, with rates (R, 1, 1). Call `forward` first.

        The gradients are overwritten: afterwards, they are no longer dL/dparameters.
        """
        calls = buffers.sgd_calls or buffers.bind_sgd(self)
        for layer, _ in self.deltas(buffers, rates):
            for call in calls[layer]:
                call()


def _views(parameters: np.ndarray, shapes: tuple[tuple[int, int], ...]) -> list[np.ndarray]:
    """Return each layer's (R, n_in + 1, n_out) view of parameters (R, P): n_in rows of weights, then one of biases."""
    ends = np.cumsum([(n_in + 1) * n_out for n_in, n_out in shapes])
    layers = zip(np.split(parameters, ends[:-1], axis=1), shapes, strict=True)
    return [layer.reshape(-1, n_in + 1, n_out) for layer, (n_in, n_out) in layers]
