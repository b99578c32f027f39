"""How many verdicts on measured claims a site shows."""

from collections.abc import Iterable
from typing import NamedTuple

from ontrial.judge.records import Verdict
from ontrial.report.pages.page import Page
from ontrial.report.summaries.findings import DesignedStudy, Findings
from ontrial.report.summaries.replications import Published


class Shown(NamedTuple):
    """The numbers of verdicts on measured claims that a site shows: of its study, of others, and of replications."""

    here: int
    there: int
    replicated: int


def shown(page: Page) -> Shown:
    """Return how many verdicts on measured claims the site shows."""
    others: list[Iterable[Verdict]] = []
    for name, content in page.results.measurements.items():
        study = content.findings if isinstance(content, DesignedStudy) else content
        if isinstance(study, Findings | Published) and name != page.results.study.name:
            others.append(study.verdicts.values())
    replicated = [page.sources.other_studies[name].verdicts.values() for name in page.sources.replications]
    here = [page.results.verdicts.values()]
    return Shown(
        *(sum(verdict.is_measured for each in some for verdict in each) for some in (here, others, replicated))
    )
