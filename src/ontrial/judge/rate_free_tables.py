"""Tables of a study whose claims need no learning rate: accuracy over rate × updates, and distances and limits.

They are published, because sites of other studies show them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ontrial import data
from ontrial.judge import claims, metrics, policies, rate_free
from ontrial.judge.claim import Claim
from ontrial.judge.metrics import METRICS
from ontrial.judge.policies import BUDGET
from ontrial.judge.results import Results
from ontrial.study.cell import COLUMNS, Cell
from ontrial.study.study import Study
from ontrial_judge.core.statistics import TOLERANCE

LOSS_AT_WALL = 1.0  # points of validation accuracy that a seed loses beyond the wall when its rate doubles
NUMBERS = ("distance_to_accuracy", "rate_limit")
CELL = [*COLUMNS, "full_batch", *BUDGET]


def are_needed(checked: Mapping[str, Claim]) -> bool:
    """Return whether claims of a docket are about distances or limits."""
    return any(claim.estimand and _is_rate_free(claim.estimand.metric) for claim in checked.values())


def _is_rate_free(metric: str) -> bool:
    return metric in METRICS and METRICS[metric].scales_with_loss


def curves(results: Results, commit: str) -> pd.DataFrame:
    """Return the accuracy of each cell at each learning rate, at the end of training.

    The table has one row per cell that learns classes and rate. Its columns are those of the cell, budget (epochs or
    updates), learning_rate, product (the rate times all updates; with momentum μ, it counts 1 / (1 − μ) times),
    below_wall, first_seed and last_seed (of the confirmatory seeds), seeds (their number), mean, median, low and high
    (the range over seeds) of test accuracy in per cent, failed (the share of seeds that end no better than guessing)
    and commit.

    commit: Commit of the code that trained the networks, "" if it is not known.
    """
    rows = []
    for cell in results.study.cells.values():
        if not cell.learns_classes:
            continue
        seeds = _judging_seeds(results, cell)
        accuracy, failed, validation = (
            metrics.compute(results, cell, name, "test", None).loc[seeds]
            for name in ("test_accuracy", "fails", "validation_accuracy")
        )
        rates = accuracy.columns.to_numpy(float)
        table = pd.DataFrame(
            {
                "learning_rate": rates,
                "product": rates / (1 - cell.momentum) * cell.recipe.total_updates(cell.training_sample_count),
                "below_wall": below_wall(validation.to_numpy(), rates),
                "first_seed": seeds[0],
                "last_seed": seeds[-1],
                "seeds": len(seeds),
                "mean": accuracy.mean().to_numpy(),
                "median": accuracy.median().to_numpy(),
                "low": accuracy.min().to_numpy(),
                "high": accuracy.max().to_numpy(),
                "failed": failed.mean().to_numpy() / 100,
                "commit": commit,
            }
        )
        rows.append(with_cell(cell, table))
    return pd.concat(rows, ignore_index=True)


def below_wall(accuracy: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """Return which learning rates are below the wall, from which on a seed loses more than a point if the rate doubles.

    accuracy: Validation accuracy of each seed at each rate, in per cent, (seeds, rates).
    rates: Ascending rates. One whose half is not among them is only compared with those below.
    """
    halves = np.abs(np.log2(rates[:, None] / rates) - 1) < 1e-6  # of each row, the rate that is half of it
    loses = [
        any((accuracy[:, half] - accuracy[:, i] > (1 + TOLERANCE) * LOSS_AT_WALL).any() for half in np.flatnonzero(row))
        for i, row in enumerate(halves)
    ]
    return ~np.logical_or.accumulate(loses)


def two_numbers(results: Results, checked: Mapping[str, Claim]) -> pd.DataFrame:
    """Return the distance, the limit and the fewest updates of each seed, as the judge computes them.

    The table has one row per cell, goal and seed, for each goal that claims about distances and limits set on a data
    set, and each cell on it that records often enough and whose steps are proportional to gradients. Its columns are
    those of the cell, budget, goal (an accuracy), seed, distance_to_accuracy, rate_limit, and updates_to_accuracy at
    the seed's own rate. Empty fields have no value: there is no plateau, or the limit may be beyond the grid.

    checked: Claims of the docket.
    """
    rows = []
    by_dataset = _goals(results.study, checked)
    for cell in results.study.cells.values():
        for goal in by_dataset.get(cell.dataset, ()) if may_have_distance(cell) else ():
            seeds = _judging_seeds(results, cell)
            found = {"goal": goal, "seed": seeds}
            for name in NUMBERS:
                numbers = metrics.compute(results, cell, name, "test", goal)
                found[name] = METRICS[name].summary(numbers, pd.Series(np.nan, seeds)).to_numpy()
            updates = metrics.compute(results, cell, "updates_to_accuracy", "test", goal)
            own = policies.own_rates(results, cell, "updates_to_accuracy", goal).loc[seeds]
            found["updates_to_accuracy"] = metrics.at_rates(updates, own).replace(np.inf, np.nan).to_numpy()
            rows.append(with_cell(cell, pd.DataFrame(found)))
    return pd.concat(rows, ignore_index=True)


def _goals(study: Study, checked: Mapping[str, Claim]) -> dict[str, list[float]]:
    """Return the accuracies that claims about distances and limits set as goals, by data set."""
    found: dict[str, set[float]] = {}
    for estimand in (claim.estimand for claim in checked.values()):
        if estimand and estimand.threshold and _is_rate_free(estimand.metric):
            for context in claims.list_contexts(estimand):
                for arm in claims.list_arms(study, estimand, context):
                    found.setdefault(arm.cell.dataset, set()).add(estimand.threshold)
    return {dataset: sorted(each) for dataset, each in found.items()}


def may_have_distance(cell: Cell) -> bool:
    """Return whether a cell records often enough for a distance, and its steps are proportional to gradients."""
    is_fine = (cell.training.per_doubling or 0) >= rate_free.PER_DOUBLING and cell.training.first == 1
    return is_fine and rate_free.follows_flow(cell) and data.has_classes(cell.dataset)


def _judging_seeds(results: Results, cell: Cell) -> list[int]:
    return list(results.study.experiments[cell.experiment].judging_seeds)


def with_cell(cell: Cell, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the columns of a cell and its budget before its own."""
    values = cell.columns | {name: getattr(cell.training, name) for name in BUDGET}
    return table.assign(**values)[[*CELL, *table.columns]]
