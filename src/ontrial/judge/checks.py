"""A docket as YAML → the checked docket. Mistakes are reported before any job starts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from ontrial import data
from ontrial.errors import InputError, unknown
from ontrial.judge import claims, timing
from ontrial.judge.claims import FORMS, Arm, Estimand
from ontrial.judge.docket import Docket, as_list, estimand_of, form_of, metric_of, of_checked, unit_of
from ontrial.judge.identities import IDENTITIES
from ontrial.judge.metrics import METRICS, TIMED
from ontrial.judge.policies import POLICIES
from ontrial.nn import LOSSES, OUTPUTS
from ontrial.study import checking
from ontrial.study.cell import SETTINGS
from ontrial.study.checking import KeyPath, Mistake, show
from ontrial.study.configuration import NAME_CHECKS
from ontrial.study.study import Study

MOST_CONTEXTS = 1_000  # of one claim
COMPARISON = ("experiment", "metric", "threshold", *FORMS, "contexts", "where", "reference", "smallest_effect")


def read(path: str | Path, study: Study) -> Docket:
    """The claims that a study tries, from a docket's file; InputError lists every mistake with its claim and line."""
    return parse(checking.read_text(path), str(path), study)


def parse(text: str, where: str, study: Study) -> Docket:
    """The claims that a study tries, from a docket as YAML text. where: what messages call it."""

    def refusals(value: dict, mistakes: list[Mistake]) -> Iterator[Mistake]:
        if not mistakes:
            yield from list(checking.repeated_ids("claims", value["claims"])) or _untriable(value, study)

    value = checking.check(text, where, checking.load_schema("claims"), {}, refusals)
    return of_checked([entry for entry in value["claims"] if _is_tried(entry, study)], value.get("references", {}))


def _is_tried(entry: dict, study: Study) -> bool:
    return study.claims is None or entry["id"] in study.claims


def _untriable(value: dict, study: Study) -> Iterator[Mistake]:
    """What is wrong with the claims that a study tries; InputError if it asks for one that isn't there."""
    ids = [entry["id"] for entry in value["claims"]]
    for id in study.claims or ():
        if id not in ids:
            raise InputError(f"{study.source}: claims: {unknown('claim', id, ids)}")
    for i, entry in enumerate(value["claims"]):
        if _is_tried(entry, study):
            for place, sentence in _refusals(entry, study, value.get("references", {})):
                yield ("claims", i, *place), sentence


# Refusals: claims that obey the schema and can't be judged. Each is a place within the claim and a sentence. ----------


def _refusals(entry: dict, study: Study, references: Mapping) -> Iterator[Mistake]:
    """What is wrong with one claim."""
    for i, name in enumerate(entry.get("references", [])):
        if name not in references:
            yield ("references", i), unknown("reference", name, references)
    kind = entry.get("kind", "measured")
    if kind in ("measured", "timed"):
        for check in (_keys, _names, _quantities, _arms):
            found = list(check(entry, study))
            yield from found
            if found:
                return
    else:
        yield from (((key,), f"a claim of kind {kind} has no {key}.") for key in COMPARISON if key in entry)
    if (kind == "by_construction") != ("identity" in entry):
        needs = f'needs the key "identity": one of {", ".join(IDENTITIES)}'
        yield (), f"a claim of kind {kind} {needs if kind == 'by_construction' else 'has no identity'}."
    elif "identity" in entry and entry["identity"] not in IDENTITIES:
        yield ("identity",), unknown("identity", entry["identity"], IDENTITIES)
    if kind == "not_testable" and "because" not in entry:
        yield (), 'a claim that is not testable needs the key "because", which says why.'


def _keys(entry: dict, study: Study) -> Iterator[Mistake]:
    """Keys that a comparison needs."""
    kind = entry.get("kind", "measured")
    for key in ("metric", "smallest_effect"):
        if key not in entry:
            yield (), f'the key "{key}" is missing: a {kind} claim needs it.'
    forms = [form for form in FORMS if form in entry]
    if len(forms) != 1:
        yield (), f"a {kind} claim needs exactly one of {', '.join(FORMS)}; has {', '.join(forms) or 'none'}."
    if kind == "timed" and forms not in ([], ["ratio"]):
        yield (forms[0],), "a timed claim compares times by their ratio."
    if entry.get("metric") == "cost" and "experiment" in entry:
        yield ("experiment",), 'the metric "cost" has no experiment.'
    if entry.get("metric") != "cost" and "experiment" not in entry:
        yield (), f'the key "experiment" is missing: a {kind} claim needs it.'


def _names(entry: dict, study: Study) -> Iterator[Mistake]:
    """Names of experiments, metrics, settings, and their values."""
    for i, name in enumerate(as_list(entry.get("experiment", []))):
        if name not in study.experiments:
            place = ("experiment", i) if isinstance(entry["experiment"], list) else ("experiment",)
            yield place, unknown("experiment", name, study.experiments)
    known = TIMED if entry.get("kind") == "timed" else METRICS
    if entry["metric"] not in known:
        yield ("metric",), unknown("metric", entry["metric"], known)
    values = COST_VALUES if entry["metric"] == "cost" else VALUES
    form = form_of(entry)
    arms = [entry[form][side] for side in FORMS[form] if isinstance(entry[form][side], dict)]
    for axis in entry.get("contexts", {}):
        if (arms and all(axis in arm for arm in arms)) or axis in claims.arm_axes(arms):
            yield ("contexts", axis), "the arms say it themselves. Remove it from one of the two places."
    if len(claims.arm_axes(arms)) < sum(len(claims.arm_axes([arm])) for arm in arms):
        yield (form,), "both arms have a list for the same setting: a list in one arm is an axis."
    places = {("contexts",): "context", ("where",): "setting", ("reference",): "setting"}
    places |= {(form, side): "setting" for side in FORMS[form]}
    for place, kind in places.items():
        settings = entry
        for key in place:
            settings = settings.get(key, {})
        for name, value in settings.items() if isinstance(settings, dict) else ():
            if name not in values:
                yield (*place, name), unknown(kind, name, values)
                continue
            for i, item in enumerate(as_list(value)):
                try:
                    values[name](item)
                except ValueError as error:
                    yield (*place, name, i) if isinstance(value, list) else (*place, name), str(error)


def _quantities(entry: dict, study: Study) -> Iterator[Mistake]:
    """Numbers, units, and whether form and metric go together."""
    form, unit, metric = form_of(entry), unit_of(entry), metric_of(entry)
    numbers = {(form, name): entry[form][name] for name in FORMS[form] if not isinstance(entry[form][name], dict)}
    for place, text in ({("smallest_effect",): entry["smallest_effect"]} | numbers).items():
        try:
            number = claims.quantity(text, unit)
        except ValueError as error:
            yield place, str(error)
            continue
        if place == ("smallest_effect",) and not number > 0:
            yield place, f"{show(text)} is not positive: the smallest effect must be, as in {claims.example(unit)}."
    sides = [entry[form][side] for side in FORMS[form]]
    if not any(isinstance(side, dict) for side in sides):
        yield (form,), "compares two numbers: one of them must be an arm."
    if metric is None:
        return
    if form == "ratio" and not metric.positive:
        yield ("ratio",), f'"{entry["metric"]}" may be 0 or negative: compare it by its difference.'
    if form == "ratio" and not all(isinstance(side, dict) for side in sides):
        yield ("ratio",), "compares two arms."
    if form != "ratio" and metric.censored:
        yield (form,), f'"{entry["metric"]}" is infinite for a run that never gets there: compare it by its ratio.'
    if metric.threshold != ("threshold" in entry):
        yield (), f'"{entry["metric"]}" {"needs a" if metric.threshold else "has no"} threshold.'


def _arms(entry: dict, study: Study) -> Iterator[Mistake]:
    """What the arms select, in every context; what is wrong in several is told of the first."""
    estimand = estimand_of(entry)
    if (number := math.prod(map(len, claims.axes(estimand).values()))) > MOST_CONTEXTS:
        yield (), f"{number:,} contexts, more than {MOST_CONTEXTS:,}. Shorten some of the lists."
        return
    check = _timed_context if estimand.metric == "cost" else _context
    found = {}
    for context in claims.contexts(estimand):
        for place, sentence in check(estimand, context, study):
            found.setdefault((_origin(place, entry), sentence), context)
    for (place, sentence), context in found.items():
        described = ", ".join(f"{name} {value}" for name, value in context.items())
        yield place, f"in the context {described}: {sentence}" if described else sentence


def _context(estimand: Estimand, context: dict, study: Study) -> Iterator[Mistake]:
    """What is wrong with the arms of one context."""
    form, selected = estimand.form, []
    for name, side in zip(FORMS[form], estimand.sides, strict=True):
        if isinstance(side, dict):
            try:
                selected.append(claims.arms(study, estimand, side, context))
            except claims.SelectionError as error:
                sentence, setting = error.args
                yield (form, name, setting), sentence
            except ValueError as error:
                yield (form, name), str(error)
    arms = [arm for side in selected for arm in side]
    yield from (((form,), sentence) for arm in arms for sentence in _unfit(arm, estimand))
    if len(selected) == 2:
        (of,), (other,) = selected
        if of.runs == other.runs:
            yield (form,), "both arms are the same runs."
        if estimand.unit == "loss" and of.cell.loss != other.cell.loss:
            yield (form,), "the arms minimise different losses, whose values can't be compared. Use test_nll."
    seeds = {study.experiments[arm.cell.experiment].confirmatory for arm in arms}
    if () in seeds:
        yield (form,), "an experiment without confirmatory seeds is descriptive: no verdict rests on it."
    if len(seeds) > 1:
        yield (form,), "the arms' experiments have different confirmatory seeds, so their runs can't be paired."


def _unfit(arm: Arm, estimand: Estimand) -> Iterator[str]:
    """Why a metric can't be had from an arm."""
    cell, metric = arm.cell, estimand.measure
    for probe in metric.probes:
        if probe not in cell.training.probes:
            yield f'the metric "{estimand.metric}" needs the probe {probe}: add it to experiment "{cell.experiment}".'
    if len(cell.hidden) < metric.hidden_layers:
        yield f'the metric "{estimand.metric}" needs {metric.hidden_layers} hidden layers or more.'
    if "probabilities" in metric.probes and OUTPUTS[cell.output].predicts == "numbers":
        yield f'output "{cell.output}" gives no probabilities, which the metric "{estimand.metric}" needs.'
    if "groups" in metric.probes and not data.source(cell.dataset).grouped:
        yield f'data set "{cell.dataset}" has no groups, which the metric "{estimand.metric}" needs.'


def _timed_context(estimand: Estimand, context: dict, study: Study) -> Iterator[Mistake]:
    """What is wrong with the arms of one context of the timing table."""
    points = []
    for name, side in zip(FORMS[estimand.form], estimand.sides, strict=True):
        if not isinstance(side, dict):
            yield (estimand.form, name), "a cost is compared with another cost, not with a number."
            continue
        try:
            points.append(timing.point(claims.settings(estimand, side, context)))
        except ValueError as error:
            yield (estimand.form, name), str(error)
    if len(points) == 2 and points[0] == points[1]:
        yield (estimand.form,), "both arms are the same measurement."


def _origin(place: KeyPath, entry: dict) -> KeyPath:
    """Where in a claim the setting is written that an arm took from its context, `where` or the other arm's list."""
    form, *inner = place
    if len(inner) == 2 and inner[1] not in entry[form][inner[0]]:
        written = {(key,): entry.get(key, {}) for key in ("contexts", "where")}
        written |= {(form, name): side for name, side in entry[form].items() if isinstance(side, dict)}
        return next((*home, inner[1]) for home, settings in written.items() if inner[1] in settings)
    return place


# Values that a setting may have. Each rule raises ValueError for one that it doesn't know. ----------------------------


def _member(kind: str, names: Iterable[str]) -> Callable[[object], None]:
    """Rule of values that are names of a registry."""

    def rule(value: object) -> None:
        if value not in names:
            raise ValueError(unknown(kind, value, names))

    return rule


def _number(kind: str, whole: bool, least: int = 0) -> Callable[[object], None]:
    """Rule of values that are numbers from a least one up."""

    def rule(value: object) -> None:
        numeric = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        if not (numeric and value >= least):
            raise ValueError(f'{kind} "{value}" is not a {"whole " if whole else ""}number, {least} or more.')

    return rule


def _configured(name: str) -> Callable[[object], None]:
    """Rule of values that a configuration may list for a setting."""

    def rule(value: object) -> None:
        wanted = checking.load_schema("config")["$defs"]["experiment"]["properties"][name]["items"]
        for _, sentence in checking.find_mistakes(value, NAME_CHECKS, wanted):
            raise ValueError(sentence)

    return rule


def _hidden(value: object) -> None:
    if not re.fullmatch(r"none|[1-9]\d*(-[1-9]\d*)*", str(value)):
        raise ValueError(f'hidden "{value}" is not written as widths joined by hyphens, such as 32-32, or none.')


VALUES = {name: _configured(name) for name in SETTINGS} | {
    "experiment": lambda value: None,  # any: an unknown one selects no runs
    "hidden": _hidden,
    "depth": _number("depth", whole=True),
    "output": _member("output", OUTPUTS),
    "loss": _member("loss", LOSSES),
    "budget": _member("budget", ("epochs", "updates")),
    "policy": _member("policy", POLICIES),
    "learning_rate": _number("learning rate", whole=False),
}

# Settings of a cost; `near` and `offset` stand for a batch size.
COST_VALUES = {name: VALUES[name] for name in ("dataset", "hidden", "activation", "optimiser")} | {
    "task": _member("task", timing.TASKS),
    "batch_size": _number("batch size", whole=True, least=1),
    "near": _number("near", whole=True, least=2),
    "offset": _number("offset", whole=True, least=-1),
}
