"""How files hold verdicts: verdicts.json and verdicts.csv.

A record has a key for each field, and those of its effect in place of `effect`.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from ontrial_judge.core.verdicts import Case, Context, Effect, Kind, Reading, Verdict, Verdicts, settings_text

VERSION = 4  # of the form of verdicts.json
LEVEL = 0.95  # of intervals in files that do not say it
ENDS = ("estimate", "low", "high")

# Keys of a context in verdicts.json besides its settings, none of which may have such a name
RESULTS = {each.name for record in (Effect, Context) for each in fields(record)} - {"effect", "settings"} | {"censored"}
HEAD = ("outcome", *ENDS, "level", "n", "look", "unit", "censored")  # the first of them
SPARSE = ("smallest_effect", "zeros", "choices", "decided_by", "deciding")  # those that a context without any lacks


def decode(content: Mapping[str, Any]) -> Verdicts:
    """Return the verdicts of a file that obeys its schema."""
    return Verdicts(content["study"], tuple(map(decode_verdict, content["claims"])))


def decode_verdict(content: Mapping[str, Any]) -> Verdict:
    """Return an item of the claims of a file."""
    renamed = {**content, "claim": content["id"], "conclusion": content["verdict"], "contexts": ()}
    verdict = _decode(Verdict, renamed)
    if verdict.kind is Kind.BY_CONSTRUCTION:
        return replace(verdict, readings=tuple(_decode(Reading, each) for each in content["contexts"]))
    return replace(verdict, contexts=tuple(map(decode_context, content["contexts"])))


def decode_context(content: Mapping[str, Any]) -> Context:
    """Return a context of a measured or timed claim. Every key that is not part of its result is a setting."""
    settings = {name: value for name, value in content.items() if name not in RESULTS}
    context = _decode(Context, {**content, "settings": settings})
    deciding = content.get("deciding")
    return replace(context, deciding=_decode(Effect, {**content, **deciding})) if deciding else context


def _decode(kind: Any, content: Any) -> Any:
    """Return a value of a file as the type of a field."""
    return _decoder(kind)(content)


@cache
def _decoder(kind: Any) -> Callable[[Any], Any]:
    """Return the function that turns a value of a file into the type of a field."""
    if isinstance(kind, type) and is_dataclass(kind):
        decoders = {name: _decoder(each) for name, each in get_type_hints(kind).items()}

        def decode_record(content: Any) -> Any:
            given = {"level": LEVEL, "effect": content, **content}
            return kind(**{name: decoder(given[name]) for name, decoder in decoders.items() if name in given})

        return decode_record
    if get_origin(kind) is tuple:
        item_decoder = _decoder(get_args(kind)[0])
        return lambda content: tuple(map(item_decoder, content))
    if kind is float:
        return lambda content: math.nan if content is None else float(content)
    return kind if isinstance(kind, type) and issubclass(kind, StrEnum) else lambda content: content


def to_json(verdicts: Verdicts, **others: Any) -> str:
    """Return the text of verdicts.json.

    others: Further keys of the file.
    """
    return json.dumps(encode(verdicts) | others, ensure_ascii=False, indent=1, allow_nan=False)


def encode(verdicts: Verdicts) -> dict[str, Any]:
    """Return the content of verdicts.json."""
    return {
        "version": VERSION,
        "study": verdicts.study,
        "claims": [encode_verdict(verdict) for verdict in verdicts.claims],
    }


def encode_verdict(verdict: Verdict) -> dict[str, Any]:
    """Return an item of the claims of a file."""
    content: dict[str, Any] = {
        "id": verdict.claim,
        "kind": verdict.kind,
        "hash": verdict.hash,
        "test_hash": verdict.test_hash,
        "verdict": verdict.conclusion,
    }
    if verdict.is_measured:
        names = ("unit", "looks", "smallest_effect", "flipped_by", "same_from", "same_to")
        content |= {name: _encode(getattr(verdict, name)) for name in names}
    return content | {"contexts": [encode_case(case) for case in verdict.cases]}


def encode_case(case: Case) -> dict[str, Any]:
    """Return a context or reading of a file."""
    return {**case.settings, **_result(case)}


def _result(case: Case) -> dict[str, Any]:
    """Return the result of a context or reading by key of a file, in its order."""
    if isinstance(case, Reading):
        undefined = dict.fromkeys((*ENDS, "n", "unit"))
        return {"outcome": case.outcome, **undefined, "censored": False}
    content = dict.fromkeys(HEAD) | _encode(case) | {"censored": not case.effect.is_finite}
    if case.deciding:
        content["deciding"] = {name: content["deciding"][name] for name in ("level", "low", "high")}
    del content["settings"]
    return {name: value for name, value in content.items() if value or name not in SPARSE}


def _encode(value: Any) -> Any:
    """Return a record, or one of its fields, ready for JSON, which has no infinities: they become "inf" and "-inf"."""
    if isinstance(value, tuple):
        return list(map(_encode, value))
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    if not is_dataclass(value):
        return value
    content = {name: _encode(item) for name, item in vars(value).items()}
    return content | content.pop("effect", {})


def to_csv(verdicts: Verdicts) -> str:
    """Return the text of verdicts.csv: one row per context or reading, and one for a claim without any.

    The settings of a context are one text. The interval that decided small effects has its own columns, if the file has
    any. As from pandas, whole numbers of a column with gaps are floats.
    """
    names = ["study", "id", "kind", "hash", "verdict", "context", "outcome", "estimate", "low", "high", "level", "n"]
    names += ["look", "unit", "censored", "counts_failures", "smallest_effect", "on_edge", "detectable", "seeds_needed"]
    if any(context.deciding for verdict in verdicts.claims for context in verdict.contexts):
        names += [f"deciding_{name}" for name in ("level", "low", "high")]
    rows: list[dict[str, Any]] = []
    for verdict in verdicts.claims:
        claim = {"study": verdicts.study, **encode_verdict(verdict)}
        rows += [claim | _row(case) for case in verdict.cases] or [claim | {"context": ""}]
    has_gaps = {name: any(row.get(name) is None for row in rows) for name in names}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        values = {name: row.get(name) for name in names}
        writer.writerow(
            float(value) if has_gaps[name] and type(value) is int else value for name, value in values.items()
        )
    return text.getvalue()


def _row(case: Case) -> dict[str, Any]:
    row = {"context": settings_text(case.settings), **_result(case)}
    return row | {f"deciding_{name}": value for name, value in row.get("deciding", {}).items()}
