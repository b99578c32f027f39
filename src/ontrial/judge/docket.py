"""The docket: claims as YAML → checked claims. What is wrong with one is told before anything is trained."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from ontrial import data
from ontrial.errors import InputError, unknown
from ontrial.judge import claims, timing
from ontrial.judge.claims import FORMS, Arm, Claim, Estimand
from ontrial.judge.identities import IDENTITIES
from ontrial.judge.metrics import METRICS, TIMED, Metric
from ontrial.nn import OUTPUTS
from ontrial.study import configuration
from ontrial.study.configuration import KEYWORDS, Lines, Mistake, Place, show
from ontrial.study.study import Study

MOST_CONTEXTS = 1_000  # of one claim
SCHEMA = configuration.SCHEMAS / "claims.schema.yaml"
COMPARISON = ("experiment", "metric", "threshold", *FORMS, "contexts", "where", "reference", "smallest_effect")


@dataclass(frozen=True)
class Docket:
    """The claims that a study tries, by id, and the references, by short name: each with text, and doi or url."""

    claims: dict[str, Claim]
    references: dict[str, dict[str, str]]


def read(path: str | Path, study: Study) -> Docket:
    """The claims that a study tries, from a docket's file; InputError lists every mistake with its claim and line."""
    return parse(configuration.text_of(path), str(path), study)


def parse(text: str, where: str, study: Study) -> Docket:
    """The claims that a study tries, from a docket as YAML text. where: what messages call it."""
    value, lines = configuration.of_yaml(text, where)
    found = list(_schema_mistakes(value))
    if not found:
        found = list(_duplicates(value["claims"]))
    if found:
        raise _report(where, lines, value, found)
    entries = {entry["id"]: (i, entry) for i, entry in enumerate(value["claims"])}
    for id in study.claims or ():
        if id not in entries:
            raise InputError(f"{study.source}: claims: {unknown('claim', id, entries)}")
    references = value.get("references", {})
    tried = {}
    for i, entry in entries.values():
        if study.claims is not None and entry["id"] not in study.claims:
            continue
        wrong = [*_refusals(entry, study, references)]
        found += [(("claims", i, *place), sentence) for place, sentence in wrong]
        if not wrong:
            tried[entry["id"]] = _claim(entry)
    if found:
        raise _report(where, lines, value, found)
    return Docket(tried, references)


def _report(where: str, lines: Lines, value: object, found: Iterable[Mistake]) -> InputError:
    """All mistakes as one error; a claim is called by its id, where it has one of its own."""
    entries = value.get("claims") if isinstance(value, dict) else None
    ids = {}
    for i, entry in enumerate(entries if isinstance(entries, list) else ()):
        id = entry.get("id") if isinstance(entry, dict) else None
        if isinstance(id, str) and id not in ids.values():
            ids[i] = id

    def named(place: Place) -> Place:
        return ("claims", ids.get(place[1], place[1]), *place[2:]) if place[:1] == ("claims",) and place[1:] else place

    lines = {named(place): line for place, line in lines.items()}
    return configuration.report(where, lines, [(named(place), sentence) for place, sentence in found])


# Schema ---------------------------------------------------------------------------------------------------------------


@cache
def schema() -> dict:
    """The schema of a docket; its titles and descriptions say what each key may hold and what it means."""
    return yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))


def _schema_mistakes(value: object) -> list[Mistake]:
    """What the schema finds wrong with a docket."""
    numbers = Draft202012Validator.TYPE_CHECKER.redefine("number", _finite)
    errors = extend(Draft202012Validator, KEYWORDS, type_checker=numbers)(schema()).iter_errors(value)
    told = ((tuple(error.absolute_path), _sentence(error)) for error in errors)
    return list(dict.fromkeys(told))


def _finite(checker: object, value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _sentence(error: ValidationError) -> str:
    return error.message if error.validator in KEYWORDS else f"{show(error.instance)} is not {error.schema['title']}."


# Refusals: claims that obey the schema and can't be judged. Each is a place within the claim and a sentence. ----------


def _duplicates(entries: list[dict]) -> Iterator[Mistake]:
    first = {}
    for i, entry in enumerate(entries):
        if entry["id"] in first:
            yield ("claims", i, "id"), f'there is a claim "{entry["id"]}" already. Give this one another id.'
        first.setdefault(entry["id"], i)


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
    for i, name in enumerate(_list(entry.get("experiment", []))):
        if name not in study.experiments:
            place = ("experiment", i) if isinstance(entry["experiment"], list) else ("experiment",)
            yield place, unknown("experiment", name, study.experiments)
    known = TIMED if entry.get("kind") == "timed" else METRICS
    if entry["metric"] not in known:
        yield ("metric",), unknown("metric", entry["metric"], known)
    values = timing.VALUES if entry["metric"] == "cost" else claims.VALUES
    form = _form(entry)
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
            for i, item in enumerate(_list(value)):
                try:
                    values[name](item)
                except ValueError as error:
                    yield (*place, name, i) if isinstance(value, list) else (*place, name), str(error)


def _quantities(entry: dict, study: Study) -> Iterator[Mistake]:
    """Numbers, units, and whether form and metric go together."""
    form, unit, metric = _form(entry), _unit(entry), _metric(entry)
    for place, text, given in [(("smallest_effect",), entry["smallest_effect"], unit), *_numbers(entry)]:
        try:
            number = claims.quantity(text, given)
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
    estimand = _estimand(entry)
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
        if probe not in cell.probes:
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


def _origin(place: Place, entry: dict) -> Place:
    """Where in a claim the setting is written that an arm took from its context, `where` or the other arm's list."""
    form, *inner = place
    if len(inner) == 2 and inner[1] not in entry[form][inner[0]]:
        written = {(key,): entry.get(key, {}) for key in ("contexts", "where")}
        written |= {(form, name): side for name, side in entry[form].items() if isinstance(side, dict)}
        return next((*home, inner[1]) for home, settings in written.items() if inner[1] in settings)
    return place


# Checked entries → claims ---------------------------------------------------------------------------------------------


def _claim(entry: dict) -> Claim:
    kind = entry.get("kind", "measured")
    return Claim(
        id=entry["id"],
        kind=kind,
        chapter=entry.get("chapter"),
        source=tuple(_list(entry.get("source", []))),
        statement=entry["statement"],
        because=entry.get("because", {}),
        references=tuple(entry.get("references", [])),
        identity=entry.get("identity"),
        estimand=_estimand(entry) if kind in ("measured", "timed") else None,
        entry=entry,
    )


def _estimand(entry: dict) -> Estimand:
    form, unit = _form(entry), _unit(entry)
    numbers = {place[1]: claims.quantity(text, given) for place, text, given in _numbers(entry)}
    return Estimand(
        experiments=tuple(_list(entry.get("experiment", []))),
        metric=entry["metric"],
        form=form,
        sides=tuple(numbers.get(side, entry[form][side]) for side in FORMS[form]),
        contexts=entry.get("contexts", {}),
        where=entry.get("where", {}),
        reference=entry.get("reference"),
        threshold=entry.get("threshold"),
        along=entry[form].get("along"),
        smallest_effect=claims.quantity(entry["smallest_effect"], unit),
        unit=f"{unit} per {claims.STEPS[entry[form]['along']]}" if form == "slope" else unit,
    )


def _list(value: object) -> list:
    return value if isinstance(value, list) else [value]


def _form(entry: dict) -> str:
    return next(form for form in FORMS if form in entry)


def _metric(entry: dict) -> Metric | None:
    """The registry's entry of a claim's metric, or of the one that it is counted in; None for a cost by itself."""
    name = TIMED.get(entry["metric"], entry["metric"])
    return name and METRICS[name]


def _unit(entry: dict) -> str:
    """Unit of the numbers of a claim."""
    return "log2" if "ratio" in entry else _metric(entry).unit


def _numbers(entry: dict) -> list[tuple[Place, str | float, str]]:
    """Place, text and unit of the sides of a comparison that are numbers."""
    form = _form(entry)
    sides = ((side, entry[form][side]) for side in FORMS[form])
    return [((form, side), text, _unit(entry)) for side, text in sides if not isinstance(text, dict)]
