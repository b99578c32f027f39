"""Docket and tables → verdicts: the content of verdicts.json, of timing/verdicts.json and of their .csv."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ontrial.judge import estimands, statistics, timing
from ontrial.judge.claims import Claim, Settings
from ontrial.judge.docket import Docket
from ontrial.judge.estimands import Measured
from ontrial.judge.identities import IDENTITIES
from ontrial.judge.lottery import SEEDS, lottery
from ontrial.judge.results import Results

if TYPE_CHECKING:
    import pandas as pd

# Keys of a context that are no settings.
ENDS = ("estimate", "low", "high")
MEASURES = ("outcome", *ENDS, "n", "unit", "censored", "rates", "on_edge", "lottery")


def encoded(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return verdicts as verdicts.json holds them: JSON has no infinity, so it is written "inf" or "-inf"."""
    return _with_ends(found, lambda end: str(end) if isinstance(end, float) and math.isinf(end) else end)


def decoded(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of verdicts.json with infinities as numbers."""
    return _with_ends(content, lambda end: float(end) if isinstance(end, str) else end)


def _with_ends(found: Mapping[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    claims = [
        claim | {"contexts": [each | {name: change(each[name]) for name in ENDS} for each in claim["contexts"]]}
        for claim in found["claims"]
    ]
    return {**found, "claims": claims}


def verdicts(results: Results, docket: Docket) -> dict[str, Any]:
    """The verdicts of everything that is not timed: {"study", "claims": [...]} in docket order."""
    tried = [claim for claim in docket.claims.values() if claim.kind != "timed"]
    return {"study": results.study.name, "claims": [_verdict(results, claim) for claim in tried]}


def timed_verdicts(results: Results, docket: Docket, table: pd.DataFrame) -> dict[str, Any]:
    """The verdicts of the timed claims, in the same form, from the timing table."""
    tried = [claim for claim in docket.claims.values() if claim.kind == "timed"]
    return {
        "study": results.study.name,
        "claims": [compared(claim, timing.measure(results, claim, table)) for claim in tried],
    }


def _verdict(results: Results, claim: Claim) -> dict[str, Any]:
    match claim.kind:
        case "measured":
            return compared(claim, estimands.measure(results, claim))
        case "by_construction":
            return by_construction(claim)
    return _entry(claim, "not_testable", [])


def _entry(claim: Claim, verdict: str, contexts: list[dict], **more: Any) -> dict[str, Any]:
    return {"id": claim.id, "kind": claim.kind, "verdict": verdict, "hash": claim.hash, **more, "contexts": contexts}


def by_construction(claim: Claim) -> dict[str, Any]:
    """Verdict of an identity: its readings are the contexts, each holds or fails."""
    holds = IDENTITIES[claim.identity]().readings
    nothing = dict.fromkeys(("estimate", "low", "high", "n", "unit"))
    contexts = [
        {"reading": reading, "outcome": "holds" if held else "fails", **nothing, "censored": False}
        for reading, held in holds.items()
    ]
    word = "by_construction" if all(holds.values()) else "depends" if any(holds.values()) else "refuted"
    return _entry(claim, word, contexts)


def compared(claim: Claim, measured: list[Measured]) -> dict[str, Any]:
    """Verdict of a measured or timed claim from the numbers of its contexts.

    Adds to the form of every claim: unit, smallest_effect, and flipped_by, the axes of contexts that turn a positive
    outcome into a contradiction of the claim, the one that does so most often first.
    """
    estimand = claim.estimand
    censored = estimand.censored
    shared = statistics.ALPHA / len(measured)
    at_alpha, at_shared = (
        [outcome(found, estimand.smallest_effect, censored, alpha) for found in measured]
        for alpha in (statistics.ALPHA, shared)
    )
    contexts = [
        context(found, at, estimand.smallest_effect, censored, estimand.unit)
        for found, at in zip(measured, at_alpha, strict=True)
    ]
    return _entry(
        claim,
        statistics.verdict(at_alpha, at_shared),
        contexts,
        unit=estimand.unit,
        smallest_effect=estimand.smallest_effect,
        flipped_by=flipped_by([found.context for found in measured], at_shared),
    )


def outcome(found: Measured, smallest_effect: float, censored: bool, alpha: float) -> str:
    """Outcome of a context; without numbers, because a rate is off the grid, it is unclear."""
    if not found.numbers.size:
        return "unclear"
    return str(statistics.outcomes(found.numbers, smallest_effect, censored, alpha))


def context(found: Measured, outcome: str, smallest_effect: float, censored: bool, unit: str) -> dict[str, Any]:
    """A context: its settings, then what was found. An estimate without a value is None; `censored` if not finite."""
    numbers = found.numbers
    ends = [float(end) for end in statistics.interval(numbers, censored)] if numbers.size else [math.nan] * 3
    estimate, low, high = (None if math.isnan(end) else end for end in ends)
    return {
        **found.context,
        "outcome": outcome,
        "estimate": estimate,
        "low": low,
        "high": high,
        "n": int(numbers.size),
        "unit": unit,
        "censored": not all(map(math.isfinite, ends)),
        "rates": [None if math.isnan(rate) else rate for rate in found.rates],
        "on_edge": found.on_edge,
        "lottery": lottery(numbers, smallest_effect, censored) if numbers.size else [],
    }


def flipped_by(settings: list[Settings], outcomes: list[str]) -> list[str]:
    """Axes that alone turn a positive context into one that contradicts the claim, most often first."""
    turns = Counter()
    for (here, one), (there, other) in itertools.permutations(zip(settings, outcomes, strict=True), 2):
        differ = [axis for axis in here if here[axis] != there[axis]]
        if len(differ) == 1 and one == "positive" and statistics.contradicts(other):
            turns[differ[0]] += 1
    return [axis for axis, _ in turns.most_common()]


def table(found: Mapping[str, Any]) -> pd.DataFrame:
    """The verdicts as a table for .csv: one row a context, its settings as one text, a column for each lottery size.

    A claim without contexts has one row.
    """
    import pandas as pd

    rows = [
        {"study": found["study"], **{key: claim[key] for key in ("id", "kind", "verdict", "hash")}, **_row(context)}
        for claim in found["claims"]
        for context in claim["contexts"] or [{}]
    ]
    return pd.DataFrame(rows)


def settings_of(context: Mapping[str, Any]) -> str:
    """Settings of a context as one text: "policy=fixed; budget=epochs"."""
    return "; ".join(f"{name}={value}" for name, value in context.items() if name not in MEASURES)


def _row(context: Mapping[str, Any]) -> dict[str, Any]:
    measures = {name: context.get(name) for name in MEASURES if name not in ("rates", "lottery")}
    draws = {draw["seeds"]: draw for draw in context.get("lottery", [])}
    return {
        "context": settings_of(context),
        **measures,
        **{f"other_sign_{k}": draws.get(k, {}).get("other_sign") for k in SEEDS},
        **{f"other_outcome_{k}": draws.get(k, {}).get("other_outcome") for k in SEEDS if k >= 3},
    }


def standing(claim: Claim, published: Iterable[Mapping[str, Any]]) -> str:
    """Badge of a claim: "published" if the published verdicts have the same, "changed", or its reader's "own"."""
    hashes = {entry["id"]: entry["hash"] for entry in published}
    if claim.id not in hashes:
        return "own"
    return "published" if hashes[claim.id] == claim.hash else "changed"
