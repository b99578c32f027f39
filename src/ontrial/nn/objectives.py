"""Objectives: which loss may follow which output, and the pair as a function of the last layer's z."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ontrial.errors import unknown
from ontrial.nn.activations import softplus
from ontrial.nn.losses import LOSSES, LOSSES_OF_PROBABILITIES, Loss, batch_mean, mse_gradient
from ontrial.nn.outputs import OUTPUTS, Output, log_softmax

LEGAL = {
    output: tuple(loss for loss in LOSSES if OUTPUTS[output].predicts != "numbers" or LOSSES[loss].of_numbers)
    for output in OUTPUTS
}


def softmax_cross_entropy(z, target):
    """Mean over the batch of −Σₖ yₖ log pₖ, from z."""
    return batch_mean(target * -log_softmax(z))


def sigmoid_cross_entropy(z, target):
    """Mean over the batch of −Σₖ [yₖ log pₖ + (1 − yₖ) log(1 − pₖ)], from z."""
    return batch_mean(target * softplus(-z) + (1 - target) * softplus(z))


def prediction_minus_target(prediction, target, out=None):
    """dL/dz = (p − y) / B: the 1/p of cross-entropy cancels. Bishop, eq. 4.109 and section 5.2."""
    return mse_gradient(prediction, target, out)


@dataclass(frozen=True)
class Fused:
    """An output and a loss in one step, right where a probability has been rounded to 0 or 1.

    value(z, target) → (R,); gradient(prediction, target, out=None) → dL/dz (R, B, K).
    """

    value: Callable[..., np.ndarray]
    gradient: Callable[..., np.ndarray]


FUSED = {
    ("softmax", "cross_entropy"): Fused(softmax_cross_entropy, prediction_minus_target),
    ("sigmoid", "cross_entropy"): Fused(sigmoid_cross_entropy, prediction_minus_target),
}


@dataclass(frozen=True)
class Objective:
    """A loss behind an output; in two steps, unless there is a fused one."""

    output: Output
    loss: Loss
    fused: Fused | None = None

    def value(self, z, prediction, target):
        """Mean loss over the batch, (R,), of the last layer's z and its prediction, each (R, B, K)."""
        return self.fused.value(z, target) if self.fused else self.loss.value(prediction, target)

    def gradient(self, prediction, target, out=None):
        """dL/dz of the last layer, (R, B, K), L being that mean."""
        if self.fused:
            return self.fused.gradient(prediction, target, out)
        gradient = self.loss.gradient(prediction, target, out)
        return self.output.backward(prediction, gradient, gradient)


def objective(output: str, loss: str) -> Objective:
    """The objective of an output's and a loss's name; ValueError for an unknown name or a pair that is not LEGAL."""
    if output not in OUTPUTS:
        raise ValueError(unknown("output", output, OUTPUTS))
    if loss not in LOSSES:
        raise ValueError(unknown("loss", loss, LOSSES))
    if loss not in LEGAL[output]:
        raise ValueError(f'loss "{loss}" can\'t follow output "{output}". Losses that can: {", ".join(LEGAL[output])}.')
    own = LOSSES_OF_PROBABILITIES if OUTPUTS[output].predicts == "probabilities" else {}
    return Objective(OUTPUTS[output], own.get(loss, LOSSES[loss]), FUSED.get((output, loss)))
