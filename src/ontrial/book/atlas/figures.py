"""Does it grow or shrink with size? The effect of a claim against the width of networks and the number of samples."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from ontrial.book.atlas import sizes as size
from ontrial.judge.units import Unit
from ontrial.report.figures.axes import note
from ontrial.report.figures.lasting import draw_effects, effect_axis, legend
from ontrial.report.figures.layout import by_width, panel_grid
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import formatting, labels, outcomes
from ontrial.report.wording.phrases import Phrases


def by_size(results: Findings, words: Phrases, width: float, claim: str) -> tuple[Figure, pd.DataFrame]:
    """Draw the effect at each size, a panel for each axis, from the verdicts of the published study of sizes.

    claim: Id of a claim of the study or of the published atlas.
    """
    trends = size.trends(results.measurement("size").findings, claim)
    table = pd.concat([trend.effects for trend in trends], ignore_index=True)
    estimand = trends[0].estimand
    columns = by_width(width, 1, len(trends))
    figure, panels = panel_grid(width, len(trends), columns, by_width(width, 1.1, 1.5), 2.3)
    for i, (axes, trend) in enumerate(zip(panels, trends, strict=True)):
        effect_axis(axes, table, Unit.parse(estimand.unit), labelled=i % columns == 0)
        _size_axis(axes, trend.effects["size"])
        draw_effects(axes, trend.effects, "size")
        axes.set_xlabel(labels.axis(trend.axis, words))
    lower, higher = outcomes.sides(estimand, words)
    figure.supylabel(outcomes.effect_axis_label(words, estimand))
    figure.supxlabel(by_width(width, "\n", "        ").join((f"↑ {higher}", f"↓ {lower}")), linespacing=1.3)
    legend(figure, set(table["outcome"]), words, by_width(width, 2, 4))
    note(figure, words["note interval bands"])
    return figure, table


def _size_axis(axes: Axes, sizes: pd.Series) -> None:
    """Make the horizontal axis one of doublings, with a tick at each size."""
    axes.set_xscale("log", base=2)
    axes.set_xlim(sizes.min() / 1.2, sizes.max() * 1.2)
    axes.set_xticks(sizes, list(map(formatting.count, sizes)))
    axes.xaxis.set_minor_locator(NullLocator())
