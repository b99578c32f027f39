"""The results of a study so far: its tables, its claims and their verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ontrial.study.cell import COLUMNS, Cell
from ontrial.study.study import Study

if TYPE_CHECKING:  # the workflow checks its docket at every start, and needs no tables then
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Results:
    """runs: one row per run; records: every record of every run; verdicts and claims: by claim id.

    Compared by identity, so that results can be cached.
    """

    study: Study
    runs: pd.DataFrame
    records: pd.DataFrame
    verdicts: Mapping[str, Any] = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def _places(self) -> dict[tuple, Any]:
        return self.records.groupby(list(COLUMNS), observed=True).indices

    def records_of(self, cell: Cell) -> pd.DataFrame:
        """Every record of the runs of one cell."""
        return self.records.iloc[self._places[tuple(cell.settings.values())]]


def depth(hidden: str) -> int:
    """Number of hidden layers of "32-32" (2) or "none" (0)."""
    return 0 if hidden == "none" else hidden.count("-") + 1
