"""What a figure finds, in one word that chooses its title."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ontrial.judge.records import Conclusion, Context, Outcome
from ontrial.report.summaries.findings import Findings


class Titles(NamedTuple):
    """The titles of a figure.

    words: Words that stand for what it can find, each of which has a title.
    choose: Function of the findings that returns one of the words, or None if the plain title has to do.
    """

    words: tuple[str, ...]
    choose: Callable[[Findings], str | None]


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
