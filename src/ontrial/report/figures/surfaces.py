"""Heatmaps of accuracy, and contour maps of losses."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import Normal, Stroke

from ontrial import data
from ontrial.judge import policies
from ontrial.nn import objective
from ontrial.report.figures import tables
from ontrial.report.figures.axes import accuracy_bar, accuracy_colours, legible_on
from ontrial.report.figures.style import WIDTH
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import formatting, labels
from ontrial.report.wording.looks import BLUE, GOLD, INK, MUTED, PAPER, look
from ontrial.report.wording.phrases import Phrases

WORST = 0.28  # fraction of a cell's height that shows the worst seed
DIVERGED: dict[str, Any] = {"facecolor": GOLD, "edgecolor": INK, "hatch": "/////", "linewidth": 0}
LEVELS = (0.02, 0.1, 0.3, 0.6, 0.9, 1.5, 3, 4.5, 6)  # of the contours of a loss
GAP = 0.35  # cells of space in front of the full batch
MARKER = 9  # points across, of a rate that all seeds chose


def batch_rate_surface(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw mean test accuracy over batch size and learning rate, with the path of each policy."""
    runs = tables.narrowed(tables.of_experiment(results.runs, "batch-size"), free=["batch_size"])
    runs = tables.judging(results, runs)
    classes = data.sizes(runs["dataset"].iloc[0]).classes
    full = tables.full_batches(runs)
    by_cell = runs.groupby(["batch_size", "learning_rate"])
    cells = by_cell.agg(
        mean=("test_accuracy", "mean"),
        worst=("test_accuracy", "min"),
        diverged=("diverged", "mean"),
        seeds=("seed", "count"),
    ).reset_index()
    sizes = sorted(cells["batch_size"].unique())
    rates = sorted(cells["learning_rate"].unique())
    positions = {size: i + (GAP if size in full else 0) for i, size in enumerate(sizes)}
    figure = Figure(figsize=(WIDTH, 1.9 + 0.34 * max(len(rates), 4)))
    axes = figure.subplots()
    colour_map, norm = accuracy_colours(1 / classes, cells["mean"].max())
    for size in sizes:
        column = cells[cells["batch_size"] == size].set_index("learning_rate").reindex(rates)
        mesh = draw_column(axes, positions[size], column, colour_map, norm)
    choices = count_choices(tables.at_policies(results, runs))
    names = list(dict.fromkeys(choices["policy"]))
    for i, policy in enumerate(names):
        path = choices[choices["policy"] == policy]
        shift = (i - (len(names) - 1) / 2) * 0.2  # so that policies with the same rate stay visible
        x = path["batch_size"].map(positions) + shift
        y = path["learning_rate"].map(rates.index) + 0.1 - shift / 2
        draw_path(axes, policy, path.assign(x=x, y=y, joined=~path["batch_size"].isin(full)), words)
    axes.add_patch(Rectangle((0, 0), 0, 0, label=words["diverged"], **DIVERGED))
    axes.set_xticks(list(positions.values()), labels.batch_sizes(sizes, full, words))
    axes.set_yticks(range(len(rates)), [formatting.rate(rate) for rate in rates])
    axes.set(xlabel=words["batch size"], ylabel=words["learning rate"])
    bare(axes)
    accuracy_bar(figure, mesh, [axes], words)
    figure.legend(loc="outside upper center", ncols=2, title=words["policy for the learning rate"])
    return figure, cells.merge(choices, how="left", on=["batch_size", "learning_rate"])


def count_choices(runs: pd.DataFrame) -> pd.DataFrame:
    """Return how many seeds chose each rate under each policy, sorted by batch size.

    runs: rows of the seeds at their rates, as from `tables.at_policies`. Columns: policy, batch_size, learning_rate,
    on_edge, chosen_by (the number of seeds) and typical (whether it is the typical rate).
    """
    arms = ["policy", "batch_size"]
    counts = runs.groupby([*arms, "learning_rate", "on_edge"], sort=False).size().rename("chosen_by").reset_index()
    typical = runs.groupby(arms)["learning_rate"].agg(policies.typical).rename("typical")
    choices = counts.join(typical, on=arms)
    choices["typical"] = choices["typical"] == choices["learning_rate"]
    return choices.sort_values("batch_size", kind="stable")


def draw_column(axes: Axes, x: float, column: pd.DataFrame, colour_map: Colormap, norm: Normalize) -> QuadMesh:
    """Draw the cells of one batch size, lowest rate first.

    A cell shows the mean, with the worst seed and the share of diverged seeds in a strip at its foot.
    """
    feet = np.arange(len(column)) - 0.5
    edges = [*np.ravel(np.column_stack([feet, feet + WORST])), len(column) - 0.5]
    values = column[["worst", "mean"]].to_numpy().reshape(-1, 1)
    mesh = axes.pcolormesh([x - 0.5, x + 0.5], edges, values, cmap=colour_map, norm=norm)
    axes.barh(feet, column["diverged"], WORST, x - 0.5, align="edge", **DIVERGED)
    axes.hlines([*feet, len(column) - 0.5], x - 0.5, x + 0.5, color=PAPER, linewidth=1)
    axes.vlines([x - 0.5, x + 0.5], -0.5, len(column) - 0.5, color=PAPER, linewidth=1)
    return mesh


def draw_path(axes: Axes, policy: str, choices: pd.DataFrame, words: Phrases) -> None:
    """Draw the path of a policy: a line through the typical rates, and a marker for each rate that a seed chose.

    The area of a marker is in proportion to the share of the seeds; it is hollow on the edge of the grid.
    choices: as from `count_choices`, with columns x, y and joined (whether the line goes through the point).
    """
    colour, line, marker = look(policy)
    halo = [Stroke(linewidth=5, foreground=PAPER), Normal()]
    path = choices[choices["typical"] & choices["joined"]]
    axes.plot(path["x"], path["y"], color=colour, linestyle=line, path_effects=halo)
    share = choices["chosen_by"] / choices.groupby("batch_size")["chosen_by"].transform("sum")
    for flagged, inside, rim in ((~choices["on_edge"], colour, PAPER), (choices["on_edge"], PAPER, colour)):
        points = choices[flagged]
        areas = MARKER**2 * share[flagged]
        axes.scatter(points["x"], points["y"], areas, marker=marker, facecolor=inside, edgecolor=rim, zorder=3)
    axes.plot([], [], color=colour, linestyle=line, marker=marker, label=words[policy])


def bare(axes: Axes) -> None:
    """Remove grid, ticks and frame from a heatmap."""
    axes.grid(False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def activation_batch(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw mean and standard deviation of test accuracy by activation, batch size and objective, at tuned rates."""
    arms = ["objective", "activation", "batch_size"]
    runs = tables.narrowed(tables.of_experiment(results.runs, "main-grid"), free=arms)
    runs = tables.tuned(results, runs)
    classes = data.sizes(runs["dataset"].iloc[0]).classes
    full = tables.full_batches(runs)
    by_arm = runs.groupby(arms, sort=False)
    cells = by_arm.agg(
        learning_rate=("learning_rate", policies.typical),
        mean=("test_accuracy", "mean"),
        deviation=("test_accuracy", "std"),
        seeds=("seed", "count"),
    ).reset_index()
    objectives = list(dict.fromkeys(cells["objective"]))
    activations = list(dict.fromkeys(cells["activation"]))
    sizes = sorted(cells["batch_size"].unique())
    figure = Figure(figsize=(WIDTH, 1 + len(objectives) * (0.35 + 0.5 * len(activations))))
    panels = figure.subplots(len(objectives), 1, sharex=True, squeeze=False)[:, 0]
    colour_map, norm = accuracy_colours(min(1 / classes, cells["mean"].min()), cells["mean"].max())
    for axes, name in zip(panels, objectives, strict=True):
        grid = cells[cells["objective"] == name].pivot(index="activation", columns="batch_size")
        means = grid["mean"].reindex(index=activations, columns=sizes).to_numpy()
        deviations = grid["deviation"].reindex(index=activations, columns=sizes).to_numpy()
        mesh = axes.pcolormesh(means, cmap=colour_map, norm=norm, edgecolor=PAPER, linewidth=1)
        for (row, column), mean in np.ndenumerate(means):
            text = f"{100 * mean:.1f}\n{spread(100 * deviations[row, column])}"
            axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=legible_on(colour_map(norm(mean))))
        axes.set_yticks(np.arange(len(activations)) + 0.5, [words[activation] for activation in activations])
        axes.set_xticks(np.arange(len(sizes)) + 0.5, labels.batch_sizes(sizes, full, words))
        axes.set_title(labels.objective(name, words))
        axes.invert_yaxis()
        bare(axes)
    axes.set_xlabel(words["batch size"])
    accuracy_bar(figure, mesh, list(panels), words)
    return figure, cells


def spread(deviation: float) -> str:
    """Return a standard deviation such as ±1.2 or ±12; an empty text for a single seed."""
    return "" if np.isnan(deviation) else f"±{deviation:.{1 if deviation < 9.95 else 0}f}"


def loss_surfaces(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw cross-entropy and squared error after a softmax of three classes, over the scores of the two wrong ones."""
    ahead = np.linspace(-6, 6, 25)  # score of a wrong class minus that of the right one; above 0 the answer is wrong
    first, second = np.meshgrid(ahead, ahead)
    scores = np.stack([0 * first, first, second], axis=-1).reshape(-1, 1, 3)  # (R, B, K): each point is a run
    target = np.zeros_like(scores)
    target[..., 0] = 1
    figure = Figure(figsize=(WIDTH, 2.9))
    maps = []
    for axes, loss in zip(figure.subplots(1, 2, sharex=True, sharey=True), ("cross_entropy", "mse"), strict=True):
        pair = objective("softmax", loss)
        prediction = pair.output.function(scores)
        height = pair.loss.value(prediction, target).reshape(first.shape)
        gradient = pair.gradient(prediction, target).reshape(*first.shape, 3)
        axes.contour(ahead, ahead, height, levels=LEVELS, colors=MUTED, linewidths=1)
        every_fourth = (slice(2, None, 4), slice(2, None, 4))
        downhill = -gradient[every_fourth]
        axes.quiver(
            first[every_fourth],
            second[every_fourth],
            downhill[..., 1],
            downhill[..., 2],
            angles="xy",
            scale_units="xy",
            scale=0.45,
            width=0.014,
            color=BLUE,
            zorder=3,
        )
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.axhline(0, color=INK, linewidth=0.8)
        axes.set(title=words[loss], xlim=(-6, 6), ylim=(-6, 6), xticks=(-5, 0, 5), yticks=(-5, 0, 5), aspect="equal")
        axes.grid(False)
        numbers = {
            "score_1": first,
            "score_2": second,
            "loss": height,
            "gradient_1": gradient[..., 1],
            "gradient_2": gradient[..., 2],
        }
        table = pd.DataFrame({name: values.ravel() for name, values in numbers.items()})
        maps.append(table.assign(objective=f"softmax+{loss}"))
    figure.supxlabel(words["score of a wrong class minus the right one's"])
    figure.supylabel(words["the other wrong class"])
    return figure, pd.concat(maps, ignore_index=True)
