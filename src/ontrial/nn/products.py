"""Products of stacked matrices, split into the pieces that BLAS multiplies fastest.

OpenBLAS multiplies small matrices in place and copies ("packs") larger ones first. On processors with AVX-512 the
former is a third faster if one of the matrices is narrow; on others it is about as fast. How a product is split depends
only on the shapes of a single network, so a run's result does not depend on its stack.

Each function returns calls without arguments, which can be repeated after the contents of the arrays have changed.
"""

from collections.abc import Callable
from functools import cache, partial

import numpy as np

Calls = list[Callable[[], object]]

SMALL = 10**6  # multiplications: OpenBLAS's limit for a small product
MIN_ROWS = 12  # rows of a piece: with fewer, a small product is no faster
MAX_BATCH_PIECES = 8  # with more pieces, a product without AVX-512 would take 50 % longer
MAX_INPUT_PIECES = 32  # the same, for pieces of the inputs
WIDE = 2**14  # weights of a layer: from here on, storing its gradient takes longer than computing it in place
LONGEST_SUM = 256  # samples of a batch: beyond, OpenBLAS sums a gradient in parts, and subtracts each of them in place


def forward(x: np.ndarray, W: np.ndarray, out: np.ndarray) -> Calls:
    """Compute out = x W from x (R, B, n) and W (R, n, m), split by samples: 25 % faster at n = 784, m = 64, B = 128."""
    return _split_rows(x, W, out, MAX_BATCH_PIECES)


def gradient(x: np.ndarray, delta: np.ndarray, out: np.ndarray) -> Calls:
    """Compute out = xᵀ delta from x (R, B, n) and delta (R, B, m), split by inputs: 25 % faster at the same sizes."""
    return _split_rows(x.mT, delta, out, MAX_INPUT_PIECES)


def in_place_is_faster(weights: int, batch: int) -> bool:
    """Return whether `subtract_gradient` is to replace `gradient` and a subtraction, for these weights and samples."""
    return weights >= WIDE and batch <= LONGEST_SUM


def subtract_gradient(W: np.ndarray, x: np.ndarray, delta: np.ndarray) -> Calls:
    """Update W ← W − xᵀ delta in place, split as by `gradient`: 1.1 × (B = 256) to 2 × (B = 2) faster at m = 64."""
    gemm = _gemm(W.dtype.char)
    inputs = x.shape[2]
    size = _rows_of_piece(inputs, delta, MAX_INPUT_PIECES)
    return [
        # run_W ← 1 · run_W − run_delta run_xᵀ, in place; all transposed, since BLAS is column-major
        partial(gemm, -1, run_delta, run_x[start : start + size], 1, run_W[:, start : start + size], 0, 1, 1)
        for run_W, run_x, run_delta in zip(W.mT, x.mT, delta.mT, strict=True)
        for start in range(0, inputs, size)
    ]


@cache
def _gemm(char: str) -> Callable:
    from scipy.linalg import blas  # imported here because the import takes longer than training many cells

    return {"f": blas.sgemm, "d": blas.dgemm}[char]


def _split_rows(left: np.ndarray, right: np.ndarray, out: np.ndarray, max_pieces: int) -> Calls:
    """Compute out = left right from left (R, rows, k) and right (R, k, m), split by rows if that is faster."""
    rows = left.shape[1]
    size = _rows_of_piece(rows, right, max_pieces)
    if size == rows:
        return [partial(np.matmul, left, right, out)]
    end = rows // size * size
    left_pieces, out_pieces = (  # views (R, rows / size, size, …)
        matrices[:, :end].reshape(len(matrices), -1, size, matrices.shape[2], copy=False) for matrices in (left, out)
    )
    calls: Calls = [partial(np.matmul, left_pieces, right[:, None], out_pieces)]
    if end < rows:
        calls.append(partial(np.matmul, left[:, end:], right, out[:, end:]))
    return calls


def _rows_of_piece(rows: int, right: np.ndarray, max_pieces: int) -> int:
    """Return the number of rows to multiply by right (R, k, m) at a time: all of them if pieces are not faster."""
    size = SMALL // right[0].size // 4 * 4  # BLAS computes at least four rows at a time
    return size if MIN_ROWS <= size < rows <= (max_pieces + 1) * size else rows
