"""What a verdict rests on: the estimate of every context of a claim, and what fewer seeds would have said."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ontrial.judge import estimands
from ontrial.judge.statistics import OUTCOMES
from ontrial.judge.verdicts import ENDS, MEASURES
from ontrial.report.figures.style import WIDTH
from ontrial.report.wording import labels
from ontrial.report.wording.looks import FILL, INK, PAPER, look

ROW = 0.6  # inches


def evidence(results, words, claim: str) -> tuple[Figure, pd.DataFrame]:
    """Estimate, 95 % interval, seeds and outcome of each context, with the band of effects too small to matter.

    claim: id of a measured or timed claim. What has no bound leaves the figure through an arrow.
    """
    verdict = results.verdicts[claim]
    contexts = pd.DataFrame(verdict["contexts"]).astype(dict.fromkeys(ENDS, float))
    settings = [name for name in contexts if name not in MEASURES]
    smallest = verdict["smallest_effect"]
    timed = verdict["kind"] == "timed"
    measured = [] if timed else estimands.measure(results, results.claims[claim])
    numbers = [found.seeds["number"].replace([np.inf, -np.inf], np.nan).dropna() for found in measured]
    ends = contexts[list(ENDS)].replace([np.inf, -np.inf], np.nan)
    seen = np.concatenate([ends.to_numpy().ravel(), *numbers])
    left, right = np.nanmin([*seen, -1.4 * smallest]), np.nanmax([*seen, 1.4 * smallest])
    left, right = left - 0.06 * (right - left), right + 0.06 * (right - left)

    height = ROW * len(contexts) + 1.0
    figure = Figure(figsize=(WIDTH, height), layout="none")
    axes = figure.add_axes((0.04, 0.75 / height, 0.92, ROW * len(contexts) / height))
    axes.axvspan(-smallest, smallest, color=FILL, zorder=0, linewidth=0)
    axes.vlines(np.zeros(len(contexts)), contexts.index - 0.2, contexts.index + 0.4, color=INK, linewidth=1)
    beside = {"transform": axes.get_yaxis_transform(), "va": "center"}
    for row, context in contexts.iterrows():
        colour, _, marker = look(context["outcome"])
        draw_interval(axes, row, context, left, right)
        if numbers:
            axes.plot(numbers[row], np.full(len(numbers[row]), row + 0.16), ".", color=colour, markersize=4, alpha=0.6)
        if np.isfinite(context["estimate"]):
            fill = PAPER if context["on_edge"] else colour
            axes.plot(context["estimate"], row, marker, color=colour, markerfacecolor=fill, markersize=9, zorder=3)
        axes.text(0, row - 0.4, labels.context(context[settings], words), **beside)
        axes.text(1, row - 0.4, words[context["outcome"]], ha="right", color=colour, **beside)
    axes.set(xlim=(left, right), ylim=(len(contexts) - 0.6, -0.75), yticks=[])
    axes.set_xlabel(words[f"effect in {verdict['unit']}"])
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=verdict["unit"] == "log2"))
    if verdict["unit"] == "log2":
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: factor(value)))
    axes.spines["left"].set_visible(False)
    shown = contexts[[*settings, "outcome", *ENDS, "n", "unit", "on_edge"]]
    return figure, shown.assign(smallest_effect=smallest)


def draw_interval(axes, row: int, context: pd.Series, left: float, right: float) -> None:
    """Line from end to end of an interval, to the edge of the figure and an arrow where it has no end."""
    colour = look(context["outcome"]).colour
    ends = context[["low", "high"]].fillna({"low": -np.inf, "high": np.inf})  # without numbers nothing is excluded
    start, end = ends.astype(float).clip(left, right)
    axes.plot([start, end], [row, row], color=colour)
    for edge, arrow in ((left, "<"), (right, ">")):
        if edge in (start, end):
            axes.plot(edge, row, arrow, color=colour, markersize=8, clip_on=False)


def factor(log2: float) -> str:
    """A factor by its log₂: 4, or 1/4."""
    size = f"{2 ** abs(log2):g}" if abs(log2) <= 10 else f"$2^{{{abs(log2):.0f}}}$"
    return size if log2 >= 0 else f"1/{size}"


def seed_lottery(results, words) -> tuple[Figure, pd.DataFrame]:
    """How often fewer seeds would have given another sign or another outcome: every context of every measured claim."""
    draws = pd.DataFrame(
        [
            {"claim": id, "context": i, "outcome": context["outcome"], **draw}
            for id, verdict in results.verdicts.items()
            for i, context in enumerate(verdict["contexts"])
            for draw in context.get("lottery", ())
        ]
    )
    sizes = sorted(draws["seeds"].unique())
    figure = Figure(figsize=(WIDTH, 5.6))
    panels = figure.subplots(2, 1, sharex=True)
    for axes, column in zip(panels, ("other_sign", "other_outcome"), strict=True):
        told = draws.dropna(subset=column)
        for outcome in OUTCOMES:
            colour, _, marker = look(outcome)
            for _, one in told[told["outcome"] == outcome].groupby(["claim", "context"]):
                x = one["seeds"].map(sizes.index)
                axes.plot(x, 100 * one[column], color=colour, linewidth=0.8, alpha=0.5, marker=marker, markersize=4)
            axes.plot([], [], marker, color=colour, label=words[outcome])
        medians = 100 * told.groupby("seeds")[column].median()
        axes.plot([sizes.index(k) for k in medians.index], medians, color=INK, linewidth=2.6, zorder=4)
        axes.set(ylim=(-3, 103), ylabel=words[f"{column.replace('_', ' ')} in % of draws"])
    panels[1].set_xticks(range(len(sizes)), sizes)
    panels[1].set_xlabel(words["seeds drawn"])
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return figure, draws
