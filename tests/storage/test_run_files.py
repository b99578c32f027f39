"""Tables that would take far more memory than their files are refused by every reader, and no others."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.combinations import combinations
from support.messages import message_of

from ontrial.storage import run_files

IMMODEST = {
    "one text in many rows": pa.array(["x" * 10**5] * 1_000),
    "one text in many lists": pa.array([["x" * 10**5]] * 1_000),
    "one number": pa.nulls(10**7, pa.int64()).fill_null(1),
    "one list": pa.array([[1] * 10**7]),
    "wide cells": pa.array([b"x" * 10**5] * 1_000, pa.binary(10**5)),
}
READERS = (run_files.read_sealed, run_files.read_schema, run_files.row_count)


def seal(path, table):
    """Write a table as somebody else could: packed as well as Parquet can, with the right checksum."""
    pq.write_table(table, path, compression="zstd")
    run_files._seal(path)


@pytest.mark.parametrize(("case", "read"), combinations(IMMODEST, READERS, strength=1))
def test_a_table_that_fills_the_memory_is_refused(tmp_path, case, read):
    path = tmp_path / "batch-1.parquet"
    seal(path, pa.table({"note": IMMODEST[case]}))
    assert path.stat().st_size < 300_000
    assert f"{path}: it would take far more memory" in message_of(read, path)


def test_tables_of_usual_shape_are_read(tmp_path):
    texts = pa.table({"cell": pa.array([f"cell {i // 500}" for i in range(400_000)]), "loss": pa.array(range(400_000))})
    seal(tmp_path / "many.parquet", texts)
    assert run_files.read_sealed(tmp_path / "many.parquet") == texts


def test_a_seal_on_something_else_makes_no_table(tmp_path):
    path = tmp_path / "batch-1.parquet"
    path.write_bytes(b"PAR1" + bytes(90) + (8).to_bytes(4, "little") + b"PAR1")
    run_files._seal(path)
    assert run_files.is_intact(path.read_bytes())
    assert [f"{path}: this is not a table." in message_of(read, path) for read in READERS] == [True] * 3
