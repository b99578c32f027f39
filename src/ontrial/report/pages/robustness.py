"""What moved when the published study ran under other circumstances, in numbers and tables of a page."""

from collections.abc import Iterable

import pandas as pd

from ontrial.errors import InputError, unknown
from ontrial.report.pages import numbers, verdicts
from ontrial.report.pages.page import Page, template_name
from ontrial.report.pages.tables import markdown
from ontrial.report.summaries.robustness import BASELINE
from ontrial.report.wording import formatting

FACTS = ("study", "processor", "blas", "blas_kernel", "commit")
KINDS = (BASELINE, "kernel", "numpy", "python", "seeds")


@template_name("circumstances_fact")
def fact(page: Page, name: str) -> str:
    """A fact by name: the study that ran, and what it ran with when it ran as it is."""
    if name not in FACTS:
        raise InputError(unknown("fact of the circumstances", name, FACTS))
    rows = of_kinds(page, [BASELINE])
    return formatting.plain(rows[name].iloc[0])


@template_name("circumstances_tried")
def tried(page: Page, *kinds: str) -> int:
    """How many circumstances of these kinds were tried."""
    return of_kinds(page, kinds)["circumstance"].nunique()


@template_name("verdicts_moved")
def moved(page: Page, *kinds: str) -> int:
    """How many claims have another verdict under some circumstance of these kinds."""
    rows = of_kinds(page, kinds)
    return rows.loc[rows["verdict"] != rows["verdict_before"], "claim"].nunique()


@template_name("circumstances_table")
def overview(page: Page) -> str:
    """Every circumstance: what it ran with, and how many runs, contexts and verdicts moved."""
    say, lines = page.say, []
    for _, rows in of_kinds(page, KINDS).groupby("circumstance", sort=False):
        first = rows.iloc[0]
        change = (rows["largest_change"] / rows["smallest_effect"]).max()
        lines.append(
            (
                called(page, first),
                *(formatting.plain(first[name]) for name in ("python", "numpy", "blas_kernel")),
                numbers.percent(page, 100 * first["runs_moved"] / first["runs"]),  # none are the same of other seeds
                share(rows["contexts_moved"].sum(), rows["contexts"].sum()),
                share((rows["verdict"] != rows["verdict_before"]).sum(), len(rows)),
                formatting.significant(change, 2),
            )
        )
    heads = ("python", "numpy", "kernel", "runs", "contexts", "verdicts", "change")
    return markdown([say[f"circumstance {head}"] for head in ("what", *heads)], lines)


@template_name("moves")
def moves(page: Page, *kinds: str) -> str:
    """Every claim of which a context moved, with its verdict before and after."""
    rows, say = of_kinds(page, kinds), page.say
    lines = [
        (
            claim(page, row["claim"]),
            called(page, row),
            verdicts.badge(page, row["verdict_before"]),
            verdicts.badge(page, row["verdict"]),
            share(row["contexts_moved"], row["contexts"]),
        )
        for _, row in rows[rows["contexts_moved"] > 0].iterrows()
    ]
    heads = ("claim", "what", "before", "after", "contexts")
    return markdown([say[f"circumstance {head}"] for head in heads], lines) if lines else say["circumstance nothing"]


def called(page: Page, row: pd.Series) -> str:
    """A circumstance in words: what differs, and which one it is."""
    _, _, which = row["circumstance"].partition("-")
    return page.say[f"other {row['differs']}"].format(formatting.plain(which.capitalize()))


def claim(page: Page, id: str) -> str:
    """What a claim says, with the way to its evidence; its id in a study that doesn't try it."""
    if not verdicts.has_claim(page, id):
        return f"`{id}`"
    return f"[{verdicts.statement(page, id)}]({page.root}evidence/{id}.md)"


def share(part: int, whole: int) -> str:
    """So many of so many."""
    return f"{formatting.count(part)}\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}{formatting.count(whole)}"


def of_kinds(page: Page, kinds: Iterable[str]) -> pd.DataFrame:
    """Rows of the published table with circumstances of some kinds; InputError if there is none."""
    for kind in kinds:
        if kind not in KINDS:
            raise InputError(unknown("kind of circumstance", kind, KINDS))
    if page.results.circumstances is None:
        raise InputError("no circumstances are published. Ask for their numbers where [% if circumstances %].")
    return page.results.circumstances[page.results.circumstances["differs"].isin(kinds)]
