"""Policies: how the learning rate is chosen when arms are compared, from tuning seeds and validation data alone.

fixed: every arm uses the tuned rate of the reference arm. linear and sqrt: that rate times B / B_reference, or its
square root. tuned: each arm uses its own tuned rate.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ontrial.errors import InputError
from ontrial.judge import metrics
from ontrial.judge.metrics import METRICS
from ontrial.judge.results import Results
from ontrial.study.cell import COLUMNS, Cell
from ontrial.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

POLICIES = ("fixed", "linear", "sqrt", "tuned")
SCALING: dict[str, Callable[[float], float]] = {"linear": float, "sqrt": math.sqrt}
DEFAULT_REFERENCE = {"batch_size": 16}
BUDGET = ("epochs", "updates")


def rates(
    results: Results,
    experiment: str,
    *,
    metric: str = "test_accuracy",
    threshold: float | None = None,
    reference: dict[str, Any] | None = None,
    **settings: Any,
) -> pd.DataFrame:
    """Return the learning rate of each policy for each cell of an experiment.

    settings: select the cells, with values as in claims.
    reference: the settings in which the reference arm of a cell differs from it (default: batch size 16). A cell
    without a reference arm has a tuned rate alone.

    The table has one row per policy and cell, with columns policy, the settings that vary among the cells,
    learning_rate and on_edge (the rate is the first or last of the grid). A scaled rate that is not on the grid is NaN,
    with on_edge set. Full batches have no scaled rates. An experiment with descriptive seeds alone is tuned on those.

    Raises InputError if no cell has these settings, or if the experiment has confirmatory seeds alone.
    """
    import pandas as pd

    cells = {
        tuple(cell.settings.values()): cell for cell in results.study.cells.values() if cell.experiment == experiment
    }
    arms = [cell for cell in cells.values() if all(cell.has(name, value) for name, value in settings.items())]
    if not arms:
        raise InputError(f'experiment "{experiment}" has no cells with {settings}.')
    others = [name for name in COLUMNS if name != "batch_size"]
    varying = ["batch_size", *(name for name in others if len({cell.values(name) for cell in arms}) > 1)]
    tuned_once = cache(lambda cell: tuned_rate(results, cell, metric, threshold))
    rows = []
    for policy in POLICIES:
        for cell in arms:
            base: Cell | None = cell
            if policy != "tuned":
                base = cells.get(tuple((cell.settings | (reference or DEFAULT_REFERENCE)).values()))
            if base is None or (policy in SCALING and cell.full_batch):
                continue
            rate = at_policy(policy, tuned_once(base), cell, base)
            row = {"policy": policy} | {name: cell.settings[name] for name in varying}
            rows.append(row | {"learning_rate": rate, "on_edge": on_edge(rate, cell)})
    return pd.DataFrame(rows)


def at_policy(policy: str, base_rate: float, cell: Cell, base: Cell) -> float:
    """Return the rate of a cell under a policy, or NaN if that is not on the cell's grid.

    base_rate: the tuned rate of the cell `base`, which is the cell itself for "tuned", otherwise the reference.
    """
    rate = base_rate
    if policy in SCALING:
        rate *= SCALING[policy](cell.batch_sample_count / base.batch_sample_count)
    grid = np.array(cell.learning_rates)
    matches = grid[np.isclose(grid, rate, rtol=1e-9, atol=0)]
    return float(matches[0]) if matches.size else math.nan


def on_edge(rate: float, cell: Cell) -> bool:
    """Return whether a rate is the first or last of the cell's grid, or not on it."""
    return not min(cell.learning_rates) < rate < max(cell.learning_rates)


def tuned_rate(results: Results, cell: Cell, metric: str, threshold: float | None = None) -> float:
    """Return the tuned rate of a cell: the best of the metric on validation data.

    The best is that of the mean over the tuning seeds, or of the median for a metric that may be +∞. If several rates
    are equally good, the smallest wins. A diverged run counts as the metric says.

    Raises InputError if the experiment has confirmatory seeds alone.
    """
    tuning_metric = METRICS[metric].tuned_by or metric
    seeds = tuning_seeds(results.study, cell.experiment)
    numbers = metrics.compute(results, cell, tuning_metric, "validation", threshold).loc[list(seeds)]
    score = numbers.median() if METRICS[tuning_metric].censored else numbers.mean()
    return float(score.idxmin() if METRICS[tuning_metric].lower_is_better else score.idxmax())


def tuned_accuracies(results: Results) -> pd.DataFrame:
    """Return the test accuracy of each cell at its tuned rate: mean and sd over the confirmatory seeds.

    One row per cell of the experiments that have both kinds of seeds. Columns: those of the cell, its budget (epochs or
    updates), learning_rate, on_edge, seeds (how many), mean and sd, in per cent.
    """
    import pandas as pd

    rows = []
    for cell in results.study.cells.values():
        experiment = results.study.experiments[cell.experiment]
        if not (experiment.tuning and experiment.confirmatory):
            continue
        rate = tuned_rate(results, cell, "test_accuracy")
        accuracies = metrics.compute(results, cell, "test_accuracy", "test", None)
        accuracies = accuracies.loc[list(experiment.confirmatory), rate]
        row = cell.columns | {name: getattr(cell.training, name) for name in BUDGET}
        row |= {"learning_rate": rate, "on_edge": on_edge(rate, cell)}
        row |= {"seeds": len(accuracies), "mean": accuracies.mean(), "sd": accuracies.std(ddof=1)}
        rows.append(row)
    names = [*COLUMNS, "full_batch", *BUDGET, "learning_rate", "on_edge", "seeds", "mean", "sd"]
    return pd.DataFrame(rows, columns=names)


def tuning_seeds(study: Study, name: str) -> tuple[int, ...]:
    """Return the seeds that tune rates in an experiment: the descriptive ones where those are all that it has."""
    experiment = study.experiments[name]
    seeds = experiment.tuning or experiment.descriptive
    if not seeds:
        raise InputError(f'experiment "{name}" has no tuning seeds, so no policy can choose its learning rate.')
    return seeds
