"""Which arguments the numbers of answers take, and which of them suit a claim.

Each function has the parameters of the number of its name after the id of the claim, and returns what is wrong with
them in words, "" if nothing is. Settings of contexts are checked elsewhere.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ontrial.errors import unknown
from ontrial.judge.estimands import Estimand
from ontrial.report.wording.answers import ANSWERS

SIZES = ("smallest", "largest", "at least", "up to", "range")


def size(estimand: Estimand | None, which: str, steps: int = 1, **settings: Any) -> str:
    """Check the arguments of `size`."""
    if which not in SIZES or isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        return f"write one of {', '.join(SIZES)}, and steps as a whole number of at least 1."
    return ""


def failed(estimand: Estimand | None, side: str, **settings: Any) -> str:
    """Check the arguments of `failed`."""
    sides = list(estimand.arms) if estimand else []
    return "" if side in sides else unknown("arm", side, sides)


def answered(estimand: Estimand | None, answer: str | None = None) -> str:
    """Check the arguments of `answered`."""
    answers = {*ANSWERS.values(), "opposite"}
    return "" if answer in (None, *answers) else unknown("answer", answer, answers)


def goal(estimand: Estimand | None) -> str:
    """Check that a claim has a goal."""
    if estimand is None or estimand.threshold is None or estimand.measure.goal != "accuracy":
        return "the claim is not about reaching an accuracy, so there is no goal."
    return ""


CHECKS: dict[str, Callable[..., str]] = {check.__name__: check for check in (size, failed, answered, goal)}
TAKEN = {
    "size": 'size("largest"), and optionally steps and settings, as in size("largest", steps=3, depth=5)',
    "failed": 'failed("of"), with the name of an arm, and optionally settings, as in failed("of", depth=5)',
    "answered": 'answered(), answered("yes"), answered("no"), answered("open") or answered("opposite")',
    "goal": "goal()",
}


def problem(name: str, estimand: Estimand, passed: Sequence[Any], named: Mapping[str, Any]) -> str:
    """Return the problem with the arguments of a number of an answer; "" without one.

    passed, named: Arguments without and with a name.
    """
    check = CHECKS[name]
    try:
        inspect.signature(check).bind(estimand, *passed, **named)
    except TypeError:
        return f"wrong arguments. Write it as in {TAKEN[name]}."
    return check(estimand, *passed, **named)
