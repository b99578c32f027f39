"""What theory predicts of a wide random network before training: how signals and gradients change from layer to layer.

Schoenholz, Gilmer, Ganguli & Sohl-Dickstein, Deep Information Propagation, ICLR 2017, eqs 3 and 9. Weights are
independent with mean 0 and variance σ_w²/n_in, biases are 0, widths are large: then z of a layer is normal over units.
"""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

NODES = 128  # even: no node lies on the kink of ReLU at 0, and the halves on its two sides weigh exactly ½

Function = Callable[[np.ndarray], np.ndarray]


@cache
def quadrature() -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of the Gauss–Hermite quadrature of a standard normal variable."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    return nodes, weights / weights.sum()


def second_moment(function: Function, variance: float) -> float:
    """E[f(z)²] for z normal with mean 0."""
    nodes, weights = quadrature()
    return float(weights @ function(np.sqrt(variance) * nodes) ** 2)


def variances(function: Function, sigma_w2: Sequence[float], input_moment: float = 1.0) -> np.ndarray:
    """Variance of z in each layer: σ_w² E[a²], a the activation of the layer below, for the first the inputs.

    sigma_w2: σ_w² of each layer of weights (variance of a weight × n_in), from the inputs on. input_moment: mean square
    of the inputs. Returns one number for each layer.
    """
    moments = [input_moment]
    found = []
    for sigma2 in sigma_w2:
        found.append(sigma2 * moments[-1])
        moments.append(second_moment(function, found[-1]))
    return np.array(found)


def gradient_norms(
    function: Function, derivative: Function, sigma_w2: Sequence[float], input_moment: float = 1.0
) -> np.ndarray:
    """Norm of the gradient with respect to z in each layer, divided by that in the last.

    One layer down multiplies its square by χ = σ_w² E[φ′(z)²]: σ_w² of the weights above, z of the layer below. Same
    arguments as `variances`; the layers are those that share the activation, so the output layer is not among them.
    """
    below = variances(function, sigma_w2, input_moment)[:-1]
    chi = [sigma2 * second_moment(derivative, variance) for sigma2, variance in zip(sigma_w2[1:], below, strict=True)]
    return np.sqrt(np.cumprod([1.0, *reversed(chi)])[::-1])
