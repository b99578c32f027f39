"""Write estimates with their intervals in words, for sentences and cells of tables."""

import math
from dataclasses import replace
from typing import Any

from ontrial.judge.units import Unit
from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup
from ontrial.report.pages.page import Page
from ontrial.report.wording import formatting, outcomes
from ontrial.report.wording.quantities import Quantity, with_unit
from ontrial_judge.core.statistics import ALPHA, Claimed
from ontrial_judge.core.verdicts import Context, Effect, Verdict

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
    and called opposite, unless it hardly differs from 1 or the claim has no direction. Shares of failures come with the
    numbers behind them, and of an infinite estimate the words give the end of the interval that is certain.

    after_finding: Whether the text follows the finding, which names the direction if that is certain.
    """
    if context.n == 0:
        return no_value(page, verdict.claim)
    text = _sized(page, verdict, context, after_finding)
    margin = outcomes.unknown_margin(page.say, context)
    if not margin:
        return text
    level = outcomes.level_of(page.say, is_narrow=True)
    return page.say["interval unknown"].format(effect=text, level=level, margin=margin)


def _sized(page: Page, verdict: Verdict, context: Context, after_finding: bool) -> str:
    effect, unit = _shown(context), Unit.parse(context.effect.unit)
    if value := value_of_arm(page, verdict, effect):
        return _with_interval(page, _value_text(page, Quantity(value.estimate, unit)), value)
    if context.counts_failures:
        return _with_failures(page, verdict, context)
    is_tiny = abs(effect.estimate) < TINY * verdict.smallest_effect
    if is_tiny and not (unit.is_factor and math.isfinite(effect.low) and math.isfinite(effect.high)):
        text = with_unit(page.say, page.say["about"].format("1" if unit.is_factor else "0"), unit)
        return _with_interval(page, text, effect)
    if context.zeros and not math.isfinite(effect.estimate):
        return _with_interval(page, _at_the_floor(page, context), effect)
    if unit.is_factor and effect.estimate < 0 and not is_tiny and claimed(page, verdict.claim) is Claimed.MORE:
        is_said = after_finding and outcomes.direction_of(effect, verdict.smallest_effect) == "opposite"
        return _inverted(page, effect, is_said)
    return _at_least(page, effect, "{}") or _with_interval(page, _text_of(page, effect), effect)


def _shown(context: Context) -> Effect:
    """Return the effect of a context with the interval that decided, and the level that this has over all looks."""
    return replace(context.shown, level=1 - (2 if context.deciding else 1) * ALPHA)


def _with_failures(page: Page, verdict: Verdict, context: Context) -> str:
    """Return the difference of two shares of failures, with its interval and the number of failures of each arm."""
    effect, estimand = _shown(context), lookup.estimand_of(page, verdict.claim)
    text = Quantity.of(effect.estimate, effect.unit).in_sentence(page.say)
    if not estimand or len(estimand.arms) < 2:
        return _with_interval(page, text, effect)
    n, names = formatting.count(context.n), outcomes.arm_names(estimand, page.texts, context.settings)
    arms = [
        page.say["failures of arm" if name else "failures of other"].format(
            failed=formatting.count(failed), n=n, arm=name
        )
        for failed, name in zip(context.failed, names, strict=True)
    ]
    low, high = outcomes.ends(effect)
    named = {"low": low, "high": high, "level": _level(page, effect), "arms": Markdown(", ").join(arms)}
    return page.say["interval of failures"].format(effect=text, **named)


def _at_the_floor(page: Page, context: Context) -> str:
    """Return how many values of each arm are exactly 0, in place of a factor that they do not have."""
    text = page.say["effect without a value" if math.isnan(context.effect.estimate) else "effect zero"]
    first, second = map(formatting.count, context.zeros)
    return page.say["zeros"].format(text, first=first, second=second, n=formatting.count(context.n))


def _value_text(page: Page, value: Quantity) -> str:
    """Return the value of an arm in words, with the reason if it is infinite."""
    text = value.in_sentence(page.say)
    if math.isnan(value.value):
        return text
    return page.say["value never" if math.isinf(value.value) else "effect measured"].format(text)


def _inverted(page: Page, effect: Effect, is_said: bool) -> str:
    """Return the inverse of a ratio below 1, with its interval.

    is_said: Whether the text before already names the direction.
    """
    inverse = replace(effect, estimate=-effect.estimate, low=-effect.high, high=-effect.low)
    pattern = "{}" if is_said else page.say["effect opposite"]
    if text := _at_least(page, inverse, pattern):
        return text
    high = Quantity.of(effect.high, effect.unit)
    start = page.say["end claimed"].format(high.number) if effect.high > 0 else None
    return _with_interval(page, _text_of(page, inverse, pattern), inverse, start)


def _at_least(page: Page, effect: Effect, pattern: str) -> str:
    """Return the lower end of an interval, which the length of training proves; "" unless the estimate is infinite.

    pattern: Pattern that says the direction.
    """
    if not (effect.estimate == math.inf and 0 < effect.low < math.inf):
        return ""
    low = Quantity.of(effect.low, effect.unit).in_sentence(page.say)
    return page.say["effect at least"].format(pattern.format(low))


def _text_of(page: Page, effect: Effect, pattern: str = "{}") -> str:
    """Return the text of an estimate, with the reason if it is infinite.

    pattern: Pattern that says the direction.
    """
    text = pattern.format(Quantity.of(effect.estimate, effect.unit).in_sentence(page.say))
    return page.say["effect never"].format(text) if math.isinf(effect.estimate) else text


def _with_interval(page: Page, text: str, effect: Effect, start: str | None = None) -> str:
    """Return the text of an estimate with its interval.

    start: Text of the lower end, in place of its number.
    """
    if math.isinf(effect.low) and effect.low == effect.high:
        return text
    phrase = page.say[INTERVALS[math.isfinite(effect.low), math.isfinite(effect.high)]]
    low, high = outcomes.ends(effect)
    return phrase.format(effect=text, low=start or low, high=high, level=_level(page, effect))


def _level(page: Page, effect: Effect) -> str:
    return outcomes.level_of(page.say, is_narrow=effect.level < 1 - ALPHA)


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


def no_value(page: Page, id: str) -> str:
    """Return the reason why a context of a claim has no numbers."""
    return page.say["no plateau" if is_rate_free(page, id) else "off the grid"]


def is_rate_free(page: Page, id: str) -> bool:
    """Return whether a claim is about distances or limits, which a seed may lack."""
    estimand = lookup.estimand_of(page, id)
    return estimand is not None and not estimand.is_cost and estimand.measure.scales_with_loss


def claimed(page: Page, id: str) -> Claimed:
    """Return the form of a claim on effects: more, if only a published study tests it."""
    estimand = lookup.estimand_of(page, id)
    return estimand.claimed if estimand else Claimed.MORE


def value_of_arm(page: Page, verdict: Verdict, effect: Effect) -> Effect | None:
    """Return the value and interval of an arm that is compared with a number other than 0; None without such an arm."""
    estimand = lookup.estimand_of(page, verdict.claim)
    if not estimand or estimand.form != "difference":
        return None
    of, minus = estimand.sides.values()
    if of and not isinstance(of, dict):
        return replace(effect, estimate=of - effect.estimate, low=of - effect.high, high=of - effect.low)
    if minus and not isinstance(minus, dict):
        return replace(effect, estimate=minus + effect.estimate, low=minus + effect.low, high=minus + effect.high)
    return None
