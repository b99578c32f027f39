"""Effects in the default study, compared with studies that repeat it with other data, optimisers or shapes."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontrial.judge.claim import Claim
from ontrial.judge.records import settings_text
from ontrial.report.figures.axes import LINE, figure_without_layout, note, text_width, wrapped
from ontrial.report.figures.layout import by_width
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.replications import (
    EFFECTS,
    ORIGINAL,
    Published,
    agree,
    conditions,
    made_same_test,
    paired_effects,
    pairs,
)
from ontrial.report.wording import formatting, labels
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, FILL, GREEN, MUTED, PAPER, PURPLE, VERMILLION, Style

END = 100  # end of the axes, in smallest effects of interest, where larger effects are drawn
TICKS = (-100, -10, -1, 1, 10, 100)
KEYS = 0.32  # inches, height of the key to the squares
SQUARES = {  # colour and filling
    "same": (BLUE, BLUE),
    "compatible": (BLUE, "none"),
    "different": (VERMILLION, VERMILLION),
    "open": (MUTED, "none"),
}
MNIST_CLAIMS = {
    "relu-faster-than-sigmoid": Style(BLUE, "solid", "o"),
    "cross-entropy-or-mse": Style(PURPLE, "solid", "s"),
    "small-batch-accuracy": Style(GREEN, "solid", "^"),
}


def replications(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw a square for each setting of a claim in each replication, coloured by how it agrees with the default study.

    Claims are rows, replications columns.
    """
    judged = results.measurement("replications")
    names = {study: labels.condition(each, words) for study, each in conditions(judged[ORIGINAL].tuned, judged).items()}
    table = _agreements(judged, names)
    if table.empty:
        raise ValueError("No published study made the same tests as the default one.")
    claims, studies = (list(dict.fromkeys(table[column])) for column in ("claim", "replication"))
    side, square = by_width(width, 1.75, 2.7), by_width(width, 0.078, 0.115)  # inches, for names, and between squares
    room = (width - side) / len(studies)
    in_row = int((room - 0.08) / square)
    texts = [wrapped(_name_of(results.claims.get(claim), claim, words), side - 0.1) for claim in claims]
    most = table.groupby(["claim", "replication"]).size().groupby("claim").max()
    heights = [
        max(LINE * len(text), square * -(-most[claim] // in_row)) + 0.12
        for claim, text in zip(claims, texts, strict=True)
    ]
    top = KEYS + max(text_width(names[study]) for study in studies) + 0.1
    figure = figure_without_layout(top + sum(heights), width)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(top + sum(heights), 0))
    axes.set_axis_off()
    for i, study in enumerate(studies):
        axes.text(side + room * i + 0.04, top - 0.06, names[study], ha="left", va="bottom", rotation=90)
    size = 72 * square - 1.2  # points
    for claim, text, start in zip(claims, texts, top + np.cumsum([0, *heights[:-1]]), strict=True):
        axes.axhline(start, color=FILL, linewidth=1)
        axes.text(0, start + 0.05, "\n".join(text), va="top", linespacing=1.1)
        for i, study in enumerate(studies):
            found = table.loc[(table["claim"] == claim) & (table["replication"] == study), "agreement"]
            for agreement, (colour, fill) in SQUARES.items():
                at = np.flatnonzero(found == agreement)
                x = side + room * i + 0.08 + square * (at % in_row)
                y = start + 0.11 + square * (at // in_row)
                axes.plot(x, y, "s", color=colour, markerfacecolor=fill, markersize=size, markeredgewidth=0.8)
    keys = [
        axes.plot([], [], "s", color=colour, markerfacecolor=fill, markersize=9, label=words[f"{agreement} outcome"])[0]
        for agreement, (colour, fill) in SQUARES.items()
        if agreement in set(table["agreement"])
    ]
    figure.legend(handles=keys, loc="upper left", ncols=len(keys), borderaxespad=0, handlelength=0.9, columnspacing=1)
    return figure, table


def _agreements(judged: Mapping[str, Published], studies: Iterable[str]) -> pd.DataFrame:
    """Return how each setting of a claim agrees with ORIGINAL in studies that made the same test: a row for each.

    Settings that are undecided in one or both are "open".
    """
    rows = []
    for id, verdict in judged[ORIGINAL].verdicts.items():
        for study in studies:
            other = judged[study].verdicts.get(id)
            if other is None or not verdict.contexts or not made_same_test(verdict, other):
                continue
            for context, twin in pairs(verdict, other):
                agreement = "open" if (found := agree(context, twin)) == "undecided" else found
                if agreement != "untried":
                    rows.append((id, study, settings_text(context.settings), agreement))
    return pd.DataFrame(rows, columns=["claim", "replication", "context", "agreement"])


def _name_of(claim: Claim | None, id: str, words: Phrases) -> str:
    """Return a claim in a few words, or its id if this study does not test it."""
    texts = (claim.short or claim.statement) if claim else {}
    return texts.get(words.language) or texts.get("en") or id


def on_mnist(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw a mark with intervals for each context of the claims that were tried on MNIST."""
    judged = results.measurement("replications")
    table = paired_effects(judged[ORIGINAL].verdicts, judged["mnist"].verdicts)
    figure = Figure(figsize=(width, 5.2))
    axes = figure.subplots()
    _prepare(axes, TICKS)
    for claim, style in MNIST_CLAIMS.items():
        rows = table[table["claim"] == claim]
        _scatter(axes, rows, style, 8, label=words[f"{claim} on MNIST"])
        shown = rows[EFFECTS].clip(-END, END)
        y = shown["replicated_estimate"]
        axes.hlines(y, shown["low"], shown["high"], color=style.colour, linewidth=1)
        ends = shown["replicated_low"], shown["replicated_high"]
        axes.vlines(shown["estimate"], *ends, color=style.colour, linewidth=1)
    figure.legend(loc=by_width(width, "outside upper left", "outside right upper"))
    axes.set_xlabel(words["effect on the small digits"])
    axes.set_ylabel(words["effect on MNIST"])
    note(figure, words["note interval lines"])
    return figure, table


def _prepare(axes: Axes, ticks: Sequence[int]) -> None:
    """Draw the line of equality on axes that are linear up to the smallest effect of interest, logarithmic beyond."""
    for name in ("x", "y"):
        getattr(axes, f"set_{name}scale")("symlog", linthresh=1, linscale=0.6)
        getattr(axes, f"set_{name}lim")(-1.3 * END, 1.3 * END)
        getattr(axes, f"set_{name}ticks")(ticks, [formatting.signed(f"{tick}") for tick in ticks])
    axes.grid(False)
    axes.axhspan(-1, 1, color=FILL, linewidth=0, zorder=0)
    axes.axvspan(-1, 1, color=FILL, linewidth=0, zorder=0)
    axes.plot([-END, END], [-END, END], color=MUTED, linewidth=1, zorder=1)


def _scatter(axes: Axes, rows: pd.DataFrame, style: Style, size: float, label: str | None = None) -> None:
    """Draw a mark for each row. Effects beyond the axes are drawn at their ends."""
    x, y = (rows[name].clip(-END, END) for name in ("estimate", "replicated_estimate"))
    axes.plot(
        x, y, style.marker, color=style.colour, markersize=size, markeredgecolor=PAPER, markeredgewidth=0.5, label=label
    )
