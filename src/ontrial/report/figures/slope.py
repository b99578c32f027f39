"""Accuracy of a small and a large batch as two lines: at one learning rate for both, and each at its own."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontrial.report.figures import tables
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.looks import look
from ontrial.report.wording.phrases import Phrases

SIZES = (16, 256)  # those of the claim on small batches
NAMES = {"fixed": "one rate for both", "tuned": "each its own rate"}  # of the two lines, in docs/words.yaml
CLOSEST = 0.09  # distance of two labels, as a share of the axis


def batch_slope(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw mean test accuracy of two batch sizes under two policies, with the name of each line at its end.

    The sizes are SIZES, or else the smallest and the largest of the experiment.
    """
    runs = tables.narrowed(tables.of_experiment(results.runs, "batch-size"), free=["batch_size"])
    rows = tables.at_policies(results, runs)
    sizes = sorted(rows["batch_size"].unique())
    small, large = SIZES if set(SIZES) <= set(sizes) else (sizes[0], sizes[-1])
    rows = rows[rows["policy"].isin(NAMES) & rows["batch_size"].isin((small, large))]
    means = rows.groupby(["policy", "batch_size"])["test_accuracy"].agg(["mean", "size"])
    figure = Figure(figsize=(width, 2.9))
    axes = figure.subplots()
    lines = {policy: 100 * means.loc[policy, "mean"] for policy in NAMES if policy in means.index}
    for policy, line in lines.items():
        colour, style, marker = look(policy)
        axes.plot([0, 1], line.loc[[small, large]], color=colour, linestyle=style, marker=marker, linewidth=3)
    low, high = min(line.min() for line in lines.values()), max(line.max() for line in lines.values())
    room = 0.15 * max(high - low, 1)
    axes.set(xlim=(-0.3, 1.75), ylim=(low - room, high + room))
    for x, size, align in ((0, small, "right"), (1, large, "left")):
        label_ends(axes, {policy: line.loc[size] for policy, line in lines.items()}, words, x, align)
    axes.set_xticks([0, 1], [f"{words['batch size']} {size}" for size in (small, large)])
    axes.set_yticks([])
    axes.grid(False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(axis="x", length=0)
    numbers = means.reset_index().rename(columns={"mean": "test_accuracy", "size": "seeds"})
    return figure, numbers


def label_ends(axes: Axes, ends: dict[str, float], words: Phrases, x: int, align: str) -> None:
    """Write the accuracy at one end of each line, and at the right end its name; close labels are moved apart."""
    low, high = axes.get_ylim()
    heights = sorted(ends, key=ends.__getitem__)
    y = -float("inf")
    for policy in heights:
        y = max(ends[policy], y + CLOSEST * (high - low))
        value = words["percent"].format(f"{ends[policy]:.1f}")
        text = value if x == 0 else f"{value}  {words[NAMES[policy]]}"
        shift = -8 if x == 0 else 8
        axes.annotate(
            text, (x, y), (shift, 0), textcoords="offset points", ha=align, va="center", color=look(policy).colour
        )
