"""Count images, or count updates: the lead of small batches over large ones in the study that tried the law."""

from collections.abc import Iterator
from typing import NamedTuple

from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import labels
from ontrial.report.wording.phrases import Phrases

STUDY = "law"
CLAIMS = {"epochs": "equal-images-small-not-behind", "updates": "equal-updates-large-not-behind"}  # by what is equal
SAME = "same-rate-same-updates"  # its third claim


class Lead(NamedTuple):
    """The lead of the small batch size over the largest in a setting, each at its own learning rate.

    dataset: Data set.
    way: Way to train, in words.
    budget: What is held equal.
    estimate: Lead in points, with the ends of its interval.
    ahead: Which batch size is certainly ahead by what counts: small, large, neither ("tie"), or unknown ("open").
    """

    dataset: str
    way: str
    budget: str
    estimate: float
    low: float
    high: float
    ahead: str


def is_tried(findings: Findings | None) -> bool:
    """Return whether all claims of the law have verdicts."""
    return findings is not None and findings.verdicts.keys() >= {*CLAIMS.values(), SAME}


def sizes(findings: Findings) -> tuple[int, int]:
    """Return the small batch size and the largest one that the study compares with it."""
    several, small = _sizes_of(findings, CLAIMS["epochs"])
    return small, max(several)


def _sizes_of(findings: Findings, id: str) -> tuple:
    """Return the batch sizes of both sides of a claim."""
    estimand = findings.claims[id].estimand
    assert estimand
    return tuple(side["batch_size"] for side in estimand.sides.values() if isinstance(side, dict))


def leads(findings: Findings, words: Phrases) -> Iterator[Lead]:
    """Yield the leads, those for the same images first."""
    _, large = sizes(findings)
    for budget, id in CLAIMS.items():
        verdict, (of, _) = findings.verdicts[id], _sizes_of(findings, id)
        for context in verdict.contexts:
            if context.settings["batch_size"] != large:
                continue
            estimate, low, high = context.effect.numbers
            if isinstance(of, list):  # the claim is about the lead of large batches
                estimate, low, high = -estimate, -high, -low
            dataset, way = (labels.setting(name, context.settings[name], words) for name in ("dataset", "experiment"))
            ahead = _ahead(low, high, verdict.smallest_effect)
            yield Lead(dataset, way, budget, estimate, low, high, ahead)


def _ahead(low: float, high: float, smallest: float) -> str:
    """Return who is ahead by the interval of a lead.

    >>> _ahead(1.1, 2.0, 1.0), _ahead(-0.9, 0.3, 1.0), _ahead(0.2, 1.4, 1.0), _ahead(-2.0, -1.0, 1.0)
    ('small', 'tie', 'open', 'large')
    """
    if low >= smallest:
        return "small"
    if high <= -smallest:
        return "large"
    return "tie" if -smallest < low and high < smallest else "open"
