"""The seed lottery: what a study with fewer seeds would have concluded."""

from functools import cache
from itertools import combinations
from math import comb

import numpy as np

from ontrial.judge import samples, statistics
from ontrial.judge.measuring import Paired, classify
from ontrial.judge.records import LOTTERY_SIZES, Draw

MAX_SUBSETS = 1000
SUBSET_SEED = 2021  # fixed, so that every claim has the same subsets


def draw_lottery(measured: Paired) -> list[Draw]:
    """Return, for each of LOTTERY_SIZES below the number of seeds, how often a subset leads to another conclusion.

    Use all subsets of a size, or MAX_SUBSETS random ones if there are more. The numbers of a subset are those that a
    study with only these seeds would have computed.
    """
    alpha = statistics.ALPHA
    estimate = measured.sample().interval(1 - alpha).estimate
    outcome = classify(measured, alpha)
    draws = []
    for size in LOTTERY_SIZES:
        if size >= measured.n:
            break
        subsets = draw_subsets(measured.n, size)
        sample = measured.sample(subsets)
        estimates = sample.interval(1 - alpha).estimate
        other_outcome = None
        if size >= statistics.fewest_seeds(alpha):
            outcomes = samples.classify(sample, measured.smallest_effect, alpha, measured.estimand.claimed)
            other_outcome = float((outcomes != outcome).mean())
        other_sign = float(np.mean(np.sign(estimates) * np.sign(estimate) < 0))
        draws.append(Draw(size, other_sign, other_outcome))
    return draws


@cache  # contexts have the same numbers of seeds
def draw_subsets(n: int, size: int) -> np.ndarray:
    """Return subsets of range(n), (subsets, size): all of them, or MAX_SUBSETS random ones if there are more."""
    if comb(n, size) <= MAX_SUBSETS:
        return np.array(list(combinations(range(n), size)))
    shuffled = np.random.default_rng(SUBSET_SEED).permuted(np.tile(np.arange(n), (MAX_SUBSETS, 1)), axis=1)
    return shuffled[:, :size]
