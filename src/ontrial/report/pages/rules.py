"""Numbers of a page that follow from the rules of judgement."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from ontrial.judge import ledger, metrics
from ontrial.report.pages import numbers
from ontrial.report.pages.page import Page
from ontrial.report.wording import formatting
from ontrial.report.wording.quantities import Quantity
from ontrial_judge.core import statistics
from ontrial_judge.core.decisions import FACTORS

LOOKS = 3  # of the studies that pages describe


class Ranks(NamedTuple):
    """The ranks, from 1, of two ordered numbers that enclose a median, and how likely they do, in per cent."""

    low: int
    high: int
    likely: str


class FailureRules(NamedTuple):
    """The rules for networks that fail, in words.

    points: Accuracy above that of guessing that a failed network has at most.
    loss: Share of the loss of guessing that it has at least.
    share: Share of failed networks of an arm from which on failures are counted.
    margin: Smallest effect of interest on the share of failures.
    """

    points: str
    loss: str
    share: str
    margin: str


@dataclass(frozen=True)
class Rules:
    """Numbers that follow from the rules of judgement."""

    page: Page

    @property
    def failures(self) -> FailureRules:
        """When a network fails, and when and how failures are counted."""
        return FailureRules(
            points=Quantity.of(metrics.ABOVE_GUESSING, "points").as_margin(self.page.say),
            loss=_percent(self.page, metrics.BELOW_GUESSING),
            share=_percent(self.page, statistics.FAILING),
            margin=Quantity.of(statistics.FAILURES_OF_INTEREST, statistics.FAILURES).as_margin(self.page.say),
        )

    @property
    def factors_tried(self) -> tuple[str, str]:
        """The smallest and the largest multiple of the smallest effects that verdicts are tried with."""
        return formatting.factor(FACTORS[0]), formatting.factor(FACTORS[-1])

    @property
    def looks_left(self) -> str:
        """The number of seeds at each declared look that the study does not take; empty if it takes all."""
        return ", ".join(map(formatting.count, self.page.results.study.looks_left))

    def look_share(self, look: int) -> str:
        """Return the error that a look, counted from 1, may use, in per cent."""
        return _percent(self.page, statistics.shares(LOOKS)[look - 1])

    def look_level(self, look: int) -> str:
        """Return the level of the intervals at a look, in per cent."""
        return _percent(self.page, 1 - statistics.shares(LOOKS)[look - 1])

    def try_level(self, spending: int) -> str:
        """Return the level of a try after some that were not kept, in per cent, with the usual total error."""
        return self.page.say["percent"].format(f"{100 * ledger.level(statistics.ALPHA, spending):.2g}")

    def try_pairs(self, spending: int) -> str:
        """Return the fewest pairs with which that try can be kept."""
        return formatting.count(statistics.fewest_seeds(2 * ledger.level(statistics.ALPHA, spending)))

    def median_ranks(self, seeds: int, look: int) -> Ranks:
        """Return the two of the ordered numbers of some seeds that are the ends of the interval of their median."""
        ranks = statistics.median_ranks(seeds, 1 - statistics.shares(LOOKS)[look - 1])
        assert ranks is not None
        low, high = ranks
        outside = 2 * sum(math.comb(seeds, k) for k in range(low + 1)) / 2**seeds
        return Ranks(low + 1, high + 1, numbers.percent(self.page, 100 * (1 - outside)))


def _percent(page: Page, share: float) -> str:
    return page.say["percent"].format(f"{100 * share:g}")
