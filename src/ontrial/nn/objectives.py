"""Objectives: pairs of an output activation and a loss, as functions of the last layer's z."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from ontrial.errors import unknown
from ontrial.nn.activations import softplus
from ontrial.nn.losses import LOSSES, LOSSES_OF_PROBABILITIES, Loss, batch_mean, mse_gradient
from ontrial.nn.outputs import OUTPUTS, Output, shifted_by_class


def legal(output: str) -> tuple[str, ...]:
    """Return the losses that may follow an output."""
    return tuple(loss for loss in LOSSES if OUTPUTS[output].predicts != "numbers" or LOSSES[loss].of_numbers)


LEGAL = {output: legal(output) for output in OUTPUTS}  # of the package


def softmax_cross_entropy(z: ndarray, target: ndarray) -> ndarray:
    """Mean over the batch of −Σₖ yₖ log pₖ, computed from z (R, B, K)."""
    shifted = shifted_by_class(z)
    return cross_entropy_of_shifted(shifted, np.add.reduce(np.exp(shifted)), target)


def cross_entropy_of_shifted(shifted: ndarray, total: ndarray, target: ndarray) -> ndarray:
    """Mean over the batch of −Σₖ yₖ log pₖ = log Σⱼ e^sⱼ − Σₖ yₖ sₖ, where Σₖ yₖ = 1.

    shifted: s = z − max z, from `shifted_by_class`, (K, R, B).
    total: Σⱼ e^sⱼ, (R, B).
    """
    terms = target.transpose(2, 0, 1).copy()
    terms *= shifted
    return (np.log(total) - np.add.reduce(terms)).sum(axis=1) / total.shape[1]


def sigmoid_cross_entropy(z: ndarray, target: ndarray) -> ndarray:
    """Mean over the batch of −Σₖ [yₖ log pₖ + (1 − yₖ) log(1 − pₖ)], computed from z (R, B, K)."""
    return batch_mean(target * softplus(-z) + (1 - target) * softplus(z))


@dataclass(frozen=True)
class Fused:
    """An output and a loss computed in one step, which stays accurate where a probability rounds to 0 or 1.

    value(z, target) → (R,); gradient(prediction, target, out=None) → dL/dz (R, B, K).
    """

    value: Callable[..., ndarray]
    gradient: Callable[..., ndarray]


# dL/dz = (p − y) / B: the 1/p of cross-entropy cancels. Bishop, eq. 4.109 and section 5.2.
FUSED = {
    ("softmax", "cross_entropy"): Fused(softmax_cross_entropy, gradient=mse_gradient),
    ("sigmoid", "cross_entropy"): Fused(sigmoid_cross_entropy, gradient=mse_gradient),
}


@dataclass(frozen=True)
class Objective:
    """An output followed by a loss. They are computed in two steps unless there is a fused version."""

    output: Output
    loss: Loss
    fused: Fused | None = None

    def value(self, z: ndarray, prediction: ndarray, target: ndarray) -> ndarray:
        """Return the mean loss over the batch, (R,), from the last layer's z. All arguments are (R, B, K)."""
        return self.fused.value(z, target) if self.fused else self.loss.value(prediction, target)

    def gradient(self, prediction: ndarray, target: ndarray, out: ndarray | None = None) -> ndarray:
        """Return dL/dz of the last layer, (R, B, K), where L is the mean loss over the batch."""
        if self.fused:
            return self.fused.gradient(prediction, target, out)
        gradient = self.loss.gradient(prediction, target, out)
        return self.output.backward(prediction, gradient, gradient)


def objective(output: str, loss: str) -> Objective:
    """Return the objective for two names. Raises ValueError if one is unknown or the pair is not LEGAL."""
    if output not in OUTPUTS:
        raise ValueError(unknown("output", output, OUTPUTS))
    if loss not in LOSSES:
        raise ValueError(unknown("loss", loss, LOSSES))
    if loss not in legal(output):
        raise ValueError(f'loss "{loss}" can\'t follow output "{output}". Losses that can: {", ".join(legal(output))}.')
    losses = LOSSES | LOSSES_OF_PROBABILITIES if OUTPUTS[output].predicts == "probabilities" else LOSSES
    return Objective(OUTPUTS[output], losses[loss], FUSED.get((output, loss)))
