"""Arrow tables from NumPy arrays without pandas.

`pa.array` and `Schema.empty_table` would do, but they import pandas, which takes as long as everything else that the
job of a small cell does. So columns are built from their buffers.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa


def table(columns: Mapping[str, np.ndarray]) -> pa.Table:
    """Return the table of some columns of numbers, truth values or texts."""
    return pa.table({name: column(values) for name, values in columns.items()})


def column(values: np.ndarray) -> pa.Array:
    """Return numbers, truth values or texts as a column, in which NaN is null."""
    if values.dtype.kind == "U":
        texts = [text.encode() for text in values.tolist()]
        ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
        buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(texts))]
        return pa.Array.from_buffers(pa.string(), len(values), buffers)
    missing = np.isnan(values)
    valid = pa.py_buffer(np.packbits(~missing, bitorder="little")) if missing.any() else None
    content = np.packbits(values, bitorder="little") if values.dtype == bool else np.ascontiguousarray(values)
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [valid, pa.py_buffer(content)])


def empty_table(schema: pa.Schema) -> pa.Table:
    """Return a table with these columns and no rows."""
    return pa.Table.from_batches([], schema)
