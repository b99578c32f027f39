"""A target for the runs of a table, such as a loss below 3.28, and the share of each arm that reaches it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ontrial.errors import InputError, legible
from ontrial.judge import questions, table_checks, table_rows
from ontrial.judge.questions import TableQuestion
from ontrial_judge.core import statistics
from ontrial_judge.core.verdicts import Conclusion, Outcome

if TYPE_CHECKING:
    import pandas as pd

TARGET = re.compile(r"(.+?)\s*(<=|>=|<|>)\s*(\S+?)(?:\s+in\s+(\d{1,2}(?:\.\d{1,9})?)% of runs)?")
SIGNS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge"}  # methods of columns


class Target(NamedTuple):
    """A target for single runs: a bound of a column, which more than a share of runs should keep.

    share: From 0 to 1; half of them are reached by the typical run.
    """

    metric: str
    sign: str
    bound: float
    share: float = 0.5

    @classmethod
    def parse(cls, text: str) -> Target:
        """Return the target that a text asks for. Raises InputError if it is none.

        >>> Target.parse("loss < 3.28"), Target.parse("accuracy >= 0.9 in 80% of runs").share
        (Target(metric='loss', sign='<', bound=3.28, share=0.5), 0.8)
        """
        match = TARGET.fullmatch(text.strip())
        try:
            if match and math.isfinite(float(match[3])):
                return cls(match[1], match[2], float(match[3]), float(match[4] or 50) / 100)
        except ValueError:
            pass
        raise InputError(f'"{legible(text, 80)}" is no target, such as "loss < 3.28" or "loss < 3.28 in 90% of runs".')


class Reached(NamedTuple):
    """How many runs of an arm reach a target, with the share in all runs like these: an exact 95% interval.

    first: Median of the steps at which runs first reach it; None if the table has no steps, or half of them never do.
    """

    arm: str
    runs: int
    reached: int
    low: float
    high: float
    outcome: Outcome
    first: float | None = None


def reached(
    table: pd.DataFrame, target: Target, column: str, arms: Sequence[str], where: Mapping, steps: Mapping[str, Any]
) -> list[Reached]:
    """Return how many runs of each arm reach a target. A run without a number, or that crashed, does not.

    Raises InputError as `tables.measure` does.

    steps: What identifies a run of several rows, and their step, as `run` and `last` of a question. A run then reaches
        a target at the first step that does.
    """
    results = []
    for arm in arms:
        question = TableQuestion(target.metric, column, arm, arm, "1", where=dict(where), **steps)
        has, at = _at_target(table, target, question)
        _, low, high = (float(each) / 100 for each in statistics.share_interval(has.to_numpy(), 1 - statistics.ALPHA))
        outcome = Outcome.WITHIN if low > target.share else Outcome.BEYOND if high < target.share else Outcome.UNDECIDED
        median = float(at.where(has, math.inf).median()) if at is not None else math.inf
        first = median if math.isfinite(median) else None
        results.append(Reached(arm, len(has), int(has.sum()), low, high, outcome, first))
    return results


def first_steps(table: pd.DataFrame, target: Target, question: TableQuestion) -> tuple[pd.DataFrame, TableQuestion]:
    """Return a table with a row per run, whose number is the first step at a target, and the question to it.

    Runs that never reach it take longer than the first of them lasted, unless the question says what they count as.
    """
    has, steps = _at_target(table, target, question)
    if steps is None:
        raise InputError("--target with --smallest-effect compares the first steps there: it needs --run and --last.")
    reached, failed = f"{target.metric} {target.sign} {target.bound:g}", question.failed
    if not (has.all() or failed):
        failed = f"never={steps[~has].min():g}"
        if not question.pair:
            raise InputError(
                f"{(~has).sum():,} of {len(has):,} runs never reach {legible(reached, 80)}. Without pairs, say what "
                "they count as, with --failed worst=NUMBER."
            )
    columns, name = table_rows.find_columns([question], table.columns), f"{question.last} until {reached}"
    rows = table.loc[has.index].drop(columns=[columns[target.metric], columns[question.last]])
    accept = tuple(dict.fromkeys([*question.accept, "copies"]))  # runs are measured at the same steps
    asked = replace(question, metric=name, lower_is_better=True, failed=failed, run=(), last="", accept=accept)
    return rows.assign(**{name: steps.where(has)}), questions.parse(asked.spec, "the question")


def _at_target(table: pd.DataFrame, target: Target, question: TableQuestion) -> tuple[pd.Series, pd.Series | None]:
    """Return which runs reach a target, and the steps of the rows that show it; None if each run has one row."""
    columns, steps = table_rows.find_columns([question], table.columns), None
    runs = table_rows.runs_of(table, question, columns).runs
    numbers = table_rows.to_numbers(runs["number"], columns[target.metric])
    met = getattr(numbers, SIGNS[target.sign])(target.bound) & np.isfinite(numbers)
    for failed in table_checks.unfinished(table.loc[runs.index], question).values():
        met &= ~failed
    if question.run:
        runs, steps = table_rows.last_rows(runs, table, question, columns, met)
    else:
        table_rows.require_row_per_run(runs, table)
    table_checks.require_no_copies(runs, table, question)
    return met[runs.index], steps


def conclusion(found: Sequence[Reached]) -> Conclusion:
    """Return the conclusion: supported if every arm certainly reaches the target, refuted if none does."""
    outcomes = [each.outcome for each in found]
    return statistics.decide(outcomes, outcomes)
