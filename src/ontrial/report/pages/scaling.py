"""What the published table says of how the workflow grows, in sentences and a table of a page."""

import pandas as pd

from ontrial.errors import InputError, unknown
from ontrial.report.pages.page import Page, template_name
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting

PARTS = ("plan", "run", "collect", "explore")
MEASURED = ("wall_seconds", "cpu_seconds", "memory_mb")


@template_name("spent")
def spent(page: Page, part: str, cells: int, measured: str = "cpu_seconds", state: str = "now") -> str:
    """What a part of the work spent on so many cells, a dash if nobody measured it."""
    table = published(page)
    for name, value, known in (("part", part, PARTS), ("measure", measured, MEASURED)):
        if value not in known:
            raise InputError(unknown(name, value, known))
    found = table[(table["part"] == part) & (table["cells"] == cells) & (table["state"] == state)]
    return formatting.NOTHING if found.empty else formatting.significant(found[measured].iloc[0], 2)


@template_name("growth_table")
def table(page: Page) -> str:
    """Every measurement, a row each: part, cells, runs, before or now, and what was spent."""
    say, measured = page.say, published(page)
    place = measured["part"].map(list(dict.fromkeys(measured["part"])).index)
    rows = []
    for found in measured.assign(place=place).sort_values(["place", "cells", "state"]).itertuples():
        sizes = formatting.count(found.cells), formatting.count(found.runs)
        spending = (formatting.significant(getattr(found, name), 2) for name in MEASURED)
        rows.append((page.terms[f"grown {found.part}"], *sizes, say[f"growth {found.state}"], *spending))
    heads = ("part", "cells", "runs", "state", *MEASURED)
    return markdown([say[f"growth {head}"] for head in heads], rows)


def published(page: Page) -> pd.DataFrame:
    """The published table; InputError if there is none."""
    if page.results.scale is None:
        raise InputError("no table of growth is published. Ask for its numbers where [% if scale %].")
    return page.results.scale
