"""Data sets by name, split and scaled. To add one, add an entry to DATASETS."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from ontrial.data import csv_file, files, shapes, splits
from ontrial.data.files import Fetched, Shipped, UserFile
from ontrial.errors import unknown
from ontrial.nn import Data, Samples

LARGE = 50  # samples of a group: the rates of smaller groups are too uncertain


class Sizes(NamedTuple):
    """Numbers of features and classes of a data set, and of samples in each set."""

    features: int
    classes: int
    train: int
    validation: int
    test: int


class Loaded(NamedTuple):
    """What a loader returns: X (n, d), labels (n,), and optionally each sample's group and the names of the classes."""

    X: np.ndarray
    labels: np.ndarray
    groups: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """Where a data set comes from.

    load: returns the fields of `Loaded`, with groups if `grouped`, and with classes if `classes` is empty. classes:
    names of the classes in the order of the labels. one_unit: whether all features have the same unit and are scaled by
    the same factor. grouped: whether samples come in groups with known true rates. files: the files that `load` reads.
    sizes: given for data sets that are fetched, so that a study can be checked before that; their last samples are the
    test set.
    """

    load: Callable[[], tuple]
    classes: tuple[str, ...] = ()
    one_unit: bool = False
    grouped: bool = False
    files: tuple[Shipped | Fetched | UserFile, ...] = ()
    sizes: Sizes | None = None


TEN_DIGITS = tuple("0123456789")


def from_csv(path: str, label: str) -> Source:
    """Return the entry for a user's CSV file of numbers with a header. label: the column of class names."""
    file = UserFile(path)

    def load() -> Loaded:
        X, labels, classes = csv_file.parse_csv(file.read(), path, label)
        return Loaded(X, labels, classes=classes)

    return Source(load, files=(file,))


def from_mnist(train: int, test: int) -> Source:
    """Return the entry for the first training and test images of MNIST. Validation uses some of the training images."""
    sizes = Sizes(files.MNIST_PIXELS, len(TEN_DIGITS), *splits.part_sizes(train + test, test))
    return Source(partial(files.mnist, train, test), TEN_DIGITS, one_unit=True, files=files.MNIST, sizes=sizes)


DATASETS = {
    "digits": Source(files.digits, TEN_DIGITS, one_unit=True, files=(files.DIGITS,)),
    "titanic": Source(files.titanic, ("died", "survived"), grouped=True, files=(files.TITANIC,)),
    "moons": Source(shapes.moons, ("upper", "lower"), one_unit=True),
    "spirals": Source(shapes.spirals, ("one arm", "other arm"), one_unit=True),
    "xor": Source(shapes.xor, ("same sign", "opposite signs"), one_unit=True),
    "mnist": from_mnist(60_000, 10_000),
    "mnist_small": from_mnist(2_000, 500),
}


@dataclass(frozen=True, eq=False)
class Dataset:
    """All samples of a data set before scaling.

    X: inputs (n, d) of any dtype. labels: (n,), indices into `classes`. classes: their names. groups: the name of each
    sample's group ("3rd female adult") if samples come in groups with known true rates, else empty.
    """

    name: str
    X: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    groups: tuple[str, ...] = ()


def source(name: str) -> Source:
    """Return the registry entry of a data set. Raises ValueError if there is none."""
    if name not in DATASETS:
        raise ValueError(unknown("data set", name, DATASETS))
    return DATASETS[name]


@cache
def load(name: str) -> Dataset:
    """Return all samples of a data set in read-only arrays. Raises InputError if its file is missing or damaged."""
    entry = source(name)
    loaded = Loaded(*entry.load())
    loaded.X.flags.writeable = False
    loaded.labels.flags.writeable = False
    return Dataset(name, loaded.X, loaded.labels, entry.classes or loaded.classes, loaded.groups)


def sizes(name: str) -> Sizes:
    """Return the sizes of a data set. Raises InputError if its file is needed for that, and missing or damaged."""
    entry = source(name)
    if entry.sizes is not None:
        return entry.sizes
    dataset = load(name)
    return Sizes(dataset.X.shape[1], len(dataset.classes), *splits.part_sizes(len(dataset.labels)))


def check_files(name: str) -> None:
    """Raise InputError if a file of a data set is damaged, or is missing and will not be fetched."""
    for file in source(name).files:
        file.check()


def external_files(name: str) -> list[str]:
    """Return the paths of the files of a data set that do not come with the package."""
    return [str(file.path()) for file in source(name).files if not isinstance(file, Shipped)]


def checksum(name: str) -> str:
    """Return the SHA-256 of a data set: of its files in order, or of the arrays of a synthetic one."""
    files = source(name).files
    if files:
        return hashlib.sha256(b"".join(file.read() for file in files)).hexdigest()
    dataset = load(name)
    return hashlib.sha256(dataset.X.tobytes() + dataset.labels.tobytes()).hexdigest()


def split(name: str, seed: int, training_samples: int | None = None) -> splits.Split:
    """Return the indices of the training, validation and test samples for one seed.

    training_samples: how many of the training samples to use. None uses all of them.
    """
    sizes = source(name).sizes
    labels = load(name).labels
    parts = splits.split(labels, seed, test=None if sizes is None else sizes.test)
    if training_samples is None:
        return parts
    return parts._replace(train=splits.draw_subset(parts.train, labels, seed, training_samples))


def bytes_per_seed(name: str, dtype: DTypeLike = np.float32) -> int:
    """Return how much memory the inputs from `arrays` take per seed, in bytes."""
    features, _, train, validation, test = sizes(name)
    return features * (train + validation + test) * np.dtype(dtype).itemsize


def target_columns(name: str, output: str) -> int:
    """Return the number of target columns: one per class, or a single one for two classes and a sigmoid output."""
    classes = sizes(name).classes
    return 1 if classes == 2 and output == "sigmoid" else classes


def arrays(
    name: str,
    seeds: Sequence[int],
    output: str,
    dtype: DTypeLike = np.float32,
    *,
    training_samples: int | None = None,
) -> Data:
    """Return a data set as arrays for networks: for each seed its own split, scaled by its own training set.

    output: name of the networks' output activation. training_samples: how many training samples to use. None uses all
    of them. Slice s of each array belongs to seeds[s]. Targets are one-hot, or the label itself if there is a single
    column. Groups are those with at least 50 samples; their targets are the mean targets of all their samples.
    """
    dataset = load(name)
    targets: np.ndarray
    if target_columns(name, output) == 1:
        targets = dataset.labels[:, None].astype(dtype)
    else:
        targets = np.eye(len(dataset.classes), dtype=dtype)[dataset.labels]
    parts = [split(name, seed, training_samples) for seed in seeds]
    scalings = [splits.fit_scaling(dataset.X[part.train], source(name).one_unit) for part in parts]

    def samples(indices: Sequence[np.ndarray]) -> Samples:
        return Samples(_scaled_inputs(dataset.X, indices, scalings, dtype), targets[np.stack(indices)])

    train = samples([part.train for part in parts])
    validation = samples([part.validation for part in parts])
    test = samples([part.test for part in parts])
    groups = large_groups(dataset)
    if not groups:
        return Data(train, validation, test, tuple(seeds))
    representatives = [np.array([group[0] for group in groups])] * len(seeds)
    X = _scaled_inputs(dataset.X, representatives, scalings, dtype)
    rates = np.stack([targets[group].mean(0) for group in groups])
    return Data(train, validation, test, tuple(seeds), Samples(X, np.stack([rates] * len(seeds))))


def large_groups(dataset: Dataset) -> list[np.ndarray]:
    """Return the sample indices of each group of at least LARGE samples, in the order of the groups' names."""
    names = np.array(dataset.groups)
    groups = [np.flatnonzero(names == name) for name in np.unique(names)]
    return [group for group in groups if len(group) >= LARGE]


def _scaled_inputs(
    X: np.ndarray,
    indices: Sequence[np.ndarray],
    scalings: Sequence[tuple[np.ndarray, np.ndarray]],
    dtype: DTypeLike,
) -> np.ndarray:
    """Return the inputs (S, n, d) with the sample indices (S, n), scaled by each seed's (mean, factor)."""
    inputs = np.empty((len(indices), len(indices[0]), X.shape[1]), dtype)
    for out, rows, (mean, factor) in zip(inputs, indices, scalings, strict=True):
        splits.apply_scaling(X[rows], mean, factor, out)
    return inputs
