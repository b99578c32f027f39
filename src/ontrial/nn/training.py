"""Train stacks of networks by stochastic gradient descent and record their measures."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, repeat

import numpy as np
from numpy.typing import DTypeLike

from ontrial.nn import products
from ontrial.nn.checks import check_arguments
from ontrial.nn.dropout import Dropout
from ontrial.nn.initialisers import draw_weights
from ontrial.nn.network import Architecture, Network, Weights
from ontrial.nn.optimisers import OPTIMISERS, State, clip
from ontrial.nn.probes import evaluate
from ontrial.nn.randomness import members_of, stream
from ontrial.nn.recipe import Recipe
from ontrial.nn.samples import Data, Pool, batch_orders, make_pools

# Bytes of a block of runs: a core's second-level cache and a part of the third. With 32 MiB instead, networks with 784
# inputs train 15 % slower at B = 32.
CACHE = 4 * 2**20


@dataclass(frozen=True)
class History:
    """The records of training R runs.

    updates, epochs: Numbers of updates and epochs done at each record, (records,).
    measures: Arrays (R, records) by name. NaN after a run has diverged, and for training-set measures also between the
        records that measure the training set.
    diverged: Whether a parameter, or the training or validation loss, was no longer finite, (R, records).
    correct: Whether the class of each test sample was predicted at the last record, (R, test samples); never by a run
        that has diverged. Undefined for regression targets.
    weights: Final (W (R, n_in, n_out), b (R, n_out)) of each layer, of ensembles (R · M, …). Empty if not kept.
    """

    updates: np.ndarray
    epochs: np.ndarray
    measures: dict[str, np.ndarray]
    diverged: np.ndarray
    correct: np.ndarray
    weights: Weights


def train(
    architecture: Architecture,
    recipe: Recipe,
    data: Data,
    learning_rates: Sequence[float],
    seeds: Sequence[int],
    *,
    weights: Weights | None = None,
    batch_order: np.ndarray | None = None,
    dtype: DTypeLike = np.float32,
    keep_weights: bool = True,
    progress: Callable[[float], None] | None = None,
) -> History:
    """Train R networks, one for each pair of a learning rate and a seed, and record them.

    A seed determines a network's data (its slice of `data`), initial weights, batch order and dropout. The result of a
    run has the same bytes whichever runs it is trained with.

    If the recipe has several members, a run is an ensemble of M networks with the same data, and with initial weights,
    batch orders and dropout of their own; otherwise, M = 1. The first member is the network that is trained alone.

    weights: Initial weights to use instead, (W (R · M, n_in, n_out), b (R · M, n_out)) for each layer.
    batch_order: Batch order to use instead: indices of training samples, (R · M, epochs, n); with dropout, each once.
    keep_weights: Whether to return the final weights. Those of many large networks take much memory.
    progress: Function called at every record with the share of the work done, from 0 to 1.

    Raises ValueError if an argument is invalid or does not fit the others.
    """
    check_arguments(architecture, recipe, data, learning_rates, seeds, weights, batch_order, dtype)
    members, seeds = recipe.members, list(seeds)
    rates: np.ndarray = np.repeat(np.array(learning_rates, dtype), members)
    slices = np.repeat([data.seeds.index(seed) for seed in seeds], members)
    all_pools = make_pools(data, slices, dtype)
    taught = all_pools["train"].smoothed(recipe.label_smoothing)

    histories = []
    for runs in split_runs(architecture, recipe, len(seeds), dtype):
        networks = slice(runs.start * members, runs.stop * members)
        given = [(W[networks], b[networks]) for W, b in weights or []]
        pools = {name: pool.select_runs(networks) for name, pool in all_pools.items()}
        orders: Iterable[np.ndarray]
        if batch_order is None:
            orders = batch_orders(seeds[runs], pools["train"].size, members)
        else:
            orders = np.asarray(batch_order)[networks].swapaxes(0, 1)

        def report_progress(share: float, runs: slice = runs) -> None:
            if progress:
                progress((runs.start + share * (runs.stop - runs.start)) / len(seeds))

        initial = given or _draw_weights(architecture, seeds[runs], members)
        with np.errstate(all="ignore"):  # divergence is recorded as a result, not reported as a warning
            histories.append(
                _train_block(
                    Network(architecture, initial, dtype),
                    recipe,
                    pools,
                    taught.select_runs(networks),
                    orders,
                    Dropout(recipe.dropout, seeds[runs], members) if recipe.dropout else None,
                    rates[networks],
                    report_progress,
                    keep_weights,
                )
            )
    return _concatenate(histories)


def update(
    network: Network,
    samples: Pool,
    rows: np.ndarray,
    recipe: Recipe,
    rates: np.ndarray,
    state: State,
    dropout: Dropout | None = None,
) -> None:
    """Update the networks once, with a batch of sample rows (R, B) and learning rates (R, 1, 1).

    state: State of the recipe's optimiser. Plain SGD does not use it: its step is part of the backward pass.
    dropout: Masks of the recipe's dropout, if it has any.
    """
    buffers = network.buffers(rows.shape[1], dropout is not None)
    samples.load(buffers, rows)
    if dropout is not None:
        dropout.draw(buffers.masks, rows)
    network.forward(buffers)
    if recipe.is_plain_sgd:
        network.sgd_step(buffers, rates)
    else:
        network.backward(buffers)
        if recipe.clip_norm is not None:
            clip(network.gradients, recipe.clip_norm)
        OPTIMISERS[recipe.optimiser].step(network, rates, state, recipe.momentum, recipe.weight_decay)


def _train_block(
    network: Network,
    recipe: Recipe,
    pools: dict[str, Pool],
    samples: Pool,
    orders: Iterable[np.ndarray],
    dropout: Dropout | None,
    rates: np.ndarray,
    report_progress: Callable[[float], None],
    keep_weights: bool,
) -> History:
    """Train the runs of one block in lockstep.

    network: Stack of R · members networks, which also pools, orders and rates are for.
    pools: Samples that are measured.
    samples: Training samples with the targets to learn.
    orders: Sample indices (R · members, n) for each epoch.
    """
    updates = recipe.recorded_updates(samples.size)
    train_records = recipe.train_records(samples.size)
    batches = samples.batches(orders, recipe.batch_size)
    rates_of_updates = scheduled(rates[:, None, None], recipe, updates[-1])
    state = OPTIMISERS[recipe.optimiser].init_state(network)
    measures: dict[str, np.ndarray] = {}
    diverged = np.zeros((len(rates) // recipe.members, len(updates)), bool)
    for i, (previous, current) in enumerate(pairwise([0, *updates])):
        for rows, current_rates in zip(islice(batches, current - previous), rates_of_updates, strict=False):
            update(network, samples, rows, recipe, current_rates, state, dropout)
        measured = {name: pool for name, pool in pools.items() if name != "train" or i in train_records}
        record, correct = evaluate(network, measured, recipe.probes, recipe.members)
        finite = np.isfinite(network.parameters).all(axis=1).reshape(-1, recipe.members).all(axis=1)
        for name in ("train", "validation"):
            if name in measured and measured[name].size:
                finite &= np.isfinite(record[f"{name}_loss"])
        diverged[~finite, i:] = True
        measures = measures or {name: np.empty(diverged.shape, rates.dtype) for name in record}
        for name, values in record.items():
            measures[name][:, i] = np.where(diverged[:, i], np.nan, values)
        report_progress(current / updates[-1] if updates[-1] else 1.0)
    return History(
        updates=np.array(updates),
        epochs=np.array(updates) / recipe.updates_per_epoch(samples.size),
        measures=measures,
        diverged=diverged,
        correct=correct & ~diverged[:, -1:],
        weights=network.weights() if keep_weights else [],
    )


def scheduled(rates: np.ndarray, recipe: Recipe, updates: int) -> Iterator[np.ndarray]:
    """Return the learning rates (R, 1, 1) of each update in turn, from those before the schedule."""
    if recipe.has_constant_rate:
        return repeat(rates)
    return (rates * recipe.rate_factor(t / updates) for t in range(updates))


def _draw_weights(architecture: Architecture, seeds: list[int], members: int) -> Weights:
    """Return the initial weights of the members of one run per seed, drawn from streams of that seed. Biases are 0."""
    networks = members_of(seeds, members)
    drawn = {
        (seed, member): draw_weights(architecture.initialisation, architecture.shapes, stream(seed, "weights", member))
        for seed, member in set(networks)
    }
    layers = zip(*(drawn[network] for network in networks), strict=True)
    return [(np.stack(W), np.zeros((len(networks), W[0].shape[1]))) for W in layers]


def split_runs(architecture: Architecture, recipe: Recipe, runs: int, dtype: DTypeLike) -> list[slice]:
    """Split the runs into as few blocks of about equal size as fit the cache: fewer blocks need fewer NumPy calls."""
    first, *rest = ((n_in + 1) * n_out for n_in, n_out in architecture.shapes)
    parameters = first + sum(rest)
    in_place = recipe.is_plain_sgd and products.in_place_is_faster(first, recipe.batch_size)
    gradients = sum(rest) if in_place else parameters
    state = OPTIMISERS[recipe.optimiser].state_arrays * parameters
    buffers = 2 * recipe.batch_size * sum(architecture.layers)
    if recipe.dropout:
        buffers += recipe.batch_size * sum(architecture.layers[1:-1])  # masks
    bytes_per_run = recipe.members * (parameters + gradients + state + buffers) * np.dtype(dtype).itemsize
    blocks = min(runs, -(-runs * bytes_per_run // CACHE))
    return [slice(runs * i // blocks, runs * (i + 1) // blocks) for i in range(blocks)]


def _concatenate(blocks: list[History]) -> History:
    """Return one history with the runs of all blocks."""
    return History(
        updates=blocks[0].updates,
        epochs=blocks[0].epochs,
        measures={name: np.concatenate([block.measures[name] for block in blocks]) for name in blocks[0].measures},
        diverged=np.concatenate([block.diverged for block in blocks]),
        correct=np.concatenate([block.correct for block in blocks]),
        weights=[
            (np.concatenate([W for W, _ in layers]), np.concatenate([b for _, b in layers]))
            for layers in zip(*(block.weights for block in blocks), strict=True)
        ],
    )
