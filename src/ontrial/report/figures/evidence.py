"""The evidence for a verdict: a claim's estimate in every context, and the results of fewer seeds."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ontrial.judge import measuring
from ontrial.judge.estimands import Estimand
from ontrial.judge.records import Context, Kind
from ontrial.judge.units import Unit
from ontrial.judge.verdicts import decide_context
from ontrial.report.figures.axes import LINE, effect_ticks, figure_without_layout, ink_on, text_width, wrapped
from ontrial.report.figures.declaration import figure
from ontrial.report.figures.layout import by_width, panel_grid
from ontrial.report.summaries.evidence import FAR, far_out, reaches
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import formatting, labels, outcomes
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.quantities import Quantity
from ontrial.report.wording.styles import FILL, INK, MUTED, PAPER, RAMP, style_of

GAP = 0.14  # inches between the columns
EFFECT = ["estimate", "low", "high"]
SHARES = (0, 0.1, 0.2, 0.35, 0.5)  # shares of a setting's draws at which colours of the lottery change


class Columns(NamedTuple):
    """Widths in inches of labels, chart and outcomes. With a width of 0, outcomes are under the labels."""

    labels: float
    chart: float
    outcomes: float


def columns(width: float) -> Columns:
    """Return the columns for the width of a figure."""
    names, outcomes = by_width(width, (1.72, 0.0), (2.75, 1.45))
    return Columns(names, width - names - outcomes - (3 if outcomes else 2) * GAP, outcomes)


@figure(source="verdicts")
def evidence(results: Findings, words: Phrases, width: float, claim: str) -> tuple[Figure, pd.DataFrame]:
    """Draw the estimate, interval, seeds and outcome of each context, and the band of effects too small to matter.

    An arrow stands for an interval without an end, and for an effect so large that it would flatten the others.

    claim: Id of a measured or timed claim.
    """
    verdict = results.verdicts[claim]
    contexts = pd.DataFrame([row_of(context) for context in verdict.contexts])
    settings = list(verdict.contexts[0].settings)
    smallest, unit = verdict.smallest_effect, Unit.parse(verdict.unit)
    estimand = estimand_of(results, claim)
    seeds = deciding_numbers(results, claim)
    left, right = ends(contexts, seeds, smallest)

    room = columns(width)
    texts = [wrapped(labels.context(context[settings], words), room.labels) for _, context in contexts.iterrows()]
    margin = Quantity(smallest, unit).in_figure(words)
    findings = [wrapped(words[outcome].format(margin), room.outcomes or room.labels) for outcome in contexts["outcome"]]
    lines = [
        max(len(text), len(finding), 2) if room.outcomes else len(text) + len(finding)
        for text, finding in zip(texts, findings, strict=True)
    ]
    row_height = LINE * max(lines) + 0.14
    names = [wrapped(name, room.chart / 2 - GAP) for name in outcomes.sides(estimand, words)]
    head, foot = LINE * max(map(len, names)) + 0.14, 0.6
    height = head + row_height * len(contexts) + foot
    figure = figure_without_layout(height, width)
    start = room.labels + GAP
    box = (start / width, foot / height, room.chart / width, row_height * len(contexts) / height)
    axes = figure.add_axes(box, xlim=(left, right), ylim=(len(contexts) - 0.5, -0.5), yticks=[])
    for name, x, ha in zip(names, (start, start + room.chart), ("left", "right"), strict=True):
        figure.text(x / width, 1 - 0.04 / height, "\n".join(name), ha=ha, va="top", color=MUTED, linespacing=1.1)

    axes.axvspan(-smallest, smallest, color=FILL, zorder=0, linewidth=0)
    axes.axvline(0, color=MUTED, linewidth=1, zorder=1)
    for row, context in contexts.iterrows():
        colour = style_of(context["outcome"]).colour
        draw_context(axes, row, context, (left, right))
        if seeds and left <= context["estimate"] <= right:  # otherwise, only outliers would be inside
            inside = seeds[row][(seeds[row] >= left) & (seeds[row] <= right)]
            axes.plot(inside, np.full(len(inside), row + 0.24), ".", color=colour, markersize=4, alpha=0.6)
        y = 1 - (head + row_height * (row + 0.5)) / height
        shift = 0 if room.outcomes else LINE * len(findings[row]) / 2 / height
        write: dict[str, Any] = {"va": "center", "linespacing": 1.1}
        figure.text(0, y + shift, "\n".join(texts[row]), **write)
        if not room.outcomes:
            below = y - LINE * len(texts[row]) / 2 / height if any(texts[row]) else y
            figure.text(0, below, "\n".join(findings[row]), color=colour, **write)
        else:
            figure.text(1 - room.outcomes / width, y, "\n".join(findings[row]), color=colour, **write)
        if row:
            edge = 1 - (head + row_height * row) / height
            figure.add_artist(Line2D([0, 1], [edge, edge], color=FILL, linewidth=1))
    ticks = [
        (tick, text)
        for tick, text in zip(*effect_ticks(left, right, unit.base, by_width(width, 5, 7)), strict=True)
        if text_width(text) / 2 <= GAP + room.chart * (right - tick) / (right - left)  # a long last label may not fit
    ]
    axes.set_xticks([tick for tick, _ in ticks], [text for _, text in ticks])
    axes.set_xlabel(outcomes.effect_axis_label(words, estimand))
    axes.spines["left"].set_visible(False)
    shown = contexts[[*settings, "outcome", *EFFECT, "level", "n", "look", "unit", "on_edge"]]
    return figure, shown.assign(smallest_effect=smallest)


def row_of(context: Context) -> dict[str, Any]:
    """Return the values of a context that the chart shows."""
    shown = {name: getattr(context, name) for name in ("outcome", "n", "look", "on_edge")}
    return {**context.settings, **shown, **vars(context.effect)}


def estimand_of(results: Findings, claim: str) -> Estimand:
    """Return the estimand of a measured or timed claim."""
    estimand = results.claims[claim].estimand
    assert estimand
    return estimand


@cache  # the same in every language and width
def deciding_numbers(results: Findings, claim: str) -> list[np.ndarray]:
    """Return the finite numbers of the seeds that decided each context of a claim. Timed claims have none."""
    verdict = results.verdicts[claim]
    if verdict.kind is Kind.TIMED:
        return []
    measured = measuring.measure(results, estimand_of(results, claim))
    decided = [decide_context(context, verdict.looks).measured.numbers for context in measured]
    return [numbers[np.isfinite(numbers)] for numbers in decided]


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


def draw_context(axes: Axes, row: int, context: pd.Series, limits: tuple[float, float]) -> None:
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


@figure(source="verdicts")
def seed_lottery(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the number of settings in which fewer seeds would have changed the sign or the outcome, by how often.

    Seeds too few for an outcome have no bar.
    """
    draws = pd.DataFrame(
        [
            {"claim": id, "context": i, "outcome": context.outcome, **vars(draw)}
            for id, verdict in results.verdicts.items()
            for i, context in enumerate(verdict.contexts)
            for draw in context.lottery
        ]
    )
    draws = draws.astype({"other_outcome": float})
    sizes = sorted(draws["seeds"].unique())
    columns, head = by_width(width, (1, 1.8), (2, 0.9))
    figure, panels = panel_grid(width, 2, columns, head, 0.55 + 0.36 * len(sizes), sharex=True)
    shades = (FILL, *RAMP[4::-1])
    inks = (INK, *(ink_on(shade) for shade in range(4, -1, -1)))
    for axes, column in zip(panels, ("other_sign", "other_outcome"), strict=True):
        for row, size in enumerate(sizes):
            shares = draws.loc[draws["seeds"] == size, column].dropna()
            classes = pd.cut(shares, [-1, *SHARES, 1], labels=False).value_counts(normalize=True)
            if shares.empty:
                axes.text(1, row, formatting.NO_VALUE, va="center", color=MUTED)
            start = 0.0
            for level, shade in enumerate(shades):
                length = 100 * classes.get(level, 0.0)
                axes.barh(row, length, left=start, color=shade, edgecolor=PAPER, linewidth=1)
                if length >= 12:
                    text = words["percent"].format(f"{length:.0f}")
                    axes.text(start + length / 2, row, text, ha="center", va="center", color=inks[level])
                start += length
        axes.set_yticks(range(len(sizes)), [words["one seed"] if k == 1 else words["seeds"].format(k) for k in sizes])
        axes.set(title=words[column.replace("_", " ")], xlim=(0, 100), ylim=(len(sizes) - 0.45, -0.55))
        axes.set_xlabel(words["settings in %"])
        axes.grid(False)
    keys = [Patch(color=shade) for shade in shades]
    figure.legend(
        keys,
        lottery_names(words),
        loc="outside lower center",
        ncols=by_width(width, 2, 3),
        title=words["share of draws"],
    )
    return figure, draws


def lottery_names(words: Phrases) -> list[str]:
    """Return the names of the classes of shares: never, up to 10%, …, above 50%."""
    ends = [words["percent"].format(f"{100 * share:.0f}") for share in SHARES]
    return [words["never"], *(words["up to"].format(end) for end in ends[1:]), words["more than"].format(ends[-1])]
