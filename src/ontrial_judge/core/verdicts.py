"""What a verdict says: outcomes of contexts, their effects, and the conclusion on a claim."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

SettingValues = dict[str, Any]  # values by name of the setting


class Kind(StrEnum):
    """The way in which a claim is tried."""

    MEASURED = "measured"
    TIMED = "timed"
    BY_CONSTRUCTION = "by_construction"
    NOT_TESTABLE = "not_testable"


class Conclusion(StrEnum):
    """The conclusion of a verdict.

    NOT_SEEN is that of claims that something happens in some contexts, if it happens in none of those tried.
    """

    SUPPORTED = "supported"
    REFUTED = "refuted"
    DEPENDS = "depends"
    INCONCLUSIVE = "inconclusive"
    NOT_SEEN = "not_seen"
    BY_CONSTRUCTION = "by_construction"
    NOT_TESTABLE = "not_testable"


class Outcome(StrEnum):
    """The outcome of a context.

    EQUAL and APART are those of claims of equality, WITHIN and BEYOND those of claims that an effect is at most the
    smallest one, HOLDS and FAILS those of readings.
    """

    POSITIVE = "positive"
    NEGLIGIBLE = "negligible"
    REVERSED = "reversed"
    BELOW = "below"
    UNDECIDED = "undecided"
    EQUAL = "equal"
    APART = "apart"
    WITHIN = "within"
    BEYOND = "beyond"
    HOLDS = "holds"
    FAILS = "fails"


SMALL = (Outcome.NEGLIGIBLE, Outcome.EQUAL)  # outcomes that two one-sided tests decide


@dataclass(frozen=True)
class Effect:
    """The estimate of a context and its interval, positive in the claimed direction.

    An undefined estimate or end is NaN, an unbounded one infinite.
    """

    estimate: float
    low: float
    high: float
    level: float
    unit: str

    @property
    def numbers(self) -> tuple[float, float, float]:
        """Estimate, low and high."""
        return self.estimate, self.low, self.high

    @property
    def is_finite(self) -> bool:
        """Whether the estimate and both ends are finite."""
        return all(map(math.isfinite, self.numbers))


class Way(StrEnum):
    """Another way to judge a context than that of its verdict."""

    TYPICAL = "typical"  # by the typical seed: where the verdict counts failures, and in tables of runs
    MEAN = "mean"  # Student's interval of the mean
    SIGN = "sign"  # the interval of the median, by the sign test
    IMAGES = "images"  # with other test images, too


@dataclass(frozen=True)
class Alternative:
    """The same context judged in another way."""

    way: Way
    effect: Effect
    outcome: Outcome


@dataclass(frozen=True)
class Stage:
    """The same context judged by an earlier record.

    share: Share of the budget at that record.
    """

    share: float
    effect: Effect
    outcome: Outcome


@dataclass(frozen=True)
class Choice:
    """What the seeds of an arm choose on validation data.

    combinations: Number of combinations of values and learning rates from which each seed chooses.
    values: Value of each tuned setting that most seeds choose; of equally frequent ones, the first of the experiment.
    on_edge: Tuned settings of which at least half of the seeds choose the smallest or largest value, so that a better
        one may lie beyond. 0 is no edge.
    """

    combinations: int
    values: SettingValues
    on_edge: tuple[str, ...] = ()


@dataclass(frozen=True)
class Context:
    """A combination of settings in which a claim is tested, and the result.

    n: Number of seeds, or of rounds of timing; 0 if a learning rate is not on its grid.
    look: Look that decided the context, or the last one, counted from 1.
    failed: Number of failed runs of each arm: diverged, no better than guessing, or never at the goal.
    counts_failures: Whether the effect is the difference of the shares of failed runs, in points.
    smallest_effect: Smallest effect of interest, in the unit of the effect. None: that of the verdict.
    zeros: Number of values of each arm that are exactly 0, if their ratio is taken and there are any.
    rates: Typical learning rate of each arm, None if it is not on its grid. Empty if the metric takes all rates.
    on_edge: Whether most rates of an arm are at the edge of their grid.
    choices: Choice of each arm, if an arm has tuned settings.
    detectable: Smallest estimate that this interval would have called positive, None if the interval is not finite or
        the claim is that effects are small.
    seeds_needed: Number of seeds that would decide an undecided context, None if none would.
    decided_by: Ways that had to agree on the outcome, in a table of runs; the first one gives the effect.
    deciding: The estimate with the interval that decided the outcome, if that is not the one of the effect: for an
        effect that is negligible or equal, by two one-sided tests. None in older files, too.
    alternatives: The context judged in other ways.
    stages: The context judged by earlier records, in their order.
    """

    settings: SettingValues
    outcome: Outcome
    effect: Effect
    n: int
    look: int = 1
    failed: tuple[int, ...] = ()
    counts_failures: bool = False
    smallest_effect: float | None = None
    zeros: tuple[int, ...] = ()
    rates: tuple[float | None, ...] = ()
    on_edge: bool = False
    choices: tuple[Choice, ...] = ()
    detectable: float | None = None
    seeds_needed: int | None = None
    decided_by: tuple[Way, ...] = ()
    deciding: Effect | None = None
    alternatives: tuple[Alternative, ...] = ()
    stages: tuple[Stage, ...] = ()

    @property
    def shown(self) -> Effect:
        """The estimate with the interval that decided the outcome, as far as that is known."""
        return self.deciding or self.effect

    @property
    def changes(self) -> bool:
        """Whether an earlier record led to another outcome."""
        return any(stage.outcome is not self.outcome for stage in self.stages)

    def judged_by(self, way: Way) -> Alternative | None:
        """Return the context judged in another way; None if that is not known."""
        return next((each for each in self.alternatives if each.way is way), None)


@dataclass(frozen=True)
class Reading:
    """One way to read a claim by construction, which holds or fails."""

    reading: str
    outcome: Outcome

    @property
    def settings(self) -> SettingValues:
        """The name of the reading, in place of the settings of a context."""
        return {"reading": self.reading}


Case = Context | Reading
AnyCase = TypeVar("AnyCase", bound=Case)


def align(*columns: Iterable[AnyCase]) -> list[tuple[AnyCase | None, ...]]:
    """Return rows of the contexts or readings of several verdicts that have the same settings.

    Rows are in the order of the first column, then in the order of later ones. None means that a column lacks the row.
    """
    by_settings = [{frozenset(case.settings.items()): case for case in column} for column in columns]
    rows = dict.fromkeys(itertools.chain(*by_settings))
    return [tuple(cases.get(settings) for cases in by_settings) for settings in rows]


@dataclass(frozen=True)
class Verdict:
    """The verdict on a claim.

    claim: Id of the claim.
    hash: SHA-256 of the test and its looks.
    test_hash: SHA-256 of the test alone.
    unit: Unit of the effects. It is empty unless the claim is measured or timed, and so are the next three.
    looks: Number of seeds at each look.
    smallest_effect: Smallest effect of interest, in the unit. Contexts that count failures have their own.
    flipped_by: Axes that change the outcome, most frequent first.
    same_from, same_to: Multiples of the smallest effects between which the conclusion stays the same. Infinite if it
        does beyond all that are tried.
    contexts: Contexts of a measured or timed claim.
    readings: Readings of a claim by construction.
    """

    claim: str
    kind: Kind
    hash: str
    test_hash: str
    conclusion: Conclusion
    unit: str = ""
    looks: tuple[int, ...] = ()
    smallest_effect: float = 0.0
    flipped_by: tuple[str, ...] = ()
    same_from: float = 1.0
    same_to: float = 1.0
    contexts: tuple[Context, ...] = ()
    readings: tuple[Reading, ...] = ()

    @property
    def is_measured(self) -> bool:
        """Whether the verdict rests on measured effects, which may be times."""
        return self.kind in (Kind.MEASURED, Kind.TIMED)

    @property
    def cases(self) -> tuple[Case, ...]:
        """The contexts or the readings, whichever the claim has."""
        return self.contexts or self.readings

    @property
    def outcomes(self) -> list[Outcome]:
        """The outcome of each context or reading."""
        return [case.outcome for case in self.cases]

    def smallest_effect_in(self, context: Context) -> float:
        """Return the smallest effect of interest in a context, which is another one if it counts failures."""
        return self.smallest_effect if context.smallest_effect is None else context.smallest_effect

    def matching(self, settings: SettingValues) -> list[Context]:
        """Return the contexts that have these settings, among others."""
        return [context for context in self.contexts if settings.items() <= context.settings.items()]


@dataclass(frozen=True)
class Verdicts:
    """The verdicts on the claims of a study, in the order of its docket."""

    study: str
    claims: tuple[Verdict, ...] = ()

    @property
    def by_claim(self) -> dict[str, Verdict]:
        """The verdicts by the id of their claim."""
        return {verdict.claim: verdict for verdict in self.claims}


def settings_text(settings: SettingValues) -> str:
    """Return the settings of a context as one text.

    >>> settings_text({"policy": "fixed", "budget": "epochs"})
    'policy=fixed; budget=epochs'
    """
    return "; ".join(f"{name}={value}" for name, value in settings.items())
