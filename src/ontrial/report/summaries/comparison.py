"""Two contents of verdicts.json → what moved between them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ontrial.judge.verdicts import ENDS, settings_of

DIGITS = 4  # significant ones of a published number: what differs behind them is no change

Verdicts = Mapping[str, Any]  # content of verdicts.json
Entry = Mapping[str, Any]  # of a claim or a context in it


@dataclass(frozen=True)
class Context:
    """A context of a claim by its settings: what was found before and after, None where it isn't tried."""

    settings: str
    before: Entry | None
    after: Entry | None

    @property
    def outcome_moved(self) -> bool:
        """Whether it came out otherwise, or is tried on one side alone."""
        return _of(self.before, "outcome") != _of(self.after, "outcome")

    @property
    def moved(self) -> bool:
        """Whether anything that was found is another."""
        return self.before != self.after

    @property
    def shift(self) -> float | None:
        """Estimate after less estimate before, in its unit; None where one of them has no bound or isn't there."""
        ends = _of(self.before, "estimate"), _of(self.after, "estimate")
        return ends[1] - ends[0] if all(map(_is_finite, ends)) else None


@dataclass(frozen=True)
class Change:
    """A claim on both sides, or on one of them (None on the other), and its contexts."""

    id: str
    before: Entry | None
    after: Entry | None
    contexts: list[Context] = field(default_factory=list)

    @property
    def standing(self) -> str:
        """Whether it is "new", "removed", tried in another way ("changed") or the "same" test."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "removed"
        return "same" if self.before["hash"] == self.after["hash"] else "changed"

    @property
    def moved(self) -> bool:
        """Whether the verdict is another, or was reached by another test."""
        return self.standing != "same" or self.before["verdict"] != self.after["verdict"]

    @property
    def smallest_effect(self) -> float | None:
        """Smallest effect of interest, in the unit of the estimates; None for what isn't measured."""
        return _of(self.after or self.before, "smallest_effect")


def compare(before: Verdicts, after: Verdicts) -> list[Change]:
    """Every claim of either side, those of `after` first, in their order."""
    old, new = ({claim["id"]: claim for claim in published(found)["claims"]} for found in (before, after))
    return [
        Change(id, old.get(id), new.get(id), _contexts(old.get(id), new.get(id))) for id in dict.fromkeys([*new, *old])
    ]


def published(found: Verdicts) -> dict[str, Any]:
    """Verdicts as they are published: numbers rounded, so that a difference is one that somebody could care for."""
    claims = [{**claim, "contexts": list(map(_rounded, claim["contexts"]))} for claim in found["claims"]]
    return {**found, "claims": claims}


def _rounded(context: Entry) -> dict[str, Any]:
    """A context with its numbers rounded; learning rates stay exact, as configured."""
    return context | {name: float(f"{context[name]:.{DIGITS}g}") for name in ENDS if context[name] is not None}


def _contexts(before: Entry | None, after: Entry | None) -> list[Context]:
    old, new = ({settings_of(each): each for each in _of(claim, "contexts") or ()} for claim in (before, after))
    return [Context(name, old.get(name), new.get(name)) for name in dict.fromkeys([*new, *old])]


def _is_finite(end: float | None) -> bool:
    return end is not None and math.isfinite(end)


def _of(entry: Entry | None, key: str) -> Any:
    return None if entry is None else entry.get(key)
