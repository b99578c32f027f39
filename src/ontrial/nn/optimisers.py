"""Optimisers, which update parameters from their gradients. To add one, add an entry to OPTIMISERS.

An update rule changes all parameters of a stack in place. theta and g = dL/dθ have shape (R, P), eta has (R, 1). mu is
the momentum, and t counts the updates from 1. The other arguments are the optimiser's state arrays, (R, P), which are 0
before the first update. A rule may overwrite g. It works elementwise, so a run's result does not depend on its stack.

Weight decay λ pulls weights, but not biases, towards 0. By default it is L2 regularisation: λW, the gradient of
λ/2 ‖W‖², is added to dW. Adam would rescale that term by the size of the gradients. Its decay is therefore decoupled:
W ← W − ηλW (AdamW: Loshchilov & Hutter 2019, algorithm 2).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from ontrial.nn.network import Network

# Defaults of Kingma & Ba 2015, algorithm 1.
BETA_1 = 0.9  # decay rate of the mean of the gradients
BETA_2 = 0.999  # decay rate of the mean of the squared gradients
EPSILON = 1e-8  # added to the root of the latter, which prevents a division by 0


def sgd(theta: ndarray, g: ndarray, eta: ndarray, mu: float, t: int) -> None:
    """θ ← θ − η g."""
    g *= eta
    theta -= g


def polyak(theta: ndarray, g: ndarray, eta: ndarray, mu: float, t: int, v: ndarray) -> None:
    """v ← μ v + η g, θ ← θ − v. Polyak 1964."""
    g *= eta
    v *= mu
    v += g
    theta -= v


def nesterov(theta: ndarray, g: ndarray, eta: ndarray, mu: float, t: int, v: ndarray) -> None:
    """v ← μ v + η g, θ ← θ − (μ v + η g).

    Nesterov 1983, in the form of Sutskever, Martens, Dahl & Hinton 2013, eqs 3 and 4. θ is the point where the gradient
    is computed, their θ + μ v.
    """
    g *= eta
    v *= mu
    v += g
    g += mu * v
    theta -= g


def adam(theta: ndarray, g: ndarray, eta: ndarray, mu: float, t: int, m: ndarray, v: ndarray) -> None:
    """m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − η m̂ / (√v̂ + ε), m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).

    Kingma & Ba 2015, algorithm 1. m and v start at 0; the divisors of m̂ and v̂ correct the bias towards 0.
    """
    m *= BETA_1
    m += (1 - BETA_1) * g
    v *= BETA_2
    v += (1 - BETA_2) * np.square(g, out=g)
    root = np.sqrt(v, out=g)
    root *= (1 - BETA_2**t) ** -0.5  # √v̂; a test shows that every library rounds these powers to the same float32
    root += EPSILON
    step = np.divide(m, root, out=root)
    step *= eta / (1 - BETA_1**t)
    theta -= step


def clip(gradients: ndarray, largest: float) -> None:
    """g ← g · min(1, c / ‖g‖) for gradients (R, P) of all parameters of each run and the largest norm c.

    Pascanu, Mikolov & Bengio 2013, algorithm 1. PyTorch's `clip_grad_norm_` adds 1e-6 to ‖g‖. Norms are computed in
    float64, in which no square of a float32 overflows.
    """
    norms = np.sqrt(np.square(gradients, dtype=np.float64).sum(axis=1, keepdims=True))
    gradients *= np.minimum(1, largest / norms).astype(gradients.dtype)


@dataclass
class State:
    """The state of an optimiser between updates: its arrays, each (R, P), and the number of updates so far."""

    arrays: list[ndarray]
    t: int = 0


@dataclass(frozen=True)
class Optimiser:
    """An optimiser: its update rule(theta, g, eta, mu, t, *arrays) and the number of its state arrays.

    uses_momentum: Whether the rule depends on mu.
    decoupled: Whether weight decay is applied directly to the weights, rather than added to the gradient.
    """

    rule: Callable[..., None]
    state_arrays: int = 0
    uses_momentum: bool = False
    decoupled: bool = False

    def init_state(self, network: Network) -> State:
        """Return the state before the first update."""
        return State([np.zeros_like(network.parameters) for _ in range(self.state_arrays)])

    def step(
        self, network: Network, rates: ndarray, state: State, momentum: float = 0.0, weight_decay: float = 0.0
    ) -> None:
        """Update the parameters from their gradients, which may be overwritten.

        rates: Learning rates (R, 1, 1).
        """
        if weight_decay:
            for (W, _), (dW, _) in zip(network.layers, network.layer_gradients, strict=True):
                if self.decoupled:
                    W -= rates * weight_decay * W
                else:
                    dW += weight_decay * W
        state.t += 1
        self.rule(network.parameters, network.gradients, rates[:, 0], momentum, state.t, *state.arrays)


OPTIMISERS = {
    "sgd": Optimiser(sgd),
    "momentum": Optimiser(polyak, state_arrays=1, uses_momentum=True),
    "nesterov": Optimiser(nesterov, state_arrays=1, uses_momentum=True),
    "adam": Optimiser(adam, state_arrays=2, decoupled=True),
}
