"""Published studies that repeat the tests of the default study, on other data or with other optimisers."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ontrial import data
from ontrial.judge.statistics import OUTCOMES
from ontrial.judge.verdicts import INTERVAL_KEYS, settings_text
from ontrial.nn import OPTIMISERS

ORIGINAL = "default"  # the study that the others repeat
UNDECIDED = OUTCOMES[-1]
EFFECTS = [*INTERVAL_KEYS, *(f"replicated_{key}" for key in INTERVAL_KEYS)]

Record = Mapping[str, Any]  # the verdict on a claim


def condition(study: str) -> str | None:
    """Return the data set or optimiser that a replication is named after; None for other studies."""
    name = study.replace("-", "_")
    return name if name in data.DATASETS or name in OPTIMISERS else None


def conditions(studies: Iterable[str]) -> dict[str, str]:
    """Return condition → study of each replication among these studies: other data sets first, then optimisers."""
    named = {name: study for study in studies if (name := condition(study))}
    return dict(sorted(named.items(), key=lambda item: item[0] in OPTIMISERS))


def made_same_test(record: Record, other: Record) -> bool:
    """Return whether two verdicts on a claim come from the same test. Verdicts of older versions do not say."""
    return record.get("test_hash") is not None and record["test_hash"] == other.get("test_hash")


def compare(original: Iterable[Record], replication: Iterable[Record]) -> pd.DataFrame:
    """Return one row per context that two studies tested alike, with effects as multiples of the smallest of interest.

    Columns: claim, context, agreement ("same", "opposite" or "open"), and EFFECTS. Contexts without an estimate are
    left out.
    """
    replicated = {record["id"]: record for record in replication}
    rows = []
    for record in original:
        other = replicated.get(record["id"], {})
        if not made_same_test(record, other) or "smallest_effect" not in record:
            continue
        twins = {settings_text(context): context for context in other["contexts"]}
        for context in record["contexts"]:
            twin = twins.get(settings_text(context))
            if twin is None or context["estimate"] is None or twin["estimate"] is None:
                continue
            effects = [each[key] / record["smallest_effect"] for each in (context, twin) for key in INTERVAL_KEYS]
            agreement = agree(context["outcome"], twin["outcome"])
            rows.append((record["id"], settings_text(context), agreement, *effects))
    table = pd.DataFrame(rows, columns=["claim", "context", "agreement", *EFFECTS])
    return table.astype(dict.fromkeys(EFFECTS, float))


def agree(outcome: str, other: str) -> str:
    """Return whether two outcomes give the same answer to a claim: "same" or "opposite", "open" if one is undecided."""
    if UNDECIDED in (outcome, other):
        return "open"
    return "same" if (outcome == "positive") == (other == "positive") else "opposite"
