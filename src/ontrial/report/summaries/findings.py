"""The data behind figures and pages: a study's results, verdicts and times, and published measurements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ontrial.errors import InputError
from ontrial.judge.claim import Claim
from ontrial.judge.docket import Docket
from ontrial.judge.results import Results
from ontrial_judge.core.verdicts import Verdict


class Spent(NamedTuple):
    """Number of a rule's jobs, and their total seconds."""

    jobs: int
    seconds: float


@dataclass(frozen=True, eq=False)
class Findings(Results):
    """The results of a study, its claims with their verdicts, its times, and published measurements.

    verdicts: Verdicts by the id of their claim.
    claims: Claims by id.
    times: Number and seconds of the study's jobs by rule, the longest first. Empty if none were measured.
    measurements: Content of published measurements and studies by name: a table, a record, Published or, of a study
        whose claims have pages on the site, a DesignedStudy.
    """

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    times: Mapping[str, Spent] = field(default_factory=dict)
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
        designed = [content for content in self.measurements.values() if isinstance(content, DesignedStudy)]
        return next((each.findings for each in designed if claim in each.findings.verdicts), self)


class DesignedStudy(NamedTuple):
    """A published study with its design, so that sites of other studies can show its claims.

    findings: Its study, claims and verdicts. The runs are not published: both tables are empty.
    docket: Its docket.
    origin: The files of its configuration and docket, with their commits and dates, as in design.json.
    """

    findings: Findings
    docket: Docket
    origin: Mapping[str, Any]


class Titles(NamedTuple):
    """The titles of a figure.

    words: Words that stand for what it can find, each of which has a title.
    choose: Function of the findings that returns one of the words, or None if the plain title has to do.
    """

    words: tuple[str, ...]
    choose: Callable[[Findings], str | None]
