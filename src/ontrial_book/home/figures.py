"""Who is ahead when images are counted, and when updates are, in the study that tried the law."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontrial.report.figures.axes import LINE, figure_without_layout, text_width
from ontrial.report.figures.formats import by_width
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import formatting
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, FILL, INK, MUTED, VERMILLION
from ontrial_book.home import law

GAP = 0.15  # inches between the two charts
ROOM, HEAD = 3.6, 5.0  # points beyond the outermost interval, and beside the zero line for what is above it
ROW = 0.8 * LINE
COLOURS = {"small": BLUE, "large": VERMILLION, "tie": MUTED, "open": MUTED}


def count_images(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the lead of small batches on each data set, for the same images and for the same updates.

    A data set has a row for each way to train. A lead that certainly counts has a colour and a number, and one
    that is open no dot.
    """
    tried = results.measurement(law.STUDY).findings
    table = pd.DataFrame(law.leads(tried, words))
    small, large = law.sizes(tried)
    smallest = tried.verdicts[law.CLAIMS["epochs"]].smallest_effect
    names, ways = list(table["dataset"].unique()), list(table["way"].unique())
    table["row"] = table["dataset"].map(names.index) * (len(ways) + 1) + table["way"].map(ways.index)
    rows, top = len(names) * (len(ways) + 1), 2.4 * LINE
    figure = figure_without_layout(top + ROW * rows + LINE, width)
    side = max(map(text_width, names)) + 0.1  # inches
    ends = {budget: _ends(each) for budget, each in table.groupby("budget", sort=False)}
    scale = (width - side - GAP) / sum(high - low for low, high in ends.values())  # inches per point, the same in both
    start = side
    for budget, (low, high) in ends.items():
        size = (scale * (high - low) / width, ROW * rows / figure.get_figheight())
        bottom = LINE / figure.get_figheight()
        axes = figure.add_axes((start / width, bottom, *size), xlim=(low, high), ylim=(rows - 0.5, -0.5))
        start += scale * (high - low) + GAP
        axes.set_axis_off()
        axes.axvspan(-smallest, smallest, color=FILL, linewidth=0)
        axes.axvline(0, color=INK, linewidth=0.8)
        _draw_leads(axes, table[table["budget"] == budget])
        heads = [(0.0, 1.85, words[f"budget {budget}"], INK, "center")]
        heads += [(-0.3, 0.6, f"◂ {large}", VERMILLION, "right"), (0.3, 0.6, f"{small} ▸", BLUE, "left")]
        for x, lines, text, colour, ha in heads:
            axes.text(x, -0.5 - lines * LINE / ROW, text, color=colour, ha=ha, va="center")
        ends_of_band = {x: formatting.exact(x) for x in (-smallest, 0.0, smallest)}
        around = {0.0: f"±{formatting.exact(smallest)}"}  # where three numbers would lie on one another
        for x, text in by_width(width, around, ends_of_band).items():
            axes.text(x, rows - 0.5 + LINE / ROW / 2, text, color=MUTED, ha="center", va="center")
    for i, name in enumerate(names):
        middle = i * (len(ways) + 1) + len(ways) / 2
        figure.text(0, 1 - (top + ROW * middle) / figure.get_figheight(), name, va="center")
    return figure, table.drop(columns="row")


def _ends(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of an axis, with room for the numbers and for what is above it."""
    return min(rows["low"].min() - ROOM, -HEAD), max(rows["high"].max() + ROOM, HEAD)


def _draw_leads(axes: Axes, rows: pd.DataFrame) -> None:
    for each in rows.itertuples():
        colour = COLOURS[each.ahead]
        axes.plot([each.low, each.high], [each.row, each.row], color=colour, linewidth=1.4)
        if each.ahead != "open":
            axes.plot(each.estimate, each.row, "o", color=colour, markersize=4.5)
        if each.ahead in ("small", "large"):
            is_small = each.ahead == "small"
            x, ha = (each.high + 0.3, "left") if is_small else (each.low - 0.3, "right")
            number = formatting.decimals(abs(each.estimate))
            axes.text(x, each.row, number, color=colour, ha=ha, va="center")
