"""Small pages: a sentence, a toy and a few words each. Every chapter of the theory has a row of them."""

from typing import NamedTuple


class Small(NamedTuple):
    """A small page.

    level: Term of docs/words.yaml for what it asks of readers.
    scripts: Scripts that its toy needs besides the shared ones and its own.
    """

    level: str
    scripts: tuple[str, ...] = ()


PLAIN, SLOPES = "small plain", "small slopes"

# By chapter, in the order in which they are read; the name of a page is also that of its toy.
SMALL: dict[str, dict[str, Small]] = {
    "learning-rate": {
        "the-valley": Small(PLAIN, ("numbers", "descent/steps")),
    },
    "gradients": {
        "how-much-is-left": Small(SLOPES),
    },
}
NAMES = tuple(name for pages in SMALL.values() for name in pages)
