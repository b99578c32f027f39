"""Facts on how the time and the memory of the workflow grow with the number of cells."""

from ontrial.report.pages.page import Page
from ontrial.report.wording import formatting
from ontrial.study.configuration import MAX_CELLS


def facts(page: Page) -> dict[str, str]:
    """Return the machine, the networks in each cell of collected studies, and the most cells of any study."""
    table = page.results.measurement("scaling").query("state == 'now'").drop_duplicates("part").set_index("part")
    ran, collected = table.loc["run"], table.loc["collect"]
    return {
        "cores": formatting.count(ran["cores"]),
        "processor": ran["processor"],
        "networks": formatting.count(collected["runs"] // collected["cells"]),
        "most_cells": formatting.count(MAX_CELLS),
    }
