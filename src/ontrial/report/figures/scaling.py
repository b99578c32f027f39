"""How the time and the memory of the workflow grow with the number of cells."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ontrial.report.figures.axes import log_axis
from ontrial.report.figures.layout import by_width, panel_grid
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, GREEN, PURPLE, VERMILLION

STYLES = {"plan": (BLUE, "o"), "run": (VERMILLION, "s"), "collect": (GREEN, "^"), "explore": (PURPLE, "D")}


def scaling(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw a line for each part of the workflow as it is now, with a panel for seconds and one for memory."""
    table = results.measurement("scaling").query("state == 'now'")
    panels = {"wall_seconds": "workflow seconds", "memory_mb": "workflow memory"}
    figure, drawn = panel_grid(width, len(panels), by_width(width, 1, 2), by_width(width, 1.8, 1.2), 2.2)
    for axes, (column, label) in zip(drawn, panels.items(), strict=True):
        for part, (colour, marker) in STYLES.items():
            rows = table[table["part"] == part].sort_values("cells")
            name = words[f"workflow {part}"].format(rows["runs"].iloc[0] // rows["cells"].iloc[0])
            axes.plot(rows["cells"], rows[column], f"{marker}-", color=colour, label=name)
        log_axis(axes, "x")
        log_axis(axes, "y")
        powers = np.log10(table[column])
        axes.set_ylim(10 ** np.floor(powers.min()), 10 ** np.ceil(powers.max()))
        axes.set(xlabel=words["cells of a study"], ylabel=words[label])
    figure.legend(*drawn[0].get_legend_handles_labels(), loc="outside upper center", ncols=by_width(width, 1, 2))
    return figure, table[["part", "cells", "runs", "records", *panels]]
