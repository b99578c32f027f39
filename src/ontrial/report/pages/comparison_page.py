"""What changed between two results folders, as one HTML page that needs no other file and sends no request."""

import math
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import jinja2

from ontrial.errors import legible
from ontrial.judge.verdicts import INTERVAL_KEYS
from ontrial.report.pages import comparison
from ontrial.report.site import csp
from ontrial.report.summaries.comparison import Change, Context, Entry
from ontrial.report.wording import formatting

WIDTH = 640  # of a drawing
ROWS = {"before": 26, "after": 56}  # side → height of its row in a drawing
TICKS = 5  # about as many are on an axis


def page(studies: tuple[str, str], judged: list[Change], timed: list[Change]) -> str:
    """Return the HTML of the page. The arguments are those of `comparison.summary`, without the seconds of jobs."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    folder = files("ontrial.report.pages")
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
                "verdicts": {side: getattr(change, side) and getattr(change, side)["verdict"] for side in ROWS},
                "standing": change.standing,
                "contexts": [context_facts(change, context) for context in moved],
                "unmoved": len(change.contexts) - len(moved),
            }


def context_facts(change: Change, context: Context) -> dict[str, Any]:
    """Return what the page shows of a context that moved."""
    sides = {"before": context.before, "after": context.after}
    return {
        "settings": legible(context.settings, 500),
        "outcomes": {side: entry and entry["outcome"] for side, entry in sides.items()},
        "effects": {side: comparison.effect(entry) for side, entry in sides.items()},
        "shift": comparison.shift(change, context),
        "drawing": drawing(sides, change.smallest_effect),
    }


def drawing(sides: Mapping[str, Entry | None], smallest_effect: float | None) -> dict[str, Any] | None:
    """Return the positions of what is drawn: intervals, the band of negligible effects, ticks. None for readings.

    An end without a bound goes to the edge of the drawing.
    """
    ends = {side: interval(entry) for side, entry in sides.items() if entry}
    finite = [end for three in ends.values() for end in three if math.isfinite(end)]
    if smallest_effect is None or not any(map(len, ends.values())):
        return None
    finite += [-1.4 * smallest_effect, 1.4 * smallest_effect]
    margin = 0.06 * (max(finite) - min(finite))
    left, right = min(finite) - margin, max(finite) + margin

    def position(value: float) -> float:
        return round(WIDTH * (min(max(value, left), right) - left) / (right - left), 1)

    unit = next(entry["unit"] for entry in sides.values() if entry)
    return {
        "band": (position(-smallest_effect), position(smallest_effect)),
        "zero": position(0),
        "intervals": {
            side: {
                "line": (position(low), position(high)),
                "estimate": position(estimate) if math.isfinite(estimate) else None,
                "unbounded": [end for end, value in (("left", low), ("right", high)) if math.isinf(value)],
            }
            for side, (estimate, low, high) in ((side, three) for side, three in ends.items() if three)
        },
        "ticks": [(position(tick), tick_label(tick, unit)) for tick in ticks(left, right)],
        "unit": "factor" if unit == "log2" else legible(unit, 20),
    }


def interval(entry: Entry) -> tuple[float, ...]:
    """Return estimate and ends of the interval of a context, ±∞ where there is no bound; () for a reading."""
    estimate, low, high = (entry[key] for key in INTERVAL_KEYS)
    if not entry["censored"] and None in (estimate, low, high):
        return ()
    return (
        math.nan if estimate is None else estimate,
        -math.inf if low is None else low,
        math.inf if high is None else high,
    )


def ticks(left: float, right: float) -> list[float]:
    """Return round numbers between two others, a few."""
    power = 10.0 ** math.floor(math.log10((right - left) / TICKS))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor * TICKS >= right - left)
    return [step * i for i in range(math.ceil(left / step), math.floor(right / step) + 1)]


def tick_label(tick: float, unit: str) -> str:
    """Return the label of a tick, a factor for the binary logarithm of one."""
    return formatting.factor(2**tick) if unit == "log2" else f"{formatting.signed(f'{tick:.6g}')}"
