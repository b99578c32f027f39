"""What a study has found so far: its tables, its docket and its verdicts, as figures and pages take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ontrial.study.cell import COLUMNS, Cell
from ontrial.study.study import Study

if TYPE_CHECKING:  # the workflow checks its docket at every start, and needs no tables then
    import pandas as pd

    from ontrial.report.summaries.benchmark import Benchmark


@dataclass(frozen=True, eq=False)
class Results:
    """runs: one row a run; records: every record of every run; verdicts and claims: by claim id.

    benchmark: the published times beside other libraries; scale: the published table of how the workflow grows; None
    without one. times: of timing/time.json, for what shows where the time went.

    Only itself is equal to it, so that what is computed of it can be kept.
    """

    study: Study
    runs: pd.DataFrame
    records: pd.DataFrame
    verdicts: Mapping[str, Any] = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict)
    benchmark: Benchmark | None = None
    scale: pd.DataFrame | None = None
    times: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def _places(self) -> dict[tuple, Any]:
        return self.records.groupby(list(COLUMNS), observed=True).indices

    def records_of(self, cell: Cell) -> pd.DataFrame:
        """Every record of the runs of one cell."""
        return self.records.iloc[self._places[tuple(cell.settings.values())]]


def depth(hidden: str) -> int:
    """Number of hidden layers of "32-32" (2) or "none" (0)."""
    return 0 if hidden == "none" else hidden.count("-") + 1
