"""The measured claims of a docket, and how many verdicts on such claims a site shows."""

from collections.abc import Iterable
from typing import NamedTuple

from ontrial.judge.records import Verdict
from ontrial.report.pages import lookup
from ontrial.report.pages.page import Page
from ontrial.report.summaries.designed import DesignedStudy
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.replications import Published


def measured(page: Page) -> list[str]:
    """Return the ids of the measured claims with a verdict, in the order of the docket."""
    return [id for id in page.results.claims if lookup.has_claim(page, id) and lookup.is_measured(page, id)]


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
    numbers = (sum(verdict.is_measured for each in some for verdict in each) for some in (others, replicated))
    return Shown(len(measured(page)), *numbers)
