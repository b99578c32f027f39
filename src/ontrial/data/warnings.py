"""Warnings about a study's table: what may make networks look better than they are on other samples.

A warning is no mistake: the table may be right. Each is a sentence for the author of the study.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from ontrial.data import registry
from ontrial.data.csv_file import CsvFile, Feature

ENOUGH = 5  # samples per value: with fewer, a column may determine the classes by chance
SPARSE = 1.1  # largest row number, as a multiple of the number of rows, if some rows were removed
ROW_NUMBER = re.compile(r"(.*[^a-z])?(id|index|no|nr|number)", re.IGNORECASE)  # names of columns
SAME_ORDER = 0.9999  # correlation of ranks from which on two quantities are the same
FREQUENT = 0.01  # share of the test samples


def warnings_about(name: str) -> list[str]:
    """Return the warnings about a study's own data set."""
    file, dataset = registry.csv_file_of(name), registry.load(name)
    assert file is not None
    warnings = [*spellings("the classes", dataset.classes)]
    measured = []
    for feature in dataset.features:
        values = value_numbers(dataset.X[:, feature.columns])
        warnings += warnings_about_categories(feature, len(values))
        if is_row_number(dataset.X, feature):
            warnings.append(f'column "{feature.name}" seems to number the rows. If so, list it under drop.')
            continue
        measured.append(values)
        if determines(values, dataset):
            warnings.append(
                f'column "{feature.name}" alone determines "{file.predicted}". If it is a copy, or only known '
                "afterwards, list it under drop."
            )
    return [*warnings, *repetitions(name, file, measured)]


def spellings(what: str, words: Sequence[str]) -> Iterator[str]:
    """Yield words that differ from an earlier one only in case.

    what: What the words are, such as "the classes".
    """
    first: dict[str, str] = {}
    for word in words:
        if (other := first.setdefault(word.casefold(), word)) != word:
            yield f'{what} "{other}" and "{word}" differ only in case, but count as two.'


def is_row_number(X: np.ndarray, feature: Feature) -> bool:
    """Return whether a column only numbers the rows.

    It has a different whole number in each row, in ascending or descending order, or without large gaps, or with a name
    that says so.
    """
    if feature.categories:
        return False
    x = X[:, feature.columns.start].astype(float)
    if not np.all(x == np.round(x)) or len(np.unique(x)) < len(x):  # NaN is not equal to itself
        return False
    steps = np.diff(x)
    is_ordered = bool((steps > 0).all() or (steps < 0).all())
    return is_ordered or bool(np.ptp(x) < SPARSE * len(x)) or ROW_NUMBER.fullmatch(feature.name) is not None


def warnings_about_categories(feature: Feature, samples: int) -> Iterator[str]:
    """Yield warnings about the words of a categorical column."""
    yield from spellings(f'column "{feature.name}": the categories', feature.categories)
    if 2 * len(feature.categories) > samples:
        yield (
            f'column "{feature.name}" has {len(feature.categories)} categories for {samples} samples, which networks '
            "can learn by heart. Merge rare ones, or list the column under drop."
        )


def value_numbers(X: np.ndarray) -> np.ndarray:
    """Return the rank of each sample's value among the distinct values of a feature, (n,).

    X: Columns of the feature, (n, 1), or (n, k) zeros and ones. A missing value (NaN) ranks last.
    """
    values = X[:, 0] if X.shape[1] == 1 else np.where(np.isnan(X[:, 0]), X.shape[1], X.argmax(axis=1))
    return np.unique(values, return_inverse=True)[1]


def determines(values: np.ndarray, dataset: registry.Dataset) -> bool:
    """Return whether one feature alone determines what networks predict.

    Either each of its values occurs with one class, and so often that this is no accident; or samples in the order of
    the feature are in the order of the classes, or of the target.

    values: Ranks of the feature's values, (n,).
    """
    if values.max() == 0:
        return False
    if dataset.target is not None:
        target = value_numbers(dataset.target[:, None])
        return bool(abs(np.corrcoef(values, target)[0, 1]) > SAME_ORDER)
    classes = len(dataset.classes)
    distinct = values.max() + 1
    if len(np.unique(values * classes + dataset.labels)) > distinct:
        return False
    changes = np.count_nonzero(np.diff(dataset.labels[values.argsort()]))
    return bool(ENOUGH * distinct <= len(values) or changes == classes - 1)


def repetitions(name: str, file: CsvFile, features: Sequence[np.ndarray]) -> Iterator[str]:
    """Yield a warning if test samples are copies of others.

    Equal features may be an accident where they are coarse, as those of people on the Titanic. Then, however, they
    occur with several classes.

    features: Ranks of the values of each feature that does not only number the rows, (n,).
    """
    if file.test is not None and len({source.read() for source in file.files}) == 1:
        yield f"{file.test} is a copy of {file.csv}, so networks are tested on samples that they know."
        return
    if not features:
        return
    dataset, test = registry.load(name), registry.split(name, 0).test  # the same for all seeds
    answers = (dataset.labels if dataset.target is None else dataset.target).tolist()
    rows = [row.tobytes() for row in np.column_stack(features)]
    known: dict[bytes, set] = {}  # answers of the other samples by row
    for i in np.setdiff1d(np.arange(len(rows)), test):
        known.setdefault(rows[i], set()).add(answers[i])
    equal = [i for i in test if rows[i] in known]
    copies = sum(known[rows[i]] == {answers[i]} for i in equal)
    if copies > FREQUENT * len(test) and copies > len(equal) / 2:
        yield (
            f"{copies:,} of {len(test):,} test samples equal samples that are not for testing, so networks may know "
            "them. Remove copies, or let group name a column of what was measured several times."
        )
