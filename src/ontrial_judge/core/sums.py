"""Order statistics of all sums of two samples, which are too many to list."""

import math

import numpy as np

HALVINGS = 64  # of the range of sums, after which what is left is rounding

Sums = tuple[np.ndarray, np.ndarray, np.ndarray]  # the first three arguments of `select`


def ends(
    u: np.ndarray, v: np.ndarray, first: np.ndarray, rank: int, median: float | None = None
) -> tuple[float, float, float]:
    """Return the median of sums, and the rank-th from below and from above: see `select`.

    −∞ + ∞ may be anything: it is −∞ for the lower end and ∞ for the upper one, and a median that depends on it is NaN.

    median: The median, if it is known.
    """
    count = int((len(v) - first).sum())
    middle = sorted({(count - 1) // 2, count // 2})

    def above(k: int) -> float:
        return -select(-u[::-1], -v[::-1], first, k)

    if median is None:
        median = upper = sum(select(u, v, first, k) for k in middle) / len(middle)
        if not (np.isfinite(u).all() and np.isfinite(v).all()):
            upper = sum(map(above, middle)) / len(middle)
        median = median if median == upper else math.nan
    return median, select(u, v, first, rank - 1), above(rank - 1)


def select(u: np.ndarray, v: np.ndarray, first: np.ndarray, rank: int) -> float:
    """Return the sum u[r] + v[c] with c ≥ first[r] of a rank, from 0, in memory for u and v alone.

    Each row of sums is ascending, so a binary search counts those up to a number. −∞ + ∞ counts as −∞.

    u, v: Ascending numbers, (m,) and (n,).
    first: 0 for each row, or the number of the row.
    """

    def ends_up_to(number: float) -> np.ndarray:
        return np.searchsorted(v, number - u, side="right")

    def count(number: float) -> int:
        return int(np.maximum(ends_up_to(number) - first, 0).sum())

    finite = [each[np.isfinite(each)] for each in (u, v)]
    size = sum(np.abs(each).max(initial=0) for each in finite)
    low, high = -2 * size - 1, 2 * size + 1
    below, up_to = count(low), count(high)
    if not below <= rank < up_to:
        return -math.inf if rank < below else math.inf
    for _ in range(HALVINGS):
        if up_to - below == 1:
            break
        number = (low + high) / 2
        if (found := count(number)) > rank:
            high, up_to = number, found
        else:
            low, below = number, found
    last = ends_up_to(high) - 1
    is_row = (last >= first) & np.isfinite(u)
    return float((u[is_row] + v[last[is_row]]).max())
