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
        "same-road": Small(PLAIN, ("numbers",)),
    },
    "neuron-layers": {
        "a-neuron": Small(PLAIN, ("numbers",)),
        "a-straight-line": Small(PLAIN, ("squares", "toys/border")),
        "backpropagation": Small(SLOPES),
    },
    "activations": {
        "bending-lines": Small(PLAIN, ("squares", "toys/border")),
        "flat-ends": Small(SLOPES, ("numbers",)),
        "dying-units": Small(SLOPES),
    },
    "gradients": {
        "four-chains": Small(SLOPES, ("numbers",)),
        "how-much-is-left": Small(SLOPES),
        "start-right": Small(SLOPES, ("numbers",)),
    },
    "losses": {
        "shares-that-sum-to-one": Small(PLAIN, ("numbers",)),
        "only-the-true-answer": Small(SLOPES, ("numbers",)),
        "two-landscapes": Small(SLOPES),
    },
    "batch-size": {
        "what-a-batch-is": Small(PLAIN),
        "true-or-false": Small(PLAIN),
        "count-images": Small(PLAIN),
    },
}
NAMES = tuple(name for pages in SMALL.values() for name in pages)
