"""The catalogue of figures. The workflow reads it when it starts, so it imports neither Matplotlib nor pandas."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ontrial import data
from ontrial.judge.claims import shares_a_rate
from ontrial.judge.records import Kind
from ontrial.nn.outputs import OUTPUTS
from ontrial.nn.probes import PROBES
from ontrial.report.figures.declaration import figure
from ontrial.report.figures.formats import BY_SIZE, EVIDENCE, LASTING, NARROW, SHARED_RATES, WIDTHS

if TYPE_CHECKING:
    from ontrial.judge.claims import Claim
    from ontrial.study.study import Experiment, Study


def _has_probe(name: str, experiment: Experiment) -> bool:
    return name in experiment.training.probes


# What a figure may need of an experiment. The page of a study without it says so, in the words of docs/words.yaml.
NEEDS: dict[str, Callable[[Experiment], bool]] = {
    "training": lambda experiment: experiment.training.happens,
    "classes": lambda experiment: all(map(data.has_classes, experiment.grid["dataset"])),
    "hidden layers": lambda experiment: any(experiment.grid["hidden"]),
    "probabilities": lambda experiment: any(
        OUTPUTS[pair.output].predicts != "numbers" for pair in experiment.grid["objective"]
    ),
    "groups": lambda experiment: any(data.source(name).grouped for name in experiment.grid["dataset"]),
    "plane": lambda experiment: any(map(data.is_plane, experiment.grid["dataset"])),
    **{f"probe {name}": partial(_has_probe, name) for name in PROBES},
}

# A declaration with the name of its function. Parsing whole modules would delay every start of Snakemake.
DECLARATION = re.compile(r"^@(figure\(.*?\))\ndef (\w+)\(", re.MULTILINE | re.DOTALL)


def _declarations() -> Iterator[tuple[str, str, figure]]:
    """Yield the name, the module and the declaration of every figure."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        for call, function in DECLARATION.findall(path.read_text(encoding="utf-8")):
            keywords = ast.parse(call).body[0].value.keywords
            arguments = {keyword.arg: ast.literal_eval(keyword.value) for keyword in keywords}
            yield function.replace("_", "-"), path.stem, figure(**arguments)


_DECLARED = list(_declarations())
FIGURES = {name: declared for name, _, declared in _DECLARED}
MODULES = {name: module for name, module, _ in _DECLARED}
SOURCES = {declared.source for declared in FIGURES.values()}


def widths(name: str) -> tuple[float, ...]:
    """Return the widths in which a figure is drawn. Figures of claims and films have both."""
    return tuple(WIDTHS) if name not in FIGURES or FIGURES[name].wide else (NARROW,)


def catalogue(study: Study, published: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names of the figures that can be drawn from a study's tables and the published measurements.

    published: Names of these measurements.
    """
    return tuple(
        name
        for name, declared in FIGURES.items()
        if declared.source in (None, *published)
        and set(declared.experiments) <= study.experiments.keys()
        and not unmet_needs(study, name)
    )


def unmet_needs(study: Study, name: str) -> list[str]:
    """Return the needs of a figure that experiments of the study do not meet, as keys of NEEDS."""
    declared = FIGURES[name]
    experiments = [study.experiments[key] for key in declared.experiments if key in study.experiments]
    return [need for need in declared.needs if not all(map(NEEDS[need], experiments))]


def of_claims(claims: Mapping[str, Claim], kind: Kind = Kind.MEASURED) -> tuple[str, ...]:
    """Return the names of the figures that are drawn from verdicts on claims of a kind, measured or timed.

    claims: Claims by id.
    """
    ids = [id for id, claim in claims.items() if claim.kind is kind]
    if kind is not Kind.MEASURED or not ids:
        return tuple(EVIDENCE + id for id in ids)
    estimands = {id: claims[id].estimand for id in ids}
    lasting = [LASTING + id for id, estimand in estimands.items() if estimand and estimand.measure.is_curve]
    shared = [SHARED_RATES + id for id, estimand in estimands.items() if estimand and shares_a_rate(estimand)]
    return ("seed-lottery", *(EVIDENCE + id for id in ids), *lasting, *shared)


def of_sizes(followed: Iterable[str | None], shown: Collection[str]) -> list[str]:
    """Return the names of the figures that are drawn from the published study of sizes.

    followed: Id of the claim that each of its claims follows; None for a claim that follows none.
    shown: Ids of the claims that have a page.
    """
    return [f"{BY_SIZE}{id}" for id in dict.fromkeys(followed) if id in shown]
