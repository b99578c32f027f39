"""The evidence for a verdict on a table of runs as SVG: the effect in each context, and the runs of each arm."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from ontrial.errors import legible
from ontrial.judge.units import Unit
from ontrial.report.wording import formatting
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.quantities import Quantity, axis_label
from ontrial_judge.core.verdicts import settings_text

if TYPE_CHECKING:
    from ontrial.judge.tables import Judgement
    from ontrial_judge.core.evidence import Measured
    from ontrial_judge.core.verdicts import Context

WIDTH, MARGIN, ROW = 400, 8, 40  # of the picture; of a context
MOST_DRAWN = 100  # contexts
MOST_DOTS = 500  # of an arm or a context; of more, evenly spaced ones are drawn
NAMED = 48  # characters of a name
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#1c2430}.m{fill:#505a66}.g{stroke:#8a94a0}.b{fill:#8a94a0;opacity:.2}"
    ".d{fill:#505a66;opacity:.45}.u{fill:#1c2430;stroke:#1c2430}.p{fill:#0b6a4f;stroke:#0b6a4f}"
    ".n{fill:#a83209;stroke:#a83209}@media(prefers-color-scheme:dark){text{fill:#f2f2f2}.m,.d{fill:#bac2cd}"
    ".u{fill:#f2f2f2;stroke:#f2f2f2}.p{fill:#4cd3a5;stroke:#4cd3a5}.n{fill:#ff9a70;stroke:#ff9a70}}"
)
# Classes of outcomes that are certain and not about smallness
MARKS = {"positive": "p", "within": "p", "beyond": "n", "reversed": "n", "below": "n"}


def figure(judgements: Sequence[Judgement], say: Phrases) -> str:
    """Return the SVG of a judgement, or of several arms against one; "" if it has too many contexts to read."""
    if sum(len(each.verdict.contexts) for each in judgements) > MOST_DRAWN:
        return ""
    effects = list(_effects(judgements, say))
    height = max(bottom for bottom, _ in effects)
    runs = list(_runs(judgements, height + 30))
    height = max(bottom for bottom, _ in runs)
    parts = "".join(part for _, part in [*effects, *runs])
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img">'
    return f"{head}<style>{STYLE}</style>{parts}</svg>"


def _effects(judgements: Sequence[Judgement], say: Phrases) -> Iterator[tuple[float, str]]:
    """Yield the parts of the chart of effects, each with where it ends.

    A band is about effects below the smallest one of interest, small dots are pairs.
    """
    verdict, question = judgements[0].verdict, judgements[0].question
    smallest, is_one = verdict.smallest_effect or 0.0, len(judgements) == 1
    rows = [
        (
            context
            if is_one
            else replace(context, settings={question.column: each.question.better, **context.settings}),
            dots,
        )
        for each in judgements
        for context, dots in zip(each.verdict.contexts, map(_differences, each.measured), strict=True)
    ]
    numbers = [end for context, _ in rows for end in context.effect.numbers]
    left, right = _range([-smallest, smallest, *numbers, *(value for _, dots in rows for value in dots)])
    bottom = ROW * len(rows) + 6.0

    def x(value: float) -> float:
        return MARGIN + (WIDTH - 2 * MARGIN) * (min(max(value, left), right) - left) / (right - left)

    band = f'<rect class="b" x="{x(-smallest):.1f}" y="18" width="{x(smallest) - x(-smallest):.1f}"'
    yield bottom, f'{band} height="{bottom - 18:.0f}"/><path class="g" d="M{x(0):.1f} 18V{bottom:.0f}"/>'
    for i, (context, dots) in enumerate(rows):
        yield bottom, _effect(context, map(x, dots), ROW * i, x)
    unit = Unit.parse(verdict.unit)
    for tick in _ticks(left, right):
        text = escape(Quantity(tick, unit).tick)
        yield bottom + 16, _text(x(tick), bottom + 14, text, "m", _anchor(x(tick)))
    better, worse = ("lower", "higher")[:: 1 if question.lower_is_better else -1]
    ahead = (question.better, better) if is_one else (question.other, worse)  # of several arms, the other is behind
    arms = [(question.other, better), ahead][:: -1 if question.not_worse else 1]
    sides = [escape(say["side"].format(legible(arm, NAMED // 2), say[side])) for arm, side in arms]
    label = legible(question.metric, NAMED) if verdict.unit == "number" else axis_label(say, unit)
    yield bottom + 34, _text(MARGIN, bottom + 32, f"← {sides[0]}", "m")
    yield bottom + 34, _text(WIDTH - MARGIN, bottom + 32, f"{sides[1]} →", "m", "end")
    yield bottom + 50, _text(WIDTH / 2, bottom + 48, escape(label), "m", "middle")


def _effect(context: Context, dots: Iterable[float], top: float, x: Callable[[float], float]) -> str:
    """Return a row: its name, dots of pairs, the interval and the estimate."""
    y, mark = top + 28, MARKS.get(context.outcome, "u")
    parts = [_text(MARGIN, top + 14, escape(legible(settings_text(context.settings), NAMED)))]
    parts += [f'<circle class="d" cx="{each:.1f}" cy="{y}" r="2"/>' for each in dots]
    estimate, low, high = context.effect.numbers
    if not math.isnan(low + high):
        parts.append(f'<path class="{mark}" stroke-width="2.5" d="M{x(low):.1f} {y}H{x(high):.1f}"/>')
    if not math.isnan(estimate):
        parts.append(f'<circle class="{mark}" cx="{x(estimate):.1f}" cy="{y}" r="4"/>')
    return "".join(parts)


def _runs(judgements: Sequence[Judgement], top: float) -> Iterator[tuple[float, str]]:
    """Yield the parts of the chart of runs, each with where it ends: a row of dots per arm, and a line at its mean."""
    for judgement, each in [(of, each) for of in judgements for each in of.measured]:
        question = judgement.question
        name = legible(settings_text(each.context) or question.metric, NAMED)
        arms = [(side[question.column], _own(each, i)) for i, side in enumerate(each.estimand.arms.values())]
        numbers = [value for _, values in arms for value in values] or [math.nan]
        left, right = _range(numbers)
        scale = 1 / 100 if judgement.shares else 1.0
        ends = [
            formatting.significant(scale * (2**end if each.question.takes_ratio else end))
            for end in (min(numbers), max(numbers))
        ]
        yield top, _text(MARGIN, top, escape(name)) + _text(WIDTH - MARGIN, top, f"{ends[0]} – {ends[1]}", "m", "end")
        for arm, values in sorted(arms, key=lambda pair: pair[0] != question.better):
            top += 18
            *places, mean = (
                WIDTH / 3 + (WIDTH * 2 / 3 - MARGIN) * (value - left) / (right - left)
                for value in (*_some(values), float(np.mean(values or [math.nan])))
            )
            dots = "".join(f'<circle class="d" cx="{place:.1f}" cy="{top - 4:.0f}" r="2.5"/>' for place in places)
            line = f'<path class="u" stroke-width="2" d="M{mean:.1f} {top - 11:.0f}v14"/>' if values else ""
            yield top + 6, _text(MARGIN, top, escape(legible(str(arm), 20)), "m") + dots + line
        top += 26


def _differences(measured: Measured) -> list[float]:
    """Return the finite effects of single pairs; none of runs that share nothing."""
    values = getattr(measured, "numbers", ())
    return _some([value for value in values if math.isfinite(value)])


def _own(measured: Measured, i: int) -> list[float]:
    """Return the finite numbers of an arm, as binary logarithms if effects are factors."""
    numbers = measured.arms[i].columns["number"]
    numbers = np.log2(numbers) if measured.question.takes_ratio else numbers
    return numbers[np.isfinite(numbers)].tolist()


def _some(values: Sequence[float]) -> list[float]:
    return list(values[:: math.ceil(len(values) / MOST_DOTS) or 1])


def _range(values: Iterable[float]) -> tuple[float, float]:
    """Return the ends of an axis, with some room.

    >>> _range([0.0, 1.0, math.inf])
    (-0.04, 1.04)
    """
    known = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(known), max(known)
    room = 0.04 * (high - low) or abs(low) / 10 or 1.0
    return low - room, high + room


def _ticks(low: float, high: float) -> list[float]:
    """Return the ticks of an axis: three to six multiples of 1, 2 or 5 times a power of ten.

    >>> _ticks(-0.7, 2.6)
    [0.0, 1.0, 2.0]
    """
    power = 10.0 ** math.floor(math.log10((high - low) / 2))
    step = next(step for step in (power, 2 * power, 5 * power, 10 * power) if (high - low) / step <= 6)
    return [round(step * i, 12) for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _anchor(x: float) -> str:
    return "start" if x < 24 else "end" if x > WIDTH - 24 else "middle"


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'
