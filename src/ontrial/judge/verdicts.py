"""From docket and tables to verdicts: the content of verdicts.json, of timing/verdicts.json and of their .csv."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from ontrial.judge import estimands, statistics, timing
from ontrial.judge.claims import Claim, Estimand, SettingValues
from ontrial.judge.docket import Docket
from ontrial.judge.estimands import Measured
from ontrial.judge.identities import IDENTITIES
from ontrial.judge.lottery import MIN_SEEDS_OF_OUTCOME, SIZES, draw_lottery
from ontrial.judge.results import Results

if TYPE_CHECKING:
    import pandas as pd

INTERVAL_KEYS = ("estimate", "low", "high")
# Keys of a context that are not settings.
RESULT_KEYS = ("outcome", *INTERVAL_KEYS, "n", "unit", "censored", "rates", "on_edge", "lottery")

Context = dict[str, Any]  # its settings, then RESULT_KEYS; the reading and some of RESULT_KEYS for an identity


class Verdict(TypedDict):
    """The verdict on one claim. Measured and timed claims alone have the optional keys."""

    id: str
    kind: str
    verdict: str
    hash: str
    unit: NotRequired[str]
    smallest_effect: NotRequired[float]
    flipped_by: NotRequired[list[str]]  # axes that turn the outcome, the one that does so most often first
    contexts: list[Context]


class Verdicts(TypedDict):
    """The content of verdicts.json."""

    study: str
    claims: list[Verdict]


def encode(verdicts: Verdicts) -> Verdicts:
    """Return verdicts as verdicts.json holds them. JSON has no infinity, so it is written "inf" or "-inf"."""
    return map_intervals(verdicts, lambda end: str(end) if isinstance(end, float) and math.isinf(end) else end)


def to_json(verdicts: Verdicts) -> str:
    """Return the text of verdicts.json."""
    return json.dumps(encode(verdicts), ensure_ascii=False, indent=1, allow_nan=False)


def decode(content: Any) -> Verdicts:
    """Return the content of verdicts.json with infinities as numbers."""
    return map_intervals(content, lambda end: float(end) if isinstance(end, str) else end)


def map_intervals(verdicts: Verdicts, function: Callable[[Any], Any]) -> Verdicts:
    """Return a copy of verdicts with a function applied to each estimate and each end of an interval."""
    claims: list[Verdict] = []
    for verdict in verdicts["claims"]:
        contexts = [context | {key: function(context[key]) for key in INTERVAL_KEYS} for context in verdict["contexts"]]
        claims.append({**verdict, "contexts": contexts})
    return {**verdicts, "claims": claims}


def judge(results: Results, docket: Docket) -> Verdicts:
    """Return the verdicts on all claims that are not timed, in docket order."""
    claims = [claim for claim in docket.claims.values() if claim.kind != "timed"]
    return {"study": results.study.name, "claims": [_judge_claim(results, claim) for claim in claims]}


def _judge_claim(results: Results, claim: Claim) -> Verdict:
    if claim.estimand:
        return judge_measured(claim, claim.estimand, estimands.measure(results, claim.estimand))
    if claim.identity:
        return judge_identity(claim, IDENTITIES[claim.identity]().readings)
    return {"id": claim.id, "kind": claim.kind, "verdict": "not_testable", "hash": claim.hash, "contexts": []}


def judge_timed(results: Results, docket: Docket, table: pd.DataFrame) -> Verdicts:
    """Return the verdicts on the timed claims, from the timing table."""
    verdicts = [
        judge_measured(claim, claim.estimand, timing.measure(results, claim.estimand, table))
        for claim in docket.claims.values()
        if claim.kind == "timed" and claim.estimand
    ]
    return {"study": results.study.name, "claims": verdicts}


def judge_identity(claim: Claim, readings: Mapping[str, bool]) -> Verdict:
    """Return the verdict on an identity. Its readings are the contexts; each of them holds or fails."""
    no_numbers = dict.fromkeys((*INTERVAL_KEYS, "n", "unit"))
    contexts = [
        {"reading": reading, "outcome": "holds" if holds else "fails", **no_numbers, "censored": False}
        for reading, holds in readings.items()
    ]
    verdict = "by_construction" if all(readings.values()) else "depends" if any(readings.values()) else "refuted"
    return {"id": claim.id, "kind": claim.kind, "verdict": verdict, "hash": claim.hash, "contexts": contexts}


def judge_measured(claim: Claim, estimand: Estimand, measured: list[Measured]) -> Verdict:
    """Return the verdict on a measured or timed claim from the numbers of its contexts."""
    alpha = statistics.ALPHA
    outcomes = [classify(each, estimand, alpha) for each in measured]
    bonferroni_outcomes = [classify(each, estimand, alpha / len(measured)) for each in measured]
    return {
        "id": claim.id,
        "kind": claim.kind,
        "verdict": statistics.decide(outcomes, bonferroni_outcomes),
        "hash": claim.hash,
        "unit": estimand.unit,
        "smallest_effect": estimand.smallest_effect,
        "flipped_by": flipping_axes([each.context for each in measured], bonferroni_outcomes),
        "contexts": [
            describe_context(each, estimand, outcome) for each, outcome in zip(measured, outcomes, strict=True)
        ],
    }


def classify(measured: Measured, estimand: Estimand, alpha: float) -> str:
    """Return the outcome of a context: unclear if it has no numbers, because a rate is not on its grid."""
    if not measured.numbers.size:
        return "unclear"
    return str(statistics.classify(measured.numbers, estimand.smallest_effect, estimand.censored, alpha))


def describe_context(measured: Measured, estimand: Estimand, outcome: str) -> Context:
    """Return a context of a verdict: its settings, then RESULT_KEYS.

    An estimate or end without a value is None. `censored` says that one of them is not finite.
    """
    numbers = measured.numbers
    interval = [math.nan] * 3
    if numbers.size:
        interval = [float(end) for end in statistics.confidence_interval(numbers, estimand.censored)]
    estimate, low, high = (None if math.isnan(end) else end for end in interval)
    return {
        **measured.context,
        "outcome": outcome,
        "estimate": estimate,
        "low": low,
        "high": high,
        "n": int(numbers.size),
        "unit": estimand.unit,
        "censored": not all(map(math.isfinite, interval)),
        "rates": [None if math.isnan(rate) else rate for rate in measured.rates],
        "on_edge": measured.on_edge,
        "lottery": draw_lottery(numbers, estimand.smallest_effect, estimand.censored) if numbers.size else [],
    }


def flipping_axes(contexts: list[SettingValues], outcomes: list[str]) -> list[str]:
    """Return the axes along which a single step turns a positive outcome into a contradiction, most frequent first."""
    flips: Counter[str] = Counter()
    for (context, outcome), (other, other_outcome) in itertools.permutations(zip(contexts, outcomes, strict=True), 2):
        differing = [axis for axis in context if context[axis] != other[axis]]
        if len(differing) == 1 and outcome == "positive" and statistics.contradicts(other_outcome):
            flips[differing[0]] += 1
    return [axis for axis, _ in flips.most_common()]


def to_table(verdicts: Verdicts) -> pd.DataFrame:
    """Return the content of verdicts.csv: one row per context, or for a claim without contexts one row.

    The settings of a context are one text. Each size of the lottery has its own columns.
    """
    import pandas as pd

    rows = []
    for verdict in verdicts["claims"]:
        claim = {key: value for key, value in verdict.items() if key in ("id", "kind", "verdict", "hash")}
        rows += [{"study": verdicts["study"], **claim, **_row(context)} for context in verdict["contexts"] or [{}]]
    return pd.DataFrame(rows)


def settings_text(context: Mapping[str, Any]) -> str:
    """Return the settings of a context as one text: "policy=fixed; budget=epochs"."""
    return "; ".join(f"{name}={value}" for name, value in context.items() if name not in RESULT_KEYS)


def _row(context: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"context": settings_text(context)}
    row |= {key: context.get(key) for key in RESULT_KEYS if key not in ("rates", "lottery")}
    draws = {draw["seeds"]: draw for draw in context.get("lottery", [])}
    row |= {f"other_sign_{size}": draws.get(size, {}).get("other_sign") for size in SIZES}
    row |= {
        f"other_outcome_{size}": draws.get(size, {}).get("other_outcome")
        for size in SIZES
        if size >= MIN_SEEDS_OF_OUTCOME
    }
    return row


def standing(claim: Claim, published: Iterable[Mapping[str, Any]]) -> str:
    """Return how a claim compares with the published verdicts.

    "published": the same claim is among them. "changed": its id is, but not its hash. "own": neither is.
    """
    hashes = {verdict["id"]: verdict["hash"] for verdict in published}
    if claim.id not in hashes:
        return "own"
    return "published" if hashes[claim.id] == claim.hash else "changed"
