"""Heatmaps of accuracy and contour maps of losses."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, ListedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import Normal, Stroke

from ontrial.judge import policies
from ontrial.nn.objectives import objective
from ontrial.report.figures.formats import by_width
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import formatting, labels
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BEHIND, BLUE, INK, MUTED, PAPER, RAMP, Style
from ontrial_book.axes import HALO, panel_grid, style_of_policy
from ontrial_book.chapters import selection

FAILED: dict[str, Any] = {"facecolor": "none", "edgecolor": MUTED, "hatch": "////", "linewidth": 0}
LEVELS = (0.02, 0.1, 0.3, 0.6, 0.9, 1.5, 3, 4.5, 6)  # contour levels of a loss
GAP = 0.35  # space in front of the full batch, in cells


def batch_rate_surface(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw how far mean test accuracy is below the best, over batch size and learning rate.

    Paths are the rates that suit two batch sizes, for all, and each at its own. A line surrounds the ridge: the cells
    less than half a point below the best of their batch size.
    """
    cells, choices = selection.cells_and_choices(results)
    full = set(cells.loc[cells["full_batch"], "batch_size"])
    sizes = sorted(cells["batch_size"].unique())
    rates = sorted(cells["learning_rate"].unique())
    positions = {size: i + (GAP if size in full else 0) for i, size in enumerate(sizes)}
    figure = Figure(figsize=(width, by_width(width, 3.7, 2.2) + by_width(width, 0.34, 0.3) * max(len(rates), 4)))
    axes = figure.subplots()
    colour_map, norm = _shades_behind()
    behind = _points_behind(cells.pivot(index="learning_rate", columns="batch_size", values="mean").to_numpy())
    failed = cells.pivot(index="learning_rate", columns="batch_size", values="failed").to_numpy()
    edges = np.arange(len(rates) + 1) - 0.5
    for column, x in enumerate(positions.values()):
        mesh = axes.pcolormesh(
            [x - 0.5, x + 0.5], edges, behind[:, [column]], cmap=colour_map, norm=norm, edgecolor=PAPER, linewidth=1
        )
        _draw_ridge(axes, x, behind[:, column])
        for y in np.flatnonzero(failed[:, column] >= 0.5):
            axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, **FAILED))
    starts = selection.starts(choices)
    drawn = choices[choices["policy"].str.partition("_")[0].isin(("fixed", policies.TUNED))]
    for policy, path in drawn.groupby("policy", sort=False):
        x, y = path["batch_size"].map(positions), path["learning_rate"].map(rates.index)
        path = path.assign(x=x, y=y, joined=~path["batch_size"].isin(full))
        _draw_path(axes, path, style_of_policy(str(policy), starts), labels.policy_of_size(str(policy), words))
    axes.add_patch(Rectangle((0, 0), 0, 0, label=words["no better than guessing"], **FAILED))
    if drawn.loc[drawn["typical"], "on_edge"].any():
        axes.plot(
            [], [], "o", markerfacecolor=PAPER, markeredgecolor=MUTED, markersize=8, label=words["edge of the grid"]
        )
    axes.set_xticks(list(positions.values()), _batch_sizes(sizes, full, words))
    axes.set_yticks(range(len(rates)), [formatting.rate(rate) for rate in rates])
    axes.set(xlabel=words["batch size"], ylabel=words["learning rate"], xlim=(-0.5, max(positions.values()) + 0.5))
    _bare(axes)
    _behind_bar(figure, mesh, [axes], cells["mean"].max(), words)
    legend: dict[str, Any] = by_width(width, {"loc": "outside upper center"}, {"loc": "outside right upper"})
    figure.legend(**legend, title=words["policy for the learning rate"])
    numbers = cells.drop(columns="full_batch")
    return figure, numbers.merge(choices, how="left", on=["batch_size", "learning_rate"])


def _draw_ridge(axes: Axes, x: float, behind: np.ndarray) -> None:
    """Surround the cells of a batch size that are less than half a point below its best cell.

    behind: Distance of each cell from the best, in points.
    """
    near = np.concatenate([[False], behind - np.nanmin(behind) < 0.5, [False]])
    for start, end in zip(*(np.flatnonzero(near[1:] & ~near[:-1]), np.flatnonzero(~near[1:] & near[:-1])), strict=True):
        axes.add_patch(
            Rectangle((x - 0.47, start - 0.47), 0.94, end - start - 0.06, fill=False, edgecolor=INK, linewidth=1.2)
        )


def _draw_path(axes: Axes, choices: pd.DataFrame, style: Style, name: str) -> None:
    """Draw the path of a policy through its typical rates. Markers are hollow at the edge of the grid.

    choices: Table from `selection._count_choices`, with columns x, y and joined (whether the line includes the point).
    """
    colour, line, marker = style
    halo = [Stroke(linewidth=5, foreground=PAPER), Normal()]
    typical = choices[choices["typical"]]
    path = typical[typical["joined"]]
    axes.plot(path["x"], path["y"], color=colour, linestyle=line, linewidth=2.2, path_effects=halo)
    for on_edge, fill in ((False, colour), (True, PAPER)):
        points = typical[typical["on_edge"] == on_edge]
        rim = colour if on_edge else PAPER
        axes.plot(points["x"], points["y"], marker, markerfacecolor=fill, markeredgecolor=rim, markersize=8)
    axes.plot([], [], color=colour, linestyle=line, marker=marker, label=name)


def _bare(axes: Axes) -> None:
    axes.grid(False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def loss_surfaces(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw cross-entropy and squared error after a softmax of three classes, over the two wrong classes' scores."""
    ahead = np.linspace(-6, 6, 25)  # score of a wrong class minus that of the right one
    first, second = np.meshgrid(ahead, ahead)
    scores = np.stack([0 * first, first, second], axis=-1).reshape(-1, 1, 3)  # (R, B, K): each point is a run
    target = np.zeros_like(scores)
    target[..., 0] = 1
    columns, row = by_width(width, (1, 4.1), (2, 4.6))
    figure, panels = panel_grid(width, 2, columns, 0, row, sharex=True, sharey=True)
    maps = []
    for axes, loss in zip(panels, ("cross_entropy", "mse"), strict=True):
        pair = objective("softmax", loss)
        prediction = pair.output.function(scores)
        height = pair.loss.value(prediction, target).reshape(first.shape)
        gradient = pair.gradient(prediction, target).reshape(*first.shape, 3)
        axes.contour(ahead, ahead, height, levels=LEVELS, colors=MUTED, linewidths=1)
        every_third = (slice(0, None, 3), slice(0, None, 3))
        downhill = -gradient[every_third]
        axes.quiver(
            first[every_third],
            second[every_third],
            downhill[..., 1],
            downhill[..., 2],
            angles="xy",
            scale_units="xy",
            scale=0.6,
            width=0.008,
            color=BLUE,
            zorder=3,
        )
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.axhline(0, color=INK, linewidth=0.8)
        for x, y, answer in ((-5.8, -5.7, "right"), (5.8, 5.7, "wrong")):
            ha, va = ("left", "bottom") if answer == "right" else ("right", "top")
            axes.text(x, y, words[f"network is {answer}"], ha=ha, va=va, path_effects=HALO, zorder=4)
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


def _points_behind(accuracies: np.ndarray) -> np.ndarray:
    """Return the distances of accuracies from the best, in percentage points."""
    return 100 * (np.nanmax(accuracies) - accuracies)


def _shades_behind() -> tuple[ListedColormap, BoundaryNorm]:
    """Return the colour map and norm for points below the best. The best stand out most from the page."""
    return ListedColormap([to_rgb(colour) for colour in RAMP]), BoundaryNorm([*BEHIND, 100], len(RAMP))


def _behind_bar(figure: Figure, mesh: ScalarMappable, axes: Sequence[Axes], best: float, words: Phrases) -> None:
    """Draw a colour bar for points below the best, under the axes.

    best: Best accuracy.
    """
    bar = figure.colorbar(mesh, ax=axes, location="bottom", aspect=40, pad=0.02, spacing="uniform")
    bar.set_ticks(BEHIND, labels=[f"{points:g}" for points in BEHIND])
    bar.set_label(words["points below the best"].format(f"{100 * best:.1f}"))
    bar.outline.set_visible(False)


def _batch_sizes(sizes: Iterable[int], full: Container[int], words: Mapping[str, str]) -> list[str]:
    """Return the names of batch sizes.

    full: Batch sizes that cover all training samples, which are called full.

    >>> _batch_sizes([16, 1024], {1024}, {"full": "full batch"})
    ['16', 'full batch']
    """
    return [words["full"] if size in full else str(size) for size in sizes]
