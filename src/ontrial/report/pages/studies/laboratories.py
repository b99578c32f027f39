"""Tables and numbers of a page on how often simulated laboratories contradict each other."""

import re

import pandas as pd

from ontrial.errors import InputError, unknown
from ontrial.report.pages import numbers
from ontrial.report.pages.page import Page, template_name
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting

WAYS = ("one rate for all seeds", "own rates, one look", "own rates, looks")
QUANTITIES = (
    "seeds per context",
    "undecided contexts",
    "contradictory contexts",
    "worst context",
    "contradictory verdicts",
    "different verdicts",
    "inconclusive claims",
)
COUNTS = ("seeds per context", "inconclusive claims")
EFFECT = re.compile(r"effect ([\d.]+)")  # part of a case's name


@template_name("laboratories_table")
def agreement(page: Page) -> str:
    """Return a column per way to judge: how often two laboratories contradict each other, or leave claims open."""
    say = page.say
    rows = [
        (say[f"laboratories {quantity}"], *(fact(page, "laboratories", way, quantity) for way in WAYS))
        for quantity in QUANTITIES
    ]
    return markdown([say["what"], *(say[f"laboratories {way}"] for way in WAYS)], rows)


@template_name("errors_table")
def errors(page: Page) -> str:
    """Return a row per true effect of simulated claims: wrong and inconclusive verdicts in the worst case."""
    say = page.say
    table = _rows(page, "errors")
    table = table.assign(effect=table["case"].str.extract(EFFECT)[0].astype(float))
    worst = table.pivot_table(index="effect", columns="quantity", values="value", aggfunc="max")
    rows = [
        (f"{effect:g} S", *(numbers.percent(page, row[name]) for name in ("wrong", "inconclusive")))
        for effect, row in worst.iterrows()
    ]
    return markdown([say["errors effect"], say["errors wrong"], say["errors inconclusive"]], rows)


@template_name("laboratories_fact")
def fact(page: Page, part: str, case: str, quantity: str) -> str:
    """Return a number of the published table as text: counts with one decimal, shares in per cent."""
    rows = _rows(page, part)
    matching = rows[(rows["case"] == case) & (rows["quantity"] == quantity)]
    if matching.empty:
        raise InputError(
            unknown("row", f"{case}, {quantity}", [f"{row.case}, {row.quantity}" for row in rows.itertuples()])
        )
    value = matching["value"].iloc[0]
    return formatting.decimals(value) if quantity in COUNTS else numbers.percent(page, value, places=2)


def _rows(page: Page, part: str) -> pd.DataFrame:
    """Return the rows of one part of the published table. Raises InputError if there is no table."""
    table = page.results.measurement("laboratories")
    return table[table["part"] == part]
