"""Estimates in words: effects with their intervals, as sentences and cells of tables write them."""

import math
from dataclasses import replace
from typing import Any

from ontrial.judge.estimands import Estimand
from ontrial.judge.records import Context, Effect, Verdict
from ontrial.judge.units import Unit
from ontrial.report.pages.page import Page
from ontrial.report.wording import formatting
from ontrial.report.wording.quantities import Quantity, with_unit

TINY = 1 / 20  # of the smallest effect of interest: an estimate that sentences call about 0
INTERVALS = {  # phrases by whether the lower and the upper end are finite
    (True, True): "interval",
    (True, False): "interval from",
    (False, True): "interval to",
    (False, False): "interval without ends",
}


def sized(page: Page, verdict: Verdict, context: Context, after_finding: bool = False) -> str:
    """Return the estimate of a context in words, with its interval; the words say if an end has no bound.

    If the arm is compared with a number other than 0, return the arm's own value. A ratio below 1 is inverted, and said
    to be in the opposite direction, unless it hardly differs from 1.

    after_finding: whether the text follows the finding, which says the direction if it is certain.
    """
    if context.n == 0:
        return page.say["off the grid"]
    effect, unit = context.effect, Unit.parse(context.effect.unit)
    if value := value_of_arm(page, verdict, effect):
        return with_interval(page, value_text(page, Quantity(value.estimate, unit)), value)
    is_tiny = abs(effect.estimate) < TINY * verdict.smallest_effect
    if is_tiny and not (unit.is_factor and math.isfinite(effect.low) and math.isfinite(effect.high)):
        text = with_unit(page.say, page.say["about"].format("1" if unit.is_factor else "0"), unit)
        return with_interval(page, text, effect)
    if unit.is_factor and effect.estimate < 0 and not is_tiny:
        return inverted(page, effect, after_finding and effect.high < 0)
    return with_interval(page, explained(page, Quantity(effect.estimate, unit).in_sentence(page.say), effect), effect)


def value_text(page: Page, value: Quantity) -> str:
    """Return the value of an arm in words, which say why if it is infinite."""
    text = value.in_sentence(page.say)
    if math.isnan(value.value):
        return text
    return page.say["value never" if math.isinf(value.value) else "effect measured"].format(text)


def inverted(page: Page, effect: Effect, is_said: bool) -> str:
    """Return a ratio below 1 as its inverse, with its interval. is_said: whether the direction was said before."""
    inverse = replace(effect, estimate=-effect.estimate, low=-effect.high, high=-effect.low)
    text = Quantity.of(inverse.estimate, effect.unit).in_sentence(page.say)
    if not is_said:
        text = page.say["effect opposite"].format(text)
    high = Quantity.of(effect.high, effect.unit)
    start = page.say["end claimed"].format(high.number) if effect.high > 0 else None
    return with_interval(page, explained(page, text, inverse), inverse, start)


def explained(page: Page, text: str, effect: Effect) -> str:
    """Return the text of an estimate, and why it is infinite if it is."""
    return page.say["effect never"].format(text) if math.isinf(effect.estimate) else text


def with_interval(page: Page, text: str, effect: Effect, start: str | None = None) -> str:
    """Return the text of an estimate with the interval. start: its lower end, if the number does not say it."""
    if math.isinf(effect.low) and effect.low == effect.high:
        return text
    phrase = page.say[INTERVALS[math.isfinite(effect.low), math.isfinite(effect.high)]]
    low, high = ends(effect)
    return phrase.format(effect=text, low=start or low, high=high)


def ends(effect: Effect) -> tuple[str, str]:
    """Return the ends of an interval as numbers without their unit."""
    return Quantity.of(effect.low, effect.unit).number, Quantity.of(effect.high, effect.unit).number


def estimate_words(page: Page) -> dict[str, Any]:
    """Return what scripts need besides texts of their own in order to write estimates as `sized` does."""
    say = page.texts
    return {
        "tiny": TINY,
        "about": say["about"],
        "never": say["effect never"],
        "missing": say["effect without a value"],
    }


def estimand_of(page: Page, id: str) -> Estimand | None:
    """Return the estimand of a claim; None if it has none, or if only a published study tests the claim."""
    claim = page.results.claims.get(id)
    return claim.estimand if claim else None


def value_of_arm(page: Page, verdict: Verdict, effect: Effect) -> Effect | None:
    """Return the value of an arm that is compared with a number other than 0, and its interval; None without one."""
    estimand = estimand_of(page, verdict.claim)
    if not estimand or estimand.form != "difference":
        return None
    of, minus = estimand.sides.values()
    if of and not isinstance(of, dict):
        return replace(effect, estimate=of - effect.estimate, low=of - effect.high, high=of - effect.low)
    if minus and not isinstance(minus, dict):
        return replace(effect, estimate=minus + effect.estimate, low=minus + effect.low, high=minus + effect.high)
    return None


def estimate_and_interval(page: Page, context: Context) -> tuple[str, str]:
    """Return the estimate of a context, and its interval, as two cells of a table."""
    if context.n == 0:
        return page.say["off the grid"], formatting.NO_VALUE
    effect = context.effect
    return Quantity.of(effect.estimate, effect.unit).in_cell(page.say), page.say["range"].format(*ends(effect))
