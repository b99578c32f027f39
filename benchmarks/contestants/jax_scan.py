"""JAX, compiled: a round is one `scan` over its batches. Networks are trained one after another."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.work import LEARNING_RATE, Trainer, Weights, Work


def prepare(work: Work) -> Trainer:
    """Convert the weights of each network to JAX arrays. The first round compiles."""
    train_round = compile_round(work, jax.grad(loss))
    networks = [[(jnp.asarray(W[run]), jnp.asarray(b[run])) for W, b in work.weights] for run in range(work.runs)]
    orders = [jnp.asarray(batches) for batches in work.batches]

    def train(rounds: int) -> None:
        for run, order in enumerate(orders):
            for _ in range(rounds):
                networks[run] = train_round(networks[run], order)
        jax.block_until_ready(networks)

    def weights() -> Weights:
        return [tuple(np.stack(part) for part in zip(*layer, strict=True)) for layer in zip(*networks, strict=True)]

    return Trainer(train, weights)


def compile_round(work: Work, gradient: Callable) -> Callable:
    """Return a compiled round, (weights, order (updates, …, batch_size)) → weights.

    gradient: Gradient of `loss`.
    """
    X, y = jnp.asarray(work.X), jnp.asarray(work.y)

    def update(weights, rows):
        gradients = gradient(weights, X[rows], y[rows])
        return jax.tree.map(lambda W, dW: W - LEARNING_RATE * dW, weights, gradients), None

    def train_round(weights, order):
        weights, _ = jax.lax.scan(update, weights, order)
        return weights

    return jax.jit(train_round, donate_argnums=0)


def loss(weights, x, y):
    """Return the cross-entropy of one network on one batch."""
    for W, b in weights[:-1]:
        x = jax.nn.relu(x @ W + b)
    W, b = weights[-1]
    return -(y * jax.nn.log_softmax(x @ W + b)).sum(axis=1).mean()
