"""Accuracy of a small and a large batch as two lines: at one learning rate for both, and each at its own."""

import pandas as pd
from matplotlib.figure import Figure

from ontrial.report.figures.axes import End, label_ends
from ontrial.report.figures.declaration import figure
from ontrial.report.summaries import selection
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import style_of

SIZES = (16, 256)  # batch sizes in the claim on small batches
NAMES = {"fixed": "one rate for both", "tuned": "each its own rate"}  # terms for the two lines
HEIGHT = 2.9  # inches


@figure(experiments=("batch-size",), needs=("classes", "training"))
def batch_slope(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw mean test accuracy of two batch sizes under two policies, with the name of each line at its end.

    The batch sizes are SIZES, or else the smallest and the largest of the experiment.
    """
    runs = selection.narrowed(selection.of_experiment(results.runs, "batch-size"), free=["batch_size"])
    rows = selection.at_policies(results, runs)
    sizes = sorted(rows["batch_size"].unique())
    small, large = SIZES if set(SIZES) <= set(sizes) else (sizes[0], sizes[-1])
    rows = rows[rows["policy"].isin(NAMES) & rows["batch_size"].isin((small, large))]
    means = rows.groupby(["policy", "batch_size"])["test_accuracy"].agg(["mean", "size"])
    figure = Figure(figsize=(width, HEIGHT))
    axes = figure.subplots()
    lines = {policy: 100 * means.loc[policy, "mean"] for policy in NAMES if policy in means.index}
    for policy, line in lines.items():
        colour, style, marker = style_of(policy)
        axes.plot([0, 1], line.loc[[small, large]], color=colour, linestyle=style, marker=marker, linewidth=3)
    low, high = min(line.min() for line in lines.values()), max(line.max() for line in lines.values())
    room = 0.15 * max(high - low, 1)
    axes.set(xlim=(-0.3, 1.75), ylim=(low - room, high + room))
    percent = words["percent"].format
    before = [
        End(percent(f"{line[small]:.1f}"), line[small], style_of(policy).colour) for policy, line in lines.items()
    ]
    after = [
        End(f"{percent(f'{line[large]:.1f}')}  {words[NAMES[policy]]}", line[large], style_of(policy).colour)
        for policy, line in lines.items()
    ]
    label_ends(axes, before, 0, HEIGHT, "left")
    label_ends(axes, after, 1, HEIGHT)
    axes.set_xticks([0, 1], [f"{words['batch size']} {size}" for size in (small, large)])
    axes.set_yticks([])
    axes.grid(False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(axis="x", length=0)
    numbers = means.reset_index().rename(columns={"mean": "test_accuracy", "size": "seeds"})
    return figure, numbers
