"""Published studies that repeat the tests of the default study on other data or with other optimisers."""

import math
from collections.abc import Iterable, Mapping

import pandas as pd

from ontrial import data
from ontrial.judge.records import Outcome, Verdict, align, settings_text
from ontrial.nn import OPTIMISERS

ORIGINAL = "default"  # the study that the others repeat
NUMBERS = ("estimate", "low", "high")
EFFECTS = [*NUMBERS, *(f"replicated_{name}" for name in NUMBERS)]


def condition(study: str) -> str | None:
    """Return the data set or optimiser after which a replication is named; None for other studies."""
    name = study.replace("-", "_")
    return name if name in data.DATASETS or name in OPTIMISERS else None


def conditions(studies: Iterable[str]) -> dict[str, str]:
    """Return the replications among some studies, by condition: first data sets, then optimisers."""
    named = {name: study for study in studies if (name := condition(study))}
    return dict(sorted(named.items(), key=lambda item: item[0] in OPTIMISERS))


def made_same_test(verdict: Verdict, other: Verdict) -> bool:
    """Return whether two verdicts on a claim come from the same test, which older files of verdicts do not record."""
    return verdict.test_hash is not None and verdict.test_hash == other.test_hash


def paired_effects(original: Mapping[str, Verdict], replication: Mapping[str, Verdict]) -> pd.DataFrame:
    """Return one row per context that two studies tested alike. Contexts without an estimate are left out.

    The columns are claim, context, agreement ("same", "opposite" or "open"), and EFFECTS, in multiples of the
    smallest effect of interest.
    """
    rows = []
    for id, verdict in original.items():
        other = replication.get(id)
        if other is None or not made_same_test(verdict, other):
            continue
        for context, twin in align(verdict.contexts, other.contexts):
            if not (context and twin) or math.isnan(context.effect.estimate) or math.isnan(twin.effect.estimate):
                continue
            numbers = (*context.effect.numbers, *twin.effect.numbers)
            effects = [number / verdict.smallest_effect for number in numbers]
            rows.append((id, settings_text(context.settings), agree(context.outcome, twin.outcome), *effects))
    table = pd.DataFrame(rows, columns=["claim", "context", "agreement", *EFFECTS])
    return table.astype(dict.fromkeys(EFFECTS, float))


def agree(outcome: Outcome, other: Outcome) -> str:
    """Return "same" or "opposite", as two outcomes answer a claim, or "open" if one is undecided."""
    if Outcome.UNDECIDED in (outcome, other):
        return "open"
    return "same" if (outcome is Outcome.POSITIVE) == (other is Outcome.POSITIVE) else "opposite"
