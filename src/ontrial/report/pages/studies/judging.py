"""The page on judging one's own runs: an example from the study's own table, and how often the judge errs."""

import shlex

from ontrial.errors import InputError, unknown
from ontrial.judge import tables
from ontrial.judge.questions import Question
from ontrial.report.markdown import Markdown
from ontrial.report.pages import numbers
from ontrial.report.pages.judgements.report import report
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting

EXAMPLE = Question(
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
PLANTED = ("0.5 S", "1 S", "2 S")
PAIRS = ("10 pairs", "20 pairs", "40 pairs", "80 pairs")
OUTCOMES = ("positive", "negligible", "undecided")


def example(page: Page) -> str | None:
    """Return the verdict on EXAMPLE with a row per context; None if the study has no runs that answer it."""
    try:
        judgement = tables.judge(page.results.runs, EXAMPLE)
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


def power(page: Page) -> str:
    """Return a row per planted difference and number of pairs: how often each outcome comes out."""
    say = page.say
    rows = [
        (planted, pairs.split()[0], *(fact(page, "power", f"{planted}, {pairs}", outcome) for outcome in OUTCOMES))
        for planted in PLANTED
        for pairs in PAIRS
    ]
    heads = (say["judging planted"], say["judging pairs"], *(say[f"judging {outcome}"] for outcome in OUTCOMES))
    return markdown(heads, rows)


def fact(page: Page, part: str, case: str, quantity: str) -> str:
    """Return a number of the published table as text: a share in per cent, or seconds or megabytes."""
    rows = page.results.measurement("judging")
    matching = rows[(rows["part"] == part) & (rows["case"] == case) & (rows["quantity"] == quantity)]
    if matching.empty:
        known = [f"{row.part}, {row.case}, {row.quantity}" for row in rows.itertuples()]
        raise InputError(unknown("row", f"{part}, {case}, {quantity}", known))
    value = matching["value"].iloc[0]
    return formatting.significant(value, 2) if part == "size" else numbers.percent(page, value, places=1)


def runs(page: Page) -> str:
    """Return the number of networks behind the published table."""
    return formatting.count(page.results.measurement("judging")["runs"].iloc[0])
