"""Which figures a study has. The workflow asks when it starts, so this imports neither Matplotlib nor pandas."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from ontrial import data
from ontrial.nn.outputs import OUTPUTS
from ontrial.nn.probes import PROBES
from ontrial.report.contents import Figure
from ontrial.report.figures.formats import EVIDENCE, NARROW, WIDTHS
from ontrial_judge.core.verdicts import Kind

if TYPE_CHECKING:
    from ontrial.judge.claim import Claim
    from ontrial.study.study import Experiment, Study

Figures = Mapping[str, Figure]  # by name


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


def drawing_function(figures: Figures, name: str) -> Callable[..., Any]:
    """Return the function that draws a figure from a study's findings and the words of a language."""
    if name.startswith(EVIDENCE):
        return partial(resolve_name(figures["evidence"].entry), claim=name.removeprefix(EVIDENCE))
    return resolve_name(figures[name].entry)


def widths(figures: Figures, name: str) -> tuple[float, ...]:
    """Return the widths in which a figure is drawn. Figures of claims have both."""
    return tuple(WIDTHS) if name not in figures or figures[name].wide else (NARROW,)


def drawable(figures: Figures, study: Study, published: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names of the figures that can be drawn from a study's tables and the published measurements.

    published: Names of these measurements.
    """
    return tuple(
        name
        for name, figure in figures.items()
        if figure.source in (None, *published)
        and set(figure.experiments) <= study.experiments.keys()
        and not unmet_needs(figure, study)
    )


def unmet_needs(figure: Figure, study: Study) -> list[str]:
    """Return the needs of a figure that experiments of the study do not meet, as keys of NEEDS."""
    experiments = [study.experiments[key] for key in figure.experiments if key in study.experiments]
    return [need for need in figure.needs if not all(map(NEEDS[need], experiments))]


def of_claims(claims: Mapping[str, Claim]) -> tuple[str, ...]:
    """Return the names of the figures that are drawn from verdicts on measured and timed claims.

    claims: Claims by id.
    """
    return tuple(EVIDENCE + id for id, claim in claims.items() if claim.kind in (Kind.MEASURED, Kind.TIMED))
