"""The evidence for a verdict: the estimate of every context of a claim, and what fewer seeds would have shown."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ontrial.judge import estimands
from ontrial.judge.statistics import OUTCOMES
from ontrial.judge.verdicts import INTERVAL_KEYS, RESULT_KEYS, decide_context
from ontrial.report.figures.axes import figure_without_layout
from ontrial.report.figures.style import WIDTH
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import labels, outcomes
from ontrial.report.wording.looks import FILL, INK, MUTED, PAPER, look
from ontrial.report.wording.phrases import Phrases

ROW = 0.6  # inches, height of a row


def evidence(results: Findings, words: Phrases, claim: str) -> tuple[Figure, pd.DataFrame]:
    """Draw estimate, interval, seeds and outcome of each context, and the band of effects too small to matter.

    claim: id of a measured or timed claim. An interval without a lower or upper end leaves the figure as an arrow.
    """
    verdict = results.verdicts[claim]
    contexts = pd.DataFrame(verdict["contexts"]).astype(dict.fromkeys(INTERVAL_KEYS, float))
    settings = [name for name in contexts if name not in RESULT_KEYS]
    smallest = verdict["smallest_effect"]
    seeds = []  # the numbers that decided each context; a timed claim has none
    if verdict["kind"] != "timed":
        measured = estimands.measure(results, results.claims[claim].estimand)
        decided = [decide_context(context, verdict["looks"]).measured.numbers for context in measured]
        seeds = [numbers[np.isfinite(numbers)] for numbers in decided]
    values = np.concatenate(
        [contexts[list(INTERVAL_KEYS)].to_numpy().ravel(), *seeds, [-1.4 * smallest, 1.4 * smallest]]
    )
    values = values[np.isfinite(values)]
    margin = 0.06 * (values.max() - values.min())
    left, right = values.min() - margin, values.max() + margin

    height = ROW * len(contexts) + 1.0
    figure = figure_without_layout(height)
    axes = figure.add_axes((0.04, 0.75 / height, 0.92, ROW * len(contexts) / height))
    axes.axvspan(-smallest, smallest, color=FILL, zorder=0, linewidth=0)
    for effect, colour in ((-smallest, INK), (0, MUTED), (smallest, INK)):
        axes.vlines(np.full(len(contexts), effect), contexts.index - 0.2, contexts.index + 0.4, colour, linewidth=1)
    across = axes.get_yaxis_transform()  # x from 0 at the left to 1 at the right
    for row, context in contexts.iterrows():
        colour, _, marker = look(context["outcome"])
        draw_interval(axes, row, context, left, right)
        if seeds:
            axes.plot(seeds[row], np.full(len(seeds[row]), row + 0.16), ".", color=colour, markersize=4, alpha=0.6)
        if np.isfinite(context["estimate"]):
            fill = PAPER if context["on_edge"] else colour
            axes.plot(context["estimate"], row, marker, color=colour, markerfacecolor=fill, markersize=9, zorder=3)
        axes.text(0, row - 0.4, labels.context(context[settings], words), va="center", transform=across)
        axes.text(1, row - 0.4, words[context["outcome"]], ha="right", va="center", color=colour, transform=across)
    axes.set(xlim=(left, right), ylim=(len(contexts) - 0.6, -0.75), yticks=[])
    unit, step = outcomes.split_unit(verdict["unit"])
    axes.set_xlabel(outcomes.per_step(words, words[f"effect in {unit}"], step))
    whole = unit == "log2" and not step  # a slope is often a small part of an octave
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=whole))
    if step or unit == "number":  # the long labels of small numbers do not fit at the ends
        ticks = axes.get_xticks()
        axes.set_xticks(ticks[np.abs(ticks - (left + right) / 2) < 0.45 * (right - left)])
    if unit == "log2":
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: factor_label(value)))
    axes.spines["left"].set_visible(False)
    shown = contexts[[*settings, "outcome", *INTERVAL_KEYS, "level", "n", "look", "unit", "on_edge"]]
    return figure, shown.assign(smallest_effect=smallest)


def draw_interval(axes: Axes, row: int, context: pd.Series, left: float, right: float) -> None:
    """Draw an interval as a line; where it has no end, the line goes to the edge of the figure and ends in an arrow."""
    colour = look(context["outcome"]).colour
    ends = context[["low", "high"]].fillna({"low": -np.inf, "high": np.inf})  # without data, no value is excluded
    start, end = ends.astype(float).clip(left, right)
    axes.plot([start, end], [row, row], color=colour)
    for edge, arrow in ((left, "<"), (right, ">")):
        if edge in (start, end):
            axes.plot(edge, row, arrow, color=colour, markersize=8, clip_on=False)


def factor_label(log2: float) -> str:
    """Return the factor with this log₂: 4 for 2, 1/4 for −2."""
    size = f"{2 ** abs(log2):.4g}" if abs(log2) <= 10 else f"$2^{{{abs(log2):.0f}}}$"
    return size if log2 >= 0 else f"1/{size}"


def seed_lottery(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw how often fewer seeds would have given another sign or another outcome, for every measured context.

    So few seeds that they have no outcome have no point.
    """
    draws = pd.DataFrame(
        [
            {"claim": id, "context": i, "outcome": context["outcome"], **draw}
            for id, verdict in results.verdicts.items()
            for i, context in enumerate(verdict["contexts"])
            for draw in context.get("lottery", ())
        ]
    )
    draws = draws.astype({"other_outcome": float})
    sizes = sorted(draws["seeds"].unique())
    figure = Figure(figsize=(WIDTH, 5.6))
    panels = figure.subplots(2, 1, sharex=True)
    for axes, column in zip(panels, ("other_sign", "other_outcome"), strict=True):
        shares = draws.dropna(subset=column)
        for outcome in OUTCOMES:
            colour, _, marker = look(outcome)
            for _, context in shares[shares["outcome"] == outcome].groupby(["claim", "context"]):
                x = context["seeds"].map(sizes.index)
                axes.plot(x, 100 * context[column], color=colour, linewidth=0.8, alpha=0.5, marker=marker, markersize=4)
            axes.plot([], [], marker, color=colour, label=words[outcome])
        medians = 100 * shares.groupby("seeds")[column].median()
        axes.plot([sizes.index(k) for k in medians.index], medians, color=INK, linewidth=2.6, zorder=4)
        axes.set(ylim=(-3, 103), ylabel=words[f"{column.replace('_', ' ')} in % of draws"])
    panels[1].set_xticks(range(len(sizes)), sizes)
    panels[1].set_xlabel(words["seeds drawn"])
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return figure, draws
