"""Line charts: activations, losses, error by batch size."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontrial.book.chapters import selection
from ontrial.judge import metrics, policies
from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.objectives import objective
from ontrial.report.figures.axes import (
    HALO,
    LETTER,
    End,
    draw_seeds,
    error_axis,
    errors,
    label_ends,
    note,
)
from ontrial.report.figures.layout import by_width, offset, panel_grid
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import (
    BLUE,
    DASHED,
    INK,
    LONG,
    PAPER,
    PURPLE,
    SKY,
    VERMILLION,
    style_of_policy,
)
from ontrial.study import components

RULES = {"one rate": ("fixed",), "scaled rate": ("linear", "sqrt")}  # rules for the learning rate, by panel
WORSE = 1.2  # ratio of errors to those of tuned rates from which on words say that a rate is too large or too small
FAR = 30  # error in per cent above which these words are below the mark, where there is room
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
    """Draw mean test error against batch size: one panel for a rate that all share, one for rates that are scaled.

    Each rule has a line for each batch size from whose own rate it starts, with its name at the end; tuned rates are in
    both panels. Words say where a rule has carried the rate too far. Dots are seeds. The full batch is left out, as no
    rule scales to it.
    """
    runs = selection.batches_at_policies(results)
    runs = runs[~runs["full_batch"]].assign(error=errors(runs["test_accuracy"]))
    means = _errors_by_policy(runs)
    starts = selection.starts(runs)
    names = list(dict.fromkeys(means["policy"]))
    sizes = sorted(means["batch_size"].unique())
    means = means.assign(x=means["batch_size"].map(sizes.index))
    rules = [name.partition("_")[0] for name in names]
    panels = {title: group for title, group in RULES.items() if set(group) & set(rules)} or {"one rate": ()}
    columns, row = by_width(width, (1, 3.1), (2, 3.6))
    figure, drawn = panel_grid(width, len(panels), columns, 0.7, row, sharey=True)
    guess = 100 * (1 - metrics.guessed_accuracy(runs["dataset"].iloc[0]))
    for axes, (title, group) in zip(drawn, panels.items(), strict=True):
        error_axis(axes, runs["error"], words, guess)
        shown = [name for name, rule in zip(names, rules, strict=True) if rule in (*group, policies.TUNED)]
        ends: dict[int, list[End]] = {}
        for i, policy in enumerate(shown):
            line = means[means["policy"] == policy]
            colour, dashes, marker = style_of_policy(policy, starts)
            for point in line.itertuples():
                seeds = runs[(runs["policy"] == policy) & (runs["batch_size"] == point.batch_size)]
                draw_seeds(axes, point.x + offset(i, len(shown), 0.1), seeds["error"], colour)
            axes.plot(line["x"], line["error"], marker, color=colour, linestyle=dashes, markeredgecolor=PAPER, zorder=3)
            rule, _, size = policy.partition("_")
            text = words[f"line {rule}"].format(size)
            ends.setdefault(line["x"].iloc[-1], []).append(End(text, line["error"].iloc[-1], colour))
        _point_out_worst(axes, means[means["policy"].isin(shown)], starts, words)
        axes.set_xlim(-0.4, len(sizes) - 0.6)
        for x, group_of_ends in ends.items():
            label_ends(axes, group_of_ends, x, row - 0.8)
        axes.set_xticks(range(len(sizes)), list(map(str, sizes)))
        axes.set_title(words[title])
        axes.grid(False, axis="x")
    for axes in drawn[::columns]:
        axes.set_ylabel(words["test error"])
    figure.supxlabel(words["batch size"])
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


def _point_out_worst(axes: Axes, means: pd.DataFrame, starts: Sequence[int], words: Phrases) -> None:
    """Say where the rate of a rule is too large, and where it is too small, at the place where it is worst.

    means: Rows of a panel, with positions x; the tuned rates are among them.
    starts: Batch sizes from whose own rates rules start.
    """
    own = means[means["policy"] == policies.TUNED].set_index("batch_size")
    best = own.loc[means["batch_size"]].reset_index()
    ratios = means["error"].to_numpy() / best["error"]
    larger = means["learning_rate"].to_numpy() > best["learning_rate"]
    for size, sides in (("large", larger), ("small", ~larger)):
        if not sides.any() or ratios[sides].max() < WORSE:
            continue
        worst = ratios[sides].idxmax()
        x, error = means["x"].iloc[worst], means["error"].iloc[worst]
        is_left = x < means["x"].mean()
        axes.annotate(
            words[f"rate too {size}"],
            (x, error),
            (x + (0.25 if is_left else -0.25), error / 3 if error > FAR else 1.6 * error),
            color=style_of_policy(means["policy"].iloc[worst], starts).colour,
            ha="left" if is_left else "right",
            va="center",
            linespacing=1.1,
            path_effects=HALO,
            arrowprops={"arrowstyle": "-|>", "color": INK, "shrinkB": 5, "linewidth": 1.2},
            zorder=5,
        )
