"""How curved the loss is and how noisy its gradients are, and the largest learning rate that both allow.

Both numbers are known before training, and say more a few steps later. The Gauss–Newton matrix of the mean loss is
G = (1/n) Σᵢ Jᵢᵀ Hᵢ Jᵢ over the n samples. It is the part of the Hessian that does not depend on second derivatives of
the network, and has no negative eigenvalue. Of a matching output and loss, such as softmax and cross-entropy, J is the
Jacobian of the last layer's z; otherwise, it is that of the prediction. H is the Hessian of the loss with respect to
the same. Schraudolph 2002.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ontrial.nn.network import Architecture, Buffers, Network
from ontrial.nn.outputs import classes
from ontrial.nn.recipe import Recipe
from ontrial.nn.samples import Data, Samples
from ontrial.nn.training import train

ITERATIONS = 1_000
TOLERANCE = 0.01  # largest norm of Gv − λv in multiples of λ; some eigenvalue is within this share of λ

# The look ahead, as fixed before the study `limit`. See `predict_limit`.
STEPS = 12  # with all samples
STEP = 0.35  # length of a step in multiples of 1/λ at the start
CONSTANT = 2.6  # median limit divided by the formula, of the 24 arms of the study one-curve with SGD and cross-entropy
LEAST_PROGRESS = 0.1  # share of the loss; a look ahead that lowers it by less is on a plateau
LARGEST_RISE = 10.0  # factor of the noise scale; a look ahead that raises it by more is on a plateau
LONGEST_FLOW = 500  # steps of the linearised network, after which a goal counts as out of reach

# Second derivatives of the losses by p − y, where the output and the loss do not match
SECOND_DERIVATIVES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "mse": np.ones_like,
    "mae": np.zeros_like,
    "huber": lambda error: np.abs(error) <= 1,
}


@dataclass(frozen=True)
class GaussNewton:
    """The Gauss–Newton matrices of the mean loss of R networks, as products with vectors.

    A vector has the form of the parameters: a list of matrices (R, n_in + 1, n_out), the last row of which are biases.

    x: Inputs of each layer followed by a 1, (R, n, n_in + 1).
    W: Weights of each layer, (R, n_in, n_out).
    slopes: φ′(z) of each hidden layer, (R, n, n_out).
    curve: Function that multiplies dz of the last layer, (R, n, K), by the Hessian of each sample's loss.
    """

    x: list[np.ndarray]
    W: list[np.ndarray]
    slopes: list[np.ndarray]
    curve: Callable[[np.ndarray], np.ndarray]

    @classmethod
    def at(cls, network: Network, samples: Samples) -> "GaussNewton":
        """Return the matrices at the network's parameters, for the samples of each of its R runs."""
        buffers = _forward(network, samples)  # which the next pass overwrites
        prediction = np.array(buffers.prediction)
        error = prediction - buffers.target
        objective, loss = network.objective, network.architecture.loss

        def curve(dz: np.ndarray) -> np.ndarray:
            d_prediction = objective.output.backward(prediction, dz)  # the Jacobian of every output is symmetric
            if objective.fused:
                return d_prediction  # dL/dz is p − y, whose derivative is that of p
            return objective.output.backward(prediction, SECOND_DERIVATIVES[loss](error) * d_prediction)

        hidden = zip(buffers.z[:-1], buffers.a[:-1], strict=True)
        slopes = [network.activation.derivative(z, a) for z, a in hidden]
        return cls([*map(np.array, buffers.x)], [W for W, _ in network.layers], slopes, curve)

    def forward(self, v: list[np.ndarray]) -> np.ndarray:
        """Return Jv before the output, (R, n, K): a forward pass of derivatives in the direction v."""
        dz = self.x[0] @ v[0]
        for slope, x, W, matrix in zip(self.slopes, self.x[1:], self.W[1:], v[1:], strict=True):
            dz = (slope * dz) @ W + x @ matrix
        return dz

    def deltas(self, delta: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the inputs x and the delta of each layer from the last to the first, a backward pass of `delta`.

        A sample's part of Jᵀ delta is x deltaᵀ.
        """
        yield self.x[-1], delta
        for slope, x, W in zip(self.slopes[::-1], self.x[-2::-1], self.W[:0:-1], strict=True):
            delta = slope * (delta @ W.mT)
            yield x, delta

    def backward(self, delta: np.ndarray) -> list[np.ndarray]:
        """Return Jᵀ delta, summed over samples."""
        return [x.mT @ layer for x, layer in self.deltas(delta)][::-1]

    def multiply(self, v: list[np.ndarray]) -> list[np.ndarray]:
        """Return Gv: a forward pass of derivatives in the direction v, and a backward pass of the result."""
        dz = self.forward(v)
        return self.backward(self.curve(dz) / dz.shape[1])

    def noise_along(self, v: list[np.ndarray], eigenvalue: np.ndarray) -> np.ndarray:
        """Return how noisy the curvature is along an eigenvector v of length 1: E‖Gᵢv‖²/λ² − 1 over samples i, (R,)."""
        squares = sum(_squares(x) * _squares(delta) for x, delta in self.deltas(self.curve(self.forward(v))))
        return np.mean(squares, axis=1) / eigenvalue**2 - 1

    def top(self) -> tuple[np.ndarray, list[np.ndarray], int]:
        """Return the largest eigenvalue of each matrix, (R,), its eigenvector, and the number of products it took.

        By power iteration from a random vector. Raises ArithmeticError if it has not converged after ITERATIONS.
        """
        random, runs = np.random.default_rng(0), len(self.x[0])
        shapes = [(x.shape[2], W.shape[2]) for x, W in zip(self.x, self.W, strict=True)]
        v = [np.repeat(random.standard_normal((1, *shape)), runs, axis=0) for shape in shapes]
        for products in range(1, ITERATIONS + 1):
            norm = np.maximum(_norms(v), np.finfo(float).tiny)
            v = [matrix / norm[:, None, None] for matrix in v]
            product = self.multiply(v)
            eigenvalue = _dots(v, product)
            residual = [p - eigenvalue[:, None, None] * matrix for p, matrix in zip(product, v, strict=True)]
            if (_norms(residual) <= TOLERANCE * eigenvalue).all():
                return eigenvalue, v, products
            v = product
        raise ArithmeticError(f"power iteration has not converged after {ITERATIONS} products.")


class Point(NamedTuple):
    """What limits the learning rate at some parameters of R networks; each array is (R,).

    curvature: Largest eigenvalue λ of the Gauss–Newton matrix.
    noise_scale: S in samples, as in the function of this name.
    curvature_noise: The same for curvature in place of gradients, `GaussNewton.noise_along` of λ, in samples.
    loss: Mean loss of all samples.
    gradients: Number of passes over all samples that these cost, forward and backward.
    """

    curvature: np.ndarray
    noise_scale: np.ndarray
    curvature_noise: np.ndarray
    loss: np.ndarray
    gradients: int

    @classmethod
    def at(cls, network: Network, samples: Samples) -> "Point":
        """Return the numbers at the network's parameters."""
        matrix = GaussNewton.at(network, samples)
        curvature, v, products = matrix.top()
        if not curvature.all():
            raise ValueError(f'loss "{network.architecture.loss}": its second derivative is 0, so it has no limit.')
        curvature_noise = matrix.noise_along(v, curvature)
        buffers = _forward(network, samples)
        loss = np.array(network.objective.value(buffers.z[-1], buffers.prediction, buffers.target))
        return cls(curvature, noise_scale(network, samples), curvature_noise, loss, products + 3)

    def limit(self, batch_size: int, noise: np.ndarray | None = None) -> np.ndarray:
        """Return (2/λ) / (1 + S/B), (R,). McCandlish et al. 2018, section 2.2, have half of it as the best rate.

        noise: Noise in place of S.
        """
        return 2 / self.curvature / (1 + (self.noise_scale if noise is None else noise) / batch_size)


@dataclass(frozen=True)
class PredictedLimit:
    """The speed limit of R networks, read off before training. Each array is (R,).

    start, ahead: Numbers at the start, and after the look ahead.
    distance: Learning rate × updates to the goal of the network linearised at the start; ∞ if it does not get there,
        NaN without a goal.
    gradients: Number of passes over all samples that the prediction cost.
    """

    start: Point
    ahead: Point
    distance: np.ndarray
    gradients: int

    @property
    def on_plateau(self) -> np.ndarray:
        """Whether the look ahead saw no training, so that its noise of gradients says nothing of what follows."""
        slow = self.ahead.loss > (1 - LEAST_PROGRESS) * self.start.loss
        return slow | (self.ahead.noise_scale > LARGEST_RISE * self.start.noise_scale)

    def limit(self, batch_size: int, momentum: float = 0.0) -> np.ndarray:
        """Return the largest learning rate, which with momentum μ stands for η/(1 − μ).

        Momentum is late by μ/(1 − μ) updates, so that 1/limit = 1/limit(SGD) + μ/(1 − μ)/distance. It is NaN with
        momentum for a network that is at the goal before training, since it has no way to go. Raises ValueError if an
        argument is out of range, and with momentum if there was no goal.
        """
        if not (batch_size >= 1 and 0 <= momentum < 1):
            raise ValueError(f"batch_size {batch_size}, momentum {momentum}: must be 1 or more, and from 0 to below 1.")
        of_noise = CONSTANT * self.ahead.limit(batch_size)
        limit = np.where(self.on_plateau, self.ahead.limit(batch_size, self.ahead.curvature_noise), of_noise)
        if momentum and np.isnan(self.distance).any():
            raise ValueError("momentum: its limit depends on the distance. Give a goal.")
        distance = np.where(self.distance == 0, np.nan, self.distance)
        return 1 / (1 / limit + momentum / (1 - momentum) / distance) if momentum else limit

    def updates(self, batch_size: int, momentum: float = 0.0) -> np.ndarray:
        """Return the updates to the goal at the limit, where the way is twice the distance by its definition."""
        return 2 * self.distance / self.limit(batch_size, momentum)


def predict_limit(
    architecture: Architecture, data: Data, seeds: Sequence[int], goal: float | None = None
) -> PredictedLimit:
    """Predict the largest learning rate of networks at every batch size, before they are trained.

    Twelve gradient steps with all samples, each .35/λ long, leave the confusion of the start. There,
    limit(B) = 2.6 · (2/λ) / (1 + S/B), where the limit is the largest learning rate that takes at most twice as many
    updates as small rates promise. On a plateau, which is reported with a UserWarning, S says nothing, and the noise
    of the curvature replaces it, with the constant 1. Dropout, smoothed targets and weight decay are left out.

    Half of this formula without the constant is the best rate of McCandlish et al. 2018, section 2.2, taken here a
    little ahead of the start. Limits are learning rates, distances learning rate × updates, S and B samples. The study
    `limit` tried it on networks that were named before: results/reference/limit.

    >>> points = np.random.default_rng(1).normal(size=(200, 2))
    >>> architecture = Architecture((2, 16, 2), "tanh", "softmax", "cross_entropy", "glorot")
    >>> from ontrial.nn import make_data
    >>> prediction = predict_limit(architecture, make_data((points, (points.sum(axis=1) > 0).astype(int))), [1])
    >>> [round(float(prediction.limit(batch_size)[0]), 1) for batch_size in (1, 16, 200)]
    [0.2, 2.1, 5.1]

    data: Data of the networks, of which the training set is used and, with a goal, the validation set.
    seeds: Seed of each network, as in `train`.
    goal: Accuracy to which the distance is, from 0 to 1.

    Raises ValueError for invalid arguments, ArithmeticError if the largest curvature is not found.
    """
    if goal is not None and (data.target_scale is not None or not 0 <= goal <= 1):
        raise ValueError(f"goal {goal}: must be an accuracy from 0 to 1, of networks that learn classes.")
    if goal is not None and not data.validation.y.size:
        raise ValueError("goal: the distance is to an accuracy on validation data, and there are none. Give some.")
    weights = train(architecture, Recipe(1, updates=0), data, [1.0] * len(seeds), seeds, dtype=np.float64).weights
    network = Network(architecture, weights, np.float64)
    slices = [data.seeds.index(seed) for seed in seeds]
    samples, validation = (Samples(*(array[slices] for array in part)) for part in (data.train, data.validation))
    start = Point.at(network, samples)
    distance, steps = np.full(len(seeds), np.nan), 0
    if goal is not None:
        distance, steps = _linearised_distance(network, samples, validation, goal, STEP / start.curvature)
    for _ in range(STEPS):
        network.backward(_forward(network, samples))
        network.parameters -= (STEP / start.curvature)[:, None] * network.gradients
    ahead = Point.at(network, samples)
    found = PredictedLimit(start, ahead, distance, start.gradients + ahead.gradients + STEPS + steps)
    if found.on_plateau.any():
        warnings.warn("The network starts on a plateau: its predicted limit may be far off.", stacklevel=2)
    return found


def _linearised_distance(
    network: Network, samples: Samples, validation: Samples, goal: float, rates: np.ndarray
) -> tuple[np.ndarray, int]:
    """Return the distance at which networks linearised at their parameters reach an accuracy, (R,), and the steps.

    The flow of their tangent kernel (Jacot, Gabriel & Hongler 2018) is followed by steps with all samples. ∞ if the
    goal is not reached after LONGEST_FLOW. The accuracy is a straight line between steps.
    """
    objective, parts = network.objective, (samples, validation)
    z, z_judged = (np.array(_forward(network, part).z[-1]) for part in parts)
    matrix, judged = (GaussNewton.at(network, part) for part in parts)
    theta = [np.zeros((len(rates), x.shape[2], W.shape[2])) for x, W in zip(matrix.x, matrix.W, strict=True)]
    distance, before = np.full(len(rates), np.inf), np.zeros(len(rates))
    labels = classes(validation.y)
    for step in range(LONGEST_FLOW):
        accuracy = (classes(objective.output.function(z_judged + judged.forward(theta))) == labels).mean(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(step, (goal - before) / (accuracy - before) - 1, 0)
        distance = np.where(np.isinf(distance) & (accuracy >= goal), (step + share) * rates, distance)
        if np.isfinite(distance).all():
            break
        before = accuracy
        gradient = matrix.backward(objective.gradient(objective.output.function(z + matrix.forward(theta)), samples.y))
        theta = [part - rates[:, None, None] * g for part, g in zip(theta, gradient, strict=True)]
    return distance, step


def noise_scale(network: Network, samples: Samples) -> np.ndarray:
    """Return the simple noise scale tr(Σ) / |g|² of each run, (R,), in samples. McCandlish et al. 2018, section 2.2.

    g is the gradient of the mean loss, and Σ the covariance of the gradients of single samples. With a batch of this
    many samples, noise and gradient are equally large.
    """
    buffers = _forward(network, samples)
    size = samples.X.shape[1]
    mean_square, square_of_mean = np.zeros((2, len(network.parameters)))
    for layer, delta in network.deltas(buffers, scale=size):  # undoes the mean: gradients of single samples
        x = buffers.x[layer]
        mean_square += (_squares(x) * _squares(delta)).mean(axis=1)  # |x δᵀ|² = |x|² |δ|²
        square_of_mean += np.square(x.mT @ delta / size).sum(axis=(1, 2))
    return mean_square / square_of_mean - 1


def _forward(network: Network, samples: Samples) -> Buffers:
    """Return the buffers after a forward pass of all samples, X (R, n, n_in) and y (R, n, n_out)."""
    buffers = network.buffers(samples.X.shape[1])
    buffers.inputs[...] = samples.X
    buffers.target[...] = samples.y
    network.forward(buffers)
    return buffers


def _dots(left: list[np.ndarray], right: list[np.ndarray]) -> np.ndarray:
    """Return the scalar product of two vectors of each run, (R,)."""
    return sum((a * b).sum(axis=(1, 2)) for a, b in zip(left, right, strict=True))


def _norms(v: list[np.ndarray]) -> np.ndarray:
    """Return the norm of each run's vector, (R,)."""
    return np.sqrt(_dots(v, v))


def _squares(vectors: np.ndarray) -> np.ndarray:
    """Return |x|² of the vector of each sample, (R, n)."""
    return np.square(vectors).sum(axis=2)
