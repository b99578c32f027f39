"""Products of stacked matrices, cut and joined the way that BLAS is fastest at.

OpenBLAS multiplies small matrices where they lie, and copies ("packs") larger ones first. On processors with AVX-512
the former is a third faster where one of the matrices is narrow; on others it is about as fast. How a product is cut
depends on the shapes of a single network alone, so that a run's bytes don't depend on the stack that it rides in.

Each function gives calls without arguments, to be made again and again: the arrays stay, their content changes.
"""

from collections.abc import Callable
from functools import cache, partial

import numpy as np

Calls = list[Callable[[], object]]

SMALL = 10**6  # multiplications that OpenBLAS still calls a small product
LEAST = 12  # rows of a piece: of fewer, a small product is no faster
MOST_OF_A_BATCH, MOST_OF_INPUTS = 8, 32  # pieces: in more, a product without AVX-512 would take half as long again
WIDE = 2**14  # weights of a layer from which on its gradient is not worth writing down


def forward(x: np.ndarray, W: np.ndarray, out: np.ndarray) -> Calls:
    """out = x W, of x (R, B, n) and W (R, n, m), by pieces of the batch: 25 % faster at n = 784, m = 64, B = 128."""
    return _by_pieces(x, W, out, MOST_OF_A_BATCH)


def gradient(x: np.ndarray, delta: np.ndarray, out: np.ndarray) -> Calls:
    """out = xᵀ delta, of x (R, B, n) and delta (R, B, m), by pieces of the inputs: 25 % faster at the same sizes."""
    return _by_pieces(x.mT, delta, out, MOST_OF_INPUTS)


def is_wide(weights: int, batch: int) -> bool:
    """Whether `descend` is faster for a layer with so many weights than `gradient` and a subtraction."""
    return WIDE <= weights <= SMALL // batch


def descend(W: np.ndarray, x: np.ndarray, delta: np.ndarray) -> Calls:
    """W ← W − xᵀ delta. BLAS adds the product to W itself: at n = 784, m = 64, B = 2 that takes half of the time."""
    gemm = _gemm(W.dtype.char)
    return [
        partial(gemm, -1, deltas, inputs, 1, own, 0, 1, 1)  # own ← 1 · own − deltas inputsᵀ, in place
        for own, inputs, deltas in zip(W.mT, x.mT, delta.mT, strict=True)  # transposed: BLAS counts columns first
    ]


@cache
def _gemm(char: str) -> Callable:
    from scipy.linalg import blas  # here: importing it takes longer than many a cell of narrow layers

    return {"f": blas.sgemm, "d": blas.dgemm}[char]


def _by_pieces(left: np.ndarray, right: np.ndarray, out: np.ndarray, most: int) -> Calls:
    """out = left right, of left (R, rows, k) and right (R, k, m), by pieces of the rows where that pays."""
    rows = left.shape[1]
    size = SMALL // right[0].size // 4 * 4  # rows are computed by fours at least
    if not LEAST <= size < rows <= (most + 1) * size:
        return [partial(np.matmul, left, right, out)]
    cut = rows // size * size
    pieces, products = (_pieces(matrices[:, :cut], size) for matrices in (left, out))
    rest = [partial(np.matmul, left[:, cut:], right, out[:, cut:])] if cut < rows else []
    return [partial(np.matmul, pieces, right[:, None], products), *rest]


def _pieces(matrices: np.ndarray, size: int) -> np.ndarray:
    """(R, rows, m) → (R, rows / size, size, m), as a view."""
    runs, rows, columns = matrices.shape
    return matrices.reshape(runs, rows // size, size, columns, copy=False)
