"""The catalogue of figures. The workflow reads it when it starts, so it imports neither Matplotlib nor pandas."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, NamedTuple

from ontrial import data
from ontrial.judge.claims import shares_a_rate
from ontrial.judge.records import Kind, Verdict
from ontrial.nn.outputs import OUTPUTS
from ontrial.nn.probes import PROBES
from ontrial.report.figures.formats import BY_SIZE, EVIDENCE, LASTING, NARROW, OF_CLAIMS, SHARED_RATES, WIDTHS

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


class Figure(NamedTuple):
    """A figure, and what it needs.

    entry: Entry point of the function that draws it, the module and the function.
    experiments: Names of the experiments that it shows.
    needs: Keys of NEEDS that each experiment must meet.
    source: Source other than runs: "verdicts", or the name of a published measurement in MEASUREMENTS.
    wide: Whether it has a second, wide drawing. Diagrams have none, since it would not show more.
    """

    entry: str
    experiments: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    source: str | None = None
    wide: bool = True


FIGURES = {
    "boundaries": Figure(
        "ontrial.report.figures.boundaries:boundaries", experiments=("shapes",), needs=("classes", "training", "plane")
    ),
    "by-size": Figure("ontrial.report.figures.by_size:by_size", source="verdicts"),
    "activation-curves": Figure("ontrial.report.figures.curves:activation_curves"),
    "mse-curve": Figure("ontrial.report.figures.curves:mse_curve"),
    "cross-entropy-curve": Figure("ontrial.report.figures.curves:cross_entropy_curve"),
    "batch-policies": Figure(
        "ontrial.report.figures.curves:batch_policies", experiments=("batch-size",), needs=("classes", "training")
    ),
    "descent": Figure("ontrial.report.figures.descent:descent"),
    "valley": Figure("ontrial.report.figures.descent:valley"),
    "ravine": Figure("ontrial.report.figures.descent:ravine"),
    "neuron": Figure("ontrial.report.figures.diagrams:neuron", wide=False),
    "neuron-equation": Figure("ontrial.report.figures.diagrams:neuron_equation", wide=False),
    "layers": Figure("ontrial.report.figures.diagrams:layers", wide=False),
    "what-a-batch-is": Figure("ontrial.report.figures.diagrams:what_a_batch_is", wide=False),
    "evidence": Figure("ontrial.report.figures.evidence:evidence", source="verdicts"),
    "seed-lottery": Figure("ontrial.report.figures.evidence:seed_lottery", source="verdicts"),
    "lasting": Figure("ontrial.report.figures.lasting:lasting", source="verdicts"),
    "one-curve": Figure("ontrial.report.figures.one_curve:one_curve", source="one-curve"),
    "curve-deviation": Figure("ontrial.report.figures.one_curve:curve_deviation", source="one-curve"),
    "two-numbers": Figure("ontrial.report.figures.one_curve:two_numbers", source="one-curve"),
    "predicted-limits": Figure("ontrial.report.figures.predicted_limits:predicted_limits", source="one-curve"),
    "calibration": Figure(
        "ontrial.report.figures.reliability:calibration",
        experiments=("losses",),
        needs=("classes", "training", "probabilities", "probe probabilities"),
    ),
    "titanic-reliability": Figure(
        "ontrial.report.figures.reliability:titanic_reliability",
        experiments=("titanic",),
        needs=("classes", "training", "probabilities", "groups"),
    ),
    "replications": Figure("ontrial.report.figures.replications:replications", source="replications"),
    "on-mnist": Figure("ontrial.report.figures.replications:on_mnist", source="replications"),
    "scaling": Figure("ontrial.report.figures.scaling:scaling", source="scaling"),
    "shared-rates": Figure("ontrial.report.figures.shared_rates:shared_rates", source="verdicts"),
    "batch-slope": Figure(
        "ontrial.report.figures.slope:batch_slope", experiments=("batch-size",), needs=("classes", "training")
    ),
    "batch-rate-surface": Figure(
        "ontrial.report.figures.surfaces:batch_rate_surface", experiments=("batch-size",), needs=("classes", "training")
    ),
    "loss-surfaces": Figure("ontrial.report.figures.surfaces:loss_surfaces"),
    "gradient-norms": Figure(
        "ontrial.report.figures.training:gradient_norms",
        experiments=("vanishing",),
        needs=("classes", "probe gradients", "hidden layers"),
    ),
    "dead-units": Figure(
        "ontrial.report.figures.training:dead_units",
        experiments=("dying",),
        needs=("classes", "probe units", "hidden layers"),
    ),
    "learning-curves": Figure(
        "ontrial.report.figures.training:learning_curves", experiments=("speed",), needs=("classes", "training")
    ),
    "survival": Figure(
        "ontrial.report.figures.training:survival", experiments=("speed",), needs=("classes", "training")
    ),
    "backpropagation": Figure("ontrial.report.figures.worked_network:backpropagation", wide=False),
}
SOURCES = {figure.source for figure in FIGURES.values()}


def drawing_function(name: str) -> Callable[..., Any]:
    """Return the function that draws a figure from a study's findings and the words of a language."""
    for prefix in OF_CLAIMS:
        if name.startswith(prefix):
            return partial(drawing_function(prefix.rstrip("-")), claim=name.removeprefix(prefix))
    return resolve_name(FIGURES[name].entry)


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


def is_empty(name: str, verdicts: Mapping[str, Verdict]) -> bool:
    """Return whether a figure has nothing to show: over the course of training, the claim has no other outcome.

    verdicts: Verdicts by the id of their claim.
    """
    if not name.startswith(LASTING):
        return False
    return not any(context.changes for context in verdicts[name.removeprefix(LASTING)].contexts)


def of_sizes(followed: Iterable[str | None], shown: Collection[str]) -> list[str]:
    """Return the names of the figures that are drawn from the published study of sizes.

    followed: Id of the claim that each of its claims follows; None for a claim that follows none.
    shown: Ids of the claims that have a page.
    """
    return [f"{BY_SIZE}{id}" for id in dict.fromkeys(followed) if id in shown]
