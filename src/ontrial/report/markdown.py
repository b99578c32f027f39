"""Markdown in which values are escaped. Every value that a page shows becomes Markdown here."""

import re
from collections.abc import Iterable
from typing import Any, Self

from markupsafe import Markup

MARKUP = str.maketrans({mark: f"&#{ord(mark)};" for mark in "&<>\"'\\`*_[]{}$|~^#!"})
SPACE = re.compile(r"[^\S\N{NO-BREAK SPACE}]+")
# What could start a list, a rule, a heading, a definition or a box, on a line of its own
BLOCK = re.compile(r"\A( ?)([-+:](?=\s|\Z)|[-=](?=[-=]*\s*\Z)|\?(?=\?\?)|\d(?=\d*\.\s))")


class Markdown(Markup):
    """Markdown, which may contain HTML. `format`, `join`, `+` and `%` escape everything that is not Markdown itself.

    Call the class only with text of this project: its code and its docs. Anything else is a value.
    """

    @classmethod
    def escape(cls, value: Any) -> Self:
        """Return Markdown that shows the text of a value literally, on one line. Markdown is returned unchanged."""
        if hasattr(value, "__html__"):
            return cls(value.__html__())
        text = SPACE.sub(" ", str(value)).translate(MARKUP)
        return cls(BLOCK.sub(lambda start: f"{start[1]}&#{ord(start[2])};", text))


def code(value: object) -> Markdown:
    """Return Markdown that shows the text of a value as code. Between backticks, escapes would show."""
    return Markdown("<code>{}</code>").format(value)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Markdown:
    """Return a table. Cells are escaped unless they are Markdown."""
    head = list(heads)
    lines: list[Iterable[str]] = [head, [Markdown("---")] * len(head), *rows]
    return Markdown("\n").join(Markdown("| {} |").format(Markdown(" | ").join(cells)) for cells in lines)
