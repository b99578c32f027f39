"""Whose learning rate? The effect of a claim at each rate that its arms could share, and the own rates of the arms."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from ontrial.judge.records import Outcome
from ontrial.judge.units import Unit
from ontrial.report.figures.axes import LINE, effect_ticks, note, text_width, wrapped
from ontrial.report.figures.evidence import estimand_of
from ontrial.report.figures.layout import by_width, panel_grid
from ontrial.report.summaries import shared_rates as summary
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import formatting, labels, outcomes
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.quantities import Quantity
from ontrial.report.wording.styles import DASHED, DOTTED, FILL, INK, MUTED, style_of

PANEL = 1.5  # inches, height of a panel without its title
FAR = 12  # multiple of the smallest effect beyond which an axis is logarithmic, since the band would hardly be seen
DECADES = 10.0 ** np.arange(4)  # multiples of the smallest effect that have a tick on such an axis
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
        _effect_axis(axes, table, Unit.parse(estimand.unit), labelled=i % columns == 0)
        rows = summary.rows_of(table, each)
        _draw_effects(axes, rows[rows["estimate"].notna()], "learning_rate")
        own = summary.own_rates(results, estimand, each)
        _mark_own_rates(axes, {labels.arm_name(side, words, estimand, each): rate for side, rate in own.items()}, room)
        axes.set_title("\n".join(title), linespacing=1.1, pad=72 * LINE * 2.1 + 3)
        owned.append(rows.assign(**{f"own_rate_{side}": rate for side, rate in own.items()}))
    lower, higher = outcomes.sides(estimand, words)
    directions = [f"{arrow} {name}" for arrow, name in (("↑", higher), ("↓", lower)) if name]
    figure.supylabel(outcomes.effect_axis_label(words, estimand))
    below = by_width(width, "\n", "        ").join(directions)
    figure.supxlabel(f"{words['learning rate of both']}\n{below}", linespacing=1.3)
    _legend(figure, set(table.loc[table["estimate"].notna(), "outcome"]), words, by_width(width, 2, 4))
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


def _effect_axis(axes: Axes, rows: pd.DataFrame, unit: Unit, *, labelled: bool) -> None:
    """Set up the vertical axis of effects with the same unit, and draw the band of those too small to matter.

    Where effects are large, the axis is logarithmic beyond the band, unless they are logarithms already.

    labelled: Whether ticks have labels.
    """
    smallest = rows["smallest_effect"].iloc[0]
    values = rows[["estimate", "low", "high"]].to_numpy()
    values = np.append(values[np.isfinite(values)], [-1.4 * smallest, 1.4 * smallest])
    low, high = values.min(), values.max()
    is_far = max(high, -low) > FAR * smallest and not unit.is_factor
    if is_far:
        axes.set_yscale("symlog", linthresh=smallest, linscale=0.6)
        ticks = [sign * factor * smallest for sign in (-1, 1) for factor in DECADES]
        shown = sorted(tick for tick in [0.0, *ticks] if low <= tick <= high)
        texts = [Quantity(tick, unit).tick for tick in shown]
        axes.set_ylim(low * (1.3 if low < -smallest else 1.1), high * 1.3)
    else:
        shown, texts = effect_ticks(low, high, unit.base, 5)
        margin = 0.06 * (high - low)
        axes.set_ylim(low - margin, high + margin)
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_yticks(shown, texts if labelled else [""] * len(shown))
    axes.axhspan(-smallest, smallest, color=FILL, zorder=0, linewidth=0)
    axes.axhline(0, color=MUTED, linewidth=1, zorder=1)


def _draw_effects(axes: Axes, rows: pd.DataFrame, along: str) -> None:
    """Draw estimates and intervals along an axis, with the mark of each outcome. Infinities are at the edge.

    along: Column of the positions.
    """
    bottom, top = axes.get_ylim()
    low, high = (rows[end].fillna(to).clip(bottom, top) for end, to in (("low", bottom), ("high", top)))
    axes.fill_between(rows[along], low, high, color=MUTED, alpha=0.25, linewidth=0)
    shown = rows.assign(estimate=rows["estimate"].clip(bottom, top))
    axes.plot(shown[along], shown["estimate"], color=MUTED, linewidth=1)
    for outcome, marked in shown.groupby("outcome"):
        colour, _, marker = style_of(outcome)
        axes.plot(marked[along], marked["estimate"], marker, color=colour, markersize=5, clip_on=False)


def _legend(figure: Figure, found: Collection[str], words: Phrases, columns: int) -> None:
    """Draw a legend of the outcomes above the panels. The smallest effect is the band, and may differ among them."""
    handles = []
    for outcome in Outcome:
        if outcome in found:
            colour, _, marker = style_of(outcome)
            text = words.get(f"mark {outcome}") or words[outcome]
            handles.append(Line2D([], [], color=colour, linestyle="none", marker=marker, label=text))
    figure.legend(handles=handles, loc="outside upper center", ncols=min(columns, len(handles)))
