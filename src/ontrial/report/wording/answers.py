"""Where a claim holds and where it does not, in the fewest conditions: what a teacher would say in one sentence."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ontrial.judge.records import Outcome, Settings

ANSWERS = {
    Outcome.POSITIVE: "yes",
    Outcome.HOLDS: "yes",
    Outcome.NEGLIGIBLE: "no",
    Outcome.BELOW: "no",
    Outcome.REVERSED: "no",
    Outcome.FAILS: "no",
    Outcome.UNDECIDED: "open",
}
MOST_BOXES = 2  # of one answer; with more conditions, it is no longer a sentence
MOST_BOXES_TOGETHER = 3
MOST_VALUES = 4  # of an axis for which every choice of values is tried

Box = Mapping[str, tuple[Any, ...]]  # the values of some axes; the others may have any value


class Clause(NamedTuple):
    """One answer, and where it holds: in the union of its boxes, or without boxes wherever no other clause does."""

    answer: str
    boxes: tuple[Box, ...]


def find_clauses(contexts: Sequence[Settings], outcomes: Sequence[Outcome]) -> list[Clause] | None:
    """Return one clause for each answer that occurs; None if that takes too many words.

    The answer that takes most words comes last, without boxes unless one value is enough.
    contexts: the settings of each context, all with the same axes. outcomes: of each context.
    """
    answers = [ANSWERS[outcome] for outcome in outcomes]
    present = [answer for answer in dict.fromkeys(ANSWERS.values()) if answer in answers]
    covers = {
        answer: cover(contexts, frozenset(i for i, other in enumerate(answers) if other == answer))
        for answer in present
    }
    rest = max(reversed(present), key=lambda answer: (cost(covers[answer]), answers.count(answer)))
    clauses = []
    for answer in present:
        if answer != rest:
            boxes = covers[answer]
            if boxes is None:
                return None
            clauses.append(Clause(answer, boxes))
    if sum(len(clause.boxes) for clause in clauses) > MOST_BOXES_TOGETHER:
        return None
    last = covers[rest] if clauses and cost(covers[rest]) == (1, 1) else None
    return [*clauses, Clause(rest, last or ())]


def cover(contexts: Sequence[Settings], wanted: frozenset[int]) -> tuple[Box, ...] | None:
    """Return the cheapest boxes whose contexts are exactly the wanted ones; None if MOST_BOXES are not enough."""
    by_members: dict[frozenset[int], Box] = {}
    for box in boxes_of(contexts):
        members = frozenset(i for i, context in enumerate(contexts) if contains(box, context))
        if members and members <= wanted and (members not in by_members or cost((box,)) < cost((by_members[members],))):
            by_members[members] = box
    covers = [
        tuple(by_members[members] for members in chosen)
        for number in range(1, MOST_BOXES + 1)
        for chosen in itertools.combinations(by_members, number)
        if frozenset().union(*chosen) == wanted
    ]
    return min(covers, key=cost, default=None)


def boxes_of(contexts: Sequence[Settings]) -> list[Box]:
    """Return the boxes that are tried: for each axis any value, one of them, or some if there are few."""
    choices = []
    for axis in contexts[0]:
        values = tuple(dict.fromkeys(context[axis] for context in contexts))
        most = len(values) if len(values) <= MOST_VALUES else 2
        groups = [group for number in range(1, most) for group in itertools.combinations(values, number)]
        choices.append([{}, *({axis: group} for group in groups)])
    return [{axis: group for part in parts for axis, group in part.items()} for parts in itertools.product(*choices)]


def contains(box: Box, context: Settings) -> bool:
    """Return whether a context is in a box."""
    return all(context[axis] in values for axis, values in box.items())


def cost(boxes: Sequence[Box] | None) -> tuple[float, int]:
    """Return how long boxes are in words: their number, and the number of values that they name."""
    if boxes is None:
        return float("inf"), 0
    return len(boxes), sum(len(values) for box in boxes for values in box.values())
