"""The docket: the claims that a study tries. Step `docket` writes the checked one to docket.json, which others load."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ontrial.judge import claims
from ontrial.judge.claims import FORMS, Claim, Estimand
from ontrial.judge.metrics import METRICS, TIMED, Metric

Entry = dict[str, Any]  # a claim as the docket's file has it


@dataclass(frozen=True)
class Docket:
    """The claims that a study tries, by id, and the references, by short name: each with text, and doi or url."""

    claims: dict[str, Claim]
    references: dict[str, dict[str, str]]

    def to_json(self) -> str:
        """The docket as text, the content of docket.json."""
        content = {"claims": [claim.entry for claim in self.claims.values()], "references": self.references}
        return json.dumps(content, ensure_ascii=False, indent=1)


def load(path: str | Path) -> Docket:
    """Return the docket of a docket.json."""
    return of_checked(**json.loads(Path(path).read_text(encoding="utf-8")))


def of_checked(claims: list[Entry], references: dict[str, dict[str, str]]) -> Docket:
    """Return the docket of entries that have been checked."""
    return Docket({entry["id"]: claim_of(entry) for entry in claims}, references)


def claim_of(entry: Entry) -> Claim:
    """Return the claim of a checked entry."""
    kind = entry.get("kind", "measured")
    return Claim(
        id=entry["id"],
        kind=kind,
        chapter=entry.get("chapter"),
        source=tuple(as_list(entry.get("source", []))),
        statement=entry["statement"],
        because=entry.get("because", {}),
        references=tuple(entry.get("references", [])),
        identity=entry.get("identity"),
        estimand=estimand_of(entry) if kind in ("measured", "timed") else None,
        entry=entry,
    )


def estimand_of(entry: Entry) -> Estimand:
    """Return what a measured or timed claim estimates."""
    form, unit = form_of(entry), unit_of(entry)
    return Estimand(
        experiments=tuple(as_list(entry.get("experiment", []))),
        metric=entry["metric"],
        form=form,
        sides=tuple(
            side if isinstance(side, dict) else claims.quantity(side, unit)
            for side in (entry[form][name] for name in FORMS[form])
        ),
        contexts=entry.get("contexts", {}),
        where=entry.get("where", {}),
        reference=entry.get("reference"),
        threshold=entry.get("threshold"),
        along=entry[form].get("along"),
        smallest_effect=claims.quantity(entry["smallest_effect"], unit),
        unit=f"{unit} per {claims.STEPS[entry[form]['along']]}" if form == "slope" else unit,
    )


def as_list(value: object) -> list:
    """A value that may be one or several, as a list."""
    return value if isinstance(value, list) else [value]


def form_of(entry: Entry) -> str:
    """The form of a comparison: difference, ratio or slope."""
    return next(form for form in FORMS if form in entry)


def metric_of(entry: Entry) -> Metric | None:
    """The registry's entry of a claim's metric, or of the one that it is counted in; None for a cost by itself."""
    name = TIMED.get(entry["metric"], entry["metric"])
    return name and METRICS[name]


def unit_of(entry: Entry) -> str:
    """Unit of the numbers of a claim."""
    return "log2" if "ratio" in entry else metric_of(entry).unit
