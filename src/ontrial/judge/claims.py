"""Claims as data: what is compared in which contexts, and which cells of a study this selects.

The settings of a claim are those of study.cell.Settings, and `experiment`, `output`, `loss`, `depth` (number of hidden
layers), `budget` (epochs or updates), `policy`, `learning_rate`, `rate_times_updates` and `checkpoint`. This module
expects checked claims: see checks.py.

The value "tuned" leaves a setting to each seed, which chooses on its own validation data: among the values that the
experiment has, each with the learning rates of its cell.

A shared learning rate suits one arm, so the policy of a claim names whose it is: "fixed_of" gives both arms the own
rate of the arm `of`, and "linear_minus" starts from that of `minus`. The arms of a slope have their own rates.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ontrial.judge.estimands import EACH, Estimand, each_arm
from ontrial.judge.policies import FACTORS, ROUNDING, TUNED
from ontrial.judge.results import LAST
from ontrial.judge.units import TIMED
from ontrial.study.cell import NUMERIC_SETTINGS, SETTINGS, Cell
from ontrial.study.settings import NONE, Bounds
from ontrial.study.study import Study
from ontrial_judge.core.verdicts import Choice, SettingValues

if TYPE_CHECKING:
    from ontrial_judge.core.evidence import MeasuredArm

AXES = ("depth", "width", *NUMERIC_SETTINGS)  # of slopes
# Settings that may differ between the cells of a slope, besides its axis. Any other could explain the slope.
VARYING = {"depth": {"hidden"}, "width": {"hidden"}}
# Settings that choose the learning rate of a cell, not the cell
RATES = ("policy", "rate_times_updates")
# Settings that choose among the runs of a cell, and their records
RUNS = (*RATES, "checkpoint")
# Settings that seeds may choose. Numbers of different data sets and losses can't be compared.
TUNABLE = tuple(name for name in SETTINGS if name not in ("dataset", "objective"))


def list_contexts(estimand: Estimand) -> list[SettingValues]:
    """Return every combination of the axes' values. The last axis changes fastest."""
    axes = estimand.axes
    return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]


def settings_in_context(estimand: Estimand, arm: SettingValues, context: SettingValues) -> SettingValues:
    """Return all settings of an arm in a context. The arm's own override the context's, which override `where`."""
    own = {name: context[name] if isinstance(value, list) else value for name, value in arm.items()}
    return estimand.where | context | own


@dataclass(frozen=True)
class Arm:
    """The source of an arm's numbers: a cell, and its learning rate or the policy that chooses it.

    Without a rate and a policy, the metric uses all rates.

    policy: Policy without the name of the arm that it starts from, as in policies.py.
    base: Cell from whose seeds' own rates the policy starts.
    checkpoint: Record that judges each run, a name in CHECKPOINTS.
    base_checkpoint: Record at which seeds choose the rates of the base.
    choices: Cells among which each seed chooses, if a setting is tuned; `cell` is the first of them. Otherwise empty.
    """

    cell: Cell
    learning_rate: float | None = None
    policy: str | None = None
    base: Cell | None = None
    checkpoint: str = LAST
    base_checkpoint: str = LAST
    choices: tuple[Cell, ...] = ()

    @property
    def options(self) -> list[Arm]:
        """An arm for each cell among which seeds choose, or this arm alone if there is nothing to choose."""
        return [replace(self, cell=cell, base=self.base and cell, choices=()) for cell in self.choices] or [self]


class SelectionError(ValueError):
    """An error for an arm that selects no runs.

    setting: Name of the setting that leaves none.
    """

    def __init__(self, message: str, setting: str) -> None:
        """Store the message and the name of the setting."""
        super().__init__(message)
        self.setting = setting


def list_arms(study: Study, estimand: Estimand, context: SettingValues) -> list[Arm]:
    """Return the arms of all sides in a context, in the order of the sides. Raises ValueError like `arms_by_side`."""
    return [*itertools.chain(*arms_by_side(study, estimand, context).values())]


def arms_by_side(study: Study, estimand: Estimand, context: SettingValues) -> dict[str, list[Arm]]:
    """Return the arm of each side in a context, or its arms if there are several, by the name of the side.

    Raises ValueError if a side selects no cell, or too many, or no learning rate.
    """
    starts = {side: select_side(study, estimand, side, context) for side in estimand.arms}
    return {side: make_arms(estimand, side, context, starts) for side in estimand.arms}


def select_side(study: Study, estimand: Estimand, side: str, context: SettingValues) -> list[Arm]:
    """Return the arm of a side in a context, or its arms if there are several, before their learning rates are known.

    Raises ValueError if an arm selects no cell, or too many, or if a setting is tuned that does not vary.

    side: Name of the side.
    """
    arms = (settings_in_context(estimand, arm, context) for arm in each_arm(estimand.arms[side]))
    return [start for settings in arms for start in _select_arms(study, estimand, settings)]


def _select_arms(study: Study, estimand: Estimand, settings: SettingValues) -> list[Arm]:
    cells = _select_cells(study, estimand.experiments, settings)
    tuned = [name for name in TUNABLE if settings.get(name) == TUNED]
    others = [name for name in ("experiment", *SETTINGS) if name not in tuned]
    groups: dict[tuple, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(tuple(getattr(cell, name) for name in others), []).append(cell)
    for group, name in itertools.product(groups.values(), tuned):
        if len({cell.values(name) for cell in group}) < 2:
            raise SelectionError(
                f'leaves nothing to choose: experiment "{group[0].experiment}" has the single {name} '
                f"{_plainly(group[0].values(name)[0])}. List several in the experiment, or name it here.",
                name,
            )
    if len(groups) > 1 and not estimand.along:
        raise ValueError(_too_many([cell for cell, *_ in groups.values()]))
    checkpoint = settings.get("checkpoint", LAST)
    return [Arm(group[0], checkpoint=checkpoint, choices=tuple(group) if tuned else ()) for group in groups.values()]


def make_arms(estimand: Estimand, side: str, context: SettingValues, starts: Mapping[str, list[Arm]]) -> list[Arm]:
    """Return the Arm of a side in a context, or each of several; for a slope, one per value along its axis, ascending.

    Raises ValueError if the learning rate is open, or if the arms are no slope.

    starts: Result of `select_side` for each side.
    """
    each = [settings_in_context(estimand, arm, context) for arm in each_arm(estimand.arms[side])]
    if estimand.along:
        return _slope_arms(estimand, estimand.along, starts[side], *each)
    bases = {name: first for name, (first, *_) in starts.items()}  # several arms share no rate
    return [_make_arm(estimand, start, settings, bases) for start, settings in zip(starts[side], each, strict=True)]


def _slope_arms(estimand: Estimand, along: str, starts: list[Arm], settings: SettingValues) -> list[Arm]:
    """Return the arms of a slope, ascending. Raises ValueError unless they differ along its axis and nowhere else."""
    cells = [arm.cell for arm in starts]
    arms = [_make_arm(estimand, start, settings, {}) for start in starts]
    positions = {arm: axis_position(arm, along) for arm in arms}
    distinct = len(set(positions.values()))
    if distinct < 2:
        raise ValueError(f"a slope along {along} needs at least two values of it; the arm selects one.")
    if distinct < len(arms):
        raise ValueError(_too_many(cells))
    _require_one_difference(along, cells)
    return sorted(arms, key=positions.__getitem__)


def _require_one_difference(along: str, cells: list[Cell]) -> None:
    """Raise ValueError if the cells of a slope differ in more than its axis."""
    ignored = VARYING.get(along, {along})
    differing = [name for name in SETTINGS if name not in ignored and len({getattr(cell, name) for cell in cells}) > 1]
    if along == "width" and len({len(cell.hidden) for cell in cells}) > 1:
        differing.append("depth")
    if len({(c.training.epochs, c.training.updates) for c in cells}) > 1:
        differing.append("their budgets")
    if differing:
        raise ValueError(
            f"the cells of a slope along {along} must not differ in anything else. They differ in "
            f"{', '.join(differing)}. Choose one value in the arm or in `where`."
        )


def _make_arm(estimand: Estimand, start: Arm, settings: SettingValues, bases: Mapping[str, Arm]) -> Arm:
    """Return an arm with its learning rate, or the policy that chooses it. Raises ValueError if that is open.

    start: Arm before its learning rate is known.
    bases: Such arms whose own rates a policy may start from, by the name that follows the policy.
    """
    cell = start.cell
    _require_policy(estimand, start, settings)
    if not estimand.measure.uses_rate:
        return start
    rate, policy, product = (settings.get(name) for name in ("learning_rate", *RATES))
    if rate is not None and policy is not None:
        raise ValueError("has both a learning rate and a policy that chooses one. Remove one of the two.")
    if product is not None:
        if rate is not None or policy is not None:
            raise ValueError(
                "has both rate_times_updates and something else that chooses a rate. Remove one of the two."
            )
        return replace(start, learning_rate=_rate_of_product(cell, float(product)))
    if rate is not None:
        return replace(start, learning_rate=float(rate))
    if len(cell.learning_rates) == 1:
        return replace(start, learning_rate=cell.learning_rates[0])
    if policy is None:
        names = ", ".join(policies_of(estimand.form, estimand.arms))
        count = len(cell.learning_rates)
        raise ValueError(f"its cell has {count} learning rates: add a learning_rate or a policy ({names}).")
    rule, _, owner = policy.partition("_")
    base = start if policy == TUNED else bases[owner]
    return replace(start, policy=rule, base=base.cell, base_checkpoint=base.checkpoint)


def _require_policy(estimand: Estimand, start: Arm, settings: SettingValues) -> None:
    """Raise ValueError if seeds choose a setting of an arm, but not its learning rate with it."""
    if not start.choices:
        return
    if estimand.metric in TIMED:
        raise ValueError("seconds are those of one cell, so seeds can't choose a setting. Name its value.")
    if not estimand.measure.uses_rate:
        raise ValueError(
            f'the metric "{estimand.metric}" takes all learning rates, and a tuned setting is chosen with one of them. '
            "Name its value."
        )
    if settings.get("policy") != TUNED:
        raise ValueError("a tuned setting is chosen together with the learning rate. Use policy: tuned, and no other.")


def _rate_of_product(cell: Cell, product: float) -> float:
    """Return the learning rate with which a cell has a product of rate and updates. Raises ValueError without one.

    With momentum μ, the rate counts 1 / (1 − μ) times, which is the total effect of one gradient.
    """
    updates = cell.recipe.total_updates(cell.training_sample_count)
    if not cell.recipe.has_constant_rate:
        raise ValueError(
            f'the learning rate of experiment "{cell.experiment}" changes in training, so that it has no product with '
            "the updates. Use schedule: [constant] and warmup: [0]."
        )
    rate = product * (1 - cell.momentum) / max(updates, 1)
    nearest = min(cell.learning_rates, key=lambda each: abs(each - rate))
    if abs(nearest - rate) > ROUNDING * rate:
        raise ValueError(
            f"{updates:,} updates need a learning rate of {rate:g} for a product of {product:g}, and experiment "
            f'"{cell.experiment}" has none. The nearest is {nearest:g}.'
        )
    return nearest


def sharing_policies(form: str, arms: Mapping[str, SettingValues]) -> dict[str, tuple[str, ...]]:
    """Return the policies under which arms share a rate, by the rule: one for each arm from whose own rate it starts.

    There are none for a single arm, for a side of several arms, nor for slopes.

    arms: Settings of the sides that are arms, by name.
    """
    names = () if form == "slope" or any(EACH in arm for arm in arms.values()) else tuple(arms)
    return {rule: tuple(f"{rule}_{name}" for name in names) for rule in FACTORS} if len(names) > 1 else {}


def policies_of(form: str, arms: Mapping[str, SettingValues]) -> tuple[str, ...]:
    """Return the policies that a claim may name."""
    return (*itertools.chain(*sharing_policies(form, arms).values()), TUNED)


def _select_cells(study: Study, experiments: Iterable[str], settings: SettingValues) -> list[Cell]:
    """Return the cells of the experiments that have these settings.

    Raises SelectionError, which names the first setting that leaves none.
    """
    cells = [cell for cell in study.cells.values() if cell.experiment in experiments]
    matched: list[str] = []
    for name, value in settings.items():
        if name in RUNS or (name in TUNABLE and value == TUNED):
            continue
        matching = [cell for cell in cells if cell.has(name, value)]
        if not matching:
            values = {item for cell in cells for item in cell.values(name)}
            available = ", ".join(map(_plainly, sorted(values, key=lambda item: (isinstance(item, str), item))))
            condition = f" with {', '.join(matched)}" if matched else ""
            message = f"selects no runs: no cell{condition} has {name} {value}. Available: {available}."
            raise SelectionError(message, name)
        matched.append(f"{name} {value}")
        cells = matching
    return cells


def _plainly(value: Any) -> str:
    """Return a value of a setting as a configuration may have it: "0" for 0.0."""
    return str(value).removesuffix(".0")


def choice_of(arm: MeasuredArm) -> Choice:
    """Return the choices of the seeds of an arm."""
    values: SettingValues = {}
    on_edge = []
    for name in TUNABLE:
        listed = list(dict.fromkeys(cell.meaning(name) for cell in arm.choices))
        if len(listed) < 2:
            continue
        chosen = [arm.choices[i].meaning(name) for i in arm.columns["choice"]]
        values[name] = max(listed, key=chosen.count)
        setting = SETTINGS[name]
        if setting.is_numeric or isinstance(setting, Bounds):
            first, *_, last = setting.ordered(listed)
            edges = {first, last} - {0, NONE}  # nothing lies beyond these
            if sum(value in edges for value in chosen) >= len(chosen) / 2:
                on_edge.append(name)
    return Choice(arm.combinations, values, tuple(on_edge))


def step_of(axis: str) -> str:
    """Return the name of one step along the axis of a slope.

    >>> step_of("depth"), step_of("width")
    ('layer', 'doubling')
    """
    if axis == "depth":
        return "layer"
    return f"{1 / setting.steps:g}" if (setting := SETTINGS.get(axis)) and setting.steps else "doubling"


def axis_position(arm: Arm, axis: str) -> float:
    """Return the position of an arm along the axis of a slope, in steps. Raises ValueError if it has none."""
    value = axis_value(arm, axis)
    if axis == "depth":
        return value
    if (setting := SETTINGS.get(axis)) and setting.steps:
        return setting.steps * value
    if value == 0:
        raise ValueError(
            f"a slope along {axis} counts doublings, and no doubling leads from 0 to another number. Use an experiment "
            "without 0."
        )
    return math.log2(value)


def axis_value(arm: Arm, axis: str) -> float:
    """Return the value of an arm on the axis of a slope. Raises ValueError if it has none."""
    cell = arm.cell
    match axis:
        case "depth":
            return len(cell.hidden)
        case "width":
            if len(set(cell.hidden)) != 1:
                raise ValueError(
                    f'a slope along width needs hidden layers of one width; a cell has hidden "{cell.layers}". Choose '
                    "a depth in the arm or in `where`, as in depth: 2."
                )
            return cell.hidden[0]
    return cell.meaning(axis)


def _too_many(cells: list[Cell]) -> str:
    names = ("experiment", *SETTINGS)
    differing = ", ".join(name for name in names if len({cell.values(name) for cell in cells}) > 1)
    return f"selects {len(cells)} cells, which differ in {differing}. Choose one, in the arm or in `where`."
