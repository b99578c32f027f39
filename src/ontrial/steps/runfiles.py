"""Run files: the runs of a cell as a long tidy Parquet table. Pinned settings make the same runs the same bytes.

Checksums of Parquet cover its pages, not the names, types and counts at its end. So a file carries, in its metadata
under "sha256", the SHA-256 of all its bytes, computed while the digest's own place held zeros.
"""

import hashlib
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ontrial.errors import InputError
from ontrial.steps import files

WRITER = {
    "version": "2.6",
    "compression": "zstd",
    "compression_level": 3,
    "use_dictionary": True,
    "write_statistics": False,
    "write_page_checksum": True,
    "store_schema": False,
}
ZEROS = b"0" * 64
DIGEST = re.compile(rb"(?<=\x06sha256\x18\x40)[0-9a-f]{64}")  # as Parquet's Thrift writes a pair of a key and a value


def write(path: str | Path, table: pa.Table) -> None:
    """Write a table atomically, with a checksum a page and one of the whole file."""
    buffer = pa.BufferOutputStream()
    with pq.ParquetWriter(buffer, table.schema, **WRITER) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({"sha256": ZEROS.decode()})
    content = buffer.getvalue().to_pybytes()
    with files.atomic(path) as temporary:
        temporary.write_bytes(with_digest(content, hashlib.sha256(content).hexdigest().encode()))


def with_digest(content: bytes, digest: bytes) -> bytes:
    """A file's bytes with another digest in its metadata, the last thing in it that looks like one."""
    *_, place = DIGEST.finditer(content)
    return content[: place.start()] + digest + content[place.end() :]


def read(path: str | Path) -> pa.Table:
    """Read a table and verify its checksum.

    A damaged file is renamed to `*.damaged`, so that the next run makes it anew, and InputError names it.
    """
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
    return pq.read_table(pa.BufferReader(content))


def undamaged(content: bytes) -> bool:
    """Whether a file's bytes are those that were written."""
    digests = DIGEST.findall(content)
    return bool(digests) and hashlib.sha256(with_digest(content, ZEROS)).hexdigest().encode() == digests[-1]
