"""Errors in a user's input, shown as one message without a traceback."""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(Exception):
    """A mistake in a user's input. The message says what is wrong, where, what is allowed and what to do."""


def unknown(kind: str, name: object, allowed: Iterable[str]) -> str:
    """Return the message for a name that is not allowed, which suggests the closest one, ignoring case."""
    names = sorted(allowed)
    in_lower_case = {other.lower(): other for other in names}
    closest = get_close_matches(str(name).lower(), in_lower_case, n=1)
    hint = f'Did you mean "{in_lower_case[closest[0]]}"? ' if closest else ""
    return f'unknown {kind} "{name}". {hint}Known: {", ".join(names) or "none"}.'


def legible(text: str, length: int) -> str:
    """Return text on one line with control characters escaped, without its middle if it is longer than `length`."""
    return escaped(text if len(text) <= length else f"{text[: length - 20]} … {text[-10:]}")


def legible_lines(message: str) -> str:
    """Return a message of several lines for a terminal, which obeys control characters: they are escaped."""
    return "\n".join(map(escaped, message.split("\n")))


def escaped(text: str) -> str:
    """Return text with the characters escaped that control how a terminal or a page shows others."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
