"""Contexts that differ in whose learning rate the arms share, and what that changes."""

from collections.abc import Iterable
from typing import NamedTuple

from ontrial_judge.core.verdicts import Context, Outcome, Verdict

AS_CLAIMED = (Outcome.POSITIVE, Outcome.EQUAL, Outcome.WITHIN)
OPPOSITE = (Outcome.REVERSED, Outcome.APART, Outcome.BEYOND)


class SharedRates(NamedTuple):
    """The number of settings in which arms share the own rate of one of them, and then of the other.

    settings: Number of settings.
    claimed: Those that are as claimed at the rate of at least one arm.
    both: Those that are as claimed at the rates of both.
    opposite: Those that are the opposite of the claim at the rate of the other.
    """

    settings: int
    claimed: int
    both: int
    opposite: int


def _pairs(verdict: Verdict) -> list[tuple[Context, Context]]:
    """Return the contexts of a verdict at the own rate of one arm, with those at the own rate of the other.

    Scaled rates are left out.
    """
    by_settings: dict[frozenset, list[Context]] = {}
    for context in verdict.contexts:
        rule, _, owner = str(context.settings.get("policy", "")).partition("_")
        if rule == "fixed" and owner:
            others = frozenset(item for item in context.settings.items() if item[0] != "policy")
            by_settings.setdefault(others, []).append(context)
    return [(found[0], found[1]) for found in by_settings.values() if len(found) == 2]


def count(verdicts: Iterable[Verdict]) -> SharedRates:
    """Return how often the rate of the other arm changes the answer."""
    outcomes = [{one.outcome, other.outcome} for verdict in verdicts for one, other in _pairs(verdict)]
    claimed = [found for found in outcomes if not found.isdisjoint(AS_CLAIMED)]
    return SharedRates(
        settings=len(outcomes),
        claimed=len(claimed),
        both=sum(found <= set(AS_CLAIMED) for found in claimed),
        opposite=sum(not found.isdisjoint(OPPOSITE) for found in claimed),
    )
