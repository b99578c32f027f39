"""The results of a study: its tables, its claims and their verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ontrial.study.cell import COLUMNS, Cell
from ontrial.study.study import Study

if TYPE_CHECKING:  # the workflow checks the docket each time it starts, without any tables
    import numpy as np
    import pandas as pd

    from ontrial.judge.claims import Claim
    from ontrial.judge.records import Verdict


@dataclass(frozen=True, eq=False)
class Results:
    """The results of a study. They are compared by identity, so that they can be the key of a cache.

    runs: Table with one row per run.
    records: Table with every record of every run.
    claims: Claims by id.
    verdicts: Verdicts by the id of their claim.
    """

    study: Study
    runs: pd.DataFrame
    records: pd.DataFrame
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)

    @cached_property
    def _rows(self) -> dict[tuple, Any]:
        """Positions of each cell's rows in `records`."""
        return self.records.groupby(list(COLUMNS), observed=True).indices

    def rows_of(self, cell: Cell) -> np.ndarray:
        """Return the positions of one cell's rows in `records`."""
        return self._rows[tuple(cell.settings.values())]

    def records_of(self, cell: Cell) -> pd.DataFrame:
        """Return every record of the runs of one cell."""
        return self.records.iloc[self.rows_of(cell)]


def with_objective(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a table with an additional column `objective`, the output and loss as in the configuration."""
    return rows.assign(objective=rows["output"] + "+" + rows["loss"])
