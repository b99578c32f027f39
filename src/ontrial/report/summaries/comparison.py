"""Compare results: which verdicts, outcomes and estimates moved, and where published files differ."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ontrial.judge.verdicts import Verdicts, map_intervals, settings_text

DIGITS = 4  # significant digits of published numbers; a difference beyond them is not a change

Entry = Mapping[str, Any]  # a verdict, or a context of one


@dataclass(frozen=True)
class Context:
    """A context of a claim, by its settings, before and after; None on a side that does not have it."""

    settings: str
    before: Entry | None
    after: Entry | None

    @property
    def outcome_moved(self) -> bool:
        """Whether the outcome differs, or one side does not have the context."""
        return _get(self.before, "outcome") != _get(self.after, "outcome")

    @property
    def moved(self) -> bool:
        """Whether anything differs."""
        return self.before != self.after

    @property
    def shift(self) -> float | None:
        """Estimate after minus estimate before, in its unit; None unless both are finite."""
        before, after = _get(self.before, "estimate"), _get(self.after, "estimate")
        if before is None or after is None or not (math.isfinite(before) and math.isfinite(after)):
            return None
        return after - before


@dataclass(frozen=True)
class Change:
    """The verdict on a claim before and after, None on a side that does not have it, and its contexts."""

    id: str
    before: Entry | None
    after: Entry | None
    contexts: list[Context] = field(default_factory=list)

    @property
    def standing(self) -> str:
        """Whether the claim is "new", "removed", tested in another way ("changed") or the "same"."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "removed"
        return "same" if self.before["hash"] == self.after["hash"] else "changed"

    @property
    def moved(self) -> bool:
        """Whether the verdict differs, or was reached by another test."""
        return self.standing != "same" or _get(self.before, "verdict") != _get(self.after, "verdict")

    @property
    def smallest_effect(self) -> float | None:
        """Smallest effect of interest, in the unit of the estimates; None if the claim is not measured."""
        return _get(self.after or self.before, "smallest_effect")


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


def compare(before: Verdicts, after: Verdicts) -> list[Change]:
    """Return one Change per claim of either side: those of `after` in their order, then the removed ones."""
    old = {verdict["id"]: verdict for verdict in published(before)["claims"]}
    new = {verdict["id"]: verdict for verdict in published(after)["claims"]}
    return [
        Change(id, old.get(id), new.get(id), _compare_contexts(old.get(id), new.get(id)))
        for id in dict.fromkeys([*new, *old])
    ]


def published(verdicts: Verdicts) -> Verdicts:
    """Return verdicts as they are published, with estimates and intervals rounded. Learning rates stay exact."""
    rounded = map_intervals(verdicts, _round)
    for verdict in rounded["claims"]:
        for context in verdict["contexts"]:
            if "detectable" in context:
                context["detectable"] = _round(context["detectable"])
    return rounded


def _round(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.{DIGITS}g}")


def _compare_contexts(before: Entry | None, after: Entry | None) -> list[Context]:
    old = {settings_text(context): context for context in _get(before, "contexts") or ()}
    new = {settings_text(context): context for context in _get(after, "contexts") or ()}
    return [Context(settings, old.get(settings), new.get(settings)) for settings in dict.fromkeys([*new, *old])]


def _get(entry: Entry | None, key: str) -> Any:
    return None if entry is None else entry.get(key)
