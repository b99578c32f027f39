"""Refuse a table of results that would take far more memory than its file, before it is read.

A file of a few kilobytes may hold one long text that all rows share, or one number a billion times.
"""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ontrial.errors import DamagedError

TIMES = 200  # bytes in memory for each byte of a file; tables of this program take up to a hundred
SPARE = 2**24  # bytes that any table may take
NUMBER = 8  # bytes
TEXT, SHARED_STARTS = "BYTE_ARRAY", "DELTA_BYTE_ARRAY"  # type of texts, and an encoding in which they share starts


def require_modest(paths: Iterable[str | Path]) -> None:
    """Raise DamagedError, which names all tables that would take too much memory. Readers say what else is wrong."""
    problem = "it would take far more memory than any table of this program."
    if problems := {path: problem for path in paths if _is_immodest(path)}:
        raise DamagedError(problems)


def _is_immodest(path: str | Path) -> bool:
    """Return whether the cells of a table take too much memory, if each row has its own copy of a text."""
    try:
        allowed = SPARE + TIMES * Path(path).stat().st_size
        about = pq.read_metadata(path)
        columns = [about.schema.column(i) for i in range(about.num_columns)]
        groups = [about.row_group(i) for i in range(about.num_row_groups)]
        chunks = [(column, group.column(i)) for group in groups for i, column in enumerate(columns)]
        numbers = sum(
            max(NUMBER, column.length) * chunk.num_values for column, chunk in chunks if column.physical_type != TEXT
        )
        texts = [chunk for column, chunk in chunks if column.physical_type == TEXT]
        if numbers + sum(chunk.num_values * chunk.total_uncompressed_size for chunk in texts) <= allowed:
            return False  # no text is longer than all different ones of its column together
        if numbers + sum(chunk.total_uncompressed_size for chunk in texts) > allowed:
            return True
        is_known = all(SHARED_STARTS not in chunk.encodings for chunk in texts)
        return not is_known or numbers + _characters(path, columns) > allowed
    except (OSError, pa.ArrowException):
        return False


def _characters(path: str | Path, columns: Iterable[pq.ColumnSchema]) -> float:
    """Return the bytes of all texts of a table, ∞ if some are inside of lists or mappings, as in none of ours."""
    names = [column.path for column in columns if column.physical_type == TEXT]
    total = 0.0
    with pq.ParquetFile(path, read_dictionary=names) as file:
        for batch in file.iter_batches(columns=names, use_threads=False):
            for column in batch.columns:
                if not pa.types.is_dictionary(column.type):
                    return float("inf")
                lengths = pc.binary_length(column.dictionary)
                total += pc.sum(lengths.take(column.indices.drop_null())).as_py() or 0
    return total
