"""From docket and tables to verdicts: the content of verdicts.json, of timing/verdicts.json and of their .csv."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, NotRequired, TypedDict

import numpy as np

from ontrial.judge import estimands, policies, statistics, timing
from ontrial.judge.claims import Claim, Estimand, SettingValues
from ontrial.judge.docket import Docket
from ontrial.judge.estimands import Measured
from ontrial.judge.identities import IDENTITIES
from ontrial.judge.lottery import SIZES, draw_lottery
from ontrial.judge.results import Results
from ontrial.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

INTERVAL_KEYS = ("estimate", "low", "high")
# Keys of a context that are not settings.
RESULT_KEYS = (
    "outcome",
    *INTERVAL_KEYS,
    "level",
    "n",
    "look",
    "unit",
    "censored",
    "failed",
    "rates",
    "on_edge",
    "detectable",
    "seeds_needed",
    "lottery",
)
VERSION = 2  # of the form of verdicts.json, study/schemas/verdicts.schema.yaml

Context = dict[str, Any]  # its settings, then RESULT_KEYS; the reading and some of RESULT_KEYS for an identity


def matching_contexts(record: Mapping[str, Any], settings: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the contexts of a verdict that have these settings."""
    return [
        context for context in record["contexts"] if all(context.get(name) == value for name, value in settings.items())
    ]


class Identification(TypedDict):
    """What identifies a claim."""

    id: str
    kind: str
    hash: str
    test_hash: str


class Verdict(Identification):
    """The verdict on one claim. Measured and timed claims alone have the optional keys."""

    verdict: str
    unit: NotRequired[str]
    looks: NotRequired[list[int]]  # the number of seeds at each
    smallest_effect: NotRequired[float]
    flipped_by: NotRequired[list[str]]  # axes that turn the outcome, the one that does so most often first
    contexts: list[Context]


class Verdicts(TypedDict):
    """The content of verdicts.json."""

    version: int
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
    verdicts = [_judge_claim(results, claim) for claim in claims]
    return {"version": VERSION, "study": results.study.name, "claims": verdicts}


def _judge_claim(results: Results, claim: Claim) -> Verdict:
    if claim.estimand:
        return judge_measured(
            claim, estimands.measure(results, claim.estimand), looks_of(results.study, claim.estimand)
        )
    if claim.identity:
        return judge_identity(claim, IDENTITIES[claim.identity]().readings)
    return {**_identify(claim), "verdict": "not_testable", "contexts": []}


def _identify(claim: Claim) -> Identification:
    return {"id": claim.id, "kind": claim.kind, "hash": claim.hash, "test_hash": claim.test_hash}


def looks_of(study: Study, estimand: Estimand) -> tuple[int, ...]:
    """Return the number of seeds at each look at a measured claim, which all of its experiments share."""
    return study.experiments[estimand.experiments[0]].looks


def judge_timed(results: Results, docket: Docket, table: pd.DataFrame) -> Verdicts:
    """Return the verdicts on the timed claims, from the timing table. There is one look: more seeds need no clock."""
    verdicts = []
    for claim in docket.claims.values():
        if claim.kind == "timed" and claim.estimand:
            measured = timing.measure(results, claim.estimand, table)
            verdicts.append(judge_measured(claim, measured, (measured[0].n,)))
    return {"version": VERSION, "study": results.study.name, "claims": verdicts}


def judge_identity(claim: Claim, readings: Mapping[str, bool]) -> Verdict:
    """Return the verdict on an identity. Its readings are the contexts; each of them holds or fails."""
    no_numbers = dict.fromkeys((*INTERVAL_KEYS, "n", "unit"))
    contexts = [
        {"reading": reading, "outcome": "holds" if holds else "fails", **no_numbers, "censored": False}
        for reading, holds in readings.items()
    ]
    verdict = "by_construction" if all(readings.values()) else "depends" if any(readings.values()) else "refuted"
    return {**_identify(claim), "verdict": verdict, "contexts": contexts}


class Decision(NamedTuple):
    """The outcome of a context at a look, counted from 1, with the seeds and the error that the look may use."""

    outcome: str
    look: int
    alpha: float
    measured: Measured


def judge_measured(claim: Claim, measured: Sequence[Measured], looks: Sequence[int]) -> Verdict:
    """Return the verdict on a measured or timed claim from the numbers of its contexts.

    looks: the number of seeds at each look.
    """
    estimand = measured[0].estimand
    verdict, decisions, bonferroni_outcomes = decide_claim(measured, looks)
    return {
        **_identify(claim),
        "verdict": verdict,
        "unit": estimand.unit,
        "looks": list(looks),
        "smallest_effect": estimand.smallest_effect,
        "flipped_by": flipping_axes([each.context for each in measured], bonferroni_outcomes),
        "contexts": [describe_context(decision) for decision in decisions],
    }


class ClaimDecision(NamedTuple):
    """The verdict on a claim, the decision on each context, and its outcome at the level of the verdict "depends"."""

    verdict: str
    decisions: list[Decision]
    bonferroni_outcomes: list[str]


def decide_claim(measured: Sequence[Measured], looks: Sequence[int]) -> ClaimDecision:
    """Return the verdict on a claim from the numbers of its contexts, and what it rests on."""
    decisions = [decide_context(each, looks) for each in measured]
    bonferroni_outcomes = [decide_context(each, looks, contexts=len(measured)).outcome for each in measured]
    verdict = statistics.decide([decision.outcome for decision in decisions], bonferroni_outcomes)
    return ClaimDecision(verdict, decisions, bonferroni_outcomes)


def decide_context(measured: Measured, looks: Sequence[int], contexts: int = 1) -> Decision:
    """Return the outcome of a context at the first look that decides it, or at the last for which it has the seeds.

    contexts: the number of contexts that share the error of each look. The shares of all looks add up to ALPHA, so that
    an outcome stays valid whatever led to another look.
    """
    for look, (n, share) in enumerate(zip(looks, statistics.shares(len(looks)), strict=True), 1):
        if look > 1 and n > measured.n:
            break
        decision = Decision("undecided", look, share / contexts, measured.first(n))
        outcome = classify(decision)
        if outcome != "undecided":
            return decision._replace(outcome=outcome)
    return decision


def classify(decision: Decision) -> str:
    """Return the outcome of a context: undecided without numbers, as where a rate is not on its grid."""
    estimand, numbers = decision.measured.estimand, decision.measured.numbers
    return str(statistics.classify(numbers, estimand.smallest_effect, estimand.censored, decision.alpha))


def open_contexts(measured: Sequence[Measured], looks: Sequence[int]) -> list[Measured]:
    """Return the contexts of a claim that more seeds may decide.

    These are the undecided ones, and while the claim is inconclusive, also those that are not decided at the level of
    the verdict "depends".
    """
    verdict, decisions, bonferroni_outcomes = decide_claim(measured, looks)
    return [
        each
        for each, decision, bonferroni_outcome in zip(measured, decisions, bonferroni_outcomes, strict=True)
        if decision.outcome == "undecided" or (verdict == "inconclusive" and bonferroni_outcome == "undecided")
    ]


def describe_context(decision: Decision) -> Context:
    """Return a context of a verdict: its settings, then RESULT_KEYS.

    An estimate or end without a value is None. `censored` says that one of them is not finite. The interval has the
    level of the look, so that it covers the effect at all looks together in 95 %.
    """
    outcome, look, alpha, measured = decision
    estimand, numbers = measured.estimand, measured.numbers
    off_grid = bool(np.isnan(measured.table).any())
    interval = [math.nan] * 3
    if not off_grid:
        interval = [float(end) for end in statistics.confidence_interval(numbers, estimand.censored, 1 - alpha)]
    estimate, low, high = (None if math.isnan(end) else end for end in interval)
    half_width = (interval[2] - interval[1]) / 2
    is_finite = all(map(math.isfinite, interval))
    arms = [arm.seeds for arm in measured.arms]
    rates = [policies.typical(seeds["rate"]) for seeds in arms if seeds["rate"].notna().any() or off_grid]
    return {
        **measured.context,
        "outcome": outcome,
        "estimate": estimate,
        "low": low,
        "high": high,
        "level": 1 - alpha,
        "n": 0 if off_grid else measured.n,
        "look": look,
        "unit": estimand.unit,
        "censored": not is_finite,
        "failed": [int(seeds["failed"].sum()) for seeds in arms],
        "rates": [None if math.isnan(rate) else rate for rate in rates],
        "on_edge": any(policies.mostly(seeds["on_edge"]) for seeds in arms),
        "detectable": estimand.smallest_effect + half_width if is_finite else None,
        "seeds_needed": None
        if outcome != "undecided"
        else seeds_needed(measured.n, interval, estimand.smallest_effect),
        "lottery": [] if np.isnan(numbers).any() else draw_lottery(measured),
    }


def seeds_needed(n: int, interval: Sequence[float], smallest_effect: float) -> int | None:
    """Return about how many seeds would decide a context whose interval contains the smallest effect.

    interval: estimate, low and high of n seeds. The width shrinks as one over the root of their number, until the end
    between the estimate and the effect has reached the effect. None if there is no such end, or no number is enough.
    """
    estimate, low, high = interval
    distance = abs(estimate - smallest_effect)
    width = estimate - low if estimate >= smallest_effect else high - estimate
    if not (math.isfinite(width) and distance > statistics.TOLERANCE):
        return None
    return math.ceil(n * (width / distance) ** 2)


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
    row |= {key: context.get(key) for key in RESULT_KEYS if key not in ("failed", "rates", "lottery")}
    draws = {draw["seeds"]: draw for draw in context.get("lottery", [])}
    row |= {f"other_sign_{size}": draws.get(size, {}).get("other_sign") for size in SIZES}
    return row | {f"other_outcome_{size}": draws.get(size, {}).get("other_outcome") for size in SIZES}


def standing(claim: Claim, published: Iterable[Mapping[str, Any]]) -> str:
    """Return how a claim compares with the published verdicts.

    "published": the same claim is among them. "changed": its id is, but not its hash. "own": neither is.
    """
    hashes = {verdict["id"]: verdict["hash"] for verdict in published}
    if claim.id not in hashes:
        return "own"
    return "published" if hashes[claim.id] == claim.hash else "changed"
