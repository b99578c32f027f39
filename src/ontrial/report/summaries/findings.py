"""Everything that figures and pages show of a study: its results, its times, and the published measurements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ontrial.judge.records import Verdict
from ontrial.judge.results import Results
from ontrial.report.summaries.benchmark import Benchmark
from ontrial.report.summaries.times import Times


@dataclass(frozen=True, eq=False)
class Findings(Results):
    """The results of a study, its times, and published measurements, which are None if there are none.

    times: how long the jobs ran.
    benchmark: this engine and others on the same work. scale: the workflow on larger and larger studies.
    circumstances: a study under other circumstances. laboratories: simulated ones that repeat a study. packing: cluster
    jobs with more and more cells. published_verdicts: the verdicts of each study, by claim.
    """

    times: Times = field(default_factory=Times)
    benchmark: Benchmark | None = None
    scale: pd.DataFrame | None = None
    circumstances: pd.DataFrame | None = None
    laboratories: pd.DataFrame | None = None
    packing: Mapping[str, Any] | None = None
    published_verdicts: Mapping[str, Mapping[str, Verdict]] = field(default_factory=dict)
