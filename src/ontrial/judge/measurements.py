"""From the tables of a study to numbers: one per confirmatory seed in each context of a claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ontrial.judge import claims, metrics, policies
from ontrial.judge.claims import Arm
from ontrial.judge.estimands import EACH, Estimand
from ontrial.judge.results import LAST, Results
from ontrial_judge.core.evidence import MeasuredArm, Paired
from ontrial_judge.core.verdicts import SettingValues


def measure(results: Results, estimand: Estimand) -> list[Paired]:
    """Return the numbers of every context of a measured claim."""
    return [measure_context(results, estimand, context) for context in claims.list_contexts(estimand)]


def measure_context(results: Results, estimand: Estimand, context: SettingValues) -> Paired:
    """Return the numbers of one context of a measured claim."""
    arms: list[MeasuredArm] = []
    for side, listed in claims.arms_by_side(results.study, estimand, context).items():
        measured = [_measure_arm(results, estimand, arm) for arm in listed]
        is_one = EACH in estimand.arms[side]
        arms += [_least_favourable(measured, lowest=estimand.takes_lowest(side))] if is_one else measured
    # A cell may have more seeds than its partner, because another claim needed them.
    return Paired(context, estimand.question, arms).first(min(arm.n for arm in arms))


def _measure_arm(results: Results, estimand: Estimand, arm: Arm) -> MeasuredArm:
    """Return the numbers of an arm: of the cell that each seed prefers on its own validation data, if it may choose."""
    options = _of_equal_length([_measure_option(results, estimand, option) for option in arm.options])
    if not arm.choices:
        return options[0]
    rates = {cell: option.columns["rate"] for cell, option in zip(arm.choices, options, strict=True)}
    seeds = options[0].index
    choice = policies.own_cells(results, rates, seeds, estimand.recorded_metric, estimand.threshold, arm.checkpoint)
    chosen = _choose(options, choice)
    combinations = sum(option.combinations for option in options)
    return replace(chosen.assign(choice=choice), choices=arm.choices, combinations=combinations)


def _least_favourable(arms: Sequence[MeasuredArm], *, lowest: bool) -> MeasuredArm:
    """Return, for each seed, the one of several arms whose number suits the claim least.

    lowest: Whether that is the lowest number, not the highest one.
    """
    arms = _of_equal_length(arms)
    numbers, least = (np.stack([arm.columns[name] for arm in arms]) for name in ("number", "least"))
    chosen = _choose(arms, numbers.argmin(axis=0) if lowest else numbers.argmax(axis=0))
    return chosen.assign(least=least.min(axis=0) if lowest else least.max(axis=0))


def _of_equal_length(arms: Sequence[MeasuredArm]) -> list[MeasuredArm]:
    n = min(arm.n for arm in arms)
    return [arm.first(n) for arm in arms]


def _choose(arms: Sequence[MeasuredArm], choice: np.ndarray) -> MeasuredArm:
    """Return the numbers of the arm that each seed has, from its index."""
    seeds = np.arange(len(choice))
    names = set.intersection(*(set(arm.columns) for arm in arms))
    columns = {name: np.stack([arm.columns[name] for arm in arms])[choice, seeds] for name in names}
    index = np.stack([arm.index for arm in arms])[choice, seeds]
    images = [arm.by_image for arm in arms if arm.by_image is not None]
    by_image = np.stack(images)[choice, :, seeds].T if len(images) == len(arms) else None
    return MeasuredArm(columns, index, arms[0].position, by_image)


def _measure_option(results: Results, estimand: Estimand, arm: Arm) -> MeasuredArm:
    """Return the numbers of an arm with a single cell."""
    metric, cell = estimand.measure, arm.cell
    table = metrics.compute(results, cell, estimand.recorded_metric, "test", estimand.threshold, arm.checkpoint)
    seeds, rates = _arm_rates(results, estimand, arm, table.index.to_numpy())
    numbers = metric.at(table, seeds, rates)
    nothing = np.zeros(len(seeds), bool)
    columns = {"number": numbers, "least": numbers, "failed": nothing, "rate": np.full(len(seeds), np.nan)}
    columns["on_edge"] = nothing
    if metric.uses_rate:
        columns["rate"], columns["failed"] = rates, np.isinf(numbers)
        if cell.training.happens:
            learnt = "train" if metric.of_training else "test"  # random labels can be learnt, but not predicted
            fails = metrics.compute(results, cell, "fails", learnt, None, arm.checkpoint)
            columns["failed"] = columns["failed"] | (metrics.pick(fails, seeds, rates) == 100)
        if metric.clock:
            records = results.records_at(cell, LAST)
            budgets = records.budgets(metric.clock)[np.searchsorted(records.seeds, seeds)]
            columns["least"] = np.minimum(numbers, budgets)
        if arm.policy:
            columns["on_edge"] = policies.on_edge(rates, cell)
    position = claims.axis_position(arm, estimand.along) if estimand.along else 0.0
    has_images = estimand.metric == "test_accuracy" and arm.checkpoint == LAST  # only the last record has them
    correct = metrics.correct_at(results, cell, seeds, rates) if has_images else None
    combinations = len(cell.learning_rates) if arm.policy else 1
    by_image = None if correct is None else 100 * correct
    return MeasuredArm(columns, seeds, position, by_image, combinations=combinations)


def _arm_rates(results: Results, estimand: Estimand, arm: Arm, seeds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the seeds of an arm and their rates: NaN if not on the grid, the seed's own if the metric uses all rates.

    seeds: Seeds of the cell, of which the cell that the rates come from may lack some.
    """
    if arm.learning_rate is not None:
        return seeds, np.full(len(seeds), arm.learning_rate)
    base, checkpoint = arm.base or arm.cell, arm.base_checkpoint if arm.base else arm.checkpoint
    series = policies.own_rates(results, base, estimand.recorded_metric, estimand.threshold, checkpoint)
    known, own = series.index.to_numpy(), series.to_numpy()
    if not np.array_equal(known, seeds):
        shared = np.isin(known, seeds)  # one of the two cells has more seeds
        known, own = known[shared], own[shared]
    return known, policies.on_grid(arm.policy, own, arm.cell, base) if arm.policy else own
