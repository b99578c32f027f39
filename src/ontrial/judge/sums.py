"""Order statistics of all sums of two samples, which are too many to list."""

import math
from collections.abc import Sequence

import numpy as np

LISTED = 30_000  # sums that are few enough to sort
DRAWN = 1_000  # random sums, of which one divides the others
BEYOND = 1e300  # stands for infinity in sums

Sums = tuple[np.ndarray, np.ndarray, np.ndarray]  # the first three arguments of `select`


def ends(
    u: np.ndarray, v: np.ndarray, first: np.ndarray, rank: int, median: float | None = None
) -> tuple[float, float, float]:
    """Return the median of sums, and the rank-th from below and from above: see `select`.

    median: The median, if it is known.
    """
    count = int((len(v) - first).sum())
    middle = sorted({(count - 1) // 2, count // 2})
    if np.isfinite(u).all() and np.isfinite(v).all():
        if median is None:
            median = float(np.mean(select(u, v, first, middle)))
        return median, select(u, v, first, [rank - 1])[0], select(u, v, first, [count - rank])[0]
    # −∞ + ∞ is −∞ among the lowest possible sums, and ∞ among the highest.
    lowest, highest = (
        [np.nan_to_num(side, posinf=above * BEYOND, neginf=-below * BEYOND) for side in (u, v)]
        for above, below in ((1, 4), (4, 1))
    )

    def end(sides: list[np.ndarray], *ranks: int) -> float:
        selected = select(sides[0], sides[1], first, ranks)
        values = (value if abs(value) < BEYOND / 2 else math.copysign(math.inf, value) for value in selected)
        return sum(values) / len(ranks)

    if median is None:
        lower, upper = (end(sides, *middle) for sides in (lowest, highest))
        median = lower if lower == upper else math.nan
    return median, end(lowest, rank - 1), end(highest, count - rank)


def select(u: np.ndarray, v: np.ndarray, first: np.ndarray, ranks: Sequence[int]) -> list[float]:
    """Return the sums u[r] + v[c] with c ≥ first[r] of some ranks, from 0, in memory for u and v alone.

    Each row of sums is ascending, so a binary search counts those below a number. Numbers divide the rest until it is
    short enough to sort: quantiles of random sums, chosen so that the wanted one is in the shorter part (Floyd &
    Rivest, Communications of the ACM 18(3), 1975).

    u: Numbers, (m,).
    v: Ascending numbers, (n,).
    ranks: Ascending ranks so close that they are seldom divided.
    """
    random = np.random.default_rng(0)
    low, high = first.copy(), np.full(len(u), len(v))  # what is left of each row
    skipped = 0  # sums below what is left
    while (count := (lengths := high - low).sum()) > LISTED:
        drawn = random.integers(count, size=DRAWN)
        rows = np.searchsorted(lengths.cumsum(), drawn, side="right")
        position = _position((ranks[0] - skipped) / count)
        pivot = np.sort(u[rows] + v[random.integers(low[rows], high[rows])])[position]
        rounding = 4 * np.finfo(float).eps * (np.abs(u) + abs(pivot))
        places = np.searchsorted(v, pivot - u - rounding), np.searchsorted(v, pivot - u + rounding, side="right")
        below, not_above = (np.clip(place, low, high) for place in places)
        smaller, at_most = (skipped + int((place - low).sum()) for place in (below, not_above))
        if ranks[-1] < smaller:
            high = below
        elif ranks[0] >= at_most:
            low, skipped = not_above, at_most
        elif smaller <= ranks[0] and ranks[-1] < at_most:
            return [float(pivot)] * len(ranks)
        else:  # divided
            return [select(u, v, first, [rank])[0] for rank in ranks]
    rows = np.repeat(np.arange(len(u)), lengths)
    columns = np.arange(len(rows)) - np.repeat(lengths.cumsum() - lengths, lengths) + low[rows]
    chosen = [rank - skipped for rank in ranks]
    return np.partition(u[rows] + v[columns], chosen)[chosen].tolist()


def _position(share: float) -> int:
    """Return the position in DRAWN sorted sums of a number that probably has the wanted sum in its shorter part.

    share: Share of all sums that are below the wanted one.
    """
    margin = 3 * math.sqrt(share * (1 - share) / DRAWN) + 1 / DRAWN
    return min(max(round(DRAWN * (share + (margin if share < 0.5 else -margin))), 0), DRAWN - 1)
