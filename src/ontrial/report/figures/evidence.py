"""The evidence for a verdict: a claim's estimate in every context, and the results of fewer seeds."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ontrial.judge import measurements
from ontrial.judge.estimands import Estimand
from ontrial.judge.units import Unit
from ontrial.report.figures.axes import LINE, NOTE, effect_ticks, figure_without_layout, note, text_width, wrapped
from ontrial.report.figures.formats import by_width
from ontrial.report.summaries.evidence import FAR, far_out, reaches, rows_of
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import labels, outcomes
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.quantities import Quantity, axis_label
from ontrial.report.wording.styles import FILL, MUTED, PAPER, style_of
from ontrial_judge.core.decisions import decide_context
from ontrial_judge.core.statistics import FAILURES
from ontrial_judge.core.verdicts import Context, Kind, Outcome, Verdict

GAP = 0.14  # inches between the columns
FOOT = 0.6  # inches below each chart
EFFECT = ["estimate", "low", "high"]


class ColumnWidths(NamedTuple):
    """Widths in inches of labels, chart and outcomes. With a width of 0, outcomes are under the labels."""

    labels: float
    chart: float
    outcomes: float


def _columns(width: float) -> ColumnWidths:
    names, outcomes = by_width(width, (1.72, 0.0), (2.75, 1.45))
    return ColumnWidths(names, width - names - outcomes - (3 if outcomes else 2) * GAP, outcomes)


class Panel(NamedTuple):
    """A chart of the contexts of a claim whose effects have the same unit.

    rows: Positions of the contexts in the verdict.
    smallest: Smallest effect of interest.
    unit: Unit of the effects.
    limits: Ends of the axis.
    sides: Lines of text on what an effect to the left and to the right means.
    label: Label of the axis.
    """

    rows: list[int]
    smallest: float
    unit: Unit
    limits: tuple[float, float]
    sides: list[list[str]]
    label: str

    @property
    def head(self) -> float:
        """The height of the texts above the chart, in inches."""
        return LINE * max(map(len, self.sides)) + 0.14


def evidence(results: Findings, words: Phrases, width: float, claim: str) -> tuple[Figure, pd.DataFrame]:
    """Draw the estimate, interval, seeds and outcome of a few contexts, and the band of effects too small to matter.

    The table has every context. An arrow stands for an interval without an end, and for an effect so large that it
    would flatten the others. Contexts that count failures are in a chart of their own.

    claim: Id of a measured or timed claim, of the study or of the published atlas.
    """
    results = results.on(claim)
    verdict, estimand = results.verdicts[claim], _estimand_of(results, claim)
    table, rows, numbers = _table_of(verdict), rows_of(verdict), _deciding_numbers(results, claim)
    shown, contexts = [verdict.contexts[i] for i in rows], table.loc[rows].reset_index(drop=True)
    names = [labels.context(context.settings, words, estimand) for context in shown]
    seeds = [numbers[i] for i in rows] if numbers else []
    room = _columns(width)
    panels = _panels_of(contexts, seeds, estimand, words, room)

    texts = [wrapped(name, room.labels) for name in names]
    findings = [
        wrapped(words[context["outcome"]].format(margin), room.outcomes or room.labels)
        for _, context in contexts.iterrows()
        for margin in [Quantity.of(context["smallest_effect"], context["unit"]).in_figure(words)]
    ]
    lines = [
        max(len(text), len(finding), 2) if room.outcomes else len(text) + len(finding)
        for text, finding in zip(texts, findings, strict=True)
    ]
    row_height = LINE * max(lines) + 0.14
    is_narrow = any(each.deciding for each in shown)
    notes = [words["note interval levels" if is_narrow else "note interval lines"]]
    notes += [words["note hollow"]] if contexts["on_edge"].any() else []
    height = sum(panel.head + FOOT for panel in panels) + row_height * len(contexts) + NOTE + LINE * (len(notes) - 1)
    figure = figure_without_layout(height, width)
    top = height  # of the next panel
    for panel in panels:
        _draw_panel(figure, panel, room, top, row_height)
        axes = figure.axes[-1]
        top -= panel.head
        for y, row in enumerate(panel.rows):
            context = contexts.loc[row]
            _draw_context(axes, y, context, panel.limits)
            _draw_seeds(axes, y, context, seeds[row] if seeds else np.array([]), panel.limits)
            if y:
                figure.add_artist(Line2D([0, 1], [top / height] * 2, color=FILL, linewidth=1))
            _write_row(figure, room, (top - row_height / 2) / height, texts[row], findings[row], context["outcome"])
            top -= row_height
        top -= FOOT
    note(figure, "\n".join(notes))
    return figure, table


def _panel_texts(estimand: Estimand, words: Phrases, unit: str) -> tuple[str, str, str]:
    """Return what an effect to the left and to the right means in a panel of effects with a unit, and its label."""
    if unit == FAILURES:
        return *outcomes.failure_sides(estimand, words), axis_label(words, Unit(unit))
    return *outcomes.sides(estimand, words), outcomes.effect_axis_label(words, estimand)


def _table_of(verdict: Verdict) -> pd.DataFrame:
    """Return a row for each context: its settings, outcome and effect."""
    contexts = pd.DataFrame([_row_of(verdict, context) for context in verdict.contexts])
    settings = list(verdict.contexts[0].settings)
    return contexts[[*settings, "outcome", *EFFECT, "level", "n", "look", "unit", "on_edge", "smallest_effect"]]


def _row_of(verdict: Verdict, context: Context) -> dict[str, Any]:
    shown = {name: getattr(context, name) for name in ("outcome", "n", "look", "on_edge")}
    return {
        **context.settings,
        **shown,
        **vars(context.shown),
        "smallest_effect": verdict.smallest_effect_in(context),
    }


def _panels_of(
    contexts: pd.DataFrame, seeds: Sequence[np.ndarray], estimand: Estimand, words: Phrases, room: ColumnWidths
) -> list[Panel]:
    """Return the panels of a chart of evidence: the contexts in the unit of the claim, then those of failures."""
    panels = []
    for unit, rows in sorted(contexts.groupby("unit").groups.items(), key=lambda item: item[0] == FAILURES):
        shown, smallest = contexts.loc[rows], float(contexts.loc[rows[0], "smallest_effect"])
        *sides, label = _panel_texts(estimand, words, unit)
        limits = ends(shown, [seeds[row] for row in rows] if seeds else [], smallest)
        names = [wrapped(name, room.chart / 2 - GAP) for name in sides]
        panels.append(Panel(list(rows), smallest, Unit.parse(unit), limits, names, label))
    return panels


def _draw_panel(figure: Figure, panel: Panel, room: ColumnWidths, top: float, row_height: float) -> None:
    """Draw the axes of a panel, the band of effects too small to matter, and the texts above.

    top: Distance of the upper end of the panel from the lower end of the figure, in inches.
    """
    width, height = figure.get_size_inches()
    start, high = room.labels + GAP, row_height * len(panel.rows)
    box = (start / width, (top - panel.head - high) / height, room.chart / width, high / height)
    axes = figure.add_axes(box, xlim=panel.limits, ylim=(len(panel.rows) - 0.5, -0.5), yticks=[])
    for name, x, ha in zip(panel.sides, (start, start + room.chart), ("left", "right"), strict=True):
        text = "\n".join(name)
        figure.text(x / width, (top - 0.04) / height, text, ha=ha, va="top", color=MUTED, linespacing=1.1)
    axes.axvspan(-panel.smallest, panel.smallest, color=FILL, zorder=0, linewidth=0)
    axes.axvline(0, color=MUTED, linewidth=1, zorder=1)
    left, right = panel.limits
    ticks = [
        (tick, text)
        for tick, text in zip(*effect_ticks(left, right, panel.unit.base, by_width(width, 5, 7)), strict=True)
        if text_width(text) / 2 <= GAP + room.chart * (right - tick) / (right - left)  # a long last label may not fit
    ]
    axes.set_xticks([tick for tick, _ in ticks], [text for _, text in ticks])
    axes.set_xlabel(panel.label)
    axes.spines["left"].set_visible(False)


def _write_row(
    figure: Figure, room: ColumnWidths, y: float, text: list[str], finding: list[str], outcome: Outcome
) -> None:
    """Write the settings of a context and its outcome: beside the chart, or under the settings if it is narrow."""
    width, height = figure.get_size_inches()
    colour = style_of(outcome).colour
    write: dict[str, Any] = {"va": "center", "linespacing": 1.1}
    if room.outcomes:
        figure.text(0, y, "\n".join(text), **write)
        figure.text(1 - room.outcomes / width, y, "\n".join(finding), color=colour, **write)
        return
    figure.text(0, y + LINE * len(finding) / 2 / height, "\n".join(text), **write)
    below = y - LINE * len(text) / 2 / height if any(text) else y
    figure.text(0, below, "\n".join(finding), color=colour, **write)


def _estimand_of(results: Findings, claim: str) -> Estimand:
    """Return the estimand of a measured or timed claim."""
    estimand = results.claims[claim].estimand
    assert estimand
    return estimand


@cache  # the same in every language and width
def _deciding_numbers(results: Findings, claim: str) -> list[np.ndarray]:
    """Return the finite numbers of the seeds that decided each context of a claim.

    Timed claims have none, nor have contexts that count failures, nor claims of the atlas, whose runs are elsewhere.
    """
    verdict = results.verdicts[claim]
    if verdict.kind is Kind.TIMED or results.runs.empty:
        return []
    measured = measurements.measure(results, _estimand_of(results, claim))
    decided = [decide_context(context, verdict.looks).measured for context in measured]
    return [each.numbers[np.isfinite(each.numbers) & (not each.counts_failures)] for each in decided]


def ends(contexts: pd.DataFrame, seeds: list[np.ndarray], smallest: float) -> tuple[float, float]:
    """Return the ends of an axis that shows all contexts, except those far out, and the effects too small to matter."""
    rows = contexts[EFFECT].to_numpy()
    near = ~far_out(rows, smallest)
    numbers = [number for number, shown in zip(seeds, near, strict=True) if shown] if seeds else []
    limit = FAR * max(reaches(rows)[near].max(), 2 * smallest)  # for single seeds
    values = np.concatenate([rows[near].ravel(), *numbers, [-1.4 * smallest, 1.4 * smallest]])
    values = values[np.abs(values) <= limit]
    margin = 0.06 * (values.max() - values.min())
    return values.min() - margin, values.max() + margin


def _draw_context(axes: Axes, row: int, context: pd.Series, limits: tuple[float, float]) -> None:
    """Draw an estimate and its interval. Outside the axis, draw arrows, and write the estimate's number."""
    left, right = limits
    colour, _, marker = style_of(context["outcome"])
    low = context["low"] if not np.isnan(context["low"]) else -np.inf  # without data, no value is excluded
    high = context["high"] if not np.isnan(context["high"]) else np.inf
    start, end = max(left, min(low, right)), min(right, max(high, left))
    y = row - 0.08
    axes.plot([start, end], [y, y], color=colour)
    for edge, arrow in ((left, "<"), (right, ">")):
        if edge in (start, end):
            axes.plot(edge, y, arrow, color=colour, markersize=8, clip_on=False)
    estimate = context["estimate"]
    if left <= estimate <= right:
        fill = PAPER if context["on_edge"] else colour
        axes.plot(estimate, y, marker, color=colour, markerfacecolor=fill, markersize=9, zorder=3)
    elif np.isfinite(estimate):
        edge, ha, offset = (left, "left", 10) if estimate < left else (right, "right", -10)
        text = Quantity.of(estimate, context["unit"]).mark
        lift, va = (4, "bottom") if start < end else (0, "center")  # above the line of an interval
        axes.annotate(text, (edge, y), (offset, lift), textcoords="offset points", ha=ha, va=va, color=colour)


def _draw_seeds(axes: Axes, row: int, context: pd.Series, numbers: np.ndarray, limits: tuple[float, float]) -> None:
    """Draw the numbers of the seeds, unless the estimate is outside the axis: then only outliers would be inside."""
    left, right = limits
    if left <= context["estimate"] <= right:
        inside = numbers[(numbers >= left) & (numbers <= right)]
        colour = style_of(context["outcome"]).colour
        axes.plot(inside, np.full(len(inside), row + 0.24), ".", color=colour, markersize=4, alpha=0.6)
