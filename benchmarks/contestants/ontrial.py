"""This engine: the part of `ontrial.nn.train` between two records."""

from itertools import repeat

import numpy as np

from benchmarks.work import LEARNING_RATE, Trainer, Weights, Work
from ontrial.nn import OPTIMISERS, Architecture, Network, Recipe, Samples, training
from ontrial.nn.dropout import Dropout
from ontrial.nn.ensembles import Ensembles
from ontrial.nn.samples import Pool


def prepare(work: Work) -> Trainer:
    """Prepare the same blocks of networks as `train`. They are trained one after another."""
    recipe = Recipe(work.batch_size, **work.settings)
    samples = Samples(work.X[None], work.y[None])
    dtype = work.X.dtype
    blocks = []
    for runs in training.split_runs(architecture(work.layers), recipe, work.runs, dtype):
        network = Network(architecture(work.layers), [(W[runs], b[runs]) for W, b in work.weights], dtype)
        R = len(network.parameters)
        pool = Pool(samples, np.zeros(R, int), dtype).smoothed(recipe.label_smoothing)
        rates = training.scheduled(np.full((R, 1, 1), LEARNING_RATE, dtype), recipe, recipe.updates or 0)
        state = OPTIMISERS[recipe.optimiser].init_state(network)
        dropout = Dropout(recipe.dropout, range(work.runs)[runs]) if recipe.dropout else None
        blocks.append((network, pool, work.order[runs], rates, state, dropout))

    def train(rounds: int) -> None:
        for network, pool, order, rates, state, dropout in blocks:
            batches = pool.batches(repeat(order, rounds), work.batch_size)
            for rows, current_rates in zip(batches, rates, strict=False):
                training.update(network, pool, rows, recipe, current_rates, state, dropout)

    def weights() -> Weights:
        layers = zip(*(network.weights() for network, *_ in blocks), strict=True)
        return [tuple(map(np.concatenate, zip(*layer, strict=True))) for layer in layers]

    def probabilities() -> np.ndarray:
        """Return those of one ensemble of all networks, which are one block."""
        ((network, pool, *_),) = blocks
        buffers = network.buffers(pool.size)
        rows = pool.first_rows + np.arange(pool.size)
        pool.load(buffers, rows)
        network.forward_to_z(buffers)
        return Ensembles(network, work.runs).answers(buffers, pool.classes[rows[:1]]).prediction[0]

    return Trainer(train, weights, probabilities)


def architecture(layers: tuple[int, ...]) -> Architecture:
    """Return the architecture that all contestants train."""
    return Architecture(layers, "relu", "softmax", "cross_entropy", "he")


def split_runs(layers: tuple[int, ...], batch_size: int, runs: int) -> list[slice]:
    """Return the blocks into which the engine splits networks for plain gradient descent."""
    return training.split_runs(architecture(layers), Recipe(batch_size, epochs=1), runs, np.float32)
