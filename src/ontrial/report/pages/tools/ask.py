"""Ask the runs: data and words of the script with which readers compare two cells in the explorer."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ontrial import data
from ontrial.judge import policies, statistics
from ontrial.judge.statistics import OUTCOMES
from ontrial.report.pages.claims import estimates
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page, template_name
from ontrial.report.summaries.seeds import Compared, SeedNumbers, compared
from ontrial.report.wording import quantities
from ontrial.report.wording.formatting import json_number
from ontrial.study.cell import Cell
from ontrial.study.study import Experiment

ASK = "ask "  # prefix of the script's texts in docs/words.yaml
DIGITS = 8  # significant digits, so that ties with the smallest effect stay ties
UNITS = ("points", "epochs", "loss", "nats", "log2", "number")


def pack(experiment: Experiment, runs: SeedNumbers) -> dict[str, Any]:
    """Return the numbers of an experiment's runs as compact lists, in the order of rates and then of seeds.

    Some of the keys are:

    batches: Index of each cell's batch size.
    scaled: For each policy and pair of batch sizes, the positions to which the policy moves the rates of the first
        size, null off the grid.
    own: For each criterion and cell, the position of each seed's own rate.
    judges: Whether claims can rest on the experiment.
    alpha: Error of the interval of these seeds.
    fewest: Number of seeds that such an interval needs.
    diverged: For each cell, the positions of its diverged runs.
    numbers: Values by measure and cell, null for a cell without the measure.
    """
    shares = statistics.shares(len(experiment.looks) or 1)
    enough = bool(experiment.looks) and experiment.looks[-1] >= statistics.fewest_seeds(shares[-1])
    criteria = list(runs.own)
    by_batch = {(cell.batch_sample_count, cell.full_batch): cell for cell in runs.cells}
    batches = list(by_batch)
    return {
        "seeds": runs.seeds,
        "rates": runs.rates,
        "batches": [batches.index((cell.batch_sample_count, cell.full_batch)) for cell in runs.cells],
        "scaled": {
            policy: [
                [scaled_positions(policy, base, cell, runs.rates) for cell in by_batch.values()]
                for base in by_batch.values()
            ]
            for policy in policies.SCALING
        },
        "judges": enough,
        "alpha": shares[0],
        "fewest": statistics.fewest_seeds(shares[0]),
        "own": [runs.own[criterion].tolist() for criterion in criteria],
        "diverged": [np.flatnonzero(of_cell).tolist() for of_cell in runs.diverged],
        "measures": {
            name: describe(compared(name), runs.cells)
            | {
                "own": criteria.index(compared(name).criterion),
                "numbers": [numbers_of_cell(by_cell.get(cell)) for cell in runs.cells],
            }
            for name, by_cell in runs.numbers.items()
        },
    }


def scaled_positions(policy: str, base: Cell, cell: Cell, rates: list[float]) -> list[int | None]:
    """Return the position to which a policy moves each rate of the base cell when it scales rates for another cell.

    The position is None off the grid, and always for a full batch.
    """
    if cell.full_batch:
        return [None] * len(rates)
    scaled = policies.at_policy(policy, pd.Series(rates), cell, base)
    return [None if math.isnan(rate) else rates.index(rate) for rate in scaled.tolist()]


def describe(measure: Compared, cells: Sequence[Cell]) -> dict[str, Any]:
    """Return the fields of a measure for a claim about it, where `finest` has the smallest allowed effect by cell."""
    metric, share = measure.metric, measure.metric.share_of
    grains = [100 / getattr(data.sizes(cell.dataset), share) if share else 0 for cell in cells]
    return {
        "metric": measure.name,
        "threshold": measure.threshold,
        "unit": metric.unit,
        "positive": metric.positive,
        "censored": metric.censored,
        "finest": [2 * grain / (1 + statistics.TOLERANCE) for grain in grains],
    }


def numbers_of_cell(numbers: np.ndarray | None) -> list[float | str | None] | None:
    """Return the numbers of a cell as a list, rate by rate."""
    return None if numbers is None else [json_number(number, DIGITS) for number in numbers.ravel().tolist()]


@template_name("ask")
def ask(page: Page) -> str:
    """Return an empty element, which the script turns into the comparison."""
    return html("ask", root=page.root, words=words(page))


def words(page: Page) -> Mapping[str, Any]:
    """Return the texts of the script."""
    say = page.texts
    shared = {"percent": say["explorer percent"], "failed": say["explorer failed"], "seed": say["setting seed"]}
    return {
        "say": say.after(ASK) | shared | estimates.estimate_words(page),
        **quantities.texts_by_unit(say, UNITS),
        "outcomes": {outcome: say[f"outcome {outcome}"] for outcome in OUTCOMES},
        "policies": {policy: say[policy] for policy in ("tuned", "fixed", "linear", "sqrt")},
    }
