"""Limits of the learning rate as predicted before training: against the measured ones, and against two rivals."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontrial.book.axes import log_axis
from ontrial.book.one_curve import predicted_limits as summary
from ontrial.report.figures.axes import note
from ontrial.report.figures.formats import by_width
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import formatting
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, DASHED, DOTTED, FILL, INK, MUTED, VERMILLION

STYLES = {"ahead": (BLUE, "solid"), "start": (VERMILLION, DASHED), "range_test": (INK, DOTTED)}  # of predictors
FARTHEST = 8.0  # factor at which the axis of errors ends


def predicted_limits(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw each arm with the near goal: the predicted limit to the right, the measured one upwards, and its interval.

    A mark is strong if its interval is within the band, which is where the prediction is close.
    """
    table = summary.arms(results)
    table = table[(table["part"] != "far") & table["measured"].notna()]
    figure = Figure(figsize=(width, by_width(width, 6.4, 5.0)))
    axes = figure.subplots()
    _draw_arms(axes, table)
    for term, marker in (("sgd", "o"), ("momentum", "D"), ("limit plateau", "X")):
        axes.plot([], [], marker, color=INK, label=words[term])
    limits = table[["predicted", "measured", "measured_low", "measured_high"]]
    ends = np.array([limits.min().min() / 1.2, limits.max().max() * 1.2])
    band = words["within a factor"].format(f"{summary.CLOSE:g}")
    axes.fill_between(ends, ends / summary.CLOSE, ends * summary.CLOSE, color=FILL, linewidth=0, zorder=0, label=band)
    axes.plot(ends, ends, color=MUTED, linewidth=1, zorder=1)
    log_axis(axes, "x", base=2)
    log_axis(axes, "y", base=2)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: formatting.factor(value))
    axes.grid(False)
    axes.set(xlim=ends, ylim=ends, xlabel=words["limit predicted"], ylabel=words["limit measured"])
    figure.legend(loc=by_width(width, "outside upper left", "outside right upper"), ncols=by_width(width, 2, 1))
    note(figure, words["note limit marks"].format(f"{summary.CLOSE:g}"))
    return figure, table


def _draw_arms(axes: Axes, rows: pd.DataFrame) -> None:
    """Draw arms with the interval of each."""
    axes.vlines(rows["predicted"], rows["measured_low"], rows["measured_high"], color=BLUE, linewidth=1, alpha=0.5)
    for row in rows.to_dict("records"):
        marker = "X" if row["part"] == "plateau" else "D" if row["momentum"] else "o"
        alpha = 1 if row["is_certain"] else 0.35
        axes.plot(row["predicted"], row["measured"], marker, color=BLUE, markersize=7, alpha=alpha)


def limit_rivals(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw for each predictor how many arms it predicts to within a factor: plain SGD, near goals, no plateaus."""
    table = summary.arms(results)
    table = table[(table["part"] == "near") & (table["optimiser"] == "sgd")]  # also those without a measured limit
    figure = Figure(figsize=(width, by_width(width, 3.6, 3.0)))
    axes = figure.subplots()
    for name, (colour, line) in STYLES.items():
        factors = np.sort(2 ** table[name].abs().dropna())
        shares = 100 * np.arange(len(factors) + 1) / len(table)
        label = words[f"limit by {name}"]
        axes.step(
            [1, *factors, FARTHEST], [*shares, shares[-1]], where="post", color=colour, linestyle=line, label=label
        )
    axes.axvline(summary.CLOSE, color=MUTED, linewidth=1, zorder=0)
    log_axis(axes, "x", base=2)
    ticks = (1, summary.CLOSE, 2, 3, 4, FARTHEST)
    axes.set_xticks(ticks, [formatting.factor(tick) for tick in ticks])
    axes.set(xlim=(1, FARTHEST), ylim=(0, 102), xlabel=words["limit within"], ylabel=words["limit share"])
    axes.minorticks_off()
    figure.legend(loc=by_width(width, "outside upper left", "outside right upper"), ncols=1)
    return figure, table[["experiment", "batch_size", *STYLES]]
