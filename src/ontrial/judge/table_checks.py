"""What a reader of anybody's table would stumble over: runs that never ended, copies, two units, arms that differ."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ontrial.errors import InputError, legible
from ontrial.judge.questions import TableQuestion
from ontrial.judge.table_rows import PREFIX, STATES, place, quoted, rows_text, setting_column

if TYPE_CHECKING:
    import pandas as pd

BAD = re.compile(
    r"(?<![a-z])(fail|crash|kill|running|pending|queued|requeue|scheduled|preempt|error|exception|abort|cancel|deadline|"
    r"time.?out|interrupt|oom|out.of.memory|segfault|diverg|nan(?![a-z])|prun|wait|suspend|stopp|dead|lost|"
    r"in.?progress|unfinished|incomplete|not(?![a-z]))|^[+-]?0*[1-9]",
    re.IGNORECASE,
)  # in states of runs that have not ended as they should, and exit codes other than 0
LENGTHS = re.compile(r"_?(epochs?|steps?|_?step|global_step|updates|iterations?)", re.IGNORECASE)
SUMMARY = re.compile(
    r"mean|avg|average|median|std|stdev|std.?dev|sd|sem|stderr|var|variance|total|sum|min|max|all|overall|best|worst",
    re.IGNORECASE,
)  # in place of a number, a row that is no run
SHORT = 0.5  # of the median length of runs, below which a run is short
SCALE = 20  # factor between the numbers of two arms that is more likely to be a unit
MOST_VALUES = 10  # of a column in which arms differ
OWN = re.compile(
    r"seed|^(id|name|run.?(id|name|uuid)|display.?name|artifact.?uri|path|user|notes?|host)$|^_|"
    r"(?<![a-z])(time|timestamp|date|created|updated)(?![a-z])",
    re.IGNORECASE,
)  # columns of a run itself
SEED = re.compile(rf"({PREFIX.pattern})?seed", re.IGNORECASE)
SETTINGS = re.compile(r"^(config|params)[./]")  # columns of settings in trackers' exports
QUANTILE = 2.326  # of the normal distribution at 99%: beyond, it is no chance that an arm has a value more often
RESULTS = re.compile(r"^(metrics|summary|summary_metrics)[./]")  # columns of results in trackers' exports


def require_direction(question: TableQuestion) -> None:
    """Raise InputError for a metric that sounds as if lower were better, if the question does not say which is."""
    if question.lacks_direction:
        raise InputError(
            f"{quoted(question.metric)}: is a lower number better? Say --lower-is-better, or --higher-is-better."
        )


def unfinished(rows: pd.DataFrame, question: TableQuestion) -> dict[str, pd.Series]:
    """Return, for each column of a tracker that the question does not name, which runs did not end as they should."""
    found = {}
    for name in rows:
        plain = PREFIX.sub("", str(name), 1)
        if plain.lower() in STATES and name not in question.columns and plain not in question.columns:
            bad = [value for value in _values(rows[name]) if BAD.search(str(value).strip())]
            is_bad = _hashable(rows[name]).isin(bad)
            if is_bad.any():
                found[str(name)] = is_bad
    return found


def require_rule(states: Mapping[str, pd.Series], rows: pd.DataFrame, question: TableQuestion) -> None:
    """Raise InputError for runs that did not end as they should, if the question does not say what they count as."""
    for name, is_bad in () if question.failed else states.items():
        values = ", ".join(map(quoted, rows.loc[is_bad, name].astype(str).unique()[:5]))
        raise InputError(
            f"{rows_text(is_bad)}: {quoted(name)} is {values}. Say what such runs count as, with --failed drop or "
            f"worst=NUMBER, or choose runs by it with --where."
        )


def require_no_copies(runs: pd.DataFrame, table: pd.DataFrame, question: TableQuestion) -> None:
    """Raise InputError for rows without pairs that are there several times, or that are of one seed."""
    if question.pair or question.run or "copies" in question.accept:
        return
    rows = table.loc[runs.index]
    others = [name for name in rows if rows[name].astype(str).nunique() > 1]
    known = {question.metric, question.column, *question.contexts, *question.where}
    if any(name not in known and PREFIX.sub("", str(name), 1) not in known for name in others):
        same = rows.astype(str).duplicated(keep=False)
        if same.any():
            raise InputError(
                f"{rows_text(same)}: rows are equal in all columns, and each run counts once. Remove what is there "
                "twice, or say --accept copies if these are several runs."
            )
    keys = [*map(setting_column, question.contexts), "arm"]
    for name in others:
        if PREFIX.sub("", str(name), 1).lower() == "seed" and name not in known:
            same = runs[keys].assign(seed=rows[name]).duplicated(keep=False)
            if same.any():
                raise InputError(
                    f"{rows_text(same)}: several runs of one arm have the same {quoted(str(name))}, and each run "
                    "counts once. Name the column that differs with --contexts, choose one of its values with --where, "
                    "or the last row with --run and --last; or say --accept copies if the seed draws nothing."
                )


def require_no_summaries(runs: pd.DataFrame, table: pd.DataFrame, question: TableQuestion) -> None:
    """Raise InputError for rows that have the name of a mean, a sum or the like where the others have a number."""
    import pandas as pd

    columns = {name: runs[setting_column(name)] for name in question.pair}
    columns |= {str(name): table.loc[runs.index, name] for name in table if SEED.fullmatch(str(name))}
    for name, column in columns.items():
        texts = column.dropna().astype(str).str.strip()
        texts = texts[texts != ""]
        is_summary = texts.str.fullmatch(SUMMARY)
        if is_summary.any() and pd.to_numeric(texts[~is_summary], errors="coerce").notna().all():
            values = ", ".join(map(quoted, texts[is_summary].unique()))
            raise InputError(
                f"{rows_text(is_summary)}: {quoted(name)} is {values}, and a number in all other rows. A summary of "
                "runs is no run. Remove such rows."
            )


def require_one_scale(runs: pd.DataFrame, question: TableQuestion, name: str) -> None:
    """Raise InputError for arms, or contexts, whose numbers are in different units by their size.

    runs: Those of both arms with their own numbers, without those that failed.
    """
    if "scale" in question.accept:
        return
    remedy = "Write all in one unit, or say --accept scale if they are."
    keys = [*map(setting_column, question.contexts)]
    groups = [group for _, group in runs.groupby(keys)] if keys else [runs]
    faults = [
        f"{quoted(name)} is at most {low[1]['max']:g} with {legible(low[0], 80)}, and at least {high[1]['min']:g} with "
        f"{legible(high[0], 80)}. {remedy}"
        for low, high in filter(None, map(_scales, groups))
    ]
    # an arm may be far better in a few tasks, but has one unit in all
    if faults and (question.unit == "points" or 2 * len(faults) > len(groups)):
        raise InputError(faults[0])
    if question.unit != "points":
        return
    if keys:
        sizes = runs["number"].groupby([runs[key] for key in keys]).agg(["min", "max"])
        low, high = sizes[sizes["max"] <= 1], sizes[sizes["min"] > 1]
        if len(low) and len(high):
            values = (each.index[0] if isinstance(each.index[0], tuple) else each.index[:1] for each in (low, high))
            names = [place(dict(zip(question.contexts, each, strict=True))) for each in values]
            raise InputError(f"{quoted(name)} is at most 1 where {names[0]}, and above 1 where {names[1]}. {remedy}")
    numbers = runs["number"]
    below, above = numbers[(numbers <= 1) & (numbers > 0)], numbers[numbers > 1]
    if len(below) and len(above) and 200 * below.median() >= above.min():
        row = above.index[0]
        raise InputError(
            f"row {row + 1}: {quoted(name)} is {above[row]:g}, and at most 1 in {len(below):,} of {len(runs):,} runs. "
            "Write all as shares, or all in per cent."
        )


def _scales(runs: pd.DataFrame) -> list[tuple[str, dict[str, float]]]:
    """Return the least and the largest number of both arms, the smaller arm first, if their units seem to differ."""
    sizes = runs["number"].groupby(runs["arm"]).agg(["min", "max"])
    if len(sizes) < 2 or not (runs["number"] > 0).all():
        return []
    low, high = sizes.sort_values("max").to_dict("index").items()
    return [low, high] if high[1]["min"] >= SCALE * low[1]["max"] else []


def differing(
    runs: pd.DataFrame, table: pd.DataFrame, question: TableQuestion, used: Mapping[str, str]
) -> dict[str, dict[str, list[str]]]:
    """Return the columns beside those of the question in which the arms differ, with the values of each arm.

    Columns with many values, such as results, ids and times, do not count, nor those that repeat the name of the arm.
    Words and settings may also have the same values in both arms, but not in both runs of a pair, or more often in one
    arm than by chance. Then they are given with how often.

    used: Columns of the table by the name in the question.
    """
    arms = {arm: table.loc[runs.index[runs["arm"] == arm]] for arm in (question.better, question.other)}
    found = {}
    for name in table:
        plain = PREFIX.sub("", str(name), 1)
        if name in used.values() or plain.lower() in STATES or OWN.search(plain) or RESULTS.search(str(name)):
            continue
        values = {arm: _values(rows[name]) for arm, rows in arms.items()}
        few = all(len(each) <= MOST_VALUES and 2 * len(each) <= len(arms[arm]) for arm, each in values.items())
        if few:
            texts = {arm: [legible(str(value), 40) for value in each] for arm, each in values.items()}
            repeats = all(arm.casefold() in value.casefold() for arm, each in texts.items() for value in each)
            if not repeats and set(texts[question.better]) != set(texts[question.other]):
                found[plain] = texts
            elif not repeats and (SETTINGS.match(str(name)) or _is_text(table[name])):
                columns = [_hashable(rows[name].dropna()) for rows in arms.values()]
                counts = np.array([[(column == value).sum() for value in columns[0].unique()] for column in columns])
                if _is_mixed(runs, table[name], question) or _is_no_chance(counts):
                    found[plain] = {
                        arm: [f"{text} × {n}" for text, n in zip(texts[question.better], row, strict=True)]
                        for arm, row in zip(arms, counts.tolist(), strict=True)
                    }
    return found


def _is_text(column: pd.Series) -> bool:
    import pandas as pd

    return bool(pd.to_numeric(column.dropna().astype(str), errors="coerce").isna().any())


def _is_mixed(runs: pd.DataFrame, column: pd.Series, question: TableQuestion) -> bool:
    """Return whether the runs of most pairs differ in a column."""
    if not question.pair:
        return False
    keys = [runs[setting_column(name)] for name in (*question.contexts, *question.over, *question.pair)]
    pairs = _hashable(column.loc[runs.index]).groupby(keys)
    return bool((pairs.nunique() > 1)[pairs.size() > 1].mean() > 0.5)


def _is_no_chance(counts: np.ndarray) -> bool:
    """Return whether two arms have some values in other shares than by chance.

    That is Pearson's test at a level of 1%, with the approximation of Wilson and Hilferty.

    counts: How often each arm has each value, (2, values).
    """
    freedom = counts.shape[1] - 1
    if freedom < 1:
        return False
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    statistic = float(((counts - expected) ** 2 / expected).sum())
    return statistic > freedom * (1 - 2 / (9 * freedom) + QUANTILE * math.sqrt(2 / (9 * freedom))) ** 3


def _values(column: pd.Series) -> np.ndarray:
    """Return the values of a column, each once."""
    return _hashable(column.dropna()).unique()


def _hashable(column: pd.Series) -> pd.Series:
    """Return a column, as text if its values may be lists."""
    return column.map(str) if column.dtype == object else column


def short_runs(
    runs: pd.DataFrame, table: pd.DataFrame, question: TableQuestion, used: Mapping[str, str]
) -> dict[str, int]:
    """Return, by column of steps or epochs, how many runs are shorter than SHORT of the median one, if some are."""
    import pandas as pd

    found = {}
    for name in table:
        plain = PREFIX.sub("", str(name), 1)
        if LENGTHS.fullmatch(plain) and (name not in used.values() or name == used.get(question.last)):
            lengths = pd.to_numeric(table.loc[runs.index, name], errors="coerce")
            count = int((lengths < SHORT * lengths.median()).sum())
            if 0 < 2 * count < len(lengths):
                found[plain] = count
    return found
