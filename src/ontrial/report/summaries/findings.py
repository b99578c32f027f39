"""Everything that figures and pages show of a study: its results, its times, and the measurements published with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ontrial.judge.results import Results
from ontrial.report.summaries.benchmark import Benchmark


@dataclass(frozen=True, eq=False)
class Findings(Results):
    """The results of a study with what was measured next to them.

    times: content of timing/time.json. benchmark, scale, circumstances and packing are published measurements, None if
    there are none: of this engine and others on the same work, of larger and larger studies, of a study under other
    circumstances, of jobs with more and more cells on a cluster.
    """

    times: Mapping[str, Any] = field(default_factory=dict)
    benchmark: Benchmark | None = None
    scale: pd.DataFrame | None = None
    circumstances: pd.DataFrame | None = None
    packing: Mapping[str, Any] | None = None
