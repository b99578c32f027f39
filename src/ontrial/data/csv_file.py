"""A study's own data sets: CSV files with a header and a column to predict.

The study's configuration describes them. The column to predict contains classes (`label`) or numbers (`target`).
"""

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from ontrial.data import splits
from ontrial.data.files import UserFile
from ontrial.data.number_text import advice, is_missing, is_number, number_pattern
from ontrial.errors import InputError, legible, require_plain, unknown

REFUSE = "refuse"
PARTS = ("training", "validation", "test")
TRAINING, TEST = 0, 2  # positions in PARTS
MIN_SAMPLES = 10  # per class, so that training, validation and test set all have some
MIN_CLUSTERS = 3  # per class, for the same reason
LARGEST_CLUSTER = 1 / 5  # share of the samples, about that of the test set
MAX_CATEGORIES = 100
MAX_COLUMNS = 10_000
SEPARATORS = (",", ";", "|", ":", "\t")
LARGEST = float(np.finfo(np.float32).max)  # networks compute with float32
SMALLEST = float(np.finfo(np.float32).tiny)


@dataclass(frozen=True, kw_only=True)
class CsvFile:
    """An entry of `datasets` in a configuration. The schema of configurations describes the fields.

    Paths are relative to the folder where the workflow runs.
    """

    csv: str
    label: str | None = None
    target: str | None = None
    drop: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    missing: str = REFUSE
    separator: str = ","
    decimal: str = "."
    test: str | None = None
    part: str | None = None
    group: str | None = None

    @property
    def files(self) -> tuple[UserFile, ...]:
        """The file and, if there is one, the file of the test set."""
        return tuple(UserFile(path) for path in (self.csv, self.test) if path)

    @property
    def predicted(self) -> str:
        """The column that networks learn to predict: either the label or the target."""
        return self.label or self.target or ""

    @property
    def other_columns(self) -> tuple[str, ...]:
        """The columns that are not features."""
        names = (self.label, self.target, self.part, self.group, *self.drop)
        return tuple(name for name in names if name is not None)


class Feature(NamedTuple):
    """A column of a file that is a feature.

    columns: Its columns of X: one, or one for each category.
    categories: Names of the categories. Empty for numbers.
    """

    name: str
    columns: slice
    categories: tuple[str, ...] = ()


class Table(NamedTuple):
    """The content of a data set. Test samples come last, after any validation samples that the file marks.

    X: Features (n, d), NaN where a value is missing.
    labels: Indices into `classes`, (n,); 0 if there are none.
    classes: Names of the classes.
    target: Numbers to predict, (n,). None if there are classes.
    validation, test: Number of samples that the file marks for each part. None if they are drawn.
    clusters: Number of each sample's cluster, (n,). None without clusters.
    features: Columns of the file that are features, in the order of X.
    """

    X: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    target: np.ndarray | None
    validation: int | None
    test: int | None
    clusters: np.ndarray | None
    features: tuple[Feature, ...]

    @property
    def categories(self) -> tuple[slice, ...]:
        """Columns of X that belong to each categorical feature."""
        return tuple(feature.columns for feature in self.features if feature.categories)


class Rows(NamedTuple):
    """The rows of a file as text.

    places: Place "path:line" of each row.
    columns: Values of each column, by name.
    """

    places: list[str]
    columns: dict[str, list[str]]


def read_own_table(file: CsvFile) -> Table:
    """Return the content of a data set. Raises InputError with the line and column of mistakes, one in each line."""
    other = other_separator(file)
    if other is None:
        return read_table(file)
    mistake = f"{file.csv}:1: the columns are not separated by {json.dumps(file.separator)}. "
    mistake += f"Write separator: {json.dumps(other)}."
    try:
        read_table(replace(file, separator=other))
    except InputError as error:
        mistake += f"\n{error}"
    raise InputError(mistake)


def read_table(file: CsvFile) -> Table:
    """Return the content of a data set whose separator fits."""
    rows = read_rows(file.csv, file)
    parts = np.full(len(rows.places), TRAINING)
    if file.test is not None:
        test_rows = read_rows(file.test, file)
        if not test_rows.places:
            raise InputError(f"{file.test}: there are no samples.")
        parts = np.repeat([TRAINING, TEST], [len(parts), len(test_rows.places)])
        rows = join(rows, test_rows, file)
    columns = read_columns(rows, file)
    if file.part is not None:
        parts = columns[file.part]
        if len(parts) and TEST not in parts:
            raise InputError(
                f'{file.csv}: column "{file.part}": no sample is in the part "test". Mark some, or remove part.'
            )
    classes: tuple[str, ...] = ()
    labels, target = np.zeros(len(rows.places), int), None
    if file.label is not None:
        classes, labels = numbered(columns[file.label])
        check_classes(labels[parts == TRAINING], classes, file)
    else:
        target = columns[file.predicted][:, 0]
        check_target(target[parts == TRAINING], file)
    words = {word for name in file.categories for word in rows.columns[name]}
    for text in (*rows.columns, *classes, *sorted(words)):
        require_plain(text, file.csv)
    clusters = None
    if file.group is not None:
        names, clusters = numbered(columns[file.group])
        check_clusters(clusters, names, labels, classes, file)
        parts[np.isin(clusters, splits.draw_test_clusters(clusters))] = TEST
    X, features = join_features(rows, columns, file, parts == TRAINING)
    order = np.argsort(parts, kind="stable")
    _, validation, test = np.bincount(parts, minlength=len(PARTS)).tolist()
    clusters = None if clusters is None else clusters[order]
    target = None if target is None else target[order]
    return Table(X[order], labels[order], classes, target, validation or None, test or None, clusters, features)


# Text -----------------------------------------------------------------------------------------------------------------


def other_separator(file: CsvFile) -> str | None:
    """Return the separator that divides the header of a file, if the one of the entry does not."""
    header = UserFile(file.csv).read().partition(b"\n")[0].decode("utf-8", "replace")
    likeliest = max(SEPARATORS, key=header.count)
    return likeliest if likeliest in header and file.separator not in header else None


def read_rows(path: str, file: CsvFile) -> Rows:
    """Return the rows of one file of a data set."""
    lines = parse(UserFile(path).read(), path, file.separator)
    _, header = next(lines, ("", []))
    if mistakes := [f"{path}:1: {mistake}" for mistake in mistakes_of_header(header, path, file)]:
        raise InputError("\n".join(mistakes))
    places, rows = [], []
    for place, row in lines:
        if len(row) != len(header):
            raise InputError(f"{place}: {len(row)} values, but the header names {len(header)} columns.")
        places.append(place)
        rows.append(row)
    values = zip(*rows, strict=True) if rows else [()] * len(header)
    return Rows(places, {name: list(column) for name, column in zip(header, values, strict=True)})


def parse(content: bytes, path: str, separator: str) -> Iterator[tuple[str, list[str]]]:
    """Yield "path:line" and the stripped values of each row that is not empty. Raises InputError if it is not CSV."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}: not UTF-8. Save the file as CSV in UTF-8.") from None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            if row:
                yield f"{path}:{reader.line_num}", [value.strip() for value in row]
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num}: not CSV: {error}.") from None


def mistakes_of_header(header: list[str], path: str, file: CsvFile) -> Iterator[str]:
    """Yield each mistake in a header, which must name each column once, all columns of the entry, and a feature."""
    if not header:
        yield "the file is empty."
        return
    if len(header) > MAX_COLUMNS:
        yield f"{len(header):,} columns, more than the limit of {MAX_COLUMNS:,}. Remove some."
        return
    if file.predicted not in header and all(is_number(name) for name in header):
        yield f"the header is missing: the first line must name the columns, one of them {file.predicted}."
        return
    if header[0] in ("", "Unnamed: 0") and header[0] not in file.drop:
        problem = f'is called "{header[0]}"' if header[0] else "has no name"
        yield (
            f"column 1 {problem}: it seems to be the index of a pandas table, which is no feature. Remove it: "
            "to_csv(…, index=False) leaves it out."
        )
    for name in (file.predicted, *file.categories, *(file.other_columns[1:] if path == file.csv else ())):
        if name not in header:
            yield unknown("column", name, header)
    for index, name in enumerate(header):
        if not name and index:
            yield f"column {index + 1} has no name."
    for name, count in Counter(header).items():
        if name and count > 1:
            yield f'{"two" if count == 2 else count} columns are called "{legible(name, 60)}".'
    if set(header) <= set(file.other_columns):
        yield f'there is no column besides "{file.predicted}", so there are no features to learn from.'


def join(rows: Rows, test_rows: Rows, file: CsvFile) -> Rows:
    """Return the rows of both files. Raises InputError unless they have the same columns."""
    for first, second, path in ((rows, test_rows, file.csv), (test_rows, rows, file.test)):
        for name in first.columns.keys() - second.columns.keys() - set(file.drop):
            raise InputError(f'{file.test}:1: only {path} has a column "{name}". Both files need the same columns.')
    columns = {name: values + test_rows.columns.get(name, []) for name, values in rows.columns.items()}
    return Rows(rows.places + test_rows.places, columns)


def column_at(place: str, name: str) -> str:
    """Return the place and column of a mistake, with which its message starts."""
    return f'{place}: column "{legible(name, 60)}"'


# Columns --------------------------------------------------------------------------------------------------------------


def read_columns(rows: Rows, file: CsvFile) -> dict[str, Any]:
    """Return the values of each column that is not dropped, by name.

    Labels and groups are texts, parts positions in PARTS, categories zeros and ones (n, k), and all others numbers
    (n, 1). Raises InputError with the first mistake of each kind in every column.
    """
    readers: dict[str | None, Callable[[Rows, str, CsvFile], Any]] = dict.fromkeys(file.categories, one_hot)
    readers |= {file.label: complete, file.group: complete, file.part: given_parts}
    columns, mistakes = {}, []
    for name in rows.columns:
        if name in file.drop:
            continue
        try:
            columns[name] = readers.get(name, numbers)(rows, name, file)
        except InputError as error:
            mistakes.append(str(error))
    if mistakes:
        raise InputError("\n".join(mistakes))
    return columns


def complete(rows: Rows, name: str, file: CsvFile) -> list[str]:
    """Return the texts of a column. Raises InputError if one is missing."""
    for place, text in zip(rows.places, rows.columns[name], strict=True):
        if is_missing(text):
            raise InputError(f"{column_at(place, name)}: {missing_value(name, file)}")
    return rows.columns[name]


def given_parts(rows: Rows, name: str, file: CsvFile) -> np.ndarray:
    """Return the position in PARTS of each sample."""
    values = complete(rows, name, file)
    for place, value in zip(rows.places, values, strict=True):
        if value not in PARTS:
            raise InputError(f"{column_at(place, name)}: {unknown('part', legible(value, 40), PARTS)}")
    return np.array([PARTS.index(value) for value in values], int)


def numbers(rows: Rows, name: str, file: CsvFile) -> np.ndarray:
    """Return the values of a numeric column (n, 1), NaN where a feature is missing."""
    values = []
    unreadable: dict[str, str] = {}  # texts by place
    is_valid = number_pattern(file.decimal).fullmatch
    for place, text in zip(rows.places, rows.columns[name], strict=True):
        if is_valid(text):
            values.append(float(text.replace(file.decimal, ".")))
        elif is_missing(text):
            values.append(math.nan)
        else:
            unreadable[place] = text
            values.append(0.0)
    column = np.array(values, float)[:, None]
    mistakes = []
    if unreadable:
        place, text = next(iter(unreadable.items()))
        words = (
            f"If the column contains classes, write label: {name} instead of target."
            if name == file.target
            else "If the column contains words, list it under categories, which makes a column of zeros and ones for "
            "each word."
        )
        hint = advice([*unreadable.values()], file.decimal, words)
        mistakes.append(f'{column_at(place, name)}: "{legible(text, 40)}" is not a number. {hint}')
    if (is_large := np.abs(column[:, 0]) > LARGEST).any():
        row = int(is_large.argmax())
        mistakes.append(
            f"{column_at(rows.places[row], name)}: {legible(rows.columns[name][row], 40)} is too large: networks "
            f"compute with 32-bit numbers, which end at {LARGEST:.2g}."
        )
    mistakes += missing_values(rows, name, column, file)
    if mistakes:
        raise InputError("\n".join(mistakes))
    return column


def one_hot(rows: Rows, name: str, file: CsvFile) -> np.ndarray:
    """Return one column of zeros and ones per category (n, k), NaN where the value is missing."""
    texts = rows.columns[name]
    missing = np.array([is_missing(text) for text in texts], bool)
    names, positions = categories(texts)
    if len(names) > MAX_CATEGORIES:
        raise InputError(
            f"{column_at(file.csv, name)}: {len(names):,} categories, more than the limit of {MAX_CATEGORIES}. Merge "
            "rare ones, or list the column under drop."
        )
    width = max(len(names), 1)
    values = np.full((len(texts), width), np.nan)
    values[~missing] = np.eye(width)[positions]
    if mistakes := [*missing_values(rows, name, values, file)]:
        raise InputError("\n".join(mistakes))
    return values


def categories(texts: list[str]) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the categories among the values of a column, and the position of each value that is not missing."""
    return numbered([text for text in texts if not is_missing(text)])


def missing_values(rows: Rows, name: str, values: np.ndarray, file: CsvFile) -> Iterator[str]:
    """Yield the first missing value of a feature or target, unless the entry says how to replace it."""
    missing = np.isnan(values[:, 0])
    if missing.any() and (file.missing == REFUSE or name == file.target):
        yield f"{column_at(rows.places[missing.argmax()], name)}: {missing_value(name, file)}"


def missing_value(name: str, file: CsvFile) -> str:
    """Return the sentences on a missing value in a column: the problem and its remedies."""
    if name in file.other_columns:
        return "the value is missing. Fill it in, or remove the line."
    return "the value is missing. Fill it in, remove the line, or write missing: median, which replaces missing values."


# Samples --------------------------------------------------------------------------------------------------------------


def numbered(values: list[str]) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the distinct values in order, by size if all are numbers, and the position of each value among them."""
    names = sorted(set(values))
    if all(map(is_number, names)):
        names.sort(key=float)
    positions = {name: position for position, name in enumerate(names)}
    return tuple(names), np.array([positions[value] for value in values], int)


def check_classes(training: np.ndarray, classes: tuple[str, ...], file: CsvFile) -> None:
    """Raise InputError unless there are two classes or more, each with MIN_SAMPLES samples.

    training: Labels of the samples that the file does not mark for validation or test.
    """
    column = f'{file.csv}: column "{file.label}"'
    if len(classes) < 2:
        problem = f'all {len(training)} samples are "{classes[0]}"' if classes else "there are no samples"
        raise InputError(f"{column}: {problem}. At least two classes are needed.")
    counts = np.bincount(training, minlength=len(classes))
    rarest, count = int(counts.argmin()), int(counts.min())
    if count < MIN_SAMPLES:
        kind = "sample" if file.test is None and file.part is None else "training sample"
        purpose = ", so that training, validation and test set all have some" if kind == "sample" else ""
        is_quantity = all(map(is_number, classes))
        quantity = f" Is it a quantity? Then write target: {file.label} instead of label." if is_quantity else ""
        raise InputError(
            f'{column}: class "{classes[rarest]}" has {count} {kind}{"s" * (count != 1)}. Each of the '
            f"{len(classes)} classes needs {MIN_SAMPLES}{purpose}.{quantity}"
        )


def check_target(training: np.ndarray, file: CsvFile) -> None:
    """Raise InputError unless there are at least MIN_SAMPLES samples, with different numbers.

    training: Targets of the samples that the file does not mark for validation or test, (n,).
    """
    column = f'{file.csv}: column "{file.target}"'
    if len(training) < MIN_SAMPLES:
        kind = "samples" if file.test is None and file.part is None else "training samples"
        raise InputError(f"{column}: {len(training)} {kind}. At least {MIN_SAMPLES} are needed.")
    if np.ptp(training) < SMALLEST:
        raise InputError(
            f"{column}: all {len(training)} training samples are {training[0]:g}, so there is nothing to predict."
        )


def check_clusters(
    clusters: np.ndarray, names: tuple[str, ...], labels: np.ndarray, classes: tuple[str, ...], file: CsvFile
) -> None:
    """Raise InputError if one cluster has too many samples, or if too few clusters have samples of a class."""
    column = f'{file.csv}: column "{file.group}"'
    counts = np.bincount(clusters)
    share = counts.max() / len(clusters)
    if share > LARGEST_CLUSTER:
        raise InputError(
            f'{column}: "{names[counts.argmax()]}" has {share:.0%} of the samples. At most {LARGEST_CLUSTER:.0%} can '
            "have one value, so that training, validation and test set have different ones."
        )
    for label, name in enumerate(classes):
        number = len(np.unique(clusters[labels == label]))
        if number < MIN_CLUSTERS:
            raise InputError(
                f'{column}: only {number} of its values {"have" if number > 1 else "has"} samples of class "{name}". '
                f"At least {MIN_CLUSTERS} are needed, so that training, validation and test set can all have some."
            )


def join_features(
    rows: Rows, columns: dict[str, Any], file: CsvFile, training: np.ndarray
) -> tuple[np.ndarray, tuple[Feature, ...]]:
    """Return the features X (n, d), NaN where a value is missing, and what they are.

    training: Whether each sample may be used for training, (n,).
    """
    features: list[Feature] = []
    names = [name for name in columns if name not in file.other_columns]
    start = 0
    for name in names:
        if np.isnan(columns[name][training]).all():
            raise InputError(
                f"{column_at(file.csv, name)}: no training sample has a value. List the column under drop."
            )
        width = columns[name].shape[1]
        words = categories(rows.columns[name])[0] if name in file.categories else ()
        features.append(Feature(name, slice(start, start + width), words))
        start += width
    return np.hstack([columns[name] for name in names]), tuple(features)
