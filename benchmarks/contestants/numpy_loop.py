"""Plain NumPy as in a textbook: one network after another, and a new array for every result."""

import numpy as np

from benchmarks.work import LEARNING_RATE, Trainer, Work


def prepare(work: Work) -> Trainer:
    """Prepare to train the weights of the work in place, in their dtype."""

    def train(rounds: int) -> None:
        for run, batches in enumerate(work.batches):
            layers = [(W[run], b[run]) for W, b in work.weights]
            for _ in range(rounds):
                for rows in batches:
                    update(layers, work.X[rows], work.y[rows])

    return Trainer(train, lambda: work.weights)


def update(layers: list[tuple[np.ndarray, np.ndarray]], x: np.ndarray, y: np.ndarray) -> None:
    """Take one step of gradient descent on a batch."""
    inputs = [x]
    for W, b in layers[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W + b, 0))
    W, b = layers[-1]
    z = inputs[-1] @ W + b
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    delta = (p - y) / len(x)
    for i in reversed(range(len(layers))):
        W, b = layers[i]
        dW, db = inputs[i].T @ delta, delta.sum(axis=0)
        if i > 0:
            delta = (delta @ W.T) * (inputs[i] > 0)
        W -= LEARNING_RATE * dW
        b -= LEARNING_RATE * db
