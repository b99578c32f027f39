"""Ensembles: several networks that answer as one.

The answer is the mean of the predictions: the mean probability of each class, or the mean number (Hansen & Salamon
1990; Lakshminarayanan, Pritzel & Blundell 2017). A stack of R ensembles of k members is a stack of R · k networks, in
which the members of an ensemble follow each other.
"""

from functools import partial

import numpy as np

from ontrial.nn.activations import softplus
from ontrial.nn.answers import Answers, answers
from ontrial.nn.network import Buffers, Network
from ontrial.nn.objectives import Objective
from ontrial.nn.outputs import log_softmax


class Ensembles:
    """A stack of ensembles, in the form in which probes see a stack of networks."""

    def __init__(self, network: Network, members: int):
        """Combine a stack of networks.

        network: Stack of R · members networks.
        """
        self.members = members
        self.architecture = network.architecture
        self.objective = network.objective
        self.parameters = network.parameters[::members]  # one row for each ensemble

    def answers(self, buffers: Buffers, right: np.ndarray) -> Answers:
        """Return the answers of the ensembles to a batch, from the buffers after a forward pass of their networks.

        right: Classes of the samples, (R, B).
        """
        z = combined(self.objective, buffers.z[-1], self.members)
        target = buffers.target[:: self.members]
        return answers(self.architecture.output, z, target, right, partial(self.objective.output.function, z))


def combined(objective: Objective, z: np.ndarray, members: int) -> np.ndarray:
    """Return the z (R, B, K) whose prediction is the mean of the members', from their z, (R · members, B, K).

    Of softmax, it is the logarithm of the mean probability, and of sigmoids, the logarithm of its odds. Both come from
    logarithms, so that a mean that rounds to 0 or 1 has a finite loss.

    >>> from ontrial.nn.objectives import objective
    >>> log_odds = np.log([[[1.0]], [[9.0]]])  # two members, which give ½ and 9/10: the mean is 7/10, with odds 7/3
    >>> np.exp(combined(objective("sigmoid", "cross_entropy"), log_odds, members=2)).round(3).tolist()
    [[[2.333]]]
    """
    match objective.output.predicts:
        case "distribution":
            return _log_mean(log_softmax(z), members)
        case "probabilities":
            return _log_mean(-softplus(-z), members) - _log_mean(-softplus(z), members)
    return _mean(z.reshape(-1, members, *z.shape[1:]))


def _log_mean(logarithms: np.ndarray, members: int) -> np.ndarray:
    """Return the logarithms of means of members, whose logarithms are (R · members, B, K)."""
    grouped = logarithms.reshape(-1, members, *logarithms.shape[1:])
    peak = grouped.max(axis=1)
    return peak + np.log(_mean(np.exp(grouped - peak[:, None])))


def _mean(grouped: np.ndarray) -> np.ndarray:
    """Return the mean over axis 1, added one by one, so that it does not depend on the other runs."""
    total = grouped[:, 0].copy()
    for member in range(1, grouped.shape[1]):
        total += grouped[:, member]
    return total / grouped.shape[1]
