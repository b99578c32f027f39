"""From a table of anybody's runs and a question to a verdict, by the rules that judge a study."""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ontrial.errors import InputError, legible, unknown
from ontrial.judge import statistics, verdicts
from ontrial.judge.estimands import FORMS, Estimand
from ontrial.judge.measuring import Measured, MeasuredArm, Unpaired
from ontrial.judge.metrics import Metric, final
from ontrial.judge.questions import DROP, NEVER, WORST, Question
from ontrial.judge.records import SettingValues, Verdict, settings_text

if TYPE_CHECKING:
    import pandas as pd

PREFIX = re.compile(r"^(config|params|metrics|summary|summary_metrics|tags)[./]")  # of columns in trackers' exports
EMPTY = ("", "nan", "na", "n/a", "null", "none")  # numbers that a table lacks, in lower case
RESULTS = (  # keys of a context in verdicts.json
    *("outcome", "estimate", "low", "high", "level", "n", "look", "unit", "censored", "failed", "counts_failures"),
    *("smallest_effect", "zeros", "rates", "on_edge", "choices", "detectable", "seeds_needed", "lottery"),
    *("alternatives", "stages"),
)
MOST_CONTEXTS = 1_000
EXACT = 2**53  # below which whole numbers are exact as floating-point numbers
NAMED = 5  # rows or values that a message names
TELL_APART = "If these are several runs, name another column that tells them apart with --run."
RUN_ID = "run_id"  # column of MLflow and Trackio that shows whether a run has several rows


@dataclass(frozen=True)
class TableEstimand(Estimand):
    """The target of estimation in a table: an estimand whose metric is a column.

    column: Column as a metric.
    """

    column: Metric = field(kw_only=True)

    @property
    def measure(self) -> Metric:
        """The column as a metric."""
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


@dataclass(frozen=True)
class Evidence:
    """What a table says on a question.

    columns: Columns of the table that were used, by the name in the question.
    rows: Number of rows of the table.
    runs: Number of runs of each arm that are judged, by its value.
    shares: Whether numbers are shares of 1, which count in points.
    others: Number of runs of neither arm by their value, the most frequent ones first.
    replaced: Number of runs of each arm without a number that were left out, or counted as another number.
    ends: Number of runs by their last step, in its order. Empty if each run has one row.
    incomplete: Pairs that do not count.
    measured: Numbers of each context.
    """

    question: Question
    columns: Mapping[str, str]
    rows: int
    runs: Mapping[str, int]
    shares: bool
    others: Mapping[str, int]
    replaced: Mapping[str, int]
    ends: Mapping[float, int]
    incomplete: Sequence[Incomplete]
    measured: Sequence[Measured]

    @property
    def hash(self) -> str:
        """SHA-256 of the numbers that are judged."""
        digest = hashlib.sha256()
        for each in self.measured:
            digest.update(settings_text(each.context).encode())
            for arm in each.arms:
                digest.update(f"\0{len(arm.seeds)}\0".encode())
                digest.update(arm.seeds[["number", "least"]].to_numpy(float).tobytes())
        return digest.hexdigest()


@dataclass(frozen=True)
class Judgement(Evidence):
    """The verdict on a question, whose contexts are in the order of the measured ones, and what it rests on.

    alpha: Error of each context.
    """

    verdict: Verdict
    alpha: float


def judge(table: pd.DataFrame, question: Question) -> Judgement:
    """Return the verdict on a question to a table: see `measure` and `decide`."""
    return decide(measure(table, question))


def decide(evidence: Evidence, alpha: float = statistics.ALPHA) -> Judgement:
    """Return the verdict on a question. Raises InputError if there are too few runs for any outcome.

    alpha: Error of each context.
    """
    question, measured = evidence.question, evidence.measured
    looks = question.looks or (max(each.n for each in measured),)
    _require_enough(evidence, looks, alpha)
    claim = question.claim(estimand=measured[0].estimand)
    verdict = verdicts.judge_measured(claim, measured, looks, alpha, lottery=False)
    return Judgement(**vars(evidence), verdict=verdict, alpha=alpha)


def measure(table: pd.DataFrame, question: Question) -> Evidence:
    """Return what a table with one row per run says on a question.

    Raises InputError, which names rows from 1 and columns, for runs that do not answer the question.

    table: Columns of text or numbers, whose index counts the rows from 0.
    """
    columns = find_columns(question, table.columns)
    runs, others = _runs_of(table, question, columns)
    ends: dict[float, int] = {}
    if question.run:
        runs, ends = _last_rows(runs, table, question, columns)
    elif RUN_ID in table:
        _require_row_per_run(runs.assign(run=table[RUN_ID]))
    numbers = _numbers(runs.pop("number"), question, columns[question.metric])
    failed = ~np.isfinite(numbers)
    rule, substitute = question.substitute
    if failed.any() and not rule:
        raise InputError(_without_numbers(failed, columns[question.metric]))
    shares = question.unit == "points" and _are_shares(numbers[~failed], question, columns[question.metric])
    if rule == WORST and substitute is not None:
        _require_worst(numbers[~failed], substitute, question, columns[question.metric])
    runs = runs.assign(number=numbers, failed=failed, least=numbers)
    replaced = runs.loc[failed, "arm"].value_counts().to_dict()
    if rule == DROP:
        runs = runs[~failed]
    elif rule:
        runs.loc[failed, "number"] = math.inf if rule == NEVER else substitute
        runs.loc[failed, "least"] = substitute
    if rule == NEVER and (late := ~failed & (runs["number"] > substitute)).any():
        raise InputError(f"{_rows(late)}: {_quoted(columns[question.metric])} is above never={substitute:g}.")
    counts = {arm: int((runs["arm"] == arm).sum()) for arm in (question.better, question.other)}
    for arm, count in counts.items():
        if not count:
            raise InputError(f"no run of {question.column}={arm} has a number in {_quoted(columns[question.metric])}.")
    if shares:
        runs[["number", "least"]] *= 100
    if question.unit == "log2" and not (runs["number"] > 0).all():
        row = runs.index[~(runs["number"] > 0)][0]
        raise InputError(
            f"row {row + 1}: {columns[question.metric]} is {runs.loc[row, 'number']:g}, and only numbers above 0 have "
            "a factor. Write the smallest effect as a number."
        )
    estimand = _estimand(question, runs)
    measured, incomplete = (_paired if question.pair else _unpaired)(runs, question, estimand)
    return Evidence(
        question,
        columns,
        rows=len(table),
        runs=counts,
        shares=shares,
        others=others,
        replaced=replaced,
        ends=ends,
        incomplete=incomplete,
        measured=measured,
    )


def columns_to_read(question: Question, columns: Sequence[str]) -> list[str]:
    """Return the columns of a table that `measure` uses. Raises InputError as `find_columns` does."""
    column_of = find_columns(question, columns)
    return list(dict.fromkeys([*column_of.values(), *(name for name in columns if name == RUN_ID)]))


def find_columns(question: Question, columns: Iterable[str]) -> dict[str, str]:
    """Return the column of a table for each name in a question: that of the name, or with a tracker's prefix.

    Raises InputError for a name without a column, or with several.
    """
    known = list(columns)
    column_of: dict[str, str] = {}
    for name in question.columns:
        candidates = [name] if name in known else [column for column in known if PREFIX.sub("", column, 1) == name]
        if not candidates:
            raise InputError(legible(unknown("column", name, {PREFIX.sub("", column, 1) for column in known}), 1000))
        if len(candidates) > 1:
            listed = " and ".join(map(_quoted, candidates))
            raise InputError(f'the column "{legible(name, 80)}" may be {listed}. Write the whole name of one.')
        if candidates[0] in column_of.values():
            raise InputError(f"the column {_quoted(candidates[0])} is named twice. Name it once.")
        column_of[name] = candidates[0]
    for name in question.contexts:
        if name in RESULTS:
            raise InputError(f'contexts: "{name}" is the name of a result in verdicts.json. Rename the column.')
    return column_of


# Runs -----------------------------------------------------------------------------------------------------------------


def _runs_of(
    table: pd.DataFrame, question: Question, columns: Mapping[str, str]
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the rows of the two arms, and the number of rows of neither arm by their value.

    The former have their arm, number, and the columns of contexts and pairs by `_key`.
    """
    import pandas as pd

    kept = np.ones(len(table), bool)
    for name, value in question.where.items():
        kept &= _choose(table[columns[name]], kept, [value], name, question)[0]
    arms = [question.better, question.other]
    masks = _choose(table[columns[question.column]], kept, arms, question.column, question)
    chosen = np.logical_or(*masks)
    runs = table[chosen]
    result = pd.DataFrame({"arm": np.where(masks[0][chosen], *arms)}, runs.index)
    result["number"] = runs[columns[question.metric]]
    for name in (*question.contexts, *question.pair):
        result[_key(name)] = _setting(runs, columns[name])
    others = _plain(table.loc[kept & ~chosen, columns[question.column]]).value_counts()
    return result, {str(value): int(n) for value, n in others.items()}


def _choose(
    column: pd.Series, kept: np.ndarray, values: Sequence[str], name: str, question: Question
) -> list[np.ndarray]:
    """Return which rows have each of some values. Raises InputError if none has, or one spells a value otherwise.

    kept: Rows of which some are chosen.
    name: Name of the column in the question.
    """
    plain = _plain(column)
    masks = [kept & _equals(plain, value) for value in values]
    others = plain[kept & ~np.logical_or.reduce(masks)].dropna()
    known = {_spelling(value) for value in values}
    alike = others[others.isin([other for other in others.unique() if _spelling(other) in known])]
    if len(alike):
        listed = ", ".join(_quoted(str(other)) for other in alike.unique()[:NAMED])
        raise InputError(
            f"{_rows(alike.notna())}: {_quoted(str(column.name))} is {listed}, and the question has "
            f"{' and '.join(values)}. Spell them alike, or rename what is something else."
        )
    for value, mask in zip(values, masks, strict=True):
        if not mask.any():
            raise InputError(_no_run(plain[kept], name, value, question))
    return masks


def _spelling(value: Any) -> float | str:
    """Return what values have in common that differ in capitals, spaces around them, or the form of a number."""
    text = str(value).strip().casefold()
    try:
        return float(text)
    except ValueError:
        return text


def _setting(rows: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of settings as `_plain` does. Raises InputError if it is empty somewhere."""
    column = _plain(rows[name])
    if (missing := column.isna()).any():
        raise InputError(f"{_rows(missing)}: the column {_quoted(name)} is empty. Fill it in, or remove the row.")
    return column


def _key(name: str) -> str:
    """Return the name of a column of settings, which is no other column's."""
    return f"setting {name}"


def _equals(column: pd.Series, value: str) -> np.ndarray:
    """Return which values of a column are a value as text. Numbers are equal whatever their form."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        number = pd.to_numeric(value, errors="coerce")
        return (column == number).to_numpy(bool, na_value=False)
    return (column.astype(str) == value).to_numpy(bool, na_value=False)


def _plain(column: pd.Series) -> pd.Series:
    """Return a column of settings as whole numbers, numbers or text, with missing values for empty ones."""
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        text = column.astype("str").mask(column.isna())
        text = text.mask(text == "")
        distinct = pd.Series(text.dropna().unique())
        numbers = pd.to_numeric(distinct, errors="coerce")
        if numbers.isna().any() or numbers.duplicated().any() or not (numbers.abs() < EXACT).all():
            return text
        column = text.map(dict(zip(distinct, numbers, strict=True)))
    if pd.api.types.is_integer_dtype(column):
        return column
    present = column.dropna()
    is_whole = len(present) and (present % 1 == 0).all() and (present.abs() < EXACT).all()
    return column.astype("Int64") if is_whole else column


def _numbers(column: pd.Series, question: Question, name: str) -> pd.Series:
    """Return a column as numbers, NaN where it is empty. Raises InputError for other text."""
    import pandas as pd

    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    doubtful = column[numbers.isna() & column.notna()]
    wrong = doubtful[~doubtful.astype(str).str.strip().str.lower().isin(EMPTY)]
    if len(wrong):
        text = legible(str(wrong.iloc[0]), 80)
        more = f" It is no number in {len(wrong):,} rows." if len(wrong) > 1 else ""
        remedy = "Empty the cells of runs that have none, and say with --failed what they count as."
        if text.endswith("%"):
            remedy = "Write it without the sign."
        raise InputError(
            f'row {wrong.index[0] + 1}: {_quoted(name)} is "{text}", which is not a number.{more} {remedy}'
        )
    return numbers


def _require_row_per_run(runs: pd.DataFrame) -> None:
    """Raise InputError if rows of the same arm, context and pair are of one run."""
    repeated = runs.drop(columns="number").duplicated(keep=False) & ~_is_empty(runs["run"])
    if repeated.any():
        raise InputError(
            f"{_rows(repeated)}: rows have the same {_quoted(RUN_ID)}, and each run counts once. Choose its last row, "
            f"as in --run {RUN_ID} --last step, or one step with --where."
        )


def _last_rows(
    runs: pd.DataFrame, table: pd.DataFrame, question: Question, columns: Mapping[str, str]
) -> tuple[pd.DataFrame, dict[float, int]]:
    """Return the last row of each run, and the number of runs by their last step.

    Steps at which no run has a number do not count, because it is not measured there. Where others have one, a run
    without a number keeps its row: it may have failed.
    """
    import pandas as pd

    rows, step = table.loc[runs.index], columns[question.last]
    steps = pd.to_numeric(rows[step], errors="coerce").astype(float)
    if not (is_number := np.isfinite(steps)).all():
        raise InputError(f"{_rows(~is_number)}: {_quoted(step)} is not a number, so no row is known to be the last.")
    run = rows.groupby([_setting(rows, columns[name]) for name in question.run], sort=False).ngroup()
    names = {"arm": question.column} | {_key(name): name for name in (*question.contexts, *question.pair)}
    for key, name in names.items():
        mixed = runs[key].groupby(run).transform("nunique") > 1
        if mixed.any():
            raise InputError(
                f"{_rows(run == run[mixed].iloc[0])}: one run has several values of {_quoted(columns[name])}. "
                f"{TELL_APART}"
            )
    measured = (~_is_empty(runs["number"])).groupby(steps).transform("any")
    ordered = pd.DataFrame({"run": run, "measured": measured, "step": steps}).sort_values(["measured", "step"])
    last = ordered.drop_duplicates("run", keep="last")
    tied = ordered.duplicated(keep=False)[last.index]
    if tied.any():
        rows_of_run = (ordered == last[tied].iloc[0]).all(axis=1).sort_index()
        raise InputError(
            f"{_rows(rows_of_run)}: one run has several rows of its last step. Remove what is there twice. {TELL_APART}"
        )
    return runs.loc[last.index.sort_values()], last["step"].value_counts().sort_index().to_dict()


def _is_empty(column: pd.Series) -> pd.Series:
    """Return which values of a column are missing, or text that says so."""
    return column.isna() | column.astype(str).str.strip().str.lower().isin(EMPTY)


def _without_numbers(failed: pd.Series, name: str) -> str:
    """Return the message for runs without a number."""
    return (
        f"{_rows(failed)}: {_quoted(name)} is empty or infinite. Say what such runs count as: --failed drop leaves "
        "them out, which favours an arm that fails more often; worst=NUMBER in its place gives them a number of the "
        "column, such as that of guessing; and never=NUMBER is for times that are above it."
    )


def _require_worst(numbers: pd.Series, worst: float, question: Question, name: str) -> None:
    """Raise InputError if failed runs would count as better than most others, or as a number that has no points."""
    if numbers.empty:
        raise InputError(f"no run has a number in {_quoted(name)}, so there is nothing to judge.")
    worse = numbers > worst if question.lower_is_better else numbers < worst
    if 2 * worse.sum() > len(worse):
        raise InputError(
            f"worst={worst:g}: {_quoted(name)} is worse in {worse.sum():,} of {len(worse):,} runs, so failed ones "
            "would count as better. Write a number such as that of guessing, in the unit of the column."
        )
    if question.unit == "points" and not 0 <= worst <= 100:
        raise InputError(f"worst={worst:g} is neither a share nor in per cent, so it has no points.")


def _are_shares(numbers: pd.Series, question: Question, name: str) -> bool:
    """Return whether numbers are shares of 1, of which a point is a hundredth. Raises InputError if they may be both.

    Numbers above 1 are in per cent. Errors of at most 1 may be shares, or per cent of a very good model.
    """
    outside = (numbers < 0) | (numbers > 100)
    if outside.any():
        row = numbers.index[outside][0]
        raise InputError(
            f"row {row + 1}: {_quoted(name)} is {numbers[row]:g}, which is neither a share nor in per cent, so it has "
            "no points. Write the smallest effect as a number."
        )
    if (numbers > 1).any():
        above = numbers[numbers > 1]
        if 2 * len(above) < len(numbers) and not question.lower_is_better:
            raise InputError(
                f"row {above.index[0] + 1}: {_quoted(name)} is {above.iloc[0]:g}, and at most 1 in "
                f"{len(numbers) - len(above):,} of {len(numbers):,} runs. Write all as shares, or all in per cent."
            )
        return False
    if question.lower_is_better:
        raise InputError(
            f"{_quoted(name)} is at most 1 in each row: it may be a share, or in per cent. Write the smallest effect "
            "as a number in the unit of the column, such as 0.005 for half a point of a share."
        )
    return True


def _no_run(column: pd.Series, name: str, value: str, question: Question) -> str:
    """Return the message for a value that no run has."""
    kept = f" where {settings_text(question.where)}" if question.where and name == question.column else ""
    known = map(str, _plain(column).dropna().unique()[:1000])
    return legible(f"no run{kept} has {name}={value}: {unknown(name, value, known)}", 1000)


# Contexts -------------------------------------------------------------------------------------------------------------


def _estimand(question: Question, runs: pd.DataFrame) -> TableEstimand:
    """Return what is estimated, positive if the first arm is better."""
    unit = question.unit
    form = "ratio" if unit == "log2" else "difference"
    arms: list[SettingValues] = [{question.column: value} for value in (question.better, question.other)]
    sides = dict(zip(FORMS[form], arms[::-1] if question.lower_is_better else arms, strict=True))
    column = Metric(
        final(question.metric, diverged=math.nan),
        "number" if unit == "log2" else unit,
        lower_is_better=question.lower_is_better,
        censored=question.substitute[0] == NEVER,
        positive=unit == "log2",
        failure="own",
    )
    return TableEstimand(
        experiments=(),
        metric=f"column {question.metric}",
        form=form,
        sides=dict(sides),
        contexts={name: runs[_key(name)].unique().tolist() for name in question.contexts},
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
    groups = runs.groupby([*map(_key, question.contexts)], sort=True)
    if groups.ngroups > MOST_CONTEXTS:
        raise InputError(f"{groups.ngroups:,} contexts are more than {MOST_CONTEXTS:,}. Name fewer columns.")
    for values, group in groups:
        yield _settings(question.contexts, values), group


def _settings(names: Sequence[str], values: Sequence[Any]) -> SettingValues:
    return {name: value.item() if hasattr(value, "item") else value for name, value in zip(names, values, strict=False)}


def _paired(runs: pd.DataFrame, question: Question, estimand: TableEstimand) -> tuple[list[Measured], list[Incomplete]]:
    """Return the numbers of each context by pair, in the order of the pairs, and the pairs that lack a run."""
    names, contexts = [*question.contexts, *question.pair], len(question.contexts)
    keys = [*map(_key, names)]
    for name in question.pair:
        if (values := runs[_key(name)].unique()).size == 1:
            raise InputError(f"{_quoted(name)} is {values[0]} in each row, so it pairs nothing. Leave it out.")
    if not runs.duplicated(keys[contexts:]).any():
        raise InputError(
            f"{' with '.join(map(_quoted, question.pair))} has another value in each row, so no two runs share one. "
            "Name what both runs of a pair share, such as a seed, or use --unpaired."
        )
    repeated = runs.duplicated([*keys, "arm"], keep=False)
    if repeated.any():
        first = runs[repeated].iloc[0]
        same = repeated & (runs[[*keys, "arm"]] == first[[*keys, "arm"]]).all(axis=1)
        text = settings_text({question.column: first["arm"]} | _settings(names, first[keys]))
        raise InputError(
            f"{_rows(same)}: several runs of {text}. Remove what is there twice. If a setting differs between them, "
            "name its column with --contexts or --pair, or choose one of its values with --where. If they are steps of "
            "one run, choose its last row with --run and --last."
        )
    runs = runs.sort_values([*keys, "arm"], kind="stable").assign(rate=math.nan, on_edge=False)
    is_complete = runs.duplicated(keys, keep=False)
    measured = []
    for settings, group in _contexts(runs, question):
        complete = group[is_complete[group.index]]
        if not len(complete):
            _require_both_arms(group, settings, question)
            pair = " with ".join(map(_quoted, question.pair))
            raise InputError(
                f"{settings_text(settings) or 'the table'}: no value of {pair} has a run of both {question.better} and "
                f"{question.other}. Name what both runs of a pair share, or use --unpaired if they share nothing."
            )
        measured.append(Measured(settings, estimand, _arms(complete, question, estimand)))
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
            raise InputError(f"{settings_text(settings) or 'the table'}: no run has {question.column}={value}.")


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


def _require_enough(evidence: Evidence, looks: Sequence[int], error: float) -> None:
    """Raise InputError for the first context that has too few pairs for any outcome, or for the first look."""
    alpha = statistics.shares(len(looks), error)[0]
    for each in evidence.measured:
        name = settings_text(each.context) or "the table"
        if isinstance(each, Unpaired):
            counts = [len(arm.seeds) for arm in each.arms]
            if 1 / math.comb(sum(counts), counts[0]) > alpha:
                need = next(n for n in itertools.count(1) if 1 / math.comb(2 * n, n) <= alpha)
                few = " and ".join(map(str, counts))
                raise InputError(f"{name}: {few} runs are too few for any outcome. {need} of each arm would do.")
            continue
        least = statistics.fewest_seeds(2 * alpha)
        if each.n < least:
            more = statistics.fewest_seeds(alpha)
            lacking = sum(pair.context == each.context for pair in evidence.incomplete)
            others = f"; {lacking:,} more lack a run" if lacking else ""
            raise InputError(
                f"{name}: {each.n} pairs are too few for any outcome{others}. At least {least} can show that an effect "
                f"is negligible, and at least {more} that it is not."
            )
        if len(looks) > 1 and each.n < looks[0]:
            raise InputError(f"{name}: {each.n} pairs are fewer than the first look has, which is {looks[0]}.")


# Messages -------------------------------------------------------------------------------------------------------------


def _rows(chosen: pd.Series) -> str:
    """Return the numbers of the rows that are chosen, from 1: "rows 3, 17 and 12 more"."""
    rows = [f"{row + 1:,}" for row in chosen.index[chosen]]
    if len(rows) == 1:
        return f"row {rows[0]}"
    if len(rows) > NAMED:
        return f"rows {', '.join(rows[:NAMED])} and {len(rows) - NAMED:,} more"
    return f"rows {', '.join(rows[:-1])} and {rows[-1]}"


def _quoted(name: str) -> str:
    return f'"{legible(name, 80)}"'
