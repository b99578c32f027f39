"""What moved when a study ran under other circumstances: verdicts, outcomes of contexts, estimates, single runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ontrial.judge.records import Context, Verdict, Verdicts, settings_text

if TYPE_CHECKING:
    import pandas as pd

BASELINE = "baseline"  # the study as it is, which the others are compared with


def compare_verdicts(before: Verdicts, after: Verdicts) -> list[dict[str, Any]]:
    """Return one row per claim that has contexts.

    contexts_moved: the number of contexts whose outcome differs. moved: these contexts, as text. largest_change: of an
    estimate, in the claim's unit, over the contexts whose estimates are finite on both sides.
    """
    verdicts = after.by_claim
    return [_compare(verdict, verdicts[verdict.claim]) for verdict in before.claims if verdict.cases]


def _compare(before: Verdict, after: Verdict) -> dict[str, Any]:
    moved, changes = [], []
    for old, new in zip(before.cases, after.cases, strict=True):
        if old.outcome is not new.outcome:
            moved.append(f"{settings_text(old.settings) or 'the only context'}: {old.outcome} → {new.outcome}")
        if isinstance(old, Context) and isinstance(new, Context):
            changes.append(abs(new.effect.estimate - old.effect.estimate))
    return {
        "claim": before.claim,
        "kind": before.kind,
        "verdict": after.conclusion,
        "verdict_before": before.conclusion,
        "contexts": len(before.cases),
        "contexts_moved": len(moved),
        "moved": "; ".join(moved),
        "largest_change": max(filter(math.isfinite, changes), default=None),
        "unit": before.unit or None,
        "smallest_effect": before.smallest_effect or None,
    }


def count_moved_runs(before: pd.DataFrame, after: pd.DataFrame) -> int:
    """Return how many runs differ in any digit of any measure. Both tables have the same runs in the same order."""
    equal = (before == after) | (before.isna() & after.isna())
    return int((~equal.all(axis="columns")).sum())
