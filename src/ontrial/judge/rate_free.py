"""How far it is to a goal, and how fast one may go: two metrics that need no choice of a learning rate.

At small rates, training follows gradient flow, so that the goal is reached after the same learning rate × updates,
whatever the rate: the distance (Li, Tai & E 2017). At large rates, it takes longer or never happens: there is a limit.
With momentum μ, the rate stands for the rate divided by 1 − μ, which is the total effect of one gradient.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from ontrial.judge.results import Numbers, Records
    from ontrial.study.cell import Cell

FOLLOW_FLOW = ("sgd", "momentum", "nesterov")  # optimisers whose steps are proportional to gradients, at small rates
PER_DOUBLING = (
    6  # smallest number of records while the number of updates doubles, so that a straight line is exact enough
)
OCTAVES = 2.0  # of learning rates over which a distance must be constant, by at least three of them
CONSTANT = 1.25  # largest ratio of distances that count as constant
LONGEST = 2.0  # multiple of the distance that the limit may take


def follows_flow(cell: Cell) -> bool:
    """Return whether the steps of a cell are one learning rate times gradients, so that small rates follow the flow."""
    recipe = cell.recipe
    return recipe.optimiser in FOLLOW_FLOW and recipe.has_constant_rate and recipe.clip_norm is None


def distances(updates: Numbers) -> Numbers:
    """Return the function that multiplies the updates to a goal by the learning rate: seeds × effective rates."""

    def numbers(records: Records, part: str, threshold: float | None) -> pd.DataFrame:
        table = updates(records, part, threshold)
        table.columns = table.columns / (1 - records.settings["momentum"])
        return table * table.columns

    return numbers


def on_plateau(of: Numbers) -> Numbers:
    """Return the function that keeps distances at small rates, NaN elsewhere.

    These are the smallest rates over which the distance on validation data is constant.

    of: Result of `distances`.
    """

    def numbers(records: Records, part: str, threshold: float | None) -> pd.DataFrame:
        chosen, table = of(records, "validation", threshold), of(records, part, threshold)
        return table.where(plateau(chosen.to_numpy(), chosen.columns.to_numpy()))

    return numbers


def stretches(of: Numbers, small: Numbers) -> Numbers:
    """Return the function that divides the distance at each rate by that at small rates; NaN without a plateau.

    of: Result of `distances`.
    small: Result of `on_plateau`.
    """

    def numbers(records: Records, part: str, threshold: float | None) -> pd.DataFrame:
        return of(records, part, threshold).div(small(records, part, threshold).median(axis=1), axis=0)

    return numbers


def plateau(distances: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """Return the first rates of each seed over which its distance is constant, as a mask; none if there are none.

    distances: Distance of each seed at each rate, ∞ if the goal is not reached, (seeds, rates).
    rates: Ascending rates.
    """
    octaves, mask = np.log2(rates), np.zeros(distances.shape, bool)
    for first in range(len(rates)):
        last = max(first + 2, int(np.searchsorted(octaves, octaves[first] + OCTAVES - 1e-9)))
        if last >= len(rates):
            break
        window = distances[:, first : last + 1]
        is_constant = np.isfinite(window).all(axis=1) & (window.max(axis=1) <= CONSTANT * window.min(axis=1))
        mask[is_constant & ~mask.any(axis=1), first : last + 1] = True
    return mask


def at_small_rates(numbers: pd.DataFrame, rates: pd.Series) -> pd.Series:
    """Return the median of each seed's distances on its plateau; NaN without one."""
    return numbers.loc[rates.index].median(axis=1)


def largest_rate(numbers: pd.DataFrame, rates: pd.Series) -> pd.Series:
    """Return the largest rate of each seed at which the goal is reached within LONGEST of the distance.

    Between that rate of the grid and the next, the logarithm of the stretch is a straight line over the logarithm of
    the rate; if the next never reaches the goal, the limit is half-way. It is NaN without a plateau, and if it may be
    beyond the grid.
    """
    import pandas as pd

    octaves = np.log2(numbers.columns.to_numpy(float))
    with np.errstate(divide="ignore"):
        stretch = np.log2(numbers.loc[rates.index].to_numpy()) / np.log2(LONGEST)
    is_within, rows = stretch <= 1, np.arange(len(stretch))
    last = len(octaves) - 1 - is_within[:, ::-1].argmax(axis=1)
    following = np.minimum(last + 1, len(octaves) - 1)
    here, there = stretch[rows, last], stretch[rows, following]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(np.isfinite(there), (1 - here) / (there - here), 1 / 2)
        limit = 2 ** (octaves[last] + share * (octaves[following] - octaves[last]))
    return pd.Series(np.where(is_within.any(axis=1) & (last < following), limit, np.nan), rates.index)
