"""Time and memory of the workflow by the number of a study's cells."""

import pandas as pd
from matplotlib.figure import Figure

from ontrial.report.figures.axes import log_axis
from ontrial.report.figures.declaration import figure
from ontrial.report.figures.layout import by_width, panel_grid
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, DASHED, GREEN, INK, PURPLE, VERMILLION

PARTS = {"plan": (BLUE, "o"), "run": (GREEN, "^"), "collect": (VERMILLION, "s"), "explore": (PURPLE, "D")}
STATES = ("now", "before")
SHOWN = {"cpu_seconds": "processor seconds", "memory_mb": "megabytes"}


@figure(source="scaling")
def growth(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw a solid line for each part of the present workflow, and a dashed line for the same part before."""
    table = results.measurement("scaling")
    table = table[table["part"].isin(PARTS) & table["state"].isin(STATES)]
    columns, row = by_width(width, (1, 3.3), (2, 3.9))
    figure, panels = panel_grid(width, len(SHOWN), columns, 0, row, sharex=True)
    for axes, (column, name) in zip(panels, SHOWN.items(), strict=True):
        for (part, state), rows in table.groupby(["part", "state"], sort=False):
            colour, marker = PARTS[part]
            line, fill = ("solid", colour) if state == "now" else (DASHED, "none")
            rows = rows.sort_values("cells")
            axes.plot(rows["cells"], rows[column], marker, color=colour, linestyle=line, markerfacecolor=fill)
        log_axis(axes, "x")
        log_axis(axes, "y")
        axes.set_ylabel(words[name])
    figure.supxlabel(words["cells of a study"])
    lines = []
    for part, (colour, marker) in PARTS.items():
        lines += panels[0].plot([], [], color=colour, marker=marker, label=words[f"grown {part}"])
    lines += panels[0].plot([], [], color=INK, linestyle=DASHED, label=words["grown before"])
    figure.legend(handles=lines, loc="outside upper left", ncols=by_width(width, 2, 5))
    return figure, table[["part", "state", "cells", "runs", "records", *SHOWN, "wall_seconds"]]
