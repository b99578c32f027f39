"""Line charts: activations, losses, error by batch size."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ontrial.judge import metrics, policies
from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.objectives import objective
from ontrial.report.figures.axes import note
from ontrial.report.figures.formats import by_width
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import (
    BLUE,
    DASHED,
    LONG,
    PAPER,
    PURPLE,
    SKY,
    VERMILLION,
)
from ontrial.study import components
from ontrial_book.axes import (
    LETTER,
    End,
    draw_seeds,
    error_axis,
    errors,
    label_ends,
    offset,
    panel_grid,
    style_of_policy,
)
from ontrial_book.chapters import selection

HEIGHT = 3.6  # inches, of the errors by batch size
JUMP = 0.5  # step of a derivative between neighbouring points above which it counts as a discontinuity


def activation_curves(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw every activation of the package and its derivative, each pair in a small chart."""
    z = np.linspace(-5, 5, 201)
    activations = components.of_package(ACTIVATIONS)
    figure, panels = panel_grid(width, len(activations), by_width(width, 3, 5), 0.5, 1.45, sharex=True, sharey=True)
    numbers = []
    for axes, (name, activation) in zip(panels, activations.items(), strict=True):
        a = activation.function(z)
        slope = activation.derivative(z, a)
        axes.plot(z, a, color=BLUE, linewidth=2.2)
        unbroken = np.where(np.abs(np.diff(slope, prepend=slope[0])) < JUMP, slope, np.nan)
        axes.plot(z, unbroken, color=VERMILLION, linestyle=DASHED)
        axes.set(title=words[name], xlim=(-5, 5), ylim=(-1.3, 3.2), xticks=(-4, 0, 4), yticks=(-1, 0, 1, 2, 3))
        numbers.append(pd.DataFrame({"activation": name, "z": z, "a": a, "derivative": slope}))
    named = panels[list(activations).index("sigmoid")]  # where both lines leave room
    for text, y, align, colour in ((r"$\varphi(z)$", 1.1, "bottom", BLUE), (r"$\varphi'(z)$", -0.1, "top", VERMILLION)):
        named.text(4.8, y, text, fontsize=LETTER, ha="right", va=align, color=colour)
    figure.supxlabel("$z$", fontsize=LETTER)
    return figure, pd.concat(numbers, ignore_index=True)


def mse_curve(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the squared error of one output, and its gradients with respect to the prediction and a sigmoid's z."""
    return _loss_curve("mse", words, width, deepest=-1.1)


def cross_entropy_curve(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the binary cross-entropy of one output, and its gradients with respect to the prediction and z."""
    return _loss_curve("cross_entropy", words, width, deepest=-5.5)


def _loss_curve(loss: str, words: Phrases, width: float, deepest: float) -> tuple[Figure, pd.DataFrame]:
    """Draw a loss against a sigmoid's prediction for both targets, and its gradients for y = 1.

    deepest: Lower end of the axis of gradients.
    """
    p = np.linspace(0.005, 0.995, 199)
    prediction = p.reshape(-1, 1, 1)  # (R, B, K) = (199, 1, 1), since losses are means over batches
    target = np.ones_like(prediction)
    pair = objective("sigmoid", loss)
    numbers = pd.DataFrame(
        {
            "p": p,
            "loss_y1": pair.loss.value(prediction, target),
            "loss_y0": pair.loss.value(prediction, 0 * target),
            "gradient_p": pair.loss.gradient(prediction, target).ravel(),
            "gradient_z": pair.gradient(prediction, target).ravel(),
        }
    )
    figure, (above, below) = _stacked(width, 2.7, 3.1)
    above.plot(p, numbers["loss_y1"], color=BLUE, linewidth=2.2)
    above.plot(p, numbers["loss_y0"], color=SKY, linestyle=LONG)
    above.set_ylabel(words["loss"])
    below.plot(p, numbers["gradient_p"], color=VERMILLION, linestyle=DASHED)
    below.plot(p, numbers["gradient_z"], color=PURPLE)
    for axes, column, text, at, shift, align, colour in (
        (above, "loss_y1", "$y = 1$", 0.12, (8, 4), "left", BLUE),
        (above, "loss_y0", "$y = 0$", 0.88, (-8, 4), "right", SKY),
        (below, "gradient_p", r"$\partial\ell\,/\,\partial p$", 0.3, (8, -10), "left", VERMILLION),
        (below, "gradient_z", r"$\partial\ell\,/\,\partial z$", 0.45, (0, -14), "center", PURPLE),
    ):
        y = np.interp(at, p, numbers[column])
        axes.annotate(
            text, (at, y), shift, textcoords="offset points", fontsize=LETTER, ha=align, va="center", color=colour
        )
    below.set(ylim=(deepest, -deepest / 30), ylabel=f"{words['gradient']}, y = 1", xlim=(0, 1))
    for axes in by_width(width, (below,), (above, below)):
        axes.set_xlabel("$p$", fontsize=LETTER)
    return figure, numbers


def _stacked(width: float, narrow: float, wide: float) -> tuple[Figure, np.ndarray]:
    """Return a figure with two panels, one below the other or side by side.

    narrow: Height of a panel in the narrow figure, in inches.
    wide: Height of a panel in the wide figure, in inches.
    """
    return panel_grid(width, 2, by_width(width, 1, 2), 0, by_width(width, narrow, wide), sharex=True)


def batch_policies(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw mean test error against batch size: at the rate that suits one size, for all, and each at its own.

    Each line has its name at the end. Dots are seeds. The full batch is left out, as it is no size of its own.
    """
    runs = selection.batches_at_policies(results)
    runs = runs[~runs["full_batch"] & runs["policy"].str.partition("_")[0].isin(("fixed", policies.TUNED))]
    runs = runs.assign(error=errors(runs["test_accuracy"]))
    means, starts = _errors_by_policy(runs), selection.starts(runs)
    sizes = sorted(means["batch_size"].unique())
    means = means.assign(x=means["batch_size"].map(sizes.index))
    figure = Figure(figsize=(width, HEIGHT))
    axes = figure.subplots()
    error_axis(axes, runs["error"], words, 100 * (1 - metrics.guessed_accuracy(runs["dataset"].iloc[0])))
    names = list(dict.fromkeys(means["policy"]))
    ends: dict[int, list[End]] = {}
    for i, policy in enumerate(names):
        line = means[means["policy"] == policy]
        colour, dashes, marker = style_of_policy(policy, starts)
        for point in line.itertuples():
            seeds = runs[(runs["policy"] == policy) & (runs["batch_size"] == point.batch_size)]
            draw_seeds(axes, point.x + offset(i, len(names), 0.1), seeds["error"], colour)
        axes.plot(line["x"], line["error"], marker, color=colour, linestyle=dashes, markeredgecolor=PAPER, zorder=3)
        rule, _, size = policy.partition("_")
        end = End(words[f"line {rule}"].format(size), line["error"].iloc[-1], colour)
        ends.setdefault(line["x"].iloc[-1], []).append(end)
    axes.set_xlim(-0.4, len(sizes) - 0.6)
    for x, group_of_ends in ends.items():
        label_ends(axes, group_of_ends, x + 0.15, HEIGHT - 1)  # beside the dots
    axes.set_xticks(range(len(sizes)), list(map(str, sizes)))
    axes.grid(False, axis="x")
    axes.set(xlabel=words["batch size"], ylabel=words["test error"])
    note(figure, words["note seeds"])
    return figure, means.drop(columns="x")


def _errors_by_policy(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the mean test accuracy and its error, the typical rate and the failed runs, by policy and batch size.

    runs: Runs of the seeds at their rates.
    """
    by_arm = runs.assign(failed=selection.failed(runs)).groupby(["policy", "batch_size"], sort=False)
    table = by_arm.agg(
        learning_rate=("learning_rate", policies.typical),
        test_accuracy=("test_accuracy", "mean"),
        seeds=("seed", "count"),
        failed=("failed", "sum"),
    ).reset_index()
    return table.assign(error=errors(table["test_accuracy"])).sort_values("batch_size", kind="stable")
