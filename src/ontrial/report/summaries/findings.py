"""The data behind figures and pages: a study's results, verdicts and times, and published measurements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ontrial.errors import InputError
from ontrial.judge.claim import Claim
from ontrial.judge.records import Verdict
from ontrial.judge.results import Results
from ontrial.report.summaries.times import Times


@dataclass(frozen=True, eq=False)
class Findings(Results):
    """The results of a study, its claims with their verdicts, its times, and published measurements.

    verdicts: Verdicts by the id of their claim.
    claims: Claims by id.
    times: Run times of the study's jobs.
    measurements: Content of the published measurements by name: a table, a record, both for the benchmark, and
        verdicts by study and claim for replications, or a DesignedStudy.
    """

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    times: Times = field(default_factory=Times)
    measurements: Mapping[str, Any] = field(default_factory=dict)

    def measurement(self, name: str) -> Any:
        """Return the content of a published measurement. Raises InputError if it is not published."""
        if name not in self.measurements:
            remedy = f'Show it only where [% if has_measurement("{name}") %].'
            raise InputError(f'the measurement "{name}" is not published. {remedy}')
        return self.measurements[name]

    def on(self, claim: str) -> Findings:
        """Return self, or the findings of the published study with its design that alone judged the claim."""
        if claim in self.verdicts:
            return self
        others = [content.findings for content in self.measurements.values() if hasattr(content, "findings")]
        return next((each for each in others if claim in each.verdicts), self)
