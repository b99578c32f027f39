"""Policies that choose learning rates when arms are compared, separately for each seed and from validation data.

fixed: Every arm uses the seed's own rate of the reference arm.
linear, sqrt: That rate times B / B_reference, or times its square root.
tuned: Each arm uses the seed's own rate.

The first three suit the reference, so claims are judged with each arm as the reference: see claims.py. Each seed is a
complete replication, and the uncertainty of tuning is part of every interval, as in the ideal estimator of Bouthillier
et al. 2021, which draws new test data as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ontrial import data
from ontrial.errors import InputError
from ontrial.judge import metrics
from ontrial.judge.metrics import METRICS
from ontrial.judge.results import LAST, Records, Results, cached
from ontrial.study.cell import COLUMNS, Cell

if TYPE_CHECKING:
    import pandas as pd

# By what each shared policy multiplies the rate, for the ratio of batch sizes
FACTORS: dict[str, Callable[[float], float]] = {"fixed": lambda _: 1.0, "linear": float, "sqrt": math.sqrt}
TUNED = "tuned"
POLICIES = (*FACTORS, TUNED)
BATCH_SIZES = (16, 256)  # whose own rates shared policies start from, unless others are asked for
BUDGET = ("epochs", "updates")
ROUNDING = 1e-9  # relative error of a scaled rate


def rates(
    results: Results,
    experiment: str,
    *,
    metric: str = "test_accuracy",
    threshold: float | None = None,
    references: Mapping[str, Mapping[str, Any]] | None = None,
    **settings: Any,
) -> pd.DataFrame:
    """Return the learning rate of each seed under each policy, for the cells of an experiment.

    The seeds of a cell are those at all looks; a policy that starts from another cell has only those of both.

    settings: Settings that select the cells, with values as in claims.
    references: Settings in which each reference arm of a cell differs from it, by the name that policies have from it:
        "fixed_16" for the own rate of "16". Default: two batch sizes, as in `batch_references`.

    The table has one row per policy, cell and seed, with columns policy, the settings that vary among the cells, seed,
    learning_rate and on_edge (the rate is the first or last of the grid). A scaled rate that is not on
    the grid is NaN, with on_edge set. Full batches have no scaled rates. A cell without a reference arm has only its
    own rates, under "tuned".

    Raises InputError if no cell has these settings.
    """
    import pandas as pd

    cells = cells_by_settings(results, experiment)
    arms = [cell for cell in cells.values() if all(cell.has(name, value) for name, value in settings.items())]
    if not arms:
        raise InputError(f'experiment "{experiment}" has no cells with {settings}.')
    starts = batch_references(arms) if references is None else references
    others = [name for name in COLUMNS if name != "batch_size"]
    varying = ["batch_size", *(name for name in others if len({cell.values(name) for cell in arms}) > 1)]
    choices = [
        (f"{rule}_{name}", rule, cell, base)
        for rule in FACTORS
        for name, reference in starts.items()
        for cell in arms
        if (base := base_of(rule, cell, cells, reference)) is not None
    ]
    choices += [(TUNED, TUNED, cell, cell) for cell in arms]
    bases = list(dict.fromkeys(base for *_, base in choices))
    own = own_rates_together(results, bases, metric, threshold)
    seeds: list[np.ndarray] = []
    chosen: list[np.ndarray] = []
    for _, rule, cell, base in choices:  # without pandas, which would take most of the time of a large experiment
        base_seeds = own[base].index.to_numpy()
        is_shared = np.isin(base_seeds, results.seeds_of(cell))
        seeds.append(base_seeds[is_shared])
        chosen.append(on_grid(rule, own[base].to_numpy()[is_shared], cell, base))
    values = pd.DataFrame([cell.settings for *_, cell, _ in choices])[varying]
    table = values.assign(policy=[policy for policy, *_ in choices])[["policy", *varying]]
    table = table.loc[table.index.repeat(list(map(len, chosen)))].reset_index(drop=True)
    table["seed"] = np.concatenate(seeds)
    table["learning_rate"] = np.concatenate(chosen)
    return table.assign(on_edge=on_edge(table["learning_rate"], arms[0]))  # the cells of an experiment share a grid


def shared_seeds(results: Results, cell: Cell, base: Cell) -> np.ndarray:
    """Return the seeds of a cell that another one has, too: further looks may give either more."""
    return np.intersect1d(results.seeds_of(cell), results.seeds_of(base))


def complete(rates: pd.DataFrame) -> pd.DataFrame:
    """Return the result of `rates` without the cells and policies in which a seed's rate is off the grid."""
    is_missing = rates["learning_rate"].isna().groupby([rates[name] for name in arms_of(rates)]).transform("any")
    return rates[~is_missing]


def arms_of(rates: pd.DataFrame) -> list[str]:
    """Return the columns of the result of `rates` that identify a policy and a cell."""
    return [name for name in rates if name not in ("seed", "learning_rate", "on_edge")]


def cells_by_settings(results: Results, experiment: str) -> dict[tuple, Cell]:
    """Return the cells of an experiment by the values of their settings."""
    cells = (cell for cell in results.study.cells.values() if cell.experiment == experiment)
    return {tuple(cell.settings.values()): cell for cell in cells}


def batch_references(cells: Sequence[Cell]) -> dict[str, dict[str, int]]:
    """Return the references of two batch sizes, by the size: BATCH_SIZES, or else the smallest and the largest.

    There are none if the cells have only one size. Full batches do not count.
    """
    sizes = sorted({cell.batch_sample_count for cell in cells if not cell.full_batch})
    chosen = BATCH_SIZES if set(BATCH_SIZES) <= set(sizes) else (sizes[0], sizes[-1]) if len(sizes) > 1 else ()
    return {str(size): {"batch_size": size} for size in chosen}


def base_of(policy: str, cell: Cell, cells: Mapping[tuple, Cell], reference: Mapping[str, Any]) -> Cell | None:
    """Return the cell from whose own rates a shared policy starts. None if the policy has no rate for the cell.

    cells: Result of `cells_by_settings`.
    reference: Settings in which the reference arm differs from the cell.
    """
    if policy != "fixed" and cell.full_batch:
        return None
    return cells.get(tuple({**cell.settings, **reference}.values()))


def order(policy: str) -> tuple[int, int]:
    """Return the position of a policy of batch sizes, such as "fixed_16", among others."""
    rule, _, size = policy.partition("_")
    return POLICIES.index(rule), int(size or 0)


def factor(policy: str, cell: Cell, base: Cell) -> float:
    """Return by what a policy multiplies the rate of the base for the rate of a cell."""
    return FACTORS[policy](cell.batch_sample_count / base.batch_sample_count) if policy in FACTORS else 1.0


def at_policy(policy: str, base_rates: pd.Series, cell: Cell, base: Cell) -> pd.Series:
    """Return each seed's rate of a cell under a policy, NaN where it is not on the cell's grid.

    base_rates: Seeds' own rates of the cell `base`.
    base: Cell itself for "tuned", otherwise the reference.
    """
    import pandas as pd

    return pd.Series(on_grid(policy, base_rates.to_numpy(), cell, base), base_rates.index, name=base_rates.name)


def on_grid(policy: str, base_rates: np.ndarray, cell: Cell, base: Cell) -> np.ndarray:
    """Return the rates of a cell from those of its base, NaN where they are not on the cell's grid."""
    if base == cell:
        return base_rates
    scaled = base_rates * factor(policy, cell, base)
    grid = np.array(cell.learning_rates)
    nearest = grid[np.abs(np.log(scaled[:, None] / grid)).argmin(axis=1)]
    return np.where(np.abs(nearest / scaled - 1) <= ROUNDING, nearest, np.nan)


def scalable(policy: str, cell: Cell, base: Cell) -> list[float]:
    """Return the own rates of the base from which a policy has a rate for the cell, ascending."""
    rates = np.sort(base.learning_rates)
    return rates[~np.isnan(on_grid(policy, rates, cell, base))].tolist()


def on_edge(rates: np.ndarray | pd.Series, cell: Cell) -> Any:
    """Return whether each rate is the first or last of the cell's grid, or not on it."""
    return ~((rates > min(cell.learning_rates)) & (rates < max(cell.learning_rates)))


def mostly(on_edge: np.ndarray | pd.Series) -> bool:
    """Return whether at least half of the seeds have a rate on the edge, so that better ones may lie outside."""
    return bool(on_edge.mean() >= 1 / 2)


def typical(rates: np.ndarray | pd.Series) -> float:
    """Return the median rate, the smaller of two in the middle, so that it is one of the rates. NaN if one is NaN."""
    return float(np.quantile(rates, 0.5, method="inverted_cdf"))


@cached  # claims, figures and pages ask for the same rates again and again
def own_rates(
    results: Results, cell: Cell, metric: str, threshold: float | None = None, checkpoint: str = LAST
) -> pd.Series:
    """Return each seed's own rate of a cell: the best by a metric on that seed's validation data.

    Among equally good rates, the one with the smallest validation loss wins, then the smallest rate. The accuracies of
    a seed are shares of the same number of samples, so equal counts are equal numbers. The metric determines what a
    diverged run counts as. By an error that says nothing of learning, such as that of confidence, a run that failed on
    validation data is chosen only if all did. The index of the result is the seeds.

    checkpoint: Records at which runs are compared.
    """
    import pandas as pd

    name, numbers, losses = _on_validation(results, cell, metric, threshold, checkpoint)
    best = _best(name, numbers.to_numpy(), losses.to_numpy())
    return pd.Series(numbers.columns.to_numpy()[best], numbers.index, name="learning_rate")


def own_cells(
    results: Results,
    rates: Mapping[Cell, np.ndarray],
    seeds: np.ndarray,
    metric: str,
    threshold: float | None = None,
    checkpoint: str = LAST,
) -> np.ndarray:
    """Return the index of the cell that each seed prefers, (seeds,): the best at its rate by the rule of `own_rates`.

    If these are own rates, it is the best combination of cell and rate. Of equally good cells, the first wins.

    rates: Rate of each seed in each cell, (seeds,).
    """
    numbers: list[np.ndarray] = []
    losses: list[np.ndarray] = []
    for cell, chosen in rates.items():
        name, *tables = _on_validation(results, cell, metric, threshold, checkpoint)
        for values, table in zip((numbers, losses), tables, strict=True):
            values.append(metrics.pick(table, seeds, chosen))
    return _best(name, np.stack(numbers, axis=-1), np.stack(losses, axis=-1))


def _on_validation(
    results: Results, cell: Cell, metric: str, threshold: float | None, checkpoint: str
) -> tuple[str, pd.DataFrame, pd.DataFrame]:
    """Return the metric that chooses in place of a metric, and its numbers and the losses on validation data."""
    name = metrics.chosen_by(metric, cell.dataset)
    numbers = metrics.compute(results, cell, name, "validation", threshold, checkpoint)
    losses = metrics.compute(results, cell, "test_loss", "validation", None, checkpoint)
    if METRICS[name].failure == "worst":
        fails = metrics.compute(results, cell, "fails", "validation", None, checkpoint)
        numbers = _without_guessing(numbers, fails)
    return name, numbers, losses


def own_rates_together(
    results: Results, cells: Sequence[Cell], metric: str, threshold: float | None = None
) -> dict[Cell, pd.Series]:
    """Return the own rates of cells of one experiment."""
    import pandas as pd

    rates = np.sort(cells[0].learning_rates)
    own: dict[Cell, pd.Series] = {}
    for group, table in metrics.together(results, cells):
        records = Records.of(table)
        name = metrics.chosen_by(metric, group[0].dataset)
        numbers = METRICS[name].numbers(records, "validation", threshold)
        losses = METRICS["test_loss"].numbers(records, "validation", None)
        if METRICS[name].failure == "worst":
            numbers = _without_guessing(numbers, METRICS["fails"].numbers(records, "validation", None))
        shape = (len(numbers), len(group), len(rates))
        best = _best(name, numbers.to_numpy().reshape(shape), losses.to_numpy().reshape(shape))
        own |= {cell: pd.Series(rates[best[:, i]], numbers.index) for i, cell in enumerate(group)}
    return own


def _without_guessing(errors: pd.DataFrame, fails: pd.DataFrame) -> pd.DataFrame:
    """Return errors that are worst for runs that failed, since the confidence of a network that guesses is right."""
    return errors.mask(fails > 0, errors + 100)


def _best(metric: str, numbers: np.ndarray, losses: np.ndarray) -> np.ndarray:
    """Return the index of the best of the ascending rates on the last axis."""
    badness = numbers if METRICS[metric].lower_is_better else -numbers
    best = badness == badness.min(axis=-1, keepdims=True)
    best_losses = np.where(best, losses, np.inf)
    best &= best_losses == best_losses.min(axis=-1, keepdims=True)
    return best.argmax(axis=-1)


def tuned_accuracies(results: Results) -> pd.DataFrame:
    """Return the test accuracy of each cell with each seed at its own rate: mean and sd over its seeds.

    The table has one row per cell of the experiments with confirmatory seeds, several rates and a budget, except for
    regression targets, which have no accuracy. Its columns are those of the cell, budget (epochs or updates),
    learning_rate (the typical one), on_edge, seeds (their number), mean and sd, in per cent.
    """
    import pandas as pd

    rows = []
    for cell in results.study.cells.values():
        experiment = results.study.experiments[cell.experiment]
        if not (experiment.confirmatory and len(cell.learning_rates) > 1 and data.has_classes(cell.dataset)):
            continue
        chosen = own_rates(results, cell, "test_accuracy")
        accuracies = metrics.at_rates(metrics.compute(results, cell, "test_accuracy", "test", None), chosen)
        row = cell.columns | {name: getattr(cell.training, name) for name in BUDGET}
        row |= {"learning_rate": typical(chosen), "on_edge": mostly(on_edge(chosen, cell))}
        row |= {"seeds": len(accuracies), "mean": accuracies.mean(), "sd": accuracies.std(ddof=1)}
        rows.append(row)
    names = [*COLUMNS, "full_batch", *BUDGET, "learning_rate", "on_edge", "seeds", "mean", "sd"]
    return pd.DataFrame(rows, columns=names)
