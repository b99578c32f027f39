"""Loss functions: one entry of LOSSES is all that a new one needs.

prediction and target have shape (R, B, K). A value is the mean over the batch, (R,), and a gradient is the gradient of
that same mean with respect to the prediction, (R, B, K). Over the K outputs every loss is a sum: dividing by K as well
would scale the learning rate with the number of classes.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


def batch_mean(terms):
    """(R, B, K) → (R,): the sum over outputs, averaged over the batch."""
    runs, batch, _ = terms.shape
    return terms.reshape(runs, -1).sum(axis=1) / batch  # one contiguous axis: the same rounding whatever R is


def mse(prediction, target):
    """Mean over the batch of ½ Σₖ (pₖ − yₖ)². Bishop, Pattern Recognition and Machine Learning, eq. 5.11."""
    error = prediction - target
    return batch_mean(error * error) / 2


def mse_gradient(prediction, target, out=None):
    """(p − y) / B."""
    out = np.subtract(prediction, target, out=out)
    out /= prediction.shape[1]
    return out


def mae(prediction, target):
    """Mean over the batch of Σₖ |pₖ − yₖ|."""
    return batch_mean(np.abs(prediction - target))


def mae_gradient(prediction, target, out=None):
    """sign(p − y) / B: 0 where they are equal, where there is no derivative."""
    out = np.subtract(prediction, target, out=out)
    np.sign(out, out=out)
    out /= prediction.shape[1]
    return out


def huber(prediction, target):
    """Mean over the batch of Σₖ h(pₖ − yₖ): h(e) = ½ e² for |e| ≤ 1, else |e| − ½. Huber 1964, with k = 1."""
    error = prediction - target
    bounded = np.clip(error, -1, 1)
    return batch_mean(bounded * (error - bounded / 2))


def huber_gradient(prediction, target, out=None):
    """(p − y) / B, the difference bounded by ±1."""
    out = np.subtract(prediction, target, out=out)
    np.clip(out, -1, 1, out=out)
    out /= prediction.shape[1]
    return out


def cross_entropy(prediction, target):
    """Mean over the batch of −Σₖ yₖ log pₖ; rows of `target` sum to 1. Bishop, eq. 4.108."""
    return batch_mean(target * -_log(prediction))


def cross_entropy_gradient(prediction, target, out=None):
    """−y / p / B."""
    out = np.divide(target, _away_from_zero(prediction), out=out)
    out /= -prediction.shape[1]
    return out


def binary_cross_entropy(prediction, target):
    """Mean over the batch of −Σₖ [yₖ log pₖ + (1 − yₖ) log(1 − pₖ)]. Bishop, eq. 4.90."""
    return batch_mean(target * -_log(prediction) + (1 - target) * -_log(1 - prediction))


def binary_cross_entropy_gradient(prediction, target, out=None):
    """(p − y) / (p (1 − p)) / B."""
    out = np.subtract(prediction, target, out=out)
    out /= _away_from_zero(prediction * (1 - prediction))
    out /= prediction.shape[1]
    return out


def _away_from_zero(p):
    return np.maximum(p, np.finfo(p.dtype).tiny)


def _log(p):
    return np.log(_away_from_zero(p))  # log 0 would poison the run's whole mean


@dataclass(frozen=True)
class Loss:
    """value(prediction, target) → (R,); gradient(prediction, target, out=None) → (R, B, K).

    `of_numbers`: whether it is defined for predictions that are no probabilities.
    """

    value: Callable[..., np.ndarray]
    gradient: Callable[..., np.ndarray]
    of_numbers: bool = True


LOSSES = {
    "mse": Loss(mse, mse_gradient),
    "cross_entropy": Loss(cross_entropy, cross_entropy_gradient, of_numbers=False),
    "mae": Loss(mae, mae_gradient),
    "huber": Loss(huber, huber_gradient),
}

# The same name, where each output is a probability of its own and not a part of one distribution.
LOSSES_OF_PROBABILITIES = {
    "cross_entropy": Loss(binary_cross_entropy, binary_cross_entropy_gradient, of_numbers=False),
}
