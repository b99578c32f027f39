"""Check a docket (YAML) against its schema and its study. All mistakes are reported before any job starts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ontrial import data
from ontrial.errors import InputError, unknown
from ontrial.judge import claims, own_metrics, statistics, timing
from ontrial.judge.claims import AXES, Arm, example_quantity, parse_quantity, quantity_text
from ontrial.judge.docket import (
    CHAPTERS,
    SHARED_PAGES,
    Docket,
    Spec,
    as_list,
    build_docket,
    build_estimand,
    form_of,
    step_in,
    unit_of,
)
from ontrial.judge.estimands import FORMS, Estimand, arm_axes, slope_weights
from ontrial.judge.identities import IDENTITIES
from ontrial.judge.metrics import METRICS, TIMED, recorded
from ontrial.judge.own_metrics import MetricsFile
from ontrial.judge.policies import POLICIES
from ontrial.judge.records import SettingValues
from ontrial.nn import LOSSES, OUTPUTS
from ontrial.storage import yaml_files
from ontrial.storage.yaml_files import KeyPath, Mistake, show
from ontrial.study import checking
from ontrial.study.cell import SETTINGS
from ontrial.study.configuration import NAME_CHECKS
from ontrial.study.schema_files import load_schema
from ontrial.study.settings import read_widths
from ontrial.study.study import Study

MAX_CONTEXTS = 1_000  # per claim
RESERVED = ("index", *SHARED_PAGES.values())  # pages in evidence/ with several claims
REMARKS = ("chapters", "from_notes")  # keys of a docket that do not affect tests
COMPARISON_KEYS = (
    "experiment",
    "metric",
    "threshold",
    *FORMS,
    "contexts",
    "where",
    "reference",
    "across_datasets",
    "smallest_effect",
)


def read(path: str | Path, study: Study, *, run_metrics: bool = False) -> Docket:
    """Return the claims of a docket that a study tests. Raises InputError, which lists all mistakes by line.

    run_metrics: Whether to try out the study's own metrics, which runs its code.
    """
    try:
        text = checking.read_text(path)
    except InputError as error:
        raise yaml_files.input_error(study.source, study.lines, [(("docket",), str(error))]) from None
    return parse(text, str(path), study, run_metrics=run_metrics)


def parse(text: str, where: str, study: Study, *, run_metrics: bool = False) -> Docket:
    """Return the claims that a study tests, from a docket as YAML text.

    where: Name of the docket in messages.
    run_metrics: Whether to try out the study's own metrics, which runs its code.
    """
    metrics_file = own_metrics.read(study.metrics) if study.metrics else None
    own_metrics.define(metrics_file)

    def check(content: Any, schema_mistakes: list[Mistake]) -> Iterable[Mistake]:
        if schema_mistakes:
            return []
        mistakes = list(checking.repeated_ids("claims", content["claims"])) or list(_check_claims(content, study))
        if metrics_file and run_metrics and not mistakes:
            mistakes += _failing_metrics(content, study, metrics_file)
        return mistakes

    content, _ = checking.check(text, where, load_schema("claims"), {}, check)
    specs = [spec for spec in content["claims"] if _is_tested(spec, study)]
    looks, remarks = _sequential_designs(specs, study), {key: content[key] for key in REMARKS if key in content}
    remarks["metrics"] = metrics_file
    return build_docket(specs, content.get("references", {}), looks, study.threshold, **remarks)


def _failing_metrics(content: dict[str, Any], study: Study, file: MetricsFile) -> Iterator[Mistake]:
    """Yield a mistake for each claim whose metric is the study's own and fails for an example of one of its cells."""
    for i, spec in enumerate(content["claims"]):
        if spec.get("metric") not in file.functions or not _is_tested(spec, study):
            continue
        estimand = build_estimand(spec)
        arms = (arm for context in claims.list_contexts(estimand) for arm in claims.list_arms(study, estimand, context))
        parameters = tuple(file.parameters[spec["metric"]])
        problems = (own_metrics.try_out(file.path, spec["metric"], parameters, arm.cell) for arm in arms)
        if problem := next(filter(None, problems), None):
            yield ("claims", i, "metric"), problem


def _sequential_designs(specs: list[Spec], study: Study) -> dict[str, tuple[int, ...]]:
    """Return the numbers of seeds at each look of the measured claims with several looks, by id."""
    measured = {spec["id"]: spec["experiment"] for spec in specs if spec.get("kind", "measured") == "measured"}
    looks = {id: study.experiments[as_list(names)[0]].looks for id, names in measured.items()}
    return {id: numbers for id, numbers in looks.items() if len(numbers) > 1}


def _is_tested(spec: Spec, study: Study) -> bool:
    return study.claims is None or spec["id"] in study.claims


def _check_claims(content: dict[str, Any], study: Study) -> Iterator[Mistake]:
    """Check the claims that a study tests. Raises InputError if the docket lacks one of them."""
    ids = [spec["id"] for spec in content["claims"]]
    chosen = enumerate(study.claims or ())
    if mistakes := [(("claims", i), unknown("claim", id, ids)) for i, id in chosen if id not in ids]:
        raise yaml_files.input_error(study.source, study.lines, mistakes)
    references, chapters = content.get("references", {}), content.get("chapters", {})
    for name in chapters:
        if name in CHAPTERS:
            yield ("chapters", name), "the theory has a chapter of this name. Choose another one."
    for i, spec in enumerate(content["claims"]):
        if (chapter := spec.get("chapter")) and chapter not in (*CHAPTERS, *chapters):
            yield ("claims", i, "chapter"), unknown("chapter", chapter, [*CHAPTERS, *chapters])
        if spec["id"] in RESERVED:
            yield ("claims", i, "id"), f'the id "{spec["id"]}" is reserved for a page that has several claims.'
        if _is_tested(spec, study):
            for path, message in _check_claim(spec, study, references):
                yield ("claims", i, *path), message


# Checks of one claim, which obeys the schema. Each yields mistakes: a path within the claim, and a message. ----------


def _check_claim(spec: Spec, study: Study, references: Collection[str]) -> Iterator[Mistake]:
    for i, name in enumerate(spec.get("references", [])):
        if name not in references:
            yield ("references", i), unknown("reference", name, references)
    kind = spec.get("kind", "measured")
    if kind in ("measured", "timed"):
        for check in (_check_keys, _check_names, _check_quantities, _check_arms):
            mistakes = list(check(spec, study))
            yield from mistakes
            if mistakes:  # later checks assume that the earlier ones passed
                return
    else:
        for key in COMPARISON_KEYS:
            if key in spec:
                yield (key,), f'a claim of kind {kind} takes no "{key}". Remove it.'
    if kind == "by_construction" and "identity" not in spec:
        yield (), f'the key "identity" is missing: a claim of kind {kind} needs one of {", ".join(IDENTITIES)}.'
    elif kind != "by_construction" and "identity" in spec:
        yield ("identity",), f'a claim of kind {kind} takes no "identity". Remove it.'
    elif "identity" in spec and spec["identity"] not in IDENTITIES:
        yield ("identity",), unknown("identity", spec["identity"], IDENTITIES)
    if kind == "not_testable" and "because" not in spec:
        yield (), 'the key "because" is missing: a claim that is not testable must say why.'


def _check_keys(spec: Spec, study: Study) -> Iterator[Mistake]:
    """Check that a comparison has the keys that it needs."""
    kind = spec.get("kind", "measured")
    needed = ["metric", "smallest_effect"]
    if spec.get("metric") != "cost":
        needed.insert(0, "experiment")
    for key in needed:
        if key not in spec:
            yield (), f'the key "{key}" is missing: a {kind} claim needs it.'
    if spec.get("metric") == "cost" and "experiment" in spec:
        yield ("experiment",), 'the metric "cost" belongs to no experiment. Remove this key.'
    forms = [form for form in FORMS if form in spec]
    if len(forms) != 1:
        yield (), f"a {kind} claim needs exactly one of {', '.join(FORMS)}; it has {', '.join(forms) or 'none'}."
    if kind == "timed" and forms not in ([], ["ratio"]):
        yield (forms[0],), "a timed claim compares times by their ratio. Use ratio: {of: …, over: …}."


def _check_names(spec: Spec, study: Study) -> Iterator[Mistake]:
    """Check the names of experiments, metrics and settings, and the values of settings."""
    for i, name in enumerate(as_list(spec.get("experiment", []))):
        if name not in study.experiments:
            yield _item(("experiment",), spec["experiment"], i), unknown("experiment", name, study.experiments)
    is_timed = spec.get("kind") == "timed"
    metrics, others = (TIMED, METRICS) if is_timed else (METRICS, TIMED)
    if spec["metric"] in others:
        remedy = "Remove kind: timed" if is_timed else "Add kind: timed"
        yield ("metric",), f'"{spec["metric"]}" is {"no" if is_timed else "a"} time. {remedy}, or use another metric.'
    elif spec["metric"] not in metrics:
        yield ("metric",), unknown("metric", spec["metric"], metrics)
    form = form_of(spec)
    if form == "slope" and (along := spec[form]["along"]) not in AXES:
        problem = f'"{along}" is not numeric, so there is no slope along it. Use one of: {", ".join(AXES)}.'
        yield (form, "along"), problem if along in CLAIM_SETTINGS else unknown("axis", along, AXES)
    sides = {name: spec[form][name] for name in FORMS[form] if isinstance(spec[form][name], dict)}
    arms = list(sides.values())
    for axis in spec.get("contexts", {}):
        if (arms and all(axis in arm for arm in arms)) or axis in arm_axes(arms):
            yield ("contexts", axis), "the arms set this already. Remove it here or there."
    if len(arm_axes(arms)) < sum(len(arm_axes([arm])) for arm in arms):
        yield (form,), "both arms have a list for the same setting. Keep the list in one of them: it is an axis."
    for name in spec.get("where", {}):
        origins = [f'the arm "{side}"' for side, arm in sides.items() if name in arm]
        origins += ["contexts"] if name in spec.get("contexts", {}) else []
        if origins:
            yield ("where", name), f"{' and '.join(origins)} would override this. Remove it here or there."
    value_checks = COST_SETTINGS if spec["metric"] == "cost" else CLAIM_SETTINGS
    yield from _check_settings(("contexts",), "context", spec.get("contexts", {}), value_checks)
    for key in ("where", "reference"):
        yield from _check_settings((key,), "setting", spec.get(key, {}), value_checks)
    for name, arm in sides.items():
        yield from _check_settings((form, name), "setting", arm, value_checks)


def _check_settings(
    path: KeyPath, kind: str, settings: SettingValues, value_checks: dict[str, ValueCheck]
) -> Iterator[Mistake]:
    for name, value in settings.items():
        if name not in value_checks:
            hint = " Choose a width as in hidden: 16, or hidden: 16-16 for two layers." if name == "width" else ""
            yield (*path, name), unknown(kind, name, value_checks) + hint
            continue
        for i, item in enumerate(as_list(value)):
            try:
                value_checks[name](item)
            except ValueError as error:
                yield _item((*path, name), value, i), str(error)


def _item(path: KeyPath, value: object, i: int) -> KeyPath:
    """Return the path of an item of a value that is one item or a list of them."""
    return (*path, i) if isinstance(value, list) else path


def _check_quantities(spec: Spec, study: Study) -> Iterator[Mistake]:
    """Check numbers and their units, and that the form suits the metric."""
    form, unit, name = form_of(spec), unit_of(spec), spec["metric"]
    sides = {(form, side): spec[form][side] for side in FORMS[form]}
    numbers: dict[KeyPath, Any] = {path: side for path, side in sides.items() if not isinstance(side, dict)}
    for path, value in ({("smallest_effect",): spec["smallest_effect"]} | numbers).items():
        text = show(quantity_text(value))
        try:
            number = parse_quantity(value, unit, step_in(spec))
        except ValueError as error:
            yield path, str(error)
            continue
        if path == ("smallest_effect",) and not number > 0:
            reason = "a factor above 1" if unit == "log2" else "a positive effect"
            yield path, f"{text} is not {reason}. Write it as in {example_quantity(unit)}."
        if unit == "points" and abs(number) > 100:
            yield path, f"{text} is more than 100 points, which no difference can be."
    if len(numbers) == len(sides):
        yield (form,), "has no arm. At least one side must be an arm, not a number."
    if name == "cost":
        return
    metric = METRICS[recorded(name)]
    if form == "ratio" and not metric.positive:
        yield ("ratio",), f'"{name}" may be 0 or negative. Compare it by difference: {{of: …, minus: …}}.'
    if form == "slope" and metric.censored:
        yield (form,), f'"{name}" is infinite for some runs, so it has no slope. Compare it by ratio or difference.'
    if metric.needs_threshold and "threshold" not in spec:
        yield (), f'the key "threshold" is missing: the metric "{name}" needs it.'
    if "threshold" in spec and not metric.needs_threshold:
        yield ("threshold",), f'the metric "{name}" takes no threshold. Remove it.'


def _check_arms(spec: Spec, study: Study) -> Iterator[Mistake]:
    """Check what the arms select in every context. A mistake in several contexts is reported once."""
    estimand = build_estimand(spec)
    count = math.prod(map(len, estimand.axes.values()))
    if count > MAX_CONTEXTS:
        yield (), f"{count:,} contexts, more than the {MAX_CONTEXTS:,} allowed. Shorten some of the lists."
        return
    check = _check_cost_context if estimand.is_cost else _check_context
    first_contexts: dict[Mistake, SettingValues] = {}
    for context in claims.list_contexts(estimand):
        for path, message in check(estimand, context, study):
            first_contexts.setdefault((_origin(path, spec), message), context)
    for (path, message), context in first_contexts.items():
        description = ", ".join(f"{name} {value}" for name, value in context.items())
        yield path, f"in the context {description}: {message}" if description else message
    if not first_contexts:
        yield from _repeated_contexts(estimand, spec, study)


def _repeated_contexts(estimand: Estimand, spec: Spec, study: Study) -> Iterator[Mistake]:
    """Yield a mistake for the first context that compares the same runs as an earlier one."""
    earlier: dict[tuple, SettingValues] = {}
    for context in claims.list_contexts(estimand):
        first = earlier.setdefault(_compared(estimand, context, study), context)
        if first is context:
            continue
        axis = next(name for name in context if first[name] != context[name])
        values = f"{show(first[axis])} and {show(context[axis])}"
        yield (
            _origin((estimand.form, next(iter(estimand.arms)), axis), spec),
            f"the contexts {values} compare the same. Remove one of the two.",
        )
        return


def _compared(estimand: Estimand, context: SettingValues, study: Study) -> tuple:
    """Return a key that is equal for contexts in which a claim compares the same runs or measurements."""
    if estimand.is_cost:
        settings = (claims.settings_in_context(estimand, arm, context) for arm in estimand.arms.values())
        return tuple(map(timing.cost_measurement, settings))
    return tuple(arm.runs_key for arm in claims.list_arms(study, estimand, context))


def _check_context(estimand: Estimand, context: SettingValues, study: Study) -> Iterator[Mistake]:
    """Check the arms of one context."""
    form = estimand.form
    selected: list[list[Arm]] = []
    for name, arm_settings in estimand.arms.items():
        try:
            selected.append(claims.select_arms(study, estimand, arm_settings, context))
        except claims.SelectionError as error:
            yield (form, name, error.setting), str(error)
        except ValueError as error:
            yield (form, name), str(error)
    arms = [arm for side in selected for arm in side]
    for arm in arms:
        for message in _metric_obstacles(arm, estimand):
            yield (form,), message
    if len(selected) == 2:
        (of,), (other,) = selected
        if of.runs_key == other.runs_key:
            yield (form,), "both arms select the same runs, so there is nothing to compare."
        if estimand.unit == "loss" and of.cell.loss != other.cell.loss:
            yield (form,), "the arms minimise different losses, whose values can't be compared. Use test_nll."
    if len(names := {arm.cell.dataset: None for arm in arms}) > 1 and not estimand.across_datasets:
        yield (
            (form,),
            f"the arms train on different data sets, {' and '.join(names)}, so a seed means something else in each. "
            "If that is intended, add across_datasets: true.",
        )
    experiments = [study.experiments[name] for name in estimand.experiments]
    seeds = {(experiment.confirmatory, experiment.looks) for experiment in experiments}
    if ((), ()) in seeds:
        yield (form,), "this experiment has no confirmatory seeds: it is descriptive, and no verdict can rest on it."
    elif len(seeds) > 1:
        yield (form,), "the claim's experiments have different confirmatory seeds, so their runs can't be paired."
    elif arms:
        for message in _resolution_obstacles(estimand, arms, experiments[0].looks):
            yield (form,), message


def _resolution_obstacles(estimand: Estimand, arms: list[Arm], looks: tuple[int, ...]) -> Iterator[str]:
    """Yield the reasons why this design could never reach some outcome."""
    alpha = statistics.shares(len(looks))[-1] / math.prod(map(len, estimand.axes.values()))
    fewest = statistics.fewest_seeds(alpha)
    if looks[-1] < fewest:
        yield (
            f"{looks[-1]} confirmatory seeds cannot decide it, because an interval of so few has no ends at the level "
            f"that it needs, {1 - alpha:.3%}. Use at least {fewest} seeds, or fewer contexts."
        )
    metric, finest = estimand.measure, estimand.smallest_effect / 2
    subject, lever = f'the metric "{estimand.metric}"', 1.0
    if along := estimand.along:
        subject = f"the slope of {subject}"
        lever = np.abs(slope_weights([claims.axis_position(arm, along) for arm in arms])).max()
    for arm in arms:
        if metric.unit == "octaves":
            grain = max(np.diff(np.log2(sorted(arm.cell.learning_rates))), default=math.inf)
            remedy = "Add learning rates: powers_of_two takes a step of 0.5 or 0.25."
        elif metric.share_of:
            samples = getattr(data.sizes(arm.cell.dataset), metric.share_of)
            grain, remedy = 100 / samples, f"Use a data set with more {metric.share_of} samples."
        else:
            continue
        grain *= lever
        if grain > (1 + statistics.TOLERANCE) * finest:
            unit = metric.unit.removesuffix("s") if grain == 1 else metric.unit
            yield (
                f"{subject} changes in steps of {grain:.3g} {unit}, more than {finest:.3g} {metric.unit}, half of the "
                f"smallest effect. {remedy} Or choose a smallest effect of at least {math.ceil(20 * grain) / 10:g} "
                f"{metric.unit}."
            )


def _metric_obstacles(arm: Arm, estimand: Estimand) -> Iterator[str]:
    """Yield the reasons why the metric of a claim can't be computed for an arm."""
    cell, metric, name = arm.cell, estimand.measure, estimand.metric
    for probe in metric.probes:
        if probe not in cell.training.probes:
            yield f'the metric "{name}" needs the probe {probe}: add it to experiment "{cell.experiment}".'
    if metric.of_predictions and not cell.training.predictions:
        yield f'the metric "{name}" needs predictions: add predictions: true to experiment "{cell.experiment}".'
    if metric.needs_training and not cell.training.happens:
        yield f'the metric "{name}" needs training, but the budget of experiment "{cell.experiment}" is 0.'
    if len(cell.hidden) < metric.hidden_layers:
        layers = "1 hidden layer" if metric.hidden_layers == 1 else f"{metric.hidden_layers} hidden layers"
        yield f'the metric "{name}" needs at least {layers}; the arm has {len(cell.hidden)}.'
    if not metric.fits(cell.dataset):
        target, other = ("number", "test_rmse") if metric.predicts == "class" else ("class", "test_accuracy")
        yield (
            f'the target of data set "{cell.dataset}" is a {target}, but the metric "{name}" is for networks that '
            f"predict a {metric.predicts}. Use {other}, or test_loss."
        )
        return
    if not metric.fits_classes(cell.dataset):
        yield (
            f'the metric "{name}" is for {metric.classes} classes, and data set "{cell.dataset}" has '
            f"{data.sizes(cell.dataset).classes}. Use test_balanced_accuracy."
        )
    if "probabilities" in metric.probes and OUTPUTS[cell.output].predicts == "numbers":
        yield f'output "{cell.output}" gives no probabilities, which the metric "{name}" needs.'
    if "groups" in metric.probes and not data.source(cell.dataset).grouped:
        yield f'data set "{cell.dataset}" has no groups, which the metric "{name}" needs.'


def _check_cost_context(estimand: Estimand, context: SettingValues, study: Study) -> Iterator[Mistake]:
    """Check the arms of one context of a claim about the metric "cost"."""
    measurements = []
    for name, side in estimand.arms.items():
        try:
            measurement = timing.cost_measurement(claims.settings_in_context(estimand, side, context))
        except ValueError as error:
            yield (estimand.form, name), str(error)
            continue
        measurements.append(measurement)
        for message in _measurement_obstacles(measurement, study):
            yield (estimand.form, name), message
    if len(measurements) == 2 and measurements[0] == measurements[1]:
        yield (estimand.form,), "both arms are the same measurement, so there is nothing to compare."


def _measurement_obstacles(measurement: timing.Measurement, study: Study) -> Iterator[str]:
    """Yield the reasons why a cost can't be measured."""
    name, size = measurement.dataset, measurement.batch_size
    if measurement.task == "activation" and measurement.hidden == "none":
        yield 'the task "activation" needs a hidden layer.'
    if data.external_files(name) and name not in {cell.dataset for cell in study.cells.values()}:
        yield f'data set "{name}" is only available to studies that train on it. Add it to an experiment.'
    elif not data.has_classes(name):
        yield f'a cost is that of predicting classes, and the target of "{name}" is a number. Use another data set.'
    elif size > (samples := data.sizes(name).train):
        yield f"a batch of {size:,} is more than the {samples:,} training samples of {name}."


def _origin(path: tuple[Any, ...], spec: Spec) -> KeyPath:
    """Return the place of an arm's setting in a claim: in the arm, a context, `where` or an axis."""
    if len(path) < 3:
        return path
    form, side, setting = path
    if setting in spec[form][side]:
        return path
    origins: dict[KeyPath, Any] = {(key,): spec.get(key, {}) for key in ("contexts", "where")}
    origins |= {(form, name): arm for name, arm in spec[form].items() if isinstance(arm, dict)}
    return next((*origin, setting) for origin, settings in origins.items() if setting in settings)


# Values of settings: checks that raise ValueError for a value that is not allowed. ------------------------------------

ValueCheck = Callable[[Any], None]


def _one_of(kind: str, names: Collection[str]) -> ValueCheck:
    """Return a check that a value is a name in a registry."""

    def check(value: Any) -> None:
        if value not in tuple(names):
            raise ValueError(unknown(kind, value, names))

    return check


def _number(kind: str, *, whole: bool, least: int = 0) -> ValueCheck:
    """Return a check that a value is a number, `least` or more."""

    def check(value: Any) -> None:
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        if not (numeric and least <= value < math.inf and (float(value).is_integer() or not whole)):
            raise ValueError(f'{kind} "{value}" is not a {"whole " if whole else ""}number, {least} or more.')

    return check


def _configured(name: str) -> ValueCheck:
    """Return a check that a configuration may list a value for a setting."""

    def check(value: Any) -> None:
        schema = load_schema("config")["$defs"]["experiment"]["properties"][name]["items"]
        if mistakes := checking.find_mistakes(value, NAME_CHECKS, schema):
            raise ValueError(mistakes[0][1])

    return check


def _hidden(value: Any) -> None:
    if not re.fullmatch(r"none|[1-9]\d*(-[1-9]\d*)*", str(value), re.ASCII):
        raise ValueError(f'hidden "{value}" is not "none", nor widths joined by hyphens such as 32-32.')
    if value != "none":
        _configured("hidden")([*read_widths(str(value))])


def _any_value(value: Any) -> None:
    """Accept any value."""


CLAIM_SETTINGS: dict[str, ValueCheck] = {
    **{name: _configured(name) for name in SETTINGS},
    "dataset": _one_of("data set", data.NAMES),
    "experiment": _any_value,  # an unknown one selects no runs, which is reported
    "hidden": _hidden,
    "depth": _number("depth", whole=True),
    "output": _one_of("output", OUTPUTS),
    "loss": _one_of("loss", LOSSES),
    "budget": _one_of("budget", ("epochs", "updates")),
    "policy": _one_of("policy", POLICIES),
    "learning_rate": _number("learning rate", whole=False),
}
# For the metric "cost". near + offset stands for a batch size.
COST_SETTINGS: dict[str, ValueCheck] = {
    **{name: CLAIM_SETTINGS[name] for name in ("dataset", "hidden", "activation", "optimiser")},
    "task": _one_of("task", timing.TASKS),
    "batch_size": _number("batch size", whole=True, least=1),
    "near": _number("near", whole=True, least=2),
    "offset": _number("offset", whole=True, least=-1),
}
