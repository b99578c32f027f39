"""Who is ahead when images are counted, and when updates are, in all published studies."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontrial.book.home import law
from ontrial.report.figures.axes import LINE, figure_without_layout, text_width
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import formatting
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, FILL, INK, MUTED, PAPER, VERMILLION

GAP = 0.15  # inches between the two charts
ROOM = 3.6  # points beyond the outermost interval
COLOURS = {"small": BLUE, "large": VERMILLION, "tie": MUTED, "open": MUTED}


def count_images(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the lead of small batches in each study, for equal images and for equal updates, each at its own rate.

    A certain lead is filled and has its number; what is open is hollow.
    """
    found = law.by_study(results.measurement("replications"), words)
    smallest = found[words["digits"]].smallest_effect
    rows = [
        (name, budget, *context.effect.numbers, law.ahead(context))
        for name, verdict in found.items()
        for budget, context in law.contexts(verdict).items()
    ]
    table = pd.DataFrame(rows, columns=["study", "budget", "estimate", "low", "high", "ahead"])
    names = list(found)
    side, top, row = max(map(text_width, names)) + 0.1, 2.4 * LINE, 1.3 * LINE  # inches
    figure = figure_without_layout(top + row * len(names), width)
    ends = {budget: _ends(table[table["budget"] == budget]) for budget in law.BUDGETS}
    scale = (width - side - GAP) / sum(high - low for low, high in ends.values())  # inches per point, the same in both
    small, large = law.sizes(results.claims[law.CLAIM]) if law.CLAIM in results.claims else ("", "")
    start = side
    for budget, (low, high) in ends.items():
        size = (scale * (high - low) / width, row * len(names) / figure.get_figheight())
        axes = figure.add_axes((start / width, 0, *size), xlim=(low, high), ylim=(len(names) - 0.5, -0.5))
        start += scale * (high - low) + GAP
        axes.set_axis_off()
        axes.axvspan(-smallest, smallest, color=FILL, linewidth=0)
        axes.axvline(0, color=INK, linewidth=0.8)
        _draw_leads(axes, table[table["budget"] == budget], names)
        heads = [(0.0, 1.85, words[f"same {budget}"], INK, "center")]
        heads += [(-0.3, 0.6, f"◂ {large}", VERMILLION, "right"), (0.3, 0.6, f"{small} ▸", BLUE, "left")]
        for x, lines, text, colour, ha in heads:
            axes.text(x, -0.5 - lines * LINE / row, text, color=colour, ha=ha, va="center")
    for y, name in enumerate(names):
        figure.text(0, 1 - (top + row * (y + 0.5)) / figure.get_figheight(), name, va="center")
    return figure, table


def _ends(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of an axis, with room for the numbers and for what is above it."""
    return min(rows["low"].min() - ROOM, -ROOM), max(rows["high"].max() + ROOM, ROOM)


def _draw_leads(axes: Axes, rows: pd.DataFrame, names: Sequence[str]) -> None:
    for each in rows.itertuples():
        y, colour = names.index(each.study), COLOURS[each.ahead]
        axes.plot([each.low, each.high], [y, y], color=colour, linewidth=1.4)
        fill = PAPER if each.ahead == "open" else colour
        axes.plot(each.estimate, y, "o", color=colour, markerfacecolor=fill, markersize=6)
        if each.ahead in ("small", "large"):
            is_small = each.ahead == "small"
            x, ha = (each.high + 0.3, "left") if is_small else (each.low - 0.3, "right")
            axes.text(x, y, formatting.decimals(abs(each.estimate)), color=colour, ha=ha, va="center")
