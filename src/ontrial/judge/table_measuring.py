"""From the runs of a table and a question to the numbers of each context, by pair or by arm."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ontrial.errors import InputError, legible
from ontrial.judge.estimands import FORMS
from ontrial.judge.questions import NEVER, TableQuestion
from ontrial.judge.table_contexts import Column, TableArms, TableContext, TableEstimand, TablePairs
from ontrial.judge.table_rows import place, quoted, rows_text, setting_column
from ontrial_judge.core.evidence import MeasuredArm
from ontrial_judge.core.verdicts import SettingValues, Way

if TYPE_CHECKING:
    import pandas as pd

MOST_CONTEXTS = 5_000
FOLD = re.compile(r"(?<![a-z])(?:cv|k)?[-_ ]?(fold|split)s?(?![a-z])", re.IGNORECASE)  # in names of columns
SEED = re.compile(r"seed|(?<![a-z])(?:run|rep|repeat|replicate|trial)(?![a-z])", re.IGNORECASE)
GROUP = re.compile(r"(?<![a-z])(subject|task|data.?set|category|topic|domain|benchmark)(?![a-z])", re.IGNORECASE)
ITEM = re.compile(
    r"(?<![a-z])(doc|document|question|item|example|problem|instance|image|query)(?![a-z])", re.IGNORECASE
)
MOST_FOLDS = 20  # more distinct values than these are folds of several divisions, each with its own number


@dataclass(frozen=True)
class Incomplete:
    """A pair that lacks the run of an arm, and so does not count.

    context, pair: Values by column.
    missing: Value of the arm without a run.
    """

    context: SettingValues
    pair: SettingValues
    missing: str


@dataclass(frozen=True)
class MeasuredTable:
    """The numbers of each context, and what does not count on its own.

    measured: Numbers of each context.
    incomplete: Pairs that lack a run.
    whole: Column of the pair whose values are what counts, "" if each pair does.
    pairs: Number of pairs that there are of these; 0 if each counts.
    skipped: What contexts lack that are left out, by their name.
    """

    measured: Sequence[TableContext]
    incomplete: Sequence[Incomplete] = ()
    whole: str = ""
    pairs: int = 0
    skipped: Mapping[str, str] = field(default_factory=dict)


def measure(runs: pd.DataFrame, question: TableQuestion, *, of_tasks: bool = False) -> MeasuredTable:
    """Return the numbers of each context.

    runs: Those of `table_rows.with_numbers`.
    of_tasks: Whether a pair is a task, which counts as one whatever else has a value of its columns.
    """
    runs, skipped = _with_both_arms(runs, question)
    estimand = _estimand(question, runs)
    measured = _paired(runs, question, estimand, of_tasks) if question.pair else _unpaired(runs, question, estimand)
    return replace(measured, skipped=skipped)


def _with_both_arms(runs: pd.DataFrame, question: TableQuestion) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the runs of contexts that have both arms in a pair, or at all, and what other contexts lack by their name.

    If no context has them, or the question asks for all, all runs are returned, of which the rest complains.
    """
    keys = [*map(setting_column, question.contexts)]
    if not keys or question.complete_only:
        return runs, {}
    groups = [*keys, *map(setting_column, question.pair)]
    has_both = runs.groupby(groups)["arm"].transform("nunique") == 2
    is_kept = has_both.groupby([runs[key] for key in keys]).transform("any")
    if not is_kept.any():
        return runs, {}
    skipped = {}
    for values, group in runs[~is_kept].groupby(keys):
        arms = group["arm"].unique()
        name = place(_settings(question.contexts, values))
        missing = [arm for arm in (question.better, question.other) if arm not in arms]
        skipped[name] = f"no run of {legible(missing[0], 80)}" if missing else "no pair"
    return runs[is_kept], skipped


def _estimand(question: TableQuestion, runs: pd.DataFrame) -> TableEstimand:
    """Return the estimand, positive if the first arm is better."""
    unit = question.unit
    form = "ratio" if unit == "log2" else "at_most" if question.not_worse else "difference"
    is_reversed = question.lower_is_better is not question.not_worse
    arms: list[SettingValues] = [{question.column: value} for value in (question.better, question.other)]
    sides = dict(zip(FORMS[form], arms[::-1] if is_reversed else arms, strict=True))
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
        by=Way(question.by) if question.by else None,
        overlap=_overlap(question, runs),
    )


def _overlap(question: TableQuestion, runs: pd.DataFrame) -> float:
    """Return the share of the data that each test part has, from the number of folds; 0 for pairs of another kind."""
    if question.overlap:
        return float(question.overlap)
    found = next((name for name in question.pair if FOLD.search(name)), None)
    if found is None or runs[setting_column(found)].nunique() < 2:
        return 0.0
    folds = runs[setting_column(found)].nunique()
    if "split" in found.lower() or not 2 <= folds <= MOST_FOLDS:
        raise InputError(
            f"{quoted(found)}: folds and splits of the same data are not independent. Say which share of the data each "
            "test part has, as in --overlap 0.1 for 10 folds; or --overlap 0 if no two of them share training data."
        )
    return 1 / folds


def _whole_seeds(runs: pd.DataFrame, question: TableQuestion, *, ratio: bool) -> tuple[pd.DataFrame, str, int]:
    """Return runs with one pair for each value of a column of the pair that has far fewer values than there are pairs.

    Several runs of one seed are no more than that seed: their mean counts, which is the geometric one for a ratio. But
    where each group numbers its test items from 1, as subject and doc_id do, every item of every group is a pair. The
    further items are that column and the number of pairs that there were, "" and 0 if each is on its own.
    """
    keys = {name: setting_column(name) for name in question.pair}
    pairs = len(runs.drop_duplicates([*keys.values()]))
    few = [name for name, key in keys.items() if 2 * runs[key].nunique() <= pairs]
    seed = next((name for name in few if SEED.search(name)), "")
    numbered = not seed and all(any(map(named.search, keys)) for named in (GROUP, ITEM))
    own = numbered or "pairs" in question.accept or question.overlap or any(map(FOLD.search, keys))
    if len(keys) < 2 or not few or own:
        return runs, "", 0
    name = seed or min(few, key=lambda name: runs[keys[name]].nunique())
    kept = [*map(setting_column, question.contexts), keys[name], "arm"]
    return averaged(runs, kept, ratio=ratio), name, pairs


def averaged(runs: pd.DataFrame, keys: Sequence[str], *, ratio: bool) -> pd.DataFrame:
    """Return one run for all that have the same values: their mean, the geometric one if effects are factors."""
    numbers = ["number", "least"]
    if ratio:
        runs = runs.assign(**{name: np.log2(runs[name]) for name in numbers})
    groups = runs.assign(row=runs.index).groupby(list(keys), as_index=False)
    runs = groups.agg(**{name: (name, "mean") for name in numbers}, failed=("failed", "any"), row=("row", "min"))
    if ratio:
        runs = runs.assign(**{name: np.exp2(runs[name]) for name in numbers})
    return runs.set_index("row").rename_axis(None)


def _contexts(runs: pd.DataFrame, question: TableQuestion) -> Iterator[tuple[SettingValues, pd.DataFrame]]:
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


def _paired(runs: pd.DataFrame, question: TableQuestion, estimand: TableEstimand, of_tasks: bool) -> MeasuredTable:
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
        failed = same & runs["failed"]
        if failed.any() and failed.sum() < same.sum():
            raise InputError(
                f"{rows_text(same)}: several runs of {text}, of which {rows_text(failed)} failed and may have been run "
                "again. Remove what was run again, or leave out all runs that failed, with --failed drop."
            )
        raise InputError(
            f"{rows_text(same)}: several runs of {text}. Remove what is there twice. If a setting differs between "
            "them, name its column with --contexts, or choose one of its values with --where. If they are "
            "steps of one run, choose its last row with --run and --last."
        )
    is_complete = runs.duplicated(keys, keep=False)
    for settings, group in _contexts(runs, question):
        if not is_complete[group.index].any():
            _require_both_arms(group, settings, question)
            pair = " with ".join(map(quoted, question.pair))
            raise InputError(
                f"{place(settings)}: no value of {pair} has a run of both {legible(question.better, 80)} and "
                f"{legible(question.other, 80)}. Name what both runs of a pair share, or use --unpaired if they share "
                "nothing."
            )
    others = {question.better: question.other, question.other: question.better}
    incomplete = [
        Incomplete(_settings(names[:contexts], values), _settings(question.pair, values[contexts:]), others[arm])
        for *values, arm in runs[~is_complete].sort_values(keys)[[*keys, "arm"]].itertuples(index=False, name=None)
    ]
    runs, name, pairs = runs[is_complete], "", 0
    if not of_tasks:
        runs, name, pairs = _whole_seeds(runs, question, ratio=estimand.takes_ratio)
    keys = [*keys[:contexts], *([setting_column(name)] if name else keys[contexts:]), "arm"]
    runs = runs.sort_values(keys, kind="stable").assign(rate=math.nan, on_edge=False)
    runs["pair"] = runs.groupby(keys[contexts:-1]).ngroup()
    measured = [
        TablePairs(settings, estimand.question, _arms(group, question, estimand), estimand=estimand)
        for settings, group in _contexts(runs, question)
    ]
    _require_differences(measured)
    return MeasuredTable(measured, incomplete, name, pairs)


def _require_differences(measured: Sequence[TableContext]) -> None:
    """Raise InputError if no pair of any context differs."""
    if all(each.equal == each.compared for each in measured):
        pairs = sum(each.compared for each in measured)
        raise InputError(
            f"all {pairs:,} pairs have equal numbers to the last digit. One arm may be a copy of the other, or the "
            "metric cannot show what differs."
        )


def _require_both_arms(runs: pd.DataFrame, settings: SettingValues, question: TableQuestion) -> None:
    """Raise InputError if a context lacks an arm."""
    for value in (question.better, question.other):
        if not (runs["arm"] == value).any():
            raise InputError(f"{place(settings)}: no run has {place({question.column: value})}.")


def _unpaired(runs: pd.DataFrame, question: TableQuestion, estimand: TableEstimand) -> MeasuredTable:
    """Return the numbers of each context by arm, in the order of the rows."""
    runs = runs.assign(rate=math.nan, on_edge=False)
    measured: list[TableContext] = []
    for settings, group in _contexts(runs, question):
        _require_both_arms(group, settings, question)
        measured.append(TableArms(settings, estimand.question, _arms(group, question, estimand), estimand=estimand))
    _require_differences(measured)
    return MeasuredTable(measured)


def _arms(group: pd.DataFrame, question: TableQuestion, estimand: TableEstimand) -> list[MeasuredArm]:
    """Return the arms of a context in the order of the sides."""
    names = [name for name in ("number", "least", "failed", "rate", "on_edge", "pair") if name in group]
    seeds, arm = group[names], group["arm"].to_numpy()
    return [MeasuredArm.of(seeds[arm == side[question.column]]) for side in estimand.arms.values()]
