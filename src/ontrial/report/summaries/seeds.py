"""The numbers of every run, by seed: what readers compare in the explorer."""

from typing import NamedTuple

import numpy as np

from ontrial.judge import metrics, policies
from ontrial.judge.metrics import METRICS, Metric
from ontrial.judge.results import Results
from ontrial.report.summaries.explorer import cells_of, get_measure, measures_of
from ontrial.study.cell import Cell
from ontrial.study.study import Experiment

MAX_NUMBERS = 300_000  # of an experiment: about 1 MB


class Compared(NamedTuple):
    """A measure of the explorer as a claim writes it: the name of a metric, and the threshold that it needs."""

    name: str
    threshold: float | None

    @property
    def metric(self) -> Metric:
        """The metric."""
        return METRICS[self.name]

    @property
    def criterion(self) -> "Compared":
        """What chooses the seeds' own rates for it."""
        return Compared(self.metric.tuned_by or self.name, self.threshold)


class SeedNumbers(NamedTuple):
    """The runs of the judging seeds of an experiment.

    cells: C, as configured. rates: R, ascending. numbers: measure → cell → (R, S), of the cells that have it. own:
    criterion → (C, S), the positions of the seeds' own rates. diverged: (C, R, S).
    """

    cells: list[Cell]
    rates: list[float]
    seeds: list[int]
    numbers: dict[str, dict[Cell, np.ndarray]]
    own: dict[Compared, np.ndarray]
    diverged: np.ndarray


def compared(measure: str) -> Compared:
    """Return a measure of the explorer as a claim writes it."""
    threshold = get_measure(measure).threshold
    return Compared(measure if threshold is None else "epochs_to_accuracy", threshold)


def build_numbers(results: Results, experiment: Experiment, max_numbers: int = MAX_NUMBERS) -> SeedNumbers | None:
    """Return the numbers of the runs of an experiment, None if they would be more than `max_numbers`.

    A measure that no run has is left out.
    """
    cells, seeds, rates = cells_of(experiment), experiment.judging_seeds, sorted(experiment.learning_rates)
    if sum(cell.runs * len(measures_of(cell)) for cell in cells) > max_numbers:
        return None
    numbers: dict[str, dict[Cell, np.ndarray]] = {}
    for group, records in metrics.together(results, cells):
        for name in measures_of(group[0]):
            measure = compared(name)
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
        diverged=np.stack([metrics.diverged(results, cell).loc[list(seeds)].to_numpy().T for cell in cells]),
    )


def own_positions(results: Results, cells: list[Cell], rates: list[float], criterion: Compared) -> np.ndarray:
    """Return where the own rate of each seed is among the rates: (C, S)."""
    own = policies.own_rates_together(results, cells, criterion.name, criterion.threshold)
    return np.searchsorted(rates, np.stack([own[cell].to_numpy() for cell in cells]))
