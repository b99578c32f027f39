"""A study published with its design, so that sites of other studies can show its claims: the atlas, and size."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ontrial.judge.docket import Docket
from ontrial.report.summaries.findings import Findings


class DesignedStudy(NamedTuple):
    """A published study with its design.

    findings: Its study, claims and verdicts. The runs are not published: both tables are empty.
    docket: Its docket.
    origin: The files of its configuration and docket, with their commits and dates, as in design.json.
    """

    findings: Findings
    docket: Docket
    origin: Mapping[str, Any]
