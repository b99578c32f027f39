"""Draw your own path: a map of batch size and learning rate, on which readers draw a policy for the learning rate."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ontrial.book.chapters.selection import cells_and_choices
from ontrial.judge import policies
from ontrial.report.pages import numbers, pictures
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.wording import formatting
from ontrial.report.wording.error_axis import LEAST_ERROR, ends_and_ticks
from ontrial.report.wording.formatting import json_number
from ontrial.report.wording.styles import BEHIND
from ontrial.study.cell import Cell

EXPERIMENT = "batch-size"
FIGURE = "batch-rate-surface"  # figure of the same map with the paths of the policies
DIGITS = 6  # significant digits of accuracies, more than the script shows, so that it does not round twice
PREFIX = "surface "  # prefix of the script's texts in docs/words.yaml
EXPONENTS = {"fixed": 0, "sqrt": 0.5, "linear": 1}  # powers of the batch size to which policies' rates are proportional
OFFERED = tuple(step / 4 for step in range(-2, 7))  # exponents that readers can choose
ROUNDING = 1e-9  # octaves


def surface(page: Page) -> str:
    """Return an element that the script turns into the map; "" if the study has no such map."""
    if not pictures.is_drawn(page, FIGURE):
        return ""
    return html("surface", root=page.root, map=describe(page), words=words(page))


def describe(page: Page) -> dict[str, Any]:
    """Return the fields of the experiment that the script reads, with batch sizes in ascending order.

    sizes: Names of the batch sizes.
    references: Numbers of samples in the batches from which paths may start.
    starts: Position of the typical own rate of each of these.
    exponents: Exponents that readers can choose.
    paths: Path for each reference, exponent and rate at the reference.
    accuracies: Mean over the seeds in per cent, for each batch size and rate.
    failed: Whether at least half of the seeds ended no better than guessing, for each batch size and rate.
    tuned: Accuracies under the tuned policy.
    range: Ends of the axis of errors.
    marks: Ticks of that axis.
    least: Error at which the axis shows those that are smaller.
    behind: Points below the best accuracy at which colours change.
    """
    cells = _cells_by_size(page)
    table, _ = cells_and_choices(page.results)
    grid = table.pivot(index="batch_size", columns="learning_rate", values=["mean", "failed"])
    samples = [cell.batch_sample_count for cell in cells]
    usual = [int(size) for size in policies.batch_references(cells)] or samples[:1]
    references = [cells[samples.index(size)] for size in usual]
    rates = grid["mean"].columns.to_numpy()
    tuned = [_at_tuned(page, "test_accuracy", cell) for cell in cells]
    shown = [*(100 * grid["mean"]).to_numpy().ravel(), *tuned]  # seeds' own rates may beat any single rate
    low, high, marks = ends_and_ticks(100 - accuracy for accuracy in shown)
    return {
        "sizes": [page.texts["full"] if cell.full_batch else str(cell.batch_size) for cell in cells],
        "references": usual,
        "rateNames": list(map(formatting.rate, rates)),
        "exponents": OFFERED,
        "paths": [
            [[path(rate, exponent, rates, cells, reference) for rate in rates] for exponent in OFFERED]
            for reference in references
        ],
        "accuracies": [[json_number(100 * mean, DIGITS) for mean in means] for means in grid["mean"].to_numpy()],
        "failed": (grid["failed"] >= 1 / 2).astype(int).to_numpy().tolist(),
        "tuned": [json_number(accuracy, DIGITS) for accuracy in tuned],
        "range": [json_number(end, DIGITS) for end in (low, high)],
        "marks": marks,
        "least": LEAST_ERROR,
        "starts": [rates.tolist().index(_at_tuned(page, "learning_rate", reference)) for reference in references],
        "behind": BEHIND,
        "policies": EXPONENTS,
    }


def path(rate: float, exponent: float, rates: np.ndarray, cells: Sequence[Cell], reference: Cell) -> list[int | None]:
    """Return the position of each cell's rate on a path, along which rates grow with a power of the batch size.

    The position is None off the grid, and for a full batch, to which no rate is scaled.

    rate: Rate at the reference.
    """
    ratios = [cell.batch_sample_count / reference.batch_sample_count for cell in cells]
    return [
        None if cell.full_batch and exponent else nearest(rate * ratio**exponent, rates)
        for cell, ratio in zip(cells, ratios, strict=True)
    ]


def nearest(rate: float, rates: np.ndarray) -> int | None:
    """Return the position of the nearest rate in octaves, or of the smaller one if two are equally near.

    The position is None if the nearest rate is farther away than half of the largest step.

    rates: Rates in ascending order.
    """
    distances = np.abs(np.log2(rates / rate))
    steps = np.diff(np.log2(rates))
    if distances.min() > max(steps, default=0) / 2 + ROUNDING:
        return None
    return int(np.argmax(distances <= distances.min() + ROUNDING))


def _cells_by_size(page: Page) -> list[Cell]:
    """Return the cell of each batch size with the usual values of other settings, the smallest batch first."""
    sizes = page.results.study.experiments[EXPERIMENT].grid["batch_size"]
    cells = (numbers.find_cell(page.results, EXPERIMENT, {"batch_size": size}) for size in sizes)
    return sorted(filter(None, cells), key=lambda cell: cell.batch_sample_count)


def _at_tuned(page: Page, metric: str, cell: Cell) -> float:
    """Return the mean of a metric, or the typical learning rate, with each seed at the rate that validation chose."""
    return numbers.value(page, metric, EXPERIMENT, policy="tuned", batch_size=cell.batch_size)


def words(page: Page) -> dict[str, Any]:
    """Return the texts of the script."""
    terms = ("batch size", "learning rate", "policy for the learning rate", "tuned", *EXPONENTS)
    names = {term: page.texts[term] for term in terms}
    return page.texts.after(PREFIX) | {"percent": page.texts["explorer percent"]} | names
