"""The weights of networks, to compare bit by bit."""

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy import ndarray


def hash_weights(weights: Iterable[tuple[ndarray, ndarray]]) -> list[str]:
    """Return the SHA-256 of the weights of each run: layer by layer, W row by row and then b, in little-endian float32.

    weights: Arrays W (R, n_in, n_out) and b (R, n_out) of each layer. NaN counts as the same number everywhere.
    """
    parts = [part.reshape(len(part), -1) for layer in weights for part in layer]
    numbers = np.concatenate(parts, axis=1).astype("<f4")
    numbers[np.isnan(numbers)] = np.nan
    return [hashlib.sha256(run.tobytes()).hexdigest() for run in numbers]
