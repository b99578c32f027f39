"""The table of all cells, for readers of the explorer without scripts."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ontrial.report.pages import tables
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page, template_name
from ontrial.report.pages.tools import explorer
from ontrial.report.summaries.explorer import get_measure
from ontrial.report.wording import formatting, labels
from ontrial.study.cell import DEFAULTS, SETTINGS


@template_name("cell_table")
def cell_table(page: Page) -> str:
    """Return a table of all cells, each at its typical tuned rate."""
    points = explorer.points_of(page)
    is_tuned = points["policies"].str.split().map(lambda policies: "tuned" in policies)
    constant = [name for name in DEFAULTS if points[name].nunique() == 1]
    names = [name for name in ("experiment", *SETTINGS, "learning_rate") if name not in constant]
    head = [*(page.say[f"setting {name}"] for name in names), page.say["explorer n"]]
    recorded = explorer.recorded_measures(points)
    measures = [name for name in ("test_accuracy", "test_rmse", "test_loss") if name in recorded]
    head += [page.say["explorer diverged"], *(page.say[f"measure {name}"] for name in measures)]
    rows = [cell_row(page, names, measures, row) for row in points[is_tuned].to_dict("records")]
    return html("box", name="cells", blocks=[tables.markdown(head, rows)])


def cell_row(page: Page, names: Iterable[str], measures: Iterable[str], point: Mapping[str, Any]) -> list[str]:
    """Return the row of a point, with settings, the number of seeds, the share that diverged, and measures."""
    settings = [labels.choice(name, point[name], page.texts) for name in names]
    diverged = page.say["explorer percent"].format(number=f"{100 * point['diverged']:.0f}")
    return [*settings, str(point["n"]), diverged, *(mean_and_sd(page, name, point) for name in measures)]


def mean_and_sd(page: Page, measure: str, point: Mapping[str, Any]) -> str:
    """Return the mean and standard deviation of a measure over the seeds of a point, in per cent or as numbers."""
    mean, sd = point[f"{measure}_mean"], point[f"{measure}_sd"]
    if math.isnan(mean):
        return formatting.NO_VALUE
    texts = [text or formatting.NO_VALUE for text in explorer.summary_texts(measure, mean, sd)]
    number = page.say["explorer mean and sd"].format(centre=texts[0], sd=texts[1])
    is_share = get_measure(measure).metric.unit == "points"
    return page.say["explorer percent"].format(number=number) if is_share else number
