"""What moved when a study ran under other circumstances: verdicts, outcomes of contexts, estimates, single runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ontrial.judge.verdicts import Verdict, Verdicts, settings_text

if TYPE_CHECKING:
    import pandas as pd

BASELINE = "baseline"  # the study as it is, which the others are compared with


def compare_verdicts(before: Verdicts, after: Verdicts) -> list[dict[str, Any]]:
    """Return one row per claim that has contexts.

    contexts_moved: the number of contexts whose outcome differs. moved: these contexts, as text. largest_change: of an
    estimate, in the claim's unit, over the contexts whose estimates are finite on both sides.
    """
    verdicts = {verdict["id"]: verdict for verdict in after["claims"]}
    return [_compare(verdict, verdicts[verdict["id"]]) for verdict in before["claims"] if verdict["contexts"]]


def _compare(before: Verdict, after: Verdict) -> dict[str, Any]:
    moved, changes = [], []
    for old, new in zip(before["contexts"], after["contexts"], strict=True):
        if old["outcome"] != new["outcome"]:
            moved.append(f"{settings_text(old) or 'the only context'}: {old['outcome']} → {new['outcome']}")
        estimates = old["estimate"], new["estimate"]
        if None not in estimates and all(map(math.isfinite, estimates)):
            changes.append(abs(new["estimate"] - old["estimate"]))
    return {
        "claim": before["id"],
        "kind": before["kind"],
        "verdict": after["verdict"],
        "verdict_before": before["verdict"],
        "contexts": len(before["contexts"]),
        "contexts_moved": len(moved),
        "moved": "; ".join(moved),
        "largest_change": max(changes, default=None),
        "unit": before.get("unit"),
        "smallest_effect": before.get("smallest_effect"),
    }


def count_moved_runs(before: pd.DataFrame, after: pd.DataFrame) -> int:
    """Return how many runs differ in any digit of any measure. Both tables have the same runs in the same order."""
    equal = (before == after) | (before.isna() & after.isna())
    return int((~equal.all(axis="columns")).sum())
