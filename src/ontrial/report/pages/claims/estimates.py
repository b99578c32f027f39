"""Write estimates with their intervals in words, for sentences and cells of tables."""

import math
from dataclasses import replace
from typing import Any

from ontrial.judge.estimands import Estimand
from ontrial.judge.records import Context, Effect, Verdict
from ontrial.judge.units import Unit
from ontrial.report.pages.page import Page
from ontrial.report.wording import formatting, outcomes
from ontrial.report.wording.quantities import Quantity, with_unit

TINY = 1 / 20  # share of the smallest effect of interest below which sentences call an estimate about 0
INTERVALS = {  # phrases by whether the lower and the upper end are finite
    (True, True): "interval",
    (True, False): "interval from",
    (False, True): "interval to",
    (False, False): "interval without ends",
}


def sized(page: Page, verdict: Verdict, context: Context, after_finding: bool = False) -> str:
    """Return the estimate of a context in words, with its interval. The words mention an end without a bound.

    If an arm is compared with a number other than 0, the words give the arm's own value. A ratio below 1 is inverted
    and called opposite, unless it hardly differs from 1.

    after_finding: Whether the text follows the finding, which names the direction if that is certain.
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
    if context.zeros and not math.isfinite(effect.estimate):
        return with_interval(page, at_the_floor(page, context), effect)
    if unit.is_factor and effect.estimate < 0 and not is_tiny:
        is_said = after_finding and outcomes.direction_of(effect, verdict.smallest_effect) == "opposite"
        return inverted(page, effect, is_said)
    return with_interval(page, explained(page, Quantity(effect.estimate, unit).in_sentence(page.say), effect), effect)


def at_the_floor(page: Page, context: Context) -> str:
    """Return how many values of each arm are exactly 0, in place of a factor that they do not have."""
    text = page.say["effect without a value" if math.isnan(context.effect.estimate) else "effect zero"]
    first, second = map(formatting.count, context.zeros)
    return page.say["zeros"].format(text, first=first, second=second, n=formatting.count(context.n))


def value_text(page: Page, value: Quantity) -> str:
    """Return the value of an arm in words, with the reason if it is infinite."""
    text = value.in_sentence(page.say)
    if math.isnan(value.value):
        return text
    return page.say["value never" if math.isinf(value.value) else "effect measured"].format(text)


def inverted(page: Page, effect: Effect, is_said: bool) -> str:
    """Return the inverse of a ratio below 1, with its interval.

    is_said: Whether the text before already names the direction.
    """
    inverse = replace(effect, estimate=-effect.estimate, low=-effect.high, high=-effect.low)
    text = Quantity.of(inverse.estimate, effect.unit).in_sentence(page.say)
    if not is_said:
        text = page.say["effect opposite"].format(text)
    high = Quantity.of(effect.high, effect.unit)
    start = page.say["end claimed"].format(high.number) if effect.high > 0 else None
    return with_interval(page, explained(page, text, inverse), inverse, start)


def explained(page: Page, text: str, effect: Effect) -> str:
    """Return the text of an estimate, with the reason if it is infinite."""
    return page.say["effect never"].format(text) if math.isinf(effect.estimate) else text


def with_interval(page: Page, text: str, effect: Effect, start: str | None = None) -> str:
    """Return the text of an estimate with its interval.

    start: Text of the lower end, in place of its number.
    """
    if math.isinf(effect.low) and effect.low == effect.high:
        return text
    phrase = page.say[INTERVALS[math.isfinite(effect.low), math.isfinite(effect.high)]]
    low, high = ends(effect)
    return phrase.format(effect=text, low=start or low, high=high)


def ends(effect: Effect) -> tuple[str, str]:
    """Return the ends of an interval as numbers without their unit."""
    return Quantity.of(effect.low, effect.unit).number, Quantity.of(effect.high, effect.unit).number


def estimate_words(page: Page) -> dict[str, Any]:
    """Return the texts and numbers with which scripts write estimates as `sized` does."""
    say = page.texts
    return {
        "tiny": TINY,
        "about": say["about"],
        "never": say["effect never"],
        "zero": say["effect zero"],
        "missing": say["effect without a value"],
    }


def estimand_of(page: Page, id: str) -> Estimand | None:
    """Return the estimand of a claim; None if it has none, or if only a published study tests the claim."""
    claim = page.results.claims.get(id)
    return claim.estimand if claim else None


def value_of_arm(page: Page, verdict: Verdict, effect: Effect) -> Effect | None:
    """Return the value and interval of an arm that is compared with a number other than 0; None without such an arm."""
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
    """Return the estimate and the interval of a context, as two cells of a table."""
    if context.n == 0:
        return page.say["off the grid"], formatting.NO_VALUE
    effect = context.effect
    interval = page.say["range"].format(*ends(effect))
    if context.zeros and math.isinf(effect.estimate):
        return page.say["short zero"], formatting.NO_VALUE if effect.low == effect.high else interval
    return Quantity.of(effect.estimate, effect.unit).in_cell(page.say), interval
