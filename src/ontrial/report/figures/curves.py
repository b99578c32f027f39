"""Line and dot charts: activations, losses, learning curves, accuracy by batch size and by loss."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ontrial.judge import policies
from ontrial.nn import ACTIVATIONS, objective
from ontrial.report.figures import tables
from ontrial.report.figures.axes import accuracy_axis, log_axis
from ontrial.report.figures.style import LETTER, WIDTH
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import labels
from ontrial.report.wording.looks import BLUE, DASHED, LONG, PAPER, PURPLE, SKY, VERMILLION, look
from ontrial.report.wording.phrases import Phrases

COLUMNS = 3  # of small charts
JUMP = 0.5  # a larger step of a derivative between neighbouring points is a discontinuity


def activation_curves(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw every registered activation with its derivative, in a small chart of its own."""
    z = np.linspace(-5, 5, 201)
    rows = -(-len(ACTIVATIONS) // COLUMNS)
    figure = Figure(figsize=(WIDTH, 0.5 + 1.45 * rows))
    panels = figure.subplots(rows, COLUMNS, sharex=True, sharey=True, squeeze=False).ravel()
    numbers = []
    for axes, (name, activation) in zip(panels, ACTIVATIONS.items(), strict=False):
        a = activation.function(z)
        slope = activation.derivative(z, a)
        axes.plot(z, a, color=BLUE, linewidth=2.2)
        unbroken = np.where(np.abs(np.diff(slope, prepend=slope[0])) < JUMP, slope, np.nan)
        axes.plot(z, unbroken, color=VERMILLION, linestyle=DASHED)
        axes.set(title=words[name], xlim=(-5, 5), ylim=(-1.3, 3.2), xticks=(-4, 0, 4), yticks=(-1, 0, 1, 2, 3))
        numbers.append(pd.DataFrame({"activation": name, "z": z, "a": a, "derivative": slope}))
    for axes in panels[len(ACTIVATIONS) :]:
        axes.set_visible(False)
    figure.supxlabel("$z$", fontsize=LETTER)
    lines = panels[0].get_lines()
    figure.legend(lines, [r"$\varphi(z)$", r"$\varphi'(z)$"], fontsize=LETTER, loc="outside upper center", ncols=2)
    return figure, pd.concat(numbers, ignore_index=True)


def mse_curve(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw the squared error of one output, and its gradients with respect to the prediction and to a sigmoid's z."""
    return loss_curve("mse", words, deepest=-1.1)


def cross_entropy_curve(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw the binary cross-entropy of one output, and its gradients with respect to the prediction and to z."""
    return loss_curve("cross_entropy", words, deepest=-5.5)


def loss_curve(loss: str, words: Phrases, deepest: float) -> tuple[Figure, pd.DataFrame]:
    """Draw a loss against the prediction of a sigmoid for both targets, and its gradients for y = 1.

    deepest: lower end of the axis of gradients.
    """
    p = np.linspace(0.005, 0.995, 199)
    prediction = p.reshape(-1, 1, 1)  # (R, B, K) = (199, 1, 1): a loss is a mean over the batch, so each p is a run
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
    figure = Figure(figsize=(WIDTH, 5.4))
    above, below = figure.subplots(2, 1, sharex=True)
    above.plot(p, numbers["loss_y1"], color=BLUE, linewidth=2.2, label="$y = 1$")
    above.plot(p, numbers["loss_y0"], color=SKY, linestyle=LONG, label="$y = 0$")
    above.set_ylabel(words["loss"])
    above.legend(loc="upper center", fontsize=LETTER)
    below.plot(p, numbers["gradient_p"], color=VERMILLION, linestyle=DASHED, label=r"$\partial\ell\,/\,\partial p$")
    below.plot(p, numbers["gradient_z"], color=PURPLE, label=r"$\partial\ell\,/\,\partial z$")
    below.set(ylim=(deepest, -deepest / 30), ylabel=f"{words['gradient']}, y = 1", xlim=(0, 1))
    below.set_xlabel("$p$", fontsize=LETTER)
    below.legend(loc="lower right", fontsize=LETTER)
    return figure, numbers


def settings_line(rows: pd.DataFrame, words: Phrases) -> str:
    """Return the title of a panel whose rows share one batch size and one objective."""
    return f"B = {rows['batch_size'].iloc[0]}; {labels.objective(rows['objective'].iloc[0], words)}"


def learning_curves(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw test accuracy and training loss against epochs, for each activation with each seed at its own rate."""
    rows = tables.narrowed(tables.of_experiment(results.records, "main-grid"), free=["activation"])
    records = tables.tuned(results, rows)
    figure = Figure(figsize=(WIDTH, 6.2))
    above, below = figure.subplots(2, 1, sharex=True)
    numbers = []
    for activation in dict.fromkeys(records["activation"]):
        rows = records[records["activation"] == activation]
        colour, line, _ = look(activation)
        for metric, axes in (("test_accuracy", above), ("train_loss", below)):
            by_seed = rows.pivot(index="epochs", columns="seed", values=metric).dropna(how="all")
            axes.plot(by_seed.index, by_seed, color=colour, linewidth=0.5, alpha=0.3)
            spread = by_seed.quantile([0.25, 0.5, 0.75], axis=1).T
            axes.fill_between(spread.index, spread[0.25], spread[0.75], color=colour, alpha=0.2, linewidth=0)
            label = words[activation] if metric == "test_accuracy" else None
            axes.plot(spread.index, spread[0.5], color=colour, linestyle=line, label=label)
            quartiles = spread.set_axis(["lower_quartile", "median", "upper_quartile"], axis=1).reset_index()
            rate = policies.typical(rows["learning_rate"])
            numbers.append(quartiles.assign(activation=activation, metric=metric, learning_rate=rate))
    accuracy = records["test_accuracy"]
    accuracy_axis(above, "y", accuracy.min(), accuracy.max())
    above.set(ylabel=words["test accuracy in %"], title=settings_line(records, words))
    log_axis(below, "y")
    below.set(ylabel=words["training loss"], xlabel=words["epochs"])
    figure.legend(loc="outside upper center", ncols=3)
    return figure, pd.concat(numbers, ignore_index=True)


def batch_policies(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw test accuracy against batch size under each policy for the learning rate, over the judging seeds."""
    runs = tables.narrowed(tables.of_experiment(results.runs, "batch-size"), free=["batch_size"])
    rows = tables.at_policies(results, runs)
    full = tables.full_batches(runs)
    sizes = sorted(runs["batch_size"].unique())
    figure = Figure(figsize=(WIDTH, 5.2))
    axes = figure.subplots()
    numbers = []
    names = list(dict.fromkeys(rows["policy"]))
    for i, policy in enumerate(names):
        colour, line, marker = look(policy)
        arm = rows[rows["policy"] == policy]
        shift = (i - (len(names) - 1) / 2) * 0.19
        estimates = []
        for size, accuracy in arm.groupby("batch_size")["test_accuracy"]:
            x = sizes.index(size) + shift
            jitter = np.linspace(-0.06, 0.06, len(accuracy))
            axes.plot(x + jitter, accuracy, ".", color=colour, markersize=4.5, alpha=0.55, markeredgewidth=0)
            estimates.append((size, x, *tables.interval(accuracy), len(accuracy)))
        points = pd.DataFrame(estimates, columns=["batch_size", "x", "estimate", "low", "high", "seeds"])
        errors = [points["estimate"] - points["low"], points["high"] - points["estimate"]]
        axes.errorbar(
            points["x"], points["estimate"], errors, fmt="none", ecolor=colour, elinewidth=1.6, capsize=3, zorder=3
        )
        axes.plot(points["x"], points["estimate"], marker, color=colour, markeredgecolor=PAPER, zorder=4)
        scaled = points[~points["batch_size"].isin(full)]
        axes.plot(scaled["x"], scaled["estimate"], color=colour, linestyle=line, linewidth=1.4)
        axes.plot([], [], color=colour, linestyle=line, marker=marker, label=words[policy])
        numbers.append(points.drop(columns="x").assign(policy=policy))
    accuracy_axis(axes, "y", rows["test_accuracy"].min(), rows["test_accuracy"].max(), ticks=9)
    axes.set_xticks(range(len(sizes)), labels.batch_sizes(sizes, full, words))
    axes.set(xlabel=words["batch size"], ylabel=words["test accuracy in %"])
    axes.grid(False, axis="x")
    figure.legend(loc="outside upper center", ncols=2, title=words["policy for the learning rate"])
    return figure, pd.concat(numbers, ignore_index=True)


def activation_loss(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw test accuracy by activation and objective, with each seed at its own learning rate."""
    arms = ["activation", "objective"]
    runs = tables.narrowed(tables.of_experiment(results.runs, "main-grid"), free=arms)
    runs = tables.tuned(results, runs)
    activations = list(dict.fromkeys(runs["activation"]))
    objectives = list(dict.fromkeys(runs["objective"]))
    figure = Figure(figsize=(WIDTH, 1.6 + 0.8 * len(activations)))
    axes = figure.subplots()
    numbers = []
    for (activation, pair), arm in runs.groupby(arms, sort=False):
        colour, _, marker = look(pair)
        y = activations.index(activation) + (objectives.index(pair) - (len(objectives) - 1) / 2) * 0.24
        accuracy = arm["test_accuracy"]
        estimate, low, high = tables.interval(accuracy)
        axes.plot(
            accuracy, np.full(len(accuracy), y), marker, color=colour, markersize=4.5, alpha=0.35, markeredgewidth=0
        )
        errors = [[estimate - low], [high - estimate]]
        axes.errorbar(estimate, y, xerr=errors, fmt="none", ecolor=colour, elinewidth=2, capsize=4)
        axes.plot(estimate, y, marker, color=colour, markeredgecolor=PAPER, markersize=8, zorder=3)
        rate = policies.typical(arm["learning_rate"])
        numbers.append((activation, pair, rate, estimate, low, high, len(arm)))
    for pair in objectives:
        colour, _, marker = look(pair)
        axes.plot([], [], marker, color=colour, label=labels.objective(pair, words))
    accuracy_axis(axes, "x", runs["test_accuracy"].min(), runs["test_accuracy"].max())
    axes.set_yticks(range(len(activations)), [words[activation] for activation in activations])
    axes.invert_yaxis()
    axes.set(xlabel=words["test accuracy in %"], title=f"B = {runs['batch_size'].iloc[0]}")
    axes.grid(False, axis="y")
    figure.legend(loc="outside upper left", ncols=1)
    columns = ["activation", "objective", "learning_rate", "estimate", "low", "high", "seeds"]
    return figure, pd.DataFrame(numbers, columns=columns)
