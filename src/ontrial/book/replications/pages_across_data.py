"""The estimates in a setting of a claim on each data set on which the same test was made."""

import math
import statistics
from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

from ontrial.book.replications import pages_agreement as elsewhere
from ontrial.judge.records import Context, Effect, Outcome
from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup
from ontrial.report.pages.claims import sentences, verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import wide_table
from ontrial.report.summaries.replications import SETTINGS
from ontrial.report.wording import formatting

DATA = SETTINGS[0]


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


def _findings(page: Page, id: str, context: Context) -> list[Found]:
    """Return the findings of this study and of the replications in a setting of a claim."""
    here = lookup.verdict_on(page, id)
    twins = [(each, elsewhere.twin_of(here, context, each.verdict)) for each in elsewhere.replications(page, id)]
    return [
        Found(page.say["across here"], DATA, context, is_here=True),
        *(Found(each.name, each.setting, twin) for each, twin in twins if twin),
    ]


def _effects_on_data(page: Page, id: str, settings: Mapping[str, str | float]) -> dict[str, Effect]:
    """Return the effects with a finite estimate in a claim's setting by data set, this study's first.

    The result is empty without replications, and if not exactly one setting of the claim matches.
    """
    matching = lookup.verdict_on(page, id).matching(dict(settings))
    if len(matching) != 1 or not elsewhere.replications(page, id):
        return {}
    effects = {each.name: each.context.effect for each in _findings(page, id, matching[0]) if each.setting == DATA}
    return {name: effect for name, effect in effects.items() if math.isfinite(effect.estimate)}


def on_data(page: Page, id: str, **settings: str | float) -> list[Outcome]:
    """Return the outcome in a claim's setting on each data set, this study's first; nothing without replications."""
    matching = lookup.verdict_on(page, id).matching(dict(settings))
    if len(matching) != 1 or not elsewhere.replications(page, id):
        return []
    return [each.context.outcome for each in _findings(page, id, matching[0]) if each.setting == DATA]


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
