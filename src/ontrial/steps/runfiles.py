"""Run files: the runs of a cell as a long tidy Parquet table. Pinned settings make the same runs the same bytes."""

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


def write(path: str | Path, table: pa.Table) -> None:
    """Write a table atomically, with a checksum a page."""
    with files.atomic(path) as temporary:
        pq.write_table(table, temporary, **WRITER)


def read(path: str | Path) -> pa.Table:
    """Read a table and verify its checksums.

    A damaged file is renamed to `*.damaged`, so that the next run makes it anew, and InputError names it.
    """
    path = Path(path)
    try:
        return pq.ParquetFile(path, page_checksum_verification=True).read()
    except (OSError, pa.ArrowException) as error:
        if not path.exists():
            raise InputError(f"{path}: the file is missing. Run the same command again to make it.") from None
        damaged = path.with_name(path.name + ".damaged")
        path.replace(damaged)
        raise InputError(
            f"{path}: the file is damaged ({error}). It was set aside as {damaged.name}; "
            "run the same command again to make it anew."
        ) from None
