"""How the effect of a claim changes with the size of the network and of the data, from a published study."""

from typing import Any, NamedTuple

import pandas as pd

from ontrial.judge import claims
from ontrial.judge.claim import Claim
from ontrial.judge.estimands import Estimand
from ontrial.judge.records import Context, Outcome, Way
from ontrial.report.summaries.findings import Findings
from ontrial.study.cell import Cell

AXES = ("width", "training_samples")


class Trend(NamedTuple):
    """The effect of a claim along an axis.

    axis: Axis, one of AXES.
    estimand: Estimand of the effect at a size.
    effects: Table with a row per size: axis, size, outcome, estimate, low, high, level, unit, smallest_effect, seeds.
    slope: Context of the slope of the effect per doubling of the size.
    smallest_slope: Smallest slope of interest.
    cells: Cells that are compared.
    """

    axis: str
    estimand: Estimand
    effects: pd.DataFrame
    slope: Context
    smallest_slope: float
    cells: frozenset[Cell]

    @property
    def change(self) -> str:
        """The direction of the slope, "up" or "down"; "same" if it is negligible, "unclear" if its interval has 0."""
        effect = self.slope.effect
        if self.slope.outcome is Outcome.NEGLIGIBLE:
            return "same"
        return "up" if effect.low > 0 else "down" if effect.high < 0 else "unclear"

    @property
    def leader(self) -> str:
        """The side that is ahead at every size by its estimate, "of" or "minus"; "" if none is."""
        estimates = self.effects["estimate"]
        return "of" if (estimates > 0).all() else "minus" if (estimates < 0).all() else ""


def trends(sizes: Findings, claim: str) -> list[Trend]:
    """Return how the effect of a claim changes along each axis for which the study of sizes has its slope.

    sizes: Findings of the published study of sizes, in which a claim about a slope and one about the effect at each
        size compare the same arms.
    claim: Id of a claim of another docket.
    """
    following = [each for each in sizes.claims.values() if each.follows == claim and each.id in sizes.verdicts]
    at_sizes = {_compared(each): each for each in following if each.estimand and not each.estimand.along}
    found = {
        slope.estimand.along: _trend(sizes, slope.estimand.along, slope, at_sizes[_compared(slope)])
        for slope in following
        if slope.estimand and slope.estimand.along and _compared(slope) in at_sizes
    }
    return [found[axis] for axis in AXES if axis in found]


def _compared(claim: Claim) -> tuple[Any, ...]:
    """Return a key that is equal for claims that compare the same arms of the same experiments."""
    assert claim.estimand
    sides = {name: str(side) for name, side in claim.estimand.sides.items()}
    return (claim.estimand.experiments, *sides.items())


def _trend(sizes: Findings, axis: str, slope: Claim, effects: Claim) -> Trend:
    estimand = effects.estimand
    assert estimand
    rows, cells = [], set()
    for context in sizes.verdicts[effects.id].contexts:
        arms = claims.list_arms(sizes.study, estimand, context.settings)
        judged = context.judged_by(Way.TYPICAL) or context  # where failures are counted, the effect has another unit
        rows.append(
            {"axis": axis, "size": claims.axis_value(arms[0], axis), "outcome": judged.outcome, **vars(judged.effect)}
            | {"smallest_effect": estimand.smallest_effect, "seeds": context.n}
        )
        cells |= {option.cell for arm in arms for option in arm.options}
    verdict = sizes.verdicts[slope.id]
    table = pd.DataFrame(rows).sort_values("size", ignore_index=True)
    return Trend(axis, estimand, table, verdict.contexts[0], verdict.smallest_effect, frozenset(cells))
