"""Everything that figures and pages show of a study: its results, its times, and the published measurements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ontrial.errors import InputError
from ontrial.judge.results import Results
from ontrial.report.summaries.times import Times


@dataclass(frozen=True, eq=False)
class Findings(Results):
    """The results of a study, its times, and published measurements.

    times: How long the jobs ran.
    measurements: Content of the published measurements by name: a table, a record, for the benchmark both, and for
        replications the verdicts of each study by claim.
    """

    times: Times = field(default_factory=Times)
    measurements: Mapping[str, Any] = field(default_factory=dict)

    def measurement(self, name: str) -> Any:
        """Return the content of a published measurement. Raises InputError if it is not published."""
        if name not in self.measurements:
            remedy = f'Show it only where [% if has_measurement("{name}") %].'
            raise InputError(f'the measurement "{name}" is not published. {remedy}')
        return self.measurements[name]
