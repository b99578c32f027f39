"""Effects in the default study, compared with studies that repeat it on other data or with other optimisers."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontrial.report.figures.declaration import figure
from ontrial.report.figures.layout import by_width, panel_grid
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.replications import EFFECTS, ORIGINAL, conditions, paired_effects
from ontrial.report.wording import formatting
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, FILL, GREEN, MUTED, PAPER, PURPLE, VERMILLION, Style

END = 100  # end of the axes, in smallest effects of interest, where larger effects are drawn
TICKS = (-100, -10, -1, 1, 10, 100)
FEW_TICKS = (-100, -1, 1, 100)  # ticks of small panels
STYLES = {
    "same": Style(BLUE, "solid", "o"),
    "opposite": Style(VERMILLION, "solid", "v"),
    "open": Style(MUTED, "solid", "X"),
}
MNIST_CLAIMS = {
    "relu-faster-than-sigmoid": Style(BLUE, "solid", "o"),
    "cross-entropy-or-mse": Style(PURPLE, "solid", "s"),
    "small-batch-accuracy": Style(GREEN, "solid", "^"),
}


@figure(source="replications")
def replications(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw each context's effect in a replication against that in the default study, in a panel per replication."""
    judged = results.measurement("replications")
    compared = {name: paired_effects(judged[ORIGINAL], judged[study]) for name, study in conditions(judged).items()}
    tables = {name: table for name, table in compared.items() if len(table)}
    if not tables:
        raise ValueError("No published study made the same tests as the default one.")
    columns = by_width(width, 2, 4)
    figure, panels = panel_grid(width, len(tables), columns, 1.1, width / columns, sharex=True, sharey=True)
    for axes in panels[-columns:]:
        axes.tick_params(labelbottom=True)  # even if there is no panel below
    for axes, (name, table) in zip(panels, tables.items(), strict=True):
        prepare(axes, FEW_TICKS)
        axes.set_title(words[name])
        for agreement, style in STYLES.items():
            scatter(axes, table[table["agreement"] == agreement], style, 4)
    marks = [panels[0].plot([], [], style.marker, color=style.colour)[0] for style in STYLES.values()]
    names = [words[f"{agreement} answer"] for agreement in STYLES]
    figure.legend(marks, names, loc="outside upper left", ncols=by_width(width, 1, 3))
    figure.supxlabel(words["effect in the default study"])
    figure.supylabel(words["effect in the replication"])
    return figure, pd.concat([table.assign(replication=name) for name, table in tables.items()])


@figure(source="replications")
def on_mnist(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw a mark with intervals for each context of the claims that were tried on MNIST."""
    judged = results.measurement("replications")
    table = paired_effects(judged[ORIGINAL], judged["mnist"])
    figure = Figure(figsize=(width, 5.2))
    axes = figure.subplots()
    prepare(axes, TICKS)
    for claim, style in MNIST_CLAIMS.items():
        rows = table[table["claim"] == claim]
        scatter(axes, rows, style, 8, label=words[f"{claim} on MNIST"])
        shown = rows[EFFECTS].clip(-END, END)
        y = shown["replicated_estimate"]
        axes.hlines(y, shown["low"], shown["high"], color=style.colour, linewidth=1)
        ends = shown["replicated_low"], shown["replicated_high"]
        axes.vlines(shown["estimate"], *ends, color=style.colour, linewidth=1)
    figure.legend(loc=by_width(width, "outside upper left", "outside right upper"))
    axes.set_xlabel(words["effect on the small digits"])
    axes.set_ylabel(words["effect on MNIST"])
    return figure, table


def prepare(axes: Axes, ticks: Sequence[int]) -> None:
    """Draw the line of equality on axes that are linear up to the smallest effect of interest, logarithmic beyond."""
    for name in ("x", "y"):
        getattr(axes, f"set_{name}scale")("symlog", linthresh=1, linscale=0.6)
        getattr(axes, f"set_{name}lim")(-1.3 * END, 1.3 * END)
        getattr(axes, f"set_{name}ticks")(ticks, [formatting.signed(f"{tick}") for tick in ticks])
    axes.grid(False)
    axes.axhspan(-1, 1, color=FILL, linewidth=0, zorder=0)
    axes.axvspan(-1, 1, color=FILL, linewidth=0, zorder=0)
    axes.plot([-END, END], [-END, END], color=MUTED, linewidth=1, zorder=1)


def scatter(axes: Axes, rows: pd.DataFrame, style: Style, size: float, label: str | None = None) -> None:
    """Draw a mark for each row. Effects beyond the axes are drawn at their ends."""
    x, y = (rows[name].clip(-END, END) for name in ("estimate", "replicated_estimate"))
    axes.plot(
        x, y, style.marker, color=style.colour, markersize=size, markeredgecolor=PAPER, markeredgewidth=0.5, label=label
    )
