"""The samples that a stack trains on: stored once per seed, shuffled by seed, and loaded into buffers in batches."""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from ontrial.nn.network import Buffers
from ontrial.nn.outputs import classes
from ontrial.nn.randomness import members_of, stream

SETS = ("train", "validation", "test")


class Samples(NamedTuple):
    """A set of n samples for each of S seeds, whose splits and scalings differ.

    X: Inputs (S, n, n_in).
    y: Targets (S, n, n_out).
    """

    X: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class Data:
    """Training, validation and test samples for S seeds.

    Slice s of each array, X (S, n, n_in) or y (S, n, n_out), belongs to seeds[s]. The validation or test set may be
    empty: measures on it are NaN. `make_data` makes data from two-dimensional arrays.

    groups: One sample for each group of samples with equal inputs; its target is the group's true rates. None for data
        without such groups.
    target_scale: Number by which each seed's regression targets were divided, (S,). None for classes.
    mislabelled: Whether each training sample has another class than its own, (S, n). None if all have their own.
    """

    train: Samples
    validation: Samples
    test: Samples
    seeds: tuple[int, ...]
    groups: Samples | None = None
    target_scale: np.ndarray | None = None
    mislabelled: np.ndarray | None = None

    @property
    def sets(self) -> dict[str, Samples]:
        """The three sets by name, and the groups if there are any."""
        sets = {name: getattr(self, name) for name in SETS}
        return sets if self.groups is None else sets | {"groups": self.groups}


class Pool:
    """A set of samples from which R runs load their batches by row number.

    The samples of all S seeds are in one list of S · n rows, so that runs with the same seed share them.

    X: Inputs (S · n, n_in + 1), with 1 in the last column.
    y: Targets (S · n, n_out).
    classes: Classes (S · n,).
    size: Number n of samples per seed.
    slices: Index of each run on the seed axis, (R,).
    first_rows: Row of each run's first sample, (R, 1).
    neighbours: Runs with consecutive slices, and these slices.
    target_scale: Number by which each run's regression targets were divided, (R,). None for classes.
    mislabelled: Whether each sample has another class than its own, (S · n,). None if all have their own.
    """

    def __init__(
        self,
        samples: Samples,
        slices: np.ndarray,
        dtype: DTypeLike = np.float32,
        target_scale: np.ndarray | None = None,
        mislabelled: np.ndarray | None = None,
    ):
        """Copy the samples.

        slices: Index of each run on the seed axis of `samples`, (R,).
        target_scale: Scale of the targets as in `Data`, (S,).
        mislabelled: Samples with another class than their own, (S, n).
        """
        seeds, self.size, inputs = samples.X.shape
        self.X = np.ones((seeds * self.size, inputs + 1), dtype)  # the 1 is the input whose weight is the bias
        self.X[:, :-1] = samples.X.reshape(-1, inputs)
        self.y: np.ndarray = samples.y.reshape(len(self.X), samples.y.shape[2]).astype(dtype)
        self.classes = classes(self.y)
        self._take_slices(slices)
        self.target_scale = None if target_scale is None else target_scale[slices]
        self.mislabelled = None if mislabelled is None else mislabelled.ravel()

    def select_runs(self, runs: slice) -> "Pool":
        """Return a pool for some of the runs, which shares the samples."""
        part = copy(self)
        part._take_slices(self.slices[runs])
        part.target_scale = None if self.target_scale is None else self.target_scale[runs]
        return part

    def _take_slices(self, slices: np.ndarray) -> None:
        self.slices = slices
        self.first_rows = self.size * slices[:, None]
        self.neighbours = list(consecutive(slices))

    def smoothed(self, share: float) -> "Pool":
        """Return a pool with smoothed targets: (1 − ε) y + ε/K for a share ε and K classes.

        Szegedy et al. 2016, section 7. The classes of the samples are the same.
        """
        part = copy(self)
        part.y = (1 - share) * self.y + share / self.y.shape[1]
        return part

    def load(self, buffers: Buffers, rows: np.ndarray) -> None:
        """Copy the samples of rows (R, B) to the inputs and targets of the buffers."""
        self.X.take(rows, axis=0, out=buffers.x[0], mode="clip")  # "raise", the default, would buffer the output
        self.y.take(rows, axis=0, out=buffers.target, mode="clip")

    def blocks(self, size: int) -> Iterator[slice]:
        """Yield all samples of a run in order, in blocks of B = `size`; the last may be smaller."""
        for start in range(0, self.size, size):
            yield slice(start, min(start + size, self.size))

    def inputs(self, block: slice) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield runs with consecutive seeds, and their inputs of a block (runs, B, n_in + 1), which are not copied."""
        shared = self._by_seed(self.X)[:, block]
        for runs, seeds in self.neighbours:
            yield runs, shared[seeds]

    def load_targets(self, buffers: Buffers, block: slice) -> None:
        """Copy the targets of a block to the buffers."""
        buffers.target[...] = self._by_seed(self.y)[self.slices, block]

    def classes_in(self, block: slice) -> np.ndarray:
        """Return the classes of a block, (R, B)."""
        return self._by_seed(self.classes)[self.slices, block]

    def _by_seed(self, samples: np.ndarray) -> np.ndarray:
        """Return samples (S · n, …) as a view (S, n, …)."""
        return samples.reshape(-1, self.size, *samples.shape[1:])

    def batches(self, orders: Iterable[np.ndarray], size: int) -> Iterator[np.ndarray]:
        """Yield the rows (R, B) of each batch.

        orders: Sample indices (R, n) for each epoch.
        size: Batch size.
        """
        for order in orders:
            rows = self.first_rows + order
            for start in range(0, self.size, size):
                batch = rows[:, start : start + size]
                # A batch of one sample takes it twice. The mean and its gradient stay the same, and the product of an
                # (n_in, 2) and a (2, n_out) matrix is several times faster than an outer product.
                yield batch.repeat(2, axis=1) if batch.shape[1] == 1 else batch


def consecutive(slices: np.ndarray) -> Iterator[tuple[slice, slice]]:
    """Yield stretches of runs whose indices on the seed axis count up by one, and these indices.

    Runs in the order of learning rates and then of consecutive seeds have one stretch per rate.
    """
    edges = [0, *np.flatnonzero(np.diff(slices) != 1) + 1, len(slices)]
    for start, stop in pairwise(edges):
        yield slice(start, stop), slice(slices[start], slices[start] + stop - start)


def make_pools(data: Data, slices: np.ndarray, dtype: DTypeLike = np.float32) -> dict[str, Pool]:
    """Return a pool for each set of samples, by name.

    slices: Index of each run on the seed axis, (R,).
    """
    return {
        name: Pool(samples, slices, dtype, data.target_scale, data.mislabelled if name == "train" else None)
        for name, samples in data.sets.items()
    }


def batch_orders(seeds: Sequence[int], samples: int, members: int = 1) -> Iterator[np.ndarray]:
    """Yield endless epochs of sample indices (R · members, samples).

    Those of each network come from the stream of its seed and its number in the ensemble.
    """
    networks = members_of(seeds, members)
    generators = {network: stream(network[0], "batch order", network[1]) for network in networks}
    while True:
        orders = {network: generator.permutation(samples) for network, generator in generators.items()}
        yield np.stack([orders[network] for network in networks])
