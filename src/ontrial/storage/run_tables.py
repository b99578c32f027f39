"""Read tables of anybody's runs: CSV, Parquet, JSON or Excel, from files or standard input.

A table may be a stranger's. So each limit is checked before what it limits takes memory or time.
"""

import ast
import csv
import glob
import gzip
import io
import itertools
import json
import math
import os
import re
import shlex
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ontrial.errors import InputError, legible
from ontrial.storage import files, project, tracked_runs

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow

STANDARD_INPUT = "-"
MAX_BYTES = 2**27  # of a table, unpacked
MOST_ROWS = 1_000_000
MOST_COLUMNS = 10_000
MOST_CELLS = 10_000_000
MOST_FILES = 10_000
MOST_CHARACTERS = 131_072  # of a cell, as in the module csv
MOST_DIGITS = 300  # of a whole number; longer ones become inf, as 1e999 does
UNSHARED = {"DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"}  # encodings of texts that PyArrow cannot share by rows
WIDEST = 1_000  # bytes of a cell of Parquet whose type says how many it has
LONGEST_NAME = 1_000  # of a column
FILE = "file"  # column with the name of the file, of several files
GZIP, PARQUET, ZIP = b"\x1f\x8b", b"PAR1", b"PK\x03\x04"  # first bytes of files; Excel writes ZIP
BATCH, BATCH_NESTED = 65_536, 8  # rows of Parquet that are unpacked at once; nested ones may share a long text
# Numbers that Python writes as names, outside of texts. An open quotation ends with the text: the search is linear.
NOT_FINITE = re.compile(r"""('(?:\\.|[^'\\])*+(?:'|\Z)|"(?:\\.|[^"\\])*+(?:"|\Z))|\b(nan|inf)\b""", re.DOTALL)
LITERALS = {"nan": "None", "inf": "1e999"}
NESTED = ("config", "params", "summary", "summary_metrics", "metrics")  # columns in which trackers export mappings
OTHER_DELIMITERS = "\t;"  # of CSV whose first line has no comma
SEPARATOR = ["sep=", ""]  # cells of the line with which Excel names the delimiter
NOT_SPACE = re.compile(r"\S")
HALF = re.compile(r"\\u[dD][89a-fA-F]")  # of a character, in JSON: both halves are one
# Errors of what reads tables. RuntimeError is that of a password, of deep nesting and of unknown compression.
UNREADABLE = (ValueError, OverflowError, OSError, RuntimeError, csv.Error, EOFError, zlib.error, zipfile.BadZipFile)

Columns = dict[str, list[Any]]  # cells by name of the column


def read_runs(path: str) -> "pd.DataFrame":
    """Return a table with one row per run. Raises InputError if it can't be read, or is too large.

    The columns of CSV are text, those of others have their types. Rows are counted from 0.

    path: Path of the file, or STANDARD_INPUT, or a pattern of paths such as "runs/*.csv", whose rows follow each other
        in the order of the paths, with the column FILE; or mlflow:EXPERIMENT or wandb:ENTITY/PROJECT.
    """
    import pandas as pd

    tables: dict[str, Columns] = {}
    rows: dict[str, int] = {}
    left, total, filled = MAX_BYTES, 0, 0
    is_tracked = path.partition(":")[0] in tracked_runs.TRACKERS and not os.path.exists(path)
    for each in [path] if is_tracked else _paths(path):
        with _as_input_error(each):
            if is_tracked:
                tables[each] = _of_objects(tracked_runs.read(path), path)
            else:
                content = _content(each, left)
                left -= len(content)
                tables[each] = _read(content, each)
        rows[each] = len(next(iter(tables[each].values()), []))
        total += rows[each]
        filled += rows[each] * len(tables[each])
        _require_at_most(MOST_ROWS, total, "rows", path)
        _require_at_most(MOST_CELLS, filled, "cells", path)
    names = dict.fromkeys(itertools.chain.from_iterable(tables.values()))
    if len(tables) > 1:
        names.setdefault(FILE)
    _require_at_most(MOST_COLUMNS, len(names), "columns", path)
    _require_at_most(MOST_CELLS, total * len(names), "cells", path)

    def cells(name: str) -> Iterator[Any]:
        for each, columns in tables.items():
            yield from columns.get(name, itertools.repeat(each if name == FILE else math.nan, rows[each]))

    return pd.DataFrame({name: list(cells(name)) for name in names}, index=range(total))


def _paths(path: str) -> list[str]:
    """Return the paths that a path or a pattern names, in their order."""
    if path == STANDARD_INPUT or not glob.has_magic(path) or os.path.exists(path):
        return [path]
    found = list(itertools.islice(glob.iglob(path, recursive=True), MOST_FILES + 1))
    _require_at_most(MOST_FILES, len(found), "files", path)
    return sorted(found) or [path]


def _require_at_most(limit: int, n: int, what: str, path: str) -> None:
    """Raise InputError for more files, rows, columns or cells than a table may have."""
    if n > limit:
        raise InputError(
            f"{_name(path)}: it has more than {limit:,} {what}. Leave out what the question does not need."
        )


def _name(path: str) -> str:
    return legible(path, 200)


@contextmanager
def _as_input_error(path: str) -> Iterator[None]:
    """Raise InputError, with the name of a table, for the errors of what reads it."""
    try:
        yield
    except UNREADABLE as error:
        reason = legible(str(error).strip().split("\n")[0], 200)
        raise InputError(f"{_name(path)}: this is no table of runs: {reason}") from None


def require_inside(path: str) -> None:
    """Raise InputError if a link in the working folder leads out of it, unless ONTRIAL_DATA allows the folder.

    The link may be a stranger's, and messages would show lines of a private file.
    """
    here = Path.cwd()
    if Path(os.path.abspath(path)).is_relative_to(here) and project.refusal(Path(path), here):
        target = shlex.quote(os.path.dirname(os.path.realpath(path)))
        raise InputError(
            f"{_name(path)}: a link leads out of the working folder. If its file may be read, allow its folder before "
            f"the command: {project.ALLOWED}={target}"
        )


def _content(path: str, limit: int) -> bytes:
    """Return the unpacked bytes of a table. Raises InputError if there are none, or more than a limit."""
    if path == STANDARD_INPUT:
        content = sys.stdin.buffer.read(limit + 1)
    else:
        require_inside(path)
        with files.reading(_name(path)):
            content = files.read_bytes(path, limit)
    if content.startswith(GZIP):
        content = gzip.GzipFile(fileobj=io.BytesIO(content)).read(limit + 1)
    if len(content) > limit:
        raise InputError(f"{_name(path)}: it is larger than {MAX_BYTES // 2**20} MiB.")
    if not content.strip():
        raise InputError(f"{_name(path)}: the table is empty.")
    return content


def _read(content: bytes, path: str) -> Columns:
    if content.startswith(PARQUET):
        return _parquet(content, path)
    if content.startswith(ZIP):
        return _of_rows(_excel_rows(content, path), path)
    text = files.decode(content, path).lstrip("\r\n")
    if text.lstrip()[:1] in ("{", "["):
        _require_at_most(MOST_CELLS, sum(map(text.count, ",[{")), "values", path)
        return _of_objects(_objects(text, path), path)
    first, _, _ = text.partition("\n")
    delimiter = next((mark for mark in OTHER_DELIMITERS if mark in first and "," not in first), ",")
    return _of_rows(_csv_rows(text, delimiter), path)


def _of_rows(rows: Iterator[tuple[int, list[str]]], path: str) -> Columns:
    """Return the columns of rows with their lines, of which the first has the names."""
    _, head = next(rows)
    _require_at_most(MOST_COLUMNS, len(head), "columns", path)
    _require_unique(head, path)

    def checked() -> Iterator[list[str]]:
        for n, (line, row) in enumerate(rows, 1):
            _require_at_most(MOST_ROWS, n, "rows", path)
            _require_at_most(MOST_CELLS, n * len(head), "cells", path)
            if len(row) != len(head):
                counts = f"it has {len(row):,} cells, and the head has {len(head):,}"
                raise InputError(f"{_name(path)}:{line}: this is no row of a table of runs: {counts}.")
            yield row

    if not set(NESTED).isdisjoint(head):
        return _of_objects((dict(zip(head, row, strict=True)) for row in checked()), path)
    kept = [*checked()]
    return {name: [row[i] for row in kept] for i, name in enumerate(head)}


def _require_unique(names: Sequence[str], path: str) -> None:
    """Raise InputError if columns share a name, or one is too long."""
    name, n = next(iter(Counter(filter(None, names)).most_common(1)), ("", 0))
    if n > 1:
        raise InputError(f'{_name(path)}: the column "{legible(name, 80)}" is there {n} times.')
    if longest := next((name for name in names if len(name) > LONGEST_NAME), ""):
        raise InputError(f'{_name(path)}: the name of the column "{legible(longest, 80)}" is too long.')


def _csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return ((rows.line_num, row) for row in rows if row and row != SEPARATOR)


def _excel_rows(content: bytes, path: str) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows of the first sheet of a file of Excel, with their numbers."""
    try:
        from openpyxl import load_workbook
    except ModuleNotFoundError:
        raise InputError(f"{_name(path)}: Excel needs the package openpyxl. Install it, or save as CSV.") from None
    size = sum(each.file_size for each in zipfile.ZipFile(io.BytesIO(content)).infolist())
    if size > MAX_BYTES:
        raise InputError(f"{_name(path)}: it is larger than {MAX_BYTES // 2**20} MiB when it is unpacked.")
    try:
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
    except (KeyError, IndexError, TypeError, SyntaxError) as error:
        raise ValueError(f"Excel can't have written it: {error}") from None
    sheet.reset_dimensions()  # what a file says about them need not be true
    left, width = MAX_BYTES, 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        _require_at_most(MOST_ROWS, number, "rows", path)  # a file may leave out any number of rows, which are empty
        cells = list(row)
        while len(cells) > width and cells[-1] in (None, ""):
            cells.pop()
        if all(cell in (None, "") for cell in cells):
            continue
        lengths = [len(cell) for cell in cells if isinstance(cell, str)]
        left = _left(left, sum(lengths), max(lengths, default=0), path)
        if not width:
            width, cells = len(cells), ["" if cell is None else str(cell) for cell in cells]
        yield number, cells + [None] * (width - len(cells))


def _left(left: int, characters: int, longest: int, path: str) -> int:
    """Return how many characters the texts of a table may still have. Raises InputError if there are too many.

    Rows can share a text, so that a small file becomes a large table.
    """
    if characters > left or longest > MOST_CHARACTERS:
        raise InputError(f"{_name(path)}: its texts are too long when they are unpacked.")
    return left - characters


def _parquet(content: bytes, path: str) -> Columns:
    """Return the columns of a Parquet file. What its metadata say of its size when unpacked is checked first."""
    try:
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise InputError(f"{_name(path)}: Parquet needs the package pyarrow. Install it, or save as CSV.") from None
    about = parquet.read_metadata(io.BytesIO(content))
    leaves = [about.schema.column(i) for i in range(about.num_columns)]
    texts = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
    file = parquet.ParquetFile(io.BytesIO(content), read_dictionary=texts)  # rows share one copy of a text
    schema = file.schema_arrow
    parts = [about.row_group(i) for i in range(about.num_row_groups)]
    _require_at_most(MOST_ROWS, about.num_rows, "rows", path)
    _require_at_most(MOST_COLUMNS, about.num_columns, "columns", path)
    _require_at_most(MAX_BYTES, sum(part.total_byte_size for part in parts), "bytes", path)
    chunks = [(part.column(i), leaf) for part in parts for i, leaf in enumerate(leaves)]
    _require_at_most(MOST_CELLS, sum(chunk.num_values for chunk, _ in chunks), "cells", path)
    _require_at_most(WIDEST, max((leaf.length for leaf in leaves), default=0), "bytes in a cell", path)
    _require_at_most(MAX_BYTES, sum(chunk.num_values * leaf.length for chunk, leaf in chunks), "bytes", path)
    if packed := {leaf.path for chunk, leaf in chunks if leaf.path in texts and UNSHARED.intersection(chunk.encodings)}:
        raise InputError(
            f'{_name(path)}: the texts of "{legible(min(packed), 80)}" are packed by an encoding (DELTA) that does not '
            "say how long they are. Write them with dictionaries, as pandas does, or as CSV."
        )
    _require_unique(schema.names, path)
    is_nested = not set(NESTED).isdisjoint(schema.names)

    def batches() -> Iterator[Columns]:
        left = [MAX_BYTES]
        for batch in file.iter_batches(BATCH_NESTED if is_nested else BATCH):
            _require_at_most(MAX_BYTES, batch.nbytes, "bytes", path)
            yield {name: _cells(batch.column(name), left, path) for name in schema.names}

    def objects() -> Iterator[dict[str, Any]]:
        for batch in batches():
            yield from (dict(zip(batch, row, strict=True)) for row in zip(*batch.values(), strict=True))

    if is_nested:
        return _of_objects(objects(), path)
    columns: Columns = {name: [] for name in schema.names}
    for batch in batches():
        for name, cells in batch.items():
            columns[name] += cells
    return columns


def _cells(column: "pyarrow.Array", left: list[int], path: str) -> list[Any]:
    """Return the cells of a column, whose texts are shared by rows. Raises InputError if texts are too long.

    left: Number of characters that the texts of a table may still have. It is changed.
    """
    import pyarrow.compute as pc

    for texts in _dictionaries(column):
        lengths = pc.binary_length(texts.dictionary)
        characters = pc.sum(lengths.take(texts.indices.drop_null())).as_py() or 0
        left[0] = _left(left[0], characters, pc.max(lengths).as_py() or 0, path)
    if not hasattr(column, "dictionary"):
        return list(map(_text, column.to_pylist()))
    words = list(map(_text, column.dictionary.to_pylist()))
    return [None if i is None else words[i] for i in column.indices.to_pylist()]


def _dictionaries(column: "pyarrow.Array") -> Iterator["pyarrow.DictionaryArray"]:
    """Yield the texts in a column of Parquet, also those inside of lists and mappings."""
    if hasattr(column, "dictionary"):
        yield column
    elif hasattr(column, "flatten") and column.type.num_fields:
        inside = column.flatten()
        for each in inside if isinstance(inside, list) else [inside]:
            yield from _dictionaries(each)


def _text(cell: Any) -> Any:
    """Return a cell, bytes as text."""
    return cell.decode(errors="backslashreplace") if isinstance(cell, bytes) else cell


def _of_objects(objects: Iterable[Mapping[str, Any]], path: str) -> Columns:
    """Return the columns of objects, with one column such as config.lr for each item of a mapping."""
    names: dict[tuple[str, str], str] = {}
    rows = []
    left, filled = MAX_BYTES, 0
    for n, each in enumerate(objects, 1):
        _require_at_most(MOST_ROWS, n, "rows", path)
        mappings = {key: _mapping(each[key]) for key in NESTED if isinstance(each.get(key), str)}
        rows.append(dict(_flat({**each, **mappings}, "", names)))
        _require_at_most(MOST_COLUMNS, len(names), "columns", path)
        filled += len(rows[-1])
        _require_at_most(MOST_CELLS, filled, "cells", path)  # at once: a tracker may have any number of them
        left = _left(left, sum(len(cell) for cell in rows[-1].values() if isinstance(cell, str)), 0, path)
    _require_unique(list(names.values()), path)
    columns = dict.fromkeys(itertools.chain.from_iterable(rows))
    _require_at_most(MOST_CELLS, len(rows) * len(columns), "cells", path)  # of which a file has those that it fills
    return {name: [row.get(name, math.nan) for row in rows] for name in columns}


def _flat(value: Mapping[str, Any], prefix: str, names: dict[tuple[str, str], str]) -> Iterator[tuple[str, Any]]:
    """Yield the values in nested mappings, each with its path such as config.lr.

    names: Paths by prefix and key, so that rows share them. It grows.
    """
    for key, each in value.items():
        if (name := names.get((prefix, key))) is None:
            name = names[prefix, key] = f"{prefix}{key}"
            if len(name) > LONGEST_NAME:  # at once: names grow with depth
                raise ValueError("the name of a column is too long")
        if isinstance(each, dict):
            yield from _flat(each, f"{name}.", names)
        else:
            yield name, each


def _objects(text: str, path: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a text: one after the other, in lists, or as the rows of an answer of Trackio."""
    decoder = json.JSONDecoder(parse_int=lambda digits: int(digits) if len(digits) <= MOST_DIGITS else float(digits))
    at = 0
    while found := NOT_SPACE.search(text, at):
        try:
            value, at = decoder.raw_decode(text, found.start())
        except json.JSONDecodeError as error:
            raise InputError(f"{_name(path)}:{error.lineno}: this is not JSON: {error.msg}.") from None
        if HALF.search(text):
            json.dumps(value, ensure_ascii=False).encode()  # raises ValueError for half of a character
        rows = value["rows"] if isinstance(value, dict) and {"columns", "rows"} <= value.keys() else value
        for row in rows if isinstance(rows, list) else [rows]:
            if not isinstance(row, dict):
                line = text.count("\n", 0, found.start()) + 1
                raise InputError(
                    f'{_name(path)}:{line}: this is not an object, such as {{"seed": 1, "accuracy": 0.9}}.'
                )
            yield row


def _mapping(cell: str) -> dict[str, Any] | str:
    """Return the mapping that a cell of a tracker's export holds, as JSON or as Python writes it; the cell if none."""
    if len(cell) > MOST_CHARACTERS:  # Python takes hundreds of bytes for each
        return cell
    literal = NOT_FINITE.sub(lambda match: match[1] or LITERALS[match[2]], cell)
    for parse, written in ((json.loads, cell), (ast.literal_eval, literal)):
        try:
            value = parse(written)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(value, dict):
            return {str(key): each for key, each in value.items()}
    return cell
