"""From a table of anybody's runs and a question to a verdict, by the rules that judge a study."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ontrial.errors import InputError, legible
from ontrial.judge import across, table_checks, table_measuring, table_rows
from ontrial.judge.questions import TableQuestion
from ontrial.judge.table_contexts import TableArms, TableContext
from ontrial.judge.table_measuring import MeasuredTable
from ontrial.judge.table_rows import Faults
from ontrial_judge.core import decisions, statistics
from ontrial_judge.core.verdicts import Outcome, SettingValues, Verdict, Way, settings_text

if TYPE_CHECKING:
    import pandas as pd


FEWEST_RUNS = 4  # of an arm without pairs: of three in ten runs that collapse, all of fewer often do


@dataclass(frozen=True, kw_only=True)
class Evidence(MeasuredTable):
    """The runs of a table that a question is about, with their numbers.

    columns: Columns of the table that were used, by the name in the question.
    rows: Number of rows of the table.
    runs: Number of runs of each arm that are judged, by its value.
    shares: Whether numbers are shares of 1, which count in points.
    others: Number of runs of neither arm by their value, the most frequent ones first.
    unended: Number of runs of each arm that a condition on how runs ended leaves out.
    failed: Number of runs without a number, which were left out or counted as another one, by the values of contexts
        or tasks and the arm.
    ends: Number of runs by their last step, in its order. Empty if each run has one row.
    differing: Values of each arm in further columns in which the arms differ, by column.
    short: Number of runs that are much shorter than most, by column of their length.
    """

    question: TableQuestion
    columns: Mapping[str, str]
    rows: int
    runs: Mapping[str, int]
    shares: bool
    others: Mapping[str, int]
    unended: Mapping[str, int]
    failed: Mapping[tuple[Any, ...], int]
    ends: Mapping[float, int]
    differing: Mapping[str, Mapping[str, Sequence[str]]]
    short: Mapping[str, int]

    @property
    def without_number(self) -> dict[str, int]:
        """The number of runs of each arm without a number, if there are some."""
        counts = {arm: self.failed_in({}, arm) for arm in (self.question.better, self.question.other)}
        return {arm: n for arm, n in counts.items() if n}

    def failed_in(self, context: SettingValues, arm: str) -> int:
        """Return the number of runs of an arm without a number in a context, or in all."""
        values = tuple(context.values())
        return sum(n for (*place, of), n in self.failed.items() if of == arm and tuple(place[: len(values)]) == values)

    @property
    def hash(self) -> str:
        """SHA-256 of the numbers that are judged."""
        digest = hashlib.sha256()
        for each in self.measured:
            digest.update(settings_text(each.context).encode())
            for arm in each.arms:
                digest.update(f"\0{arm.n}\0".encode())
                digest.update(arm.seeds[["number", "least"]].to_numpy().tobytes())
        return digest.hexdigest()


@dataclass(frozen=True, kw_only=True)
class Judgement(Evidence):
    """The verdict on a question, whose contexts are in the order of the measured ones, and what it rests on.

    alpha: Error of each context.
    """

    verdict: Verdict
    alpha: float


def judge_table(table: pd.DataFrame, question: TableQuestion) -> Judgement:
    """Return the verdict on a question to a table: see `measure` and `decide`."""
    return decide(measure(table, question))


def judge_arms(table: pd.DataFrame, asked: Sequence[TableQuestion]) -> list[Judgement]:
    """Return the verdicts on several arms against one other, the best first.

    Each has its share of the error (Bonferroni), so that all intervals hold together. Holm's procedure would spare some
    of it for a single kind of outcome, but an arm that is certain to be better could still have been called equal.
    If the differences of one arm may move together over tasks, as those of one seed do, so may those of the others.
    Raises InputError with the faults of all.
    """
    table_rows.find_columns(asked, table.columns)  # a name without a column is not a fault of each
    faults = Faults()
    found, judged = [], []
    for question in asked:
        with faults.collect(table_rows.place({question.column: question.better})):
            found.append(measure(table, question))
    faults.refuse()
    if any(each.shared for evidence in found for each in evidence.measured):
        found = [replace(each, measured=across.moved_together(each.measured)) for each in found]
    for evidence in found:
        with faults.collect(table_rows.place({evidence.question.column: evidence.question.better})):
            judged.append(decide(evidence, statistics.ALPHA / len(asked)))
    faults.refuse()
    is_loss = any(question.not_worse for question in asked)  # then an effect is how much worse an arm is
    return sorted(judged, key=lambda each: _rank(each.verdict, is_loss))


def _rank(verdict: Verdict, is_loss: bool) -> tuple[bool, float]:
    """Return a sort key: larger mean estimates first, and NaN last."""
    known = [each.effect.estimate for each in verdict.contexts if not math.isnan(each.effect.estimate)]
    mean = sum(known) / len(known) if known else math.nan
    return math.isnan(mean), mean if is_loss else -mean


def decide(evidence: Evidence, alpha: float = statistics.ALPHA) -> Judgement:
    """Return the verdict on a question. Raises InputError if there are too few runs for any outcome.

    alpha: Error of each context.
    """
    looks = evidence.question.looks or (max(arm.n for each in evidence.measured for arm in each.arms),)
    evidence = _with_enough(evidence, looks, alpha)
    question, measured = evidence.question, evidence.measured
    claim = question.claim(estimand=measured[0].estimand)
    verdict = claim.verdict(**decisions.judge(measured, looks, alpha))
    contexts = [
        replace(context, seeds_needed=each.needed(None, alpha) if context.outcome is Outcome.UNDECIDED else None)
        for context, each in zip(verdict.contexts, measured, strict=True)
    ]
    return Judgement(**vars(evidence), verdict=replace(verdict, contexts=tuple(contexts)), alpha=alpha)


def measure(table: pd.DataFrame, question: TableQuestion) -> Evidence:
    """Return the evidence of a table with one row per run on a question.

    Raises InputError, which names rows from 1 and columns, for runs that do not answer the question.

    table: Columns of text or numbers, whose index counts the rows from 0.
    """
    asked, question = question, replace(question, contexts=question.contexts + question.over)
    faults = Faults()
    with faults.collect():
        table_checks.require_direction(question)
    with faults.collect():
        columns = table_rows.find_columns([question], table.columns)
        runs, others, unended = table_rows.runs_of(table, question, columns)
    faults.refuse()
    ends: dict[float, int] = {}
    with faults.collect():
        if question.run:
            runs, steps = table_rows.last_rows(runs, table, question, columns)
            ends = steps.value_counts().sort_index().to_dict()
        else:
            table_rows.require_row_per_run(runs, table)
    states = table_checks.unfinished(table.loc[runs.index], question)
    with faults.collect():
        table_checks.require_rule(states, table.loc[runs.index], question)
    with faults.collect():
        table_checks.require_no_summaries(runs, table, question)
    with faults.collect():
        table_checks.require_no_copies(runs, table, question)
    with faults.collect():
        numbered = table_rows.with_numbers(runs, question, columns[question.metric], [*states.values()])
    faults.refuse()
    table_checks.require_one_scale(numbered.own, question, columns[question.metric])
    if question.scale:
        numbered = numbered._replace(runs=table_rows.in_percent(numbered.runs, question))
    if asked.over and asked.tasks_are == "sample":
        keys = [*map(table_rows.setting_column, asked.over), "arm"]
        means = table_measuring.averaged(numbered.runs, keys, ratio=asked.unit == "log2")
        tasks = replace(asked, pair=asked.over, over=())
        counted = table_measuring.measure(means, tasks, of_tasks=True)
    else:
        counted = table_measuring.measure(numbered.runs, question)
        counted = across.join(counted) if asked.over else counted
    return Evidence(
        **vars(counted),
        question=asked,
        columns=columns,
        rows=len(table),
        runs={arm: int((numbered.runs["arm"] == arm).sum()) for arm in (question.better, question.other)},
        shares=numbered.shares,
        others=others,
        unended=unended,
        failed=numbered.failed,
        ends=ends,
        differing=table_checks.differing(runs, table, question, columns),
        short=table_checks.short_runs(numbered.own, table, question, columns),
    )


def _with_enough(evidence: Evidence, looks: Sequence[int], error: float) -> Evidence:
    """Return evidence without the contexts that have too few pairs for any outcome, or for the first look.

    Raises InputError if none has enough, or if the question asks for all.
    """
    alpha = statistics.shares(len(looks), error)[0]
    faults = Faults()
    enough, skipped = [], {}
    for each in evidence.measured:
        name = table_rows.place(each.context)
        skipped[name] = f"too few: {each.n}"
        with faults.collect(name):
            _require_enough_in(each, evidence, looks, alpha)
            enough.append(each)
            del skipped[name]
    if enough and not evidence.question.complete_only:
        return replace(evidence, measured=enough, skipped={**evidence.skipped, **skipped})
    faults.refuse()
    return evidence


def _require_enough_in(each: TableContext, evidence: Evidence, looks: Sequence[int], alpha: float) -> None:
    contexts = evidence.question.contexts
    over = f" For one effect over all contexts, say --over {','.join(contexts)} in place of --contexts."
    instead = legible(over, 200) if len(evidence.measured) > 1 and each.n >= across.FEWEST and len(looks) == 1 else ""
    if len(looks) > 1 and each.n < looks[0]:
        raise InputError(f"{each.n} pairs are fewer than the first look has, which is {looks[0]}.")
    if each.decided_by == (Way.MEAN,):
        if each.n < each.fewest and (each.estimand.overlap or each.estimand.by):
            raise InputError(f"too few to judge their mean alone: {each.n}. {each.fewest} or more would do.")
    elif isinstance(each, TableArms):
        counts = [arm.n for arm in each.arms]
        if min(counts) < FEWEST_RUNS or 1 / math.comb(sum(counts), counts[0]) > alpha:
            need = next(n for n in itertools.count(FEWEST_RUNS) if 1 / math.comb(2 * n, n) <= alpha)
            few = " and ".join(map(str, counts))
            raise InputError(f"{few} runs are too few for any outcome. {need} of each arm would do.{instead}")
    elif each.n < (least := statistics.fewest_seeds(2 * alpha)):
        more = statistics.fewest_seeds(alpha)
        lacking = sum(pair.context == each.context for pair in evidence.incomplete)
        others = f"; {lacking:,} more lack a run" if lacking else ""
        whole = f"{evidence.pairs:,} pairs have {each.n} values of {table_rows.quoted(evidence.whole)}: "
        raise InputError(
            f"{whole if evidence.whole else ''}too few pairs for any outcome: {each.n}{others}. At least {least} "
            f"can show that an effect is negligible, and at least {more} that it is not.{instead}"
        )
