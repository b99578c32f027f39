"""The robustness matrix: for each measured claim, whether its answers change with each thing that might matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from ontrial.judge.records import Outcome, Verdict, Way
from ontrial.report.summaries.replications import SETTINGS, Condition, Published, agree_outcomes, made_same_test, pairs

if TYPE_CHECKING:
    import pandas as pd

CIRCUMSTANCES = ("seeds", "kernel", "precision")
WITHIN = ("budget", "smallest", "images")  # what the verdicts of the study itself tell
FACTORS = (*CIRCUMSTANCES, *WITHIN, *SETTINGS)
HALF = 0.5  # of a budget, and of a smallest effect


class Sign(StrEnum):
    """Whether the answers in the contexts of a claim change with a factor."""

    SAME = "same"
    OPEN = "open"  # a decided context becomes undecided, or the reverse; two that are undecided do not count
    OPPOSITE = "opposite"


def signs(
    verdict: Verdict,
    circumstances: pd.DataFrame | None,
    published: Mapping[str, Published],
    conditions: Mapping[str, Condition],
) -> dict[str, Sign | None]:
    """Return the sign of each of FACTORS for a measured claim; None where it was not tried.

    circumstances: Published rows on this study under other circumstances.
    published: Published studies by name.
    conditions: Conditions of those that repeat the tests of this one, by name.
    """
    found = {name: _of_circumstance(verdict, circumstances, name) for name in CIRCUMSTANCES}
    found |= {"budget": _of_budget(verdict), "smallest": _of_smallest_effect(verdict), "images": _of_images(verdict)}
    for setting in SETTINGS:
        others = [
            published[name].verdicts.get(verdict.claim) for name, each in conditions.items() if each.setting == setting
        ]
        found[setting] = _of_replications(
            verdict, [other for other in others if other and made_same_test(verdict, other)]
        )
    return found


def _of_circumstance(verdict: Verdict, table: pd.DataFrame | None, differs: str) -> Sign | None:
    """Return the sign of the circumstances that differ in one thing, such as "kernel"."""
    if table is None or "contexts_opposite" not in table:
        return None
    rows = table[(table["claim"] == verdict.claim) & (table["differs"] == differs)]
    rows = rows[rows["verdict_before"] == verdict.conclusion]
    if rows.empty:
        return None
    return _sign(rows["contexts_opposite"].any(), rows["contexts_open"].any())


def _of_budget(verdict: Verdict) -> Sign | None:
    """Return the sign of half of the budget: of the record that is closest to it."""
    halfway = [
        (min(context.stages, key=lambda stage: abs(stage.share - HALF)).outcome, context.outcome)
        for context in verdict.contexts
        if context.stages
    ]
    return _of_pairs(halfway)


def _of_smallest_effect(verdict: Verdict) -> Sign:
    """Return the sign of smallest effects of half and of twice the size."""
    return Sign.SAME if verdict.same_from <= HALF and verdict.same_to >= 1 / HALF else Sign.OPEN


def _of_images(verdict: Verdict) -> Sign | None:
    """Return the sign of other test images."""
    judged = ((context.judged_by(Way.IMAGES), context.outcome) for context in verdict.contexts)
    return _of_pairs([(other.outcome, outcome) for other, outcome in judged if other])


def _of_replications(verdict: Verdict, others: Iterable[Verdict]) -> Sign | None:
    twins = (pair for other in others for pair in pairs(verdict, other))
    return _of_pairs([(context.outcome, twin.outcome) for context, twin in twins if twin])


def _of_pairs(outcomes: list[tuple[Outcome, Outcome]]) -> Sign | None:
    """Return the sign of contexts that are judged twice; None without any."""
    changes = [agree_outcomes(*pair) for pair in outcomes]
    return _sign(Sign.OPPOSITE in changes, Sign.OPEN in changes) if changes else None


def _sign(has_opposite: bool, has_open: bool) -> Sign:
    return Sign.OPPOSITE if has_opposite else Sign.OPEN if has_open else Sign.SAME
