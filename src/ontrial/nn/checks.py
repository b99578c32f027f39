"""Checks of the arguments of `train`. A ValueError gives the value received and what is allowed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from ontrial.nn.network import Architecture, Weights
from ontrial.nn.outputs import OUTPUTS
from ontrial.nn.samples import Data
from ontrial.nn.schedule import Schedule


def check_arguments(
    architecture: Architecture,
    schedule: Schedule,
    data: Data,
    learning_rates: Sequence[float],
    seeds: Sequence[int],
    weights: Weights | None,
    batch_order: np.ndarray | None,
    dtype: DTypeLike,
) -> None:
    """Raise ValueError if an argument of `train` is invalid or does not fit the others."""
    if np.dtype(dtype) not in (np.float32, np.float64):
        raise ValueError(f"dtype {np.dtype(dtype)}: must be float32 or float64.")
    _check_data(architecture, data)
    if data.target_scale is not None:
        _check_target_scale(architecture, data.target_scale, len(data.seeds))
    if "groups" in schedule.probes and data.groups is None:
        raise ValueError('probe "groups": needs data with groups, but these data have none.')
    _check_rates_and_seeds(data, learning_rates, seeds)
    if weights is not None:
        _check_weights(architecture, weights, len(seeds))
    if batch_order is not None:
        _check_batch_order(schedule, batch_order, len(seeds), data.train.X.shape[1])


def _check_data(architecture: Architecture, data: Data) -> None:
    seeds, n_in, n_out = len(data.seeds), architecture.layers[0], architecture.layers[-1]
    for name, samples in data.sets.items():
        X, y = map(np.shape, samples)
        if len(X) != 3 or [*X, *y] != [seeds, X[1], n_in, seeds, X[1], n_out]:
            raise ValueError(
                f"{name} data with shapes X {X}, y {y}: must be X ({seeds}, n, {n_in}), y ({seeds}, n, {n_out}) "
                f"for {seeds} seeds and layers {architecture.layers}."
            )
    if data.train.X.shape[1] == 0:
        raise ValueError("train data with 0 samples: must have 1 or more.")


def _check_target_scale(architecture: Architecture, scale: np.ndarray, seeds: int) -> None:
    if np.shape(scale) != (seeds,) or not np.all((scale > 0) & np.isfinite(scale)):
        raise ValueError(f"target_scale {scale}: must be {seeds} finite numbers above 0, one for each seed.")
    if OUTPUTS[architecture.output].predicts != "numbers" or architecture.layers[-1] != 1:
        raise ValueError(
            f'output "{architecture.output}" with {architecture.layers[-1]} columns: data with a target_scale need the '
            'output "identity" with 1 column.'
        )


def _check_rates_and_seeds(data: Data, learning_rates: Sequence[float], seeds: Sequence[int]) -> None:
    if len(learning_rates) != len(seeds) or not len(seeds):
        raise ValueError(
            f"{len(learning_rates)} learning rates, {len(seeds)} seeds: must be one or more, and equally many of both."
        )
    invalid = [rate for rate in learning_rates if not 0 <= rate < np.inf]
    if invalid:
        raise ValueError(f"learning rate {invalid[0]}: must be a finite number, 0 or more.")
    missing = [seed for seed in seeds if seed not in data.seeds]
    if missing:
        raise ValueError(f"seed {missing[0]}: has no data. Seeds with data: {', '.join(map(str, data.seeds))}.")


def _check_weights(architecture: Architecture, weights: Weights, runs: int) -> None:
    expected = [((runs, n_in, n_out), (runs, n_out)) for n_in, n_out in architecture.shapes]
    received = [(np.shape(W), np.shape(b)) for W, b in weights]
    if received != expected:
        raise ValueError(f"weights with shapes {received}: must be {expected}, (W, b) for each layer.")


def _check_batch_order(schedule: Schedule, batch_order: np.ndarray, runs: int, samples: int) -> None:
    epochs = -(-schedule.recorded_updates(samples)[-1] // schedule.updates_per_epoch(samples))
    shape = np.shape(batch_order)
    if len(shape) != 3 or shape[::2] != (runs, samples) or shape[1] < epochs:
        raise ValueError(f"batch_order with shape {shape}: must be {(runs, epochs, samples)}, (runs, epochs, samples).")
    if not np.issubdtype(np.asarray(batch_order).dtype, np.integer):
        raise ValueError(f"batch_order with dtype {np.asarray(batch_order).dtype}: must be of an integer type.")
    if np.min(batch_order, initial=0) < 0 or np.max(batch_order, initial=0) >= samples:
        raise ValueError(
            f"batch_order with indices from {np.min(batch_order)} to {np.max(batch_order)}: "
            f"must index the {samples} training samples, 0 to {samples - 1}."
        )
