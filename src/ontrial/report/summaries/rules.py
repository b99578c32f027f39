"""The rules of the workflow, as the site draws and times them. A test holds that Snakemake sees the same."""

from typing import NamedTuple

PHASES = ("train", "judge", "report")  # the files of workflow/rules, in the order in which they run


class Rule(NamedTuple):
    """The phase of a rule, and the rules whose outputs it reads."""

    phase: str
    reads: tuple[str, ...] = ()


RULES = {
    "plan": Rule("train"),
    "train": Rule("train"),
    "collect": Rule("judge", ("plan", "train")),
    "docket": Rule("judge", ("plan",)),
    "judge": Rule("judge", ("plan", "docket", "collect")),
    "timing": Rule("judge", ("plan", "docket", "collect")),
    "provenance": Rule("judge", ("plan", "collect", "judge")),
    "times": Rule("judge", ("plan", "collect", "judge", "timing", "provenance")),
    "draw": Rule("report", ("plan", "docket", "collect", "judge")),
    "draw_timed": Rule("report", ("plan", "docket", "collect", "timing", "times")),
    "film": Rule("report"),
    "explore": Rule("report", ("plan", "collect")),
    "write": Rule(
        "report",
        (
            "plan",
            "docket",
            "collect",
            "judge",
            "timing",
            "provenance",
            "times",
            "draw",
            "draw_timed",
            "film",
            "explore",
        ),
    ),
    "build": Rule("report", ("write",)),
    "assemble": Rule("report", ("build", "draw", "draw_timed", "film", "explore")),
}


def direct(rule: str) -> tuple[str, ...]:
    """What a rule reads, but for what one of the others that it reads stands on: the arrows that a picture needs."""
    reads = RULES[rule].reads
    return tuple(read for read in reads if not any(read in below(other) for other in reads))


def below(rule: str) -> set[str]:
    """Every rule that a rule stands on."""
    return set(RULES[rule].reads).union(*(below(read) for read in RULES[rule].reads))


def height(rule: str) -> int:
    """How many arrows lead to a rule on the longest way."""
    return max((1 + height(read) for read in RULES[rule].reads), default=0)
