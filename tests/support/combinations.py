"""A few combinations of settings for tests, instead of all of them."""

import itertools
from collections.abc import Iterable, Sequence


def combinations(*values: Iterable, strength: int = 2) -> list[tuple]:
    """Return tuples with a value of each list, for `pytest.mark.parametrize`.

    They have every combination of `strength` values from different lists at least once.
    """
    cases = list(itertools.product(*values))
    return [cases[i] for i in covering(cases, strength)]


def covering(cases: Sequence[tuple], strength: int = 2) -> list[int]:
    """Return the numbers of a few cases with every combination of `strength` values at different positions."""
    groups = [{*itertools.combinations(enumerate(map(str, case)), strength)} for case in cases]
    left, chosen = set().union(*groups), []
    while left:
        best = max(range(len(cases)), key=lambda i: len(groups[i] & left))
        chosen.append(best)
        left -= groups[best]
    return sorted(chosen)
