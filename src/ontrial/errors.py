"""Errors in a user's input, shown as one message without a traceback."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

# What a log of GitHub takes for a command: at the start of a line, or anywhere
COMMAND = re.compile(r"(?:^\s*):(?=:)|#(?=#\[)")

REBUILD = "Delete it, and run the study again to rebuild it."

# Characters that turn text around, so that it reads otherwise than it is written, or that nobody sees. Korean and emoji
# need none of them. The schemas of studies and dockets refuse them, too.
DECEPTIVE = re.compile(r"[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069]")


class InputError(Exception):
    """A mistake in a user's input. The message says what is wrong, where, what is allowed and what to do."""


class DamagedError(InputError):
    """Files that the program wrote and that are damaged. A run sets aside those of its study, so that it rebuilds them.

    problems: Sentence that says what is wrong, by path.
    remedy: What to do where nobody sets them aside.
    """

    def __init__(self, problems: Mapping[str | Path, str], remedy: str = REBUILD) -> None:
        """Compose the message, with a line per file."""
        super().__init__("\n".join(f"{path}: {problem} {remedy}" for path, problem in problems.items()))
        self.problems = dict(problems)
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        """Support pickling, which carries errors from worker processes."""
        return type(self), (self.problems, self.remedy)


def unknown(kind: str, name: object, allowed: Iterable[str]) -> str:
    """Return the message for a name that is not allowed, which suggests the closest one, ignoring case.

    >>> unknown("loss", "MES", ["mse", "cross_entropy"])
    'unknown loss "MES". Did you mean "mse"? Known: cross_entropy, mse.'
    """
    names = sorted(allowed)
    in_lower_case = {other.lower(): other for other in names}
    closest = get_close_matches(str(name).lower(), in_lower_case, n=1)
    hint = f'Did you mean "{in_lower_case[closest[0]]}"? ' if closest else ""
    return f'unknown {kind} "{name}". {hint}Known: {", ".join(names) or "none"}.'


def legible(text: str, length: int) -> str:
    """Return text on one line with control characters escaped, without its middle if it is longer than `length`."""
    return _escaped(text if len(text) <= length else f"{text[: length - 20]} … {text[-10:]}")


def legible_lines(message: str) -> str:
    """Return a message of several lines for a terminal, which obeys control characters: they are escaped."""
    return "\n".join(map(_escaped, message.split("\n")))


def require_plain(text: str, where: str, is_file: bool = False) -> None:
    """Raise InputError if text contains a character that deceives its readers.

    where: Place of the text, for the message.
    is_file: Whether the text is a whole file, so that the message has a line.
    """
    if found := DECEPTIVE.search(text):
        place = f"{where}:{text.count(chr(10), 0, found.start()) + 1}" if is_file else f"{where}: {legible(text, 80)}"
        problem = f"the character U+{ord(found[0]):04X} is invisible or turns text around, so readers see other text."
        raise InputError(f"{place}: {problem} Remove it.")


def _escaped(text: str) -> str:
    r"""Return a line with the characters escaped that control how a terminal or a page shows others, or command a log.

    >>> print(_escaped("red: \x1b[31m"))
    red: \x1b[31m
    >>> print(_escaped("::error::a ## [b] ##[add-mask]c"))
    \x3a:error::a ## [b] \x23#[add-mask]c
    """
    text = COMMAND.sub(lambda found: f"{found[0][:-1]}\\x{ord(found[0][-1]):x}", text)
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
