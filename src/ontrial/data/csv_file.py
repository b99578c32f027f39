"""Data sets from a user's CSV file of numbers, with a header and one column of labels."""

import csv
import io
import math
from collections.abc import Iterator

import numpy as np

from ontrial.errors import InputError, unknown

MIN_SAMPLES = 10  # of each class, so that training, validation and test set all have some


def parse_csv(content: bytes, path: str, label: str) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Return the features X (n, d), the labels (n,), and the sorted names of the classes.

    label: the column of class names, which may be words. All other columns are features and must be numbers. path: what
    messages call the file. Raises InputError, which names the line and column of a mistake.
    """
    rows = read_rows(content, path)
    _, header = next(rows, (1, []))
    check_header(header, path, label)
    label_index = header.index(label)
    feature_names = [name for name in header if name != label]
    features, class_names = [], []
    for line, row in rows:
        if len(row) != len(header):
            raise InputError(f"{path}:{line}: {len(row)} values, but the header names {len(header)} columns.")
        class_names.append(row.pop(label_index))
        if not class_names[-1]:
            raise missing_value(path, line, label)
        features.append([parse_number(text, path, line, name) for text, name in zip(row, feature_names, strict=True)])
    classes = sorted_classes(set(class_names))
    check_classes(class_names, classes, path, label)
    class_index = {name: index for index, name in enumerate(classes)}
    return np.array(features, float), np.array([class_index[name] for name in class_names], int), classes


def read_rows(content: bytes, path: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line number and the stripped values of each non-empty row. Raises InputError if it is not CSV."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}: not UTF-8. Save the file as CSV in UTF-8.") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, [value.strip() for value in row]
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num}: not CSV: {error}.") from None


def check_header(header: list[str], path: str, label: str) -> None:
    """Raise InputError unless the header names every column once and has the label and at least one feature."""
    if not header:
        raise InputError(f"{path}:1: the file is empty.")
    if label not in header and all(is_number(name) for name in header):
        raise InputError(f"{path}:1: the header is missing: the first line must name the columns, one of them {label}.")
    if label not in header:
        raise InputError(f"{path}:1: {unknown('column', label, header)} Commas separate columns.")
    for index, name in enumerate(header):
        if not name:
            raise InputError(f"{path}:1: column {index + 1} has no name.")
        if name in header[:index]:
            raise InputError(f'{path}:1: two columns are called "{name}".')
    if len(header) == 1:
        raise InputError(f'{path}:1: there is no column besides "{label}", so there are no features to learn from.')


def check_classes(class_names: list[str], classes: tuple[str, ...], path: str, label: str) -> None:
    """Raise InputError unless there are at least two classes with MIN_SAMPLES samples each."""
    if len(classes) < 2:
        problem = f'all {len(class_names)} samples are "{classes[0]}"' if classes else "there are no samples"
        raise InputError(f'{path}: column "{label}": {problem}. At least two classes are needed.')
    rarest = min(classes, key=class_names.count)
    count = class_names.count(rarest)
    if count < MIN_SAMPLES:
        raise InputError(
            f'{path}: column "{label}": class "{rarest}" has {count} sample{"s" * (count > 1)}. Each of the '
            f"{len(classes)} classes needs {MIN_SAMPLES}, so that training, validation and test set all have some."
        )


def parse_number(text: str, path: str, line: int, column: str) -> float:
    """Return the number that a feature's text stands for. Raises InputError if it is not a finite number."""
    if not text:
        raise missing_value(path, line, column)
    if not is_number(text):
        raise InputError(
            f'{path}:{line}: column "{column}": "{text[:40]}" is not a number. Only the column of labels may contain '
            "words: replace a feature that has words by one column of zeros and ones for each word."
        )
    return float(text)


def is_number(text: str) -> bool:
    """Return whether the text is a finite number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def missing_value(path: str, line: int, column: str) -> InputError:
    """Return the error for an empty value."""
    return InputError(f'{path}:{line}: column "{column}": the value is missing. Fill it in, or remove the line.')


def sorted_classes(names: set[str]) -> tuple[str, ...]:
    """Sort class names: by value if all are numbers, else alphabetically."""
    if all(map(is_number, names)):
        return tuple(sorted(names, key=float))
    return tuple(sorted(names))
