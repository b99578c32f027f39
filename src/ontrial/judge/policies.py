"""Policies: how the learning rate is chosen when arms are compared. Only tuning seeds and validation data choose.

fixed: the rate that tuning prefers for the reference arm, used by every arm. linear, sqrt: that rate, scaled with
B / B of the reference arm or its square root. tuned: each arm's own.
"""

from __future__ import annotations

import math
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
SCALED = {"linear": float, "sqrt": math.sqrt}
REFERENCE = {"batch_size": 16}
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
    """Learning rate of each policy for each cell of an experiment.

    settings: narrow the cells, with values as in claims. reference: what sets the reference arm of a cell apart from it
    (default: batch size 16); a cell without one has a tuned rate alone.
    Returns one row per policy and cell, with columns policy, the settings that vary among the cells, learning_rate and
    on_edge: the rate is the first or last of the grid. A scaled rate off the grid is missing (NaN) and flagged. Full
    batch is left off the scaled paths. An experiment with descriptive seeds alone chooses by those.
    """
    import pandas as pd

    everything = [cell for cell in results.study.cells.values() if cell.experiment == experiment]
    cells = {tuple(cell.settings.values()): cell for cell in everything}
    arms = {key: cell for key, cell in cells.items() if all(cell.has(*wanted) for wanted in settings.items())}
    if not arms:
        raise InputError(f'experiment "{experiment}" has no cells with {settings}.')
    others = (name for name in COLUMNS if name != "batch_size")
    varying = ["batch_size", *(name for name in others if len({cell.values(name) for cell in arms.values()}) > 1)]
    preferred = cache(lambda base: tuned(results, base, metric, threshold))
    rows = []
    for policy in POLICIES:
        for cell in arms.values():
            arm = cell.settings
            base = cell if policy == "tuned" else cells.get(tuple((arm | (reference or REFERENCE)).values()))
            if base is None or (policy in SCALED and cell.full_batch):
                continue
            rate = at_policy(policy, preferred(base), cell, base)
            found = {"learning_rate": rate, "on_edge": on_edge(rate, cell)}
            rows.append({"policy": policy} | {name: arm[name] for name in varying} | found)
    return pd.DataFrame(rows)


def at_policy(policy: str, preferred: float, cell: Cell, base: Cell) -> float:
    """Rate of a cell under a policy, NaN when it isn't on the cell's grid.

    preferred: the rate that tuning prefers for the cell `base`: for "tuned" the cell itself, else the reference.
    """
    if policy in SCALED:
        preferred *= SCALED[policy](cell.batch_samples / base.batch_samples)
    grid = np.array(cell.learning_rates)
    found = grid[np.isclose(grid, preferred, rtol=1e-9, atol=0)]
    return float(found[0]) if found.size else math.nan


def on_edge(rate: float, cell: Cell) -> bool:
    """Whether a rate is the first or last of the cell's grid, or off it."""
    return not min(cell.learning_rates) < rate < max(cell.learning_rates)


def tuned(results: Results, cell: Cell, metric: str, threshold: float | None = None) -> float:
    """Rate that the tuning seeds prefer for a cell: the best of the metric on validation data, ties to the smaller.

    The best mean over the seeds, or the best median of a metric that may be +∞; a diverged run counts as the metric
    says. Raises InputError when the experiment has confirmatory seeds alone.
    """
    name = METRICS[metric].tuned_by or metric
    by = METRICS[name]
    seeds = choosing_seeds(results.study, cell.experiment)
    numbers = metrics.table(results, cell, name, "validation", threshold).loc[list(seeds)]
    score = numbers.median() if by.censored else numbers.mean()
    return float(score.idxmin() if by.lower else score.idxmax())


def at_best(results: Results) -> pd.DataFrame:
    """Test accuracy of each cell at the rate that its tuning seeds prefer: mean and sd over its confirmatory seeds.

    One row a cell of an experiment that has both kinds of seeds: its columns, its budget (epochs or updates),
    learning_rate, on_edge, seeds (how many), mean and sd, in per cent.
    """
    import pandas as pd

    rows = []
    for cell in results.study.cells.values():
        experiment = results.study.experiments[cell.experiment]
        if not (experiment.tuning and experiment.confirmatory):
            continue
        rate = tuned(results, cell, "test_accuracy")
        found = metrics.table(results, cell, "test_accuracy", "test", None).loc[list(experiment.confirmatory), rate]
        budget = {name: getattr(cell.training, name) for name in BUDGET}
        chosen = {"learning_rate": rate, "on_edge": on_edge(rate, cell)}
        numbers = {"seeds": len(found), "mean": found.mean(), "sd": found.std(ddof=1)}
        rows.append(cell.columns | budget | chosen | numbers)
    names = [*COLUMNS, "full_batch", *BUDGET, "learning_rate", "on_edge", "seeds", "mean", "sd"]
    return pd.DataFrame(rows, columns=names)


def choosing_seeds(study: Study, experiment: str) -> tuple[int, ...]:
    """Seeds that choose rates: the tuning seeds, or the descriptive ones of an experiment that has only those."""
    of_experiment = study.experiments[experiment]
    seeds = of_experiment.tuning or of_experiment.descriptive
    if not seeds:
        raise InputError(f'experiment "{experiment}" has no tuning seeds, so no policy can choose its learning rate.')
    return seeds
