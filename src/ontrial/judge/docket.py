"""The docket: the claims that a study tests. The step `docket` writes the checked docket to docket.json."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ontrial.judge import own_metrics
from ontrial.judge.claim import REMARKS, Claim, parse_quantity
from ontrial.judge.claims import step_of
from ontrial.judge.estimands import FORMS, Estimand
from ontrial.judge.metrics import METRICS
from ontrial.judge.own_metrics import MetricsFile
from ontrial.judge.units import Unit, recorded
from ontrial.storage import json_files
from ontrial.study import study_files
from ontrial.study.schema_files import load_schema
from ontrial_judge.core.statistics import Quantifier
from ontrial_judge.core.verdicts import Conclusion, Kind

Spec = dict[str, Any]  # a claim's entry in the docket's file
LISTS = ("source", "translation", "quotations", "asked_by", "references")  # of which an entry may have one or several
SHARED_PAGES = {  # conclusion → page of all claims with it
    Conclusion.BY_CONSTRUCTION: "definitions",
    Conclusion.NOT_TESTABLE: "not-testable",
}


@dataclass(frozen=True)
class Docket:
    """The claims that a study tests.

    claims: Claims by id.
    references: References by short name, each with a text and a doi or url.
    threshold: Accuracy that counts as learnt in this study, if it has its own.
    chapters: Titles of the chapters by language, by name. A site may have a page of this name.
    sources: Books, courses and guides that claims quote, by name, each with a title, an author and a url.
    from_notes: Whether the sources of claims in chapters of the site are sentences of the study notes.
    metrics: File of the study's own metrics.
    times: Numbers of timed claims by id, in the form of seeds.json.
    """

    claims: dict[str, Claim]
    references: dict[str, dict[str, str]]
    threshold: float | None = None
    chapters: dict[str, dict[str, str]] = field(default_factory=dict)
    sources: dict[str, dict[str, str]] = field(default_factory=dict)
    from_notes: bool = False
    metrics: MetricsFile | None = None
    times: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the content of docket.json."""
        looks = {claim.id: claim.looks for claim in self.claims.values() if claim.looks}
        content: dict[str, Any] = {
            "claims": [claim.spec for claim in self.claims.values()],
            "references": self.references,
            "looks": looks,
            "threshold": self.threshold,
            "chapters": self.chapters,
            "sources": self.sources,
            "from_notes": self.from_notes,
            "metrics": self.metrics and self.metrics._asdict(),
            "times": self.times,
        }
        if own := {claim.id: claim.components_sha256 for claim in self.claims.values() if claim.components_sha256}:
            content["components"] = own
        return json.dumps(content, ensure_ascii=False, indent=1)


def load_docket(path: str | Path) -> Docket:
    """Read docket.json, and register the study's own metrics. Raises InputError if it is missing or damaged."""
    content = study_files.read_result(path, "docket.json")
    require_written(content, path)
    file = content["metrics"] and MetricsFile(**content["metrics"])
    own_metrics.define(file)
    return build_docket(**content | {"metrics": file})


def require_written(content: Mapping[str, Any], path: str | Path) -> None:
    """Raise InputError unless what docket.json has from the docket's file follows the schema of dockets."""
    written = {
        key: content[key] for key in ("claims", "references", "chapters", "sources", "from_notes") if content[key]
    }
    json_files.check(path, {"claims": [], **written}, load_schema("claims"))


def build_docket(
    claims: list[Spec],
    references: dict[str, dict[str, str]],
    looks: Mapping[str, Sequence[int]],
    threshold: float | None = None,
    components: Mapping[str, str] | None = None,
    **others: Any,
) -> Docket:
    """Return the docket of claims that have been checked.

    looks: Looks of each claim with a sequential design.
    threshold: Threshold of the study, which overrides that of the claims.
    components: SHA-256 of the study's own parts of networks, for each claim that compares networks with one.
    others: Further fields of the docket.
    """
    own = components or {}
    built = [_build_claim(spec, looks.get(spec["id"], ()), threshold, own.get(spec["id"])) for spec in claims]
    return Docket({claim.id: claim for claim in built}, references, threshold, **others)


def _build_claim(
    spec: Spec, looks: Sequence[int] = (), threshold: float | None = None, components_sha256: str | None = None
) -> Claim:
    """Return the claim of a checked spec.

    looks: Number of seeds at each look, if the design is sequential.
    threshold: Threshold of the study, if it has its own.
    components_sha256: SHA-256 of the study's own parts of networks, if the claim compares networks with one.
    """
    if "threshold" not in spec or METRICS[recorded(spec["metric"])].goal != "accuracy":
        threshold = None
    kind = Kind(spec.get("kind", Kind.MEASURED))
    given = {name: spec[name] for name in ("id", "statement", "identity", *REMARKS) if name in spec}
    listed = {name: tuple(as_list(spec[name])) for name in LISTS if name in spec}
    return Claim(
        **given | listed,
        kind=kind,
        estimand=build_estimand(spec, threshold) if kind in (Kind.MEASURED, Kind.TIMED) else None,
        spec=spec,
        looks=tuple(looks),
        threshold=threshold,
        components_sha256=components_sha256,
    )


def build_estimand(spec: Spec, threshold: float | None = None) -> Estimand:
    """Return the estimand of a measured or timed claim.

    threshold: Threshold of the study, which overrides the claim's own.
    """
    form, unit, step = form_of(spec), unit_of(spec), step_in(spec)
    sides = sides_in(spec).items()
    return Estimand(
        experiments=tuple(as_list(spec.get("experiment", []))),
        metric=spec["metric"],
        form=form,
        sides={name: side if isinstance(side, dict) else parse_quantity(side, unit) for name, side in sides},
        contexts=spec.get("contexts", {}),
        where=spec.get("where", {}),
        threshold=spec.get("threshold") if threshold is None else threshold,
        along=spec[form].get("along"),
        smallest_effect=parse_quantity(spec["smallest_effect"], unit, step),
        unit=str(Unit(unit, step)),
        quantifier=Quantifier(spec["quantifier"]) if "quantifier" in spec else None,
    )


def as_list(value: object) -> list:
    """Return a value that may be one or several as a list."""
    return value if isinstance(value, list) else [value]


def form_of(spec: Spec) -> str:
    """Return the form of a comparison: the one of FORMS that it has."""
    return next(form for form in FORMS if form in spec)


def sides_in(spec: Spec) -> dict[str, Any]:
    """Return the sides of a comparison, an arm or a quantity, by name."""
    form = form_of(spec)
    return {name: spec[form][name] for name in FORMS[form] if name in spec[form]}


def unit_of(spec: Spec) -> str:
    """Return the unit of a claim's numbers."""
    is_bound = "equality" in spec or "at_most" in spec
    takes_factor = "ratio" in spec or (is_bound and str(spec["smallest_effect"]).startswith("factor"))
    return "log2" if takes_factor else METRICS[recorded(spec["metric"])].unit


def step_in(spec: Spec) -> str:
    """Return the name of one step along the axis of a claim about a slope, such as "layer"; "" for other forms."""
    return step_of(spec["slope"]["along"]) if "slope" in spec else ""
