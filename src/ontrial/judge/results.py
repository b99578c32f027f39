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
IS_LAST = "is_last"  # column that marks the records at which runs end, in tables that have it
STAGE = 10**10  # above every seed
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

    def budgets_of(self, cell: Cell, clock: str) -> pd.Series:
        """Return how long the runs of each seed of a cell are recorded, by a clock: "epochs" or "updates"."""
        return self.records_of(cell).groupby("seed")[clock].max()

    @cached
    def seeds_of(self, cell: Cell) -> np.ndarray:
        """Return the seeds of a cell at all looks, ascending."""
        import numpy as np

        return np.unique(self.records["seed"].to_numpy()[self.rows_of(cell)])

    @cached
    def updates_of(self, cell: Cell) -> np.ndarray:
        """Return the updates at which the runs of a cell are recorded, ascending."""
        import numpy as np

        return np.unique(self.records["updates"].to_numpy()[self.rows_of(cell)])

    @cached_property
    def computed(self) -> dict[tuple, Any]:
        """What functions decorated with `cached` have computed."""
        return {}

    @cached
    def staged(self, counts: tuple[int, ...], seeds: int) -> Results:
        """Return the results as if runs had ended earlier: see `Staged`."""
        return Staged(self.study, self.runs, self.records, counts=counts, seeds=seeds)

    @cached
    def rows_of(self, cell: Cell) -> np.ndarray:
        """Return the positions of one cell's rows in `records`."""
        settings = cell.settings
        return self._rows[tuple(settings[name] for name in columns_in(self.records))]

    def records_of(self, cell: Cell) -> pd.DataFrame:
        """Return every record of the runs of one cell. Callers share the table and must not change it."""
        return _records_of(self, cell)

    def take_records(self, cell: Cell) -> pd.DataFrame:
        """Return a new table of what `records_of` returns."""
        return self.records.iloc[self.rows_of(cell)]

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
        best = ordered.drop_duplicates(["seed", "learning_rate"])
        return best.assign(updates=records["updates"].max(), **{IS_LAST: True})

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
class Staged(Results):
    """Results as if runs had ended with each of several of their records, at all of these stages at once.

    A seed has a number for each stage, so that whatever is computed seed by seed is computed stage by stage: that of
    seed s is s at stage 0, STAGE + s at stage 1, and so on. See `own_seed`.

    counts: Number of records that a run has at each stage.
    seeds: Number of seeds, the first of each cell.
    """

    counts: tuple[int, ...] = ()
    seeds: int = 0

    def take_records(self, cell: Cell) -> pd.DataFrame:
        """Return the records of one cell at each stage."""
        import numpy as np

        records = super().take_records(cell)
        seed = records["seed"].to_numpy(np.int64)
        number = np.searchsorted(self.updates_of(cell), records["updates"]) + 1
        is_chosen = np.isin(seed, np.unique(seed)[: self.seeds])
        rows = [np.flatnonzero(is_chosen & (number <= count)) for count in self.counts]
        stage, row = np.repeat(np.arange(len(rows)), [*map(len, rows)]), np.concatenate(rows)
        ends = {IS_LAST: number[row] == np.array(self.counts)[stage]}
        return records.iloc[row].assign(seed=STAGE * stage + seed[row], **ends)


def own_seed(number: int) -> int:
    """Return the seed of a number of `Staged` results; in others, seeds are their own numbers."""
    return number % STAGE


@lru_cache(4)  # several metrics of a cell follow each other; for all results, since this holds few tables
def _records_of(results: Results, cell: Cell) -> pd.DataFrame:
    return results.take_records(cell)


def with_objective(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a table with an additional column `objective`, the output and loss as in the configuration."""
    return rows.assign(objective=rows["output"] + "+" + rows["loss"])
