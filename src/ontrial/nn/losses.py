"""Loss functions and their gradients. To add one, add an entry to LOSSES.

`prediction` and `target` have shape (R, B, K). A value is the mean over the batch, (R,). A gradient is the gradient of
that mean with respect to the prediction, (R, B, K). Every loss sums over the K outputs: dividing by K as well would
make the effective learning rate depend on the number of classes.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy import ndarray


def batch_mean(terms: ndarray) -> ndarray:
    """Sum terms (R, B, K) over the outputs and average over the batch: (R,)."""
    runs, batch, _ = terms.shape
    return terms.reshape(runs, -1).sum(axis=1) / batch  # one contiguous axis, so rounding does not depend on R


def mse(prediction: ndarray, target: ndarray) -> ndarray:
    """Mean over the batch of ½ Σₖ (pₖ − yₖ)². Bishop, Pattern Recognition and Machine Learning, eq. 5.11."""
    error = prediction - target
    return batch_mean(error * error) / 2


def mse_gradient(prediction: ndarray, target: ndarray, out: ndarray | None = None) -> ndarray:
    """(p − y) / B."""
    out = np.subtract(prediction, target, out=out)
    out /= prediction.shape[1]
    return out


def mae(prediction: ndarray, target: ndarray) -> ndarray:
    """Mean over the batch of Σₖ |pₖ − yₖ|."""
    return batch_mean(np.abs(prediction - target))


def mae_gradient(prediction: ndarray, target: ndarray, out: ndarray | None = None) -> ndarray:
    """sign(p − y) / B. Where p = y the derivative does not exist; this returns 0 there."""
    out = np.subtract(prediction, target, out=out)
    np.sign(out, out=out)
    out /= prediction.shape[1]
    return out


def huber(prediction: ndarray, target: ndarray) -> ndarray:
    """Mean over the batch of Σₖ h(pₖ − yₖ): h(e) = ½ e² for |e| ≤ 1, else |e| − ½. Huber 1964, with k = 1."""
    error = prediction - target
    bounded = np.clip(error, -1, 1)
    return batch_mean(bounded * (error - bounded / 2))


def huber_gradient(prediction: ndarray, target: ndarray, out: ndarray | None = None) -> ndarray:
    """(p − y) / B, with p − y clipped to ±1."""
    out = np.subtract(prediction, target, out=out)
    np.clip(out, -1, 1, out=out)
    out /= prediction.shape[1]
    return out


def cross_entropy(prediction: ndarray, target: ndarray) -> ndarray:
    """Mean over the batch of −Σₖ yₖ log pₖ; rows of `target` sum to 1. Bishop, eq. 4.108."""
    return batch_mean(target * -_log(prediction))


def cross_entropy_gradient(prediction: ndarray, target: ndarray, out: ndarray | None = None) -> ndarray:
    """−y / p / B."""
    out = np.divide(target, _away_from_zero(prediction), out=out)
    out /= -prediction.shape[1]
    return out


def binary_cross_entropy(prediction: ndarray, target: ndarray) -> ndarray:
    """Mean over the batch of −Σₖ [yₖ log pₖ + (1 − yₖ) log(1 − pₖ)]. Bishop, eq. 4.90."""
    return batch_mean(target * -_log(prediction) + (1 - target) * -_log(1 - prediction))


def binary_cross_entropy_gradient(prediction: ndarray, target: ndarray, out: ndarray | None = None) -> ndarray:
    """(p − y) / (p (1 − p)) / B."""
    out = np.subtract(prediction, target, out=out)
    out /= _away_from_zero(prediction * (1 - prediction))
    out /= prediction.shape[1]
    return out


def _away_from_zero(p: ndarray) -> ndarray:
    return np.maximum(p, np.finfo(p.dtype).tiny)


def _log(p: ndarray) -> ndarray:
    return np.log(_away_from_zero(p))  # a single log 0 would make the mean infinite


@dataclass(frozen=True)
class Loss:
    """A loss: value(prediction, target) → (R,), and gradient(prediction, target, out=None) → (R, B, K).

    of_numbers: Whether predictions may be any real numbers, rather than only probabilities.
    """

    value: Callable[..., ndarray]
    gradient: Callable[..., ndarray]
    of_numbers: bool = True


LOSSES = {
    "mse": Loss(mse, mse_gradient),
    "cross_entropy": Loss(cross_entropy, cross_entropy_gradient, of_numbers=False),
    "mae": Loss(mae, mae_gradient),
    "huber": Loss(huber, huber_gradient),
}

# Losses used instead of those of the same name if each output is a separate probability (sigmoid, not softmax).
LOSSES_OF_PROBABILITIES = {
    "cross_entropy": Loss(binary_cross_entropy, binary_cross_entropy_gradient, of_numbers=False),
}
