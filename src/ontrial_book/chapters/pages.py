"""What chapters show besides figures: verdicts, numbers that follow from theory, and the controls of two pictures."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ontrial import data
from ontrial.errors import InputError, unknown
from ontrial.nn import ACTIVATIONS
from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup, numbers
from ontrial.report.pages.claims import replications, sentences, verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting
from ontrial.study.settings import depth
from ontrial_book.chapters import dead_units, mean_field, worked_network
from ontrial_book.chapters.worked_network import short

ANGLES = 3_600  # directions in which lines are tried


def verdict_box(page: Page, id: str) -> str:
    """Return a box with a verdict, its reason, how far replications agree, and a link to the evidence, on one line."""
    conclusion = lookup.conclusion_on(page, id)
    together = replications.counted_together(page, id)
    return html(
        "verdict_box",
        verdict=verdicts.class_name(conclusion),
        label=page.say["verdict of"],
        statement=lookup.statement(page, id),
        badge=verdicts.verdict_badge(page, lookup.verdict_on(page, id)),
        reason=Markdown(" ").join(filter(None, [sentences.reason(page, id), together])),
        evidence=verdicts.evidence_link(page, id, page.say["the evidence"]),
    )


@dataclass(frozen=True)
class Theory:
    """Numbers that follow from theory or from the data alone."""

    page: Page

    def gradient_factor(self, activation: str, variance: float) -> str:
        """Return the factor that the gradient gains in each layer far from the inputs, by mean-field theory.

        variance: Variance of a weight times the number of inputs.
        """
        entry = ACTIVATIONS[activation]
        return formatting.significant(mean_field.deep_factor(entry.function, entry.slope, variance))

    def critical_variance(self, activation: str) -> str:
        """Return the variance of a weight times the number of inputs at which that factor is 1."""
        entry = ACTIVATIONS[activation]
        return formatting.significant(mean_field.critical_variance(entry.function, entry.slope))

    def largest_slope(self, activation: str) -> str:
        """Return the largest slope of an activation."""
        return formatting.significant(ACTIVATIONS[activation].slope(np.linspace(-10, 10, 10_001)).max())

    def best_line(self, dataset: str) -> str:
        """Return how many points of two classes in the plane the best straight line gets right, in per cent."""
        points = data.load(dataset)
        angle = np.linspace(0, 2 * np.pi, ANGLES, endpoint=False)
        order = (points.X @ [np.cos(angle), np.sin(angle)]).argsort(axis=0)
        is_second = points.labels[order] == 1
        right_below = np.where(is_second, -1, 1).cumsum(axis=0).max()  # with the first class below the line
        return numbers.percent(self.page, 100 * (is_second[:, 0].sum() + max(right_below, 0)) / len(points.X))


compute = cache(worked_network.compute)


def dead_relus(page: Page) -> str:
    """Return a table of the share of dead ReLU units in networks that learn, and how many learn, by rate and depth."""
    say, table = page.say, dead_units.by_rate(page.results)
    hidden = sorted(table["hidden"].unique(), key=depth)
    relu = table[table["activation"] == "relu"].set_index(["hidden", "learning_rate"])
    rows = []
    for rate in sorted(table["learning_rate"].unique()):
        cells = [relu.loc[name, rate] for name in hidden]
        shares = [numbers.percent(page, 100 * cell["dead_learning"]) for cell in cells]
        learnt = [(round(cell["learn"] * cell["seeds"]), int(cell["seeds"])) for cell in cells]
        counts = [say["share of networks"].format(failed=failed, n=n) for failed, n in learnt]
        rows.append([formatting.rate(rate), *map("{} ({})".format, shares, counts)])
    heads = [sentences.condition(page, "depth", {"depth": (depth(name),)}) for name in hidden]
    return markdown([say["learning rate"], *heads], rows)


def rate_by_rate(page: Page, experiment: str, **settings: Any) -> str:
    """Return a table of a cell's learning rates: mean validation accuracy, and the share of networks that fail.

    settings: Settings of the cell, as for `value`.
    """
    cell = numbers.find_cell(page.results, experiment, settings)
    metrics = {"validation_accuracy": "measure validation_accuracy", "fails": "rates failed"}
    rows = [
        (
            formatting.rate(rate),
            *(numbers.number(page, metric, experiment, learning_rate=rate, **settings) for metric in metrics),
        )
        for rate in (cell.learning_rates if cell else ())
    ]
    return markdown((page.say["learning rate"], *(page.say[term] for term in metrics.values())), rows)


def worked(page: Page, array: str) -> Markdown:
    """Return an array of the update as LaTeX: a number, a row such as (1, 2), or a matrix."""
    if array not in compute():
        raise InputError(unknown("array", array, compute()))
    rows = [[short(number) for number in row] for row in np.atleast_2d(compute()[array])]
    if len(rows) > 1:
        matrix = r" \\ ".join(map(" & ".join, rows))
        return Markdown(rf"\begin{{pmatrix}} {matrix} \end{{pmatrix}}")
    return Markdown(rows[0][0] if len(rows[0]) == 1 else f"({', '.join(rows[0])})")
