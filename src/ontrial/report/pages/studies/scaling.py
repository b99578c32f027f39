"""Sentences and a table on how the workflow's time and memory grow with the number of cells."""

import pandas as pd

from ontrial.errors import InputError, unknown
from ontrial.report.pages.page import Page, template_name
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting

PARTS = ("plan", "run", "collect", "explore")
MEASURES = ("wall_seconds", "cpu_seconds", "memory_mb")


@template_name("spent")
def spent(page: Page, part: str, cells: int, measure: str = "cpu_seconds", state: str = "now") -> str:
    """Return the time or memory of a part of the work for a number of cells; a dash if it was not measured."""
    table = published(page)
    if part not in PARTS:
        raise InputError(unknown("part", part, PARTS))
    if measure not in MEASURES:
        raise InputError(unknown("measure", measure, MEASURES))
    rows = table[(table["part"] == part) & (table["cells"] == cells) & (table["state"] == state)]
    return formatting.NO_VALUE if rows.empty else formatting.significant(rows[measure].iloc[0], 2)


@template_name("growth_table")
def growth_table(page: Page) -> str:
    """Return a row per measurement, with part, cells, runs, before or now, and the time and memory used."""
    say, table = page.say, published(page)
    order_of_part = list(dict.fromkeys(table["part"])).index
    table = table.assign(order=table["part"].map(order_of_part)).sort_values(["order", "cells", "state"])
    rows = [
        (
            page.texts[f"grown {row['part']}"],
            formatting.count(row["cells"]),
            formatting.count(row["runs"]),
            say[f"growth {row['state']}"],
            *(formatting.significant(row[measure], 2) for measure in MEASURES),
        )
        for row in table.to_dict("records")
    ]
    heads = ("part", "cells", "runs", "state", *MEASURES)
    return markdown([say[f"growth {head}"] for head in heads], rows)


def published(page: Page) -> pd.DataFrame:
    """Return the published table. Raises InputError if there is none."""
    return page.results.measurement("scaling")
