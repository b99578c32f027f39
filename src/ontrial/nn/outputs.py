"""Output functions, from the last layer's z to a prediction: one entry of OUTPUTS is all that a new one needs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from ontrial.nn.activations import identity, sigmoid


def softmax(z, out=None):
    """pₖ = e^zₖ / Σⱼ e^zⱼ of z (R, B, K), over K. Shifted by the largest zₖ, so that nothing overflows."""
    out = _shifted(z, out)
    np.exp(out, out=out)
    out /= _sum(out)
    return out


def log_softmax(z):
    """log pₖ = zₖ − log Σⱼ e^zⱼ of z (R, B, K), over K. Right where pₖ itself is too small for its type."""
    shifted = _shifted(z)
    return shifted - np.log(_sum(np.exp(shifted)))


def softmax_backward(prediction, gradient, out=None):
    """dL/dz = p (g − Σⱼ gⱼ pⱼ), given p and g = dL/dp, each (R, B, K). `out` may be `gradient`."""
    out = np.subtract(gradient, _sum(gradient * prediction), out=out)
    out *= prediction
    return out


def sigmoid_backward(prediction, gradient, out=None):
    """dL/dz = g p (1 − p), given p and g = dL/dp. `out` may be `gradient`."""
    return np.multiply(gradient, prediction * (1 - prediction), out=out)


def identity_backward(prediction, gradient, out=None):
    """dL/dz = dL/dp. `out` may be `gradient`."""
    return np.positive(gradient, out=out)


def _shifted(z, out=None):
    """z less its largest over the last axis."""
    largest = np.maximum.reduce(np.ascontiguousarray(z.transpose(2, 0, 1)))  # along a short last axis it is slow
    return np.subtract(z, largest[:, :, None], out=out)


def _sum(terms):
    """Sum over the last axis, (R, B, 1): as a product with ones it is fast, and its rounding doesn't depend on R."""
    return np.matmul(terms, _ones(terms.shape[2], terms.dtype))


@cache
def _ones(size, dtype):
    return np.ones((size, 1), dtype)


@dataclass(frozen=True)
class Output:
    """function(z, out=None) → prediction; backward(prediction, dL/dprediction, out=None) → dL/dz, all (R, B, K).

    `predicts` says what a row of K predictions is: one distribution over K classes, K probabilities of their own, or
    K numbers. It decides which losses are legal.
    """

    function: Callable[..., np.ndarray]
    backward: Callable[..., np.ndarray]
    predicts: Literal["distribution", "probabilities", "numbers"]


OUTPUTS = {
    "softmax": Output(softmax, softmax_backward, predicts="distribution"),
    "sigmoid": Output(sigmoid, sigmoid_backward, predicts="probabilities"),
    "identity": Output(identity, identity_backward, predicts="numbers"),
}
