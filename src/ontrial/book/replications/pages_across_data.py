"""Each setting of a claim over all studies that made the same test: a strip of estimates, their range and mean."""

import math
import statistics
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from ontrial.book.replications import pages_agreement as elsewhere
from ontrial.book.replications import random_effects
from ontrial.judge.records import Context, Effect, Outcome, Verdict
from ontrial.judge.units import Unit
from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup
from ontrial.report.pages.claims import sentences, verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import markdown, wide_table
from ontrial.report.summaries.replications import SETTINGS
from ontrial.report.wording import formatting
from ontrial.report.wording.quantities import Quantity, axis_label, with_unit

DATA = SETTINGS[0]
ROOM = 0.3  # beyond the outermost mark of an axis, in its units
LEAST = 1.6  # of an axis to either side


class Found(NamedTuple):
    """The finding of a study in a setting of a claim.

    name: Name of the study.
    setting: Setting in which it differs from this study, which itself counts among the data sets.
    context: Estimate and outcome.
    is_here: Whether it is this study.
    """

    name: str
    setting: str
    context: Context
    is_here: bool = False


class Axis(NamedTuple):
    """An axis of effects in multiples of the smallest effect of interest, linear up to it and logarithmic beyond."""

    left: float
    right: float

    @classmethod
    def of(cls, multiples: Iterable[float]) -> "Axis":
        """Return an axis that shows all finite multiples."""
        places = [_stretched(multiple) for multiple in multiples if math.isfinite(multiple)]
        return cls(
            min([*(place - ROOM for place in places), -LEAST]), max([*(place + ROOM for place in places), LEAST])
        )

    def percent(self, multiple: float) -> str:
        """Return the place of a multiple in per cent of the axis. Those outside are put at its ends."""
        place = min(max(_stretched(multiple), self.left), self.right)
        return f"{100 * (place - self.left) / (self.right - self.left):.1f}"

    @property
    def ticks(self) -> list[float]:
        """Multiples at the ticks of the axis: 0, ±1, ±10, …"""
        powers = [10.0**power for power in range(math.ceil(max(-self.left, self.right)))]
        both = [*(-power for power in powers[::-1]), 0.0, *powers]
        return [multiple for multiple in both if self.left < _stretched(multiple) < self.right]


def _stretched(multiple: float) -> float:
    """Return the place of a multiple, in units of the linear part or of a power of ten."""
    size = abs(multiple)
    return math.copysign(size if size <= 1 else 1 + math.log10(size), multiple)


def _multiple(verdict: Verdict, context: Context) -> float:
    """Return the estimate in a context of a claim in multiples of the smallest effect of interest there."""
    return context.effect.estimate / verdict.smallest_effect_in(context)


def _findings(page: Page, id: str, context: Context) -> list[Found]:
    """Return the findings of this study and of the replications in a setting of a claim."""
    here = lookup.verdict_on(page, id)
    twins = [(each, elsewhere.twin_of(here, context, each.verdict)) for each in elsewhere.replications(page, id)]
    return [
        Found(page.say["across here"], DATA, context, is_here=True),
        *(Found(each.name, each.setting, twin) for each, twin in twins if twin),
    ]


def table(page: Page, id: str) -> str:
    """Return a row per setting of a replicated claim: a strip of estimates, and their range and mean over data sets.

    The text is "" without replications.
    """
    if not elsewhere.replications(page, id):
        return ""
    verdict = lookup.verdict_on(page, id)
    rows = [_findings(page, id, context) for context in verdict.contexts]
    axis = Axis.of(_multiple(verdict, each.context) for found in rows for each in found)
    heads = [
        page.say["setting"],
        _axis_head(page, id, axis, _scales(verdict, rows)),
        *(page.say[f"across {head}"] for head in ("range", "mean")),
    ]
    cells = []
    for context, found in zip(verdict.contexts, rows, strict=True):
        effects = [each.context.effect for each in found if each.setting == DATA]
        numbers = (_range_text(page, effects), _mean_text(page, id, effects))
        cells.append((lookup.label(page, id, context), _strip(page, id, axis, found), *numbers))
    return html("box", name="across", blocks=[markdown(heads, cells)])


def _range_text(page: Page, effects: Iterable[Effect]) -> str:
    """Return the smallest and the largest of some estimates, such as "0.3 to 4.4 points"."""
    known = [effect for effect in random_effects.in_one_unit(effects) if not math.isnan(effect.estimate)]
    if not known:
        return formatting.NO_VALUE
    ends = [min(known, key=lambda effect: effect.estimate), max(known, key=lambda effect: effect.estimate)]
    texts = dict.fromkeys(Quantity.of(effect.estimate, effect.unit).number for effect in ends)
    text = page.say["range"].format(*texts) if len(texts) > 1 else next(iter(texts))
    return with_unit(page.say, text, Unit.parse(known[0].unit), "short")


def _mean_text(page: Page, id: str, effects: Sequence[Effect]) -> str:
    """Return the mean effect and its prediction interval, such as "1.9 points (−3.3 to 7.4)".

    The text also says how many effects have a finite interval, if not all have. A dash stands for too few.
    """
    found, used = random_effects.describe_effects(effects, lookup.estimand_of(page, id)), random_effects.usable(effects)
    text = formatting.NO_VALUE
    if found:
        mean, low, high = (Quantity.of(number, used[0].unit) for number in found)
        text = f"{mean.in_cell(page.say)} ({page.say['range'].format(low.number, high.number)})"
    if len(used) == len(effects):
        return text
    return page.say["across some"].format(text=text, used=len(used), n=len(effects))


def _scales(verdict: Verdict, rows: Iterable[Sequence[Found]]) -> dict[str, float]:
    """Return the smallest effect of interest in the unit of a verdict, and in that of effects which count failures."""
    contexts = [each.context for found in rows for each in found if not math.isnan(each.context.effect.estimate)]
    found = {context.effect.unit: verdict.smallest_effect_in(context) for context in contexts}
    return {verdict.unit: verdict.smallest_effect} | found


def _axis_head(page: Page, id: str, axis: Axis, smallest: Mapping[str, float]) -> str:
    """Return the axis of all strips in each unit of the effects: its name and the ticks where an effect can be.

    smallest: Smallest effect of interest by unit.
    """
    parts = []
    for unit, size in smallest.items():
        low, high = random_effects.possible(lookup.estimand_of(page, id), unit)
        ticks = [
            (axis.percent(each), Quantity.of(each * size, unit).tick)
            for each in axis.ticks
            if low <= each * size <= high
        ]
        parts += [axis_label(page.texts, Unit.parse(unit)), html("strip_axis", ticks=ticks)]
    return Markdown(" ").join(parts)


def _strip(page: Page, id: str, axis: Axis, found: Sequence[Found]) -> str:
    """Return a drawing of the estimates in a setting, in a lane each for data sets, optimisers and shapes.

    A bar in the lane of the data sets is the prediction interval, with the mean.
    """
    verdict = lookup.verdict_on(page, id)
    lanes = {
        setting: [
            {
                "x": axis.percent(_multiple(verdict, each.context)),
                "is_here": each.is_here,
                "is_open": each.context.outcome is Outcome.UNDECIDED,
                "text": page.say["across mark"].format(
                    name=each.name, effect=elsewhere.short_effect(page, each.context)
                ),
            }
            for each in found
            if each.setting == setting and not math.isnan(each.context.effect.estimate)
        ]
        for setting in dict.fromkeys(each.setting for each in found)
    }
    on_data = [each.context for each in found if each.setting == DATA]
    used = random_effects.usable(context.effect for context in on_data)
    smallest = next((verdict.smallest_effect_in(context) for context in on_data if context.effect in used), math.nan)
    ends = random_effects.describe_effects(used, lookup.estimand_of(page, id))
    bar = ends and [axis.percent(number / smallest) for number in ends]
    band = [axis.percent(multiple) for multiple in (-1, 0, 1)]
    return html("strip", band=band, bar=bar, lanes=lanes)


def _effects_on_data(page: Page, id: str, settings: Mapping[str, str | float]) -> dict[str, Effect]:
    """Return the effects with a finite estimate in a claim's setting by data set, this study's first.

    The result is empty without replications, and if not exactly one setting of the claim matches.
    """
    matching = lookup.verdict_on(page, id).matching(dict(settings))
    if len(matching) != 1 or not elsewhere.replications(page, id):
        return {}
    effects = {each.name: each.context.effect for each in _findings(page, id, matching[0]) if each.setting == DATA}
    return {name: effect for name, effect in effects.items() if math.isfinite(effect.estimate)}


def on_data(page: Page, id: str, **settings: str | float) -> list[float]:
    """Return the estimates in a claim's setting on each data set, in the most common unit, if it has replications."""
    return [effect.estimate for effect in random_effects.in_one_unit(_effects_on_data(page, id, settings).values())]


def moves(
    page: Page, id: str, of: Mapping[str, str | float], minus: Mapping[str, str | float]
) -> dict[str, float] | None:
    """Return by how much the estimates in two settings of a claim differ: the least, median and most over data sets.

    Data sets on which one of them counts failures are left out. The result is None if none is left.
    """
    effects, others = _effects_on_data(page, id, of), _effects_on_data(page, id, minus)
    pairs = [(effects[name], others[name]) for name in effects.keys() & others]
    distances = [abs(effect.estimate - other.estimate) for effect, other in pairs if effect.unit == other.unit]
    if not distances:
        return None
    return {"least": min(distances), "median": statistics.median(distances), "most": max(distances)}


def estimates_on_data(page: Page, id: str, *settings: Mapping[str, str | float]) -> str:
    """Return a row per data set with the estimates in some settings of a claim; "" without replications.

    settings: Settings of each column. Those that match not exactly one setting of the claim are left out.
    """
    if not elsewhere.replications(page, id):
        return ""
    matching = [lookup.verdict_on(page, id).matching(dict(each)) for each in settings]
    columns = [_findings(page, id, found[0]) for found in matching if len(found) == 1]
    return _estimates_table(page, id, columns, {DATA})


def every_estimate(page: Page, id: str) -> str:
    """Return a row per study with its estimate, interval and outcome in each setting of a replicated claim."""
    columns = [_findings(page, id, context) for context in lookup.verdict_on(page, id).contexts]
    return _estimates_table(page, id, columns, SETTINGS)


def _estimates_table(page: Page, id: str, columns: Sequence[Sequence[Found]], differing: Container[str]) -> str:
    """Return a row per study that differs in one of these settings, with what it found in each column."""
    names = dict.fromkeys(each.name for found in columns for each in found if each.setting in differing)
    cells = [{each.name: _estimate_cell(page, id, each.context) for each in found} for found in columns]
    rows = [(name, *(column.get(name, formatting.NO_VALUE) for column in cells)) for name in names]
    labels = [lookup.label(page, id, found[0].context) or page.say["estimate"] for found in columns]
    return wide_table((page.say["across study"], *labels), rows)


def _estimate_cell(page: Page, id: str, context: Context) -> str:
    """Return the sign of an outcome, and the estimate with its interval."""
    sign = html(
        "sign",
        verdict=verdicts.class_name(context.outcome),
        sign=verdicts.SIGNS[context.outcome],
        text=sentences.finding_of(page, lookup.verdict_on(page, id), context),
    )
    return Markdown("{} {}").format(sign, elsewhere.short_effect(page, context))
