"""Data sets by name → arrays, split and scaled. A new one is one entry of DATASETS."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import NamedTuple

import numpy as np

from ontrial.data import csv_file, files, shapes, splits
from ontrial.data.files import Fetched, Own, Shipped
from ontrial.errors import unknown
from ontrial.nn import Data, Samples

LARGE = 50  # samples: the rate of a smaller group says little


class Sizes(NamedTuple):
    """How many features and classes a data set has, and how many samples each part of it."""

    features: int
    classes: int
    train: int
    validation: int
    test: int


@dataclass(frozen=True)
class Source:
    """Where a data set comes from.

    make: gives X (n, d), labels (n,) and, for some, the group that each sample belongs to and the names of the classes.
    classes: those names, in the order of the labels, unless `make` gives them. one_unit: all features are measured
    alike, so they are scaled alike. grouped: samples come in groups whose true rates are known. files: what `make`
    reads. sizes: of a data set that is fetched, so that a study can be checked before; its last samples are its test
    set.
    """

    make: Callable[[], tuple]
    classes: tuple[str, ...] = ()
    one_unit: bool = False
    grouped: bool = False
    files: tuple[Shipped | Fetched | Own, ...] = ()
    sizes: Sizes | None = None


TEN = tuple("0123456789")


def own(path: str, label: str) -> Source:
    """Entry for a CSV file of numbers with a header and a column of labels, which may be words."""
    file = Own(path)
    return Source(lambda: csv_file.table(file.read(), path, label), files=(file,))


def mnist(train: int, test: int) -> Source:
    """Entry for the first training and test images of MNIST; some of the training images are for validation."""
    sizes = Sizes(files.MNIST_PIXELS, len(TEN), *splits.part_sizes(train + test, test))
    return Source(partial(files.mnist, train, test), TEN, one_unit=True, files=files.MNIST, sizes=sizes)


DATASETS = {
    "digits": Source(files.digits, TEN, one_unit=True, files=(files.DIGITS,)),
    "titanic": Source(files.titanic, ("died", "survived"), grouped=True, files=(files.TITANIC,)),
    "moons": Source(shapes.moons, ("upper", "lower"), one_unit=True),
    "spirals": Source(shapes.spirals, ("one arm", "other arm"), one_unit=True),
    "xor": Source(shapes.xor, ("same sign", "opposite signs"), one_unit=True),
    "mnist": mnist(60_000, 10_000),
    "mnist_small": mnist(2_000, 500),
}


@dataclass(frozen=True, eq=False)
class Dataset:
    """All samples of a data set, as they are before scaling.

    X: (n, d) of any type. labels: (n,) int, positions in `classes`. groups: for each sample the name of its group ("3rd
    female adult"), where samples come in groups whose true rates are known; else empty.
    """

    name: str
    X: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    groups: tuple[str, ...] = ()


def source(name: str) -> Source:
    """Registry entry of a data set; ValueError if there is none."""
    if name not in DATASETS:
        raise ValueError(unknown("data set", name, DATASETS))
    return DATASETS[name]


@cache
def load(name: str) -> Dataset:
    """All samples of a data set; InputError if its file is missing or damaged. The arrays are read-only."""
    entry = source(name)
    X, labels, groups, classes = (*entry.make(), (), ())[:4]
    X.flags.writeable = labels.flags.writeable = False
    return Dataset(name, X, labels, entry.classes or classes, groups)


def sizes(name: str) -> Sizes:
    """Sizes of a data set and of its parts; InputError if they are in a file that is missing or damaged."""
    if known := source(name).sizes:
        return known
    dataset = load(name)
    return Sizes(dataset.X.shape[1], len(dataset.classes), *splits.part_sizes(len(dataset.labels)))


def check(name: str) -> None:
    """Raise InputError if a file of a data set is damaged, or missing and not one that is fetched."""
    for file in source(name).files:
        file.check()


def outside(name: str) -> list[str]:
    """Paths of the files that a data set is read from, without those that come with a package."""
    return [str(file.path()) for file in source(name).files if not isinstance(file, Shipped)]


def checksum(name: str) -> str:
    """SHA-256 of a data set: of its files, one after another, or of the arrays of one that is made."""
    if found := source(name).files:
        return hashlib.sha256(b"".join(file.read() for file in found)).hexdigest()
    dataset = load(name)
    return hashlib.sha256(dataset.X.tobytes() + dataset.labels.tobytes()).hexdigest()


def split(name: str, seed: int, training_samples: int | None = None) -> splits.Split:
    """Sample numbers of the training, validation and test set of one seed.

    training_samples: how many of the training set's samples are used; None means all of them.
    """
    fixed, labels = source(name).sizes, load(name).labels
    parts = splits.split(labels, seed, fixed.test if fixed else None)
    if training_samples is None:
        return parts
    return parts._replace(train=splits.subset(parts.train, labels, seed, training_samples))


def bytes_a_seed(name: str, dtype: type = np.float32) -> int:
    """Memory that the inputs take in `arrays` for each seed."""
    found = sizes(name)
    return found.features * (found.train + found.validation + found.test) * np.dtype(dtype).itemsize


def outputs(name: str, output: str) -> int:
    """Columns of the target: one a class, but a single one for two classes and a sigmoid."""
    classes = sizes(name).classes
    return 1 if classes == 2 and output == "sigmoid" else classes


def arrays(
    name: str,
    seeds: Sequence[int],
    output: str,
    dtype: type = np.float32,
    *,
    training_samples: int | None = None,
) -> Data:
    """A data set as networks with this output see it: for each seed its own split, scaled with its own training set.

    training_samples: how many of the training set's samples are used; None means all of them. Slice s of each array
    belongs to seeds[s]. Targets are one-hot, or the label itself where there is one column. The groups are the large
    ones, with the rates of all their samples as targets.
    """
    dataset = load(name)
    if outputs(name, output) == 1:
        targets = dataset.labels[:, None].astype(dtype)
    else:
        targets = np.eye(len(dataset.classes), dtype=dtype)[dataset.labels]
    parts = [split(name, seed, training_samples) for seed in seeds]
    scalings = [splits.scaling(dataset.X[part.train], source(name).one_unit) for part in parts]
    sets = [
        Samples(_scaled(dataset.X, numbers, scalings, dtype), targets[np.stack(numbers)])
        for numbers in zip(*parts, strict=True)
    ]
    if groups := large_groups(dataset):
        first = [[members[0] for members in groups]] * len(seeds)
        rates = np.stack([targets[members].mean(0) for members in groups])
        sets.append(Samples(_scaled(dataset.X, first, scalings, dtype), np.stack([rates] * len(seeds))))
    return Data(*sets[:3], tuple(seeds), *sets[3:])


def large_groups(dataset: Dataset) -> list[np.ndarray]:
    """Sample numbers of each group of at least LARGE samples, in the order of the groups' names."""
    groups = np.array(dataset.groups)
    members = (np.flatnonzero(groups == name) for name in np.unique(groups))
    return [found for found in members if len(found) >= LARGE]


def _scaled(X: np.ndarray, numbers: Sequence, scalings: Sequence, dtype: type) -> np.ndarray:
    """Inputs (S, n, d) of the samples that each of S seeds has, by their numbers (S, n), as its scaling makes them."""
    inputs = np.empty((len(numbers), len(numbers[0]), X.shape[1]), dtype)
    for out, chosen, scaling in zip(inputs, numbers, scalings, strict=True):
        splits.scaled(X[chosen], scaling, out)
    return inputs
