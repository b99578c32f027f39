"""Predicted against observed rates of groups of people."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontrial.report.figures.axes import note
from ontrial.report.figures.formats import by_width
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import labels
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import FILL, INK, PAPER, style_of
from ontrial_book.axes import offset, point_out
from ontrial_book.chapters.predictions import people_by_group

TOLERANCE = 0.05  # half the width of the shaded band around an observed rate


def titanic_reliability(
    results: Findings, words: Phrases, width: float, predictions: pd.DataFrame
) -> tuple[Figure, pd.DataFrame]:
    """Draw the predicted and the observed survival rate of each group of people, by objective.

    predictions: Table from PREDICTIONS["titanic-reliability"].
    """
    groups = people_by_group(results)
    figure = Figure(figsize=(width, 1.4 + by_width(width, 0.62, 0.5) * len(groups)))
    axes = figure.subplots()
    y = np.arange(len(groups))
    axes.barh(y, 200 * TOLERANCE, 0.8, 100 * (groups["observed"] - TOLERANCE), color=FILL)
    axes.vlines(100 * groups["observed"], y - 0.4, y + 0.4, color=INK, linewidth=2)
    pairs = _objectives(predictions)
    for i, pair in enumerate(pairs):
        rates = predictions.loc[predictions["objective"] == pair, "predicted"].to_numpy().reshape(len(groups), -1)
        colour, _, marker = style_of(pair)
        shifted = y + offset(i, len(pairs), 0.36)
        axes.plot(100 * rates, shifted, ".", color=colour, markersize=4, alpha=0.5, markeredgewidth=0)
        axes.plot(100 * rates.mean(1), shifted, marker, color=colour, markeredgecolor=PAPER, markersize=8)
        _write_beside(axes, labels.objective(pair, words), 100 * rates[0], shifted[0], colour)
    separator = by_width(width, "\n", " ")
    names = [
        f"{_group_name(group, words)}{separator}({people})" for group, people in groups[["group", "people"]].to_numpy()
    ]
    axes.set_yticks(y, names)
    _write_beside(axes, words["observed"], 100 * groups["observed"].iloc[[0]].to_numpy(), -0.55, INK)
    axes.set(ylim=(len(groups) - 0.5, -0.8))
    axes.set(xlim=(-3, 103), xlabel=words["survival in %"])
    axes.grid(False, axis="y")
    _point_out_farthest(axes, predictions, list(groups["group"]), words)
    note(figure, words["note seeds"])
    return figure, predictions


def _write_beside(axes: Axes, text: str, marks: np.ndarray, y: float, colour: str) -> None:
    """Write what marks of the first row are beside all of them, on the side that has more room."""
    is_right = marks.mean() < 50
    end, shift, align = (marks.max(), 8, "left") if is_right else (marks.min(), -8, "right")
    axes.annotate(text, (end, y), (shift, 0), textcoords="offset points", color=colour, ha=align, va="center")


def _point_out_farthest(axes: Axes, predictions: pd.DataFrame, groups: list[str], words: Phrases) -> None:
    """Say by how much the prediction for the group with the largest error is too high or too low, with an arrow.

    groups: Groups by row.
    """
    if predictions.empty:
        return
    means = predictions.groupby(["objective", "group"], sort=False)[["predicted", "observed"]].mean()
    errors = 100 * (means["predicted"] - means["observed"])
    pair, group = farthest = errors.abs().idxmax()
    pairs = _objectives(predictions)
    row = groups.index(group)
    x, y = 100 * means.loc[farthest, "predicted"], row + offset(pairs.index(pair), len(pairs), 0.36)
    text = words["too high" if errors[farthest] > 0 else "too low"].format(f"{abs(errors[farthest]):.0f}")
    is_right = x < 50
    start = (0.97 if is_right else 0.03, (len(groups) - 0.5 - y) / (len(groups) + 0.3))
    point_out(axes, text, (x, y), start, style_of(pair).colour, ha="right" if is_right else "left", va="center")


def _objectives(predictions: pd.DataFrame) -> list[str]:
    """Return the objectives in a table. If every run has diverged, there are none."""
    return list(dict.fromkeys(predictions.get("objective", ())))


def _group_name(group: str, words: Phrases) -> str:
    """Return the name of a group such as "3rd female adult"."""
    ticket, person = group.split(maxsplit=1)
    return f"{words[ticket]} {words[person]}"
