"""Output activations, from the last layer's z to the prediction. To add one, add an entry to OUTPUTS."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy import ndarray

from ontrial.nn.activations import identity, sigmoid


def softmax(z: ndarray, out: ndarray | None = None) -> ndarray:
    """pₖ = e^zₖ / Σⱼ e^zⱼ of z (R, B, K), over K. The largest zₖ is subtracted first, so nothing overflows."""
    out = _shifted(z, out)
    np.exp(out, out=out)
    out /= _sum(out)
    return out


def log_softmax(z: ndarray) -> ndarray:
    """log pₖ = zₖ − log Σⱼ e^zⱼ of z (R, B, K), over K. Accurate even where pₖ itself underflows."""
    out = _shifted(z)
    out -= np.log(_sum(np.exp(out)))
    return out


def shifted_by_class(z: ndarray) -> ndarray:
    """Return z (R, B, K) minus its maximum over K, class by class: (K, R, B).

    Operations on whole classes are several times faster than those along a short last axis.
    """
    shifted = z.transpose(2, 0, 1).copy()
    shifted -= np.maximum.reduce(shifted)
    return shifted


def largest(values: ndarray) -> ndarray:
    """Return the maximum over the last axis of values (R, B, K): (R, B)."""
    return np.maximum.reduce(np.ascontiguousarray(values.transpose(2, 0, 1)))  # reducing a short last axis is slow


def classes(outputs: ndarray) -> ndarray:
    """Return the class of each row of outputs (…, K): (…). A single output means class 1 if it is above ½.

    >>> classes(np.array([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]])), classes(np.array([[0.4], [0.6]]))
    (array([1, 0]), array([False,  True]))
    """
    return outputs[..., 0] > 0.5 if outputs.shape[-1] == 1 else outputs.argmax(axis=-1)


def softmax_backward(prediction: ndarray, gradient: ndarray, out: ndarray | None = None) -> ndarray:
    """Return dL/dz = p (g − Σⱼ gⱼ pⱼ) from p and g = dL/dp, each (R, B, K). `out` may be `gradient`."""
    out = np.subtract(gradient, _sum(gradient * prediction), out=out)
    out *= prediction
    return out


def sigmoid_backward(prediction: ndarray, gradient: ndarray, out: ndarray | None = None) -> ndarray:
    """Return dL/dz = g p (1 − p) from p and g = dL/dp. `out` may be `gradient`."""
    return np.multiply(gradient, prediction * (1 - prediction), out=out)


def identity_backward(prediction: ndarray, gradient: ndarray, out: ndarray | None = None) -> ndarray:
    """Return dL/dz = dL/dp. `out` may be `gradient`."""
    return np.positive(gradient, out=out)


def _shifted(z: ndarray, out: ndarray | None = None) -> ndarray:
    """Return z minus its maximum over the last axis."""
    return np.subtract(z, largest(z)[:, :, None], out=out)


def _sum(terms: ndarray) -> ndarray:
    """Sum over the last axis: (R, B, 1). A product with ones is fast, and its rounding does not depend on R."""
    return np.matmul(terms, _ones(terms.shape[2], terms.dtype))


@cache
def _ones(size: int, dtype: np.dtype) -> ndarray:
    return np.ones((size, 1), dtype)


@dataclass(frozen=True)
class Output:
    """An output activation: function(z, out=None) → prediction, and its backward pass, all (R, B, K).

    backward: Function (prediction, dL/dprediction, out=None) → dL/dz.
    predicts: Whether the K predictions of a sample are one distribution over K classes, K separate probabilities, or K
        real numbers. This decides which losses are legal.
    """

    function: Callable[..., ndarray]
    backward: Callable[..., ndarray]
    predicts: Literal["distribution", "probabilities", "numbers"]


OUTPUTS = {
    "softmax": Output(softmax, softmax_backward, predicts="distribution"),
    "sigmoid": Output(sigmoid, sigmoid_backward, predicts="probabilities"),
    "identity": Output(identity, identity_backward, predicts="numbers"),
}
