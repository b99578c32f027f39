"""Data sets by name, split and scaled.

DATASETS has those of the package. A study can bring CSV files of its own, which `define` registers.
"""

import hashlib
import string
from collections import ChainMap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from ontrial.data import csv_file, files, shapes, splits
from ontrial.data.csv_file import CsvFile, Feature
from ontrial.data.files import Fetched, Shipped, UserFile
from ontrial.errors import unknown
from ontrial.nn import Data, Samples

BALANCED = 1.15  # classes whose largest share is at most this multiple of an equal share count as equally frequent
LARGE = 50  # samples of a group: the rates of smaller groups are too uncertain


class Sizes(NamedTuple):
    """The numbers of features, classes and samples of a data set. A regression target has no classes.

    available: Largest possible number of training samples.
    train, validation, test: Standard size of each set.
    """

    features: int
    classes: int
    available: int
    train: int
    validation: int
    test: int


class Loaded(NamedTuple):
    """The result of a loader: X (n, d), labels (n,), and optionally each sample's group or regression target."""

    X: np.ndarray
    labels: np.ndarray
    groups: tuple[str, ...] = ()
    target: np.ndarray | None = None


@dataclass(frozen=True)
class Source:
    """Where a data set comes from.

    load: Function that returns the fields of `Loaded`, with groups if `grouped`.
    classes: Names of the classes in the order of the labels. Empty for a regression target.
    one_unit: Whether all features have the same unit and are scaled by the same factor.
    grouped: Whether samples come in groups with known true rates.
    files: Files that `load` reads.
    shape: Shape of X, for data sets that are fetched, so that a study can be checked before they are.
    train: Standard number of training samples. None uses all that validation leaves.
    validation: Number of validation samples. None uses a fifth of what the test set leaves.
    test: Number of samples at the end that are the data set's own test set. None draws a fifth of the samples.
    fixed: Whether the samples before the test set are the validation set of every seed.
    clusters: Cluster number of each sample, (n,). Samples of one cluster are never in two sets.
    categories: Columns of each categorical feature, if values are missing (NaN).
    features: Columns of a study's file that are features.
    """

    load: Callable[[], tuple]
    classes: tuple[str, ...]
    one_unit: bool = False
    grouped: bool = False
    files: tuple[Shipped | Fetched | UserFile, ...] = ()
    shape: tuple[int, int] | None = None
    train: int | None = None
    validation: int | None = None
    test: int | None = None
    fixed: bool = False
    clusters: np.ndarray | None = None
    categories: tuple[slice, ...] | None = None
    features: tuple[Feature, ...] = ()


TEN_DIGITS = tuple("0123456789")
SOILS = (
    "red soil",
    "cotton crop",
    "grey soil",
    "damp grey soil",
    "vegetation stubble",
    "very damp grey soil",
)
CLOTHES = (
    "T-shirt/top",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
SMALL_SPLIT = {"train": 1_150, "validation": 500}  # small enough for many seeds


def from_table(file: Shipped, classes: Sequence[str], first: int = 0, **options: Any) -> Source:
    """Return the entry for a table that comes with the package.

    classes: Names of the classes, in the order of the sorted values of the last column.
    first: Index of the first feature's column.
    options: Other fields of the entry.
    """
    return Source(partial(files.read_rows, file, first), tuple(classes), files=(file,), **options)


def from_idx(
    idx_files: tuple[Fetched, ...], classes: tuple[str, ...], samples: int, test: int, **options: Any
) -> Source:
    """Return the entry for the first images of a data set in MNIST's format.

    samples: Number of its training images to use.
    test: Number of its test images to use.
    options: Other fields of the entry.
    """
    shape = (samples + test, files.IDX_PIXELS)
    load = partial(files.idx, idx_files, samples, test)
    return Source(load, classes, one_unit=True, files=idx_files, shape=shape, test=test, **options)


DATASETS = {
    "digits": from_table(files.OPTDIGITS, TEN_DIGITS, 1, one_unit=True, **SMALL_SPLIT, test=1_797),
    "titanic": Source(files.titanic, ("died", "survived"), grouped=True, files=(files.TITANIC,)),
    "moons": Source(shapes.moons, ("upper", "lower"), one_unit=True),
    "spirals": Source(shapes.spirals, ("one arm", "other arm"), one_unit=True),
    "xor": Source(shapes.xor, ("same sign", "opposite signs"), one_unit=True),
    "pendigits": from_table(files.PENDIGITS, TEN_DIGITS, one_unit=True, **SMALL_SPLIT),
    "letter": from_table(files.LETTER, string.ascii_uppercase, **SMALL_SPLIT),
    "satimage": from_table(files.SATIMAGE, SOILS, **SMALL_SPLIT),
    "mnist": from_idx(files.MNIST, TEN_DIGITS, 60_000, 10_000),
    "mnist_small": from_idx(files.MNIST, TEN_DIGITS, 2_000, 500),
    "fashion_mnist": from_idx(files.FASHION_MNIST, CLOTHES, 60_000, 2_000, **SMALL_SPLIT),
}


@dataclass(frozen=True, eq=False)
class Dataset:
    """All samples of a data set before scaling.

    X: Inputs (n, d) of any dtype, NaN where a value is missing.
    labels: Indices into `classes`, (n,).
    classes: Names of the classes.
    groups: Name of each sample's group ("3rd female adult"). Empty unless groups have known true rates.
    target: Numbers to predict, (n,), in their own unit. None if there are classes; otherwise all labels are 0, so that
        splits treat the samples as one class.
    features: Columns of a study's file that are features.
    """

    name: str
    X: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    groups: tuple[str, ...] = ()
    target: np.ndarray | None = None
    features: tuple[Feature, ...] = ()


_csv_files: dict[str, CsvFile] = {}  # data sets of studies by name
NAMES = ChainMap[str, Any](DATASETS, _csv_files)  # all known names


def define(name: str, file: CsvFile) -> None:
    """Register a study's data set, replacing one of the same name. Its file is read when needed."""
    if _csv_files.get(name) != file:
        _csv_files[name] = file
        load.cache_clear()
        guessed_shares.cache_clear()


def csv_file_of(name: str) -> CsvFile | None:
    """Return a study's description of its own data set. None for a data set of the package."""
    return _csv_files.get(name)


def source(name: str) -> Source:
    """Return where a data set comes from.

    Raises ValueError if no data set has this name, and InputError if the file of a study's data set has a mistake.
    """
    if name in _csv_files:
        return _source_of_csv(_csv_files[name])
    if name not in DATASETS:
        raise ValueError(unknown("data set", name, NAMES))
    return DATASETS[name]


@cache
def _source_of_csv(file: CsvFile) -> Source:
    table = csv_file.read_own_table(file)
    return Source(
        load=lambda: (table.X, table.labels, (), table.target),
        classes=table.classes,
        files=file.files,
        validation=table.validation,
        test=table.test,
        fixed=table.validation is not None,
        clusters=table.clusters,
        categories=table.categories if np.isnan(table.X).any() else None,
        features=table.features,
    )


@cache
def load(name: str) -> Dataset:
    """Return all samples of a data set in read-only arrays. Raises InputError if its file is missing or damaged."""
    entry = source(name)
    loaded = Loaded(*entry.load())
    for array in (loaded.X, loaded.labels, loaded.target):
        if array is not None:
            array.flags.writeable = False
    return Dataset(name, loaded.X, loaded.labels, entry.classes, loaded.groups, loaded.target, entry.features)


def sizes(name: str) -> Sizes:
    """Return the sizes of a data set. Raises InputError if its file is needed but missing or damaged."""
    entry = source(name)
    samples, features = entry.shape or load(name).X.shape
    largest_cluster = 1
    if entry.clusters is not None and entry.test is not None:
        largest_cluster = int(np.bincount(entry.clusters[: -entry.test]).max())
    available, validation, test = splits.part_sizes(samples, entry.validation, entry.test, largest_cluster)
    return Sizes(features, len(entry.classes), available, entry.train or available, validation, test)


def has_classes(name: str) -> bool:
    """Return whether the target of a data set is a class, not a number."""
    return bool(source(name).classes)


@cache
def guessed_shares(name: str) -> np.ndarray:
    """Return the share of each class among the samples that are not for testing, (K,), as guessing knows them.

    Guessing without looking at the inputs names the most frequent class, or gives each class its share as probability.
    Classes count as equally frequent if none is more than 15% larger than an equal share. Those of fetched data sets
    always do.
    """
    entry = source(name)
    classes = len(entry.classes)
    equal = np.broadcast_to(1 / classes, classes)
    if entry.shape is not None:
        return equal
    labels = np.delete(load(name).labels, split(name, 0).test)  # the test set is the same for all seeds
    shares = np.bincount(labels, minlength=classes) / len(labels)
    shares.flags.writeable = False
    return equal if shares.max() <= BALANCED / classes else shares


def is_plane(name: str) -> bool:
    """Return whether a data set has two classes of points in the plane, with the same unit on both axes."""
    return source(name).one_unit and sizes(name)[:2] == (2, 2)


def _files_of(name: str) -> tuple[Shipped | Fetched | UserFile, ...]:
    """Return the files of a data set without reading them."""
    return _csv_files[name].files if name in _csv_files else source(name).files


def check_files(name: str) -> None:
    """Raise InputError if a file of a data set is damaged, or is missing and will not be fetched."""
    for file in _files_of(name):
        file.check()


def external_files(name: str) -> list[str]:
    """Return the paths of a data set's files that do not come with the package."""
    return [str(file.path()) for file in _files_of(name) if not isinstance(file, Shipped)]


def checksum(name: str) -> str:
    """Return the SHA-256 of a data set: of its files in order, or of the arrays of a synthetic one."""
    if name in _csv_files:
        return checksum_of_csv(_csv_files[name])
    if files := _files_of(name):
        return hashlib.sha256(b"".join(file.read() for file in files)).hexdigest()
    dataset = load(name)
    return hashlib.sha256(dataset.X.tobytes() + dataset.labels.tobytes()).hexdigest()


@cache
def checksum_of_csv(file: CsvFile) -> str:
    """Return the SHA-256 of the files of a study's data set, as they are when this process first asks."""
    return hashlib.sha256(b"".join(part.read() for part in file.files)).hexdigest()


def split(name: str, seed: int, training_samples: int | None = None) -> splits.Split:
    """Return the indices of the training, validation and test samples for one seed.

    training_samples: Number of training samples to use. None uses the standard number.
    """
    entry = source(name)
    labels = load(name).labels
    parts = splits.split(labels, seed, entry.validation, entry.test, fixed=entry.fixed, clusters=entry.clusters)
    size = training_samples or sizes(name).train
    return parts._replace(train=splits.draw_subset(parts.train, labels, seed, size))


def bytes_per_seed(name: str, training_samples: int | None = None) -> int:
    """Return the bytes that the inputs from `arrays` take per seed in float32."""
    features, _, _, train, validation, test = sizes(name)
    return features * ((training_samples or train) + validation + test) * np.dtype(np.float32).itemsize


def target_columns(name: str, output: str) -> int:
    """Return the number of target columns: one per class, or a single one for two classes and a sigmoid output.

    A regression target also has a single column.
    """
    classes = sizes(name).classes
    return 1 if classes == 0 or (classes == 2 and output == "sigmoid") else classes


def arrays(
    name: str,
    seeds: Sequence[int],
    output: str,
    dtype: DTypeLike = np.float32,
    *,
    training_samples: int | None = None,
    scaling: str = "standard",
    label_noise: float = 0.0,
) -> Data:
    """Return a data set as arrays for networks: for each seed its own split, scaled by its own training set.

    Slice s of each array belongs to seeds[s]. Targets are one-hot, the label itself if there is a single column, or a
    number scaled by `target_scaling`. Groups are those with at least 50 samples; the target of a group is the mean
    target of its samples.

    output: Name of the networks' output activation.
    training_samples: Number of training samples to use. None uses the standard number.
    scaling: Name in SCALINGS.
    label_noise: Probability with which a random class replaces the label of a training sample, as in `with_noise`.
    """
    dataset = load(name)
    parts = [split(name, seed, training_samples) for seed in seeds]
    scalings = [scaling_of(name, part.train, scaling) for part in parts]
    targets: np.ndarray
    target_scalings = None
    if dataset.target is not None:
        targets = dataset.target
        target_scalings = np.array([target_scaling(name, part.train) for part in parts])
    elif target_columns(name, output) == 1:
        targets = dataset.labels[:, None].astype(dtype)
    else:
        targets = np.eye(len(dataset.classes), dtype=dtype)[dataset.labels]

    def samples(indices: Sequence[np.ndarray]) -> Samples:
        y = targets[np.stack(indices)]
        if target_scalings is not None:
            mean, scale = target_scalings.T[:, :, None]
            y = ((y - mean) / scale)[:, :, None].astype(dtype)
        return Samples(_scaled_inputs(dataset.X, indices, scalings, dtype), y)

    train, mislabelled = samples([part.train for part in parts]), None
    if label_noise:
        train, mislabelled = _with_noise(train, dataset, seeds, parts, label_noise)
    validation = samples([part.validation for part in parts])
    test = samples([part.test for part in parts])
    groups = large_groups(dataset)
    if target_scalings is not None:
        return Data(train, validation, test, tuple(seeds), target_scale=target_scalings[:, 1])
    if not groups:
        return Data(train, validation, test, tuple(seeds), mislabelled=mislabelled)
    representatives = [np.array([group[0] for group in groups])] * len(seeds)
    X = _scaled_inputs(dataset.X, representatives, scalings, dtype)
    rates = np.stack([targets[group].mean(0) for group in groups])
    known = Samples(X, np.stack([rates] * len(seeds)))
    return Data(train, validation, test, tuple(seeds), known, mislabelled=mislabelled)


def _with_noise(
    train: Samples, dataset: Dataset, seeds: Sequence[int], parts: Sequence[splits.Split], share: float
) -> tuple[Samples, np.ndarray]:
    """Return training samples with noise in their labels, and which of them have another label than their own, (S, n).

    train: Training samples of the seeds, whose targets are those of classes.
    """
    classes = len(dataset.classes)
    pairs = list(zip(seeds, (part.train for part in parts), strict=True))
    labels = np.stack([splits.with_noise(dataset.labels, classes, seed, share)[rows] for seed, rows in pairs])
    mislabelled = labels != np.stack([dataset.labels[rows] for _, rows in pairs])
    y = labels[:, :, None] if train.y.shape[2] == 1 else np.eye(classes)[labels]
    return Samples(train.X, y.astype(train.y.dtype)), mislabelled


def scaling_of(name: str, train: np.ndarray, kind: str = "standard") -> splits.Scaling:
    """Return the input scaling of a data set that fits the training samples with these indices.

    kind: Name in SCALINGS.
    """
    entry = source(name)
    return splits.fit_scaling(load(name).X[train], entry.one_unit, entry.categories, kind)


def target_scaling(name: str, train: np.ndarray) -> tuple[float, float]:
    """Return the mean and scale of a regression target over the training samples with these indices.

    The scale is the standard deviation, or 1 if all of these samples have the same target.
    """
    target = load(name).target
    assert target is not None
    is_constant = np.ptp(target[train]) < csv_file.SMALLEST
    return float(target[train].mean()), 1.0 if is_constant else float(target[train].std())


def large_groups(dataset: Dataset) -> list[np.ndarray]:
    """Return the sample indices of each group of at least LARGE samples, in the order of the groups' names."""
    names = np.array(dataset.groups)
    groups = [np.flatnonzero(names == name) for name in np.unique(names)]
    return [group for group in groups if len(group) >= LARGE]


def _scaled_inputs(
    X: np.ndarray,
    indices: Sequence[np.ndarray],
    scalings: Sequence[splits.Scaling],
    dtype: DTypeLike,
) -> np.ndarray:
    """Return the inputs (S, n, d) of the sample indices (S, n), scaled for each seed separately."""
    inputs = np.empty((len(indices), len(indices[0]), X.shape[1]), dtype)
    for out, rows, own in zip(inputs, indices, scalings, strict=True):
        splits.apply_scaling(X[rows], own, out)
    return inputs
