"""The example on the page on judging one's own runs, from the study's own table."""

import shlex

from ontrial.errors import InputError
from ontrial.judge import tables
from ontrial.judge.questions import Question
from ontrial.report.markdown import Markdown
from ontrial.report.pages.judgements.report import report
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import markdown

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
