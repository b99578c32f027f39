"""Combinations of settings for tests. A few of them have every pair of values, and the others are marked as slow."""

import itertools
from collections.abc import Iterable, Sequence

import pytest


def combinations(*values: Iterable, strength: int = 2) -> list:
    """Return the full product of some lists for `pytest.mark.parametrize`, most of it marked as slow.

    The others have every combination of `strength` values from different lists at least once.
    """
    cases = list(itertools.product(*values))
    chosen = {*covering(cases, strength)}
    return [pytest.param(*case, marks=() if i in chosen else pytest.mark.slow) for i, case in enumerate(cases)]


def covering(cases: Sequence[tuple], strength: int = 2) -> list[int]:
    """Return the numbers of a few cases with every combination of `strength` values at different positions."""
    groups = [{*itertools.combinations(enumerate(map(str, case)), strength)} for case in cases]
    left, chosen = set().union(*groups), []
    while left:
        best = max(range(len(cases)), key=lambda i: len(groups[i] & left))
        chosen.append(best)
        left -= groups[best]
    return chosen
