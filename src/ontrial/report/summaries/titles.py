"""What a figure finds, in one word that chooses its title."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ontrial.report.summaries.findings import Findings


class Titles(NamedTuple):
    """The titles of a figure.

    words: Words that stand for what it can find, each of which has a title.
    choose: Function of the findings that returns one of the words, or None if the plain title has to do.
    """

    words: tuple[str, ...]
    choose: Callable[[Findings], str | None]
