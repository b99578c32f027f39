"""What figures of the study one-curve find, in one word that chooses their titles."""

import itertools

from ontrial.book.one_curve.rate_free import equal_within, parted
from ontrial.judge.records import Outcome
from ontrial.judge.results import cached
from ontrial.judge.statistics import contradicts, supports
from ontrial.report.summaries.findings import Findings, Titles

MOSTLY = 0.9  # share of the settings that are as claimed, if no other contradicts the claim


def one_curve(results: Findings) -> str | None:
    """Return how far plain gradient descent ends alike at equal products: "one" curve, or "mostly" if it is open."""
    found = _published_outcomes(results, "one-curve-")
    if found and all(map(supports, found)):
        return "one"
    if found and not any(map(contradicts, found)) and sum(map(supports, found)) >= MOSTLY * len(found):
        return "mostly"
    return None


def two_numbers(results: Findings) -> str | None:
    """Return "limit" if batch size certainly changes the limit and not the distance."""
    parts = [_published_outcomes(results, f"{number}-batch-size") for number in ("distance", "limit")]
    return "limit" if all(parts) and all(map(supports, itertools.chain(*parts))) else None


@cached  # pages ask for it wherever they link to the figure
def curve_deviation(results: Findings) -> str | None:
    """Return whether the batch sizes of "all", "some" or no data sets stay equal up to their limits."""
    study = results.measurements.get("one-curve")
    if study is None:
        return None
    apart = parted(study.curves, study.two_numbers, equal_within(study.verdicts))
    return "all" if not any(apart.values()) else "none" if all(apart.values()) else "some"


def _published_outcomes(results: Findings, prefix: str) -> list[Outcome]:
    """Return the outcomes of the claims of the published study one-curve whose id has a prefix; none without it."""
    study = results.measurements.get("one-curve")
    verdicts = study.verdicts if study else {}
    return [outcome for id, verdict in verdicts.items() if id.startswith(prefix) for outcome in verdict.outcomes]


TITLES = {
    "one-curve": Titles(("one", "mostly"), one_curve),
    "curve-deviation": Titles(("all", "some", "none"), curve_deviation),
    "two-numbers": Titles(("limit",), two_numbers),
}
