"""Does it grow or shrink with size? What the published study of sizes says about a claim."""

from ontrial.book.atlas.sizes import Trend, trends
from ontrial.judge.units import Unit
from ontrial.report.pages import lookup
from ontrial.report.pages.page import Page
from ontrial.report.wording import formatting, outcomes
from ontrial.report.wording.quantities import Quantity, with_unit

PLACES = 2  # decimal places of slopes


def _trends_of(page: Page, id: str) -> list[Trend]:
    """Return how the effect of a claim changes with size, if a published study measured what the claim is about."""
    published, estimand = page.results.measurements.get("size"), lookup.estimand_of(page, id)
    if published is None or estimand is None:
        return []
    return [trend for trend in trends(published.findings, id) if trend.estimand.metric == estimand.metric]


def sentence(page: Page, id: str) -> str:
    """Return the sentence on how a claim's effect changes with each doubling of a size; "" if nothing is published."""
    say, trends = page.say, _trends_of(page, id)
    if len(trends) > 1 and {trend.change for trend in trends} in ({"same"}, {"unclear"}):
        text = _clause(page, trends[0], say["size over both"])
    else:
        text = say["size and"].join(_clause(page, trend, say[f"size over {trend.axis}"]) for trend in trends)
    return text and text[:1].upper() + text[1:] + "."


def _clause(page: Page, trend: Trend, over: str) -> str:
    """Return how an effect changes along an axis: who is ahead, and by how much more or less with each doubling.

    If the side that is ahead changes, the clause says in whose favour the difference shifts.

    over: Words for each doubling.
    """
    say, effect, change = page.say, trend.slope.effect, trend.change
    unit = Unit(Unit.parse(effect.unit).base)
    if change == "unclear":
        return say["size unclear"].format(over=over)
    if change == "same":
        return say["size same"].format(over=over, margin=Quantity(trend.smallest_slope, unit).as_margin(say))
    sides = dict(zip(("of", "minus"), outcomes.arm_names(trend.estimand, page.texts), strict=True))
    towards = "of" if change == "up" else "minus"
    ahead = trend.leader or towards
    behind = "minus" if ahead == "of" else "of"
    low, high = (effect.low, effect.high) if change == "up" else (-effect.high, -effect.low)
    amount, *ends = (formatting.decimals(value, PLACES) for value in (abs(effect.estimate), low, high))
    verb = "shifts" if not trend.leader else "grows" if ahead == towards else "shrinks"
    return say[f"size {verb}"].format(
        over=over,
        ahead=sides[ahead],
        behind=sides[behind],
        amount=say["size amount"].format(with_unit(say, amount, unit), *ends),
    )
