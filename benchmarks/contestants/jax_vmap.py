"""JAX, compiled: a round is one `scan` over its batches, with `vmap` over the networks of a stack."""

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.contestants.jax_scan import compile_round, loss
from benchmarks.work import Trainer, Work


def prepare(work: Work) -> Trainer:
    """Convert the weights of all networks to JAX arrays. The first round compiles."""
    train_round = compile_round(work, jax.vmap(jax.grad(loss)))
    order = jnp.asarray(work.batches.swapaxes(0, 1))
    networks = [(jnp.asarray(W), jnp.asarray(b)) for W, b in work.weights]

    def train(rounds: int) -> None:
        nonlocal networks
        for _ in range(rounds):
            networks = train_round(networks, order)
        jax.block_until_ready(networks)

    return Trainer(train, lambda: [(np.array(W), np.array(b)) for W, b in networks])
