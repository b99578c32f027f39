"""What changed between two results folders, as one HTML page that needs no other file and sends no request."""

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

WIDTH = 640  # of a drawing
ROWS = {"before": 26, "after": 56}  # side → height of its row in a drawing
TICKS = 5  # about as many are on an axis


def page(studies: tuple[str, str], judged: list[Change], timed: list[Change]) -> str:
    """Return the HTML of the page. The arguments are those of `comparison.summary`, without the seconds of jobs."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    folder = files("ontrial.report.pages.studies")
    style = folder.joinpath("comparison.css").read_text(encoding="utf-8")
    template = environment.from_string(folder.joinpath("comparison.html").read_text(encoding="utf-8"))
    return template.render(
        title=comparison.title(studies),
        headline=comparison.headline(judged).strip("*"),
        claims=list(claims(judged)),
        timed=list(claims(timed)),
        style=style,
        style_source=csp.hash_source(style),
        width=WIDTH,
        rows=ROWS,
    )


def claims(changes: list[Change]) -> Iterator[dict[str, Any]]:
    """Yield what the page shows of each claim of which anything moved. Claims with another verdict come first."""
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
    """Return what a verdict concludes; None without one."""
    return verdict.conclusion if verdict else None


def context_facts(change: Change, context: Pair) -> dict[str, Any]:
    """Return what the page shows of a context that moved."""
    sides: dict[str, Case | None] = {"before": context.before, "after": context.after}
    return {
        "settings": legible(context.settings, 500),
        "outcomes": {side: case and case.outcome for side, case in sides.items()},
        "effects": {side: comparison.effect(case) for side, case in sides.items()},
        "shift": comparison.shift(change, context),
        "drawing": drawing(sides, change.smallest_effect),
    }


def drawing(sides: Mapping[str, Case | None], smallest_effect: float) -> dict[str, Any] | None:
    """Return the positions of what is drawn: intervals, the band of negligible effects, ticks. None for readings.

    An end without a bound goes to the edge of the drawing.
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
    """Return an estimate and the ends of its interval, ±∞ where an end is undefined."""
    low, high = effect.low, effect.high
    return effect.estimate, -math.inf if math.isnan(low) else low, math.inf if math.isnan(high) else high


def ticks(left: float, right: float) -> list[float]:
    """Return round numbers between two others, a few."""
    power = 10.0 ** math.floor(math.log10((right - left) / TICKS))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor * TICKS >= right - left)
    return [step * i for i in range(math.ceil(left / step), math.floor(right / step) + 1)]
