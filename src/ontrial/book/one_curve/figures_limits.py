"""Limits of the learning rate as predicted before training, against the measured ones."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontrial.book.one_curve import predicted_limits as summary
from ontrial.report.figures.axes import log_axis, note
from ontrial.report.figures.layout import by_width
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import formatting
from ontrial.report.wording.labels import kind_of_network
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import (
    BLUE,
    FILL,
    GOLD,
    GREEN,
    INK,
    MUTED,
    PAPER,
    PURPLE,
    SKY,
    STYLES,
    VERMILLION,
)

COLOURS = (BLUE, VERMILLION, PURPLE, SKY, GREEN, GOLD, INK)  # of kinds of networks, in the order of the table


def predicted_limits(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw a mark for each arm, with the intervals over its seeds, and a band in which the prediction is close.

    Lines join the batch sizes of one network.
    """
    table = summary.of_published(results)
    table = table.assign(kind=[kind_of_network(row, words) for row in table[list(summary.KIND)].to_dict("records")])
    figure = Figure(figsize=(width, by_width(width, 6.6, 5.2)))
    axes = figure.subplots()
    for colour, (name, rows) in zip(COLOURS, table.groupby("kind", sort=False), strict=False):
        _draw_arms(axes, rows, colour)
        axes.plot([], [], color=colour, linewidth=3, label=name)
    for name in dict.fromkeys(table["activation"]):
        axes.plot([], [], STYLES[name].marker, color=INK, label=words[name])
    limits = table[[f"{which}_{end}" for which in ("predicted", "measured") for end in ("low", "high")]]
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
    note(figure, words["note interval lines"])
    return figure, table


def _draw_arms(axes: Axes, rows: pd.DataFrame, colour: str) -> None:
    """Draw the arms of one kind of networks, and a line for each network through its batch sizes."""
    axes.hlines(rows["measured"], rows["predicted_low"], rows["predicted_high"], color=colour, linewidth=1, alpha=0.5)
    axes.vlines(rows["predicted"], rows["measured_low"], rows["measured_high"], color=colour, linewidth=1, alpha=0.5)
    for (_, activation), network in rows.groupby(["dataset", "activation"], sort=False):
        x, y, marker = network["predicted"], network["measured"], STYLES[activation].marker
        axes.plot(x, y, color=colour, linewidth=1)
        axes.plot(x, y, marker, color=colour, markersize=7, markeredgecolor=PAPER, markeredgewidth=0.5)
