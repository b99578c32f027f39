"""Heatmaps: accuracy over batch size and learning rate, over activation, batch size and objective."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import Normal, Stroke

from ontrial import data
from ontrial.figures import labels, scales, tables
from ontrial.figures.style import BLUE, GOLD, INK, MUTED, PAPER, WIDTH, look
from ontrial.nn import objective

WORST = 0.28  # share of a cell's height that shows the worst seed
DIVERGED = {"facecolor": GOLD, "edgecolor": INK, "hatch": "/////", "linewidth": 0}
LEVELS = (0.02, 0.1, 0.3, 0.6, 0.9, 1.5, 3, 4.5, 6)  # of contours of a loss
GAP = 0.35  # cells between the scaled batch sizes and the full batch


def batch_rate_surface(results, words) -> tuple[Figure, pd.DataFrame]:
    """Mean test accuracy over batch size and learning rate, with the path that each policy takes across it."""
    runs = tables.narrowed(tables.of_experiment(results.runs, "batch-size"), free=["batch_size"])
    runs = tables.judging(results, runs)
    of_data = data.sizes(runs["dataset"].iloc[0])
    by_cell = runs.groupby(["batch_size", "learning_rate"])
    cells = by_cell.agg(
        mean=("test_accuracy", "mean"),
        worst=("test_accuracy", "min"),
        diverged=("diverged", "mean"),
        seeds=("seed", "count"),
    ).reset_index()
    sizes, rates = sorted(cells["batch_size"].unique()), sorted(cells["learning_rate"].unique())
    place = {size: i + (GAP if size == of_data.train else 0) for i, size in enumerate(sizes)}
    figure = Figure(figsize=(WIDTH, 1.9 + 0.34 * len(rates)))
    axes = figure.subplots()
    ramp, norm = scales.ink(1 / of_data.classes, cells["mean"].max())
    for size in sizes:
        column = cells[cells["batch_size"] == size].set_index("learning_rate").reindex(rates)
        edges = np.ravel([(row - 0.5, row - 0.5 + WORST) for row in range(len(rates))] + [(len(rates) - 0.5,) * 2])[:-1]
        values = column[["worst", "mean"]].to_numpy().reshape(-1, 1)
        mesh = axes.pcolormesh([place[size] - 0.5, place[size] + 0.5], edges, values, cmap=ramp, norm=norm)
        lost = column["diverged"].to_numpy()
        axes.barh(np.arange(len(rates)) - 0.5, lost, WORST, place[size] - 0.5, align="edge", **DIVERGED)
    axes.hlines(np.arange(len(rates) + 1) - 0.5, -0.5, place[sizes[-1]] + 0.5, color=PAPER, linewidth=1)
    axes.vlines(
        [x + side for x in place.values() for side in (-0.5, 0.5)], -0.5, len(rates) - 0.5, color=PAPER, linewidth=1
    )
    keys = ["policy", "batch_size", "learning_rate", "on_edge"]
    chosen = tables.at_policies(results, runs)[keys].drop_duplicates()
    halo = [Stroke(linewidth=5, foreground=PAPER), Normal()]
    names = list(dict.fromkeys(chosen["policy"]))
    for i, policy in enumerate(names):
        colour, line, marker = look(policy)
        path = chosen[chosen["policy"] == policy].sort_values("batch_size")
        shift = (i - (len(names) - 1) / 2) * 0.2
        x = path["batch_size"].map(place) + shift
        y = path["learning_rate"].map(rates.index) + 0.1 - shift / 2
        joined = path["batch_size"] < of_data.train
        axes.plot(x[joined], y[joined], color=colour, linestyle=line, path_effects=halo)
        for on_edge, fill in ((False, colour), (True, PAPER)):
            flagged = path["on_edge"] == on_edge
            style = {"markersize": 8, "markerfacecolor": fill, "markeredgecolor": colour if on_edge else PAPER}
            axes.plot(x[flagged], y[flagged], marker, color=colour, **style)
        axes.plot([], [], color=colour, linestyle=line, marker=marker, label=words[policy])
    axes.add_patch(Rectangle((0, 0), 0, 0, label=words["diverged"], **DIVERGED))
    axes.set_xticks(list(place.values()), labels.batch_sizes(sizes, of_data.train, words))
    axes.set_yticks(range(len(rates)), [labels.rate(rate) for rate in rates])
    axes.set(xlabel=words["batch size"], ylabel=words["learning rate"])
    axes.grid(False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    scales.accuracy_bar(figure, mesh, axes, words)
    figure.legend(loc="outside upper center", ncols=2, title=words["policy for the learning rate"])
    return figure, cells.merge(chosen, how="left", on=["batch_size", "learning_rate"])


def activation_batch(results, words) -> tuple[Figure, pd.DataFrame]:
    """Test accuracy by activation, batch size and objective, each at its best rate: mean and standard deviation."""
    arms = ["objective", "activation", "batch_size"]
    runs = tables.narrowed(tables.of_experiment(results.runs, "main-grid"), free=arms)
    runs = tables.judging(results, tables.at_policies(results, runs, ["tuned"]))
    of_data = data.sizes(runs["dataset"].iloc[0])
    by_arm = runs.groupby([*arms, "learning_rate"], sort=False)["test_accuracy"]
    cells = by_arm.agg(mean="mean", deviation="std", seeds="count").reset_index()
    objectives, activations = (list(dict.fromkeys(cells[name])) for name in ("objective", "activation"))
    sizes = sorted(cells["batch_size"].unique())
    figure = Figure(figsize=(WIDTH, 1 + len(objectives) * (0.35 + 0.5 * len(activations))))
    panels = figure.subplots(len(objectives), 1, sharex=True, squeeze=False)[:, 0]
    ramp, norm = scales.ink(min(1 / of_data.classes, cells["mean"].min()), cells["mean"].max())
    for axes, name in zip(panels, objectives, strict=True):
        grid = cells[cells["objective"] == name].pivot(index="activation", columns="batch_size")
        means, deviations = (
            grid[column].reindex(index=activations, columns=sizes).to_numpy() for column in ("mean", "deviation")
        )
        mesh = axes.pcolormesh(means, cmap=ramp, norm=norm, edgecolor=PAPER, linewidth=1)
        for (row, column), mean in np.ndenumerate(means):
            deviation = 100 * deviations[row, column]
            text = f"{100 * mean:.1f}\n±{deviation:.{1 if deviation < 9.95 else 0}f}"
            axes.text(
                column + 0.5, row + 0.5, text, ha="center", va="center", color=scales.legible_on(ramp(norm(mean)))
            )
        axes.set_yticks(np.arange(len(activations)) + 0.5, [words[activation] for activation in activations])
        axes.set_xticks(np.arange(len(sizes)) + 0.5, labels.batch_sizes(sizes, of_data.train, words))
        axes.set_title(labels.objective(name, words))
        axes.invert_yaxis()
        axes.grid(False)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    axes.set_xlabel(words["batch size"])
    scales.accuracy_bar(figure, mesh, list(panels), words)
    return figure, cells


def loss_surfaces(results, words) -> tuple[Figure, pd.DataFrame]:
    """Cross-entropy and squared error behind a softmax of three classes, over the scores of the two wrong ones."""
    ahead = np.linspace(-6, 6, 25)  # score of a wrong class minus that of the right one: more than 0 is a mistake
    first, second = np.meshgrid(ahead, ahead)
    scores = np.stack([0 * first, first, second], axis=-1).reshape(-1, 1, 3)  # each point a run of its own
    target = np.zeros_like(scores)
    target[..., 0] = 1
    figure = Figure(figsize=(WIDTH, 2.9))
    found = []
    for axes, loss in zip(figure.subplots(1, 2, sharex=True, sharey=True), ("cross_entropy", "mse"), strict=True):
        pair = objective("softmax", loss)
        prediction = pair.output.function(scores)
        height = pair.loss.value(prediction, target).reshape(first.shape)
        gradient = pair.gradient(prediction, target).reshape(*first.shape, 3)
        axes.contour(ahead, ahead, height, levels=LEVELS, colors=MUTED, linewidths=1)
        arrows = (slice(2, None, 4),) * 2
        downhill = -gradient[arrows]
        settings = {"angles": "xy", "scale_units": "xy", "scale": 0.45, "width": 0.014, "color": BLUE, "zorder": 3}
        axes.quiver(first[arrows], second[arrows], downhill[..., 1], downhill[..., 2], **settings)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.axhline(0, color=INK, linewidth=0.8)
        axes.set(title=words[loss], xlim=(-6, 6), ylim=(-6, 6), xticks=(-5, 0, 5), yticks=(-5, 0, 5), aspect="equal")
        axes.grid(False)
        columns = [first, second, height, gradient[..., 1], gradient[..., 2]]
        names = ["score_1", "score_2", "loss", "gradient_1", "gradient_2"]
        numbers = pd.DataFrame({name: column.ravel() for name, column in zip(names, columns, strict=True)})
        found.append(numbers.assign(objective=f"softmax+{loss}"))
    figure.supxlabel(words["score of a wrong class minus the right one's"])
    figure.supylabel(words["the other wrong class"])
    return figure, pd.concat(found, ignore_index=True)
