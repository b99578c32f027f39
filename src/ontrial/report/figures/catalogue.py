"""The catalogue of figures. Importing it loads neither Matplotlib nor pandas: the workflow reads it when it starts."""

from typing import NamedTuple


class Entry(NamedTuple):
    """Module of the figure's function, and what it needs: experiments, probes, verdicts, published tables, times."""

    module: str
    needs: tuple[str, ...] = ()
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
EVIDENCE = "evidence-"  # and the id of a claim: its own figure
FILM = "film-"  # and the id of a film: a strip of its frames


def catalogue(study, benchmark: bool = False, scale: bool = False) -> tuple[str, ...]:
    """Names of the figures that a study's tables suffice for: it has their experiments, with their probes.

    benchmark, scale: whether one is published.
    """
    return tuple(
        name
        for name, entry in FIGURES.items()
        if not (entry.verdicts or entry.times)
        and (benchmark or not entry.benchmark)
        and (scale or not entry.scale)
        and all(needed in study.experiments for needed in entry.needs)
        and all(set(entry.probes) <= set(study.experiments[needed].training.probes) for needed in entry.needs)
    )


def of_claims(claims, kind: str = "measured") -> tuple[str, ...]:
    """Names of the figures drawn from the verdicts on a docket's claims (id → Claim) of a kind: measured or timed."""
    ids = [id for id, claim in claims.items() if claim.kind == kind]
    lottery = ["seed-lottery"] if ids and kind == "measured" else []
    return (*lottery, *(EVIDENCE + id for id in ids))
