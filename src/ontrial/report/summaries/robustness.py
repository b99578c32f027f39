"""What moved when a study ran under other circumstances: verdicts, outcomes of contexts, estimates, single runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ontrial.judge.verdicts import settings_text

if TYPE_CHECKING:
    import pandas as pd

BASELINE = "baseline"  # the study as it is, which the others are compared with


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row a claim of two contents of verdicts.json; claims without contexts rest on no number and are left out.

    contexts_moved: how many contexts have another outcome; moved: which ones, as text. largest_change: of an estimate,
    in the claim's unit, over the contexts that have one in both.
    """
    others = {claim["id"]: claim for claim in after["claims"]}
    return [_claim(claim, others[claim["id"]]) for claim in before["claims"] if claim["contexts"]]


def _claim(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    pairs = list(zip(before["contexts"], after["contexts"], strict=True))
    moved = [
        f"{settings_text(old) or 'the only context'}: {old['outcome']} → {new['outcome']}"
        for old, new in pairs
        if old["outcome"] != new["outcome"]
    ]
    changes = [
        abs(new["estimate"] - old["estimate"])
        for old, new in pairs
        if None not in (old["estimate"], new["estimate"])
        and math.isfinite(old["estimate"])
        and math.isfinite(new["estimate"])
    ]
    return {
        "claim": before["id"],
        "kind": before["kind"],
        "verdict": after["verdict"],
        "verdict_before": before["verdict"],
        "contexts": len(pairs),
        "contexts_moved": len(moved),
        "moved": "; ".join(moved),
        "largest_change": max(changes, default=None),
        "unit": before.get("unit"),
        "smallest_effect": before.get("smallest_effect"),
    }


def runs_moved(before: pd.DataFrame, after: pd.DataFrame) -> int:
    """How many runs ended otherwise, in whatever digit of whatever they measured. Both tables have the same runs."""
    same = (before == after) | (before.isna() & after.isna())
    return int((~same.all(axis="columns")).sum())
