"""The network of two layers that the chapter on neurons computes by hand: one update, by the plain network of nn."""

import numpy as np
from numpy import ndarray

from ontrial.nn import ACTIVATIONS, LOSSES, Architecture, Recipe, reference
from ontrial.nn.objectives import objective

# One sample, two inputs, three hidden units and two classes, so that shapes differ. Up to the second prediction, all
# numbers but the loss are exact.
ARCHITECTURE = Architecture((2, 3, 2), "relu", "softmax", "cross_entropy", "he")
RECIPE = Recipe(batch_size=1, updates=1)
X = np.array([[1.0, 2.0]])
y = np.array([[1.0, 0.0]])
WEIGHTS = (np.array([[-1.0, 1.0, 1.0], [1.0, 0.5, -1.0]]), np.array([[1.0, -1.0], [-0.5, 0.5], [1.0, 2.0]]))
ETA = 0.1
STEPS = ("inputs", "hidden", "outputs", "output delta", "hidden delta", "gradients")  # of both passes, in their order


def compute() -> dict[str, ndarray]:
    """Return every array of the update, by name: the forward and the backward pass, and "new" ones afterwards.

    `arriving` is what comes back to the hidden layer, before the slope of the activation.
    """
    layers = [(W.copy(), np.zeros(W.shape[1])) for W in WEIGHTS]
    z, a = reference.forward(ARCHITECTURE, layers, X)
    (dW_1, db_1), (dW_2, db_2) = reference.backward(ARCHITECTURE, layers, z, a, y)
    delta_2 = objective(ARCHITECTURE.output, ARCHITECTURE.loss).gradient(a[-1][None], y[None])[0]
    before = {"Z_1": z[0], "A_1": a[1], "Z_2": z[1], "p": a[2], "L": _loss(a)}
    back = {"delta_2": delta_2, "dW_2": dW_2, "db_2": db_2, "arriving": delta_2 @ WEIGHTS[1].T}
    back["slope"] = ACTIVATIONS[ARCHITECTURE.activation].derivative(z[0], a[1])
    back |= {"delta_1": back["arriving"] * back["slope"], "dW_1": dW_1, "db_1": db_1}
    reference.train(ARCHITECTURE, RECIPE, layers, [(X, y)], ETA)
    (W_1, b_1), (W_2, b_2) = layers
    z, a = reference.forward(ARCHITECTURE, layers, X)
    after = {"W_1": W_1, "b_1": b_1, "W_2": W_2, "b_2": b_2}
    after |= {"Z_1": z[0], "A_1": a[1], "Z_2": z[1], "p": a[2], "L": _loss(a)}
    start = {"X": X, "y": y, "W_1": WEIGHTS[0], "W_2": WEIGHTS[1]}
    return start | before | back | {f"new {name}": array for name, array in after.items()}


def _loss(a: list[ndarray]) -> ndarray:
    """Return the loss of the sample from X and the outputs of each layer, (1, 1)."""
    return LOSSES[ARCHITECTURE.loss].value(a[-1][None], y[None])[None]


def short(number: float) -> str:
    """Return a number with at most three decimals."""
    return f"{round(float(number), 3) + 0.0:g}"  # -0.0 becomes 0
