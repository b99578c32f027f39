"""Two-dimensional arrays: data made from them, and predictions for them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from ontrial.nn.checks import check_array, check_dtype, check_type, check_weights
from ontrial.nn.network import Architecture, Network, Weights
from ontrial.nn.probes import BATCH
from ontrial.nn.samples import Data, Samples

Pair = tuple[np.ndarray, np.ndarray]


def make_data(
    train: Pair, validation: Pair | None = None, test: Pair | None = None, *, seeds: Sequence[int] = (1,)
) -> Data:
    """Return data with the same samples for every seed, from a pair (X, y) for each set. A set without one is empty.

    X (n, n_in) are inputs. They are not scaled: networks learn best if each has mean 0 and standard deviation 1 in the
    training set. y (n,) are either classes, whole numbers from 0, which become one column for each class; or floats to
    predict, which become a single column, and whose root mean square error is measured.

    Raises ValueError if an array is invalid or does not fit the others.
    """
    given = {"train": train, "validation": validation, "test": test}
    pairs = {name: pair for name, pair in given.items() if pair is not None}
    for name, pair in pairs.items():
        _check_pair(name, pair)
    inputs, y = train[0].shape[1], train[1]
    are_classes = y.dtype.kind != "f"
    classes = int(y.max()) + 1 if are_classes else 0
    for name, (own_X, own_y) in pairs.items():
        if own_X.shape[1] != inputs or (own_y.dtype.kind != "f") != are_classes:
            raise ValueError(
                f"{name} data with {own_X.shape[1]} inputs and y of dtype {own_y.dtype}: must be {inputs} inputs and "
                f"{'whole numbers' if are_classes else 'floats'}, as in the train data."
            )
        if are_classes and not 0 <= own_y.min() <= own_y.max() < classes:
            raise ValueError(
                f"{name} data with classes from {own_y.min()} to {own_y.max()}: must be from 0 to {classes - 1}, the "
                "largest class of the train data."
            )

    def samples(pair: Pair | None) -> Samples:
        X, y = (train[0][:0], train[1][:0]) if pair is None else pair
        columns = np.eye(classes)[y.astype(int)] if are_classes else y[:, None]
        return Samples(*(np.broadcast_to(array, (len(seeds), *array.shape)) for array in (X, columns)))

    scale = None if are_classes else np.ones(len(seeds))
    return Data(samples(train), samples(validation), samples(test), tuple(seeds), target_scale=scale)


def _check_pair(name: str, pair: Pair) -> None:
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise ValueError(f"{name} data of type {type(pair).__name__}: must be a pair (X, y).")
    for letter, array in zip("Xy", pair, strict=True):
        check_array(f"{name} data with {letter}", array)
    X, y = map(np.shape, pair)
    if len(X) != 2 or y != X[:1] or not X[0]:
        raise ValueError(f"{name} data with shapes X {X}, y {y}: must be X (n, n_in), y (n,), for 1 or more samples.")


def predict(architecture: Architecture, weights: Weights, X: np.ndarray, dtype: DTypeLike = np.float32) -> np.ndarray:
    """Return the predictions (R, n, n_out) of R trained networks for inputs X (n, n_in).

    After softmax, they are the probabilities of the classes. `argmax(axis=2)` returns the classes themselves.

    weights: Weights of the networks, such as `History.weights`, (W (R, n_in, n_out), b (R, n_out)) for each layer.
    dtype: Type in which to compute, that of training for the same predictions.

    Raises ValueError if an argument is invalid or does not fit the others.
    """
    check_type("architecture", architecture, Architecture)
    check_dtype(dtype)
    check_array("X", X, dtype)
    if X.ndim != 2 or X.shape[1] != architecture.layers[0]:
        raise ValueError(f"X with shape {X.shape}: must be (n, {architecture.layers[0]}).")
    check_weights(architecture, weights)
    network = Network(architecture, weights, dtype)
    predictions = np.empty((len(network.parameters), len(X), architecture.layers[-1]), dtype)
    with np.errstate(all="ignore"):  # networks that have diverged predict NaN
        for start in range(0, len(X), BATCH):
            rows = slice(start, start + BATCH)
            buffers = network.buffers(len(X[rows]))
            buffers.inputs[...] = X[rows]
            network.forward(buffers)
            predictions[:, rows] = buffers.prediction
    return predictions
