"""How the workflow grows: seconds and memory against the cells of a study."""

import pandas as pd
from matplotlib.figure import Figure

from ontrial.report.figures.axes import log_axis
from ontrial.report.figures.style import WIDTH
from ontrial.report.wording.looks import BLUE, GREEN, INK, PURPLE, VERMILLION

PARTS = {"plan": (BLUE, "o"), "run": (GREEN, "^"), "collect": (VERMILLION, "s"), "explore": (PURPLE, "D")}
STATES = {"now": ("solid", None), "before": ((0, (3.5, 1.5)), "none")}  # line, and what fills a marker
SHOWN = {"cpu_seconds": "processor seconds", "memory_mb": "megabytes"}


def growth(results, words) -> tuple[Figure, pd.DataFrame]:
    """A line for each part of the work as it is now, and a broken one as it was; all axes are logarithmic."""
    table = results.scale[results.scale["part"].isin(PARTS) & results.scale["state"].isin(STATES)]
    figure = Figure(figsize=(WIDTH, 6.6))
    panels = figure.subplots(len(SHOWN), 1, sharex=True)
    for axes, (column, name) in zip(panels, SHOWN.items(), strict=True):
        for (part, state), rows in table.groupby(["part", "state"], sort=False):
            (colour, marker), (line, fill) = PARTS[part], STATES[state]
            rows = rows.sort_values("cells")
            axes.plot(rows["cells"], rows[column], marker, color=colour, linestyle=line, markerfacecolor=fill or colour)
        log_axis(axes, "x")
        log_axis(axes, "y")
        axes.set_ylabel(words[name])
    panels[-1].set_xlabel(words["cells of a study"])
    keys = {f"grown {part}": {"color": colour, "marker": marker} for part, (colour, marker) in PARTS.items()}
    keys["grown before"] = {"color": INK, "marker": "", "linestyle": STATES["before"][0]}
    lines = [panels[0].plot([], [], label=words[name], **look)[0] for name, look in keys.items()]
    figure.legend(handles=lines, loc="outside upper left", ncols=2)
    return figure, table[["part", "state", "cells", "runs", "records", *SHOWN, "wall_seconds"]]
