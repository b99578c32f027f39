"""Train stacks of networks by stochastic gradient descent and record how they fare."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

import numpy as np

from ontrial.nn import checks, products
from ontrial.nn.initialisers import initial_weights
from ontrial.nn.network import Architecture, Network, Weights
from ontrial.nn.optimisers import OPTIMISERS, State
from ontrial.nn.probes import evaluate
from ontrial.nn.randomness import stream
from ontrial.nn.samples import Data, Pool, batch_orders
from ontrial.nn.schedule import Schedule

CACHE = (
    4 * 2**20
)  # bytes: a core's second-level cache and a part of the third; 784 inputs at B = 32: 15 % slower at 32 MiB


@dataclass(frozen=True)
class History:
    """What training recorded of R runs.

    updates, epochs: (records,), when it recorded. measures: name → (R, records), NaN once a run has diverged, that is
    once its training loss or one of its parameters is not finite. diverged: (R, records). weights: the final ones.
    """

    updates: np.ndarray
    epochs: np.ndarray
    measures: dict[str, np.ndarray]
    diverged: np.ndarray
    weights: Weights


def train(
    architecture: Architecture,
    schedule: Schedule,
    data: Data,
    learning_rates: Sequence[float],
    seeds: Sequence[int],
    *,
    weights: Weights | None = None,
    batch_order: np.ndarray | None = None,
    dtype: type = np.float32,
    progress: Callable[[float], None] | None = None,
) -> History:
    """Train R networks, one for each pair of a learning rate and a seed, and record them.

    A seed fixes a network's data (its slice of `data`), initial weights and batch order. `weights`, a (W (R, n_in,
    n_out), b (R, n_out)) a layer, replaces the initial weights; `batch_order`, (R, epochs, n) indices of training
    samples, replaces the order. `progress` is told the share done, 0 to 1, at every record. A run's result is the same
    bytes whichever runs it is trained with. ValueError if rates, seeds or shapes don't fit together.
    """
    checks.training(architecture, schedule, data, learning_rates, seeds, weights, batch_order, dtype)
    rates, seeds, places = np.array(learning_rates, dtype), list(seeds), list(data.seeds)
    slices = np.array([places.index(seed) for seed in seeds])
    sets = {name: Pool(samples, slices, dtype) for name, samples in data.sets.items()}

    histories = []
    for runs in _blocks(architecture, schedule, len(seeds), dtype):
        first = _drawn(architecture, seeds[runs]) if weights is None else [(W[runs], b[runs]) for W, b in weights]
        pools = {name: pool.of(runs) for name, pool in sets.items()}
        if batch_order is None:
            orders = batch_orders(seeds[runs], pools["train"].size)
        else:
            orders = np.asarray(batch_order)[runs].swapaxes(0, 1)

        def tell(share: float, runs: slice = runs) -> None:
            if progress:
                progress((runs.start + share * (runs.stop - runs.start)) / len(seeds))

        with np.errstate(all="ignore"):  # divergence is a result: recorded, not warned of
            network = Network(architecture, first, dtype)
            histories.append(_train_block(network, schedule, pools, orders, rates[runs], tell))
    return _join(histories)


def update(
    network: Network, samples: Pool, rows: np.ndarray, schedule: Schedule, rates: np.ndarray, state: State
) -> None:
    """Update the networks on a batch, rows (R, B) of the samples, at rates (R, 1, 1).

    `state` is that of the schedule's optimiser. Plain SGD needs none: its step is part of the backward pass.
    """
    buffers = network.buffers(rows.shape[1])
    samples.load(buffers, rows)
    network.forward(buffers)
    if schedule.is_plain:
        network.descend(buffers, rates)
    else:
        network.backward(buffers)
        optimiser = OPTIMISERS[schedule.optimiser]
        optimiser.step(network, rates, state, schedule.momentum, schedule.weight_decay)


def _train_block(
    network: Network,
    schedule: Schedule,
    pools: dict[str, Pool],
    orders: Iterable[np.ndarray],
    rates: np.ndarray,
    tell: Callable[[float], None],
) -> History:
    """Train the runs of one block in lockstep. `orders` gives each epoch's sample indices, (R, n)."""
    samples = pools["train"]
    points = schedule.points(samples.size)
    batches = samples.batches(orders, schedule.batch_size)
    state = OPTIMISERS[schedule.optimiser].start(network)
    records, diverged = [], np.zeros((len(rates), len(points)), bool)
    for record, (last, point) in enumerate(pairwise([0, *points])):
        for rows in islice(batches, point - last):
            update(network, samples, rows, schedule, rates[:, None, None], state)
        records.append(evaluate(network, pools, schedule.probes))
        finite = np.isfinite(records[-1]["train_loss"]) & np.isfinite(network.parameters).all(axis=1)
        diverged[~finite, record:] = True
        tell(point / points[-1] if points[-1] else 1.0)
    measures = {name: np.stack([record[name] for record in records], axis=1) for name in records[0]}
    return History(
        updates=np.array(points),
        epochs=np.array(points) / schedule.updates_per_epoch(samples.size),
        measures={name: np.where(diverged, np.nan, values).astype(rates.dtype) for name, values in measures.items()},
        diverged=diverged,
        weights=network.weights(),
    )


def _drawn(architecture: Architecture, seeds: list[int]) -> Weights:
    """Initial weights from each seed's own stream; biases are 0."""
    drawn = {
        seed: initial_weights(architecture.initialisation, architecture.shapes, stream(seed, "weights"))
        for seed in set(seeds)
    }
    layers = zip(*(drawn[seed] for seed in seeds), strict=True)
    return [(np.stack(W), np.zeros((len(seeds), W[0].shape[1]))) for W in layers]


def _blocks(architecture: Architecture, schedule: Schedule, runs: int, dtype: type) -> list[slice]:
    """Even divisions of the runs, as large as the cache holds: the fewer they are, the fewer NumPy calls."""
    first, *rest = ((n_in + 1) * n_out for n_in, n_out in architecture.shapes)
    parameters = first + sum(rest)
    in_place = schedule.is_plain and products.is_wide(first, schedule.batch_size)
    gradients = sum(rest) if in_place else parameters
    memory = OPTIMISERS[schedule.optimiser].memory * parameters
    passed = 2 * schedule.batch_size * sum(architecture.layers)
    one_run = (parameters + gradients + memory + passed) * np.dtype(dtype).itemsize
    blocks = min(runs, -(-runs * one_run // CACHE))
    edges = [runs * i // blocks for i in range(blocks + 1)]
    return [slice(*edge) for edge in pairwise(edges)]


def _join(blocks: list[History]) -> History:
    """One history of the runs of all blocks."""
    return History(
        updates=blocks[0].updates,
        epochs=blocks[0].epochs,
        measures={name: np.concatenate([block.measures[name] for block in blocks]) for name in blocks[0].measures},
        diverged=np.concatenate([block.diverged for block in blocks]),
        weights=[
            (np.concatenate([W for W, _ in layers]), np.concatenate([b for _, b in layers]))
            for layers in zip(*(block.weights for block in blocks), strict=True)
        ],
    )
