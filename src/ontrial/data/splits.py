"""Which samples train, validate and test; how inputs are scaled."""

from typing import NamedTuple

import numpy as np

from ontrial.nn.randomness import stream

TEST_SEED = 1795  # not a seed of any study: every seed shares this test set
BLOCK = 2_048  # samples at a time: float64 intermediates take less memory, and less time, than those of all


class Split(NamedTuple):
    """Sample numbers of the three parts, each ascending."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def part_sizes(samples: int, test: int | None = None) -> tuple[int, int, int]:
    """Sizes of training, validation and test set: a fifth of the rest is for validation.

    test: size of a test set that the data set brings along; None draws a fifth for it.
    """
    test = round(samples / 5) if test is None else test
    validation = round((samples - test) / 5)
    return samples - test - validation, validation, test


def split(labels: np.ndarray, seed: int, test: int | None = None) -> Split:
    """Divide the samples: the test set is the same for every seed, whose "split" stream divides the rest.

    labels: (n,) class of each sample. test: how many of the last samples are a test set that the data set brings
    along; None draws one. Each part that is drawn has its share of every class.
    """
    _, validation_size, test_size = part_sizes(len(labels), test)
    samples = np.arange(len(labels))
    if test is None:
        rest, tested = draw(samples, labels, test_size, np.random.default_rng(TEST_SEED))
    else:
        rest, tested = np.split(samples, [len(samples) - test])
    train, validation = draw(rest, labels, validation_size, stream(seed, "split"))
    return Split(train, validation, tested)


def subset(train: np.ndarray, labels: np.ndarray, seed: int, size: int) -> np.ndarray:
    """Draw `size` samples of a training set, stratified by class, from the seed's "training samples" stream.

    A class's samples are shuffled alike whatever the size, so smaller subsets are nested in larger ones, except for a
    sample where rounding gives a class a smaller share of more.
    """
    if size == len(train):
        return train
    return draw(train, labels, size, stream(seed, "training samples"))[1]


def draw(
    samples: np.ndarray, labels: np.ndarray, size: int, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw `size` of the samples, stratified by class: the samples that are left, and the drawn ones, ascending."""
    classes, counts = np.unique(labels[samples], return_counts=True)
    members = [generator.permutation(samples[labels[samples] == name]) for name in classes]
    drawn = [member[:quota] for member, quota in zip(members, quotas(counts, size), strict=True)]
    left = [member[quota:] for member, quota in zip(members, quotas(counts, size), strict=True)]
    return np.sort(np.concatenate(left)), np.sort(np.concatenate(drawn))


def quotas(counts: np.ndarray, size: int) -> np.ndarray:
    """Divide `size` among classes in proportion to their `counts`, by the method of largest remainders.

    Whole numbers only, so it is exact; of equal remainders the first class's goes first.
    """
    whole, remainder = np.divmod(counts * size, counts.sum())
    first = np.argsort(-remainder, kind="stable")[: size - whole.sum()]
    whole[first] += 1
    return whole


def scaling(X: np.ndarray, one_unit: bool) -> tuple[np.ndarray, np.ndarray]:
    """What to subtract from inputs and what to multiply them with, each (d,), learnt from the training inputs X (n, d).

    The features' means; and one over the root mean square of what remains: a common one if all features have one unit
    (as pixels have), else each feature's own. A feature that never changes becomes 0: nothing can be learnt of it.
    """
    blocks = [X[start : start + BLOCK] for start in range(0, len(X), BLOCK)]
    mean = sum(block.sum(0, dtype=float) for block in blocks) / len(X)
    squares = sum(np.square(block - mean).sum(None if one_unit else 0) for block in blocks)
    rms = np.sqrt(np.full_like(mean, squares / (X.size if one_unit else len(X))))
    return mean, np.divide(1, rms, out=np.zeros_like(mean), where=X.max(0) > X.min(0))


def scaled(X: np.ndarray, scaling: tuple[np.ndarray, np.ndarray], out: np.ndarray) -> None:
    """Put inputs X (n, d), scaled, into `out` of the same shape and any type."""
    mean, factor = scaling
    for start in range(0, len(X), BLOCK):
        out[start : start + BLOCK] = (X[start : start + BLOCK] - mean) * factor
