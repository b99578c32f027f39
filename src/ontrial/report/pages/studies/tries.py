"""Table and numbers of a page on which of 200 tries several rules keep."""

import pandas as pd

from ontrial.errors import InputError, unknown
from ontrial.report.pages import numbers
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting

RULES = ("means", "intervals", "LOND", "ledger", "ledger, smallest effect")
COUNT = "wrong"  # quantity that is no share: tries without improvement that are kept
COLUMNS = {  # head → part and quantity
    "wrong": ("fresh seeds", COUNT),
    "fresh seeds": ("fresh seeds", "streams"),
    "one baseline": ("one baseline", "streams"),
    "improvements": ("improvements", "streams"),
    "found 1 S": ("improvements", "found 1 S"),
    "found 2 S": ("improvements", "found 2 S"),
}


def table(page: Page) -> str:
    """Return a row per rule: how often it keeps tries without improvement, and how many improvements it finds."""
    rows = [
        (page.say[f"tries {rule}"], *(fact(page, part, rule, quantity) for part, quantity in COLUMNS.values()))
        for rule in RULES
    ]
    return markdown([page.say["tries rule"], *(page.say[f"tries {head}"] for head in COLUMNS)], rows)


def fact(page: Page, part: str, rule: str, quantity: str) -> str:
    """Return a number of the published table as text: a count in three digits, or a share in per cent."""
    rows = _rows(page)
    matching = rows[(rows["part"] == part) & (rows["case"] == rule) & (rows["quantity"] == quantity)]
    if matching.empty:
        known = [f"{row.part}, {row.case}, {row.quantity}" for row in rows.itertuples()]
        raise InputError(unknown("row", f"{part}, {rule}, {quantity}", known))
    value = matching["value"].iloc[0]
    return formatting.significant(value) if quantity == COUNT else numbers.percent(page, value)


def runs(page: Page) -> str:
    """Return the number of networks behind the published table."""
    return formatting.count(_rows(page)["runs"].iloc[0])


def _rows(page: Page) -> pd.DataFrame:
    """Return the published table. Raises InputError if there is none."""
    return page.results.measurement("tries")
