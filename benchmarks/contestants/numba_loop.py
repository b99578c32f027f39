"""Numba: a round of one network is a single compiled loop, written by hand. Networks are trained one after another.

It shows what a compiled kernel gains where calls and passes over the weights take longer than the arithmetic.
"""

import numba
import numpy as np

from benchmarks.work import LEARNING_RATE, Trainer, Work

ZERO = np.float32(0)


def prepare(work: Work) -> Trainer:
    """Prepare to train the weights of the work in place. The first round compiles."""
    a = tuple(np.empty((work.batch_size, width), work.X.dtype) for width in work.layers)
    delta = tuple(np.empty_like(activations) for activations in a)
    rate = work.X.dtype.type(LEARNING_RATE)
    networks = [tuple((W[run], b[run]) for W, b in work.weights) for run in range(work.runs)]

    def train(rounds: int) -> None:
        for layers, batches in zip(networks, work.batches, strict=True):
            for _ in range(rounds):
                train_round(layers, work.X, work.y, batches, a, delta, rate)

    return Trainer(train, lambda: work.weights)


@numba.njit(fastmath=True)
def train_round(layers, X, y, batches, a, delta, rate):
    """Train one network for one round.

    a: Values of each layer, (batch_size, width).
    delta: Errors of each layer, (batch_size, width).
    """
    last = len(layers)
    for rows in batches:
        for sample, row in enumerate(rows):
            a[0][sample] = X[row]
        for layer in range(last):
            W, b = layers[layer]
            forward(W, b, a[layer], a[layer + 1], layer < last - 1)
        for sample, row in enumerate(rows):
            differentiate_loss(a[last][sample], y[row], len(rows), delta[last][sample])
        for layer in range(last - 1, -1, -1):
            W, b = layers[layer]
            backward(W, b, a[layer], delta[layer + 1], delta[layer], rate, layer > 0)


@numba.njit(fastmath=True)
def forward(W, b, x, a, has_relu):
    """Compute a = x W + b, or max(x W + b, 0)."""
    for sample in range(len(x)):
        z = a[sample]
        for j in range(len(b)):
            z[j] = b[j]
        end = len(W) // 4 * 4
        for i in range(0, end, 4):
            x_0, x_1, x_2, x_3 = x[sample, i], x[sample, i + 1], x[sample, i + 2], x[sample, i + 3]
            W_0, W_1, W_2, W_3 = W[i], W[i + 1], W[i + 2], W[i + 3]
            for j in range(len(b)):
                z[j] += x_0 * W_0[j] + x_1 * W_1[j] + x_2 * W_2[j] + x_3 * W_3[j]
        for i in range(end, len(W)):
            x_i, W_i = x[sample, i], W[i]
            for j in range(len(b)):
                z[j] += x_i * W_i[j]
        if has_relu:
            for j in range(len(b)):
                z[j] = max(z[j], ZERO)


@numba.njit(fastmath=True)
def differentiate_loss(z, y, batch_size, delta):
    """Compute the gradient of the mean cross-entropy with respect to the outputs z of one sample."""
    largest, total = z.max(), ZERO
    for k in range(len(z)):
        delta[k] = np.exp(z[k] - largest)
        total += delta[k]
    for k in range(len(z)):
        delta[k] = (delta[k] / total - y[k]) / batch_size


@numba.njit(fastmath=True)
def backward(W, b, x, delta, delta_x, rate, is_hidden):
    """Compute the errors delta_x of a hidden layer x, and update W and b, in one pass over W."""
    for i in range(len(W)):
        W_i = W[i]
        if is_hidden:
            for sample in range(len(x)):
                total, d = ZERO, delta[sample]
                if x[sample, i] > 0:
                    for j in range(len(b)):
                        total += W_i[j] * d[j]
                delta_x[sample, i] = total
        for sample in range(len(x)):
            step, d = rate * x[sample, i], delta[sample]
            if step != 0:
                for j in range(len(b)):
                    W_i[j] -= step * d[j]
    for sample in range(len(x)):
        d = delta[sample]
        for j in range(len(b)):
            b[j] -= rate * d[j]
