"""Build Arrow tables from NumPy arrays without pandas.

`pa.array` and `Schema.empty_table` import pandas, which takes as long as everything else in the job of a small cell.
Therefore this module builds columns from their buffers.
"""

import numpy as np
import pyarrow as pa


def column(values: np.ndarray) -> pa.Array:
    """Return numbers, booleans or strings as a column. NaN becomes null."""
    if values.dtype.kind == "U":
        strings = [text.encode() for text in values.tolist()]
        offsets = np.cumsum([0, *map(len, strings)], dtype=np.int32)
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(strings))]
        return pa.Array.from_buffers(pa.string(), len(values), buffers)
    missing = np.isnan(values)
    valid = pa.py_buffer(np.packbits(~missing, bitorder="little")) if missing.any() else None
    content = np.packbits(values, bitorder="little") if values.dtype == bool else np.ascontiguousarray(values)
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [valid, pa.py_buffer(content)])


def last_of_each(values: np.ndarray, rows: int) -> pa.Array:
    """Return a column of lists for groups of rows: the last row of each group has its list, the others have null.

    values: List of each group, (groups, n).
    rows: Number of rows in a group.
    """
    groups, n = values.shape
    is_last = np.tile(np.arange(rows) == rows - 1, groups)
    offsets = n * np.cumsum([0, *is_last], dtype=np.int32)
    valid = pa.py_buffer(np.packbits(is_last, bitorder="little"))
    content = np.ascontiguousarray(values.ravel())
    items = pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), content.size, [None, pa.py_buffer(content)])
    return pa.Array.from_buffers(pa.list_(items.type), len(is_last), [valid, pa.py_buffer(offsets)], children=[items])


def empty_table(schema: pa.Schema) -> pa.Table:
    """Return a table with the columns of a schema and no rows."""
    return pa.Table.from_batches([], schema)
