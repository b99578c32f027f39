"""Tables that would take far more memory than their files are refused, and no others."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.messages import message_of

from ontrial.storage import unpacked

IMMODEST = {
    "one text in many rows": pa.array(["x" * 10**5] * 1_000),
    "one text in many lists": pa.array([["x" * 10**5]] * 1_000),
    "one number": pa.nulls(10**7, pa.int64()).fill_null(1),
    "one list": pa.array([[1] * 10**7]),
    "wide cells": pa.array([b"x" * 10**5] * 1_000, pa.binary(10**5)),
}


@pytest.mark.parametrize("case", IMMODEST)
def test_a_table_that_fills_the_memory_is_refused(tmp_path, case):
    path = tmp_path / "batch-1.parquet"
    pq.write_table(pa.table({"note": IMMODEST[case]}), path, compression="zstd")
    assert path.stat().st_size < 300_000
    assert f"{path}: it would take far more memory" in message_of(unpacked.require_modest, [path])


def test_tables_of_usual_shape_and_damaged_ones_are_left_to_their_readers(tmp_path):
    texts = pa.table({"cell": pa.array([f"cell {i // 500}" for i in range(400_000)]), "loss": pa.array(range(400_000))})
    pq.write_table(texts, tmp_path / "many.parquet")
    (tmp_path / "damaged.parquet").write_bytes(b"PAR1")
    unpacked.require_modest([*tmp_path.iterdir(), tmp_path / "missing.parquet"])
