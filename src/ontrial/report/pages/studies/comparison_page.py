"""Changes between two folders of results, as an HTML page that needs no other file and sends no request."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jinja2

from ontrial.errors import legible
from ontrial.judge.records import Case, Conclusion, Context, Effect, Verdict
from ontrial.judge.units import Unit
from ontrial.report.pages.studies import comparison
from ontrial.report.site import csp
from ontrial.report.summaries.comparison import Change, Pair
from ontrial.report.wording.quantities import Quantity

WIDTH = 640  # width of a drawing
ROWS = {"before": 26, "after": 56}  # height of each side's row in a drawing
TICKS = 5  # approximate number of ticks on an axis


def page(studies: tuple[str, str], judged: list[Change], timed: list[Change]) -> str:
    """Return the HTML of the page, given arguments of `comparison.summary`."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    folder = files("ontrial.report.pages.studies")
    style = folder.joinpath("comparison.css").read_text(encoding="utf-8")
    template = environment.from_string(folder.joinpath("comparison.html").read_text(encoding="utf-8"))
    return template.render(
        title=comparison.title(studies),
        headline=comparison.headline(judged).replace("**", ""),
        claims=list(claims(judged)),
        timed=list(claims(timed)),
        style=style,
        style_source=csp.hash_source(style),
        width=WIDTH,
        rows=ROWS,
    )


def claims(changes: list[Change]) -> Iterator[dict[str, Any]]:
    """Yield the page's values for each claim that moved. Claims whose verdict changed come first."""
    for change in sorted(changes, key=lambda change: not change.moved):
        moved = [context for context in change.contexts if context.moved]
        if change.moved or moved:
            moved.sort(key=lambda context: (not context.outcome_moved, -comparison.distance(change, context)))
            yield {
                "id": legible(change.id, 200),
                "verdicts": {"before": conclusion(change.before), "after": conclusion(change.after)},
                "standing": change.standing,
                "contexts": [context_facts(change, context) for context in moved],
                "unmoved": len(change.contexts) - len(moved),
            }


def conclusion(verdict: Verdict | None) -> Conclusion | None:
    """Return the conclusion of a verdict; None without one."""
    return verdict.conclusion if verdict else None


def context_facts(change: Change, context: Pair) -> dict[str, Any]:
    """Return the page's values for a context that moved."""
    sides: dict[str, Case | None] = {"before": context.before, "after": context.after}
    return {
        "settings": legible(context.settings, 500),
        "outcomes": {side: case and case.outcome for side, case in sides.items()},
        "effects": {side: comparison.effect(case) for side, case in sides.items()},
        "shift": comparison.shift(change, context),
        "drawing": drawing(sides, change.smallest_effect_in(context)),
    }


def drawing(sides: Mapping[str, Case | None], smallest_effect: float) -> dict[str, Any] | None:
    """Return the positions of intervals, ticks and the band of negligible effects in a drawing; None for readings.

    An unbounded interval ends at the edge of the drawing.
    """
    effects = {side: case.effect for side, case in sides.items() if isinstance(case, Context)}
    if not effects:
        return None
    ends = {side: interval(effect) for side, effect in effects.items()}
    finite = [end for three in ends.values() for end in three if math.isfinite(end)]
    finite += [-1.4 * smallest_effect, 1.4 * smallest_effect]
    margin = 0.06 * (max(finite) - min(finite))
    left, right = min(finite) - margin, max(finite) + margin

    def position(value: float) -> float:
        return round(WIDTH * (min(max(value, left), right) - left) / (right - left), 1)

    unit = Unit.parse(next(iter(effects.values())).unit)
    return {
        "band": (position(-smallest_effect), position(smallest_effect)),
        "zero": position(0),
        "intervals": {
            side: {
                "line": (position(low), position(high)),
                "estimate": position(estimate) if math.isfinite(estimate) else None,
                "unbounded": [end for end, value in (("left", low), ("right", high)) if math.isinf(value)],
            }
            for side, (estimate, low, high) in ends.items()
        },
        "ticks": [(position(tick), Quantity(tick, unit).tick) for tick in ticks(left, right)],
        "unit": legible(str(replace(unit, base="factor") if unit.is_factor else unit), 20),
    }


def interval(effect: Effect) -> tuple[float, float, float]:
    """Return an estimate and the ends of its interval, which are ±∞ if undefined."""
    low, high = effect.low, effect.high
    return effect.estimate, -math.inf if math.isnan(low) else low, math.inf if math.isnan(high) else high


def ticks(left: float, right: float) -> list[float]:
    """Return a few round numbers between two others."""
    power = 10.0 ** math.floor(math.log10((right - left) / TICKS))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor * TICKS >= right - left)
    return [step * i for i in range(math.ceil(left / step), math.floor(right / step) + 1)]
