"""Splits into training, validation and test sets, and scaling of inputs."""

from typing import NamedTuple

import numpy as np

from ontrial.nn.randomness import stream

TEST_SEED = 1795  # not a seed of any study: all seeds share one test set
BLOCK = 2_048  # samples scaled at a time, to save memory and time on float64 intermediates


class Split(NamedTuple):
    """Indices of the samples in each set, ascending."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def part_sizes(samples: int, validation: int | None = None, test: int | None = None) -> tuple[int, int, int]:
    """Return the sizes of the training, validation and test set.

    validation: None uses a fifth of what the test set leaves. test: size of the test set that comes with the data set.
    None uses a fifth of the samples.
    """
    test = round(samples / 5) if test is None else test
    validation = round((samples - test) / 5) if validation is None else validation
    return samples - test - validation, validation, test


def split(labels: np.ndarray, seed: int, validation: int | None = None, test: int | None = None) -> Split:
    """Split the samples at random, stratified by class. The test set is the same for every seed.

    labels: (n,), the class of each sample. seed: its "split" stream divides training from validation samples.
    validation: how many samples validate. None uses a fifth of what the test set leaves. test: how many of the last
    samples are the test set that comes with the data set. None draws a fifth of the samples.
    """
    _, validation_size, test_size = part_sizes(len(labels), validation, test)
    samples = np.arange(len(labels))
    if test is None:
        rest, test_set = draw_stratified(samples, labels, test_size, np.random.default_rng(TEST_SEED))
    else:
        rest, test_set = np.split(samples, [len(samples) - test])
    train_set, validation_set = draw_stratified(rest, labels, validation_size, stream(seed, "split"))
    return Split(train_set, validation_set, test_set)


def draw_subset(train: np.ndarray, labels: np.ndarray, seed: int, size: int) -> np.ndarray:
    """Draw `size` samples of a training set, stratified by class, from the seed's "training samples" stream.

    The order in which a class's samples are drawn does not depend on the size. Smaller subsets are therefore nested in
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


def quotas(counts: np.ndarray, size: int) -> np.ndarray:
    """Divide `size` among classes in proportion to their counts, by the method of largest remainders.

    Integer arithmetic makes the result exact. Among equal remainders, earlier classes come first.
    """
    whole, remainder = np.divmod(counts * size, counts.sum())
    first = np.argsort(-remainder, kind="stable")[: size - whole.sum()]
    whole[first] += 1
    return whole


def fit_scaling(X: np.ndarray, one_unit: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and the scaling factor of each feature, both (d,), of training inputs X (n, d).

    The factor is 1 / standard deviation. It is common to all features if they have one unit, as pixels do. The factor
    of a constant feature is 0.
    """
    blocks = [X[start : start + BLOCK] for start in range(0, len(X), BLOCK)]
    mean = np.asarray(sum(block.sum(0, dtype=float) for block in blocks)) / len(X)
    squares = sum(np.square(block - mean).sum(None if one_unit else 0) for block in blocks)
    deviation = np.sqrt(np.full_like(mean, squares / (X.size if one_unit else len(X))))
    return mean, np.divide(1, deviation, out=np.zeros_like(mean), where=X.max(0) > X.min(0))


def apply_scaling(X: np.ndarray, mean: np.ndarray, factor: np.ndarray, out: np.ndarray) -> None:
    """Write the scaled inputs X (n, d) to `out`, which has the same shape and any dtype."""
    for start in range(0, len(X), BLOCK):
        out[start : start + BLOCK] = (X[start : start + BLOCK] - mean) * factor
