"""Whether the effect of a claim changes with size, which chooses the title of its figure."""

from ontrial.book.atlas import sizes
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.titles import Titles


def _by_size(results: Findings, claim: str) -> str | None:
    """Return "changes" if the effect of a claim certainly changes with the size of the network or of the data."""
    changes = {trend.change for trend in sizes.trends(results.measurement("size").findings, claim)}
    return None if changes.isdisjoint(("up", "down")) else "changes"


TITLES = {
    "by-size": Titles(("changes",), _by_size),
}
