"""Find the fewest conditions that say where a claim holds, as a teacher would in one sentence."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ontrial_judge.core.verdicts import Outcome, SettingValues, Verdict

ANSWERS = {
    Outcome.POSITIVE: "yes",
    Outcome.EQUAL: "yes",
    Outcome.WITHIN: "yes",
    Outcome.HOLDS: "yes",
    Outcome.NEGLIGIBLE: "no",
    Outcome.BELOW: "no",
    Outcome.REVERSED: "no",
    Outcome.APART: "no",
    Outcome.BEYOND: "no",
    Outcome.FAILS: "no",
    Outcome.UNDECIDED: "open",
}
MOST_BOXES = 2  # boxes of an answer, which would be too long for a sentence with more
MOST_BOXES_TOGETHER = 3
MOST_VALUES = 4  # values of an axis for which every choice of values is tried

Box = Mapping[str, tuple[Any, ...]]  # allowed values of some axes; the others may have any value


class Clause(NamedTuple):
    """An answer and the contexts that it covers.

    boxes: Boxes whose union is covered. Without boxes, the clause covers everything that no other clause does.
    """

    answer: str
    boxes: tuple[Box, ...]


def find_clauses(contexts: Sequence[SettingValues], outcomes: Sequence[Outcome]) -> list[Clause] | None:
    """Return one clause for each answer that occurs; None if that takes too many words.

    The answer that takes most words comes last. It has no boxes, unless a single value is enough.

    contexts: Settings of each context, which all have the same axes.
    outcomes: Outcome of each context.
    """
    answers = [ANSWERS[outcome] for outcome in outcomes]
    present = [answer for answer in dict.fromkeys(ANSWERS.values()) if answer in answers]
    covers = {
        answer: _cover(contexts, frozenset(i for i, other in enumerate(answers) if other == answer))
        for answer in present
    }
    rest = max(reversed(present), key=lambda answer: (_cost(covers[answer]), answers.count(answer)))
    clauses = []
    for answer in present:
        if answer != rest:
            boxes = covers[answer]
            if boxes is None:
                return None
            clauses.append(Clause(answer, boxes))
    if sum(len(clause.boxes) for clause in clauses) > MOST_BOXES_TOGETHER:
        return None
    last = covers[rest] if clauses and _cost(covers[rest]) == (1, 1) else None
    return [*clauses, Clause(rest, last or ())]


def _cover(contexts: Sequence[SettingValues], wanted: frozenset[int]) -> tuple[Box, ...] | None:
    """Return the cheapest boxes that cover exactly the wanted contexts; None if that takes more than MOST_BOXES."""
    by_members: dict[frozenset[int], Box] = {}
    for box in _boxes_of(contexts):
        members = frozenset(i for i, context in enumerate(contexts) if contains(box, context))
        if (
            members
            and members <= wanted
            and (members not in by_members or _cost((box,)) < _cost((by_members[members],)))
        ):
            by_members[members] = box
    covers = [
        tuple(by_members[members] for members in chosen)
        for number in range(1, MOST_BOXES + 1)
        for chosen in itertools.combinations(by_members, number)
        if frozenset().union(*chosen) == wanted
    ]
    return min(covers, key=_cost, default=None)


def _boxes_of(contexts: Sequence[SettingValues]) -> list[Box]:
    """Return the boxes to try, which allow any value of an axis, a single one, or several if the axis has few."""
    choices = []
    for axis in contexts[0]:
        values = tuple(dict.fromkeys(context[axis] for context in contexts))
        most = len(values) if len(values) <= MOST_VALUES else 2
        groups = [group for number in range(1, most) for group in itertools.combinations(values, number)]
        choices.append([{}, *({axis: group} for group in groups)])
    return [{axis: group for part in parts for axis, group in part.items()} for parts in itertools.product(*choices)]


def contains(box: Box, context: SettingValues) -> bool:
    """Return whether a context is in a box."""
    return all(context[axis] in values for axis, values in box.items())


def _cost(boxes: Sequence[Box] | None) -> tuple[float, int]:
    """Return the length of boxes in words: their number, and the number of values that they name."""
    if boxes is None:
        return float("inf"), 0
    return len(boxes), sum(len(values) for box in boxes for values in box.values())


class Turn(NamedTuple):
    """A context that had the opposite answer earlier in training.

    answer: Answer at the end, "yes" or "no".
    share: Share of the budget at the last record with the opposite answer.
    """

    answer: str
    share: float


def turns(verdict: Verdict) -> Iterator[Turn]:
    """Yield the contexts of a verdict that had the opposite answer earlier in training."""
    for context in verdict.contexts:
        answer = ANSWERS[context.outcome]
        opposite = {"yes": "no", "no": "yes"}.get(answer)
        shares = [stage.share for stage in context.stages if ANSWERS[stage.outcome] == opposite]
        if shares:
            yield Turn(answer, max(shares))
