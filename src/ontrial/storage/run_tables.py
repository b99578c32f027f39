"""Read tables of anybody's runs: CSV, Parquet or JSON, from a file or standard input."""

import ast
import codecs
import csv
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pandas as pd
import pyarrow

from ontrial.errors import InputError, legible
from ontrial.storage import files

STANDARD_INPUT = "-"
MAX_BYTES = 4 * 2**30  # of a table
PARQUET = b"PAR1"  # first bytes of a file
# Numbers that Python writes as names, outside of texts
NOT_FINITE = re.compile(r"""('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")|\b(nan|inf)\b""")
LITERALS = {"nan": "None", "inf": "1e999"}
NESTED = ("config", "params", "summary", "summary_metrics", "metrics")  # columns in which trackers export mappings
OTHER_DELIMITERS = "\t;"  # of CSV whose first line has no comma
NOT_SPACE = re.compile(r"\S")

Choose = Callable[[list[str]], Iterable[str]]


def read_runs(path: str, choose: Choose) -> pd.DataFrame:
    """Return some columns of a table with one row per run. Raises InputError if it can't be read.

    The columns of CSV are text, those of others have their types. Rows are counted from 0.

    path: Path of the file, or STANDARD_INPUT.
    choose: Function that returns the columns to read from the names of all. It may raise InputError.
    """
    content = _content(path)
    try:
        if content.startswith(PARQUET):
            return _read_parquet(content, choose)
        if content.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"["):
            return _unfolded(pd.json_normalize(list(_objects(files.decode(content, path), path))), choose)
        return _read_csv(content, path, choose)
    except (ValueError, OSError, RecursionError, csv.Error) as error:
        reason = legible(str(error).strip().split("\n")[0], 200)
        raise InputError(f"{path}: this is no table of runs: {reason}") from None


def _content(path: str) -> bytes:
    """Return the bytes of a table. Raises InputError if there are none."""
    if path == STANDARD_INPUT:
        content = sys.stdin.buffer.read()
    else:
        try:
            content = files.read_bytes(path, MAX_BYTES)
        except FileNotFoundError:
            raise InputError(f"{path}: there is no such file.") from None
        except OSError as error:
            raise InputError(f"{path}: the file can't be read: {error.strerror}.") from None
    if not content.strip():
        raise InputError(f"{path}: the table is empty.")
    return content


def _read_parquet(content: bytes, choose: Choose) -> pd.DataFrame:
    from pyarrow import parquet

    file = parquet.ParquetFile(io.BytesIO(content))
    head = file.schema_arrow.names
    nested = any(name in NESTED for name in head)
    names = head if nested else list(choose(head))
    table = file.read(columns=names).to_pandas().reset_index()[names]
    return _unfolded(table, choose) if nested else table


def _objects(text: str, path: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a text: one after the other, in lists, or as the rows of an answer of Trackio."""
    decoder = json.JSONDecoder()
    at = 0
    while found := NOT_SPACE.search(text, at):
        try:
            value, at = decoder.raw_decode(text, found.start())
        except json.JSONDecodeError as error:
            raise InputError(f"{path}:{error.lineno}: this is not JSON: {error.msg}.") from None
        rows = value["rows"] if isinstance(value, dict) and {"columns", "rows"} <= value.keys() else value
        for row in rows if isinstance(rows, list) else [rows]:
            if not isinstance(row, dict):
                line = text.count("\n", 0, found.start()) + 1
                raise InputError(f'{path}:{line}: this is not an object, such as {{"seed": 1, "accuracy": 0.9}}.')
            yield row


def _read_csv(content: bytes, path: str, choose: Choose) -> pd.DataFrame:
    from pyarrow import csv as arrow

    text = files.decode(content, path).lstrip("\r\n")
    first, _, _ = text.partition("\n")
    delimiter = next((mark for mark in OTHER_DELIMITERS if mark in first and "," not in first), ",")
    head = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if repeated := [name for name in dict.fromkeys(head) if head.count(name) > 1 and name]:
        raise InputError(f'{path}: the column "{legible(repeated[0], 80)}" is there {head.count(repeated[0])} times.')
    nested = any(name in NESTED for name in head)
    names = head if nested else list(choose(head))
    parsing = arrow.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    as_text = arrow.ConvertOptions(include_columns=names, column_types=dict.fromkeys(names, pyarrow.string()))
    table = arrow.read_csv(io.BytesIO(content), parse_options=parsing, convert_options=as_text).to_pandas()
    return _unfolded(table, choose) if nested else table


def _unfolded(table: pd.DataFrame, choose: Choose) -> pd.DataFrame:
    """Return some columns of a table that has one such as config.lr for each item of the mappings in NESTED."""
    for name in [name for name in NESTED if name in table]:
        table = table.join(pd.json_normalize(list(table[name].map(_mapping))).add_prefix(f"{name}."))
    return table[list(choose(list(table)))]


def _mapping(cell: Any) -> dict[str, Any]:
    """Return the mapping that a cell of a tracker's export holds, as JSON or as Python writes it; empty for others."""
    if isinstance(cell, dict):
        return cell
    if not isinstance(cell, str):
        return {}
    literal = NOT_FINITE.sub(lambda match: match[1] or LITERALS[match[2]], cell)
    for parse, written in ((json.loads, cell), (ast.literal_eval, literal)):
        try:
            value = parse(written)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(value, dict):
            return value
    return {}
