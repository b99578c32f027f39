"""Run files: the runs of a cell as a long tidy Parquet table. Pinned settings make the same runs the same bytes.

Checksums of Parquet cover its pages, not the names, types and counts at its end. So a file carries, in its metadata
under "sha256", the SHA-256 of all its bytes, computed while the digest's own place held zeros.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ontrial.errors import InputError
from ontrial.storage import files

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
ZEROS = b"0" * 64
DIGEST = re.compile(rb"(?<=\x06sha256\x18\x40)[0-9a-f]{64}")  # as Parquet's Thrift writes a pair of a key and a value
ENDING = 8  # bytes behind the metadata: their length, and the mark of the format


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
            file.add_key_value_metadata({"sha256": ZEROS.decode()})

            def append(table: pa.Table) -> None:
                nonlocal waiting, rows
                waiting.append(table)
                rows += table.num_rows
                if rows >= GROUP:
                    together, whole = joined(schema, waiting), rows // GROUP * GROUP
                    waiting, rows = [together[whole:]], rows - whole
                    file.write_table(together[:whole], GROUP)

            yield append
            if rows:
                file.write_table(joined(schema, waiting), GROUP)
        seal(temporary)


def joined(schema: pa.Schema, tables: list[pa.Table]) -> pa.Table:
    """The rows of all tables, in one piece; a column of the schema that a table lacks is null there."""
    empty = pa.Table.from_batches([], schema)  # schema.empty_table() would load pandas
    return pa.concat_tables([empty, *tables], promote_options="default").combine_chunks()


def seal(path: Path) -> None:
    """Write the digest of a file's bytes into its place there."""
    with open(path, "r+b") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest().encode()
        file.seek(-ENDING, os.SEEK_END)
        length = int.from_bytes(file.read(4), "little")  # of the metadata
        start = file.seek(-ENDING - length, os.SEEK_END)
        *_, place = DIGEST.finditer(file.read(length))
        file.seek(start + place.start())
        file.write(digest)


def schema(path: str | Path) -> pa.Schema:
    """Names and types of the columns of a table; as `read` does, it verifies the checksum."""
    return pq.read_schema(pa.BufferReader(verified(path))).remove_metadata()


def read(path: str | Path) -> pa.Table:
    """Read a table and verify its checksum.

    A damaged file is renamed to `*.damaged`, so that the next run makes it anew, and InputError names it.
    """
    with pq.ParquetFile(pa.BufferReader(verified(path))) as file:
        return file.read(use_threads=False)  # most are small: threads would cost more than they save


def verified(path: str | Path) -> bytes:
    """Bytes of a table's file, the checksum verified; a damaged file is set aside, and InputError names it."""
    path = Path(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: the file is missing. Run the same command again to make it.") from None
    if not undamaged(content):
        damaged = path.with_name(path.name + ".damaged")
        path.replace(damaged)
        raise InputError(
            f"{path}: the file is damaged: its SHA-256 is not the one that was written into it. "
            f"It was set aside as {damaged.name}; run the same command again to make it anew."
        )
    return content


def undamaged(content: bytes) -> bool:
    """Whether a file's bytes are those that were written."""
    *_, place = [None, *DIGEST.finditer(content)]
    if place is None:
        return False
    digest, view = hashlib.sha256(), memoryview(content)
    for part in (view[: place.start()], ZEROS, view[place.end() :]):
        digest.update(part)
    return digest.hexdigest().encode() == place[0]
