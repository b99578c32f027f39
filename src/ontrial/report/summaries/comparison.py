"""Compare results: find verdicts, outcomes and estimates that moved, and differences between published files."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ontrial.report.summaries.replications import agree_outcomes
from ontrial_judge.core import verdict_files
from ontrial_judge.core.verdicts import Case, Context, Effect, Verdict, Verdicts, align, settings_text

DIGITS = 4  # significant digits of published numbers; a difference beyond them is not a change


@dataclass(frozen=True)
class Pair:
    """A context or reading of a claim before and after; None where it does not exist."""

    before: Case | None
    after: Case | None

    @property
    def settings(self) -> str:
        """Settings of the context or reading, as text."""
        case = self.after or self.before
        return settings_text(case.settings) if case else ""

    @property
    def outcomes(self) -> str:
        """Both outcomes as text: "positive → undecided"."""
        return " → ".join(case.outcome if case else "none" for case in (self.before, self.after))

    @property
    def outcome_moved(self) -> bool:
        """Whether the outcome differs, or the context exists on one side only."""
        return not (self.before and self.after and self.before.outcome is self.after.outcome)

    @property
    def agreement(self) -> str | None:
        """How the answers agree, as `agree_outcomes` says; None unless both sides have the context."""
        if not (isinstance(self.before, Context) and isinstance(self.after, Context)):
            return None
        return agree_outcomes(self.before.outcome, self.after.outcome)

    @property
    def moved(self) -> bool:
        """Whether anything differs between the sides."""
        if not (self.before and self.after):
            return True
        before, after = map(verdict_files.encode_case, (self.before, self.after))
        if ("deciding" in before) != ("deciding" in after):  # older files lack it
            before, after = (
                {key: value for key, value in each.items() if key != "deciding"} for each in (before, after)
            )
        return before != after

    @property
    def shift(self) -> float | None:
        """Estimate after minus estimate before, in their unit; None unless they have the same and are finite."""
        if not (isinstance(self.before, Context) and isinstance(self.after, Context)):
            return None
        if self.before.effect.unit != self.after.effect.unit:
            return None
        shift = self.after.effect.estimate - self.before.effect.estimate
        return shift if math.isfinite(shift) else None


@dataclass(frozen=True)
class Change:
    """A claim's verdict and contexts before and after. A verdict is None where the claim does not exist."""

    id: str
    before: Verdict | None
    after: Verdict | None
    contexts: list[Pair] = field(default_factory=list)

    @property
    def standing(self) -> str:
        """State of the claim: "new", "removed", "changed" (tested in another way) or "same"."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "removed"
        return "same" if self.before.hash == self.after.hash else "changed"

    @property
    def moved(self) -> bool:
        """Whether the verdict or the test differs."""
        if self.before is None or self.after is None:
            return True
        return (self.before.hash, self.before.conclusion) != (self.after.hash, self.after.conclusion)

    def smallest_effect_in(self, pair: Pair) -> float:
        """Return the smallest effect of interest in a context, in the unit of its estimates; 0 if not measured."""
        for verdict, case in ((self.after, pair.after), (self.before, pair.before)):
            if verdict and isinstance(case, Context):
                return verdict.smallest_effect_in(case)
        return 0.0


class Place(NamedTuple):
    """A place in a file, such as "hidden, line 3", and its values before and after; None where it does not exist."""

    name: str
    before: object
    after: object


class FileChange(NamedTuple):
    """A file and the places where it differs."""

    name: str
    places: list[Place]


def compare_file(name: str, before: Mapping[str, object], after: Mapping[str, object]) -> FileChange:
    """Return the places where two contents of a file differ, in the order of `after`.

    before, after: Values by place.
    """
    moved = [
        place
        for place in dict.fromkeys([*after, *before])
        if (place in before) != (place in after) or before[place] != after[place]
    ]
    return FileChange(name, [Place(place, before.get(place), after.get(place)) for place in moved])


def changes(before: Verdicts, after: Verdicts) -> list[Change]:
    """Return one Change per claim: first the claims of `after` in their order, then the removed ones."""
    old, new = published(before).by_claim, published(after).by_claim
    return [
        Change(id, old.get(id), new.get(id), pair_cases(old.get(id), new.get(id))) for id in dict.fromkeys([*new, *old])
    ]


def published(verdicts: Verdicts) -> Verdicts:
    """Return verdicts in their published form: estimates and intervals are rounded, learning rates stay exact."""
    claims = (
        replace(verdict, contexts=tuple(_round_context(context) for context in verdict.contexts))
        for verdict in verdicts.claims
    )
    return replace(verdicts, claims=tuple(claims))


def _round_context(context: Context) -> Context:
    detectable = context.detectable
    return replace(
        context,
        effect=_round_effect(context.effect),
        deciding=context.deciding and _round_effect(context.deciding),
        detectable=None if detectable is None else _round(detectable),
        alternatives=tuple(replace(each, effect=_round_effect(each.effect)) for each in context.alternatives),
        stages=tuple(
            replace(each, share=_round(each.share), effect=_round_effect(each.effect)) for each in context.stages
        ),
    )


def _round_effect(effect: Effect) -> Effect:
    return replace(effect, estimate=_round(effect.estimate), low=_round(effect.low), high=_round(effect.high))


def _round(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")


def pair_cases(before: Verdict | None, after: Verdict | None) -> list[Pair]:
    """Return the contexts or readings of two verdicts on a claim, paired by settings, in the order of `after`."""
    return [Pair(old, new) for new, old in align(after.cases if after else (), before.cases if before else ())]
