"""Check a docket (YAML) against its schema and its study. All mistakes are reported before any job starts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

from ontrial import data
from ontrial.errors import InputError, unknown
from ontrial.judge import claims, designs, obstacles, own_metrics, timing
from ontrial.judge.claims import AXES, Arm, example_quantity, parse_quantity, quantity_text, sharing_policies
from ontrial.judge.docket import (
    CHAPTERS,
    SHARED_PAGES,
    Docket,
    Spec,
    as_list,
    build_docket,
    build_estimand,
    form_of,
    sides_in,
    step_in,
    unit_of,
)
from ontrial.judge.estimands import FORMS, Estimand, arm_axes
from ontrial.judge.identities import IDENTITIES
from ontrial.judge.metrics import METRICS, TIMED, recorded
from ontrial.judge.obstacles import SHARED_RATE
from ontrial.judge.own_metrics import MetricsFile
from ontrial.judge.policies import FACTORS, TUNED
from ontrial.judge.records import SettingValues
from ontrial.judge.results import CHECKPOINTS
from ontrial.judge.units import Unit
from ontrial.nn import LOSSES, OUTPUTS
from ontrial.storage import yaml_files
from ontrial.storage.yaml_files import KeyPath, Mistake, show
from ontrial.study import checking, components
from ontrial.study.cell import SETTINGS
from ontrial.study.configuration import NAME_CHECKS
from ontrial.study.schema_files import load_schema
from ontrial.study.settings import read_widths
from ontrial.study.study import Study

MAX_CONTEXTS = 1_000  # per claim
QUOTED_WORDS = 15  # at most, of a quotation
RESERVED = ("index", *SHARED_PAGES.values())  # pages in evidence/ with several claims
REMARKS = ("chapters", "sources", "from_notes")  # keys of a docket that do not affect tests
COMPARISON_KEYS = (
    "experiment",
    "metric",
    "threshold",
    *FORMS,
    "contexts",
    "where",
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
    remarks |= {"metrics": metrics_file, "components": _components_used(specs, study)}
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


def _components_used(specs: list[Spec], study: Study) -> dict[str, str]:
    """Return the SHA-256 of the study's own parts of networks for each claim that compares networks with one, by id."""
    used: dict[str, str] = {}
    for spec in specs if study.components else []:
        if spec.get("kind", "measured") not in ("measured", "timed"):
            continue
        estimand = build_estimand(spec)
        for context in claims.list_contexts(estimand):
            if estimand.is_cost:
                settings = (claims.settings_in_context(estimand, arm, context) for arm in estimand.arms.values())
                files = [components.used(map(str, names.values())) for names in settings]
            else:
                arms = claims.list_arms(study, estimand, context)
                files = [cell.components_file for arm in arms for cell in (arm.cell, arm.base, *arm.choices) if cell]
            if file := next(filter(None, files), None):
                used[spec["id"]] = file.sha256
    return used


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
        for path, message in _check_quotations(spec, content.get("sources", {})):
            yield ("claims", i, *path), message
        if _is_tested(spec, study):
            others = [other for other in content["claims"] if other is not spec and _is_tested(other, study)]
            for path, message in _check_claim(spec, study, references, others):
                yield ("claims", i, *path), message


# Checks of one claim, which obeys the schema. Each yields mistakes: a path within the claim, and a message. ----------


def _check_quotations(spec: Spec, sources: Collection[str]) -> Iterator[Mistake]:
    """Check that quotations are short, and that the docket describes their sources."""
    for i, quotation in enumerate(spec.get("quotations", [])):
        if quotation["source"] not in sources:
            yield ("quotations", i, "source"), unknown("source", quotation["source"], sources)
        if (count := len(quotation["words"].replace("…", " ").split())) > QUOTED_WORDS:
            yield ("quotations", i, "words"), f"{count} words are too many: quote at most {QUOTED_WORDS}."


def _check_claim(spec: Spec, study: Study, references: Collection[str], others: Sequence[Spec]) -> Iterator[Mistake]:
    for i, name in enumerate(spec.get("references", [])):
        if name not in references:
            yield ("references", i), unknown("reference", name, references)
    kind = spec.get("kind", "measured")
    if kind in ("measured", "timed"):
        also_at_own_rates = any(_is_same_at_own_rates(spec, other) for other in others)
        check_arms = partial(_check_arms, also_at_own_rates=also_at_own_rates)
        for check in (_check_keys, _check_names, _check_quantities, _check_policies, check_arms):
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


def _is_same_at_own_rates(spec: Spec, other: Spec) -> bool:
    """Return whether another claim makes the same comparison as a claim, but at the arms' own learning rates."""

    def without_rates(spec: Spec) -> dict[str, Any]:
        shared = {
            key: {name: value for name, value in spec.get(key, {}).items() if name not in ("policy", "learning_rate")}
            for key in ("contexts", "where")
        }
        return {key: spec.get(key) for key in COMPARISON_KEYS} | shared

    given = as_list((other.get("contexts", {}) | other.get("where", {})).get("policy", []))
    asks = any(policy == TUNED or str(policy).startswith("fixed_") for policy in given)
    return asks and without_rates(spec) == without_rates(other)


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
    sides = _arms_in(spec)
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
    value_checks = COST_SETTINGS if spec["metric"] == "cost" else CLAIM_SETTINGS | {"policy": _policy(form, sides)}
    yield from _check_settings(("contexts",), "context", spec.get("contexts", {}), value_checks)
    yield from _check_settings(("where",), "setting", spec.get("where", {}), value_checks)
    for name, arm in sides.items():
        yield from _check_settings((form, name), "setting", arm, value_checks)


def _arms_in(spec: Spec) -> dict[str, SettingValues]:
    """Return the settings of each side of a comparison that is an arm, by the name of the side."""
    return {name: side for name, side in sides_in(spec).items() if isinstance(side, dict)}


def _check_settings(
    path: KeyPath, kind: str, settings: SettingValues, value_checks: dict[str, ValueCheck]
) -> Iterator[Mistake]:
    for name, value in settings.items():
        if name not in value_checks:
            hint = " Choose a width as in hidden: 16, or hidden: 16-16 for two layers." if name == "width" else ""
            yield (*path, name), unknown(kind, name, value_checks) + hint
            continue
        for i, item in enumerate(as_list(value)):
            place = _item((*path, name), value, i)
            if item == TUNED and name in claims.TUNABLE:
                if isinstance(value, list):
                    remedy = f"Write {name}: {TUNED} in an arm or in `where`."
                    yield place, f'"{TUNED}" is for a value of its own, not in a list. {remedy}'
                continue
            try:
                value_checks[name](item)
            except ValueError as error:
                yield place, f"{error}{_about_tuning(name, item)}"


def _about_tuning(name: str, value: object) -> str:
    """Return a hint for a value that was meant to leave a setting to the seeds, "" for other values."""
    if name == "policy" or not get_close_matches(str(value), [TUNED]):
        return ""
    if name == "learning_rate":
        return f" Seeds choose it under policy: {TUNED}."
    return f' Did you mean "{TUNED}"?' if name in claims.TUNABLE else " Seeds can't choose it: name its value."


def _item(path: KeyPath, value: object, i: int) -> KeyPath:
    """Return the path of an item of a value that is one item or a list of them."""
    return (*path, i) if isinstance(value, list) else path


def _check_quantities(spec: Spec, study: Study) -> Iterator[Mistake]:
    """Check numbers and their units, and that the form suits the metric."""
    form, unit, name = form_of(spec), unit_of(spec), spec["metric"]
    sides = {(form, name): side for name, side in sides_in(spec).items()}
    numbers: dict[KeyPath, Any] = {path: side for path, side in sides.items() if not isinstance(side, dict)}
    is_bound = form in ("equality", "at_most")
    if is_bound and numbers and unit != (own_unit := METRICS[recorded(name)].unit):
        remedy = f"Write the smallest effect as in {example_quantity(own_unit)}."
        yield (form,), f"an arm and a number are compared by their difference, which no factor measures. {remedy}"
        return
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
        elif unit == "points" and path == ("smallest_effect",) and number == 100:
            yield path, f"{text} is as much as a difference can be, so that none is certain to be more. Choose less."
    if len(numbers) == len(sides):
        yield (form,), "has no arm. At least one side must be an arm, not a number."
    if name == "cost":
        return
    metric = METRICS[recorded(name)]
    if (form == "ratio" or unit == "log2" != metric.unit) and not metric.positive:
        remedy = "Compare it by difference: {of: …, minus: …}."
        if is_bound:
            remedy = f"Write the smallest effect as in {example_quantity(metric.unit)}."
        yield (form,), f'"{name}" may be 0 or negative. {remedy}'
    if form == "slope" and name == "fails":
        yield (form,), "a slope is of numbers, and shares of failures are compared. Use difference: {of: …, minus: …}."
    if form == "slope" and metric.censored:
        yield (form,), f'"{name}" is infinite for some runs, so it has no slope. Compare it by ratio or difference.'
    if metric.needs_threshold and "threshold" not in spec:
        yield (), f'the key "threshold" is missing: the metric "{name}" needs it.'
    if "threshold" in spec and not metric.needs_threshold:
        yield ("threshold",), f'the metric "{name}" takes no threshold. Remove it.'
    elif metric.goal == "accuracy" and spec.get("threshold", 0) > 1:
        yield ("threshold",), f"{spec['threshold']:g} is more than 1, which no accuracy can be."


def _check_policies(spec: Spec, study: Study) -> Iterator[Mistake]:
    """Check that arms choose their learning rates alike, and that a rate which they share is that of each in turn."""
    form = form_of(spec)
    arms = _arms_in(spec)
    if len(arms) > 1:
        for side, arm in arms.items():
            if "policy" in arm:
                yield (form, side, "policy"), "a policy is for all arms. Move it to contexts, or to `where`."
    places: dict[KeyPath, SettingValues] = {(key,): spec.get(key, {}) for key in ("contexts", "where")}
    places |= {(form, side): arm for side, arm in arms.items()}
    path = next((path for path, settings in places.items() if "policy" in settings), ())
    given = as_list(places[path]["policy"]) if path else []
    pairs = [pair for pair in sharing_policies(form, arms).values() if not set(pair).isdisjoint(given)]
    tuned = any(settings.get(name) == TUNED for settings in places.values() for name in claims.TUNABLE)
    missing = [policy for pair in pairs for policy in pair if policy not in given]
    if missing and not tuned:  # with a tuned setting, no shared rate is allowed
        wanted = [policy for policy in claims.policies_of(form, arms) if policy in (*given, *missing, TUNED)]
        yield (
            (*path, "policy"),
            f"{' and '.join(map(show, missing))} {'is' if len(missing) == 1 else 'are'} missing: {SHARED_RATE} Judge "
            f"the claim at the rates of both: contexts: {{policy: [{', '.join(wanted)}]}}.",
        )


def _check_arms(spec: Spec, study: Study, *, also_at_own_rates: bool) -> Iterator[Mistake]:
    """Check what the arms select in every context. A mistake in several contexts is reported once.

    also_at_own_rates: Whether another claim makes the same comparison at the arms' own rates.
    """
    estimand = build_estimand(spec)
    count = math.prod(map(len, estimand.axes.values()))
    if count > MAX_CONTEXTS:
        yield (), f"{count:,} contexts, more than the {MAX_CONTEXTS:,} allowed. Shorten some of the lists."
        return
    check = _check_cost_context if estimand.is_cost else partial(_check_context, also_at_own_rates=also_at_own_rates)
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
    """Yield a mistake for the first context that compares the same runs, or the same networks, as an earlier one."""
    earlier: dict[tuple, SettingValues] = {}
    for context in claims.list_contexts(estimand):
        first = earlier.setdefault(_compared(estimand, context, study), context)
        if first is context:
            continue
        axis = next(name for name in context if first[name] != context[name])
        values = f"{show(first[axis])} and {show(context[axis])}"
        same = "the same"
        if not estimand.is_cost:
            arms = zip(*(claims.list_arms(study, estimand, each) for each in (first, context)), strict=True)
            same += _twins_text(next((pair for pair in arms if pair[0].cell != pair[1].cell), ()), estimand)
        yield (
            _origin((estimand.form, next(iter(estimand.arms)), axis), spec),
            f"the contexts {values} compare {same}. Remove one of the two.",
        )
        return


def _twins_text(arms: Sequence[Arm], estimand: Estimand) -> str:
    """Return what makes the networks of two arms the same, to follow "the same"; "" without arms or for one cell."""
    cells = [arm.cell for arm in arms]
    named = [name for name in ("initialisation", "activation") if len({getattr(cell, name) for cell in cells}) > 1]
    if not named:
        return ""
    values = " and ".join(getattr(cell, named[0]) for cell in cells)
    layers = " between hidden layers, the only ones that the metric looks at" if estimand.measure.between_hidden else ""
    why = f"draw the same weights{layers}" if named[0] == "initialisation" else "are the same without a hidden layer"
    return f" networks, since {values} {why}"


def _compared(estimand: Estimand, context: SettingValues, study: Study) -> tuple:
    """Return a key that is equal for contexts in which a claim compares the same runs or measurements."""
    if estimand.is_cost:
        settings = (claims.settings_in_context(estimand, arm, context) for arm in estimand.arms.values())
        return tuple(map(timing.cost_measurement, settings))
    return tuple(designs.runs_key(arm, estimand.measure) for arm in claims.list_arms(study, estimand, context))


def _check_context(
    estimand: Estimand, context: SettingValues, study: Study, *, also_at_own_rates: bool
) -> Iterator[Mistake]:
    """Check the arms of one context.

    also_at_own_rates: Whether another claim makes the same comparison at the arms' own rates.
    """
    form = estimand.form
    starts: dict[str, list[Arm]] = {}
    for side in estimand.arms:
        try:
            starts[side] = claims.select_side(study, estimand, side, context)
        except claims.SelectionError as error:
            yield (form, side, error.setting), str(error)
        except ValueError as error:
            yield (form, side), str(error)
    if len(starts) < len(estimand.arms):
        return
    selected: list[list[Arm]] = []
    for side in estimand.arms:
        try:
            selected.append(claims.make_arms(estimand, side, context, starts))
        except ValueError as error:
            yield (form, side), str(error)
    arms = [arm for side in selected for arm in side]
    options = [option for arm in arms for option in arm.options]
    for option in options:
        for message in obstacles.of_metric(option, estimand):
            yield (form,), message
    if len(selected) == 2:
        if message := obstacles.of_positions(estimand, *selected):
            yield (form, "minus"), message
            return
        for of, other in zip(*selected, strict=True):
            for message in _unfit_pair(estimand, of, other):
                yield (form,), message
    if message := obstacles.of_rates(estimand, options, also_at_own_rates=also_at_own_rates):
        yield (form,), message
    for message in (*obstacles.of_grid(options), *obstacles.of_range(estimand, arms)):
        yield (form,), message
    if len(names := {arm.cell.dataset: None for arm in arms}) > 1 and not estimand.across_datasets:
        yield (
            (form,),
            f"the arms train on different data sets, {' and '.join(names)}, so a seed means something else in each. "
            "If that is intended, add across_datasets: true.",
        )
    looks = {study.experiments[name].looks for name in estimand.experiments}
    compared = {cell.experiment for arm in arms for cell in (arm.cell, arm.base) if cell}
    if () in looks:
        yield (form,), "this experiment has no confirmatory seeds: it is descriptive, and no verdict can rest on it."
    elif len(looks) > 1:
        yield (form,), "the claim's experiments have different numbers of seeds, so that it has no common looks."
    elif len({study.experiments[name].confirmatory for name in compared}) > 1:
        yield (form,), "the arms' experiments have different confirmatory seeds, so their runs can't be paired."
    elif arms:
        for message in obstacles.of_resolution(estimand, arms, *looks):
            yield (form,), message
        if estimand.measure.clock and all(arm.cell.training.happens for arm in arms):
            for message in obstacles.of_times(estimand, options):
                yield (form,), message


def _unfit_pair(estimand: Estimand, of: Arm, other: Arm) -> Iterator[str]:
    """Yield the reasons why two arms can't be compared."""
    if designs.runs_key(of, estimand.measure) == designs.runs_key(other, estimand.measure):
        same = _twins_text((of, other), estimand) or " runs"
        yield f"both arms select the same{same}, so there is nothing to compare. Let them differ."
    if Unit.parse(estimand.unit).base == "loss" and of.cell.loss != other.cell.loss:
        yield "the arms minimise different losses, whose values can't be compared. Use test_nll."
    if estimand.measure.scales_with_loss and (message := obstacles.of_losses(of.cell, other.cell)):
        yield message


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
        for message in obstacles.of_measurement(measurement, study):
            yield (estimand.form, name), message
    if len(measurements) == 2 and measurements[0] == measurements[1]:
        yield (estimand.form,), "both arms are the same measurement, so there is nothing to compare."


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


def _policy(form: str, arms: Iterable[str]) -> ValueCheck:
    """Return a check that a value is a policy of a comparison.

    arms: Names of the sides that are arms.
    """
    sharing, names = sharing_policies(form, arms), claims.policies_of(form, arms)

    def check(value: Any) -> None:
        rule = str(value).partition("_")[0]
        if rule in FACTORS and not sharing:
            why = "a single arm shares its learning rate with no other"
            if form == "slope":
                why = "the slope of a difference compares arms at their own rates"
            raise ValueError(f"{show(value)}: {why}. Use policy: tuned.")
        if value in sharing:
            raise ValueError(
                f"{show(value)} does not say whose rate the arms share: {SHARED_RATE} Judge the claim at the rates of "
                f"both: contexts: {{policy: [{', '.join((*sharing[value], TUNED))}]}}."
            )
        if rule in FACTORS and value not in names:
            raise ValueError(
                f"{show(value)} names no arm of a {form}. Use the rates of both: contexts: {{policy: "
                f"[{', '.join((*sharing[rule], TUNED))}]}}."
            )
        _one_of("policy", names)(value)

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
    "policy": _any_value,  # which there are depends on the arms: see _policy
    "learning_rate": _number("learning rate", whole=False),
    "rate_times_updates": _number("rate_times_updates", whole=False),
    "checkpoint": _one_of("checkpoint", CHECKPOINTS),
}
# For the metric "cost". near + offset stands for a batch size.
COST_SETTINGS: dict[str, ValueCheck] = {
    **{name: CLAIM_SETTINGS[name] for name in ("dataset", "hidden", "activation", "optimiser")},
    "task": _one_of("task", timing.TASKS),
    "batch_size": _number("batch size", whole=True, least=1),
    "near": _number("near", whole=True, least=2),
    "offset": _number("offset", whole=True, least=-1),
}
