"""Compare a study with itself under other circumstances: verdicts, outcomes of contexts, estimates, single runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ontrial.judge.records import Context, Verdict, Verdicts
from ontrial.report.summaries.comparison import pair_cases
from ontrial.report.summaries.replications import agree_outcomes

if TYPE_CHECKING:
    import pandas as pd

BASELINE = "baseline"  # the unchanged study, with which the others are compared


def compare_verdicts(before: Verdicts, after: Verdicts) -> list[dict[str, Any]]:
    """Return one row per claim that has contexts. Some of its columns are:

    contexts_moved: Number of contexts whose outcome differs.
    contexts_opposite, contexts_open: Number of contexts whose answer becomes the opposite, and of those that are
        decided on one side only.
    moved: These contexts, as text.
    largest_change: Largest change of an estimate, in the claim's unit, among estimates finite on both sides. Points of
        failures are converted by the smallest effects.
    """
    verdicts = after.by_claim
    return [_compare(verdict, verdicts[verdict.claim]) for verdict in before.claims if verdict.cases]


def _compare(before: Verdict, after: Verdict) -> dict[str, Any]:
    pairs = pair_cases(before, after)
    moved = [f"{pair.settings or 'the only context'}: {pair.outcomes}" for pair in pairs if pair.outcome_moved]
    shifts = [
        abs(pair.shift) * before.smallest_effect / before.smallest_effect_in(pair.before)
        for pair in pairs
        if pair.shift is not None and isinstance(pair.before, Context)
    ]
    changes = [agree_outcomes(pair.before.outcome, pair.after.outcome) for pair in pairs if pair.before and pair.after]
    return {
        "claim": before.claim,
        "kind": before.kind,
        "verdict": after.conclusion,
        "verdict_before": before.conclusion,
        "contexts": len(pairs),
        "contexts_moved": len(moved),
        "contexts_opposite": changes.count("opposite"),
        "contexts_open": changes.count("open"),
        "moved": "; ".join(moved),
        "largest_change": max(shifts, default=None),
        "unit": before.unit or None,
        "smallest_effect": before.smallest_effect or None,
    }


def count_moved_runs(before: pd.DataFrame, after: pd.DataFrame) -> int:
    """Return the number of runs that differ in any digit. Both tables have the same runs in the same order."""
    equal = (before == after) | (before.isna() & after.isna())
    return int((~equal.all(axis="columns")).sum())
