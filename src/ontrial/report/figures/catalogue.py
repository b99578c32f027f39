"""The catalogue of figures. The workflow reads it when it starts, so it imports neither Matplotlib nor pandas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ontrial import data
from ontrial.nn import OUTPUTS
from ontrial.nn.probes import PROBES
from ontrial.report.figures.style import NARROW, WIDTHS

if TYPE_CHECKING:
    from ontrial.judge.claims import Claim
    from ontrial.study.study import Experiment, Study


class Entry(NamedTuple):
    """The module of a figure's function, and what the figure needs.

    experiments, needs: names, each experiment with all that NEEDS requires. verdicts, benchmark, scale, replications,
    times: whether the figure needs verdicts, the published benchmark, the published measurements of larger studies, the
    published verdicts of the default study and its replications, or job times.
    wide: whether it has a second, wide drawing; a diagram has not, since it would not show more.
    """

    module: str
    experiments: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    verdicts: bool = False
    benchmark: bool = False
    scale: bool = False
    times: bool = False
    replications: bool = False
    wide: bool = True


def _has_probe(name: str, experiment: Experiment) -> bool:
    return name in experiment.training.probes


# What a figure may need of an experiment. The page of a study without it says so, in the words of docs/phrases.yaml.
NEEDS: dict[str, Callable[[Experiment], bool]] = {
    "training": lambda experiment: experiment.training.happens,
    "classes": lambda experiment: all(map(data.has_classes, experiment.grid["dataset"])),
    "hidden layers": lambda experiment: any(experiment.grid["hidden"]),
    "probabilities": lambda experiment: any(
        OUTPUTS[pair.split("+")[0]].predicts != "numbers" for pair in experiment.grid["objective"]
    ),
    "groups": lambda experiment: any(data.source(name).grouped for name in experiment.grid["dataset"]),
    "plane": lambda experiment: any(map(data.is_plane, experiment.grid["dataset"])),
    **{f"probe {name}": partial(_has_probe, name) for name in PROBES},
}

FIGURES = {
    "neuron": Entry("diagrams", wide=False),
    "neuron-equation": Entry("diagrams", wide=False),
    "layers": Entry("diagrams", wide=False),
    "what-a-batch-is": Entry("diagrams", wide=False),
    "activation-curves": Entry("curves"),
    "mse-curve": Entry("curves"),
    "cross-entropy-curve": Entry("curves"),
    "loss-surfaces": Entry("surfaces"),
    "learning-curves": Entry("curves", ("main-grid",), ("classes", "training")),
    "batch-slope": Entry("slope", ("batch-size",), ("classes", "training")),
    "batch-policies": Entry("curves", ("batch-size",), ("classes", "training")),
    "activation-loss": Entry("curves", ("main-grid",), ("classes", "training")),
    "activation-batch": Entry("surfaces", ("main-grid",), ("classes", "training")),
    "batch-rate-surface": Entry("surfaces", ("batch-size",), ("classes", "training")),
    "gradient-norms": Entry("training", ("vanishing",), ("classes", "probe gradients", "hidden layers")),
    "dead-units": Entry("training", ("dying",), ("classes", "probe units", "hidden layers")),
    "survival": Entry("training", ("speed",), ("classes", "training")),
    "calibration": Entry("reliability", ("losses",), ("classes", "training", "probabilities", "probe probabilities")),
    "titanic-reliability": Entry("reliability", ("titanic",), ("classes", "training", "probabilities", "groups")),
    "boundaries": Entry("boundaries", ("shapes",), ("classes", "training", "plane")),
    "evidence": Entry("evidence", verdicts=True),
    "seed-lottery": Entry("evidence", verdicts=True),
    "speed-jax": Entry("benchmark", benchmark=True),
    "speed-peak": Entry("benchmark", benchmark=True),
    "speed-scaling": Entry("benchmark", benchmark=True),
    "speed-memory": Entry("benchmark", benchmark=True),
    "growth": Entry("scaling", scale=True),
    "replications": Entry("replications", replications=True),
    "on-mnist": Entry("replications", replications=True),
    "rule-graph": Entry("workflow", wide=False),
    "where-time-goes": Entry("workflow", times=True),
}
TIMES = tuple(name for name, entry in FIGURES.items() if entry.times)
EVIDENCE = "evidence-"  # prefix of the figure of one claim; the id of the claim follows
FILM = "film-"  # prefix of the strip of one film; the id of the film follows


def widths(name: str) -> tuple[float, ...]:
    """Return the widths in which a figure is drawn."""
    has_wide = name.startswith((EVIDENCE, FILM)) or (name in FIGURES and FIGURES[name].wide)
    return tuple(WIDTHS) if has_wide else (NARROW,)


def file_name(name: str, language: str, scheme: str, width: float) -> str:
    """Return the name of the file of a figure."""
    return f"{name}-{language}-{scheme}{WIDTHS[width]}.svg"


def card_name(name: str, language: str) -> str:
    """Return the name of the picture that previews a link to a figure."""
    return f"{name}-{language}.png"


def catalogue(
    study: Study, benchmark: bool = False, scale: bool = False, replications: bool = False
) -> tuple[str, ...]:
    """Return the names of the figures that can be drawn from a study's tables and the published measurements.

    benchmark, scale, replications: whether these are published.
    """
    return tuple(
        name
        for name, entry in FIGURES.items()
        if not (entry.verdicts or entry.times)
        and (benchmark or not entry.benchmark)
        and (scale or not entry.scale)
        and (replications or not entry.replications)
        and set(entry.experiments) <= study.experiments.keys()
        and not unmet_needs(study, name)
    )


def unmet_needs(study: Study, name: str) -> list[str]:
    """Return what a figure needs of experiments that the study has, and that they lack."""
    entry = FIGURES[name]
    experiments = [study.experiments[experiment] for experiment in entry.experiments if experiment in study.experiments]
    return [need for need in entry.needs if not all(map(NEEDS[need], experiments))]


def of_claims(claims: Mapping[str, Claim], kind: str = "measured") -> tuple[str, ...]:
    """Return the names of the figures drawn from the verdicts on the claims (by id) of a kind, measured or timed."""
    ids = [id for id, claim in claims.items() if claim.kind == kind]
    lottery = ["seed-lottery"] if ids and kind == "measured" else []
    return (*lottery, *(EVIDENCE + id for id in ids))
