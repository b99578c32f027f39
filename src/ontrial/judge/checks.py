"""Check a docket (YAML) against its schema and its study. All mistakes are reported before any job starts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from ontrial.errors import InputError, unknown
from ontrial.judge import claims, own_metrics, pilots, times
from ontrial.judge.claim import example_quantity, parse_quantity, quantity_text
from ontrial.judge.claims import AXES, sharing_policies
from ontrial.judge.context_checks import check_contexts
from ontrial.judge.docket import (
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
from ontrial.judge.estimands import EACH, FORMS, arm_axes, each_arm
from ontrial.judge.identities import IDENTITIES
from ontrial.judge.metrics import METRICS, Metric
from ontrial.judge.obstacles import SHARED_RATE
from ontrial.judge.own_metrics import MetricsFile
from ontrial.judge.policies import TUNED
from ontrial.judge.setting_checks import CLAIM_SETTINGS, COST_SETTINGS, check_settings, item_path, require_policy
from ontrial.judge.units import TIMED, recorded
from ontrial.storage import yaml_files
from ontrial.storage.yaml_files import KeyPath, Mistake, show
from ontrial.study import checking, components
from ontrial.study.schema_files import load_schema
from ontrial.study.study import Study
from ontrial_judge.core.verdicts import SettingValues

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
    "smallest_effect",
    "quantifier",
)
COMPARISONS = ("measured", "timed")
NEEDED = {  # keys of each kind of claim, with the reason
    **{
        kind: dict.fromkeys(("experiment", "metric", "smallest_effect"), f"a {kind} claim needs it")
        for kind in COMPARISONS
    },
    "by_construction": {"identity": f"a claim of kind by_construction needs one of {', '.join(IDENTITIES)}"},
    "not_testable": {"because": "a claim that is not testable must say why"},
}
REFUSED = {
    **dict.fromkeys(COMPARISONS, ("identity",)),
    "by_construction": COMPARISON_KEYS,
    "not_testable": (*COMPARISON_KEYS, "identity"),
}
FORM = "(form)"  # stands in the place of a rule for the form of the comparison


def read_docket(path: str | Path, study: Study, *, run_metrics: bool = False) -> Docket:
    """Return the claims of a docket that a study tests.

    Raises InputError, which lists all mistakes by line, also if those are in what pilots changed.

    run_metrics: Whether to try out the study's own metrics, which runs its code.
    """
    try:
        text = checking.read_text(path)
    except InputError as error:
        raise yaml_files.input_error(study.source, study.lines, [(("docket",), str(error))]) from None
    docket = parse(text, str(path), study, run_metrics=run_metrics, measured_times=times.read_times(path))
    pilots.find(path)
    return docket


def parse(
    text: str, where: str, study: Study, *, run_metrics: bool = False, measured_times: times.Times | None = None
) -> Docket:
    """Return the claims that a study tests, from a docket as YAML text.

    where: Name of the docket in messages.
    run_metrics: Whether to try out the study's own metrics, which runs its code.
    measured_times: The times of timed claims.
    """
    metrics_file = own_metrics.read_metrics(study.metrics) if study.metrics else None
    own_metrics.define(metrics_file)
    known_times = measured_times or {}

    def check(content: Any, schema_mistakes: list[Mistake]) -> Iterable[Mistake]:
        if schema_mistakes:
            return []
        mistakes = list(checking.repeated_ids("claims", content["claims"])) or list(_check_claims(content, study))
        mistakes = mistakes or list(times.mistakes(content["claims"], known_times))
        if metrics_file and run_metrics and not mistakes:
            mistakes += _failing_metrics(content, study, metrics_file)
        return mistakes

    content, _ = checking.check(text, where, load_schema("claims"), {}, check)
    specs = [spec for spec in content["claims"] if _is_tested(spec, study)]
    looks, remarks = _sequential_designs(specs, study), {key: content[key] for key in REMARKS if key in content}
    remarks["times"] = {spec["id"]: known_times[spec["id"]] for spec in specs if spec.get("kind") == "timed"}
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
    for i, spec in enumerate(content["claims"]):
        if (chapter := spec.get("chapter")) and chapter not in chapters:
            yield ("claims", i, "chapter"), unknown("chapter", chapter, chapters)
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
    """Check quotations: they are short, the docket describes their sources, and each condition is tested or not."""
    for i, quotation in enumerate(spec.get("quotations", [])):
        if quotation["source"] not in sources:
            yield ("quotations", i, "source"), unknown("source", quotation["source"], sources)
        if (count := len(quotation["words"].replace("…", " ").split())) > QUOTED_WORDS:
            yield ("quotations", i, "words"), f"{count} words are too many: quote at most {QUOTED_WORDS}."
        if ("condition" in quotation) != ("condition_tested" in quotation):
            given = next(key for key in ("condition", "condition_tested") if key in quotation)
            yield ("quotations", i, given), "condition and condition_tested belong together. Add the other one."


def _check_claim(spec: Spec, study: Study, references: Collection[str], others: Sequence[Spec]) -> Iterator[Mistake]:
    for i, name in enumerate(spec.get("references", [])):
        if name not in references:
            yield ("references", i), unknown("reference", name, references)
    kind = _kind(spec)
    if kind in COMPARISONS:
        yield from _check_comparison(spec, study, others)
    else:
        yield from _missing_keys(spec)
    for key in REFUSED[kind]:
        if key in spec:
            yield (key,), f'a claim of kind {kind} takes no "{key}". Remove it.'
    if kind == "by_construction" and "identity" in spec and spec["identity"] not in IDENTITIES:
        yield ("identity",), unknown("identity", spec["identity"], IDENTITIES)


def _missing_keys(spec: Spec) -> Iterator[Mistake]:
    for key, reason in NEEDED[_kind(spec)].items():
        if key not in spec and not (key == "experiment" and _is_cost(spec)):
            yield (), f'the key "{key}" is missing: {reason}.'


def _check_comparison(spec: Spec, study: Study, others: Sequence[Spec]) -> Iterator[Mistake]:
    """Check a measured or timed claim up to the first check that finds mistakes, which later ones assume to be none.

    others: Other claims of the docket.
    """
    also_at_own_rates = any(_is_same_at_own_rates(spec, other) for other in others)
    checks: tuple[Callable[[], Iterator[Mistake]], ...] = (
        lambda: chain(_missing_keys(spec), _broken(RULES_OF_KEYS, spec)),
        lambda: _check_names(spec, study),
        lambda: _check_quantities(spec),
        lambda: _check_policies(spec),
        lambda: check_contexts(spec, study, also_at_own_rates=also_at_own_rates),
    )
    yield from next(filter(None, (list(check()) for check in checks)), [])


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


class Rule(NamedTuple):
    """A rule for the entry of a claim in a docket.

    place: Keys of the mistake, of which FORM stands for the form of the comparison.
    is_broken: Whether an entry breaks the rule.
    message: What is wrong with it, and what to do.
    """

    place: tuple[str, ...]
    is_broken: Callable[[Spec], bool]
    message: Callable[[Spec], str]


def _broken(rules: Iterable[Rule], spec: Spec) -> Iterator[Mistake]:
    """Yield a mistake for each rule that a claim breaks."""
    for place, is_broken, message in rules:
        if is_broken(spec):
            yield tuple(form_of(spec) if key == FORM else key for key in place), message(spec)


def _kind(spec: Spec) -> str:
    return spec.get("kind", "measured")


def _is_cost(spec: Spec) -> bool:
    return spec.get("metric") == "cost"


def _is_timed(spec: Spec) -> bool:
    return _kind(spec) == "timed"


def _is_bound(spec: Spec) -> bool:
    """Whether the claim is that an effect is small, or at most as large."""
    return form_of(spec) in ("equality", "at_most")


def _forms(spec: Spec) -> list[str]:
    return [form for form in FORMS if form in spec]


def _metric(spec: Spec) -> Metric:
    """Return the metric of a comparison, which is no cost."""
    return METRICS[recorded(spec["metric"])]


RULES_OF_KEYS = (
    Rule(
        ("experiment",),
        lambda spec: "experiment" in spec and _is_cost(spec),
        lambda spec: 'the metric "cost" belongs to no experiment. Remove this key.',
    ),
    Rule(
        (),
        lambda spec: len(_forms(spec)) != 1,
        lambda spec: (
            f"a {_kind(spec)} claim needs exactly one of {', '.join(FORMS)}; it has "
            f"{', '.join(_forms(spec)) or 'none'}."
        ),
    ),
    Rule(
        (FORM,),
        lambda spec: _is_timed(spec) and _forms(spec) not in ([], ["ratio"]),
        lambda spec: "a timed claim compares times by their ratio. Use ratio: {of: …, over: …}.",
    ),
)


def _has_each(spec: Spec) -> bool:
    """Return whether a side has several arms."""
    return any(EACH in arm for arm in _arms_in(spec).values())


RULES_OF_NAMES = (
    Rule(
        (FORM,),
        lambda spec: any(EACH in arm and len(arm) > 1 for arm in _arms_in(spec).values()),
        lambda spec: "a side with several arms has no other settings. Move them into each arm, or to `where`.",
    ),
    Rule(
        (FORM,),
        lambda spec: _has_each(spec) and (_is_timed(spec) or form_of(spec) == "equality"),
        lambda spec: "of several arms, none suits an equality or a time in seconds least. Write a claim for each.",
    ),
    Rule(
        ("metric",),
        lambda spec: _is_timed(spec) and spec["metric"] in METRICS,
        lambda spec: f'"{spec["metric"]}" is no time. Remove kind: timed, or use another metric.',
    ),
    Rule(
        ("metric",),
        lambda spec: not _is_timed(spec) and spec["metric"] in TIMED,
        lambda spec: f'"{spec["metric"]}" is a time. Add kind: timed, or use another metric.',
    ),
    Rule(
        ("metric",),
        lambda spec: spec["metric"] not in (*METRICS, *TIMED),
        lambda spec: unknown("metric", spec["metric"], TIMED if _is_timed(spec) else METRICS),
    ),
    Rule(
        (FORM, "along"),
        lambda spec: "slope" in spec and spec["slope"]["along"] not in AXES,
        lambda spec: unknown("axis", spec["slope"]["along"], AXES),
    ),
)


def _check_names(spec: Spec, study: Study) -> Iterator[Mistake]:
    """Check the names of experiments, metrics and settings, and the values of settings."""
    for i, name in enumerate(as_list(spec.get("experiment", []))):
        if name not in study.experiments:
            yield item_path(("experiment",), spec["experiment"], i), unknown("experiment", name, study.experiments)
    yield from _broken(RULES_OF_NAMES, spec)
    yield from _check_places(spec)
    form, arms = form_of(spec), _arms_in(spec)
    value_checks = COST_SETTINGS if _is_cost(spec) else CLAIM_SETTINGS | {"policy": partial(require_policy, form, arms)}
    yield from check_settings(("contexts",), "context", spec.get("contexts", {}), value_checks)
    yield from check_settings(("where",), "setting", spec.get("where", {}), value_checks)
    for path, arm in _places_of_arms(spec).items():
        yield from check_settings(path, "setting", arm, value_checks)


def _check_places(spec: Spec) -> Iterator[Mistake]:
    """Check that no setting is given in two places."""
    sides, contexts = _arms_in(spec), spec.get("contexts", {})
    arms = [arm for side in sides.values() for arm in each_arm(side)]
    for axis in contexts:
        if (arms and all(axis in arm for arm in arms)) or axis in arm_axes(arms):
            yield ("contexts", axis), "the arms set this already. Remove it here or there."
    if len(arm_axes(arms)) < sum(len(arm_axes([arm])) for arm in arms):
        problem = "both arms have a list for the same setting. Keep the list in one of them: it is an axis."
        yield (form_of(spec),), problem
    for name in spec.get("where", {}):
        origins = [f'the arm "{side}"' for side, arm in sides.items() if any(name in one for one in each_arm(arm))]
        origins += ["contexts"] if name in contexts else []
        if origins:
            yield ("where", name), f"{' and '.join(origins)} would override this. Remove it here or there."


def _arms_in(spec: Spec) -> dict[str, SettingValues]:
    """Return the settings of each side of a comparison that is an arm, by the name of the side."""
    return {name: side for name, side in sides_in(spec).items() if isinstance(side, dict)}


def _places_of_arms(spec: Spec) -> dict[KeyPath, SettingValues]:
    """Return the settings of each arm by their place in a claim."""
    form = form_of(spec)
    return {
        (form, name, EACH, i) if EACH in side else (form, name): arm
        for name, side in _arms_in(spec).items()
        for i, arm in enumerate(each_arm(side))
    }


def _check_quantities(spec: Spec) -> Iterator[Mistake]:
    """Check numbers and their units, and that the form suits the metric."""
    form = form_of(spec)
    numbers = {(form, name): side for name, side in sides_in(spec).items() if not isinstance(side, dict)}
    if _is_bound(spec) and numbers and unit_of(spec) != _metric(spec).unit:
        problem = "an arm and a number are compared by their difference, which no factor measures."
        yield (form,), f"{problem} {_by_difference(spec)}"
        return
    for path, value in ({("smallest_effect",): spec["smallest_effect"]} | numbers).items():
        for message in _wrong_quantity(spec, value, is_smallest_effect=path == ("smallest_effect",)):
            yield path, message
    if len(numbers) == len(sides_in(spec)):
        yield (form,), "has no arm. At least one side must be an arm, not a number."
    if not _is_cost(spec):
        yield from _broken(RULES_OF_FORMS, spec)


def _wrong_quantity(spec: Spec, value: Any, *, is_smallest_effect: bool) -> Iterator[str]:
    """Yield the mistakes in a quantity."""
    unit, text = unit_of(spec), show(quantity_text(value))
    try:
        number = parse_quantity(value, unit, step_in(spec))
    except ValueError as error:
        yield str(error)
        return
    if is_smallest_effect and not number > 0:
        reason = "a factor above 1" if unit == "log2" else "a positive effect"
        yield f"{text} is not {reason}. Write it as in {example_quantity(unit)}."
    if unit == "points" and abs(number) > 100:
        yield f"{text} is more than 100 points, which no difference can be."
    elif unit == "points" and is_smallest_effect and number == 100:
        yield f"{text} is as much as a difference can be, so that none is certain to be more. Choose less."


def _takes_logarithm(spec: Spec) -> bool:
    return form_of(spec) == "ratio" or unit_of(spec) == "log2" != _metric(spec).unit


def _by_difference(spec: Spec) -> str:
    if _is_bound(spec):
        return f"Write the smallest effect as in {example_quantity(_metric(spec).unit)}."
    return "Compare it by difference: {of: …, minus: …}."


RULES_OF_FORMS = (
    Rule(
        (FORM,),
        lambda spec: _has_each(spec) and _metric(spec).spread,
        lambda spec: f'"{spec["metric"]}" is about all seeds, so that no arm suits a claim least in one. Use one arm.',
    ),
    Rule(
        (FORM,),
        lambda spec: _takes_logarithm(spec) and not _metric(spec).positive,
        lambda spec: f'"{spec["metric"]}" may be 0 or negative. {_by_difference(spec)}',
    ),
    Rule(
        (FORM,),
        lambda spec: "slope" in spec and spec["metric"] == "fails",
        lambda spec: "a slope is of numbers, and shares of failures are compared. Use difference: {of: …, minus: …}.",
    ),
    Rule(
        (FORM,),
        lambda spec: "slope" in spec and _metric(spec).censored,
        lambda spec: (
            f'"{spec["metric"]}" is infinite for some runs, so it has no slope. Compare it by ratio or difference.'
        ),
    ),
    Rule(
        (),
        lambda spec: _metric(spec).needs_threshold and "threshold" not in spec,
        lambda spec: f'the key "threshold" is missing: the metric "{spec["metric"]}" needs it.',
    ),
    Rule(
        ("threshold",),
        lambda spec: "threshold" in spec and not _metric(spec).needs_threshold,
        lambda spec: f'the metric "{spec["metric"]}" takes no threshold. Remove it.',
    ),
    Rule(
        ("threshold",),
        lambda spec: (
            spec.get("threshold", 0) > 1 and _metric(spec).needs_threshold and _metric(spec).goal == "accuracy"
        ),
        lambda spec: f"{spec['threshold']:g} is more than 1, which no accuracy can be.",
    ),
)


def _check_policies(spec: Spec) -> Iterator[Mistake]:
    """Check that arms choose their learning rates alike, and that a rate which they share is that of each in turn."""
    form = form_of(spec)
    arms = _arms_in(spec)
    if len(arms) > 1:
        for path, arm in _places_of_arms(spec).items():
            if "policy" in arm:
                yield (*path, "policy"), "a policy is for all arms. Move it to contexts, or to `where`."
    places: dict[KeyPath, SettingValues] = {(key,): spec.get(key, {}) for key in ("contexts", "where")}
    places |= _places_of_arms(spec)
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
