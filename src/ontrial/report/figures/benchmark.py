"""The published benchmark: this engine compared with other libraries on the same work."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import BoundaryNorm, ListedColormap, to_rgba
from matplotlib.figure import Figure

from ontrial.report.figures.axes import log_axis
from ontrial.report.figures.declaration import figure
from ontrial.report.figures.layout import by_width, panel_grid
from ontrial.report.figures.surfaces import bare
from ontrial.report.summaries import benchmark
from ontrial.report.summaries.benchmark import Benchmark
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, INK, PAPER, VERMILLION, style_of

# Ratios at which colours change, as log₂; and the colours with their opacities. Text on an opaque colour is in PAPER.
EDGES = (-3, -2, -1, 0, 1, 2, 3)
SHADES = ((VERMILLION, 1), (VERMILLION, 0.5), (VERMILLION, 0.2), (BLUE, 0.2), (BLUE, 0.5), (BLUE, 1))
ROW = 0.29  # inches, height of a row of cells
HEAD = 0.62  # inches, height of a panel's title and column labels
NETWORKS = 48  # networks trained together, in figures that show a single number of networks
PARTS = ("runs", "batch", "width", "depth")  # parts of the benchmark in which one quantity varies


@figure(source="benchmark")
def speed_jax(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the time of JAX divided by that of this engine, with the faster variant of JAX in each cell.

    Each network has a panel, with a row per batch size and a column per number of networks.
    """
    ratios = benchmark.ratios(published(results).table, "jax")
    grids = [
        (network, rows.pivot(index="batch_size", columns="runs", values="ratio"))
        for network, rows in ratios.groupby("network", sort=False)
    ]
    columns = by_width(width, 2, min(4, len(grids)))
    rows = [grids[i : i + columns] for i in range(0, len(grids), columns)]
    heights = [HEAD + ROW * max(len(grid) for _, grid in row) for row in rows]
    figure, panels = panel_grid(width, len(grids), columns, 1.0 + sum(heights), height_ratios=heights)
    colour_map = ListedColormap([to_rgba(*shade) for shade in SHADES])
    norm = BoundaryNorm(EDGES, len(SHADES), clip=True)
    for axes, (network, grid) in zip(panels, grids, strict=True):
        mesh = draw_ratios(axes, network, grid, colour_map, norm)
    for axes in panels[::columns]:
        axes.set_ylabel(words["batch size"])
    figure.supxlabel(words["networks trained together"])
    bar = figure.colorbar(mesh, ax=figure.axes, location="top", aspect=40, pad=0.02)
    bar.set_ticks(EDGES[1:-1], labels=["1/4", "1/2", "1", "2", "4"])
    bar.set_label(words["time over that of this engine"].format(words["contestant jax"]))
    bar.outline.set_visible(False)
    return figure, ratios[["network", "batch_size", "runs", "contestant", "timed_runs", "microseconds", "ratio"]]


def published(results: Findings) -> Benchmark:
    """Return the published benchmark. The catalogue lists these figures only if there is one."""
    return results.measurement("benchmark")


def draw_ratios(
    axes: Axes, network: str, grid: pd.DataFrame, colour_map: ListedColormap, norm: BoundaryNorm
) -> QuadMesh:
    """Draw the ratios of one network as text in cells, coloured by their logarithms."""
    mesh = axes.pcolormesh(np.log2(grid.to_numpy()), cmap=colour_map, norm=norm, edgecolor=PAPER, linewidth=1)
    for (row, column), ratio in np.ndenumerate(grid.to_numpy()):
        if not np.isnan(ratio):
            _, opacity = SHADES[int(norm(np.log2(ratio)))]
            colour = PAPER if opacity == 1 else INK
            axes.text(column + 0.5, row + 0.5, compact_ratio(ratio), ha="center", va="center", color=colour)
    axes.set_xticks(np.arange(grid.shape[1]) + 0.5, map(str, grid.columns))
    axes.set_yticks(np.arange(grid.shape[0]) + 0.5, map(str, grid.index))
    axes.set_title(network)
    axes.invert_yaxis()
    bare(axes)
    return mesh


def compact_ratio(ratio: float) -> str:
    """Return a ratio in at most four characters: 0.31, 1.24, 12.4, 124."""
    places = 2 if ratio < 9.995 else 1 if ratio < 99.95 else 0
    return f"{ratio:.{places}f}"


@figure(source="benchmark")
def speed_peak(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the share of a thread's peak that this engine and JAX reach, and its limit, by batch size."""
    table = published(results).table
    rows = fastest(table[table["part"] == "grid"])
    rows = rows[(rows["runs"] == NETWORKS) & rows["contestant"].isin(("ontrial", "jax", "limit"))]
    networks = list(dict.fromkeys(rows["network"]))
    figure, panels = panel_grid(width, len(networks), by_width(width, 1, 2), 1.2, 1.7, sharex=True, sharey=True)
    for axes, network in zip(panels, networks, strict=True):
        draw_lines(axes, rows[rows["network"] == network], "batch_size", 100 * rows["peak_share"])
        axes.set(title=network, ylim=(0, 105))
    log_axis(panels[-1], "x", base=4)
    figure.supxlabel(words["batch size"])
    figure.supylabel(words["share in %"])
    legend(figure, rows, words)
    return figure, rows[["network", "batch_size", "runs", "contestant", "gflops", "peak_share"]]


@figure(source="benchmark")
def speed_scaling(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the time of an update of one network, and its limit, by number of networks, batch size, width and depth."""
    table = published(results).table
    smallest = table["network"].iloc[0]
    batches = table[(table["part"] == "grid") & (table["network"] == smallest) & (table["runs"] == NETWORKS)]
    rows = fastest(pd.concat([batches.assign(part="batch"), table[table["part"].isin(PARTS)]]))
    widths = rows["network"].str.split("-")
    rows["varied"] = np.select(
        [rows["part"] == "runs", rows["part"] == "batch", rows["part"] == "width"],
        [rows["runs"], rows["batch_size"], widths.str[1].astype(int)],
        widths.str.len() - 2,
    )
    parts = [part for part in PARTS if (rows["part"] == part).any()]
    figure, panels = panel_grid(width, len(parts), by_width(width, 1, 2), 1.2, 1.95)
    for axes, part in zip(panels, parts, strict=True):
        points = rows[rows["part"] == part].sort_values("varied")
        draw_lines(axes, points, "varied", points["microseconds"])
        log_axis(axes, "x", base=4 if part in ("runs", "batch") else 2)
        log_axis(axes, "y")
        axes.set_xlabel(words[f"varied {part}"])
    figure.supylabel(words["microseconds of an update of one network"])
    legend(figure, rows, words)
    return figure, rows[["part", *benchmark.CELL, "contestant", "timed_runs", "microseconds"]]


@figure(source="benchmark")
def speed_memory(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the peak memory of a process by the number of networks it trains."""
    table = published(results).table
    rows = table[table["part"] == "memory"]
    networks = list(dict.fromkeys(rows["network"]))
    figure, panels = panel_grid(width, len(networks), by_width(width, 1, 2), 1.6, 2.0, sharex=True, sharey=True)
    for axes, network in zip(panels, networks, strict=True):
        points = rows[rows["network"] == network]
        draw_lines(axes, points, "runs", points["memory_mb"])
        axes.set_title(network)
    panels[0].set_ylim(bottom=0)  # panels share their limits, which must fit the lines of all
    log_axis(panels[-1], "x", base=2)
    counts = sorted(rows["runs"].unique())
    panels[-1].set_xticks(counts, map(str, counts))
    figure.supxlabel(words["networks"])
    figure.supylabel(words["megabytes"])
    legend(figure, rows, words)
    return figure, rows[["network", "batch_size", "runs", "contestant", "timed_runs", "memory_idle_mb", "memory_mb"]]


def fastest(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with a single contestant for JAX: its fastest variant in each cell."""
    named = rows.assign(contestant=rows["contestant"].replace(dict.fromkeys(benchmark.PEERS["jax"], "jax")))
    named = named.dropna(subset="microseconds").sort_values("microseconds", kind="stable")
    return named.drop_duplicates(["part", *benchmark.CELL, "contestant"]).sort_index(kind="stable")


def draw_lines(axes: Axes, rows: pd.DataFrame, x: str, y: pd.Series) -> None:
    """Draw a line for each contestant.

    x: Name of the column on the horizontal axis.
    y: Values on the vertical axis, aligned with the rows.
    """
    for name, points in rows.groupby("contestant", sort=False):
        colour, line, marker = style_of(name)
        axes.plot(points[x], y[points.index], marker=marker, color=colour, linestyle=line, markersize=5)


def legend(figure: Figure, rows: pd.DataFrame, words: Phrases) -> None:
    """Draw a legend of the contestants above the panels."""
    lines = []
    for name in dict.fromkeys(rows["contestant"]):
        colour, line, marker = style_of(name)
        lines += figure.axes[0].plot(
            [], [], marker=marker, color=colour, linestyle=line, label=words[f"contestant {name}"]
        )
    figure.legend(handles=lines, loc="outside upper left", ncols=by_width(figure.get_figwidth(), 2, 4))
