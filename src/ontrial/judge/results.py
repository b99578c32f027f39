"""The results of a study: its tables of runs and records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from ontrial.judge.columns import columns_in
from ontrial.study.cell import CORRECT, Cell
from ontrial.study.study import Study

if TYPE_CHECKING:  # the workflow checks the docket each time it starts, without any tables
    import numpy as np
    import pandas as pd

    # (records of a cell, "validation" or "test", threshold of the metric) → seeds × learning rates
    Numbers = Callable[[pd.DataFrame, str, float | None], pd.DataFrame]

LAST, BEST = "last", "best"
CHECKPOINTS = (LAST, BEST)  # records of a run that judge it
P = ParamSpec("P")
R = TypeVar("R", bound="Results")
T = TypeVar("T")


def cached(function: Callable[Concatenate[R, P], T]) -> Callable[Concatenate[R, P], T]:
    """Cache what a function computes from results and hashable arguments, for as long as the results exist."""

    @wraps(function)
    def remember(results: R, *arguments: P.args, **options: P.kwargs) -> T:
        key = (function, arguments, tuple(options.items()))
        if key not in results.computed:
            results.computed[key] = function(results, *arguments, **options)
        return results.computed[key]

    return remember


@dataclass(frozen=True, eq=False)
class Results:
    """The results of a study. They are compared by identity.

    runs: Table with one row per run.
    records: Table with every record of every run.
    correct: Table of the test samples that each run gets right in the end, as bits. None if no step needs it.
    """

    study: Study
    runs: pd.DataFrame
    records: pd.DataFrame
    correct: pd.DataFrame | None = field(default=None, kw_only=True)

    @cached_property
    def _rows(self) -> dict[tuple, Any]:
        """Positions of each cell's rows in `records`."""
        return self.records.groupby(columns_in(self.records), observed=True).indices

    def budget_of(self, cell: Cell, clock: str) -> float:
        """Return how long the runs of a cell are recorded, by a clock: "epochs" or "updates"."""
        return float(self.records[clock].to_numpy()[self.rows_of(cell)].max())

    @cached
    def updates_of(self, cell: Cell) -> np.ndarray:
        """Return the updates at which the runs of a cell are recorded, ascending."""
        import numpy as np

        return np.unique(self._updates[self.rows_of(cell)])

    @cached_property
    def _updates(self) -> np.ndarray:
        return self.records["updates"].to_numpy()

    @cached_property
    def computed(self) -> dict[tuple, Any]:
        """What functions decorated with `cached` have computed."""
        return {}

    @cached
    def until(self, count: int) -> Results:
        """Return the results as if each run had ended with record number `count`, or its last."""
        return Earlier(self.study, self.runs, self.records, whole=self, count=count)

    @cached
    def rows_of(self, cell: Cell) -> np.ndarray:
        """Return the positions of one cell's rows in `records`."""
        settings = cell.settings
        return self._rows[tuple(settings[name] for name in columns_in(self.records))]

    def records_of(self, cell: Cell) -> pd.DataFrame:
        """Return every record of the runs of one cell. Callers share the table and must not change it."""
        return _records_of(self, cell)

    def records_at(self, cell: Cell, checkpoint: str) -> pd.DataFrame:
        """Return the records by which the runs of one cell are judged: all of them, or those of their best checkpoints.

        The best checkpoint is the record with the smallest validation loss, which early stopping keeps (Prechelt 1998),
        and of equal ones the earliest. A run that diverges has one, too. It counts as the last record of the run.

        checkpoint: Name in CHECKPOINTS.
        """
        records = self.records_of(cell)
        if checkpoint == LAST:
            return records
        ordered = records.sort_values(["validation_loss", "updates"])  # NaN comes last
        return ordered.drop_duplicates(["seed", "learning_rate"]).assign(updates=records["updates"].max())

    def bits_of(self, cell: Cell, rates: pd.Series) -> list[np.ndarray]:
        """Return the bits of `correct` of the run of each seed at its rate, as far as there are any."""
        if self.correct is None:
            return []
        settings = tuple(cell.settings[name] for name in columns_in(self.correct))
        runs = ((*settings, rate, seed) for seed, rate in rates.items())
        return [self._bits[run] for run in runs if run in self._bits]

    @cached_property
    def _bits(self) -> dict[tuple, np.ndarray]:
        """Bits by the settings of the cell, the learning rate and the seed."""
        assert self.correct is not None
        runs = self.correct[[*columns_in(self.correct), "learning_rate", "seed"]].itertuples(index=False, name=None)
        return dict(zip(runs, self.correct[CORRECT], strict=True))


@dataclass(frozen=True, eq=False)
class Earlier(Results):
    """Results as if each run had ended earlier. They have the same tables, of which cells have fewer rows.

    whole: Results of the whole runs.
    count: Number of records of a run that are left.
    """

    whole: Results | None = None
    count: int = 0

    def rows_of(self, cell: Cell) -> np.ndarray:
        """Return the positions of the rows of one cell that are left."""
        assert self.whole
        rows, updates = self.whole.rows_of(cell), self.whole.updates_of(cell)
        return rows[self.whole._updates[rows] <= updates[: self.count][-1]]


@lru_cache(4)  # several metrics of a cell follow each other; for all results, since this holds few tables
def _records_of(results: Results, cell: Cell) -> pd.DataFrame:
    return results.records.iloc[results.rows_of(cell)]


def with_objective(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a table with an additional column `objective`, the output and loss as in the configuration."""
    return rows.assign(objective=rows["output"] + "+" + rows["loss"])
