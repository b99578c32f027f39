"""Rows of anybody's table of runs: which are of the two arms of a question, and the number of each.

Messages count rows from 1, as a reader of the table does.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ontrial.errors import InputError, legible, unknown
from ontrial.judge.questions import BASELINE, DROP, LIMITS, NEVER, WORST, Condition, TableQuestion
from ontrial_judge.core.verdicts import SettingValues, settings_text

if TYPE_CHECKING:
    import pandas as pd

PREFIX = re.compile(r"^(config|params|metrics|summary|summary_metrics|tags)[./]")  # of columns in trackers' exports
STATES = ("state", "status", "exit_code", "exitcode")  # columns of trackers that say how a run ended
EMPTY = ("", "nan", "na", "n/a", "null", "none")  # numbers that a table lacks, in lower case
EXACT = 2**53  # below which whole numbers are exact as floating-point numbers
NAMED = 5  # rows or values that a message names
TELL_APART = "If these are several runs, name another column that tells them apart with --run."
RUN_ID = "run_id"  # column of MLflow and Trackio that shows whether a run has several rows


def find_columns(asked: Sequence[TableQuestion], columns: Iterable[str]) -> dict[str, str]:
    """Return the column of a table for each name in a question: that of the name, or with a tracker's prefix.

    Raises InputError for a name without a column, or with several.

    asked: The question, or several that differ in the better arm.
    """
    question, known = asked[0], list(columns)
    arms = [arm for arm in (*(each.better for each in asked), question.other) if arm in known]
    if question.column not in known and len(arms) > 1:
        raise InputError(_wide(question, arms, known))
    column_of: dict[str, str] = {}
    faults: list[str] = []
    for name in question.columns:
        candidates = [name] if name in known else [column for column in known if PREFIX.sub("", column, 1) == name]
        if not candidates:
            faults.append(legible(unknown("column", name, {PREFIX.sub("", column, 1) for column in known}), 1000))
        elif len(candidates) > 1:
            listed = " and ".join(map(quoted, candidates))
            faults.append(f'the column "{legible(name, 80)}" may be {listed}. Write the whole name of one.')
        elif candidates[0] in column_of.values():
            faults.append(f"the column {quoted(candidates[0])} is named twice. Name it once.")
        else:
            column_of[name] = candidates[0]
    if faults:
        raise InputError("\n".join(faults))
    return column_of


def _wide(question: TableQuestion, arms: Sequence[str], columns: Sequence[str]) -> str:
    """Return the message for a table with a column for each arm, as text to paste into Python."""
    kept = [name for name in question.columns if name in columns]
    melt = f"table.melt({kept}, {list(arms)}, {question.column!r}, {question.metric!r})"
    listed = f"{', '.join(map(quoted, arms[:-1]))} and {quoted(arms[-1])}"
    return (
        f"the columns {legible(listed, 500)} are arms: the table is wide, with several runs in a row. Write one run "
        f"per row, as pandas does with {legible(melt, 500)}."
    )


class ChosenRuns(NamedTuple):
    """The rows that a question is about.

    runs: Those of the two arms with their arm, number, and the columns of contexts and pairs by `setting_column`.
    others: Number of rows of neither arm by their value.
    unended: Number of further rows of each arm that a condition on how runs ended leaves out.
    """

    runs: pd.DataFrame
    others: dict[str, int]
    unended: dict[str, int]


def runs_of(table: pd.DataFrame, question: TableQuestion, columns: Mapping[str, str]) -> ChosenRuns:
    """Return the rows of the two arms, and how many others there are."""
    import pandas as pd

    kept = np.ones(len(table), bool)
    states = [name for name in question.where if PREFIX.sub("", columns[name], 1).lower() in STATES]
    for name in sorted(question.where, key=states.__contains__):
        if states[:1] == [name]:
            left_out = kept.copy()
        kept &= _meets(table[columns[name]], kept, question.where[name], name, question)
    arms = [question.better, question.other]
    masks = _choose(table[columns[question.column]], kept, arms, question.column, question)
    chosen = np.logical_or(*masks)
    runs = table[chosen]
    result = pd.DataFrame({"arm": np.where(masks[0][chosen], *arms)}, runs.index)
    result["number"] = runs[columns[question.metric]]
    faults = Faults()
    for name in (*question.contexts, *question.pair):
        with faults.collect():
            result[setting_column(name)] = _setting(runs, columns[name])
    if question.scale in columns:
        result["scale"] = _numbers(runs[columns[question.scale]])
    faults.refuse()
    others = _plain(table.loc[kept & ~chosen, columns[question.column]]).value_counts()
    unended = {}
    if states and not question.run:  # else rows are steps of runs
        plain = _plain(table[columns[question.column]])[left_out & ~kept]
        unended = {arm: n for arm in arms if (n := int(_equals(plain, arm).sum()))}
    return ChosenRuns(result, {str(value): int(n) for value, n in others.items()}, unended)


def _meets(column: pd.Series, kept: np.ndarray, condition: Condition, name: str, question: TableQuestion) -> np.ndarray:
    """Return which rows meet a condition. Raises InputError as `_choose` does, and for text where a limit is a number.

    kept: Rows of which some are chosen.
    """
    import pandas as pd

    if not isinstance(condition, dict):
        values = [condition] if isinstance(condition, str) else condition
        return np.logical_or.reduce(_choose(column, kept, values, name, question))
    met = kept.copy()
    if "not" in condition:
        met &= ~np.logical_or.reduce(_choose(column, kept, condition["not"], name, question))
    if not LIMITS.keys() & condition.keys():
        return met
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(float)
    if (is_text := met & np.isnan(numbers)).any():
        rows = pd.Series(is_text, column.index)
        raise InputError(f"{rows_text(rows)}: {quoted(name)} is not a number, so no limit applies.")
    met &= (numbers >= condition.get("at_least", -math.inf)) & (numbers <= condition.get("at_most", math.inf))
    if not met.any():
        raise InputError(f"no run has {legible(question.only, 200)}.")
    return met


def _choose(
    column: pd.Series, kept: np.ndarray, values: Sequence[str], name: str, question: TableQuestion
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
        listed = ", ".join(quoted(str(other)) for other in alike.unique()[:NAMED])
        raise InputError(
            f"{rows_text(alike.notna())}: {quoted(str(column.name))} is {listed}, and the question has "
            f"{legible(' and '.join(values), 200)}. Spell them alike, or rename what is something else."
        )
    for value, mask in zip(values, masks, strict=True):
        if not mask.any():
            raise InputError(_no_run(plain[kept], name, value, question))
    return masks


def _spelling(value: Any) -> float | str:
    """Return the common form of values that differ in capitals, spaces around them, or the form of a number.

    >>> _spelling(" Adam"), _spelling("1e-3")
    ('adam', 0.001)
    """
    text = str(value).strip().casefold()
    try:
        return float(text)
    except ValueError:
        return text


def _setting(rows: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of settings as `_plain` does. Raises InputError if it is empty somewhere."""
    column = _plain(rows[name])
    if (missing := column.isna()).any():
        raise InputError(f"{rows_text(missing)}: the column {quoted(name)} is empty. Fill it in, or remove the row.")
    return column


def setting_column(name: str) -> str:
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


@dataclass
class Faults:
    """Faults of a table, which are refused together: each once, with all places that have it."""

    places: dict[str, list[str]] = field(default_factory=dict)

    @contextmanager
    def collect(self, where: str = "") -> Iterator[None]:
        """Keep the message of an InputError for later, with where it is."""
        try:
            yield
        except InputError as error:
            self.add(str(error), where)

    def add(self, fault: str, where: str = "") -> None:
        """Keep a fault with where it is."""
        self.places.setdefault(fault, []).append(where)

    def refuse(self) -> None:
        """Raise InputError with all faults, a line each, if there are some."""
        if self.places:
            raise InputError("\n".join(f"{_listed(places)}{fault}" for fault, places in self.places.items()))


def _listed(places: Sequence[str]) -> str:
    """Return the first of some places and the number of the others, with a colon; "" for a fault of the whole table."""
    more = f" and {len(places) - NAMED:,} more" if len(places) > NAMED else ""
    return f"{', '.join(places[:NAMED])}{more}: " if any(places) else ""


class NumberedRuns(NamedTuple):
    """The runs of both arms, with the number that each counts as.

    runs: Table with the columns arm, number, failed (whether the run has no number of its own), least (the lower bound
        of the number) and those of settings.
    failed: Number of runs without a number, which were left out or counted as another one, by the values of contexts
        and the arm.
    shares: Whether numbers were shares of 1, which count in points.
    own: The runs that have not failed, with their numbers as in the table.
    """

    runs: pd.DataFrame
    failed: dict[tuple[Any, ...], int]
    shares: bool
    own: pd.DataFrame


def with_numbers(
    runs: pd.DataFrame, question: TableQuestion, name: str, unfinished: Sequence[pd.Series] = ()
) -> NumberedRuns:
    """Return runs with their numbers. Raises InputError for numbers that the question cannot judge.

    name: Column of the numbers.
    unfinished: Which runs have failed whatever their numbers.
    """
    faults = Faults()
    numbers = _numbers(runs["number"])
    with faults.collect():
        to_numbers(runs["number"], name)
    failed = ~np.isfinite(numbers)
    for each in unfinished:
        failed |= each.reindex(runs.index)
    rule, substitute = question.substitute
    lacking = _is_empty(runs["number"]) | np.isinf(numbers)
    if lacking.any() and not rule:
        faults.add(_without_numbers(lacking, name))
    faults.refuse()
    shares = question.unit == "points" and _are_shares(numbers[~failed], question, name)
    if rule == WORST and substitute is not None:
        _require_worst(numbers[~failed], substitute, question, name)
    runs = runs.assign(number=numbers, failed=failed, least=numbers)
    own = runs[~failed]
    keys = [*map(setting_column, question.contexts), "arm"]
    failures = Counter(runs.loc[failed, keys].itertuples(index=False, name=None))
    if rule == DROP:
        runs = runs[~failed]
    elif rule:
        runs.loc[failed, "number"] = math.inf if rule == NEVER else substitute
        runs.loc[failed, "least"] = substitute
    if rule == NEVER and (late := ~failed & (runs["number"] > substitute)).any():
        raise InputError(f"{rows_text(late)}: {quoted(name)} is above never={substitute:g}.")
    for arm in (question.better, question.other):
        if not (runs["arm"] == arm).any():
            raise InputError(f"no run of {place({question.column: arm})} has a number in {quoted(name)}.")
    if shares:
        runs[["number", "least"]] *= 100
    if question.unit == "log2" and not (runs["number"] > 0).all():
        row = runs.index[~(runs["number"] > 0)][0]
        raise InputError(
            f"row {row + 1}: {quoted(name)} is {runs.loc[row, 'number']:g}, and only numbers above 0 have a factor. "
            "Write the smallest effect as a number."
        )
    return NumberedRuns(runs, failures, shares, own)


def _numbers(column: pd.Series) -> pd.Series:
    """Return a column as numbers, NaN where it has none."""
    import pandas as pd

    return pd.to_numeric(column, errors="coerce").astype(float)


def to_numbers(column: pd.Series, name: str) -> pd.Series:
    """Return a column as numbers, NaN where it has none. Raises InputError for text that is neither one nor empty."""
    numbers = _numbers(column)
    doubtful = column[numbers.isna() & column.notna()]
    wrong = doubtful[~_is_empty(doubtful)]
    if len(wrong):
        text = legible(str(wrong.iloc[0]), 80)
        more = f" It is no number in {len(wrong):,} rows." if len(wrong) > 1 else ""
        remedy = "Empty the cells of runs that have none, and say with --failed what they count as."
        if text.endswith("%"):
            remedy = "Write it without the sign."
        raise InputError(f'row {wrong.index[0] + 1}: {quoted(name)} is "{text}", which is not a number.{more} {remedy}')
    return numbers


def in_percent(runs: pd.DataFrame, question: TableQuestion) -> pd.DataFrame:
    """Return runs with numbers in per cent of the mean of the other arm in their context, or of a column.

    Raises InputError for a context in which that mean is not clearly different from 0, or the column is not one number.
    """
    keys = [setting_column(name) for name in question.contexts]
    groups = [runs[key] for key in keys] or [runs["arm"].notna()]
    if question.scale == BASELINE:
        own = runs["number"].where((runs["arm"] == question.other) & ~runs["failed"])
        by_context = own.groupby(groups, sort=False)
        size, spread = by_context.transform("mean").abs(), by_context.transform("std").fillna(0)
        unclear, reason = ~(size > spread), "the baseline is close to 0, so nothing is a percentage of it. "
    else:
        size = runs["scale"]
        unclear = ~(size > 0) | (size.groupby(groups, sort=False).transform("nunique") > 1)
        reason = f"{quoted(question.scale)} is not one number above 0, so it is no scale. "
    if unclear.any():
        first = runs[unclear].iloc[0]
        where = place({name: first[key] for name, key in zip(question.contexts, keys, strict=True)})
        raise InputError(f"{where}: {reason}Write a number, or a column with the scale of each context.")
    return runs.assign(number=100 * runs["number"] / size, least=100 * runs["least"] / size)


def require_row_per_run(runs: pd.DataFrame, table: pd.DataFrame) -> None:
    """Raise InputError if rows of the same arm, context and pair are of one run, as far as the table tells."""
    if RUN_ID not in table:
        return
    runs = runs.assign(run=table[RUN_ID])
    repeated = runs.drop(columns="number").duplicated(keep=False) & ~_is_empty(runs["run"])
    if repeated.any():
        raise InputError(
            f"{rows_text(repeated)}: rows have the same {quoted(RUN_ID)}, and each run counts once. Choose its last "
            f"row, as in --run {RUN_ID} --last step, or one step with --where."
        )


def last_rows(
    runs: pd.DataFrame,
    table: pd.DataFrame,
    question: TableQuestion,
    columns: Mapping[str, str],
    met: pd.Series | None = None,
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the last row of each run, or its first one that meets a condition if one does, and their steps.

    Steps at which no run has a number do not count, because it is not measured there. Where others have one, a run
    without a number keeps its row: it may have failed.

    met: Which rows meet the condition. None without one.
    """
    import pandas as pd

    rows, step = table.loc[runs.index], columns[question.last]
    steps = pd.to_numeric(rows[step], errors="coerce").astype(float)
    if not (is_number := np.isfinite(steps)).all():
        raise InputError(f"{rows_text(~is_number)}: {quoted(step)} is not a number, so no row is known to be the last.")
    run = rows.groupby([_setting(rows, columns[name]) for name in question.run], sort=False).ngroup()
    names = {"arm": question.column} | {setting_column(name): name for name in (*question.contexts, *question.pair)}
    for key, name in names.items():
        mixed = runs[key].groupby(run).transform("nunique") > 1
        if mixed.any():
            raise InputError(
                f"{rows_text(run == run[mixed].iloc[0])}: one run has several values of {quoted(columns[name])}. "
                f"{TELL_APART}"
            )
    measured = (~_is_empty(runs["number"])).groupby(steps).transform("any") if met is None else met
    order = steps if met is None else steps.where(~met, -steps)
    ordered = pd.DataFrame({"run": run, "measured": measured, "step": order}).sort_values(["measured", "step"])
    last = ordered.drop_duplicates("run", keep="last")
    tied = ordered.duplicated(keep=False)[last.index]
    if tied.any():
        rows_of_run = (ordered == last[tied].iloc[0]).all(axis=1).sort_index()
        raise InputError(
            f"{rows_text(rows_of_run)}: one run has several rows of its last step. Remove what is there twice. "
            f"{TELL_APART}"
        )
    kept = last.index.sort_values()
    return runs.loc[kept], steps[kept]


def _is_empty(column: pd.Series) -> pd.Series:
    """Return which values of a column are missing, or text that says so."""
    return column.isna() | column.astype(str).str.strip().str.lower().isin(EMPTY)


def _without_numbers(failed: pd.Series, name: str) -> str:
    """Return the message for runs without a number."""
    return (
        f"{rows_text(failed)}: {quoted(name)} is empty or infinite. Say what such runs count as: --failed drop leaves "
        "them out, which favours an arm that fails more often; worst=NUMBER in its place gives them a number of the "
        "column, such as that of guessing; and never=NUMBER is for times that are above it."
    )


def _require_worst(numbers: pd.Series, worst: float, question: TableQuestion, name: str) -> None:
    """Raise InputError if failed runs would count as better than most others, or as a number that has no points."""
    if numbers.empty:
        raise InputError(f"no run has a number in {quoted(name)}, so there is nothing to judge.")
    worse = numbers > worst if question.lower_is_better else numbers < worst
    if 2 * worse.sum() > len(worse):
        raise InputError(
            f"worst={worst:g}: {quoted(name)} is worse in {worse.sum():,} of {len(worse):,} runs, so failed ones "
            "would count as better. Write a number such as that of guessing, in the unit of the column."
        )
    if question.unit == "points" and not 0 <= worst <= 100:
        raise InputError(f"worst={worst:g} is neither a share nor in per cent, so it has no points.")


def _are_shares(numbers: pd.Series, question: TableQuestion, name: str) -> bool:
    """Return whether numbers are shares of 1, of which a point is a hundredth. Raises InputError if they may be both.

    Numbers above 1 are in per cent. Errors of at most 1 may be shares, or per cent of a very good model.
    """
    outside = (numbers < 0) | (numbers > 100)
    if outside.any():
        row = numbers.index[outside][0]
        raise InputError(
            f"row {row + 1}: {quoted(name)} is {numbers[row]:g}, which is neither a share nor in per cent, so it has "
            "no points. Write the smallest effect as a number."
        )
    if (numbers > 1).any():
        return False
    if question.lower_is_better:
        raise InputError(
            f"{quoted(name)} is at most 1 in each row: it may be a share, or in per cent. Write the smallest effect "
            "as a number in the unit of the column, such as 0.005 for half a point of a share."
        )
    return True


def _no_run(column: pd.Series, name: str, value: str, question: TableQuestion) -> str:
    """Return the message for a value that no run has."""
    kept = f" where {question.only}" if question.where and name == question.column else ""
    known = map(str, _plain(column).dropna().unique()[:1000])
    return legible(f"no run{kept} has {name}={value}: {unknown(name, value, known)}", 1000)


def place(settings: SettingValues) -> str:
    """Return the name of a context, or of runs, in messages."""
    return legible(settings_text(settings), 200) or "the table"


def rows_text(chosen: pd.Series) -> str:
    """Return the numbers of the rows that are chosen, from 1.

    >>> import pandas as pd
    >>> rows_text(pd.Series([True, False, True])), rows_text(pd.Series(7 * [True]))
    ('rows 1 and 3', 'rows 1, 2, 3, 4, 5 and 2 more')
    """
    rows = [f"{row + 1:,}" for row in chosen.index[chosen]]
    if len(rows) == 1:
        return f"row {rows[0]}"
    if len(rows) > NAMED:
        return f"rows {', '.join(rows[:NAMED])} and {len(rows) - NAMED:,} more"
    return f"rows {', '.join(rows[:-1])} and {rows[-1]}"


def quoted(name: str) -> str:
    """Return a name in quotes, short and on one line."""
    return f'"{legible(name, 80)}"'
