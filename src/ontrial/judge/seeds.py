"""The numbers per seed behind published verdicts, from which anybody can compute each context again: seeds.json.

A claim has its contexts, and a context its arms in the order of the sides. Of an arm there are the first and the last
seed (of seconds: round of timing), the numbers in the unit of the metric, the seeds whose run failed and, if some runs
have not arrived, what each had taken at least. Along the axis of a slope, an arm has its position in steps.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ontrial.judge import measurements, verdicts
from ontrial.judge.claim import Claim
from ontrial.judge.docket import Docket
from ontrial.judge.results import Results
from ontrial_judge.core.evidence import Measured, MeasuredArm, Paired
from ontrial_judge.core.verdicts import Kind, Verdict

DIGITS = 9  # significant digits of a number: with these, numbers in single precision are exact


def measure(results: Results, docket: Docket) -> dict[str, Sequence[Measured]]:
    """Return the numbers of each context by measured or timed claim."""
    return {
        claim.id: timed(docket, claim) if claim.kind is Kind.TIMED else measurements.measure(results, claim.estimand)
        for claim in docket.claims.values()
        if claim.estimand
    }


def timed(docket: Docket, claim: Claim) -> list[Paired]:
    """Return the numbers of each context of a timed claim, which the docket brings along."""
    return decode({"claims": [docket.times[claim.id]]}, {claim.id: claim})[claim.id]


def to_json(study: str, measured: Mapping[str, Sequence[Measured]]) -> str:
    """Return the text of seeds.json, with one line per context."""
    claims = []
    for id, contexts in measured.items():
        lines = ",\n".join("   " + json.dumps(_encode(each), allow_nan=False) for each in contexts)
        claims.append(f'  {{"id": {json.dumps(id)}, "contexts": [\n{lines}\n  ]}}')
    listed = ",\n".join(claims)
    return f'{{"study": {json.dumps(study)}, "claims": [\n{listed}\n]}}\n'


def _encode(measured: Measured) -> dict[str, Any]:
    return {"settings": measured.context, "arms": [_encode_arm(arm) for arm in measured.arms]}


def _encode_arm(arm: MeasuredArm) -> dict[str, Any]:
    seeds = arm.index
    number, least = (list(map(_rounded, arm.columns[name])) for name in ("number", "least"))
    failed = seeds[arm.columns["failed"]].tolist()
    return {
        "seeds": [int(seeds[0]), int(seeds[-1])],
        **({"position": arm.position} if arm.position else {}),
        "numbers": number,
        **({"least": least} if least != number else {}),
        **({"failed": failed} if failed else {}),
    }


def _rounded(number: float) -> float | str | None:
    if math.isnan(number):
        return None
    if math.isinf(number):
        return str(float(number))
    rounded = float(f"{number:.{DIGITS}g}")
    return int(rounded) if rounded.is_integer() else rounded


def decode(content: Mapping[str, Any], claims: Mapping[str, Claim]) -> dict[str, list[Paired]]:
    """Return the numbers of each context by claim from the content of seeds.json, of claims that have an estimand."""
    found = {}
    for each in content["claims"]:
        estimand = claims[each["id"]].estimand
        assert estimand is not None
        found[each["id"]] = [
            Paired(context["settings"], estimand.question, list(map(_decode_arm, context["arms"])))
            for context in each["contexts"]
        ]
    return found


def _decode_arm(content: Mapping[str, Any]) -> MeasuredArm:
    first, last = content["seeds"]
    seeds = np.arange(first, last + 1)
    number, least = (
        np.array(content.get(name, content["numbers"]), dtype=float)  # which reads "inf"; None is NaN
        for name in ("numbers", "least")
    )
    columns = {"number": number, "least": least, "failed": np.isin(seeds, content.get("failed", []))}
    columns |= {"rate": np.full(len(seeds), np.nan), "on_edge": np.zeros(len(seeds), bool)}
    return MeasuredArm(columns, seeds, content.get("position", 0.0))


def judge_again(
    claims: Mapping[str, Claim], judged: Mapping[str, Verdict], measured: Mapping[str, Sequence[Measured]]
) -> Iterator[Verdict]:
    """Yield the verdict on each claim from its numbers per seed, with the looks that a published verdict declares."""
    for id, contexts in measured.items():
        yield verdicts.judge_measured(claims[id], contexts, judged[id].looks)
