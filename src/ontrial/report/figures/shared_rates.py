"""Whose learning rate? The effect of a claim at each rate that its arms could share, and the own rates of the arms."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from ontrial.judge.units import Unit
from ontrial.report.figures.axes import LINE, note, text_width, wrapped
from ontrial.report.figures.evidence import estimand_of
from ontrial.report.figures.lasting import draw_effects, effect_axis, legend
from ontrial.report.figures.layout import by_width, panel_grid
from ontrial.report.summaries import shared_rates as summary
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import formatting, labels, outcomes
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import DASHED, DOTTED, INK

PANEL = 1.5  # inches, height of a panel without its title
LINES = (DASHED, DOTTED)  # of the own rates of the two arms


def shared_rates(results: Findings, words: Phrases, width: float, claim: str) -> tuple[Figure, pd.DataFrame]:
    """Draw the effect against the learning rate that the arms share, one panel for each setting besides the policy.

    Lines mark the typical own rates of the arms, which have their names.

    claim: Id of a measured claim.
    """
    estimand, table = estimand_of(results, claim), summary.effects(results, claim)
    settings = summary.settings_of(estimand)
    columns = by_width(width, min(2, len(settings)), min(4, len(settings)))
    room = (width - 0.9) / columns - 0.25
    titles = [wrapped(labels.context(each, words, estimand), room) for each in settings]
    above = LINE * (max(map(len, titles)) + 2.2)  # with two lines of names
    figure, panels = panel_grid(width, len(settings), columns, by_width(width, 2.1, 1.75), PANEL + above, sharex=True)
    rates = sorted(table["learning_rate"].unique())
    panels[0].set_xscale("log", base=2)
    panels[0].set_xlim(rates[0] / 1.3, rates[-1] * 1.3)
    _rate_ticks(panels[0], rates, room)
    owned = []
    for i, (axes, each, title) in enumerate(zip(panels, settings, titles, strict=True)):
        effect_axis(axes, table, Unit.parse(estimand.unit), labelled=i % columns == 0)
        rows = summary.rows_of(table, each)
        draw_effects(axes, rows[rows["estimate"].notna()], "learning_rate")
        own = summary.own_rates(results, estimand, each)
        _mark_own_rates(axes, {labels.arm_name(side, words, estimand, each): rate for side, rate in own.items()}, room)
        axes.set_title("\n".join(title), linespacing=1.1, pad=72 * LINE * 2.1 + 3)
        owned.append(rows.assign(**{f"own_rate_{side}": rate for side, rate in own.items()}))
    lower, higher = outcomes.sides(estimand, words)
    directions = [f"{arrow} {name}" for arrow, name in (("↑", higher), ("↓", lower)) if name]
    figure.supylabel(outcomes.effect_axis_label(words, estimand))
    below = by_width(width, "\n", "        ").join(directions)
    figure.supxlabel(f"{words['learning rate of both']}\n{below}", linespacing=1.3)
    legend(figure, set(table.loc[table["estimate"].notna(), "outcome"]), words, by_width(width, 2, 4))
    note(figure, words["note interval bands"])
    return figure, pd.concat(owned, ignore_index=True)


def _rate_ticks(axes: Axes, rates: Sequence[float], room: float) -> None:
    """Set as many ticks at learning rates as have room, in inches, from the largest rate downwards."""
    widest = max(text_width(formatting.rate(rate)) for rate in rates) + 0.12
    step = -(-len(rates) * widest // room)
    shown = rates[:: -int(step)]
    axes.set_xticks(shown, [formatting.rate(rate) for rate in shown])
    axes.xaxis.set_minor_locator(NullLocator())


def _mark_own_rates(axes: Axes, rates: Mapping[str, float], room: float) -> None:
    """Draw a line at the own rate of each arm, with its name above the panel, the smaller rate's below the larger's.

    rates: Typical own rate of each arm, by its name.
    room: Width of the panel in inches.
    """
    low, high = np.log2(axes.get_xlim())
    for row, (name, rate) in enumerate(sorted(rates.items(), key=lambda item: item[1])):
        axes.axvline(rate, color=INK, linewidth=1.2, linestyle=LINES[row], zorder=2)
        share, half = (np.log2(rate) - low) / (high - low), text_width(name) / room / 2
        x = min(max(share, half), 1 - half) if half < 1 / 2 else 0.5
        height = 72 * LINE * row + 3
        axes.annotate(name, (x, 1), (0, height), "axes fraction", "offset points", ha="center", va="bottom", color=INK)
