"""The results of a study: its tables of runs and records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import numpy as np

from ontrial.judge.columns import columns_in
from ontrial.study.cell import CORRECT, Cell
from ontrial.study.study import Study

if TYPE_CHECKING:  # the workflow checks the docket each time it starts, without any tables
    import pandas as pd

    # (records of a cell, "validation" or "test", threshold of the metric) → seeds × learning rates
    Numbers = Callable[["Records", str, float | None], pd.DataFrame]

LAST, BEST = "last", "best"
CHECKPOINTS = (LAST, BEST)  # records of a run that judge it
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


class Columns(dict[str, np.ndarray]):
    """The columns of a table as arrays, each of which is read once."""

    def __init__(self, table: pd.DataFrame) -> None:
        """Start without any."""
        super().__init__()
        self.table = table

    def __missing__(self, name: str) -> np.ndarray:
        """Read a column."""
        self[name] = self.table[name].to_numpy()
        return self[name]


@dataclass(frozen=True, eq=False)
class Records:
    """The records of the runs of a cell, or of similar cells: arrays of seeds × learning rates × records.

    columns: Columns of a table.
    rows: Row of each record in that table, -1 where there is none, (S, R, T).
    seeds, rates: Values along the first two axes, ascending, (S,) and (R,).
    settings: Settings of the cell, as in the columns of the table.
    ends: Position of the last record of each seed's runs, (S,).
    """

    columns: Columns
    rows: np.ndarray
    seeds: np.ndarray
    rates: np.ndarray
    settings: Mapping[str, Any]
    ends: np.ndarray

    @classmethod
    def of(cls, records: pd.DataFrame | Records) -> Records:
        """Return the records of a table, whose settings are those of its first row."""
        if isinstance(records, Records):
            return records
        return cls.at(Columns(records), np.arange(len(records)), dict(records.iloc[0]))

    @classmethod
    def at(cls, columns: Columns, rows: np.ndarray, settings: Mapping[str, Any]) -> Records:
        """Return the records in some rows of a table."""
        axes = [np.unique(columns[name][rows], return_inverse=True) for name in ("seed", "learning_rate", "updates")]
        (seeds, rates, updates), places = zip(*axes, strict=True)
        table = np.full([len(seeds), len(rates), len(updates)], -1)
        table[places] = rows
        return cls(columns, table, seeds, rates, settings, np.full(len(seeds), len(updates) - 1))

    def values(self, name: str) -> np.ndarray:
        """Return a measure at each record, (S, R, T); NaN where there is none."""
        return self._at(name, self.rows)

    def last(self, name: str) -> np.ndarray:
        """Return a number of each run at its last record, (S, R); NaN where there is no run."""
        return self._at(name, self.last_rows).astype(float)

    def last_known(self, name: str) -> np.ndarray:
        """Return a measure of each run at the last record that has it, (S, R)."""
        values = self.values(name).astype(float)
        last = values.shape[-1] - 1 - np.isfinite(values)[..., ::-1].argmax(axis=-1)
        return np.take_along_axis(values, last[..., None], -1)[..., 0]

    def start(self, name: str) -> np.ndarray:
        """Return a measure of each run before training, (S, R)."""
        return self._at(name, self.rows[..., 0]).astype(float)

    @cached_property
    def last_rows(self) -> np.ndarray:
        """The row of each run's last record, (S, R)."""
        return self.rows[np.arange(len(self.seeds)), :, self.ends]

    @cached_property
    def diverged(self) -> np.ndarray:
        """Whether each run has diverged, (S, R)."""
        return self.last("diverged") != 0

    def curves(self, clock: str, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the times and the values of a measure, (S · R, T).

        Records without a number are left out, so that only the ends of curves are NaN.
        """
        values = self.values(name).reshape(-1, self.rows.shape[-1])
        times = self.columns[clock][self.rows].reshape(values.shape)
        is_missing = np.isnan(values)
        if (is_missing[:, :-1] & ~is_missing[:, 1:]).any():
            order = is_missing.argsort(axis=1, kind="stable")
            times, values = (np.take_along_axis(each, order, 1) for each in (times, values))
        return times, values

    def budgets(self, clock: str) -> np.ndarray:
        """Return how long the runs of each seed are recorded, by a clock: "epochs" or "updates", (S,)."""
        return np.where(self.rows < 0, 0, self.columns[clock][self.rows]).max(axis=(1, 2))

    def at_best(self) -> Records:
        """Return each run with its best checkpoint alone, which counts as its last record.

        It is the record with the smallest validation loss, which early stopping keeps (Prechelt 1998), and of equal
        ones the earliest. A run that diverges has one, too.
        """
        losses = self.values("validation_loss")
        best = np.where(np.isnan(losses), np.inf, losses).argmin(axis=-1)
        rows = np.take_along_axis(self.rows, best[..., None], -1)
        return replace(self, rows=rows, ends=np.zeros_like(self.ends))

    def ended_earlier(self, counts: tuple[int, ...], seeds: int) -> Records:
        """Return the records of the first seeds at each of several stages: see `Staged`."""
        kept, records = self.rows[:seeds], np.arange(self.rows.shape[-1])
        rows = np.concatenate([np.where(records < count, kept, -1) for count in counts])
        numbers = [STAGE * stage + self.seeds[:seeds].astype(np.int64) for stage in range(len(counts))]
        ends = np.repeat(np.array(counts) - 1, len(kept))
        return replace(self, rows=rows, seeds=np.concatenate(numbers), ends=ends)

    def table(self, numbers: np.ndarray) -> pd.DataFrame:
        """Return numbers of the runs, (S, R), as a table."""
        import pandas as pd

        return pd.DataFrame(numbers, *self._axes)

    @cached_property
    def _axes(self) -> tuple[pd.Index, pd.Index]:
        import pandas as pd

        return pd.Index(self.seeds, name="seed"), pd.Index(self.rates, name="learning_rate")

    def _at(self, name: str, rows: np.ndarray) -> np.ndarray:
        values = self.columns[name][rows]
        return np.where(rows < 0, np.nan, values) if rows.size and rows.min() < 0 else values


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

    @cached_property
    def columns(self) -> Columns:
        """The columns of `records`."""
        return Columns(self.records)

    @cached
    def seeds_of(self, cell: Cell) -> np.ndarray:
        """Return the seeds of a cell at all looks, ascending."""
        return np.unique(self.columns["seed"][self.rows_of(cell)])

    @cached
    def updates_of(self, cell: Cell) -> np.ndarray:
        """Return the updates at which the runs of a cell are recorded, ascending."""
        return np.unique(self.columns["updates"][self.rows_of(cell)])

    @cached_property
    def computed(self) -> dict[tuple, Any]:
        """What functions decorated with `cached` have computed."""
        return {}

    @cached
    def staged(self, counts: tuple[int, ...], seeds: int) -> Results:
        """Return the results as if runs had ended earlier: see `Staged`."""
        return Staged(self.study, self.runs, self.records, whole=self, counts=counts, seeds=seeds)

    @cached
    def rows_of(self, cell: Cell) -> np.ndarray:
        """Return the positions of one cell's rows in `records`."""
        settings = cell.settings
        return self._rows[tuple(settings[name] for name in columns_in(self.records))]

    def records_of(self, cell: Cell) -> pd.DataFrame:
        """Return every record of the runs of one cell."""
        return self.records.iloc[self.rows_of(cell)]

    def records_at(self, cell: Cell, checkpoint: str) -> Records:
        """Return the records by which the runs of one cell are judged: all of them, or their best checkpoints.

        checkpoint: Name in CHECKPOINTS.
        """
        records = _records_of(self, cell)
        return records if checkpoint == LAST else records.at_best()

    def take_records(self, cell: Cell) -> Records:
        """Return the records of one cell as arrays."""
        return Records.at(self.columns, self.rows_of(cell), cell.columns)

    def bits_of(self, cell: Cell, seeds: np.ndarray, rates: np.ndarray) -> list[np.ndarray]:
        """Return the bits of `correct` of the run of each seed at its rate, as far as there are any."""
        if self.correct is None:
            return []
        runs = zip(rates.tolist(), seeds.tolist(), strict=True)
        return [self._bits[place] for run in runs if (place := self._places_of_bits(cell).get(run)) is not None]

    @cached
    def _places_of_bits(self, cell: Cell) -> dict[tuple[float, int], int]:
        """Return the rows of a cell's runs in `correct`, by learning rate and seed."""
        assert self.correct is not None
        rows = self._bit_rows.get(tuple(cell.settings[name] for name in columns_in(self.correct)), np.zeros(0, int))
        runs = [self.correct[name].to_numpy()[rows].tolist() for name in ("learning_rate", "seed")]
        return dict(zip(zip(*runs, strict=True), rows.tolist(), strict=True))

    @cached_property
    def _bit_rows(self) -> dict[tuple, np.ndarray]:
        """Positions of each cell's rows in `correct`."""
        assert self.correct is not None
        return self.correct.groupby(columns_in(self.correct), observed=True).indices

    @cached_property
    def _bits(self) -> np.ndarray:
        assert self.correct is not None
        return self.correct[CORRECT].to_numpy()


@dataclass(frozen=True, eq=False)
class Staged(Results):
    """Results as if runs had ended with each of several of their records, at all of these stages at once.

    A seed has a number for each stage, so that whatever is computed seed by seed is computed stage by stage: that of
    seed s is s at stage 0, STAGE + s at stage 1, and so on. See `own_seed`.

    whole: Results as they are.
    counts: Number of records that a run has at each stage.
    seeds: Number of seeds, the first of each cell.
    """

    whole: Results
    counts: tuple[int, ...] = ()
    seeds: int = 0

    def take_records(self, cell: Cell) -> Records:
        """Return the records of one cell at each stage."""
        return _records_of(self.whole, cell).ended_earlier(self.counts, self.seeds)


def own_seed(number: int) -> int:
    """Return the seed of a number of `Staged` results; in others, seeds are their own numbers."""
    return number % STAGE


@lru_cache(8)  # several metrics of a cell follow each other
def _records_of(results: Results, cell: Cell) -> Records:
    return results.take_records(cell)


def with_objective(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a table with an additional column `objective`, the output and loss as in the configuration."""
    return rows.assign(objective=rows["output"] + "+" + rows["loss"])
