"""Compare results: which verdicts, outcomes and estimates moved, and where published files differ."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ontrial.judge import records
from ontrial.judge.records import Case, Context, Verdict, Verdicts, align, settings_text

DIGITS = 4  # significant digits of published numbers; a difference beyond them is not a change


@dataclass(frozen=True)
class Pair:
    """A context or reading of a claim before and after; None on a side that does not have it."""

    before: Case | None
    after: Case | None

    @property
    def settings(self) -> str:
        """The settings that both sides share, as text."""
        case = self.after or self.before
        return settings_text(case.settings) if case else ""

    @property
    def outcomes(self) -> str:
        """Both outcomes as text: "positive → undecided"."""
        return " → ".join(case.outcome if case else "none" for case in (self.before, self.after))

    @property
    def outcome_moved(self) -> bool:
        """Whether the outcome differs, or one side does not have the context."""
        return not (self.before and self.after and self.before.outcome is self.after.outcome)

    @property
    def moved(self) -> bool:
        """Whether anything differs."""
        return not (self.before and self.after and records.encode_case(self.before) == records.encode_case(self.after))

    @property
    def shift(self) -> float | None:
        """Estimate after minus estimate before, in its unit; None unless both are finite."""
        if not (isinstance(self.before, Context) and isinstance(self.after, Context)):
            return None
        shift = self.after.effect.estimate - self.before.effect.estimate
        return shift if math.isfinite(shift) else None


@dataclass(frozen=True)
class Change:
    """The verdict on a claim before and after, None on a side that does not have it, and its contexts."""

    id: str
    before: Verdict | None
    after: Verdict | None
    contexts: list[Pair] = field(default_factory=list)

    @property
    def standing(self) -> str:
        """Whether the claim is "new", "removed", tested in another way ("changed") or the "same"."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "removed"
        return "same" if self.before.hash == self.after.hash else "changed"

    @property
    def moved(self) -> bool:
        """Whether the verdict differs, or was reached by another test."""
        if self.before is None or self.after is None:
            return True
        return (self.before.hash, self.before.conclusion) != (self.after.hash, self.after.conclusion)

    @property
    def smallest_effect(self) -> float:
        """Smallest effect of interest, in the unit of the estimates; 0 if the claim is not measured."""
        verdict = self.after or self.before
        return verdict.smallest_effect if verdict else 0.0


class Place(NamedTuple):
    """A place in a file, such as "hidden, line 3", and the values there; None on a side that does not have it."""

    name: str
    before: object
    after: object


class FileChange(NamedTuple):
    """A file, and the places at which its content differs."""

    name: str
    places: list[Place]


def compare_file(name: str, before: Mapping[str, object], after: Mapping[str, object]) -> FileChange:
    """Return where two contents of a file differ, each a mapping from places to values, in the order of `after`."""
    places = [Place(place, before.get(place), after.get(place)) for place in dict.fromkeys([*after, *before])]
    return FileChange(name, [place for place in places if place.before != place.after])


def changes(before: Verdicts, after: Verdicts) -> list[Change]:
    """Return one Change per claim of either side: those of `after` in their order, then the removed ones."""
    old, new = published(before).by_claim, published(after).by_claim
    return [
        Change(id, old.get(id), new.get(id), pair_cases(old.get(id), new.get(id))) for id in dict.fromkeys([*new, *old])
    ]


def published(verdicts: Verdicts) -> Verdicts:
    """Return verdicts as they are published, with estimates and intervals rounded. Learning rates stay exact."""
    claims = (
        replace(verdict, contexts=tuple(_round_context(context) for context in verdict.contexts))
        for verdict in verdicts.claims
    )
    return replace(verdicts, claims=tuple(claims))


def _round_context(context: Context) -> Context:
    effect, detectable = context.effect, context.detectable
    return replace(
        context,
        effect=replace(effect, estimate=_round(effect.estimate), low=_round(effect.low), high=_round(effect.high)),
        detectable=None if detectable is None else _round(detectable),
    )


def _round(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")


def pair_cases(before: Verdict | None, after: Verdict | None) -> list[Pair]:
    """Return the contexts or readings of two verdicts on a claim by their settings, in the order of `after`."""
    return [Pair(old, new) for new, old in align(after.cases if after else (), before.cases if before else ())]
