"""What a person is told when the input is wrong: one message, no traceback."""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(Exception):
    """A mistake in what the user gave: says what is wrong, where, what is allowed, and what to do."""


def unknown(kind: str, name: object, known: Iterable[str]) -> str:
    """Sentence for a name that isn't in a registry, with the nearest one that is."""
    known = sorted(known)
    near = get_close_matches(str(name), known, n=1)
    hint = f'Did you mean "{near[0]}"? ' if near else ""
    return f'unknown {kind} "{name}". {hint}Known: {", ".join(known)}.'
