"""A reader's own table: CSV of numbers, with a header and a column of labels → samples and classes."""

import csv
import io
import math
from collections.abc import Iterator

import numpy as np

from ontrial.errors import InputError, unknown

LEAST = 10  # samples of each class, so that every part of the data has some


def table(content: bytes, where: str, label: str) -> tuple[np.ndarray, np.ndarray, tuple, tuple[str, ...]]:
    """X (n, d), labels (n,), no groups, and the names of the classes: the values of the column `label`, in their order.

    where: what messages call the file. Every other column is a feature. InputError names the line and column of what
    is missing, no number or too little.
    """
    lines = rows(content, where)
    _, header = next(lines, (1, []))
    check_header(header, where, label)
    place = header.index(label)
    features, names = [], []
    for line, row in lines:
        if len(row) != len(header):
            raise InputError(f"{where}:{line}: {len(row)} values, but the header names {len(header)} columns.")
        names.append(row.pop(place))
        if not names[-1]:
            raise missing(where, line, label)
        columns = (name for name in header if name != label)
        features.append([number(text, where, line, name) for text, name in zip(row, columns, strict=True)])
    classes = in_order(set(names))
    check_classes(names, classes, where, label)
    positions = {name: position for position, name in enumerate(classes)}
    return np.array(features, float), np.array([positions[name] for name in names], int), (), classes


def rows(content: bytes, where: str) -> Iterator[tuple[int, list[str]]]:
    """Line and values, without spaces about them, of each row that isn't empty; InputError for what is no CSV."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{where}:{line}: a letter that is not UTF-8. Save the file as CSV in UTF-8.") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, [value.strip() for value in row]
    except csv.Error as error:
        raise InputError(f"{where}:{reader.line_num}: not CSV: {error}.") from None


def check_header(header: list[str], where: str, label: str) -> None:
    """Raise InputError unless the first row names all columns, the one of the labels among them."""
    if not header:
        raise InputError(f"{where}:1: the file is empty.")
    if label not in header and all(is_number(name) for name in header):
        raise InputError(
            f"{where}:1: the header is missing: the first line must name the columns, one of them {label}."
        )
    if label not in header:
        raise InputError(f"{where}:1: {unknown('column', label, header)} Commas separate columns.")
    for place, name in enumerate(header):
        if not name:
            raise InputError(f"{where}:1: column {place + 1} has no name.")
        if name in header[:place]:
            raise InputError(f'{where}:1: two columns are called "{name}".')
    if len(header) == 1:
        raise InputError(f'{where}:1: there is no column beside "{label}", so nothing to learn from.')


def check_classes(names: list[str], classes: tuple[str, ...], where: str, label: str) -> None:
    """Raise InputError unless there are two classes or more, each with samples for every part of the data."""
    if len(classes) < 2:
        found = f'all {len(names)} samples are "{classes[0]}"' if classes else "there are no samples"
        raise InputError(f'{where}: column "{label}": {found}. Two classes are needed.')
    rarest = min(classes, key=names.count)
    if (count := names.count(rarest)) < LEAST:
        raise InputError(
            f'{where}: column "{label}": class "{rarest}" has {count} sample{"s" * (count > 1)}, and there are '
            f"{len(classes)} classes. Each needs {LEAST}, so that training, validation and test set have some."
        )


def number(text: str, where: str, line: int, column: str) -> float:
    """A feature as a number; InputError if it is none."""
    if not text:
        raise missing(where, line, column)
    if not is_number(text):
        raise InputError(
            f'{where}:{line}: column "{column}": "{text[:40]}" is not a number. Only the column of labels may hold '
            "words: turn each word into a column of zeros and ones."
        )
    return float(text)


def is_number(text: str) -> bool:
    """Whether a text is a finite number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def missing(where: str, line: int, column: str) -> InputError:
    """What to say of an empty value."""
    return InputError(f'{where}:{line}: column "{column}": the value is missing. Fill it in, or remove the line.')


def in_order(names: set[str]) -> tuple[str, ...]:
    """Names of classes: numbers by size, words by letter."""
    return tuple(sorted(names, key=float if all(map(is_number, names)) else str))
