"""Mean-field theory of wide random networks: how signals and gradients change from layer to layer before training.

Schoenholz, Gilmer, Ganguli & Sohl-Dickstein, Deep Information Propagation, ICLR 2017, eqs 3 and 9. Weights are
independent with mean 0 and variance σ_w²/n_in, biases are 0, and layers are wide, so that z is normally distributed
over the units of a layer.
"""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from scipy.optimize import brentq

NODES = 2_000  # even, so that no node is at 0, the kink of ReLU, and the weights on each side of it sum to exactly ½
FAR = 12.0  # standard deviations, beyond which a normal variable has no weight in double precision
DEEP = 100  # layers, after which the variance of z no longer changes

Function = Callable[[np.ndarray], np.ndarray]


@cache
def quadrature() -> tuple[np.ndarray, np.ndarray]:
    """Return equally spaced nodes and weights that average over a standard normal variable.

    The trapezoidal rule is exact to rounding for smooth functions, even for sigmoids that are steep like steps.
    """
    nodes = np.linspace(-FAR, FAR, NODES)
    weights = np.exp(-(nodes**2) / 2)
    return nodes, weights / weights.sum()


def second_moment(function: Function, variance: float) -> float:
    """Return E[f(z)²] for a normal z with mean 0 and the given variance."""
    nodes, weights = quadrature()
    return float(weights @ function(np.sqrt(variance) * nodes) ** 2)


def variances(function: Function, sigma_w2: Sequence[float]) -> np.ndarray:
    """Return the variance of z in each layer, (layers,): σ_w² E[a²], where a is its input. E[a²] of the inputs is 1.

    sigma_w2: Variance of a weight times n_in, for each layer.
    """
    moment = 1.0
    layer_variances = []
    for sigma2 in sigma_w2:
        layer_variances.append(sigma2 * moment)
        moment = second_moment(function, layer_variances[-1])
    return np.array(layer_variances)


def gradient_norms(function: Function, derivative: Function, sigma_w2: Sequence[float]) -> np.ndarray:
    """Return the norm of dL/dz in each layer divided by that in the last, (layers,).

    Going down one layer multiplies the squared norm by χ = σ_w² E[φ′(z)²], with σ_w² of the weights above and z of the
    layer below. All layers have the same activation, so the output layer is not among them. The parameters are those of
    `variances`.
    """
    below = variances(function, sigma_w2)[:-1]
    chi = [sigma2 * second_moment(derivative, variance) for sigma2, variance in zip(sigma_w2[1:], below, strict=True)]
    return np.sqrt(np.cumprod([1.0, *reversed(chi)])[::-1])


def deep_factor(function: Function, derivative: Function, sigma_w2: float) -> float:
    """Return the factor √χ that the norm of dL/dz gains on its way down each layer far from the inputs."""
    variance = variances(function, [sigma_w2] * DEEP)[-1]
    return float(np.sqrt(sigma_w2 * second_moment(derivative, variance)))


def critical_variance(function: Function, derivative: Function) -> float:
    """Return the σ_w² between 1/1000 and 1000 at which layers far from the inputs keep the norm of the gradient."""
    return float(brentq(lambda sigma_w2: deep_factor(function, derivative, sigma_w2) - 1, 1e-3, 1e3))
