"""Run files: the runs of a cell as a long tidy Parquet table. Pinned settings make the same runs the same bytes.

Parquet's checksums cover its pages, not the names, types and counts in its footer. So a file also contains the SHA-256
of all its other bytes, between the pages and the footer: the footer says where each page is, and its own length is at
the end of the file, so no reader of Parquet looks there.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ontrial.errors import InputError
from ontrial.storage import arrow, files

WRITER = {
    "version": "2.6",
    "compression": "zstd",
    "compression_level": 3,
    "use_dictionary": True,
    "write_statistics": False,
    "write_page_checksum": True,
    "store_schema": False,
}
GROUP = 2**20  # rows that lie together in a file, and wait in memory until they are so many
DIGEST = hashlib.sha256().digest_size
ENDING = 8  # bytes after the footer: its length, and the mark of the format


def write(path: str | Path, table: pa.Table) -> None:
    """Write a table atomically, with a checksum a page and one of the whole file."""
    with writer(path, table.schema) as append:
        append(table)


@contextmanager
def writer(path: str | Path, schema: pa.Schema) -> Iterator[Callable[[pa.Table], None]]:
    """Yield a function that appends the rows of a table: the file is what `write` makes of all of them together.

    A column of the schema that a table lacks is null there.
    """
    waiting, rows = [], 0
    with files.atomic(path) as temporary:
        with pq.ParquetWriter(temporary, schema, **WRITER) as file:

            def append(table: pa.Table) -> None:
                nonlocal waiting, rows
                waiting.append(table)
                rows += table.num_rows
                if rows >= GROUP:
                    together, whole = concatenate(schema, waiting), rows // GROUP * GROUP
                    waiting, rows = [together[whole:]], rows - whole
                    file.write_table(together[:whole], GROUP)

            yield append
            if rows:
                file.write_table(concatenate(schema, waiting), GROUP)
        seal(temporary)


def concatenate(schema: pa.Schema, tables: list[pa.Table]) -> pa.Table:
    """The rows of all tables, in one piece; a column of the schema that a table lacks is null there."""
    return pa.concat_tables([arrow.empty_table(schema), *tables], promote_options="default").combine_chunks()


def seal(path: Path) -> None:
    """Insert the SHA-256 of a file's bytes before its footer."""
    with open(path, "r+b") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
        file.seek(-ENDING, os.SEEK_END)
        file.seek(-ENDING - footer_length(file.read()), os.SEEK_END)
        footer = file.read()
        file.seek(-len(footer), os.SEEK_END)
        file.write(digest + footer)


def footer_length(ending: bytes) -> int:
    """Number of bytes of the footer, as the last bytes of a file say."""
    return int.from_bytes(ending[:4], "little")


def read_schema(path: str | Path) -> pa.Schema:
    """Names and types of the columns of a table; as `read` does, it verifies the checksum."""
    return pq.read_schema(pa.BufferReader(read_verified(path))).remove_metadata()


def read(path: str | Path) -> pa.Table:
    """Read a table and verify its checksum.

    A damaged file is renamed to `*.damaged`, so that the next run makes it anew, and InputError names it.
    """
    with pq.ParquetFile(pa.BufferReader(read_verified(path))) as file:
        return file.read(use_threads=False)  # most are small: threads would cost more than they save


def read_verified(path: str | Path) -> bytes:
    """Bytes of a table's file, the checksum verified; a damaged file is set aside, and InputError names it."""
    path = Path(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: the file is missing. Run the same command again to make it.") from None
    if not is_intact(content):
        damaged = path.with_name(path.name + ".damaged")
        path.replace(damaged)
        raise InputError(
            f"{path}: the file is damaged: its SHA-256 is not the one that was written into it. "
            f"It was set aside as {damaged.name}; run the same command again to make it anew."
        )
    return content


def is_intact(content: bytes) -> bool:
    """Whether a file's bytes are those that were written."""
    footer = len(content) - ENDING - footer_length(content[-ENDING:])
    if footer < DIGEST:
        return False
    pages, digest = memoryview(content)[: footer - DIGEST], content[footer - DIGEST : footer]
    total = hashlib.sha256(pages)
    total.update(content[footer:])
    return total.digest() == digest
