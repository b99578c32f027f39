"""Published studies that repeat the tests of the default study, on other data or with other optimisers."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ontrial import data
from ontrial.judge.statistics import OUTCOMES
from ontrial.judge.verdicts import INTERVAL_KEYS, settings_text
from ontrial.nn import OPTIMISERS

REPLICATED = "default"  # the study
AGREEMENTS = ("same", "opposite", "open")
UNDECIDED = OUTCOMES[-1]

Records = Iterable[Mapping[str, Any]]  # verdicts on the claims of a study


def condition(study: str) -> str | None:
    """Return the data set or optimiser that a replication has the name of; None for other studies."""
    name = study.replace("-", "_")
    return name if name in data.DATASETS or name in OPTIMISERS else None


def conditions(studies: Iterable[str]) -> dict[str, str]:
    """Return condition → study of each replication among these studies: other data sets first, then optimisers."""
    found = {name: study for study in studies if (name := condition(study))}
    return dict(sorted(found.items(), key=lambda item: item[0] in OPTIMISERS))


def compare(here: Records, there: Records) -> pd.DataFrame:
    """Return one row per context that two studies tested alike, with the effects as multiples of the smallest one.

    Columns: claim, context, agreement; estimate, low and high of the one, and of the other with _there at the end.
    Contexts without an estimate are left out.
    """
    tests = {record["test_hash"]: record for record in there if "test_hash" in record}
    rows = []
    for record in here:
        other = tests.get(record.get("test_hash"))
        if other and "smallest_effect" in record:
            contexts = {settings_text(context): context for context in other["contexts"]}
            for context in record["contexts"]:
                twin = contexts.get(settings_text(context))
                if twin and context["estimate"] is not None and twin["estimate"] is not None:
                    sizes = {key: context[key] / record["smallest_effect"] for key in INTERVAL_KEYS}
                    sizes |= {f"{key}_there": twin[key] / record["smallest_effect"] for key in INTERVAL_KEYS}
                    agreement = agree(context["outcome"], twin["outcome"])
                    names = {"claim": record["id"], "context": settings_text(context), "agreement": agreement}
                    rows.append(names | sizes)
    return pd.DataFrame(rows)


def agree(outcome: str, other: str) -> str:
    """Return whether two outcomes give the same answer to a claim, one of AGREEMENTS: "open" if one is undecided."""
    if UNDECIDED in (outcome, other):
        return "open"
    return "same" if (outcome == "positive") == (other == "positive") else "opposite"
