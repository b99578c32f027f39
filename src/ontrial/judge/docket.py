"""The docket: the claims that a study tests. Step `docket` writes the checked one to docket.json for later steps."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ontrial.judge.claims import FORMS, SLOPE_STEPS, Claim, Estimand, parse_quantity
from ontrial.judge.metrics import METRICS, recorded

Spec = dict[str, Any]  # a claim as the docket's file has it


@dataclass(frozen=True)
class Docket:
    """The claims that a study tests, by id, and the references, by short name: each with text, and doi or url."""

    claims: dict[str, Claim]
    references: dict[str, dict[str, str]]

    def to_json(self) -> str:
        """Return the content of docket.json."""
        content = {"claims": [claim.spec for claim in self.claims.values()], "references": self.references}
        return json.dumps(content, ensure_ascii=False, indent=1)


def load_docket(path: str | Path) -> Docket:
    """Read docket.json."""
    return build_docket(**json.loads(Path(path).read_text(encoding="utf-8")))


def build_docket(claims: list[Spec], references: dict[str, dict[str, str]]) -> Docket:
    """Return the docket of claims that have been checked."""
    return Docket({spec["id"]: build_claim(spec) for spec in claims}, references)


def build_claim(spec: Spec) -> Claim:
    """Return the claim of a checked spec."""
    kind = spec.get("kind", "measured")
    return Claim(
        id=spec["id"],
        kind=kind,
        chapter=spec.get("chapter"),
        source=tuple(as_list(spec.get("source", []))),
        statement=spec["statement"],
        because=spec.get("because", {}),
        references=tuple(spec.get("references", [])),
        identity=spec.get("identity"),
        estimand=build_estimand(spec) if kind in ("measured", "timed") else None,
        spec=spec,
    )


def build_estimand(spec: Spec) -> Estimand:
    """Return what a measured or timed claim estimates."""
    form, unit = form_of(spec), unit_of(spec)
    sides = {name: spec[form][name] for name in FORMS[form]}
    return Estimand(
        experiments=tuple(as_list(spec.get("experiment", []))),
        metric=spec["metric"],
        form=form,
        sides={name: side if isinstance(side, dict) else parse_quantity(side, unit) for name, side in sides.items()},
        contexts=spec.get("contexts", {}),
        where=spec.get("where", {}),
        reference=spec.get("reference"),
        threshold=spec.get("threshold"),
        along=spec[form].get("along"),
        smallest_effect=parse_quantity(spec["smallest_effect"], unit),
        unit=f"{unit} per {SLOPE_STEPS[spec[form]['along']]}" if form == "slope" else unit,
    )


def as_list(value: object) -> list:
    """Return a value that may be one or several as a list."""
    return value if isinstance(value, list) else [value]


def form_of(spec: Spec) -> str:
    """Return the form of a comparison: difference, ratio or slope."""
    return next(form for form in FORMS if form in spec)


def unit_of(spec: Spec) -> str:
    """Return the unit of a claim's numbers."""
    return "log2" if "ratio" in spec else METRICS[recorded(spec["metric"])].unit
