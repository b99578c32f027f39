"""Values that claims may give to settings. A check raises ValueError for a value that is not allowed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from typing import Any

from ontrial import data
from ontrial.errors import unknown
from ontrial.judge import claims
from ontrial.judge.claims import sharing_policies
from ontrial.judge.docket import as_list
from ontrial.judge.estimands import EACH
from ontrial.judge.obstacles import SHARED_RATE
from ontrial.judge.policies import FACTORS, TUNED
from ontrial.judge.results import CHECKPOINTS
from ontrial.nn import LOSSES, OUTPUTS
from ontrial.storage import json_files
from ontrial.storage.yaml_files import KeyPath, Mistake, show
from ontrial.study.cell import SETTINGS
from ontrial.study.configuration import NAME_CHECKS
from ontrial.study.schema_files import load_schema
from ontrial.study.settings import read_widths
from ontrial_judge.core.verdicts import SettingValues

ValueCheck = Callable[[Any], None]


def check_settings(
    path: KeyPath, kind: str, settings: SettingValues, value_checks: dict[str, ValueCheck]
) -> Iterator[Mistake]:
    """Yield the mistakes in names and values of settings, each of which has a value or a list of them."""
    for name, value in settings.items():
        if name not in value_checks:
            hint = " Choose a width as in hidden: 16, or hidden: 16-16 for two layers." if name == "width" else ""
            yield (*path, name), unknown(kind, name, value_checks) + hint
            continue
        for i, item in enumerate(as_list(value)):
            place = item_path((*path, name), value, i)
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


def item_path(path: KeyPath, value: object, i: int) -> KeyPath:
    """Return the path of an item of a value that is one item or a list of them."""
    return (*path, i) if isinstance(value, list) else path


def _one_of(kind: str, names: Collection[str], value: Any) -> None:
    if value not in tuple(names):
        raise ValueError(unknown(kind, value, names))


def require_policy(form: str, arms: Mapping[str, SettingValues], value: Any) -> None:
    """Raise ValueError unless a value is a policy of a comparison.

    arms: Settings of the sides that are arms, by name.
    """
    sharing, names = sharing_policies(form, arms), claims.policies_of(form, arms)
    rule = str(value).partition("_")[0]
    if rule in FACTORS and not sharing:
        why = "a single arm shares its learning rate with no other"
        if any(EACH in arm for arm in arms.values()):
            why = "each of several arms has its own learning rate"
        elif form == "slope":
            why = "a slope compares arms at their own rates"
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
    _one_of("policy", names, value)


def _number(kind: str, least: int, value: Any, *, whole: bool = True) -> None:
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    if not (numeric and least <= value < math.inf and (float(value).is_integer() or not whole)):
        raise ValueError(f'{kind} "{value}" is not a {"whole " if whole else ""}number, {least} or more.')


def _configured(name: str, value: Any) -> None:
    """Raise ValueError unless a configuration may list a value for a setting."""
    schema = load_schema("config")["$defs"]["experiment"]["properties"][name]["items"]
    if not json_files.is_valid(schema, value, NAME_CHECKS):
        from ontrial.study import schema_mistakes  # jsonschema says what is wrong, and takes a second to import

        if mistakes := schema_mistakes.find(value, NAME_CHECKS, schema):
            raise ValueError(mistakes[0][1])


def _hidden(value: Any) -> None:
    if not re.fullmatch(r"none|[1-9]\d*(-[1-9]\d*)*", str(value), re.ASCII):
        raise ValueError(f'hidden "{value}" is not "none", nor widths joined by hyphens such as 32-32.')
    if value != "none":
        _configured("hidden", [*read_widths(str(value))])


def _any_value(value: Any) -> None:
    """Accept any value."""


CLAIM_SETTINGS: dict[str, ValueCheck] = {
    **{name: partial(_configured, name) for name in SETTINGS},
    "dataset": partial(_one_of, "data set", data.NAMES),
    "experiment": _any_value,  # an unknown one selects no runs, which is reported
    "hidden": _hidden,
    "depth": partial(_number, "depth", 0),
    "output": partial(_one_of, "output", OUTPUTS),
    "loss": partial(_one_of, "loss", LOSSES),
    "budget": partial(_one_of, "budget", ("epochs", "updates")),
    "policy": _any_value,  # which there are depends on the arms: see `require_policy`
    "learning_rate": partial(_number, "learning rate", 0, whole=False),
    "rate_times_updates": partial(_number, "rate_times_updates", 0, whole=False),
    "checkpoint": partial(_one_of, "checkpoint", CHECKPOINTS),
}
# For the metric "cost". near + offset stands for a batch size.
TASKS = ("activation", "update", "sample")  # what is timed: both passes of a layer, an update, and that per sample
COST_SETTINGS: dict[str, ValueCheck] = {
    **{name: CLAIM_SETTINGS[name] for name in ("dataset", "hidden", "activation", "optimiser")},
    "task": partial(_one_of, "task", TASKS),
    "batch_size": partial(_number, "batch size", 1),
    "near": partial(_number, "near", 2),
    "offset": partial(_number, "offset", -1),
}
