"""The study one-curve in the chapter on rates: verdicts that need no learning rate, distances and limits."""

from dataclasses import dataclass

import numpy as np

from ontrial.errors import InputError, unknown
from ontrial.judge import rate_free
from ontrial.judge.units import Unit
from ontrial.report.markdown import Markdown
from ontrial.report.pages import numbers
from ontrial.report.pages.claims import verdicts
from ontrial.report.pages.page import Page
from ontrial.report.summaries.replications import Published
from ontrial.report.wording import formatting
from ontrial.report.wording.quantities import Quantity, with_unit
from ontrial_judge.core.statistics import ALPHA, signed_rank_interval, supports
from ontrial_judge.core.verdicts import Conclusion, Effect

NAME = "one-curve"
EQUAL_ENDS = "one-curve-digits"  # a claim that ends are equal
DIGITS = 2  # significant digits of distances and limits
WAY = {"experiment": "updates", "dataset": "digits"}  # the way to train that the chapter names, by its batch size
COLUMNS = {"distance": "distance_to_accuracy", "limit": "rate_limit", "fewest_updates": "updates_to_accuracy"}
NUMBERS = ("goal", *COLUMNS, "updates_at_limit")


@dataclass(frozen=True)
class OneCurve:
    """What the chapter shows of the published study one-curve: verdicts, distances and limits."""

    page: Page

    @property
    def _study(self) -> Published:
        """The published study. Raises InputError if it is not published."""
        return self.page.results.measurement(NAME)

    def tried(self, claim: str) -> str:
        """Return three cells of a table: the verdict on a claim, its settings as claimed, and the range of estimates.

        claim: Id of a claim of that study. Without a verdict, the cells are dashes.
        """
        verdict = self._study.verdicts.get(claim)
        if verdict is None:
            return Markdown(" | ").join([formatting.NO_VALUE] * 3)
        contexts = verdict.contexts
        held = sum(supports(context.outcome) for context in contexts)
        counted = self.page.say["ways settings"].format(
            some=formatting.count(held), all=formatting.count(len(contexts))
        )
        estimates = self._range([context.effect for context in contexts if context.effect.is_finite])
        return Markdown(" | ").join([verdicts.badge(self.page, verdict.conclusion), counted, estimates])

    def _range(self, effects: list[Effect]) -> str:
        """Return the range of estimates with their unit; a dash without any."""
        if not effects:
            return formatting.NO_VALUE
        sizes, unit = [effect.estimate for effect in effects], effects[0].unit
        low, high = (Quantity.of(size, unit).number for size in (min(sizes), max(sizes)))
        text = low if low == high else self.page.say["range"].format(low, high)
        return with_unit(self.page.say, text, Unit.parse(unit), "short")

    def conclusion(self, claim: str) -> str:
        """Return the conclusion on a claim of that study: supported, refuted, …; "" without a verdict."""
        verdict = self._study.verdicts.get(claim)
        return verdict.conclusion if verdict else ""

    def as_claimed(self, claim: str, **settings: str | float) -> bool:
        """Return whether a claim of that study has settings that include these, and all are as claimed."""
        verdict = self._study.verdicts.get(claim)
        contexts = verdict.matching(settings) if verdict else []
        return bool(contexts) and all(supports(context.outcome) for context in contexts)

    @property
    def equal_within(self) -> str:
        """Up to which difference of accuracy the claims of that study call two ends equal, such as "0.5 points"."""
        points = Quantity.of(self._study.verdicts[EQUAL_ENDS].smallest_effect, "points").number
        return with_unit(self.page.say, points, Unit.parse("points"), "short")

    @property
    def tally(self) -> dict[str, str]:
        """The number of claims of that study by conclusion, and as `claims` of all of them."""
        found = self._study.verdicts.values()
        words = (Conclusion.SUPPORTED, Conclusion.REFUTED, Conclusion.DEPENDS, Conclusion.INCONCLUSIVE)
        counts: dict[str, int] = {word: sum(verdict.conclusion is word for verdict in found) for word in words}
        return {name: formatting.count(number) for name, number in {**counts, "claims": len(found)}.items()}

    def way(self, name: str, batch_size: int = 16) -> str:
        """Return one of NUMBERS on a batch size on digits.

        Distance and limit are Hodges–Lehmann estimates over the seeds that have a value, and fewest_updates is the
        median over all of them, each at the rate that is fastest for it. At the limit, the way is as long as it may be.
        """
        table = self._study.two_numbers
        assert table is not None
        for column, value in {**WAY, "batch_size": batch_size}.items():
            table = table[table[column] == value]
        if name == "goal":
            return numbers.percent(self.page, 100 * table["goal"].iloc[0], places=0)
        if name == "fewest_updates":
            return formatting.significant(table[COLUMNS[name]].fillna(np.inf).median(), DIGITS)
        typical = {
            each: 2 ** signed_rank_interval(np.log2(table[COLUMNS[each]].dropna().to_numpy()), 1 - ALPHA).estimate
            for each in ("distance", "limit")
        }
        typical["updates_at_limit"] = rate_free.LONGEST * typical["distance"] / typical["limit"]
        if name not in typical:
            raise InputError(unknown("number", name, NUMBERS))
        return formatting.significant(float(typical[name]), DIGITS)

    @property
    def runs(self) -> dict[str, str]:
        """The number of runs of the study, of seeds of a cell, and of its training samples, and its commit."""
        table = self._study.curves
        assert table is not None
        return {
            "runs": formatting.count(int(table["seeds"].sum())),
            "each": formatting.count(int(table["seeds"].max())),
            "samples": formatting.count(int(table["training_samples"].max())),
            "commit": str(table["commit"].iloc[0])[:12],
        }
