"""One curve, two numbers: test error over learning rate × updates, and the distance and limit of ways to train."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from ontrial.book.axes import panel_grid
from ontrial.book.one_curve.rate_free import deviations, equal_within, points, updates_at_limit
from ontrial.judge.results import cached
from ontrial.report.figures.axes import LINE, NOTE, figure_without_layout, note, text_width
from ontrial.report.figures.formats import by_width
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import formatting
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, FILL, GREEN, INK, MUTED, PURPLE, VERMILLION, style_of

COLOURS = {4: GREEN, 16: BLUE, 64: PURPLE, 256: VERMILLION}  # of batch sizes
MARKERS = {"updates": "o", "epochs": "s"}
GOAL = 15  # test error in per cent at the goal of distances on digits
ERRORS = (2, 5, 10, 20, 50, 90)  # ticks
SHARES = tuple(4.0 ** np.arange(-4, 2))  # ticks of learning rate ÷ limit
POINTS = (-7, 2)  # ends of the axis of deviations
DATASETS = ("digits", "pendigits", "letter")  # on the map
BATCH = 16  # of the networks whose activations and depths are compared
USUAL_WIDTH = "32"  # of hidden layers
DIAGONALS = (3, 10, 30, 100, 300)  # updates
DISTANCES, RATES = (0.9, 22), (0.02, 6)  # ends of the axes of the map
MAP_HEIGHT, MAP_HEAD, MAP_FOOT, MAP_LEFT = 3.9, 0.35, 0.6, 0.75  # inches
GAP = 0.1  # inches between a mark and its label
# Alignments of a label, and its shift upwards in inches, of which the first that is free is chosen
LABEL_PLACES = [("left", 0.0), ("right", 0.0), ("center", LINE), ("center", -LINE), ("left", -LINE), ("right", -LINE)]


# One curve ------------------------------------------------------------------------------------------------------------


def one_curve(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw test error on digits over learning rate × updates, after equally many updates and after equally many epochs.

    A ring is around the last point below the wall of each batch size.
    """
    table = results.measurement("one-curve").curves
    table = table.assign(budget=np.where(table["epochs"].isna(), "updates", "epochs"), error=100 - table["median"])
    table = table[table["experiment"].isin(MARKERS) & (table["dataset"] == "digits")]
    figure, panels = panel_grid(width, len(MARKERS), by_width(width, 1, len(MARKERS)), 1.1, 3.0, sharey=True)
    for axes, name in zip(panels, MARKERS, strict=True):
        rows = table[table["experiment"] == name]
        _draw_curves(axes, rows, table[table["experiment"] == "updates"])
        axes.set_title(words[f"budget {name}"])
        _product_axis(axes, table["product"], 2)
        axes.axhline(GOAL, color=INK, linewidth=1, linestyle="dotted", zorder=1)
        _label_walls(axes, rows, words)
    panels[0].annotate(words["curve goal"], (0.01, GOAL), (0, 3), ("axes fraction", "data"), "offset points")
    _error_axis(panels[0], table["error"].to_numpy())
    figure.supxlabel(words["rate times updates"])
    figure.supylabel(words["test error"])
    ring = Line2D([], [], color=INK, marker="o", markersize=10, markerfacecolor="none", linestyle="none")
    ring.set_label(words["curve wall"])
    figure.legend(handles=[ring], loc="outside upper left", handlelength=0.9)
    columns = ["experiment", "dataset", "optimiser", "batch_size", "budget", "learning_rate", "product", "below_wall"]
    return figure, table[[*columns, "seeds", "mean", "median", "low", "high", "failed"]]


def _draw_curves(axes: Axes, rows: pd.DataFrame, reference: pd.DataFrame) -> None:
    """Draw a line for each batch size and budget, with the curve that batches of 16 follow below their wall behind.

    reference: Rows that include that curve.
    """
    curve = reference[(reference["batch_size"] == BATCH) & reference["below_wall"]]
    axes.plot(curve["product"], curve["error"], color=MUTED, alpha=0.3, linewidth=7, solid_capstyle="round")
    for (budget, batch), line in rows.groupby(["budget", "batch_size"], sort=False):
        colour, marker = COLOURS[batch], MARKERS[budget]
        axes.plot(line["product"], line["error"], marker, color=colour, linestyle="solid", linewidth=1, markersize=6)
        last = line[line["below_wall"]].iloc[-1:]
        (ring,) = axes.plot(last["product"], last["error"], marker, color=colour, markersize=11, zorder=4)
        ring.set(markerfacecolor="none", markeredgewidth=1.5)


def _label_walls(axes: Axes, rows: pd.DataFrame, words: Phrases) -> None:
    """Write each batch size under the last point below its wall, every other one lower. The first says what it is."""
    lasts = [line.iloc[-1] for _, line in rows[rows["below_wall"]].groupby("batch_size")]
    for i, last in enumerate(sorted(lasts, key=lambda row: row["product"])):
        axes.annotate(
            str(last["batch_size"]) if i else words["curve batch"].format(last["batch_size"]),
            (last["product"], last["error"]),
            (0 if i else 8, -9 - 12 * (i % 2)),
            textcoords="offset points",
            color=COLOURS[last["batch_size"]],
            ha="center" if i else "right",
            va="top",
        )


def _product_axis(axes: Axes, products: pd.Series, octaves: int) -> None:
    """Set up the logarithmic axis of learning rate × updates, with a tick every few octaves."""
    low, high = products.min() / 1.5, products.max() * 1.5
    exponents = np.arange(np.ceil(np.log2(low)), np.log2(high))
    ticks = 2.0 ** exponents[exponents % octaves == 0]
    axes.set_xscale("log", base=2)
    axes.set_xlim(low, high)
    axes.set_xticks(ticks, [formatting.rate(tick) for tick in ticks])
    axes.xaxis.set_minor_locator(NullLocator())


def _error_axis(axes: Axes, errors: np.ndarray) -> None:
    """Set up the logarithmic axis of test errors in per cent, with room for the names of walls below."""
    low, high = errors.min() / 2.5, 100
    ticks = [tick for tick in ERRORS if tick >= low]
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.set_yticks(ticks, [f"{tick}%" for tick in ticks])
    axes.yaxis.set_minor_locator(NullLocator())


@cached  # the same in every language and width
def _deviations(results: Findings) -> pd.DataFrame:
    study = results.measurement("one-curve")
    return deviations(study.curves, study.two_numbers)


@cached  # the same in every language and width
def _points(results: Findings) -> pd.DataFrame:
    return points(results.measurement("one-curve").two_numbers)


def curve_deviation(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw how far batch sizes are from the largest one at equal rates and updates, over the rate ÷ their limit.

    There is a panel for each data set, with a band in which they are equal. Lines end at the edge of the panel.
    """
    table = _deviations(results)
    names, within = list(table["dataset"].unique()), equal_within(results.measurement("one-curve").verdicts)
    figure, panels = panel_grid(width, len(names), by_width(width, 1, len(names)), 1.0, 2.2, sharey=True)
    ticks = by_width(width, SHARES, SHARES[::2])  # wide figures have narrower panels
    for axes, name in zip(panels, names, strict=True):
        axes.axhspan(-within, within, color=FILL, linewidth=0, zorder=0)
        axes.axvline(1, color=INK, linewidth=1, linestyle="dotted", zorder=1)
        for size, line in table[table["dataset"] == name].groupby("batch_size"):
            axes.plot(line["share"], line["deviation"], "o-", color=COLOURS[size], markersize=4, linewidth=1)
        axes.set_xscale("log", base=2)
        axes.set_xlim(SHARES[0] / 2, 2 * SHARES[-1])
        axes.set_xticks(ticks, list(map(formatting.factor, ticks)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_title(words[name])
    panels[0].set_ylim(*POINTS)
    panels[0].set_yticks(range(POINTS[0] + 1, POINTS[1] + 1, 2))
    figure.supxlabel(words["deviation share"])
    figure.supylabel(words["deviation points"])
    _name_lines(panels[-1], table[table["dataset"] == names[-1]], words)
    return figure, table


def _name_lines(axes: Axes, rows: pd.DataFrame, words: Phrases) -> None:
    """Write each batch size beside the last point of its line in the panel, the smallest one to the left of it."""
    for i, (size, line) in enumerate(rows[rows["deviation"] > POINTS[0]].groupby("batch_size")):
        last = line.iloc[-1]
        axes.annotate(
            words["curve batch"].format(size),
            (last["share"], last["deviation"]),
            (6 if i else -6, 0),
            textcoords="offset points",
            color=COLOURS[size],
            ha="left" if i else "right",
            va="center",
        )


# Two numbers ----------------------------------------------------------------------------------------------------------


class Mark(NamedTuple):
    """A way to train on the map.

    row: Row of `points`.
    text: Label.
    """

    row: pd.Series
    text: str
    colour: str
    marker: str

    @property
    def is_complete(self) -> bool:
        """Whether all seeds have a distance and a limit."""
        return bool(self.row["seeds"] == self.row["distance_seeds"] == self.row["limit_seeds"])


def two_numbers(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw each way to train as a point: its distance to the right, its limit upwards, with intervals over seeds.

    One panel has batch sizes on several data sets, and momentum; the other activations and depths. On a diagonal, the
    goal is reached after the same number of updates at the limit. Losses are left out: their scale moves both numbers.
    """
    table = _points(results)
    table = table[table["loss"] == "cross_entropy"]
    figure, panels = _map_panels(width)
    for axes in panels:
        _draw_diagonals(axes, words)
        axes.set_xlabel(words["map distance"])
    for axes in panels[: by_width(width, 2, 1)]:
        axes.set_ylabel(words["map limit"])
    shown = _draw_batches(panels[0], table[table["experiment"].isin(("updates", "momentum"))], words)
    shapes = table[(table["dataset"] == "digits") & (table["optimiser"] == "sgd") & (table["batch_size"] == BATCH)]
    _draw_shapes(panels[1], shapes, words)
    note(figure, words["note interval lines"])
    shown = pd.concat([shown, shapes]).drop_duplicates()
    numbers = [name for name in shown if name.startswith(("distance", "limit"))]
    settings = ["experiment", "dataset", "hidden", "activation", "optimiser", "momentum", "batch_size", "goal"]
    return figure, shown[[*settings, "seeds", *numbers, "fewest_updates"]]


def _map_panels(width: float) -> tuple[Figure, list[Axes]]:
    """Return a figure and its two maps, side by side or one below the other, whose sizes are known for labels."""
    rows = by_width(width, 2, 1)
    height = rows * (MAP_HEIGHT + MAP_HEAD + MAP_FOOT) + NOTE
    figure = figure_without_layout(height, width)
    room = (width - (3 - rows) * MAP_LEFT - 0.1) / (3 - rows)
    panels = []
    for i in range(2):
        left = MAP_LEFT + (0 if rows == 2 else i * (room + MAP_LEFT))
        bottom = NOTE + MAP_FOOT + (0 if rows == 1 else (1 - i) * (height - NOTE) / 2)
        axes = figure.add_axes((left / width, bottom / height, room / width, MAP_HEIGHT / height))
        for name, limits in (("x", DISTANCES), ("y", RATES)):
            getattr(axes, f"set_{name}scale")("log", base=2)
            getattr(axes, f"set_{name}lim")(*limits)
            low, high = np.ceil(np.log2(limits[0])), np.floor(np.log2(limits[1]))
            ticks = 2.0 ** np.arange(low, high + 1)
            getattr(axes, f"set_{name}ticks")(ticks, [formatting.factor(tick) for tick in ticks])
            getattr(axes, f"{name}axis").set_minor_locator(NullLocator())
        panels.append(axes)
    return figure, panels


def _draw_diagonals(axes: Axes, words: Phrases) -> None:
    """Draw the lines on which the goal takes the same number of updates at the limit, with labels at their ends."""
    low, high = axes.get_xlim()
    bottom, top = axes.get_ylim()
    ends = axes.transData.transform([(low, low), (high, high)])
    rotation = np.degrees(np.arctan2(*(ends[1] - ends[0])[::-1]))
    axes.grid(False)
    for updates in DIAGONALS:
        slope = updates_at_limit(1, updates)
        axes.plot([low, high], [slope * low, slope * high], color=MUTED, linewidth=0.8, alpha=0.5, zorder=0)
        x = min(high / 1.05, top / slope / 1.6)
        text = words["map updates"].format(updates) if updates == min(DIAGONALS) else f"{updates}"
        axes.text(
            x, slope * x * 1.04, text, color=MUTED, rotation=rotation, ha="right", va="bottom", rotation_mode="anchor"
        )
    axes.set_ylim(bottom, top)


def _draw_batches(axes: Axes, table: pd.DataFrame, words: Phrases) -> pd.DataFrame:
    """Draw a line through the batch sizes of each data set, and momentum beside. Return the rows that are shown."""
    axes.set_title(words["map batches"])
    plain = table[(table["optimiser"] == "sgd") & table["dataset"].isin(DATASETS)]
    momentum = table[(table["optimiser"] == "momentum") & (table["dataset"] == DATASETS[0])]
    for i, (dataset, rows) in enumerate(plain.groupby("dataset", sort=False)):
        is_first = dataset == DATASETS[0]  # others show only that their lines are upright, too
        axes.plot(rows["distance"], rows["limit"], color=MUTED, linewidth=1.5, zorder=1, alpha=1 if is_first else 0.4)
        for _, row in rows.iterrows():
            mark = Mark(row, str(row["batch_size"]), COLOURS[row["batch_size"]] if is_first else MUTED, "o")
            _draw_mark(axes, mark, size=8 if is_first else 4)
            if is_first:
                _write_label(axes, mark, (72 * GAP, 3), "left")
        ordered = rows.sort_values("limit")
        end, column, shift = (ordered.iloc[-1], "limit_high", 14) if i % 2 == 0 else (ordered.iloc[0], "limit_low", -17)
        name = words["map goal"].format(words[str(dataset)], f"{100 * end['goal']:.0f}")
        place = (end["distance"], end[column])
        colour = INK if is_first else MUTED
        axes.annotate(name, place, (0, shift), textcoords="offset points", ha="center", color=colour)
    for _, row in momentum.sort_values("limit").iterrows():
        mark = Mark(row, str(row["batch_size"]), INK, "D")
        _draw_mark(axes, mark, size=4)
    if len(momentum):
        _write_label(axes, mark._replace(text=words["momentum"]), (-72 * GAP, -4), "right")
    return pd.concat([plain, momentum])


def _draw_shapes(axes: Axes, table: pd.DataFrame, words: Phrases) -> None:
    """Draw a mark for each activation and shape of the network, with labels where they do not overlap."""
    axes.set_title(words["map shapes"].format(BATCH))
    marks = []
    for _, row in table.sort_values("distance").iterrows():
        colour, _, marker = style_of(row["activation"])
        marks.append(Mark(row, _shape_name(row, words), colour, marker))
    for mark in marks:
        _draw_mark(axes, mark)
    to_inches = axes.transData + axes.figure.dpi_scale_trans.inverted()
    places = to_inches.transform([(mark.row["distance"], mark.row["limit"]) for mark in marks])
    boxes = [(x - 2 * GAP, y - 0.7 * GAP, x + 2 * GAP, y + 0.7 * GAP) for x, y in places]
    left, right = (to_inches.transform((end, 1))[0] for end in axes.get_xlim())
    for i, (mark, (x, y)) in enumerate(zip(marks, places, strict=True)):
        length = text_width(mark.text)
        for align, shift in LABEL_PLACES:
            start = {"left": x + GAP, "center": x - length / 2, "right": x - GAP - length}[align]
            box = (start, y + shift - LINE / 2, start + length, y + shift + LINE / 2)
            others = boxes[:i] + boxes[i + 1 :]
            if left <= start and box[2] <= right and not any(_overlap(box, other) for other in others):
                break
        boxes.append(box)
        _write_label(axes, mark, ({"left": 1, "center": 0, "right": -1}[align] * 72 * GAP, 72 * shift - 4), align)


def _overlap(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _shape_name(row: pd.Series, words: Phrases) -> str:
    """Return the activation and the hidden layers of a row in a few words."""
    widths = row["hidden"].split("-")
    term = "map one layer" if len(widths) == 1 else "map layers"
    name = words[term].format(activation=words[row["activation"]], layers=len(widths))
    if widths[0] != USUAL_WIDTH:
        return words["map wide"].format(activation=words[row["activation"]], width=widths[0])
    return name


def _draw_mark(axes: Axes, mark: Mark, size: float = 8) -> None:
    """Draw a point with its intervals. It is pale unless all seeds have both numbers."""
    row, alpha = mark.row, 1 if mark.is_complete else 0.4
    axes.hlines(row["limit"], row["distance_low"], row["distance_high"], color=mark.colour, linewidth=1, alpha=0.5)
    axes.vlines(row["distance"], row["limit_low"], row["limit_high"], color=mark.colour, linewidth=1, alpha=0.5)
    axes.plot(row["distance"], row["limit"], mark.marker, color=mark.colour, markersize=size, alpha=alpha, zorder=3)


def _write_label(axes: Axes, mark: Mark, shift: tuple[float, float], align: str) -> None:
    place = (mark.row["distance"], mark.row["limit"])
    axes.annotate(mark.text, place, shift, textcoords="offset points", color=mark.colour, ha=align)
