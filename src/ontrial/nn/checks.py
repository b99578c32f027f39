"""Checks of the arguments of `train` and others. A ValueError gives the value received and what is allowed."""

from collections.abc import Sequence
from numbers import Integral, Real

import numpy as np
from numpy.typing import DTypeLike

from ontrial.nn.network import Architecture, Weights
from ontrial.nn.outputs import OUTPUTS
from ontrial.nn.recipe import Recipe
from ontrial.nn.samples import Data, Samples


def check_arguments(
    architecture: Architecture,
    recipe: Recipe,
    data: Data,
    learning_rates: Sequence[float],
    seeds: Sequence[int],
    weights: Weights | None,
    batch_order: np.ndarray | None,
    dtype: DTypeLike,
) -> None:
    """Raise ValueError if an argument of `train` is invalid or does not fit the others."""
    check_type("architecture", architecture, Architecture)
    check_type("recipe", recipe, Recipe)
    check_type("data", data, Data)
    check_dtype(dtype)
    _check_data(architecture, data, dtype)
    if data.target_scale is not None:
        _check_target_scale(architecture, data.target_scale, len(data.seeds))
    if "groups" in recipe.probes and data.groups is None:
        raise ValueError('probe "groups": needs data with groups, but these data have none.')
    if recipe.label_smoothing and OUTPUTS[architecture.output].predicts != "distribution":
        raise ValueError(
            f'label_smoothing {recipe.label_smoothing:g} with output "{architecture.output}": needs the output '
            '"softmax", whose targets are probabilities of classes.'
        )
    if recipe.dropout and len(architecture.layers) == 2:
        raise ValueError(f"dropout {recipe.dropout:g} with layers {architecture.layers}: needs a hidden layer.")
    _check_rates_and_seeds(data, learning_rates, seeds)
    if weights is not None:
        check_weights(architecture, weights, recipe.members * len(seeds))
    if batch_order is not None:
        _check_batch_order(recipe, batch_order, recipe.members * len(seeds), data.train.X.shape[1])


def check_type(name: str, value: object, expected: type) -> None:
    """Raise ValueError unless a value has a type."""
    if not isinstance(value, expected):
        raise ValueError(f"{name} of type {type(value).__name__}: must be of type {expected.__name__}.")


def check_dtype(dtype: DTypeLike) -> None:
    """Raise ValueError unless networks can compute in a dtype."""
    try:
        name = np.dtype(dtype).name
    except TypeError:
        name = repr(dtype)
    if name not in ("float32", "float64"):
        raise ValueError(f"dtype {name}: must be float32 or float64.")


def check_array(name: str, array: object, dtype: DTypeLike = np.float64) -> None:
    """Raise ValueError unless a value is an array of real numbers that are finite in a dtype.

    name: Name of the array in messages.
    """
    if not isinstance(array, np.ndarray):
        raise ValueError(f"{name} of type {type(array).__name__}: must be a NumPy array.")
    if array.dtype.kind not in "buif":
        raise ValueError(f"{name} of dtype {array.dtype}: must be of real numbers.")
    limit = np.finfo(dtype).max
    for extreme in (array.min(initial=0), array.max(initial=0)):  # both NaN if a value is
        if not abs(extreme) <= limit:
            raise ValueError(f"{name} with the value {extreme}: must be finite in {np.dtype(dtype)}.")


def _check_data(architecture: Architecture, data: Data, dtype: DTypeLike) -> None:
    seeds = data.seeds
    if not isinstance(seeds, tuple | list) or not all(_is_whole(seed) for seed in seeds) or len({*seeds}) < len(seeds):
        raise ValueError(f"data with seeds {seeds}: must be a tuple of different whole numbers, 0 or more.")
    n_in, n_out = architecture.layers[0], architecture.layers[-1]
    for name, samples in data.sets.items():
        check_type(f"{name} data", samples, Samples)
        for letter, array in samples._asdict().items():
            check_array(f"{name} data with {letter}", array, dtype)
        X, y = map(np.shape, samples)
        if len(X) != 3 or [*X, *y] != [len(seeds), X[1], n_in, len(seeds), X[1], n_out]:
            raise ValueError(
                f"{name} data with shapes X {X}, y {y}: must be X ({len(seeds)}, n, {n_in}), y ({len(seeds)}, n, "
                f"{n_out}) for {len(seeds)} seeds and layers {architecture.layers}."
            )
        _check_targets(architecture, name, samples.y)
    if data.train.X.shape[1] == 0:
        raise ValueError("train data with 0 samples: must have 1 or more.")
    noisy, shape = data.mislabelled, data.train.X.shape[:2]
    if noisy is not None and (np.shape(noisy) != shape or np.asarray(noisy).dtype != bool):
        raise ValueError(f"mislabelled with shape {np.shape(noisy)}: must be booleans of shape {shape}.")


def _check_targets(architecture: Architecture, name: str, y: np.ndarray) -> None:
    """Raise ValueError unless the targets of an output that gives probabilities are probabilities, too."""
    predicts = OUTPUTS[architecture.output].predicts
    if predicts == "numbers" or not y.size:
        return
    if y.min() < 0 or y.max() > 1:
        raise ValueError(
            f'{name} data with y from {y.min():g} to {y.max():g}: targets of the output "{architecture.output}" are '
            "probabilities, from 0 to 1."
        )
    sums = y.sum(axis=2)
    if predicts == "distribution" and not np.allclose(sums, 1, atol=1e-3):
        raise ValueError(
            f"{name} data with y whose columns sum to {sums.flat[np.abs(sums - 1).argmax()]:g}: targets of the output "
            f'"{architecture.output}" are the probabilities of classes, which sum to 1.'
        )


def _check_target_scale(architecture: Architecture, scale: np.ndarray, seeds: int) -> None:
    if np.shape(scale) != (seeds,) or not np.all((scale > 0) & np.isfinite(scale)):
        raise ValueError(f"target_scale {scale}: must be {seeds} finite numbers above 0, one for each seed.")
    if OUTPUTS[architecture.output].predicts != "numbers" or architecture.layers[-1] != 1:
        raise ValueError(
            f'output "{architecture.output}" with {architecture.layers[-1]} columns: data with a target_scale need the '
            'output "identity" with 1 column.'
        )


def _check_rates_and_seeds(data: Data, learning_rates: Sequence[float], seeds: Sequence[int]) -> None:
    for name, values in {"learning_rates": learning_rates, "seeds": seeds}.items():
        if np.ndim(values) != 1:
            raise ValueError(f"{name} {values}: must be a list with one number for each run.")
    if len(learning_rates) != len(seeds) or not len(seeds):
        raise ValueError(
            f"{len(learning_rates)} learning rates, {len(seeds)} seeds: must be one or more, and equally many of both."
        )
    invalid = [rate for rate in learning_rates if not isinstance(rate, Real) or not 0 <= rate < np.inf]
    if invalid:
        raise ValueError(f"learning rate {invalid[0]}: must be a finite number, 0 or more.")
    missing = [seed for seed in seeds if not _is_whole(seed) or seed not in data.seeds]
    if missing:
        raise ValueError(f"seed {missing[0]}: has no data. Seeds with data: {', '.join(map(str, data.seeds))}.")


def _is_whole(number: object) -> bool:
    return isinstance(number, Integral) and int(number) >= 0


def check_weights(architecture: Architecture, weights: Weights, runs: int | None = None) -> None:
    """Raise ValueError unless weights are those of an architecture.

    runs: Number of runs. None accepts any.
    """
    try:
        received = [(np.shape(W), np.shape(b)) for W, b in weights]
    except (TypeError, ValueError):
        raise ValueError(f"weights of type {type(weights).__name__}: must be a list of a (W, b) per layer.") from None
    if runs is None:
        runs = received[0][0][0] if received and received[0][0] else 1
    expected = [((runs, n_in, n_out), (runs, n_out)) for n_in, n_out in architecture.shapes]
    if received != expected:
        raise ValueError(f"weights with shapes {received}: must be {expected}, (W, b) for each layer.")


def _check_batch_order(recipe: Recipe, batch_order: np.ndarray, runs: int, samples: int) -> None:
    epochs = -(-recipe.recorded_updates(samples)[-1] // recipe.updates_per_epoch(samples))
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
    if recipe.dropout and (np.sort(batch_order, axis=2) != np.arange(samples)).any():
        raise ValueError("batch_order with a sample twice in an epoch: with dropout, each must be there once.")
