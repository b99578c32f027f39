"""Optimisers, from gradients to new parameters: one entry of OPTIMISERS is all that a new one needs.

A rule changes all parameters of a stack in place. theta and g = dL/dθ have shape (R, P), eta has (R, 1); mu is the
momentum; t is the number of the update, from 1; the optimiser's memory is further arrays (R, P), 0 before the first
update. A rule may overwrite g. It works elementwise, so a run's bytes don't depend on its stack.

Weight decay λ pulls weights, never biases, towards 0. It is L2 regularisation, unless an optimiser decouples it: λW,
the gradient of λ/2 ‖W‖², is added to dW. Adam would divide that by the size of the gradients, so it shrinks the weights
directly, W ← W − ηλW (AdamW: Loshchilov & Hutter 2019, algorithm 2).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ontrial.nn.network import Network

# Defaults of Kingma & Ba 2015, algorithm 1.
BETA_1 = 0.9  # share of Adam's mean of gradients that is kept at an update,
BETA_2 = 0.999  # and of its mean of their squares
EPSILON = 1e-8  # added to the root of the latter: smaller gradients make smaller steps


def sgd(theta, g, eta, mu, t):
    """θ ← θ − η g."""
    g *= eta
    theta -= g


def momentum(theta, g, eta, mu, t, v):
    """v ← μ v + η g, θ ← θ − v. Polyak 1964."""
    g *= eta
    v *= mu
    v += g
    theta -= v


def nesterov(theta, g, eta, mu, t, v):
    """v ← μ v + η g, θ ← θ − (μ v + η g).

    Nesterov 1983, written so that θ is where the gradient is computed: Sutskever, Martens, Dahl & Hinton 2013, eqs 3
    and 4, for their θ + μ v.
    """
    g *= eta
    v *= mu
    v += g
    g += mu * v
    theta -= g


def adam(theta, g, eta, mu, t, m, v):
    """m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − η m̂ / (√v̂ + ε), m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).

    Kingma & Ba 2015, algorithm 1. m and v start at 0; the divisors of m̂ and v̂ correct their bias towards it.
    """
    m *= BETA_1
    m += (1 - BETA_1) * g
    v *= BETA_2
    v += (1 - BETA_2) * np.square(g, out=g)
    root = np.sqrt(v, out=g)
    root *= (1 - BETA_2**t) ** -0.5  # √v̂
    root += EPSILON
    step = np.divide(m, root, out=root)
    step *= eta / (1 - BETA_1**t)
    theta -= step


@dataclass
class State:
    """What an optimiser keeps from one update to the next: the number of updates so far, and its memory."""

    memory: list[np.ndarray]
    t: int = 0


@dataclass(frozen=True)
class Optimiser:
    """rule(theta, g, eta, mu, t, *memory), as described above, and how many arrays its memory are.

    uses_momentum: whether mu matters. decoupled: whether weight decay is apart from the gradient.
    """

    rule: Callable[..., None]
    memory: int = 0
    uses_momentum: bool = False
    decoupled: bool = False

    def start(self, network: Network) -> State:
        """State before the first update."""
        return State([np.zeros_like(network.parameters) for _ in range(self.memory)])

    def step(
        self, network: Network, rates: np.ndarray, state: State, momentum: float = 0.0, weight_decay: float = 0.0
    ) -> None:
        """Update the parameters, given their gradients, which are used up. rates: (R, 1, 1)."""
        if weight_decay:
            for (W, _), (dW, _) in zip(network.layers, network.layer_gradients, strict=True):
                if self.decoupled:
                    W -= rates * weight_decay * W
                else:
                    dW += weight_decay * W
        state.t += 1
        self.rule(network.parameters, network.gradients, rates[:, 0], momentum, state.t, *state.memory)


OPTIMISERS = {
    "sgd": Optimiser(sgd),
    "momentum": Optimiser(momentum, memory=1, uses_momentum=True),
    "nesterov": Optimiser(nesterov, memory=1, uses_momentum=True),
    "adam": Optimiser(adam, memory=2, decoupled=True),
}
