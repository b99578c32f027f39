"""The samples of a stack: kept once a seed, drawn in the seed's order, gathered into a network's buffers."""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ontrial.nn.network import Buffers
from ontrial.nn.randomness import stream

SETS = ("train", "validation", "test")


class Samples(NamedTuple):
    """X (S, n, n_in) and y (S, n, n_out): n samples as each of S seeds has them (their split and scaling differ)."""

    X: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class Data:
    """Three sets of samples; slice s of each array belongs to seeds[s].

    groups: for data whose samples come in groups of equal inputs, one sample a group, its target the group's true
    rates.
    """

    train: Samples
    validation: Samples
    test: Samples
    seeds: tuple[int, ...]
    groups: Samples | None = None

    @property
    def sets(self) -> dict[str, Samples]:
        """The three sets by name, and the groups if there are any."""
        found = {name: getattr(self, name) for name in SETS}
        return found if self.groups is None else found | {"groups": self.groups}


class Pool:
    """Samples as one list, all seeds' after another, from which the R runs of a stack take theirs by row."""

    def __init__(self, samples: Samples, slices: np.ndarray, dtype: type = np.float32):
        """`slices` (R,) is each run's place on the seed axis of `samples`, which are copied."""
        seeds, self.size, inputs = samples.X.shape
        self.X = np.ones((seeds * self.size, inputs + 1), dtype)  # the 1 is the input that a bias is the weight of
        self.X[:, :-1] = samples.X.reshape(-1, inputs)
        self.y = samples.y.reshape(len(self.X), samples.y.shape[2]).astype(dtype)
        self.first_rows = self.size * slices[:, None]

    def of(self, runs: slice) -> "Pool":
        """The same list for some of the runs."""
        part = copy(self)
        part.first_rows = self.first_rows[runs]
        return part

    def load(self, buffers: Buffers, rows: np.ndarray) -> None:
        """Fill the inputs and targets with rows (R, B) of the list."""
        self.X.take(rows, axis=0, out=buffers.x[0], mode="clip")  # a checked mode would take into a second buffer first
        self.y.take(rows, axis=0, out=buffers.target, mode="clip")

    def blocks(self, size: int) -> Iterator[np.ndarray]:
        """Rows (R, B) of every sample, in blocks of `size` and the rest."""
        for start in range(0, self.size, size):
            yield self.first_rows + np.arange(start, min(start + size, self.size))

    def batches(self, orders: Iterable[np.ndarray], size: int) -> Iterator[np.ndarray]:
        """Rows (R, B) of one batch after another; `orders` gives each epoch's sample indices (R, n)."""
        for order in orders:
            rows = self.first_rows + order
            for start in range(0, self.size, size):
                batch = rows[:, start : start + size]
                # One sample is taken twice: the mean and its gradient stay the same, and the product of a (n_in, 2) and
                # a (2, n_out) matrix is several times faster than an outer product.
                yield batch.repeat(2, axis=1) if batch.shape[1] == 1 else batch


def batch_orders(seeds: Sequence[int], samples: int) -> Iterator[np.ndarray]:
    """Sample indices (R, n) of one epoch after another, without end, each run's from its seed's own stream."""
    generators = {seed: stream(seed, "batch order") for seed in seeds}
    while True:
        orders = {seed: generator.permutation(samples) for seed, generator in generators.items()}
        yield np.stack([orders[seed] for seed in seeds])
