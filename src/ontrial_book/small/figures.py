"""What stands for a toy without scripts and on paper, where no chapter has a figure of it."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.outputs import softmax
from ontrial.report.figures.formats import by_width
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, GREEN, MUTED, PURPLE, VERMILLION
from ontrial_book.axes import End, label_ends, log_axis, panel_grid

CHAINS = (("sigmoid", 1, PURPLE), ("sigmoid", 4, GREEN), ("sigmoid", 8, VERMILLION), ("tanh", 0.5, BLUE))
FACTORS = 5
SCORES = (2.0, 1.0, 0.0)  # of the example by hand


def four_chains(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw what is left of a gradient after each of five factors, slope times weight, in four chains."""
    figure = Figure(figsize=(width, 3.2))
    axes = figure.subplots()
    steps = np.arange(FACTORS + 1)
    chains = {(name, weight): (_steepest(name) * weight) ** steps for name, weight, _ in CHAINS}
    log_axis(axes, "y")
    axes.axhline(1, color=MUTED, linewidth=1, zorder=0)
    for name, weight, colour in CHAINS:
        axes.plot(steps, chains[name, weight], "o-", color=colour)
    axes.set(xlim=(0, by_width(width, 8, 6.6)), ylim=(5e-4, 60), xticks=steps)
    ends = [End(f"{words[name]}, w = {weight:g}", chains[name, weight][-1], colour) for name, weight, colour in CHAINS]
    label_ends(axes, ends, FACTORS + 0.1, 2.6)
    axes.set(xlabel=words["factors multiplied"], ylabel=words["gradient left"])
    rows = [(*chain, step, left) for chain, lefts in chains.items() for step, left in enumerate(lefts)]
    return figure, pd.DataFrame(rows, columns=["activation", "weight", "factors", "left"])


def _steepest(activation: str) -> float:
    """Return the slope of an activation at z = 0."""
    entry, z = ACTIVATIONS[activation], np.zeros(1)
    return float(entry.derivative(z, entry.function(z))[0])


def shares(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw three scores, their exponentials, and the shares of these in their sum."""
    z = np.array(SCORES)
    numbers = {"$z$": z, "$e^z$": np.exp(z), "$p$": softmax(z.reshape(1, 1, -1)).ravel()}
    figure, panels = panel_grid(width, len(numbers), len(numbers), 0.5, 2.2)
    for axes, (name, values) in zip(panels, numbers.items(), strict=True):
        axes.bar(range(len(z)), values, color=[BLUE, VERMILLION, GREEN])
        for place, value in enumerate(values):
            axes.text(place, value, f"{value:.3g}", ha="center", va="bottom")
        axes.set(title=name, xticks=[], yticks=[], ylim=(0, 1.15 * values.max()))
        axes.grid(False)
    return figure, pd.DataFrame({"z": z, "power": numbers["$e^z$"], "share": numbers["$p$"]})
