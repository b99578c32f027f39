"""The numbers of every run by seed, which readers compare in the explorer."""

from typing import NamedTuple

import numpy as np

from ontrial.judge import metrics, policies
from ontrial.judge.metrics import METRICS, Metric
from ontrial.judge.results import Results
from ontrial.report.summaries.explorer import cells_of, get_measure, measures_of
from ontrial.study.cell import Cell
from ontrial.study.study import Experiment

MAX_NUMBERS = 300_000  # numbers of an experiment, about 1 MB


class Compared(NamedTuple):
    """A measure of the explorer as claims write it: the name of a metric, and the threshold that it needs."""

    name: str
    threshold: float | None

    @property
    def metric(self) -> Metric:
        """Metric of this name."""
        return METRICS[self.name]

    @property
    def criterion(self) -> "Compared":
        """Measure by which seeds choose their own rates."""
        return Compared(self.metric.tuned_by or self.name, self.threshold)


class SeedNumbers(NamedTuple):
    """The runs of an experiment's judging seeds.

    cells: Cells in their configured order (C).
    rates: Learning rates, ascending (R).
    seeds: Judging seeds (S).
    numbers: Values (R, S) by measure and cell, for cells that have the measure.
    own: Positions of the seeds' own rates (C, S), by criterion.
    failed: Whether each run failed (C, R, S): diverged, or no better than guessing.
    budgets: Epochs and updates of each cell (C), by name.
    """

    cells: list[Cell]
    rates: list[float]
    seeds: list[int]
    numbers: dict[str, dict[Cell, np.ndarray]]
    own: dict[Compared, np.ndarray]
    failed: np.ndarray
    budgets: dict[str, list[float]]


def compared(measure: str) -> Compared:
    """Return a measure of the explorer as claims write it."""
    threshold = get_measure(measure).threshold
    return Compared(measure if threshold is None else "epochs_to_accuracy", threshold)


def build_numbers(results: Results, experiment: Experiment, max_numbers: int = MAX_NUMBERS) -> SeedNumbers | None:
    """Return the numbers of an experiment's runs; None if there are more than `max_numbers`.

    Measures that no run has are left out, as are times of networks that are not trained.
    """
    cells, seeds, rates = cells_of(experiment), experiment.judging_seeds, sorted(experiment.learning_rates)
    if sum(cell.runs * len(measures_of(cell)) for cell in cells) > max_numbers:
        return None
    numbers: dict[str, dict[Cell, np.ndarray]] = {}
    for group, records in metrics.together(results, cells):
        for name in measures_of(group[0]):
            measure = compared(name)
            if measure.metric.clock and not group[0].training.happens:
                continue
            table = measure.metric.numbers(records, "test", measure.threshold).to_numpy()
            for cell, of_cell in zip(group, np.split(table, len(group), axis=1), strict=True):
                if not np.isnan(of_cell).all():
                    numbers.setdefault(name, {})[cell] = of_cell.T
    criteria = dict.fromkeys(compared(name).criterion for name in numbers)
    return SeedNumbers(
        cells=cells,
        rates=rates,
        seeds=list(seeds),
        numbers=numbers,
        own={criterion: own_positions(results, cells, rates, criterion) for criterion in criteria},
        failed=np.stack(
            [metrics.compute(results, cell, "fails", "test", None).loc[list(seeds)].to_numpy().T > 0 for cell in cells]
        ),
        budgets={
            clock: [float(results.budgets_of(cell, clock).max()) for cell in cells] for clock in ("epochs", "updates")
        },
    )


def own_positions(results: Results, cells: list[Cell], rates: list[float], criterion: Compared) -> np.ndarray:
    """Return the positions (C, S) of the seeds' own rates among the rates."""
    own = policies.own_rates_together(results, cells, criterion.name, criterion.threshold)
    return np.searchsorted(rates, np.stack([own[cell].to_numpy() for cell in cells]))
