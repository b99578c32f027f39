"""Ask the runs: data and words of the script with which readers compare two cells in the explorer."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ontrial import data
from ontrial.judge import designs, policies, statistics
from ontrial.judge.metrics import Metric
from ontrial.judge.statistics import OUTCOMES
from ontrial.report.pages.claims import estimates
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.summaries.explorer import cells_of
from ontrial.report.summaries.seeds import Compared, SeedNumbers, compared
from ontrial.report.wording import quantities
from ontrial.report.wording.formatting import json_number
from ontrial.study.cell import Cell
from ontrial.study.study import Experiment

ASK = "ask "  # prefix of the script's texts in docs/words.yaml
DIGITS = 8  # significant digits, so that ties with the smallest effect stay ties
FORMS = ("difference", "ratio")
UNITS = ("points", "epochs", "loss", "nats", "log2", "number")


def pack(experiment: Experiment, runs: SeedNumbers) -> dict[str, Any]:
    """Return the numbers of an experiment's runs as compact lists, in the order of rates and then of seeds.

    Some of the keys are:

    batches: Index of each cell's batch size.
    scaled: For each policy and pair of batch sizes, the positions to which the policy moves the rates of the first
        size, null off the grid.
    own: For each criterion and cell, the position of each seed's own rate.
    refused: Reason why no claim can compare cells of the experiment, null if there is none.
    alpha: Error of the interval of these seeds.
    fewest: Number of seeds that such an interval needs.
    failed: For each cell, the positions of the runs that diverged or ended no better than guessing.
    failing: Share of failed runs above which a claim compares such shares.
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
            for policy in ("linear", "sqrt")
        },
        "refused": "no judges" if not enough else "one rate" if has_one_rate(experiment) else None,
        "alpha": shares[0],
        "fewest": statistics.fewest_seeds(shares[0]),
        "own": [runs.own[criterion].tolist() for criterion in criteria],
        "failed": [np.flatnonzero(of_cell).tolist() for of_cell in runs.failed],
        "failing": statistics.FAILING,
        "measures": {
            name: describe(compared(name), runs)
            | {
                "own": criteria.index(compared(name).criterion),
                "numbers": [numbers_of_cell(by_cell.get(cell)) for cell in runs.cells],
            }
            for name, by_cell in runs.numbers.items()
        },
    }


def has_one_rate(experiment: Experiment) -> bool:
    """Return whether networks train at a single learning rate, which suits one cell better than another."""
    return len(experiment.learning_rates) == 1 and any(cell.training.happens for cell in cells_of(experiment))


def scaled_positions(policy: str, base: Cell, cell: Cell, rates: list[float]) -> list[int | None]:
    """Return the position to which a policy moves each rate of the base cell when it scales rates for another cell.

    The position is None off the grid, and always for a full batch.
    """
    if cell.full_batch:
        return [None] * len(rates)
    scaled = policies.at_policy(policy, pd.Series(rates), cell, base)
    return [None if math.isnan(rate) else rates.index(rate) for rate in scaled.tolist()]


def describe(measure: Compared, runs: SeedNumbers) -> dict[str, Any]:
    """Return the fields of a measure for a claim about it.

    By cell, `budgets` has the shortest time of a run that has not arrived. By form and cell, `allowed` has the smallest
    and the largest effect that a docket takes, the largest null without a limit.
    """
    metric = measure.metric
    return {
        "metric": measure.name,
        "threshold": measure.threshold,
        "unit": metric.unit,
        "positive": metric.positive,
        "censored": metric.censored,
        "budgets": runs.budgets[metric.clock] if metric.clock else None,
        "mayFail": metric.may_fail,
        "allowed": {form: [allowed_effects(metric, cell, form) for cell in runs.cells] for form in FORMS},
    }


def allowed_effects(metric: Metric, cell: Cell, form: str) -> tuple[float, float | None]:
    """Return the smallest and the largest effect for which a docket takes a claim about a cell."""
    if metric.clock:
        span, gap = designs.span_and_gap(cell, metric, form == "ratio")
        return gap / (1 + statistics.TOLERANCE), span * (1 + statistics.TOLERANCE)
    grain = 100 / getattr(data.sizes(cell.dataset), metric.share_of) if metric.share_of else 0
    return (2 * grain / (1 + statistics.TOLERANCE) if form == "difference" else 0), None


def numbers_of_cell(numbers: np.ndarray | None) -> list[float | str | None] | None:
    """Return the numbers of a cell as a list, rate by rate."""
    return None if numbers is None else [json_number(number, DIGITS) for number in numbers.ravel().tolist()]


def ask(page: Page, experiment: str, of: dict[str, Any], minus: dict[str, Any]) -> str:
    """Return an empty element, which the script turns into the comparison.

    experiment: Experiment of the cells that the comparison shows first, at the rate of each. If the study lacks one of
        them, the script chooses.
    of, minus: Settings of these cells.
    """
    found = page.results.study.experiments.get(experiment)
    cells = cells_of(found) if found else []
    paths = [next((cell.path for cell in cells if arm.items() <= cell.columns.items()), None) for arm in (of, minus)]
    first = "" if None in paths else f"#ask={paths[0]},{paths[1]}&policy=fixed"
    return html("ask", root=page.root, words=words(page), first=first)


def words(page: Page) -> Mapping[str, Any]:
    """Return the texts of the script."""
    say = page.texts
    shared = {"percent": say["explorer percent"], "failed": say["explorer failed"], "seed": say["setting seed"]}
    return {
        "say": say.after(ASK) | shared | estimates.estimate_words(page),
        **quantities.texts_by_unit(say, UNITS),
        "outcomes": {outcome: say[f"outcome {outcome}"] for outcome in OUTCOMES},
        "policies": {policy: say[f"ask policy {policy}"] for policy in ("tuned", *policies.FACTORS)},
    }
