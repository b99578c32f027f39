"""Plain networks of this study, of a published one, and in the literature."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ontrial import data
from ontrial.judge import policies
from ontrial.report.markdown import Markdown, code
from ontrial.report.pages import lookup, numbers
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting, labels
from ontrial.study.settings import ObjectiveName

PLAIN_NETS = "plain-nets"  # name of the experiment


def literature(page: Page) -> str:
    """Return a table of plain networks, with their test errors and training.

    Networks in the literature come first, then those of this study, or of the first published study that has some.
    """
    say = page.say
    rows = [
        (
            entry["network"],
            lookup.translated(page, entry["training"]),
            _error(page, entry["error"]),
            _cited_work(page, entry),
        )
        for entry in page.sources.docs.literature
    ]
    study, table = _plain_nets(page)
    rows += [
        (_network(row), _training(page, row), _error(page, 100 - row["mean"], row["sd"]), code(study))
        for row in table.to_dict("records")
    ]
    return markdown((say["speed network"], say["how it was trained"], say["test error"], say["found in"]), rows)


def _plain_nets(page: Page) -> tuple[str, pd.DataFrame]:
    """Return the first study that trained plain networks, this one before others, and their rows.

    The table is empty if no study trained them.
    """
    results = page.results
    if PLAIN_NETS in results.study.experiments:
        table = policies.tuned_accuracies(results)
        return results.study.name, table[table["experiment"] == PLAIN_NETS]
    for study, published in page.sources.other_studies.items():
        if published.tuned is not None:
            table = published.tuned[published.tuned["experiment"] == PLAIN_NETS]
            if len(table) and table["dataset"].isin(data.DATASETS).all():  # sizes of own data sets are unknown here
                return study, table
    return "", pd.DataFrame()


def _network(row: Mapping[str, Any]) -> str:
    """Return a network as its widths, from inputs to outputs."""
    sizes = data.sizes(row["dataset"])
    return f"{sizes.features}-{row['hidden']}-{sizes.classes}"


def _training(page: Page, row: Mapping[str, Any]) -> str:
    """Return a sentence on how the networks of a row were trained."""
    say, sizes = page.say, data.sizes(row["dataset"])
    text = say["trained by us"].format(
        activation=labels.value("activation", row["activation"], page.texts),
        objective=labels.value("objective", ObjectiveName.of(row["output"], row["loss"]), page.texts),
        initialisation=labels.value("initialisation", row["initialisation"], page.texts),
        batch_size=row["batch_size"],
        epochs=formatting.count(int(row["epochs"])),
        rate=formatting.rate(row["learning_rate"]),
        train=formatting.count(row["training_samples"]),
        validation=formatting.count(sizes.validation),
        optimiser=labels.value("optimiser", row["optimiser"], page.texts),
        momentum=f"{row['momentum']:g}",
        weight_decay=f"{row['weight_decay']:g}",
        seeds=formatting.count(row["seeds"]),
    )
    return text + " " + say["rate on edge"] if row["on_edge"] else text


def _error(page: Page, mean: float, sd: float | None = None) -> str:
    """Return an error as a percentage, with the standard deviation over seeds if there is one."""
    text = numbers.percent(page, mean, places=1 if sd is None else 2)
    return text if sd is None else f"{text} (±\N{NO-BREAK SPACE}{formatting.decimals(sd, 2)})"


def _cited_work(page: Page, entry: Mapping[str, Any]) -> str:
    """Return the work in which an error was published, linked to the page of references if that lists it."""
    work, name = entry["cited"], entry["reference"]
    listed = name in page.sources.docket.references
    return Markdown("[{}]({}references.md#{})").format(work, page.root, name) if listed else work
