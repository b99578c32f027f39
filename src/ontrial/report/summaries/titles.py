"""What a figure finds, in one word that chooses its title."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ontrial.judge.records import Conclusion, Context, Outcome
from ontrial.report.summaries.findings import Findings


class Titles(NamedTuple):
    """The titles of a figure.

    words: Words that stand for what it can find, each of which has a title.
    choose: Function of the findings, and of the claim if the figure is of one, that returns one of the words, or None
        if the plain title has to do.
    """

    words: tuple[str, ...]
    choose: Callable[..., str | None]


def contexts(results: Findings, claim: str, **settings: str | float) -> list[Context]:
    """Return the contexts of a claim with these settings. Without a verdict on the claim, there are none."""
    return results.verdicts[claim].matching(settings) if claim in results.verdicts else []


def outcomes(results: Findings, claim: str, **settings: str | float) -> set[Outcome]:
    """Return the outcomes of the contexts of a claim with these settings."""
    return {context.outcome for context in contexts(results, claim, **settings)}


def of_verdict(claim: str, words: Mapping[Conclusion, str]) -> Titles:
    """Return the answer that follows from the verdict on a claim."""

    def choose(results: Findings) -> str | None:
        return words.get(results.verdicts[claim].conclusion) if claim in results.verdicts else None

    return Titles(tuple(words.values()), choose)


def _shared_rates(results: Findings, claim: str) -> str | None:
    """Return "flips" if one side is ahead at the rate of one arm, and the other at that of the other arm."""
    found: dict[frozenset, set[Outcome]] = {}
    for context in results.verdicts[claim].contexts:
        if str(context.settings.get("policy")).startswith("fixed_"):
            others = frozenset(item for item in context.settings.items() if item[0] != "policy")
            found.setdefault(others, set()).add(context.outcome)
    return "flips" if any({Outcome.POSITIVE, Outcome.REVERSED} <= outcomes for outcomes in found.values()) else None


TITLES = {
    "shared-rates": Titles(("flips",), _shared_rates),
}
