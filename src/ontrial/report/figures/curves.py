"""Line and dot charts: activations, losses, learning curves, accuracy by batch size and by loss."""

from functools import cache

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ontrial.judge import policies
from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.objectives import objective
from ontrial.report.figures.axes import LETTER, End, accuracy_axis, label_ends, log_axis
from ontrial.report.figures.declaration import figure
from ontrial.report.figures.layout import by_width, offset, panel_grid
from ontrial.report.summaries import selection
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import labels
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, DASHED, LONG, MUTED, PAPER, PURPLE, SKY, VERMILLION, style_of

GAP = 0.7  # distance between the full batch and the others, in steps of batch size
MOST_NAMED = 7  # number of batch sizes on an axis above which only every second one is named
JUMP = 0.5  # step of a derivative between neighbouring points above which it counts as a discontinuity


@figure()
def activation_curves(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw every registered activation and its derivative, each pair in a small chart."""
    z = np.linspace(-5, 5, 201)
    figure, panels = panel_grid(width, len(ACTIVATIONS), by_width(width, 3, 5), 0.5, 1.45, sharex=True, sharey=True)
    numbers = []
    for axes, (name, activation) in zip(panels, ACTIVATIONS.items(), strict=True):
        a = activation.function(z)
        slope = activation.derivative(z, a)
        axes.plot(z, a, color=BLUE, linewidth=2.2)
        unbroken = np.where(np.abs(np.diff(slope, prepend=slope[0])) < JUMP, slope, np.nan)
        axes.plot(z, unbroken, color=VERMILLION, linestyle=DASHED)
        axes.set(title=words[name], xlim=(-5, 5), ylim=(-1.3, 3.2), xticks=(-4, 0, 4), yticks=(-1, 0, 1, 2, 3))
        numbers.append(pd.DataFrame({"activation": name, "z": z, "a": a, "derivative": slope}))
    figure.supxlabel("$z$", fontsize=LETTER)
    lines = panels[0].get_lines()
    figure.legend(lines, [r"$\varphi(z)$", r"$\varphi'(z)$"], fontsize=LETTER, loc="outside upper center", ncols=2)
    return figure, pd.concat(numbers, ignore_index=True)


@figure()
def mse_curve(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the squared error of one output, and its gradients with respect to the prediction and a sigmoid's z."""
    return loss_curve("mse", words, width, deepest=-1.1)


@figure()
def cross_entropy_curve(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the binary cross-entropy of one output, and its gradients with respect to the prediction and z."""
    return loss_curve("cross_entropy", words, width, deepest=-5.5)


def loss_curve(loss: str, words: Phrases, width: float, deepest: float) -> tuple[Figure, pd.DataFrame]:
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
    figure, (above, below) = stacked(width, 2.7, 3.1)
    above.plot(p, numbers["loss_y1"], color=BLUE, linewidth=2.2, label="$y = 1$")
    above.plot(p, numbers["loss_y0"], color=SKY, linestyle=LONG, label="$y = 0$")
    above.set_ylabel(words["loss"])
    above.legend(loc="upper center", fontsize=LETTER)
    below.plot(p, numbers["gradient_p"], color=VERMILLION, linestyle=DASHED, label=r"$\partial\ell\,/\,\partial p$")
    below.plot(p, numbers["gradient_z"], color=PURPLE, label=r"$\partial\ell\,/\,\partial z$")
    below.set(ylim=(deepest, -deepest / 30), ylabel=f"{words['gradient']}, y = 1", xlim=(0, 1))
    for axes in by_width(width, (below,), (above, below)):
        axes.set_xlabel("$p$", fontsize=LETTER)
    below.legend(loc="lower right", fontsize=LETTER)
    return figure, numbers


def stacked(width: float, narrow: float, wide: float) -> tuple[Figure, np.ndarray]:
    """Return a figure with two panels, one below the other or side by side.

    narrow: Height of a panel in the narrow figure, in inches.
    wide: Height of a panel in the wide figure, in inches.
    """
    return panel_grid(width, 2, by_width(width, 1, 2), 0, by_width(width, narrow, wide), sharex=True)


def settings_line(rows: pd.DataFrame, words: Phrases) -> str:
    """Return the title of a panel whose rows share a batch size and an objective."""
    return f"B = {rows['batch_size'].iloc[0]}; {labels.objective(rows['objective'].iloc[0], words)}"


@figure(experiments=("main-grid",), needs=("classes", "training"))
def learning_curves(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw test accuracy and training loss against epochs for each activation, with each seed at its own rate.

    The axis of epochs is logarithmic, because accuracy changes most in the first epochs.
    """
    records = course_of_training(results)
    height = by_width(width, 2.3, 2.9)  # approximate height of a panel's axes
    figure, (above, below) = stacked(width, 3.0, 3.9)
    numbers = []
    ends: dict[str, list[End]] = {"test_accuracy": [], "train_loss": []}
    for activation in dict.fromkeys(records["activation"]):
        rows = records[records["activation"] == activation]
        colour, line, _ = style_of(activation)
        for metric, axes in (("test_accuracy", above), ("train_loss", below)):
            by_seed = rows.pivot(index="epochs", columns="seed", values=metric).dropna(how="all")
            spread = by_seed.quantile([0.25, 0.5, 0.75], axis=1).T
            axes.fill_between(spread.index, spread[0.25], spread[0.75], color=colour, alpha=0.2, linewidth=0)
            axes.plot(spread.index, spread[0.5], color=colour, linestyle=line, linewidth=2.2)
            if len(spread) and np.isfinite(spread[0.5].iloc[-1]):
                ends[metric].append(End(words[activation], spread[0.5].iloc[-1], colour))
            quartiles = spread.set_axis(["lower_quartile", "median", "upper_quartile"], axis=1).reset_index()
            rate = policies.typical(rows["learning_rate"])
            numbers.append(quartiles.assign(activation=activation, metric=metric, learning_rate=rate))
    accuracy = records["test_accuracy"]
    accuracy_axis(above, "y", accuracy.min(), accuracy.max(), words)
    log_axis(below, "y")
    below.set_ylabel(words["training loss"])
    if not ends["train_loss"]:
        below.set_ylim(0.1, 1)  # every run diverged; a logarithmic axis needs limits
    for axes, metric in ((above, "test_accuracy"), (below, "train_loss")):
        log_axis(axes, "x", base=2)
        label_ends(axes, ends[metric], records["epochs"].max(), height)
    for axes in by_width(width, (below,), (above, below)):
        axes.set_xlabel(words["epochs"])
    figure.suptitle(settings_line(records, words), x=0.01, ha="left")
    return figure, pd.concat(numbers, ignore_index=True)


@cache  # the same in every language and width
def course_of_training(results: Findings) -> pd.DataFrame:
    """Return the training records of each activation, with each seed at its own rate."""
    rows = selection.narrowed(selection.of_experiment(results.records, "main-grid"), free=["activation"])
    records = selection.tuned(results, rows)
    return records[records["epochs"] > 0]


@figure(experiments=("batch-size",), needs=("classes", "training"))
def batch_policies(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw test accuracy against batch size, with a panel for each policy, and the other policies in grey."""
    numbers = accuracy_by_policy(results)
    names = list(dict.fromkeys(numbers["policy"]))
    sizes = sorted(numbers["batch_size"].unique())
    full = set(numbers.loc[numbers["full_batch"], "batch_size"])
    positions = {size: i + (GAP if size in full else 0) for i, size in enumerate(sizes)}
    columns = min(len(names), by_width(width, 2, 4))
    head, row = by_width(width, (0.8, 2.3), (0.6, 2.9))
    figure, panels = panel_grid(width, len(names), columns, head, row, sharex=True, sharey=True)
    for axes, policy in zip(panels, names, strict=True):
        for other in (*(name for name in names if name != policy), policy):
            points = numbers[numbers["policy"] == other]
            joined = points[~points["full_batch"]]
            colour, line, marker = style_of(policy)
            if other != policy:
                axes.plot(joined["batch_size"].map(positions), joined["estimate"], color=MUTED, linewidth=1, alpha=0.5)
                continue
            x = points["batch_size"].map(positions)
            for position, accuracies in zip(x, points["accuracies"], strict=True):
                shown = np.full(len(accuracies), position)
                axes.plot(shown, accuracies, ".", color=colour, markersize=4, alpha=0.4, markeredgewidth=0)
            errors = [points["estimate"] - points["low"], points["high"] - points["estimate"]]
            axes.errorbar(x, points["estimate"], errors, fmt="none", ecolor=colour, elinewidth=1.6, capsize=3, zorder=3)
            axes.plot(joined["batch_size"].map(positions), joined["estimate"], color=colour, linestyle=line)
            axes.plot(x, points["estimate"], marker, color=colour, markeredgecolor=PAPER, zorder=4)
        axes.set_title(words[policy], color=colour)
        axes.grid(False, axis="x")
    accuracies = np.concatenate([*numbers["accuracies"]])
    accuracy_axis(panels[0], "y", accuracies.min(), accuracies.max(), words)
    panels[0].set_ylabel("")
    step = by_width(width, 2, 1) * -(-len(sizes) // MOST_NAMED)
    named = [*[size for size in sizes if size not in full][::step], *sorted(full)]
    panels[0].set_xticks([positions[size] for size in named], labels.batch_sizes(named, full, words))
    figure.supxlabel(words["batch size"])
    figure.supylabel(words["stretched"].format(words["test accuracy in %"]))
    return figure, numbers.drop(columns=["accuracies", "full_batch"])


@cache  # the same in every language and width
def accuracy_by_policy(results: Findings) -> pd.DataFrame:
    """Return the estimate, its interval and the seeds' accuracies, in one row per policy and batch size."""
    runs = selection.narrowed(selection.of_experiment(results.runs, "batch-size"), free=["batch_size"])
    rows = selection.at_policies(results, runs)
    full = selection.full_batches(runs)
    estimates = [
        (size, *selection.interval(accuracy), len(accuracy), policy, size in full, accuracy.to_numpy())
        for policy, arm in rows.groupby("policy", sort=False)
        for size, accuracy in arm.groupby("batch_size")["test_accuracy"]
    ]
    columns = ["batch_size", "estimate", "low", "high", "seeds", "policy", "full_batch", "accuracies"]
    return pd.DataFrame(estimates, columns=columns)


@figure(experiments=("main-grid",), needs=("classes", "training"))
def activation_loss(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw test accuracy by activation and objective, with each seed at its own learning rate.

    A marker is hollow if at least half of the seeds have a rate at the edge of the grid.
    """
    arms = ["activation", "objective"]
    runs = selection.tuned_runs(results, "main-grid", free=tuple(arms))
    activations = list(dict.fromkeys(runs["activation"]))
    objectives = list(dict.fromkeys(runs["objective"]))
    figure = Figure(figsize=(width, 1.5 + by_width(width, 0.8, 0.66) * len(activations)))
    axes = figure.subplots()
    numbers = []
    for (activation, pair), arm in runs.groupby(arms, sort=False):
        colour, _, marker = style_of(pair)
        y = activations.index(activation) + offset(objectives.index(pair), len(objectives), 0.24)
        accuracy = arm["test_accuracy"]
        on_edge = policies.mostly(arm["on_edge"])
        estimate, low, high = selection.interval(accuracy)
        axes.plot(
            accuracy, np.full(len(accuracy), y), marker, color=colour, markersize=4.5, alpha=0.35, markeredgewidth=0
        )
        errors = [[estimate - low], [high - estimate]]
        axes.errorbar(estimate, y, xerr=errors, fmt="none", ecolor=colour, elinewidth=2, capsize=4)
        inside, rim = (PAPER, colour) if on_edge else (colour, PAPER)
        axes.plot(estimate, y, marker, markerfacecolor=inside, markeredgecolor=rim, markersize=8, zorder=3)
        rate = policies.typical(arm["learning_rate"])
        numbers.append((activation, pair, rate, on_edge, estimate, low, high, len(arm)))
    for pair in objectives:
        colour, _, marker = style_of(pair)
        axes.plot([], [], marker, color=colour, label=labels.objective(pair, words))
    accuracy_axis(axes, "x", runs["test_accuracy"].min(), runs["test_accuracy"].max(), words)
    axes.set_yticks(range(len(activations)), [words[activation] for activation in activations])
    axes.invert_yaxis()
    axes.set_title(f"B = {runs['batch_size'].iloc[0]}")
    axes.grid(False, axis="y")
    figure.legend(loc="outside upper left", ncols=by_width(width, 1, 3))
    columns = ["activation", "objective", "learning_rate", "on_edge", "estimate", "low", "high", "seeds"]
    return figure, pd.DataFrame(numbers, columns=columns)
