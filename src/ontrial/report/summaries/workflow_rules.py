"""The rules of the workflow, as the site draws and times them. A test compares them with Snakemake's."""

from collections.abc import Mapping
from typing import NamedTuple

from ontrial import data
from ontrial.data.files import Fetched
from ontrial.study.study import Study

PHASES = ("data", "train", "judge", "report")  # the files of workflow/rules, in their order of execution
FETCH = "fetch"  # rule of studies that train on fetched data
LOOK = "look"  # rule of studies that add seeds in looks
FILM = "film"  # rule of studies whose site has the book


class Rule(NamedTuple):
    """The phase of a rule, and the rules whose outputs it reads."""

    phase: str
    reads: tuple[str, ...] = ()


RULES = {
    FETCH: Rule("data"),
    "plan": Rule("train"),
    "train": Rule("train", (FETCH,)),
    "docket": Rule("judge", ("plan",)),
    LOOK: Rule("judge", ("plan", "train", "docket")),  # lists cells to train, but is no input of "train"
    "collect": Rule("judge", ("plan", "train", LOOK)),
    "judge": Rule("judge", ("plan", "docket", "collect")),
    "measure_costs": Rule("judge", ("plan", "docket", "collect")),
    "provenance": Rule("judge", (FETCH, "plan", "collect", "judge")),
    "job_times": Rule("judge", (FETCH, "plan", "collect", "judge", "measure_costs", "provenance")),
    "draw": Rule("report", (FETCH, "plan", "docket", "collect", "judge")),
    "draw_timed": Rule("report", ("plan", "docket", "collect", "measure_costs", "job_times")),
    FILM: Rule("report"),
    "explore": Rule("report", ("plan", "collect")),
    "write": Rule(
        "report",
        (
            *("plan", "docket", "collect", "judge", "measure_costs", "provenance", "job_times"),
            *("draw", "draw_timed", FILM, "explore"),
        ),
    ),
    "build": Rule("report", ("write",)),
    "assemble": Rule("report", ("judge", "measure_costs", "build", "draw", "draw_timed", FILM, "explore")),
    "check_figures": Rule("report", ("draw", "draw_timed", "assemble")),
}


def rules_of_study(study: Study, book: bool = True) -> dict[str, Rule]:
    """Return the rules of a study: all of them, but FETCH, LOOK and FILM only where the study needs them.

    book: Whether its site has the book.
    """
    sources = map(data.source, study.datasets)
    fetches = any(isinstance(file, Fetched) for source in sources for file in source.files)
    left_out = {name for name, needed in ((FETCH, fetches), (LOOK, study.looks > 1), (FILM, book)) if not needed}
    return {
        name: Rule(rule.phase, tuple(read for read in rule.reads if read not in left_out))
        for name, rule in RULES.items()
        if name not in left_out
    }


def direct_inputs(rules: Mapping[str, Rule], name: str) -> tuple[str, ...]:
    """Return the rules that a rule reads, without those that another of them depends on: the arrows of a graph."""
    reads = rules[name].reads
    return tuple(read for read in reads if not any(read in ancestors(rules, other) for other in reads))


def ancestors(rules: Mapping[str, Rule], name: str) -> set[str]:
    """Return every rule that a rule depends on, directly or indirectly."""
    reads = rules[name].reads
    return set(reads).union(*(ancestors(rules, read) for read in reads))


def height(rules: Mapping[str, Rule], name: str) -> int:
    """Return the number of arrows on the longest path to a rule."""
    return max((1 + height(rules, read) for read in rules[name].reads), default=0)
