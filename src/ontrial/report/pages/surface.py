"""Draw your own path: the map of batch size and learning rate, over which readers lead a policy of their own."""

from typing import Any

import numpy as np

from ontrial import data
from ontrial.judge import policies
from ontrial.report.pages import numbers, pictures
from ontrial.report.pages.explorer import compact
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page, template_name
from ontrial.report.wording import formatting
from ontrial.report.wording.looks import BEHIND
from ontrial.report.wording.phrases import Phrases
from ontrial.study.cell import Cell

EXPERIMENT = "batch-size"
FIGURE = "batch-rate-surface"  # which shows the same map with the paths of the policies
PREFIX = "surface "  # of the script's texts in docs/phrases.yaml
EXPONENTS = {"fixed": 0, "sqrt": 0.5, "linear": 1}  # of the batch size, to which a policy's rate is proportional
NEAR_GUESSING = 5.0  # points of accuracy


@template_name("surface")
def surface(page: Page) -> str:
    """Return the element that the script turns into the map; "" if the study has no such map."""
    if not pictures.is_drawn(page, FIGURE):
        return ""
    return html("surface", root=page.root, surface=describe(page), words=words(page))


def describe(page: Page) -> dict[str, Any]:
    """Return what the script needs to know of the experiment.

    sizes: names of the batch sizes, in the order of samples, their numbers of samples. accuracies: per cent, by batch
    size and rate. guessing: whether at least half of the seeds diverge or hardly do better than guessing, likewise.
    tuned: accuracies of the tuned policy. reference: the batch size that the path starts from, start: the typical own
    rate there, both as positions. behind: points below the best accuracy where colours change.
    """
    cells = cells_by_size(page)
    samples = [cell.batch_sample_count for cell in cells]
    usual = policies.DEFAULT_REFERENCE["batch_size"]
    reference = samples.index(usual) if usual in samples else len(cells) // 2
    rates = sorted(cells[0].learning_rates)  # the cells of an experiment share a grid
    tables = [accuracies(page, cell) for cell in cells]
    limits = [100 / data.sizes(cell.dataset).classes + NEAR_GUESSING for cell in cells]
    return {
        "sizes": [page.terms["full"] if cell.full_batch else str(cell.batch_size) for cell in cells],
        "samples": samples,
        "rates": rates,
        "rateNames": list(map(formatting.rate, rates)),
        "accuracies": [[compact(mean) for mean in table.mean(axis=0)] for table in tables],
        "guessing": [
            (np.mean(table <= limit, axis=0) >= 1 / 2).astype(int).tolist()
            for table, limit in zip(tables, limits, strict=True)
        ],
        "tuned": [compact(at_tuned(page, "test_accuracy", cell)) for cell in cells],
        "reference": reference,
        "start": rates.index(at_tuned(page, "learning_rate", cells[reference])),
        "behind": BEHIND,
        "policies": EXPONENTS,
    }


def cells_by_size(page: Page) -> list[Cell]:
    """Return the cell of each batch size, with the usual values of other settings, from the smallest batch."""
    sizes = page.results.study.experiments[EXPERIMENT].grid["batch_size"]
    cells = (numbers.find_cell(page.results, EXPERIMENT, {"batch_size": size}) for size in sizes)
    return sorted(filter(None, cells), key=lambda cell: cell.batch_sample_count)


def at_tuned(page: Page, metric: str, cell: Cell) -> float:
    """Return the mean of a metric, or the typical learning rate, with each seed at the rate that validation chose."""
    return numbers.value(page, metric, EXPERIMENT, policy="tuned", batch_size=cell.batch_size)


def accuracies(page: Page, cell: Cell) -> np.ndarray:
    """Return the test accuracies of a cell (seeds, rates), with rates in ascending order."""
    table = numbers.numbers_of(page.results, cell, "test_accuracy", None)
    return table.loc[list(cell.seeds)].sort_index(axis="columns").to_numpy()


def words(page: Page) -> dict[str, Any]:
    """Return every text of the script, which shows text and not Markdown."""
    say = Phrases(page.sources.phrases, page.language, "docs/phrases.yaml")
    texts = {term.removeprefix(PREFIX): say[term] for term in say if term.startswith(PREFIX)}
    terms = ("batch size", "learning rate", "policy for the learning rate", "tuned", *EXPONENTS)
    return texts | {"percent": say["explorer percent"]} | {term: page.terms[term] for term in terms}
