"""What the arms of a claim select in each context: arms that can be compared, by a study that can decide."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ontrial.judge import claims, designs, obstacles
from ontrial.judge.claims import Arm
from ontrial.judge.docket import Spec, build_estimand
from ontrial.judge.estimands import EACH, Estimand
from ontrial.judge.obstacles import ComparedArms
from ontrial.storage.yaml_files import KeyPath, Mistake, show
from ontrial.study.study import Study
from ontrial_judge.core.verdicts import SettingValues

MAX_CONTEXTS = 1_000  # per claim


def check_contexts(spec: Spec, study: Study, *, also_at_own_rates: bool) -> Iterator[Mistake]:
    """Check what the arms select in every context. A mistake in several contexts is reported once.

    also_at_own_rates: Whether another claim makes the same comparison at the arms' own rates.
    """
    estimand = build_estimand(spec)
    count = math.prod(map(len, estimand.axes.values()))
    if count > MAX_CONTEXTS:
        yield (), f"{count:,} contexts, more than the {MAX_CONTEXTS:,} allowed. Shorten some of the lists."
        return
    if estimand.is_cost:  # its arms are no cells
        return
    check = partial(_check_context, also_at_own_rates=also_at_own_rates)
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
        arms = zip(*(claims.list_arms(study, estimand, each) for each in (first, context)), strict=True)
        shared = obstacles.shared_networks(next((pair for pair in arms if pair[0].cell != pair[1].cell), ()), estimand)
        yield (
            _origin((estimand.form, next(iter(estimand.arms)), axis), spec),
            f"the contexts {values} compare the same{shared}. Remove one of the two.",
        )
        return


def _compared(estimand: Estimand, context: SettingValues, study: Study) -> tuple:
    """Key shared by contexts in which a claim compares the same runs."""
    return tuple(designs.runs_key(arm, estimand.measure) for arm in claims.list_arms(study, estimand, context))


def _check_context(
    estimand: Estimand, context: SettingValues, study: Study, *, also_at_own_rates: bool
) -> Iterator[Mistake]:
    """Check the arms of one context.

    also_at_own_rates: Whether another claim makes the same comparison at the arms' own rates.
    """
    form = estimand.form
    sides, mistakes = _select_sides(estimand, context, study)
    yield from mistakes
    if sides is None:
        return
    arms = ComparedArms(estimand, study, sides, also_at_own_rates)
    for message in obstacles.of_metric(arms):
        yield (form,), message
    if message := obstacles.of_positions(arms):
        yield (form, "minus"), message
        return
    for obstacle in obstacles.OBSTACLES:
        for message in obstacle(arms):
            yield (form,), message


def _select_sides(
    estimand: Estimand, context: SettingValues, study: Study
) -> tuple[list[list[Arm]] | None, list[Mistake]]:
    """Return the arms of each side that has some, None if a side selects no cells, and the mistakes of the others."""
    mistakes: list[Mistake] = []

    def of_each(select: Callable[[str], list[Arm]]) -> dict[str, list[Arm]]:
        found = {}
        for side in estimand.arms:
            try:
                found[side] = select(side)
            except ValueError as error:
                setting = (error.setting,) if isinstance(error, claims.SelectionError) else ()
                mistakes.append(((estimand.form, side, *setting), str(error)))
        return found

    starts = of_each(lambda side: claims.select_side(study, estimand, side, context))
    if mistakes:
        return None, mistakes
    return list(of_each(lambda side: claims.make_arms(estimand, side, context, starts)).values()), mistakes


def _origin(path: tuple[Any, ...], spec: Spec) -> KeyPath:
    """Return the place of an arm's setting in a claim: in the arm, a context, `where` or an axis."""
    if len(path) < 3:
        return path
    form, side, setting = path
    if setting in spec[form][side]:
        return path
    if EACH in spec[form][side]:
        return form, side
    origins: dict[KeyPath, Any] = {(key,): spec.get(key, {}) for key in ("contexts", "where")}
    origins |= {(form, name): arm for name, arm in spec[form].items() if isinstance(arm, dict)}
    return next((*origin, setting) for origin, settings in origins.items() if setting in settings)
