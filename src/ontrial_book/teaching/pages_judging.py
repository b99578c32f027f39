"""The page on judging one's own runs: its example, from the study's own table, and its tool, for any table."""

import re
import shlex
from importlib.resources import files
from typing import Any

import pandas as pd

from ontrial.errors import InputError
from ontrial.judge import table_checks, table_measuring, table_rows, tables
from ontrial.judge.questions import LOWER, TableQuestion
from ontrial.report.markdown import Markdown
from ontrial.report.pages.judgements.arms import TERMS as ARM_TERMS
from ontrial.report.pages.judgements.report import report
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting
from ontrial.report.wording.phrases import Phrases

EXAMPLE = TableQuestion(
    metric="test_accuracy",
    column="batch_size",
    better="16",
    other="256",
    smallest_effect="1 point",
    pair=("seed",),
    contexts=("learning_rate",),
    where={"experiment": "batch-size"},
    failed="worst=0.1",
)


def example(page: Page) -> str | None:
    """Return the verdict on EXAMPLE with a row per context; None if the study has no runs that answer it."""
    try:
        judgement = tables.judge_table(page.results.runs, EXAMPLE)
    except InputError:
        return None
    text = report(judgement, page.texts)
    return Markdown("\n\n").join([markdown(text.heads, text.rows), Markdown("**{}**").format(text.sentence)])


def command(page: Page) -> str:
    """Return the command that asks EXAMPLE."""
    options = {
        "metric": EXAMPLE.metric,
        "compare": f"{EXAMPLE.column}={EXAMPLE.better},{EXAMPLE.other}",
        "pair": ",".join(EXAMPLE.pair),
        "contexts": ",".join(EXAMPLE.contexts),
        "where": next(f"{name}={value}" for name, value in EXAMPLE.where.items()),
        "smallest-effect": EXAMPLE.smallest_effect,
        "failed": EXAMPLE.failed,
    }
    table = f"results/{page.results.study.name}/tables/runs.csv"
    lines = (f"--{name} {shlex.quote(value)}" for name, value in options.items())
    return Markdown(" \\\n    ".join([f"ontrial judge {table}", *lines]))


def by_peers(page: Page) -> str:
    """Return a row per published table and a column per tool: what each says of it."""
    rows = page.results.measurement("peers")
    tools = rows.drop_duplicates("tool").set_index("tool")["version"]
    heads = [page.say["peers table"], *(f"{page.say.get(f'peers {tool}', tool)} {tools[tool]}" for tool in tools.index)]
    lines = []
    for name, found in rows.groupby("table", sort=False):
        said = (found[found["tool"] == tool].itertuples() for tool in tools.index)
        cells = ("; ".join(_finding(page, row) for row in each) or formatting.NO_VALUE for each in said)
        lines.append((page.say[f"peers table {name}"], *cells))
    return markdown(heads, lines)


def _finding(page: Page, row: Any) -> str:
    """Return what a tool says, such as "p = 0.15"."""
    digits = 4 if row.finding.startswith(("iqm", "elo")) else 3

    def text(number: float) -> str:
        if pd.isna(number):
            return ""
        return formatting.count(int(number)) if number % 1 == 0 else formatting.significant(number, digits)

    texts = {"value": text(row.value), "low": text(row.low), "high": text(row.high)}
    return page.say[f"peers {row.finding}"].format(**texts).strip()


# The tool: see docs/theme/overrides/assets/judge ----------------------------------------------------------------------

TERMS = (
    *("supported", "refuted", "depends", "inconclusive", "outcome", "higher", "lower", "side", "percent"),
    *("range", "ends from", "ends to", "ends without", "interval 95", "interval level", "link copied"),
    *("effect points", "effect log2", "one points", "short points", "short log2", "effect in points", "effect in log2"),
    *("outcome positive", "outcome negligible", "outcome reversed", "outcome below", "outcome undecided"),
    *("outcome count", "outcome in each", "judged places", "finding positive", "finding reversed"),
    *(f"finding negligible {direction}" for direction in ("claimed", "opposite", "open")),
    *(f"finding below {direction}" for direction in ("opposite", "open")),
    *(f"finding undecided {direction}" for direction in ("claimed", "open", "unknown")),
    *("judged higher", "judged lower", "judged sentence", "judged effect", "judged typical", "judged mean"),
    *("judged estimate", "judged by typical", "judged by mean", "judged by sign", "judged pairs", "judged runs"),
    "judged note",
    *("of factors judged mean", "of factors judged by mean"),
    *("judged far below", "judged far above", "judged differ", "judged differ column", "judged short"),
    *("judged dropped", "judged runs with", "judged and"),
    *("judged skipped", "judged more", "judged repeated", "judged lacks run", "judged incomplete"),
    *(f"judged arm {term}" for term in ARM_TERMS),
)
LIMITS = {
    "bytes": 2**24,
    "rows": 100_000,
    "columns": 1_000,
    "cells": 2_000_000,
    "contexts": 100,
}  # of a table in a page
PUBLISHED = {
    "nanogpt": TableQuestion("loss", "arm", "v1", "baseline-1430", "0.002", lower_is_better=True),
    "walker": TableQuestion("score", "method", "dreamerv3", "drqv2", "50"),
}  # to tables of others under the MIT licence: see tests/judge/real
RULES = {
    "lower": LOWER,
    "prefix": table_rows.PREFIX,
    "fold": table_measuring.FOLD,
    "seed": table_measuring.SEED,
    "group": table_measuring.GROUP,
    "item": table_measuring.ITEM,
    "bad": table_checks.BAD,
    "lengths": table_checks.LENGTHS,
    "own": table_checks.OWN,
    "results": table_checks.RESULTS,
    "settings": table_checks.SETTINGS,
    "summary": table_checks.SUMMARY,
}  # patterns of names and of states


def tool(page: Page) -> str:
    """Return an empty element, which the script turns into the tool, with examples."""
    examples = {"site": site_runs(page)} | {name: published(f"{name}.csv", each) for name, each in PUBLISHED.items()}
    data = {
        "limits": LIMITS,
        "rules": rules(),
        "examples": [{"name": name, **each} for name, each in examples.items() if each],
    }
    return html("judge", root=page.root, data=data, words=words(page.texts))


def words(say: Phrases) -> dict[str, str]:
    """Return the texts of the script. Gaps that are filled by their position have numbers."""
    terms = [*TERMS, *(term for term in say if term.startswith("judge page "))]
    return {term: _numbered(say[term]) for term in terms}


def _numbered(text: str) -> str:
    """Return a text whose gaps have numbers.

    >>> _numbered("{} to {}, {name}")
    '{0} to {1}, {name}'
    """
    parts = text.split("{}")
    return parts[0] + "".join(f"{{{i}}}{part}" for i, part in enumerate(parts[1:]))


def rules() -> dict[str, list[str]]:
    """Return the patterns by which the command recognises columns and states, each with its flags in a script."""
    return {name: [rule.pattern, "i" if rule.flags & re.IGNORECASE else ""] for name, rule in RULES.items()}


def site_runs(page: Page) -> dict[str, Any] | None:
    """Return the runs of EXAMPLE, with what their arms differ in, and its question; None if the study lacks them."""
    try:
        evidence = tables.measure(page.results.runs, EXAMPLE)
    except InputError:
        return None
    runs = page.results.runs
    arms = runs[EXAMPLE.column].astype(str).isin([EXAMPLE.better, EXAMPLE.other])
    names = [*EXAMPLE.contexts, EXAMPLE.column, *EXAMPLE.pair, EXAMPLE.metric, *evidence.differing]
    kept = runs[arms & (runs["experiment"] == EXAMPLE.where["experiment"])]
    file = f"results/{page.results.study.name}/tables/runs.csv"
    text = kept[names].to_csv(index=False)
    return {"file": file, "text": text, "question": _asked(EXAMPLE), "where": EXAMPLE.where}


def published(file: str, question: TableQuestion) -> dict[str, Any]:
    """Return a table that others published, and a question to it. Its source is in the words of the example."""
    text = files("ontrial_book.teaching").joinpath("tables", file).read_text(encoding="utf-8")
    return {"file": file, "text": text, "question": _asked(question)}


def _asked(question: TableQuestion) -> dict[str, Any]:
    """Return a question as the script has it."""
    return {
        "metric": question.metric,
        "lower": question.lower_is_better,
        "column": question.column,
        "better": question.better,
        "other": question.other,
        "pair": question.pair,
        "contexts": question.contexts,
        "effect": question.smallest_effect,
        "failed": question.failed,
    }
