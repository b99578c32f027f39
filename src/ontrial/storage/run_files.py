"""Read and write run files: the runs of a cell as a long, tidy Parquet table.

Settings of the Parquet writer are pinned, so that the same runs give the same bytes. Parquet's checksums cover its
pages, but not the names, types and counts in its footer. Therefore a run file also contains the SHA-256 of all its
other bytes, between the pages and the footer. Readers of Parquet ignore it: they find the footer by its length, which
is at the end of the file, and the pages by their positions in the footer.

The checksum shows damage, not forgery: whoever changes a file on purpose can compute it again. Only training the cell
again shows whether its numbers are true, because the same settings and versions give the same bytes.
"""

import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from ontrial.errors import DamagedError
from ontrial.storage import arrow, files

WRITER = {
    "version": "2.6",
    "compression": "snappy",  # most files are small: starting Zstandard for each column takes longer than reading it
    "use_dictionary": True,
    "write_statistics": False,
    "write_page_checksum": True,
    "store_schema": False,
}
GROUP_ROWS = 2**19  # rows per row group, and rows buffered in memory
Content = TypeVar("Content")
DIGEST_SIZE = hashlib.sha256().digest_size
TRAILER_SIZE = 8  # bytes after the footer: its length, and the magic number of Parquet
TIMES = 200  # bytes in memory for each byte of a file; tables of this program take up to a hundred
SPARE = 2**24  # bytes that any table may take
NUMBER = 8  # bytes
TEXT, SHARED_STARTS = "BYTE_ARRAY", "DELTA_BYTE_ARRAY"  # type of texts, and an encoding in which they share starts


def write(path: str | Path, table: pa.Table) -> None:
    """Write a table with its metadata atomically, with checksums of the pages and of the file."""
    with writer(path, table.schema) as append:
        append(table)


@contextmanager
def writer(path: str | Path, schema: pa.Schema) -> Iterator[Callable[[pa.Table], None]]:
    """Yield a function that appends the rows of a table. The file is the same as if `write` wrote all rows.

    The metadata is that of the schema. Columns of the schema that a table lacks are filled with nulls.
    """
    buffered: list[pa.Table] = []
    rows = 0
    with files.atomic(path) as temporary:
        with pq.ParquetWriter(temporary, schema, **WRITER) as file:

            def append(table: pa.Table) -> None:
                nonlocal buffered, rows
                buffered.append(table)
                rows += table.num_rows
                if rows >= GROUP_ROWS:
                    combined = concatenate(schema, buffered)
                    complete = rows // GROUP_ROWS * GROUP_ROWS
                    file.write_table(combined[:complete], GROUP_ROWS)
                    buffered = [combined[complete:]]
                    rows -= complete

            yield append
            if rows:
                file.write_table(concatenate(schema, buffered), GROUP_ROWS)
            if schema.metadata:
                file.add_key_value_metadata(schema.metadata)
        _seal(temporary)


def concatenate(schema: pa.Schema, tables: list[pa.Table]) -> pa.Table:
    """Return the rows of all tables in one chunk. Columns of the schema that a table lacks are filled with nulls."""
    return pa.concat_tables([arrow.empty_table(schema), *tables], promote_options="default").combine_chunks()


def _seal(path: Path) -> None:
    """Insert the SHA-256 of a file's bytes before its footer."""
    with open(path, "r+b") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
        file.seek(-TRAILER_SIZE, os.SEEK_END)
        file.seek(-TRAILER_SIZE - _footer_length(file.read()), os.SEEK_END)
        footer = file.read()
        file.seek(-len(footer), os.SEEK_END)
        file.write(digest + footer)


def _footer_length(trailer: bytes) -> int:
    """Return the length of the footer in bytes from the trailer of the file."""
    return int.from_bytes(trailer[:4], "little")


def read_schema(path: str | Path) -> pa.Schema:
    """Return the names and types of the columns of a table, and metadata. Raises InputError as `read_sealed` does."""
    with _open(path) as file:
        return file.schema_arrow


def row_count(path: str | Path) -> int:
    """Return the number of rows of a table. Raises InputError as `read_sealed` does."""
    with _open(path) as file:
        return file.metadata.num_rows


def versions_in(schema: pa.Schema) -> dict[str, str]:
    """Return the versions that computed a run file from its schema; none for a file without them."""
    return {name.decode(): version.decode() for name, version in (schema.metadata or {}).items()}


def read_each(read_one: Callable[[Path], Content], paths: Iterable[Path]) -> list[Content]:
    """Return the result of `read_one` for each file. Raises DamagedError that names all damaged files."""
    contents: list[Content] = []
    problems: dict[str | Path, str] = {}
    for path in paths:
        try:
            contents.append(read_one(path))
        except DamagedError as error:
            problems |= error.problems
    if problems:
        raise DamagedError(problems)
    return contents


def read_sealed(path: str | Path, encoded: bool = False) -> pa.Table:
    """Return a table. Raises InputError if the file is missing, damaged, or would take far more memory than others.

    encoded: Whether to read columns of text as dictionaries (categories in pandas), which take less memory.
    """
    with _open(path, encoded) as file:
        return file.read(use_threads=False)  # most files are small, and threads would cost more than they save


def _open(path: str | Path, encoded: bool = False) -> pq.ParquetFile:
    """Open a table after verifying its checksum and its size in memory, for all readers above."""
    content = _read_verified(path)
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        about = file.metadata
        if _is_immodest(content, about):
            raise DamagedError({path: "it would take far more memory than any table of this program."})
        if encoded:
            return pq.ParquetFile(pa.BufferReader(content), metadata=about, read_dictionary=_texts(about))
        return file
    except (pa.ArrowException, OSError):  # somebody sealed something else
        raise DamagedError({path: "this is not a table."}) from None


def _texts(about: pq.FileMetaData) -> list[str]:
    """Return the columns of text in a table."""
    columns = [about.schema.column(i) for i in range(about.num_columns)]
    return [column.path for column in columns if column.physical_type == TEXT]


def _is_immodest(content: bytes, about: pq.FileMetaData) -> bool:
    """Return whether the cells of a table take too much memory, if each row has its own copy of a text.

    A file of a few kilobytes may hold one long text that all rows share, or one number a billion times.
    """
    allowed = SPARE + TIMES * len(content)
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
    return not is_known or numbers + _characters(content, _texts(about)) > allowed


def _characters(content: bytes, names: list[str]) -> float:
    """Return the bytes of all texts of a table, ∞ if some are inside of lists or mappings, as in none of ours."""
    import pyarrow.compute as pc  # which the job of a small cell would notice

    total = 0.0
    with pq.ParquetFile(pa.BufferReader(content), read_dictionary=names) as file:
        for batch in file.iter_batches(columns=names, use_threads=False):
            for column in batch.columns:
                if not pa.types.is_dictionary(column.type):
                    return float("inf")
                lengths = pc.binary_length(column.dictionary)
                total += pc.sum(lengths.take(column.indices.drop_null())).as_py() or 0
    return total


def _read_verified(path: str | Path) -> bytes:
    """Return the bytes of a file after verifying its checksum."""
    with files.reading(path, "the file is missing. Run the same command again to rebuild it."):
        content = files.read_bytes(path, limit=sys.maxsize)
    if not is_intact(content):
        raise DamagedError({path: "the file is damaged: its SHA-256 differs from the one that it contains."})
    return content


def is_intact(content: bytes) -> bool:
    """Return whether the SHA-256 in a run file is that of its other bytes."""
    footer_start = len(content) - TRAILER_SIZE - _footer_length(content[-TRAILER_SIZE:])
    if footer_start < DIGEST_SIZE:
        return False
    pages = memoryview(content)[: footer_start - DIGEST_SIZE]
    digest = content[footer_start - DIGEST_SIZE : footer_start]
    total = hashlib.sha256(pages)
    total.update(content[footer_start:])
    return total.digest() == digest
