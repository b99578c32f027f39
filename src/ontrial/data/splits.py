"""Splits into training, validation and test sets, and scaling of inputs."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ontrial.nn.randomness import stream

TEST_SEED = 1795  # not a seed of any study: all seeds share one test set
Shifted = tuple[np.ndarray, np.ndarray]  # what to subtract from features, and what to divide them by, each (d,)
BLOCK = 2_048  # samples scaled at a time, to save memory and time on float64 intermediates


class Split(NamedTuple):
    """Indices of the samples in each set, ascending."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def part_sizes(
    samples: int, validation: int | None = None, test: int | None = None, largest_cluster: int = 1
) -> tuple[int, int, int]:
    """Return the sizes of the training, validation and test set.

    validation: Size of the validation set. None uses a fifth of what the test set leaves.
    test: Size of the data set's own test set. None uses a fifth of the samples.
    largest_cluster: Size of the largest cluster, which can't be divided between training and validation set. The last
        cluster drawn for validation may take up to that many samples, less one, from training.

    >>> part_sizes(1000)
    (640, 160, 200)
    """
    test = round(samples / 5) if test is None else test
    validation = round((samples - test) / 5) if validation is None else validation
    return samples - test - validation - (largest_cluster - 1), validation, test


def split(
    labels: np.ndarray,
    seed: int,
    validation: int | None = None,
    test: int | None = None,
    *,
    fixed: bool = False,
    clusters: np.ndarray | None = None,
) -> Split:
    """Split the samples at random, stratified by class. The test set is the same for every seed.

    labels: Class of each sample, (n,).
    seed: Seed whose "split" stream divides training from validation samples.
    validation: Number of validation samples. None uses a fifth of what the test set leaves.
    test: Number of samples at the end that are the data set's own test set. None draws a fifth of the samples.
    fixed: Whether the validation set is also the same for every seed, namely the samples before the test set.
    clusters: Cluster number of each sample, (n,). Clusters are never divided between training and validation set.
    """
    _, validation_size, test_size = part_sizes(len(labels), validation, test)
    samples = np.arange(len(labels))
    if test is None:
        rest, test_set = draw_stratified(samples, labels, test_size, np.random.default_rng(TEST_SEED))
    else:
        rest, test_set = np.split(samples, [len(samples) - test])
    if fixed:
        train_set, validation_set = np.split(rest, [len(rest) - validation_size])
    elif clusters is None:
        train_set, validation_set = draw_stratified(rest, labels, validation_size, stream(seed, "split"))
    else:
        train_set, validation_set = draw_clusters(rest, labels, clusters, validation_size, stream(seed, "split"))
    return Split(train_set, validation_set, test_set)


def draw_test_clusters(clusters: np.ndarray) -> np.ndarray:
    """Draw clusters with about a fifth of the samples for the test set.

    clusters: Cluster number of each sample, (n,), counted from 0.
    """
    counts = np.bincount(clusters)
    order = np.random.default_rng(TEST_SEED).permutation(len(counts))
    totals = counts[order].cumsum()
    return order[: np.abs(totals - len(clusters) / 5).argmin() + 1]


def draw_clusters(
    samples: np.ndarray, labels: np.ndarray, clusters: np.ndarray, size: int, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw `size` samples, stratified by class, adding whole clusters in random order until there are enough samples.

    Return the samples of the other clusters and the drawn ones, each ascending. Samples of the drawn clusters beyond
    `size` are in neither.
    """
    names, counts = np.unique(clusters[samples], return_counts=True)
    order = generator.permutation(len(names))
    number = np.searchsorted(counts[order].cumsum(), size) + 1
    drawn = np.isin(clusters[samples], names[order[:number]])
    return samples[~drawn], draw_stratified(samples[drawn], labels, size, generator)[1]


def draw_subset(train: np.ndarray, labels: np.ndarray, seed: int, size: int) -> np.ndarray:
    """Draw `size` samples of a training set, stratified by class, from the seed's "training samples" stream.

    The order in which a class's samples are drawn does not depend on `size`. Smaller subsets are therefore nested in
    larger ones, except where rounding gives a class one sample fewer in a larger subset.
    """
    if size == len(train):
        return train
    return draw_stratified(train, labels, size, stream(seed, "training samples"))[1]


def draw_stratified(
    samples: np.ndarray, labels: np.ndarray, size: int, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw `size` samples, stratified by class. Return the remaining and the drawn samples, each ascending."""
    classes, counts = np.unique(labels[samples], return_counts=True)
    members = [generator.permutation(samples[labels[samples] == name]) for name in classes]
    sizes = quotas(counts, size)
    drawn = [member[:quota] for member, quota in zip(members, sizes, strict=True)]
    remaining = [member[quota:] for member, quota in zip(members, sizes, strict=True)]
    return np.sort(np.concatenate(remaining)), np.sort(np.concatenate(drawn))


def with_noise(labels: np.ndarray, classes: int, seed: int, share: float) -> np.ndarray:
    """Return labels (n,), each of which a class drawn uniformly replaces with a probability of `share`.

    This is the noise of Zhang et al. 2017. A drawn class may be the true one. The seed's "label noise" stream draws for
    all labels, so that those replaced at a smaller share are replaced at a larger one, too, by the same classes.
    """
    generator = stream(seed, "label noise")
    is_replaced = generator.random(len(labels)) < share
    return np.where(is_replaced, generator.integers(classes, size=len(labels)), labels)


def quotas(counts: np.ndarray, size: int) -> np.ndarray:
    """Divide `size` among classes in proportion to their counts, by the method of largest remainders.

    Integer arithmetic makes the result exact. Among equal remainders, earlier classes come first.

    >>> quotas(np.array([50, 30, 20]), 7)
    array([4, 2, 1])
    """
    whole, remainder = np.divmod(counts * size, counts.sum())
    first = np.argsort(-remainder, kind="stable")[: size - whole.sum()]
    whole[first] += 1
    return whole


class Scaling(NamedTuple):
    """A scaling of inputs. Each array has one number per feature, (d,).

    shift: Number to subtract.
    factor: Number by which to multiply the difference.
    fill: Number that first replaces missing values. None if no value is missing.
    """

    shift: np.ndarray
    factor: np.ndarray
    fill: np.ndarray | None = None


def fit_scaling(
    X: np.ndarray, one_unit: bool, categories: Sequence[slice] | None = None, kind: str = "standard"
) -> Scaling:
    """Return the scaling of training inputs X (n, d). Constant features have the factor 0.

    one_unit: Whether all features have one unit, as pixels do, and share one factor.
    categories: Columns of each categorical feature, if values may be missing (NaN).
    kind: Name in SCALINGS.
    """
    fill = None if categories is None else fit_fill(X, categories)
    X = filled(X, fill)
    shift, size = SCALINGS[kind](X, one_unit)
    return Scaling(shift, np.divide(1, size, out=np.zeros_like(shift), where=X.max(0) > X.min(0)), fill)


def unscaled(X: np.ndarray, one_unit: bool) -> Shifted:
    """Leave inputs as they are."""
    return np.zeros(X.shape[1]), np.ones(X.shape[1])


def centred(X: np.ndarray, one_unit: bool) -> Shifted:
    """Subtract the mean of each feature."""
    return _mean(X), np.ones(X.shape[1])


def standardised(X: np.ndarray, one_unit: bool) -> Shifted:
    """Subtract the mean of each feature, and divide by the standard deviation (LeCun et al. 1998, section 4.3).

    If all features have one unit, they share the root of their mean square deviation.
    """
    mean = _mean(X)
    squares = np.asarray(sum(np.square(block - mean).sum(0) for block in _blocks(X)))
    if one_unit:
        squares = np.full_like(squares, squares.cumsum()[-1] / len(squares))  # unlike sum, adds in order, as pages do
    return mean, np.sqrt(squares / len(X))


def from_0_to_1(X: np.ndarray, one_unit: bool) -> Shifted:
    """Subtract the smallest value of each feature, and divide by its range; all share the largest range of one unit."""
    low = X.min(0).astype(float)
    size = X.max(0) - low
    return low, np.full_like(size, size.max()) if one_unit else size


# Functions (X (n, d), whether all features have one unit) → what to subtract and to divide by, each (d,)
SCALINGS: dict[str, Callable[[np.ndarray, bool], Shifted]] = {
    "none": unscaled,
    "centred": centred,
    "standard": standardised,
    "minmax": from_0_to_1,
}


def _mean(X: np.ndarray) -> np.ndarray:
    return np.asarray(sum(block.sum(0, dtype=float) for block in _blocks(X))) / len(X)


def _blocks(X: np.ndarray) -> list[np.ndarray]:
    return [X[start : start + BLOCK] for start in range(0, len(X), BLOCK)]


def fit_fill(X: np.ndarray, categories: Sequence[slice]) -> np.ndarray:
    """Return the replacement for missing values (NaN) in each column of X (n, d): median, or most frequent category.

    Columns without any value get 0. Being constant, they are scaled to 0.
    """
    empty = np.isnan(X).all(0)
    fill = np.nanmedian(np.where(empty, 0, X), axis=0)
    for columns in categories:
        counts = np.nansum(X[:, columns], axis=0)
        fill[columns] = np.arange(len(counts)) == counts.argmax()
    return fill


def filled(X: np.ndarray, fill: np.ndarray | None) -> np.ndarray:
    """Return X (n, d) with missing values replaced by `fill` (d,)."""
    return X if fill is None else np.where(np.isnan(X), fill, X)


def apply_scaling(X: np.ndarray, scaling: Scaling, out: np.ndarray) -> None:
    """Write the scaled inputs X (n, d) to `out`, which has the same shape and any dtype."""
    for start in range(0, len(X), BLOCK):
        block = filled(X[start : start + BLOCK], scaling.fill)
        out[start : start + BLOCK] = (block - scaling.shift) * scaling.factor
