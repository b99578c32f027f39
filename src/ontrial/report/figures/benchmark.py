"""The published benchmark: this engine beside other libraries on the same work."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_rgba
from matplotlib.figure import Figure

from ontrial.report.figures.axes import legible_on, log_axis
from ontrial.report.figures.style import WIDTH
from ontrial.report.figures.surfaces import bare
from ontrial.report.summaries import benchmark
from ontrial.report.wording.looks import BLUE, FILL, PAPER, VERMILLION, look

MOST = 3  # log₂ of the ratio from which on colours don't change
ROW = 0.29  # inches of a row of cells
HEAD = 0.62  # of the title of a panel and the labels of its columns
SHOWN = 48  # networks, where one number of them is shown
PARTS = {"runs": "runs", "batch": "batch_size", "width": "network", "depth": "network"}  # what varies in a panel


def speed_jax(results, words) -> tuple[Figure, pd.DataFrame]:
    """Time of JAX, the faster of its variants in each cell, over that of this engine."""
    return ratio_map(results.benchmark.table, "jax", words)


def speed_torch(results, words) -> tuple[Figure, pd.DataFrame]:
    """Time of PyTorch, one network after another, over that of this engine."""
    return ratio_map(results.benchmark.table, "torch_eager", words)


def speed_sklearn(results, words) -> tuple[Figure, pd.DataFrame]:
    """Time of scikit-learn over that of this engine."""
    return ratio_map(results.benchmark.table, "sklearn", words)


def ratio_map(table: pd.DataFrame, peer: str, words) -> tuple[Figure, pd.DataFrame]:
    """A panel for each network, two side by side: a row for each batch size, a column for each number of networks."""
    found = benchmark.ratios(table, peer)
    grids = [
        (network, rows.pivot(index="batch_size", columns="runs", values="ratio"))
        for network, rows in found.groupby("network", sort=False)
    ]
    pairs = [grids[i : i + 2] for i in range(0, len(grids), 2)]
    heights = [HEAD + ROW * max(len(grid) for _, grid in pair) for pair in pairs]
    figure = Figure(figsize=(WIDTH, 1.0 + sum(heights)))
    panels = figure.subplots(len(pairs), 2, squeeze=False, height_ratios=heights)
    ramp = LinearSegmentedColormap.from_list("ratio", [to_rgba(colour) for colour in (VERMILLION, FILL, BLUE)])
    norm = Normalize(-MOST, MOST, clip=True)
    for axes, one in zip(panels.ravel(), grids, strict=False):
        mesh = draw_ratios(axes, *one, ramp, norm)
    for axes in panels.ravel()[len(grids) :]:
        axes.set_visible(False)
    for axes, _ in zip(panels[:, 0], pairs, strict=True):
        axes.set_ylabel(words["batch size"])
    figure.supxlabel(words["networks trained together"])
    bar = figure.colorbar(mesh, ax=list(panels.ravel()), location="top", aspect=40, pad=0.02)
    bar.set_ticks(range(-MOST, MOST + 1), labels=["≤1/8", "1/4", "1/2", "1", "2", "4", "≥8"])
    bar.set_label(words["time over that of this engine"].format(words[f"contestant {peer}"]))
    bar.outline.set_visible(False)
    return figure, found[["network", "batch_size", "runs", "contestant", "timed_runs", "microseconds", "ratio"]]


def draw_ratios(axes: Axes, network: str, grid: pd.DataFrame, ramp, norm):
    """Cells of one network: the number is the ratio, its colour the ratio's logarithm."""
    mesh = axes.pcolormesh(np.log2(grid.to_numpy()), cmap=ramp, norm=norm, edgecolor=PAPER, linewidth=1)
    for (row, column), ratio in np.ndenumerate(grid.to_numpy()):
        if not np.isnan(ratio):
            colour = legible_on(ramp(norm(np.log2(ratio))))
            axes.text(column + 0.5, row + 0.5, short(ratio), ha="center", va="center", color=colour)
    axes.set_xticks(np.arange(grid.shape[1]) + 0.5, map(str, grid.columns))
    axes.set_yticks(np.arange(grid.shape[0]) + 0.5, map(str, grid.index))
    axes.set_title(network)
    axes.invert_yaxis()
    bare(axes)
    return mesh


def short(ratio: float) -> str:
    """A ratio in four characters at most: 0.31, 1.24, 12.4, 124."""
    places = 2 if ratio < 9.995 else 1 if ratio < 99.95 else 0
    return f"{ratio:.{places}f}"


def speed_peak(results, words) -> tuple[Figure, pd.DataFrame]:
    """Share of a thread's fastest matrix product that each network reaches, by batch size; JAX's beside it."""
    rows = fastest(results.benchmark.table[results.benchmark.table["part"] == "grid"])
    rows = rows[(rows["runs"] == SHOWN) & rows["contestant"].isin(("ontrial", "jax"))]
    networks = list(dict.fromkeys(rows["network"]))
    figure = Figure(figsize=(WIDTH, 1.2 + 1.7 * len(networks)))
    panels = figure.subplots(len(networks), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for axes, network in zip(panels, networks, strict=True):
        draw_lines(axes, rows[rows["network"] == network], "batch_size", 100 * rows["peak_share"])
        axes.set(title=network, ylim=(0, 100), ylabel=words["share in %"])
    log_axis(panels[-1], "x", base=4)
    panels[-1].set_xlabel(words["batch size"])
    legend(figure, rows, words)
    return figure, rows[["network", "batch_size", "runs", "contestant", "gflops", "peak_share"]]


def speed_scaling(results, words) -> tuple[Figure, pd.DataFrame]:
    """Time of an update of one network by the number of networks, batch size, width and depth."""
    table = results.benchmark.table
    smallest = table["network"].iloc[0]
    batches = table[(table["part"] == "grid") & (table["network"] == smallest) & (table["runs"] == SHOWN)]
    rows = fastest(pd.concat([batches.assign(part="batch"), table[table["part"].isin(PARTS)]]))
    widths = rows["network"].str.split("-")
    rows["varied"] = np.select(
        [rows["part"] == "runs", rows["part"] == "batch", rows["part"] == "width"],
        [rows["runs"], rows["batch_size"], widths.str[1].astype(int)],
        widths.str.len() - 2,
    )
    parts = [part for part in PARTS if (rows["part"] == part).any()]
    figure = Figure(figsize=(WIDTH, 1.2 + 1.95 * len(parts)))
    panels = figure.subplots(len(parts), 1, squeeze=False)[:, 0]
    for axes, part in zip(panels, parts, strict=True):
        here = rows[rows["part"] == part].sort_values("varied")
        draw_lines(axes, here, "varied", here["microseconds"])
        log_axis(axes, "x", base=4 if part in ("runs", "batch") else 2)
        log_axis(axes, "y")
        axes.set_xlabel(words[f"varied {part}"])
    figure.supylabel(words["microseconds of an update of one network"])
    legend(figure, rows, words)
    return figure, rows[["part", *benchmark.CELL, "contestant", "timed_runs", "microseconds"]]


def speed_memory(results, words) -> tuple[Figure, pd.DataFrame]:
    """The most memory that a process held while it trained so many networks, and what its library needs at rest."""
    rows = results.benchmark.table[results.benchmark.table["part"] == "memory"]
    networks = list(dict.fromkeys(rows["network"]))
    figure = Figure(figsize=(WIDTH, 1.6 + 2.0 * len(networks)))
    panels = figure.subplots(len(networks), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for axes, network in zip(panels, networks, strict=True):
        here = rows[rows["network"] == network]
        draw_lines(axes, here, "runs", here["memory_mb"])
        axes.set(title=network, ylabel=words["megabytes"], ylim=(0, None))
    log_axis(panels[-1], "x", base=2)
    panels[-1].set_xticks(sorted(rows["runs"].unique()), map(str, sorted(rows["runs"].unique())))
    panels[-1].set_xlabel(words["networks"])
    legend(figure, rows, words)
    return figure, rows[["network", "batch_size", "runs", "contestant", "timed_runs", "memory_idle_mb", "memory_mb"]]


def fastest(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with the variants of JAX made one contestant, the faster of them in each cell."""
    named = rows.assign(contestant=rows["contestant"].replace(dict.fromkeys(benchmark.PEERS["jax"], "jax")))
    named = named.dropna(subset="microseconds").sort_values("microseconds", kind="stable")
    return named.drop_duplicates(["part", *benchmark.CELL, "contestant"]).sort_index(kind="stable")


def draw_lines(axes: Axes, rows: pd.DataFrame, x: str, y: pd.Series) -> None:
    """A line for each contestant."""
    for name, own in rows.groupby("contestant", sort=False):
        colour, line, marker = look(name)
        axes.plot(own[x], y[own.index], marker, color=colour, linestyle=line, markersize=5)


def legend(figure: Figure, rows: pd.DataFrame, words) -> None:
    """Names of the contestants above the panels."""
    lines = []
    for name in dict.fromkeys(rows["contestant"]):
        colour, line, marker = look(name)
        lines += figure.axes[0].plot([], [], marker, color=colour, linestyle=line, label=words[f"contestant {name}"])
    figure.legend(handles=lines, loc="outside upper left", ncols=2)
