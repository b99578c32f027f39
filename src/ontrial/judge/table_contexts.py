"""Contexts of a question to a table of runs: the numbers of each, by pair or by arm."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from ontrial.errors import InputError, legible
from ontrial.judge.estimands import FORMS, Estimand
from ontrial.judge.measuring import Measured, MeasuredArm, Paired, Unpaired
from ontrial.judge.questions import NEVER, Question
from ontrial.judge.records import SettingValues
from ontrial.judge.table_rows import place, quoted, rows_text, setting_column

if TYPE_CHECKING:
    import pandas as pd

MOST_CONTEXTS = 1_000


class Column(NamedTuple):
    """A column as a metric: its unit, which numbers are better, and whether they may be infinite."""

    unit: str
    lower_is_better: bool
    censored: bool
    spread: bool = False
    may_fail: bool = False


@dataclass(frozen=True)
class TableEstimand(Estimand):
    """The target of estimation in a table: an estimand whose metric is a column.

    column: Column of the numbers.
    """

    column: Column = field(kw_only=True)

    metric_sha256 = None

    @property
    def measure(self) -> Any:
        """The column of the numbers."""
        return self.column


@dataclass(frozen=True)
class Incomplete:
    """A pair that lacks the run of an arm, and so does not count.

    context, pair: Values by column.
    missing: Value of the arm without a run.
    """

    context: SettingValues
    pair: SettingValues
    missing: str


def measure(runs: pd.DataFrame, question: Question) -> tuple[list[Measured], list[Incomplete]]:
    """Return the numbers of each context, and the pairs that lack a run.

    runs: Those of `table_rows.with_numbers`.
    """
    estimand = _estimand(question, runs)
    return (_paired if question.pair else _unpaired)(runs, question, estimand)


def _estimand(question: Question, runs: pd.DataFrame) -> TableEstimand:
    """Return the estimand, positive if the first arm is better."""
    unit = question.unit
    form = "ratio" if unit == "log2" else "difference"
    arms: list[SettingValues] = [{question.column: value} for value in (question.better, question.other)]
    sides = dict(zip(FORMS[form], arms[::-1] if question.lower_is_better else arms, strict=True))
    column = Column(
        "number" if unit == "log2" else unit,
        lower_is_better=question.lower_is_better,
        censored=question.substitute[0] == NEVER,
    )
    return TableEstimand(
        experiments=(),
        metric=f"column {question.metric}",
        form=form,
        sides=dict(sides),
        contexts={name: runs[setting_column(name)].unique().tolist() for name in question.contexts},
        where={},
        threshold=None,
        along=None,
        smallest_effect=question.size,
        unit=unit,
        column=column,
    )


def _contexts(runs: pd.DataFrame, question: Question) -> Iterator[tuple[SettingValues, pd.DataFrame]]:
    """Yield the settings and the runs of each context, in the order of their values."""
    if not question.contexts:
        yield {}, runs
        return
    groups = runs.groupby([*map(setting_column, question.contexts)], sort=True)
    if groups.ngroups > MOST_CONTEXTS:
        raise InputError(f"{groups.ngroups:,} contexts are more than {MOST_CONTEXTS:,}. Name fewer columns.")
    for values, group in groups:
        yield _settings(question.contexts, values), group


def _settings(names: Sequence[str], values: Sequence[Any]) -> SettingValues:
    return {name: value.item() if hasattr(value, "item") else value for name, value in zip(names, values, strict=False)}


def _paired(runs: pd.DataFrame, question: Question, estimand: TableEstimand) -> tuple[list[Measured], list[Incomplete]]:
    """Return the numbers of each context by pair, in the order of the pairs, and the pairs that lack a run."""
    names, contexts = [*question.contexts, *question.pair], len(question.contexts)
    keys = [*map(setting_column, names)]
    for name in question.pair:
        if (values := runs[setting_column(name)].unique()).size == 1:
            raise InputError(
                f"{quoted(name)} is {legible(str(values[0]), 80)} in each row, so it pairs nothing. Leave it out."
            )
    if not runs.duplicated(keys[contexts:]).any():
        raise InputError(
            f"{' with '.join(map(quoted, question.pair))} has another value in each row, so no two runs share one. "
            "Name what both runs of a pair share, such as a seed, or use --unpaired."
        )
    repeated = runs.duplicated([*keys, "arm"], keep=False)
    if repeated.any():
        first = runs[repeated].iloc[0]
        same = repeated & (runs[[*keys, "arm"]] == first[[*keys, "arm"]]).all(axis=1)
        text = place({question.column: first["arm"]} | _settings(names, first[keys]))
        raise InputError(
            f"{rows_text(same)}: several runs of {text}. Remove what is there twice. If a setting differs between "
            "them, name its column with --contexts or --pair, or choose one of its values with --where. If they are "
            "steps of one run, choose its last row with --run and --last."
        )
    runs = runs.sort_values([*keys, "arm"], kind="stable").assign(rate=math.nan, on_edge=False)
    is_complete = runs.duplicated(keys, keep=False)
    measured: list[Measured] = []
    for settings, group in _contexts(runs, question):
        complete = group[is_complete[group.index]]
        if not len(complete):
            _require_both_arms(group, settings, question)
            pair = " with ".join(map(quoted, question.pair))
            raise InputError(
                f"{place(settings)}: no value of {pair} has a run of both {legible(question.better, 80)} and "
                f"{legible(question.other, 80)}. Name what both runs of a pair share, or use --unpaired if they share "
                "nothing."
            )
        measured.append(Paired(settings, estimand, _arms(complete, question, estimand)))
    others = {question.better: question.other, question.other: question.better}
    incomplete = [
        Incomplete(_settings(names[:contexts], values), _settings(question.pair, values[contexts:]), others[arm])
        for *values, arm in runs[~is_complete][[*keys, "arm"]].itertuples(index=False, name=None)
    ]
    return measured, incomplete


def _require_both_arms(runs: pd.DataFrame, settings: SettingValues, question: Question) -> None:
    """Raise InputError if a context lacks an arm."""
    for value in (question.better, question.other):
        if not (runs["arm"] == value).any():
            raise InputError(f"{place(settings)}: no run has {place({question.column: value})}.")


def _unpaired(
    runs: pd.DataFrame, question: Question, estimand: TableEstimand
) -> tuple[list[Measured], list[Incomplete]]:
    """Return the numbers of each context by arm, in the order of the rows, and no pairs."""
    runs = runs.assign(rate=math.nan, on_edge=False)
    measured: list[Measured] = []
    for settings, group in _contexts(runs, question):
        _require_both_arms(group, settings, question)
        measured.append(Unpaired(settings, estimand, _arms(group, question, estimand)))
    return measured, []


def _arms(group: pd.DataFrame, question: Question, estimand: TableEstimand) -> list[MeasuredArm]:
    """Return the arms of a context in the order of the sides."""
    seeds, arm = group[["number", "least", "failed", "rate", "on_edge"]], group["arm"].to_numpy()
    return [MeasuredArm(seeds[arm == side[question.column]]) for side in estimand.arms.values()]
