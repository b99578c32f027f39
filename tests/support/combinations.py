"""Combinations of settings for tests: some show every pair of values, the others are slow."""

import itertools
from collections.abc import Iterable, Sequence

import pytest


def combinations(*values: Iterable, strength: int = 2) -> list:
    """Return the full product of some lists for `pytest.mark.parametrize`, most of it marked as slow.

    Those that are not slow have every `strength` values of different lists at least once.
    """
    cases = list(itertools.product(*values))
    chosen = {*covering(cases, strength)}
    return [pytest.param(*case, marks=() if i in chosen else pytest.mark.slow) for i, case in enumerate(cases)]


def covering(cases: Sequence[tuple], strength: int = 2) -> list[int]:
    """Return the numbers of few cases that have every `strength` values of different positions at least once."""
    groups = [{*itertools.combinations(enumerate(map(str, case)), strength)} for case in cases]
    left, chosen = set().union(*groups), []
    while left:
        best = max(range(len(cases)), key=lambda i: len(groups[i] & left))
        chosen.append(best)
        left -= groups[best]
    return chosen
