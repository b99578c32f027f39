"""The catalogue of figures. The workflow reads it when it starts, so it imports neither Matplotlib nor pandas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ontrial.judge.claims import Claim
    from ontrial.study.study import Study


class Entry(NamedTuple):
    """The module of a figure's function, and what the figure needs.

    experiments, probes: names, each experiment with all the probes. verdicts, benchmark, scale, times: whether the
    figure needs verdicts, the published benchmark, the published measurements of larger studies, or job times.
    """

    module: str
    experiments: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()
    verdicts: bool = False
    benchmark: bool = False
    scale: bool = False
    times: bool = False


FIGURES = {
    "neuron": Entry("diagrams"),
    "neuron-equation": Entry("diagrams"),
    "layers": Entry("diagrams"),
    "what-a-batch-is": Entry("diagrams"),
    "activation-curves": Entry("curves"),
    "mse-curve": Entry("curves"),
    "cross-entropy-curve": Entry("curves"),
    "loss-surfaces": Entry("surfaces"),
    "learning-curves": Entry("curves", ("main-grid",)),
    "batch-policies": Entry("curves", ("batch-size",)),
    "activation-loss": Entry("curves", ("main-grid",)),
    "activation-batch": Entry("surfaces", ("main-grid",)),
    "batch-rate-surface": Entry("surfaces", ("batch-size",)),
    "gradient-norms": Entry("training", ("vanishing",), probes=("gradients",)),
    "dead-units": Entry("training", ("dying",), probes=("units",)),
    "survival": Entry("training", ("speed",)),
    "calibration": Entry("reliability", ("losses",), probes=("probabilities",)),
    "titanic-reliability": Entry("reliability", ("titanic",)),
    "boundaries": Entry("boundaries", ("shapes",)),
    "evidence": Entry("evidence", verdicts=True),
    "seed-lottery": Entry("evidence", verdicts=True),
    "speed-jax": Entry("benchmark", benchmark=True),
    "speed-torch": Entry("benchmark", benchmark=True),
    "speed-sklearn": Entry("benchmark", benchmark=True),
    "speed-peak": Entry("benchmark", benchmark=True),
    "speed-scaling": Entry("benchmark", benchmark=True),
    "speed-memory": Entry("benchmark", benchmark=True),
    "growth": Entry("scaling", scale=True),
    "rule-graph": Entry("workflow"),
    "where-time-goes": Entry("workflow", times=True),
}
TIMES = tuple(name for name, entry in FIGURES.items() if entry.times)
EVIDENCE = "evidence-"  # prefix of the figure of one claim; the id of the claim follows
FILM = "film-"  # prefix of the strip of one film; the id of the film follows


def catalogue(study: Study, benchmark: bool = False, scale: bool = False) -> tuple[str, ...]:
    """Return the names of the figures that can be drawn from a study's tables and the published measurements.

    benchmark, scale: whether these measurements are published.
    """
    return tuple(
        name
        for name, entry in FIGURES.items()
        if not (entry.verdicts or entry.times)
        and (benchmark or not entry.benchmark)
        and (scale or not entry.scale)
        and all(
            name in study.experiments and set(entry.probes) <= set(study.experiments[name].training.probes)
            for name in entry.experiments
        )
    )


def of_claims(claims: Mapping[str, Claim], kind: str = "measured") -> tuple[str, ...]:
    """Return the names of the figures drawn from the verdicts on the claims (by id) of a kind, measured or timed."""
    ids = [id for id, claim in claims.items() if claim.kind == kind]
    lottery = ["seed-lottery"] if ids and kind == "measured" else []
    return (*lottery, *(EVIDENCE + id for id in ids))
