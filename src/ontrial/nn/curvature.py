"""How curved the loss is and how noisy its gradients are, and the largest learning rate that both allow.

Both numbers are known before training. The Gauss–Newton matrix of the mean loss is G = (1/n) Σᵢ Jᵢᵀ Hᵢ Jᵢ over the n
samples. It is the part of the Hessian that does not depend on second derivatives of the network, and has no negative
eigenvalue. Of a matching output and loss, such as softmax and cross-entropy, J is the Jacobian of the last layer's z;
otherwise, it is that of the prediction. H is the Hessian of the loss with respect to the same. Schraudolph 2002.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ontrial.nn.network import Buffers, Network
from ontrial.nn.samples import Samples

ITERATIONS = 1_000
TOLERANCE = 0.001  # largest norm of Gv − λv in multiples of λ; some eigenvalue is within this share of λ

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
        buffers = _forward(network, samples)
        prediction, error = buffers.prediction, buffers.prediction - buffers.target
        objective, loss = network.objective, network.architecture.loss

        def curve(dz: np.ndarray) -> np.ndarray:
            d_prediction = objective.output.backward(prediction, dz)  # the Jacobian of every output is symmetric
            if objective.fused:
                return d_prediction  # dL/dz is p − y, whose derivative is that of p
            return objective.output.backward(prediction, SECOND_DERIVATIVES[loss](error) * d_prediction)

        hidden = zip(buffers.z[:-1], buffers.a[:-1], strict=True)
        slopes = [network.activation.derivative(z, a) for z, a in hidden]
        return cls(buffers.x, [W for W, _ in network.layers], slopes, curve)

    def multiply(self, v: list[np.ndarray]) -> list[np.ndarray]:
        """Return Gv: a forward pass of derivatives in the direction v, and a backward pass of the result."""
        dz = self.x[0] @ v[0]
        for slope, x, W, matrix in zip(self.slopes, self.x[1:], self.W[1:], v[1:], strict=True):
            dz = (slope * dz) @ W + x @ matrix
        delta = self.curve(dz) / dz.shape[1]
        product = [self.x[-1].mT @ delta]
        for slope, x, W in zip(self.slopes[::-1], self.x[-2::-1], self.W[:0:-1], strict=True):
            delta = slope * (delta @ W.mT)
            product.append(x.mT @ delta)
        return product[::-1]

    def largest_eigenvalue(self) -> np.ndarray:
        """Return the largest eigenvalue of each matrix, (R,), by power iteration from a random vector.

        Raises ArithmeticError if it has not converged after ITERATIONS.
        """
        random, runs = np.random.default_rng(0), len(self.x[0])
        shapes = [(x.shape[2], W.shape[2]) for x, W in zip(self.x, self.W, strict=True)]
        v = [np.repeat(random.standard_normal((1, *shape)), runs, axis=0) for shape in shapes]
        for _ in range(ITERATIONS):
            norm = np.maximum(_norms(v), np.finfo(float).tiny)
            v = [matrix / norm[:, None, None] for matrix in v]
            product = self.multiply(v)
            eigenvalue = _dots(v, product)
            residual = [p - eigenvalue[:, None, None] * matrix for p, matrix in zip(product, v, strict=True)]
            if (_norms(residual) <= TOLERANCE * eigenvalue).all():
                return eigenvalue
            v = product
        raise ArithmeticError(f"power iteration has not converged after {ITERATIONS} products.")


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
        mean_square += (np.square(x).sum(axis=2) * np.square(delta).sum(axis=2)).mean(axis=1)  # |x δᵀ|² = |x|² |δ|²
        square_of_mean += np.square(x.mT @ delta / size).sum(axis=(1, 2))
    return mean_square / square_of_mean - 1


def predicted_rate_limit(
    curvature: np.ndarray | float, noise_scale: np.ndarray | float, batch_size: int, momentum: float = 0.0
) -> np.ndarray | float:
    """Return the largest stable learning rate of plain SGD or momentum: (2/λ) / ((1 − μ)/(1 + μ) + S/B).

    Like the measured limit, it stands for the total effect of one gradient: η/(1 − μ) with momentum μ.

    In one dimension, let the gradient of a batch be λθ (1 + ξ), where the noise ξ has mean 0 and variance S/B. Of
    v ← μ v + ηλθ (1 + ξ), θ ← θ − v, the second moments of θ and of the θ before shrink at exactly the rates below this
    limit. In a network, λ is the largest eigenvalue of the Gauss–Newton matrix, S the simple noise scale, and the
    formula a guess. Without noise, the limit is η = 2 (1 + μ)/λ (Polyak 1964); without momentum, it is twice the best
    rate of McCandlish et al. 2018, section 2.2: a longer step no longer lowers the loss on average.

    curvature: λ.
    noise_scale: S, in samples.
    batch_size: B.
    momentum: μ.
    """
    return 2 / curvature / ((1 - momentum) / (1 + momentum) + noise_scale / batch_size)


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
