"""Timed claims: what the timing job must measure for them, and what its table says.

The timing table has one row a measurement: the columns of POINT say of what, `repeat` counts the rounds, in each of
which everything is measured once (so that rounds are pairs), `value` is the time in the unit of its task.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ontrial.judge import claims, estimands
from ontrial.judge.claims import FORMS, Claim, Settings
from ontrial.judge.estimands import Measured
from ontrial.judge.results import Results
from ontrial.study.cell import DEFAULTS, Cell
from ontrial.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

TASKS = {
    "activation": "ns",  # an element of an array (batch, width), forward and backward
    "update": "µs",  # an update of one network: softmax and cross-entropy, the activation's own initialisation
    "sample": "µs",  # an update, divided by its batch size
}
POINT = ("task", "dataset", "hidden", "activation", "optimiser", "batch_size")


def point(settings: Settings) -> tuple:
    """What an arm of a cost asks to be measured, as POINT; near + offset stands for the batch size.

    ValueError if a setting is missing.
    """
    if "near" in settings:
        settings = settings | {"batch_size": settings["near"] + settings.get("offset", 0)}
    settings = {"optimiser": DEFAULTS["optimiser"]} | settings
    missing = [name for name in POINT if name not in settings]
    if missing:
        raise ValueError(f"a cost needs the setting {missing[0]}.")
    return tuple(settings[name] for name in POINT)


def wanted(tried: Iterable[Claim], study: Study) -> list[tuple]:
    """Everything that the timed claims ask the timing job to measure, as POINT, each once."""
    found = {}
    for claim in tried:
        if claim.kind != "timed":
            continue
        estimand = claim.estimand
        for context in claims.contexts(estimand):
            for side in estimand.sides:
                if estimand.metric == "cost":
                    found[point(claims.settings(estimand, side, context))] = None
                else:
                    found |= {cost_of(arm.cell): None for arm in claims.arms(study, estimand, side, context)}
    return list(found)


def cost_of(cell: Cell) -> tuple:
    """What must be measured for the cost of an update of a cell, as POINT."""
    settings = cell.settings
    return ("update", *(settings[name] for name in POINT[1:]))


def measure(results: Results, claim: Claim, table: pd.DataFrame) -> list[Measured]:
    """The numbers of every context of a timed claim: log₂ of a ratio of times, one a round or a seed.

    A cost gives one number a round of the timing table. Seconds to an accuracy give one a seed: updates, times the
    median cost of one.
    """
    times = table.set_index([*POINT, "repeat"])["value"].sort_index()
    estimand = claim.estimand
    if estimand.metric != "cost":
        return [_in_seconds(results, claim, found, times) for found in estimands.measure(results, claim)]
    return [_cost(claim, context, times) for context in claims.contexts(estimand)]


def _cost(claim: Claim, context: Settings, times: pd.Series) -> Measured:
    import pandas as pd

    estimand = claim.estimand
    sides = {
        name: times.loc[point(claims.settings(estimand, side, context))]
        for name, side in zip(FORMS[estimand.form], estimand.sides, strict=True)
    }
    rounds = pd.DataFrame(sides)
    rounds["number"] = estimands.combined(estimand.form, *(rounds[name] for name in sides))
    return Measured(context, rounds, rates=(), on_edge=False)


def _in_seconds(results: Results, claim: Claim, found: Measured, times: pd.Series) -> Measured:
    estimand = claim.estimand
    seconds = found.seeds.copy()
    for name, side in zip(FORMS[estimand.form], estimand.sides, strict=True):
        (arm,) = claims.arms(results.study, estimand, side, found.context)
        seconds[name] *= times.loc[cost_of(arm.cell)].median() * 1e-6
    seconds["number"] = estimands.combined(estimand.form, *(seconds[name] for name in FORMS[estimand.form]))
    return Measured(found.context, seconds, found.rates, found.on_edge)
