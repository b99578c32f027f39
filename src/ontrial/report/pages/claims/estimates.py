"""Estimates in words: effects with their intervals, as sentences and cells of tables write them."""

import math
from dataclasses import replace
from typing import Any

from ontrial.judge.estimands import Estimand
from ontrial.judge.records import Context, Effect, Verdict
from ontrial.report.pages.page import Page
from ontrial.report.wording import formatting, outcomes

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
    effect, unit = context.effect, context.effect.unit
    is_ratio = outcomes.split_unit(unit)[0] == "log2"
    if value := value_of_arm(page, verdict, effect):
        return with_interval(page, value_text(page, value.estimate, unit), value)
    is_tiny = abs(effect.estimate) < TINY * verdict.smallest_effect
    if is_tiny and not (is_ratio and math.isfinite(effect.low) and math.isfinite(effect.high)):
        text = with_unit(page, page.say["about"].format("1" if is_ratio else "0"), unit)
        return with_interval(page, text, effect)
    if is_ratio and effect.estimate < 0 and not is_tiny:
        return inverted(page, effect, after_finding and effect.high < 0)
    return with_interval(page, explained(page, quantity(page, effect.estimate, unit), effect), effect)


def value_text(page: Page, value: float, unit: str) -> str:
    """Return the value of an arm in words, which say why if it is infinite."""
    text = quantity(page, value, unit)
    if math.isnan(value):
        return text
    return page.say["value never" if math.isinf(value) else "effect measured"].format(text)


def inverted(page: Page, effect: Effect, is_said: bool) -> str:
    """Return a ratio below 1 as its inverse, with its interval. is_said: whether the direction was said before."""
    inverse = replace(effect, estimate=-effect.estimate, low=-effect.high, high=-effect.low)
    text = quantity(page, inverse.estimate, effect.unit)
    if not is_said:
        text = page.say["effect opposite"].format(text)
    start = page.say["end claimed"].format(amount(effect.high, effect.unit)) if effect.high > 0 else None
    return with_interval(page, explained(page, text, inverse), inverse, start)


def explained(page: Page, text: str, effect: Effect) -> str:
    """Return the text of an estimate, and why it is infinite if it is."""
    return page.say["effect never"].format(text) if math.isinf(effect.estimate) else text


def with_interval(page: Page, text: str, effect: Effect, start: str | None = None) -> str:
    """Return the text of an estimate with the interval. start: its lower end, if the number does not say it."""
    low, high, unit = effect.low, effect.high, effect.unit
    if math.isinf(low) and low == high:
        return text
    phrase = page.say[INTERVALS[math.isfinite(low), math.isfinite(high)]]
    return phrase.format(effect=text, low=start or amount(low, unit), high=amount(high, unit))


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
    effect, unit = context.effect, context.effect.unit
    interval = page.say["range"].format(amount(effect.low, unit), amount(effect.high, unit))
    return quantity(page, effect.estimate, unit, style="short"), interval


def quantity(page: Page, number: float, unit: str, style: str = "effect") -> str:
    """Return a number with its unit: "1.3 points", "a factor of 2.00", "1.3 points per layer".

    style: "effect" in a sentence, "short" in a cell of a table, where it is "× 2.00" instead of "a factor of 2.00".
    """
    if math.isnan(number):
        return page.say["effect without a value"]
    return with_unit(page, amount(number, unit), unit, style)


def with_unit(page: Page, text: str, unit: str, style: str = "effect") -> str:
    """Return the text of a number with its unit, in a style for which the unit may have no phrase of its own."""
    base, step = outcomes.split_unit(unit)
    pattern = page.say.get(f"{style} {base}") or page.say.get(f"effect {base}", "{}")
    return outcomes.per_step(page.say, pattern.format(text), step)


def amount(number: float, unit: str) -> str:
    """Return a number without its unit: points with one decimal, log₂ of a ratio as the ratio, others with 3 digits."""
    base, _ = outcomes.split_unit(unit)
    if base == "log2":
        return "1/∞" if number == -math.inf else formatting.significant(2**number)
    with_a_decimal = unit in ("points", "octaves") and math.isfinite(number)
    return formatting.decimals(number) if with_a_decimal else formatting.significant(number)
