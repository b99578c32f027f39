"""Error of a small and a large batch: at the learning rate of one, each at its own, and at that of the other."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontrial.report.figures.axes import note, wrapped
from ontrial.report.figures.formats import by_width
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import labels
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import INK
from ontrial_book.axes import HALO, End, draw_seeds, error_axis, errors, label_ends, offset, style_of_policy
from ontrial_book.chapters import selection

HEIGHT = 4.2  # inches
AHEAD = 1  # points from which on a batch size is called ahead


def batch_slope(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw mean test error of two batch sizes at the own rate of one, each at its own, and at that of the other.

    Each batch size is a line with its name at the end. Words above say which is ahead. Dots are seeds.
    """
    means, runs = selection.two_batches(results), selection.batches_at_policies(results)
    sizes, names = list(means.columns), list(means.index)
    runs = runs[runs["policy"].isin(names) & runs["batch_size"].isin(sizes)]
    runs = runs.assign(error=errors(runs["test_accuracy"]))
    figure = Figure(figsize=(width, HEIGHT))
    axes = figure.subplots()
    error_axis(axes, runs["error"], words)
    low, high = axes.get_ylim()
    axes.set_ylim(low / 1.2, 1.5 * high)  # room for numbers
    ends = []
    for i, size in enumerate(sizes):
        colour, _, marker = style_of_policy(f"fixed_{size}", sizes)
        line = errors(means[size])
        for place, policy in enumerate(names):
            seeds = runs[(runs["policy"] == policy) & (runs["batch_size"] == size)]
            draw_seeds(axes, place + offset(i, len(sizes), 0.08), seeds["error"], colour)
        axes.plot(range(len(names)), line, marker, color=colour, linestyle="solid", linewidth=3, markersize=9, zorder=3)
        ends.append(End(words["batches of"].format(size), line.iloc[-1], colour))
    axes.set_xlim(-0.45, len(names) - 0.75)
    label_ends(axes, ends, len(names) - 0.95, HEIGHT - 1.5)
    room = by_width(width, 1.15, 2.2)
    for place, policy in enumerate(names):
        _write_place(axes, place, errors(means.loc[policy]), words)
    texts = [wrapped(labels.policy_of_size(policy, words), room) for policy in names]
    axes.set_xticks(range(len(names)), ["\n".join(lines) for lines in texts])
    axes.set_ylabel(words["test error"])
    axes.grid(False, axis="x")
    axes.tick_params(axis="x", length=0)
    note(figure, words["note seeds"])
    numbers = runs.groupby(["policy", "batch_size"])["test_accuracy"].agg(["mean", "size"]).reset_index()
    return figure, numbers.rename(columns={"mean": "test_accuracy", "size": "seeds"})


def _write_place(axes: Axes, place: int, means: pd.Series, words: Phrases) -> None:
    """Write the errors of both batch sizes beside their marks, and above the panel which is ahead, and by how much.

    place: Position of the policy.
    means: Mean error by batch size.
    """
    ordered = means.sort_values()
    for size, error in means.items():
        is_lower = len(means) > 1 and size == ordered.index[0]
        shift, align = (-10, "top") if is_lower else (10, "bottom")
        text = words["percent"].format(f"{error:.1f}")
        colour = style_of_policy(f"fixed_{size}", list(means.index)).colour
        axes.annotate(
            text,
            (place, error),
            (0, shift),
            textcoords="offset points",
            color=colour,
            ha="center",
            va=align,
            path_effects=HALO,
            zorder=4,
        )
    lead = ordered.iloc[-1] - ordered.iloc[0]
    text, colour = words["about even"], INK
    if lead >= AHEAD:
        text = words["ahead by"].format(words["arm batch_size"].format(ordered.index[0]), f"{lead:.1f}")
        colour = style_of_policy(f"fixed_{ordered.index[0]}", list(means.index)).colour
    axes.text(
        place, 1.02, text, transform=axes.get_xaxis_transform(), color=colour, ha="center", va="bottom", linespacing=1.1
    )
