"""The atlas: a published study whose claims sentences of books and courses make. Sites of other studies show it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ontrial.judge.docket import Docket
from ontrial.report.summaries.findings import Findings


class Atlas(NamedTuple):
    """The published atlas.

    findings: Its study, claims and verdicts. The runs are not published: both tables are empty.
    docket: Its docket.
    origin: The files of its configuration and docket, with their commits and dates, as in design.json.
    """

    findings: Findings
    docket: Docket
    origin: Mapping[str, Any]
