"""Whether the arguments of `train` fit together: ValueError with the value received and what is allowed."""

import numpy as np

from ontrial.nn.network import Architecture, Weights
from ontrial.nn.samples import Data
from ontrial.nn.schedule import Schedule


def training(
    architecture: Architecture,
    schedule: Schedule,
    data: Data,
    learning_rates,
    seeds,
    weights: Weights | None,
    batch_order: np.ndarray | None,
    dtype: type,
) -> None:
    """Check the arguments of `train`, in the same order."""
    if np.dtype(dtype) not in (np.float32, np.float64):
        raise ValueError(f"dtype {np.dtype(dtype)}: must be float32 or float64.")
    _check_data(architecture, data)
    if "groups" in schedule.probes and data.groups is None:
        raise ValueError('probe "groups": needs data with groups, and these have none.')
    _check_runs(data, learning_rates, seeds)
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
                f"{name} data of shapes X {X}, y {y}: must be X ({seeds}, n, {n_in}), y ({seeds}, n, {n_out}) "
                f"for {seeds} seeds and layers {architecture.layers}."
            )
    if data.train.X.shape[1] == 0:
        raise ValueError("train data of 0 samples: must have 1 or more.")


def _check_runs(data: Data, learning_rates, seeds) -> None:
    if len(learning_rates) != len(seeds) or not len(seeds):
        raise ValueError(f"{len(learning_rates)} learning rates, {len(seeds)} seeds: must be as many, one or more.")
    wrong = [rate for rate in learning_rates if not 0 <= rate < np.inf]
    if wrong:
        raise ValueError(f"learning rate {wrong[0]}: must be a number, 0 or more.")
    missing = [seed for seed in seeds if seed not in data.seeds]
    if missing:
        raise ValueError(f"seed {missing[0]}: has no data. Seeds of the data: {', '.join(map(str, data.seeds))}.")


def _check_weights(architecture: Architecture, weights: Weights, runs: int) -> None:
    wanted = [((runs, n_in, n_out), (runs, n_out)) for n_in, n_out in architecture.shapes]
    received = [(np.shape(W), np.shape(b)) for W, b in weights]
    if received != wanted:
        raise ValueError(f"weights of shapes {received}: must be {wanted}, (W, b) of each layer.")


def _check_batch_order(schedule: Schedule, batch_order: np.ndarray, runs: int, samples: int) -> None:
    epochs = -(-schedule.points(samples)[-1] // schedule.updates_per_epoch(samples))
    shape = np.shape(batch_order)
    if len(shape) != 3 or shape[::2] != (runs, samples) or shape[1] < epochs:
        raise ValueError(f"batch_order of shape {shape}: must be {(runs, epochs, samples)}, (runs, epochs, samples).")
    if not np.issubdtype(np.asarray(batch_order).dtype, np.integer):
        raise ValueError(f"batch_order of {np.asarray(batch_order).dtype}: must hold whole numbers.")
    if np.min(batch_order, initial=0) < 0 or np.max(batch_order, initial=0) >= samples:
        raise ValueError(
            f"batch_order holds {np.min(batch_order)} to {np.max(batch_order)}: "
            f"must index the {samples} training samples, 0 to {samples - 1}."
        )
