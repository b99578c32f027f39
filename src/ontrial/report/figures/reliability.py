"""Calibration of probabilities: accuracy against confidence, and predicted against observed rates of groups."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ontrial.report.figures.axes import stretched_axis
from ontrial.report.figures.declaration import figure
from ontrial.report.figures.layout import by_width, offset
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.predictions import people_by_group
from ontrial.report.wording import labels
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.stretched import accuracy_ticks
from ontrial.report.wording.styles import FILL, INK, MUTED, PAPER, style_of

TOLERANCE = 0.05  # half the width of the shaded band around an observed rate


@figure(experiments=("losses",), needs=("classes", "training", "probabilities", "probe probabilities"))
def calibration(
    results: Findings, words: Phrases, width: float, predictions: pd.DataFrame
) -> tuple[Figure, pd.DataFrame]:
    """Draw the share of right answers against confidence on test images, in bins of equal numbers of answers.

    Both axes are stretched towards 1, where most answers are.

    predictions: Table from `predictions.calibrations`.
    """
    figure = Figure(figsize=(width, by_width(width, 5.4, 4.6)))
    axes = figure.subplots()
    low = 0.9
    for pair in objectives(predictions):
        bins = predictions[predictions["objective"] == pair]
        colour, line, marker = style_of(pair)
        axes.fill_between(
            bins["confidence"], bins["lower_quartile"], bins["upper_quartile"], color=colour, alpha=0.2, linewidth=0
        )
        axes.plot(bins["confidence"], bins["right"], marker, color=colour, linestyle=line, markeredgecolor=PAPER)
        axes.plot([], [], marker, color=colour, linestyle=line, label=labels.objective(pair, words))
        low = min(low, bins["confidence"].min(), bins["lower_quartile"].min())
    low = max(low - 0.03, 0)
    axes.plot([low, 1], [low, 1], color=MUTED, linewidth=1, zorder=1)
    ticks = accuracy_ticks(low, 1.0, 8)
    stretched_axis(axes, "x", (low, 1.0), ticks, "confidence in %", words)
    stretched_axis(axes, "y", (low, 1.0), ticks, "right answers in %", words)
    axes.text(0.03, 0.97, words["underconfident"], va="top", color=MUTED, transform=axes.transAxes)
    axes.text(0.97, 0.03, words["overconfident"], ha="right", color=MUTED, transform=axes.transAxes)
    figure.legend(loc="outside upper left", ncols=by_width(width, 1, 2))
    return figure, predictions


@figure(experiments=("titanic",), needs=("classes", "training", "probabilities", "groups"))
def titanic_reliability(
    results: Findings, words: Phrases, width: float, predictions: pd.DataFrame
) -> tuple[Figure, pd.DataFrame]:
    """Draw the predicted and the observed survival rate of each group of people, by objective.

    predictions: Table from `predictions.group_rates`.
    """
    groups = people_by_group(results)
    figure = Figure(figsize=(width, 1.4 + by_width(width, 0.62, 0.5) * len(groups)))
    axes = figure.subplots()
    y = np.arange(len(groups))
    axes.barh(y, 200 * TOLERANCE, 0.8, 100 * (groups["observed"] - TOLERANCE), color=FILL)
    axes.vlines(100 * groups["observed"], y - 0.4, y + 0.4, color=INK, linewidth=2, label=words["observed"])
    pairs = objectives(predictions)
    for i, pair in enumerate(pairs):
        rates = predictions.loc[predictions["objective"] == pair, "predicted"].to_numpy().reshape(len(groups), -1)
        colour, _, marker = style_of(pair)
        shifted = y + offset(i, len(pairs), 0.36)
        axes.plot(100 * rates, shifted, ".", color=colour, markersize=4, alpha=0.5, markeredgewidth=0)
        axes.plot(100 * rates.mean(1), shifted, marker, color=colour, markeredgecolor=PAPER, markersize=8)
        axes.plot([], [], marker, color=colour, label=labels.objective(pair, words))
    separator = by_width(width, "\n", " ")
    names = [
        f"{group_name(group, words)}{separator}({people})" for group, people in groups[["group", "people"]].to_numpy()
    ]
    axes.set_yticks(y, names)
    axes.set(xlim=(-3, 103), xlabel=words["survival in %"])
    axes.invert_yaxis()
    axes.grid(False, axis="y")
    figure.legend(loc="outside upper left", ncols=by_width(width, 1, 3))
    return figure, predictions


def objectives(predictions: pd.DataFrame) -> list[str]:
    """Return the objectives in a table. If every run has diverged, there are none."""
    return list(dict.fromkeys(predictions.get("objective", ())))


def group_name(group: str, words: Phrases) -> str:
    """Return the name of a group such as "3rd female adult"."""
    ticket, person = group.split(maxsplit=1)
    return f"{words[ticket]} {words[person]}"
