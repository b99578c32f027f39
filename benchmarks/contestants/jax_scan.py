"""JAX, compiled: a round is one `scan` over its batches; one network after another."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.work import LEARNING_RATE, Trainer, Weights, Work


def prepare(work: Work) -> Trainer:
    """The weights of each network as arrays of JAX; the first round compiles."""
    trained = compiled(work, jax.grad(loss))
    networks = [[(jnp.asarray(W[run]), jnp.asarray(b[run])) for W, b in work.weights] for run in range(work.runs)]
    orders = [jnp.asarray(batches) for batches in work.batches]

    def train(rounds: int) -> None:
        for run, order in enumerate(orders):
            for _ in range(rounds):
                networks[run] = trained(networks[run], order)
        jax.block_until_ready(networks)

    def weights() -> Weights:
        return [tuple(np.stack(part) for part in zip(*layer, strict=True)) for layer in zip(*networks, strict=True)]

    return Trainer(train, weights)


def compiled(work: Work, gradient: Callable) -> Callable:
    """A round, from weights and the order (updates, …, batch_size) to weights. `gradient` is that of `loss`."""
    X, y = jnp.asarray(work.X), jnp.asarray(work.y)

    def update(weights, rows):
        found = gradient(weights, X[rows], y[rows])
        return jax.tree.map(lambda own, slope: own - LEARNING_RATE * slope, weights, found), None

    return jax.jit(lambda weights, order: jax.lax.scan(update, weights, order)[0], donate_argnums=0)


def loss(weights, x, y):
    """Cross-entropy of one network on one batch."""
    for W, b in weights[:-1]:
        x = jax.nn.relu(x @ W + b)
    W, b = weights[-1]
    return -(y * jax.nn.log_softmax(x @ W + b)).sum(axis=1).mean()
