"""Lines and dots: activations and losses as functions, learning curves, accuracy by batch size, by loss."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ontrial.nn import ACTIVATIONS, objective
from ontrial.report.figures import tables
from ontrial.report.figures.axes import accuracy_axis, log_axis
from ontrial.report.figures.style import LETTER, WIDTH
from ontrial.report.wording import labels
from ontrial.report.wording.looks import BLUE, DASHED, LONG, PAPER, PURPLE, SKY, VERMILLION, look

COLUMNS = 3  # of small charts
JUMP = 0.5  # a derivative that changes by more from point to point has no value between


def activation_curves(results, words) -> tuple[Figure, pd.DataFrame]:
    """Every activation of the registry with its derivative, a small chart each."""
    z = np.linspace(-5, 5, 201)
    rows = -(-len(ACTIVATIONS) // COLUMNS)
    figure = Figure(figsize=(WIDTH, 0.5 + 1.45 * rows))
    panels = figure.subplots(rows, COLUMNS, sharex=True, sharey=True, squeeze=False).ravel()
    found = []
    for axes, (name, activation) in zip(panels, ACTIVATIONS.items(), strict=False):
        a = activation.function(z)
        slope = activation.derivative(z, a)
        axes.plot(z, a, color=BLUE, linewidth=2.2)
        unbroken = np.where(np.abs(np.diff(slope, prepend=slope[0])) < JUMP, slope, np.nan)
        axes.plot(z, unbroken, color=VERMILLION, linestyle=DASHED)
        axes.set(title=words[name], xlim=(-5, 5), ylim=(-1.3, 3.2), xticks=(-4, 0, 4), yticks=(-1, 0, 1, 2, 3))
        found.append(pd.DataFrame({"activation": name, "z": z, "a": a, "derivative": slope}))
    for axes in panels[len(ACTIVATIONS) :]:
        axes.set_visible(False)
    figure.supxlabel("$z$", fontsize=LETTER)
    lines = panels[0].get_lines()
    figure.legend(lines, [r"$\varphi(z)$", r"$\varphi'(z)$"], fontsize=LETTER, loc="outside upper center", ncols=2)
    return figure, pd.concat(found, ignore_index=True)


def mse_curve(results, words) -> tuple[Figure, pd.DataFrame]:
    """Squared error of one output, and its gradients with respect to the prediction and to z behind a sigmoid."""
    return loss_curve("mse", words, deepest=-1.1)


def cross_entropy_curve(results, words) -> tuple[Figure, pd.DataFrame]:
    """Binary cross-entropy of one output, and its gradients with respect to the prediction and to z."""
    return loss_curve("cross_entropy", words, deepest=-5.5)


def loss_curve(loss: str, words, deepest: float) -> tuple[Figure, pd.DataFrame]:
    """Loss behind a sigmoid over the prediction, for both targets; its gradients for y = 1, down to `deepest`."""
    p = np.linspace(0.005, 0.995, 199)
    one_by_one = p.reshape(-1, 1, 1)  # every prediction a run of its own: losses are means over the batch
    target = np.ones_like(one_by_one)
    pair = objective("sigmoid", loss)
    numbers = pd.DataFrame(
        {
            "p": p,
            "loss_y1": pair.loss.value(one_by_one, target),
            "loss_y0": pair.loss.value(one_by_one, 0 * target),
            "gradient_p": pair.loss.gradient(one_by_one, target).ravel(),
            "gradient_z": pair.gradient(one_by_one, target).ravel(),
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


def settings_line(rows: pd.DataFrame, words) -> str:
    """Batch size and objective of rows that have one of each, for the head of a panel."""
    return f"B = {rows['batch_size'].iloc[0]}; {labels.objective(rows['objective'].iloc[0], words)}"


def learning_curves(results, words) -> tuple[Figure, pd.DataFrame]:
    """Test accuracy and training loss against epochs, each activation at its best rate by validation accuracy."""
    rows = tables.narrowed(tables.of_experiment(results.records, "main-grid"), free=["activation"])
    records = tables.tuned(results, rows)
    figure = Figure(figsize=(WIDTH, 6.2))
    panels = dict(zip(("test_accuracy", "train_loss"), figure.subplots(2, 1, sharex=True), strict=True))
    found = []
    for activation in dict.fromkeys(records["activation"]):
        rows = records[records["activation"] == activation]
        colour, line, _ = look(activation)
        for metric, axes in panels.items():
            by_seed = rows.pivot(index="epochs", columns="seed", values=metric)
            axes.plot(by_seed.index, by_seed, color=colour, linewidth=0.5, alpha=0.3)
            spread = by_seed.quantile([0.25, 0.5, 0.75], axis=1).T
            axes.fill_between(spread.index, spread[0.25], spread[0.75], color=colour, alpha=0.2, linewidth=0)
            label = words[activation] if metric == "test_accuracy" else None
            axes.plot(spread.index, spread[0.5], color=colour, linestyle=line, label=label)
            numbers = spread.set_axis(["lower_quartile", "median", "upper_quartile"], axis=1).reset_index()
            found.append(
                numbers.assign(activation=activation, metric=metric, learning_rate=rows["learning_rate"].iloc[0])
            )
    accuracy = records["test_accuracy"]
    accuracy_axis(panels["test_accuracy"], "y", accuracy.min(), accuracy.max())
    panels["test_accuracy"].set(ylabel=words["test accuracy in %"], title=settings_line(records, words))
    log_axis(panels["train_loss"], "y")
    panels["train_loss"].set(ylabel=words["training loss"], xlabel=words["epochs"])
    figure.legend(loc="outside upper center", ncols=3)
    return figure, pd.concat(found, ignore_index=True)


def batch_policies(results, words) -> tuple[Figure, pd.DataFrame]:
    """Test accuracy against batch size under each policy for the learning rate, over the confirmatory seeds."""
    runs = tables.narrowed(tables.of_experiment(results.runs, "batch-size"), free=["batch_size"])
    rows = tables.at_policies(results, runs)
    full = tables.full_batches(runs)
    sizes = sorted(runs["batch_size"].unique())
    figure = Figure(figsize=(WIDTH, 5.2))
    axes = figure.subplots()
    found = []
    names = list(dict.fromkeys(rows["policy"]))
    for place, policy in enumerate(names):
        colour, line, marker = look(policy)
        arm = rows[rows["policy"] == policy]
        shift = (place - (len(names) - 1) / 2) * 0.19
        points = []
        for size, accuracy in arm.groupby("batch_size")["test_accuracy"]:
            x = sizes.index(size) + shift
            jitter = np.linspace(-0.06, 0.06, len(accuracy))
            axes.plot(x + jitter, accuracy, ".", color=colour, markersize=4.5, alpha=0.55, markeredgewidth=0)
            points.append((size, x, *tables.interval(accuracy), len(accuracy)))
        points = pd.DataFrame(points, columns=["batch_size", "x", "mean", "low", "high", "seeds"])
        errors = [points["mean"] - points["low"], points["high"] - points["mean"]]
        axes.errorbar(
            points["x"], points["mean"], errors, fmt="none", ecolor=colour, elinewidth=1.6, capsize=3, zorder=3
        )
        axes.plot(points["x"], points["mean"], marker, color=colour, markeredgecolor=PAPER, zorder=4)
        joined = points[~points["batch_size"].isin(full)]
        axes.plot(joined["x"], joined["mean"], color=colour, linestyle=line, linewidth=1.4)
        axes.plot([], [], color=colour, linestyle=line, marker=marker, label=words[policy])
        found.append(points.drop(columns="x").assign(policy=policy))
    accuracy_axis(axes, "y", rows["test_accuracy"].min(), rows["test_accuracy"].max(), ticks=9)
    axes.set_xticks(range(len(sizes)), labels.batch_sizes(sizes, full, words))
    axes.set(xlabel=words["batch size"], ylabel=words["test accuracy in %"])
    axes.grid(False, axis="x")
    figure.legend(loc="outside upper center", ncols=2, title=words["policy for the learning rate"])
    return figure, pd.concat(found, ignore_index=True)


def activation_loss(results, words) -> tuple[Figure, pd.DataFrame]:
    """Test accuracy by activation and objective, each at its best rate by validation accuracy."""
    arms = ["activation", "objective"]
    runs = tables.narrowed(tables.of_experiment(results.runs, "main-grid"), free=arms)
    runs = tables.tuned(results, runs)
    activations = list(dict.fromkeys(runs["activation"]))
    objectives = list(dict.fromkeys(runs["objective"]))
    figure = Figure(figsize=(WIDTH, 1.6 + 0.8 * len(activations)))
    axes = figure.subplots()
    found = []
    for (activation, pair), arm in runs.groupby(arms, sort=False):
        colour, _, marker = look(pair)
        y = activations.index(activation) + (objectives.index(pair) - (len(objectives) - 1) / 2) * 0.24
        accuracy = arm["test_accuracy"]
        mean, low, high = tables.interval(accuracy)
        axes.plot(
            accuracy, np.full(len(accuracy), y), marker, color=colour, markersize=4.5, alpha=0.35, markeredgewidth=0
        )
        axes.errorbar(mean, y, xerr=[[mean - low], [high - mean]], fmt="none", ecolor=colour, elinewidth=2, capsize=4)
        axes.plot(mean, y, marker, color=colour, markeredgecolor=PAPER, markersize=8, zorder=3)
        rate = arm["learning_rate"].iloc[0]
        found.append((activation, pair, rate, mean, low, high, len(arm)))
    for pair in objectives:
        colour, _, marker = look(pair)
        axes.plot([], [], marker, color=colour, label=labels.objective(pair, words))
    accuracy_axis(axes, "x", runs["test_accuracy"].min(), runs["test_accuracy"].max())
    axes.set_yticks(range(len(activations)), [words[activation] for activation in activations])
    axes.invert_yaxis()
    axes.set(xlabel=words["test accuracy in %"], title=f"B = {runs['batch_size'].iloc[0]}")
    axes.grid(False, axis="y")
    figure.legend(loc="outside upper left", ncols=1)
    columns = ["activation", "objective", "learning_rate", "mean", "low", "high", "seeds"]
    return figure, pd.DataFrame(found, columns=columns)
