"""Which samples train, validate and test; how inputs are scaled."""

from typing import NamedTuple

import numpy as np

from ontrial.nn.randomness import stream

TEST_SEED = 1795  # not a seed of any study: every seed shares this test set


class Split(NamedTuple):
    """Sample numbers of the three parts, each ascending."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def part_sizes(samples: int) -> tuple[int, int, int]:
    """Sizes of training, validation and test set: a fifth is for testing, a fifth of the rest for validation."""
    test = round(samples / 5)
    validation = round((samples - test) / 5)
    return samples - test - validation, validation, test


def split(labels: np.ndarray, seed: int) -> Split:
    """Divide the samples: the test set is the same for every seed, whose "split" stream divides the rest.

    labels: (n,) class of each sample. Each part has its share of every class.
    """
    _, validation_size, test_size = part_sizes(len(labels))
    rest, test = draw(np.arange(len(labels)), labels, test_size, np.random.default_rng(TEST_SEED))
    train, validation = draw(rest, labels, validation_size, stream(seed, "split"))
    return Split(train, validation, test)


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
    mean = X.mean(0)
    squares = np.square(X - mean)
    rms = np.sqrt(np.full_like(mean, squares.mean()) if one_unit else squares.mean(0))
    return mean, np.divide(1, rms, out=np.zeros_like(mean), where=np.ptp(X, 0) > 0)
