"""Data sets by name → arrays, split and scaled. A new one is one entry of DATASETS."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from ontrial.data import files, shapes, splits
from ontrial.data.files import Shipped
from ontrial.errors import unknown
from ontrial.nn import Data, Samples

LARGE = 50  # samples: the rate of a smaller group says little


@dataclass(frozen=True)
class Source:
    """Where a data set comes from.

    make: gives X (n, d), labels (n,) and, for some, the group that each sample belongs to. classes: their names, in the
    order of the labels. one_unit: all features are measured alike, so they are scaled alike. file: what `make` reads.
    """

    make: Callable[[], tuple]
    classes: tuple[str, ...]
    one_unit: bool
    file: Shipped | None = None


DATASETS = {
    "digits": Source(files.digits, tuple("0123456789"), one_unit=True, file=files.DIGITS),
    "titanic": Source(files.titanic, ("died", "survived"), one_unit=False, file=files.TITANIC),
    "moons": Source(shapes.moons, ("upper", "lower"), one_unit=True),
    "spirals": Source(shapes.spirals, ("one arm", "other arm"), one_unit=True),
    "xor": Source(shapes.xor, ("same sign", "opposite signs"), one_unit=True),
}


@dataclass(frozen=True, eq=False)
class Dataset:
    """All samples of a data set, as they are before scaling.

    X: (n, d) float64. labels: (n,) int, positions in `classes`. groups: for each sample the name of its group ("3rd
    female adult"), where samples come in groups whose true rates are known; else empty.
    """

    name: str
    X: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    groups: tuple[str, ...] = ()


class Sizes(NamedTuple):
    """How many features and classes a data set has, and how many samples each part of it."""

    features: int
    classes: int
    train: int
    validation: int
    test: int


def source(name: str) -> Source:
    """Registry entry of a data set; ValueError if there is none."""
    if name not in DATASETS:
        raise ValueError(unknown("data set", name, DATASETS))
    return DATASETS[name]


@cache
def load(name: str) -> Dataset:
    """All samples of a data set; InputError if its file is missing or damaged. The arrays are read-only."""
    entry = source(name)
    X, labels, *groups = entry.make()
    X.flags.writeable = labels.flags.writeable = False
    return Dataset(name, X, labels, entry.classes, *groups)


def sizes(name: str) -> Sizes:
    """Sizes of a data set and of its parts; InputError if its file is missing or damaged."""
    dataset = load(name)
    return Sizes(dataset.X.shape[1], len(dataset.classes), *splits.part_sizes(len(dataset.labels)))


def check(name: str) -> None:
    """Raise InputError if the file of a data set is missing or damaged."""
    if file := source(name).file:
        file.read()


def checksum(name: str) -> str:
    """SHA-256 of a data set: of its file, or of the arrays of one that is made."""
    if file := source(name).file:
        return hashlib.sha256(file.read()).hexdigest()
    dataset = load(name)
    return hashlib.sha256(dataset.X.tobytes() + dataset.labels.tobytes()).hexdigest()


def split(name: str, seed: int) -> splits.Split:
    """Sample numbers of the training, validation and test set of one seed."""
    return splits.split(load(name).labels, seed)


def outputs(name: str, output: str) -> int:
    """Columns of the target: one a class, but a single one for two classes and a sigmoid."""
    classes = len(source(name).classes)
    return 1 if classes == 2 and output == "sigmoid" else classes


def arrays(name: str, seeds: Sequence[int], output: str, dtype: type = np.float32) -> Data:
    """A data set as networks with this output see it: for each seed its own split, scaled with its own training set.

    Slice s of each array belongs to seeds[s]. Targets are one-hot, or the label itself where there is one column. The
    groups are the large ones, with the rates of all their samples as targets.
    """
    dataset = load(name)
    if outputs(name, output) == 1:
        targets = dataset.labels[:, None].astype(dtype)
    else:
        targets = np.eye(len(dataset.classes), dtype=dtype)[dataset.labels]
    parts = [_scaled(dataset, targets, seed, dtype) for seed in seeds]
    sets = [Samples(*map(np.stack, zip(*part, strict=True))) for part in zip(*parts, strict=True)]
    return Data(*sets[:3], tuple(seeds), *sets[3:])


def large_groups(dataset: Dataset) -> list[np.ndarray]:
    """Sample numbers of each group of at least LARGE samples, in the order of the groups' names."""
    groups = np.array(dataset.groups)
    members = (np.flatnonzero(groups == name) for name in np.unique(groups))
    return [found for found in members if len(found) >= LARGE]


def _scaled(dataset: Dataset, targets: np.ndarray, seed: int, dtype: type) -> list[tuple[np.ndarray, np.ndarray]]:
    """Inputs and targets of the training, validation and test set of one seed, and of the groups, if there are any."""
    parts = split(dataset.name, seed)
    mean, factor = splits.scaling(dataset.X[parts.train], source(dataset.name).one_unit)
    inputs = ((dataset.X - mean) * factor).astype(dtype)
    found = [(inputs[part], targets[part]) for part in parts]
    if groups := large_groups(dataset):
        found.append(
            (inputs[[members[0] for members in groups]], np.stack([targets[members].mean(0) for members in groups]))
        )
    return found
