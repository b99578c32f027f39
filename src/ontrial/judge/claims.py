"""Claims as data: what is compared in which contexts, and which cells of a study that means.

A setting of a claim is one of Settings, `experiment`, `output`, `loss`, `depth` (number of hidden layers), `budget`
(epochs or updates), `policy` or `learning_rate`. Claims are data that has been checked: judge/checks.py does that.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ontrial.judge.metrics import METRICS, TIMED, Metric
from ontrial.judge.policies import POLICIES
from ontrial.study.cell import SETTINGS, Cell
from ontrial.study.study import Study

Settings = dict[str, Any]
Side = Settings | float  # an arm, or the number that the other arm is compared with

FORMS = {"difference": ("of", "minus"), "ratio": ("of", "over"), "slope": ("of",)}
STEPS = {"depth": "layer", "batch_size": "doubling"}  # axes of slopes, and what a step along them is called
REMARKS = ("chapter", "because", "references")  # what may be improved without making it another claim
QUANTITY = re.compile(r"(?:(factor) )?(-?\d+(?:\.\d+)?)(?: (points?|octaves?|nats|epochs|updates|loss))?")


@dataclass(frozen=True)
class Estimand:
    """What is estimated: one number a seed in each context, positive in the claimed direction.

    form: difference (of − minus), ratio (log₂ of/over) or slope (least squares of `of` along an axis). sides: the arms,
    or numbers in the unit of the metric. contexts: values of each axis; a list in an arm is an axis too.
    """

    experiments: tuple[str, ...]
    metric: str
    form: str
    sides: tuple[Side, ...]
    contexts: dict[str, list]
    where: Settings
    reference: Settings | None
    threshold: float | None
    along: str | None
    smallest_effect: float
    unit: str

    @property
    def counted(self) -> str:
        """Name of the metric that the tables hold: its own, or that which a timed metric multiplies by a cost."""
        return TIMED.get(self.metric, self.metric)

    @property
    def measure(self) -> Metric:
        """Entry of the registry for what the tables hold."""
        return METRICS[self.counted]

    @property
    def censored(self) -> bool:
        """Whether medians summarise it: of times in seconds and of all that may be infinite."""
        return self.metric in TIMED or self.measure.censored


@dataclass(frozen=True)
class Claim:
    """One claim, its texts by language. `entry` is what the docket's file says.

    `estimand` belongs to measured and timed claims, `identity` to those by construction.
    """

    id: str
    kind: str
    chapter: str | None
    source: tuple[str, ...]
    statement: dict[str, str]
    because: dict[str, str]
    references: tuple[str, ...]
    identity: str | None = None
    estimand: Estimand | None = None
    entry: dict = field(default_factory=dict, repr=False)

    @property
    def hash(self) -> str:
        """SHA-256 of what the claim says, in the notes and in English, and of how it is tried, in canonical form."""
        said = {"kind": self.kind, "source": self.source, "statement": self.statement["en"]}
        tried = {key: value for key, value in self.entry.items() if key not in REMARKS}
        text = json.dumps(tried | said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def quantity(text: str | float, unit: str) -> float:
    """A number with its unit, in a metric's unit: "1 point", "factor 2" (log₂: 1), "0.05 nats"; 0 needs no unit.

    ValueError for another unit, or text that is no quantity.
    """
    found = QUANTITY.fullmatch(str(text))
    if not found:
        raise ValueError(f'"{text}" is no quantity, such as {example(unit)}.')
    factor, number, given = found[1], float(found[2]), found[3]
    if factor and unit == "log2" and number > 0 and not given:
        return math.log2(number)
    if not factor and (number == 0 or (given or "").rstrip("s") == unit.rstrip("s")):
        return number
    raise ValueError(f'"{text}": the unit here is that of {example(unit)}.')


def example(unit: str) -> str:
    """A quantity of a unit, as a claim writes it."""
    return {"log2": '"factor 2"', "points": '"1 point"', "octaves": '"1 octave"'}.get(unit, f'"0.05 {unit}"')


def contexts(estimand: Estimand) -> list[Settings]:
    """Every combination of the values of the axes, the last axis fastest."""
    named = axes(estimand)
    return [dict(zip(named, values, strict=True)) for values in itertools.product(*named.values())]


def axes(estimand: Estimand) -> dict[str, list]:
    """Values of each axis along which there are contexts."""
    return estimand.contexts | arm_axes(estimand.sides)


def arm_axes(sides: Iterable[Side]) -> dict[str, list]:
    """Axes that are lists in an arm: one context for each of their values."""
    return {
        name: value
        for side in sides
        if isinstance(side, dict)
        for name, value in side.items()
        if isinstance(value, list)
    }


def settings(estimand: Estimand, side: Settings, context: Settings) -> Settings:
    """All settings of an arm in a context: its own go before the context's, those before `where`."""
    own = {name: context[name] if isinstance(value, list) else value for name, value in side.items()}
    return estimand.where | context | own


@dataclass(frozen=True)
class Arm:
    """Where an arm's numbers come from: a cell, and its learning rate, given or by a policy.

    base: the cell whose tuning gives the rate, of a policy. Both None: the metric takes all rates.
    """

    cell: Cell
    learning_rate: float | None = None
    policy: str | None = None
    base: Cell | None = None

    @property
    def runs(self) -> tuple:
        """The same for arms that are the same runs: a policy scales nothing where the reference is the arm itself."""
        return self.cell, self.learning_rate, self.base, self.policy if self.base != self.cell else None


class SelectionError(ValueError):
    """An arm that selects no runs: the sentence, and the name of the setting that leaves none."""


def arms(study: Study, estimand: Estimand, side: Settings, context: Settings) -> list[Arm]:
    """Arms that a side stands for in a context: one, or for a slope one for each value along its axis, ascending.

    ValueError says why it selects none, or too many.
    """
    wanted = settings(estimand, side, context)
    found = cells(study, estimand.experiments, wanted)
    if estimand.form == "slope":
        found.sort(key=lambda cell: axis_value(cell, estimand.along))
        distinct = {axis_value(cell, estimand.along) for cell in found}
        if len(distinct) < 2:
            raise ValueError(f"a slope along {estimand.along} needs cells with two values of it or more.")
        if len(distinct) < len(found):
            raise ValueError(_ambiguity(found))
    elif len(found) > 1:
        raise ValueError(_ambiguity(found))
    return [_arm(study, estimand, cell, wanted) for cell in found]


def _arm(study: Study, estimand: Estimand, cell: Cell, wanted: Settings) -> Arm:
    """The arm of a cell, with its learning rate."""
    rate, policy = wanted.get("learning_rate"), wanted.get("policy")
    if not estimand.measure.uses_rate:
        return Arm(cell)
    if rate is not None and policy is not None:
        raise ValueError("has both a learning rate and a policy that chooses one. Remove one of the two.")
    if rate is not None:
        return Arm(cell, float(rate))
    if len(cell.learning_rates) == 1:
        return Arm(cell, cell.learning_rates[0])
    if policy is None:
        count = len(cell.learning_rates)
        raise ValueError(
            f"its cell has {count} learning rates: give a learning_rate or a policy ({', '.join(POLICIES)})."
        )
    if not study.experiments[cell.experiment].tuning:
        raise ValueError(
            f'experiment "{cell.experiment}" has no tuning seeds, so no policy can choose a learning rate.'
        )
    return Arm(cell, policy=policy, base=cell if policy == "tuned" else _reference(study, estimand, wanted))


def _reference(study: Study, estimand: Estimand, wanted: Settings) -> Cell:
    """The cell of the reference arm: by default that of the arm `of`."""
    own = estimand.reference
    if own is None:
        own = estimand.sides[0] if isinstance(estimand.sides[0], dict) else {}
        if arm_axes([own]):
            raise ValueError("its policy needs a reference arm: say which, as in reference: {activation: relu}.")
    try:
        found = cells(study, estimand.experiments, wanted | own)
    except SelectionError as error:
        raise ValueError(f"its reference arm {error.args[0]}") from None
    if len(found) > 1:
        raise ValueError(f"its reference arm {_ambiguity(found)}")
    return found[0]


def cells(study: Study, experiments: Iterable[str], wanted: Settings) -> list[Cell]:
    """Cells of the experiments that have the wanted settings; ValueError says which setting leaves none."""
    found = [cell for cell in study.cells.values() if cell.experiment in experiments]
    seen = []
    for name, value in wanted.items():
        if name == "policy":
            continue
        left = [cell for cell in found if cell.has(name, value)]
        if not left:
            there = {item for cell in found for item in cell.values(name)}
            there = ", ".join(map(str, sorted(there, key=lambda item: (isinstance(item, str), item))))
            before = ", ".join(f"{other} {wanted[other]}" for other in seen)
            having = f" with {before}" if before else ""
            raise SelectionError(f"selects no runs: no cell{having} has {name} {value}. There is: {there}.", name)
        seen.append(name)
        found = left
    return found


def axis_value(cell: Cell, axis: str) -> float:
    """Place of a cell along the axis of a slope; sizes count in doublings."""
    if axis == "depth":
        return len(cell.hidden)
    return math.log2(cell.batch_samples)


def _ambiguity(found: list[Cell]) -> str:
    differ = [name for name in ("experiment", *SETTINGS) if len({cell.values(name) for cell in found}) > 1]
    return f"selects {len(found)} cells, which differ in {', '.join(differ)}. Say which, in the arm or in where."
