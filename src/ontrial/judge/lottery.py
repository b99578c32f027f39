"""Seed lottery: what fewer seeds would have said."""

from itertools import combinations
from math import comb

import numpy as np

from ontrial.judge import statistics

SEEDS = (1, 3, 5, 10)
SUBSETS = 1000
STREAM = 2021  # any fixed number: the same subsets for every claim


def lottery(numbers: np.ndarray, smallest_effect: float, censored: bool) -> list[dict]:
    """For each k of SEEDS below the number of seeds: shares of subsets of k seeds that would have said otherwise.

    numbers: (n,) one number a seed. All subsets of size k are drawn, or 1,000 random ones when there are more.
    Returns {"seeds": k, "other_sign": share with an estimate of the opposite sign, "other_outcome": share with another
    outcome}; one seed has no interval, so no outcome: None.
    """
    numbers = np.asarray(numbers, float)
    full = statistics.interval(numbers, censored).estimate
    outcome = statistics.outcomes(numbers, smallest_effect, censored)
    found = []
    for k in SEEDS:
        if k >= numbers.size:
            break
        drawn = numbers[subsets(numbers.size, k)]
        estimates = statistics.interval(drawn, censored).estimate
        others = statistics.outcomes(drawn, smallest_effect, censored) != outcome if k >= 3 else None
        found.append(
            {
                "seeds": k,
                "other_sign": float(np.mean(np.sign(estimates) * np.sign(full) < 0)),
                "other_outcome": None if others is None else float(others.mean()),
            }
        )
    return found


def subsets(n: int, k: int) -> np.ndarray:
    """Subsets of k of n things, (subsets, k): all of them, or SUBSETS random ones when there are more."""
    if comb(n, k) <= SUBSETS:
        return np.array(list(combinations(range(n), k)))
    shuffled = np.random.default_rng(STREAM).permuted(np.tile(np.arange(n), (SUBSETS, 1)), axis=1)
    return shuffled[:, :k]
