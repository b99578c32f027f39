"""What a stack answers to a block of samples: predictions, whether they are right, and losses.

Evaluation takes a good part of the time of training, and most measures need few of these numbers. So each is computed
when it is first asked for.
"""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from ontrial.nn.objectives import Objective, cross_entropy_of_shifted
from ontrial.nn.outputs import classes, largest, shifted_by_class


class Answers:
    """The answers of R networks, or of R ensembles, to a block of B samples.

    z: Weighted sums of the last layer, (R, B, K).
    target: Targets, (R, B, K).
    right: Classes of the samples, (R, B).
    samples: Their number B.
    """

    def __init__(self, z: np.ndarray, target: np.ndarray, right: np.ndarray, predict: Callable[[], np.ndarray]):
        """Take what a forward pass has computed.

        predict: Function that returns the prediction, (R, B, K).
        """
        self.z, self.target, self.right, self._predict = z, target, right, predict
        self.samples = right.shape[1]

    @cached_property
    def prediction(self) -> np.ndarray:
        """The prediction, (R, B, K)."""
        return self._predict()

    @cached_property
    def correct(self) -> np.ndarray:
        """Whether the predicted class is the right one, (R, B). Undefined for regression targets."""
        return classes(self.prediction) == self.right

    @cached_property
    def confidence(self) -> np.ndarray:
        """Probability of the predicted class, (R, B)."""
        p = self.prediction
        return np.maximum(p, 1 - p)[:, :, 0] if p.shape[2] == 1 else largest(p)

    def mean_loss(self, objective: Objective) -> np.ndarray:
        """Return the mean of a loss over the samples, (R,). Its output must be that of the networks."""
        if objective.fused:
            return objective.fused.value(self.z, self.target)
        return objective.loss.value(self.prediction, self.target)


class SoftmaxAnswers(Answers):
    """Answers of softmax outputs to two or more classes. Their classes, confidences and cross-entropies need no p."""

    @cached_property
    def correct(self) -> np.ndarray:
        """Whether the predicted class is the right one, (R, B)."""
        is_largest = self._shifted == 0
        is_finite = np.isfinite(self._shifted[0]).all()
        if not is_finite or np.count_nonzero(is_largest) != self.right.size:  # of ties, the first
            return classes(self.z) == self.right
        samples = np.arange(self.right.size).reshape(self.right.shape)
        return is_largest.ravel().take(self.right * self.right.size + samples)

    @cached_property
    def confidence(self) -> np.ndarray:
        """Probability of the predicted class, (R, B)."""
        return 1 / self._total

    def mean_loss(self, objective: Objective) -> np.ndarray:
        """Return the mean of a loss over the samples, (R,)."""
        return self._cross_entropy if objective.fused else super().mean_loss(objective)

    @cached_property
    def _cross_entropy(self) -> np.ndarray:
        return cross_entropy_of_shifted(self._shifted, self._total, self.target)

    @cached_property
    def _shifted(self) -> np.ndarray:
        return shifted_by_class(self.z)

    @cached_property
    def _total(self) -> np.ndarray:
        return np.add.reduce(np.exp(self._shifted))


def answers(
    output: str, z: np.ndarray, target: np.ndarray, right: np.ndarray, predict: Callable[[], np.ndarray]
) -> Answers:
    """Return the answers of networks with an output, by its name. The other arguments are those of `Answers`."""
    is_softmax = output == "softmax" and z.shape[2] > 1
    return (SoftmaxAnswers if is_softmax else Answers)(z, target, right, predict)
