"""Numbers of verdicts in plain words, for answers that are written by hand."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from ontrial.errors import InputError
from ontrial.judge.units import Unit
from ontrial.report.pages import answer_arguments, lookup, numbers
from ontrial.report.pages.claims import estimates
from ontrial.report.pages.page import Page
from ontrial.report.summaries import rate_owners
from ontrial.report.wording import formatting
from ontrial.report.wording.answers import ANSWERS
from ontrial.report.wording.quantities import OCTAVES
from ontrial_judge.core.verdicts import Context, Effect, SettingValues, Verdict

DIGITS = 2


def size(page: Page, id: str, which: str, steps: int = 1, **settings: Any) -> str:
    """Return the smallest or the largest effect in the contexts with these settings as a number of two digits, or both.

    It is a factor of at least 1 or a positive number, whatever the direction of the effect. Of an infinite effect, it
    is the end of the interval that is certain, with "at least". If an arm is compared with a number other than 0, it
    is the value of the arm. Contexts that count failures are left out, and those whose effects have no bound.

    which: "smallest" or "largest". "at least" and "up to" write these words before the smallest and the largest, and
        "range" writes both: "1.7 to 3.4", "3.4" if they look alike, or "at least 1.7" if the largest is infinite.
    steps: Number of steps over which to add up an effect per step, such as that from layer to layer.
    """
    _require(answer_arguments.size(None, which, steps))
    verdict = lookup.verdict_on(page, id)
    contexts = [context for context in _contexts_with(verdict, settings) if not context.counts_failures]
    effects = [estimates.value_of_arm(page, verdict, context.effect) or context.effect for context in contexts]
    known = [effect for effect in effects if math.isfinite(effect.estimate) or math.isfinite(_certain(effect))]
    if not known:
        return formatting.NO_VALUE
    smallest, largest = (
        choose(known, key=lambda effect: (abs(effect.estimate), _certain(effect))) for choose in (min, max)
    )
    low, high = _amount(smallest, steps), _amount(largest, steps)
    say = page.say
    match which, math.isinf(smallest.estimate), math.isinf(largest.estimate):
        case ("smallest", True, _) | ("at least", _, _) | ("range", _, True):
            return say["size at least"].format(low)
        case "smallest", _, _:
            return low
        case _, _, True:
            return say["size at least"].format(high)
        case "up to", _, _:
            return say["size up to"].format(high)
        case _:
            return say["size range"].format(low, high) if which == "range" and low != high else high


def _amount(effect: Effect, steps: int) -> str:
    """Return the size of an effect over some steps, or what is certain of an infinite one."""
    number = steps * (_certain(effect) if math.isinf(effect.estimate) else abs(effect.estimate))
    if Unit.parse(effect.unit).is_factor:
        number = 2**number if number < OCTAVES else math.inf
    return formatting.significant(number, DIGITS)


def _certain(effect: Effect) -> float:
    """Return the distance of an interval from 0 in the direction of the estimate; 0 if it contains 0."""
    return max(effect.low if effect.estimate > 0 else -effect.high, 0.0)


def failed(page: Page, id: str, side: str, **settings: Any) -> str:
    """Return how many networks of an arm failed in the context with these settings where most did, as "17 of 20".

    side: Name of the arm in the claim, such as "of" or "over".
    """
    estimand = lookup.estimand_of(page, id)
    _require(answer_arguments.failed(estimand, side))
    assert estimand
    position = list(estimand.arms).index(side)
    contexts = _contexts_with(lookup.verdict_on(page, id), settings)
    counts = [(context.failed[position], context.n) for context in contexts]
    number, n = max(counts, key=lambda count: count[0] / max(count[1], 1))
    return page.say["share of networks"].format(failed=formatting.count(number), n=formatting.count(n))


def _contexts_with(verdict: Verdict, settings: SettingValues) -> list[Context]:
    """Return the contexts of a verdict that have these settings. Raises InputError without any."""
    contexts = verdict.matching(settings)
    if not contexts:
        asked = ", ".join(f"{name} {value}" for name, value in settings.items())
        raise InputError(f'claim "{verdict.claim}": no context has {asked}.')
    return contexts


def answered(page: Page, id: str, answer: str | None = None) -> str:
    """Return in how many contexts of a claim the answer is "yes", "no" or "open", or the number of all contexts.

    "opposite" counts those "no" in which the opposite of the claim is certain.
    """
    _require(answer_arguments.answered(None, answer))
    outcomes = lookup.verdict_on(page, id).outcomes
    if answer == "opposite":
        return formatting.count(sum(outcome in rate_owners.OPPOSITE for outcome in outcomes))
    answers = [ANSWERS[outcome] for outcome in outcomes]
    return formatting.count(len(answers) if answer is None else answers.count(answer))


def goal(page: Page, id: str) -> str:
    """Return the accuracy that a claim is about reaching, such as "90%"."""
    estimand = lookup.estimand_of(page, id)
    _require(answer_arguments.goal(estimand))
    assert estimand
    assert estimand.threshold is not None
    return numbers.percent(page, 100 * estimand.threshold, 0)


def of_claim(page: Page, id: str) -> dict[str, Callable[..., str]]:
    """Return the functions that answers to a claim call, by name."""
    return {function.__name__: partial(function, page, id) for function in (size, failed, answered, goal)}


def _require(problem: str) -> None:
    """Raise InputError if there is a problem."""
    if problem:
        raise InputError(problem)
