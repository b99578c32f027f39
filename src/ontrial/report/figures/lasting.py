"""Does it last? The effect at each record of training, in the contexts of a claim whose outcome changes."""

from collections.abc import Collection

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from ontrial.judge.records import Context, Outcome, Verdict
from ontrial.judge.statistics import FAILURES
from ontrial.judge.units import Unit
from ontrial.report.figures.axes import LINE, effect_ticks, note, wrapped
from ontrial.report.figures.evidence import estimand_of
from ontrial.report.figures.layout import by_width, panel_grid
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import formatting, labels, outcomes
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.quantities import Quantity
from ontrial.report.wording.styles import FILL, MUTED, style_of

FAR = 12  # multiple of the smallest effect beyond which an axis is logarithmic, since the band would hardly be seen
DECADES = 10.0 ** np.arange(4)  # multiples of the smallest effect that have a tick on such an axis


def lasting(results: Findings, words: Phrases, width: float, claim: str) -> tuple[Figure, pd.DataFrame]:
    """Draw the effect against the share of training, with the outcome at each record.

    There is one panel for each context whose outcome changes. A note says how many stay the same.

    claim: Id of a measured claim.
    """
    verdict, estimand = results.verdicts[claim], estimand_of(results, claim)
    recorded = [context for context in verdict.contexts if context.stages]
    changing = [context for context in recorded if context.changes]
    contexts = sorted(changing, key=lambda context: context.effect.unit == FAILURES)
    table = pd.concat([_records_of(verdict, i, context) for i, context in enumerate(contexts)], ignore_index=True)
    columns = by_width(width, min(2, len(contexts)), min(4, len(contexts)))
    titles = [
        wrapped(labels.context(context.settings, words, estimand), (width - 0.8) / columns - 0.2)
        for context in contexts
    ]
    head = LINE * max(map(len, titles))
    figure, panels = panel_grid(width, len(contexts), columns, 0.9, 1.5 + head, sharex=True)
    by_unit = dict(iter(table.groupby("unit")))
    for i, (axes, context, title) in enumerate(zip(panels, contexts, titles, strict=True)):
        unit = context.effect.unit
        is_first = i % columns == 0 or contexts[i - 1].effect.unit != unit
        effect_axis(axes, by_unit[unit], Unit.parse(unit), labelled=is_first)
        draw_effects(axes, table[table["context"] == i], "share")
        axes.set_title("\n".join(title), linespacing=1.1, pad=9)
        if is_first and len(by_unit) > 1:
            label = words["failures"] if unit == FAILURES else outcomes.effect_axis_label(words, estimand)
            axes.set_ylabel(label)
    if len(by_unit) == 1:
        figure.supylabel(outcomes.effect_axis_label(words, estimand))
    _share_axis(panels[0], table["share"].min())
    figure.supxlabel(words["share of training"])
    legend(figure, set(table["outcome"]), words, by_width(width, 2, 4))
    notes = [words["note interval bands"]]
    if steady := len(recorded) - len(changing):
        notes.append(words["steady settings"].format(k=steady, n=len(recorded)))
    note(figure, "; ".join(notes))
    settings = pd.DataFrame([contexts[i].settings for i in table["context"]])
    return figure, pd.concat([settings, table.drop(columns="context")], axis=1)


def _records_of(verdict: Verdict, number: int, context: Context) -> pd.DataFrame:
    """Return a row for each record of a context, the last one included.

    number: Number of the context, for the column `context`.
    """
    records = [(stage.share, stage.outcome, stage.effect) for stage in context.stages]
    rows = [
        {"context": number, "share": share, "outcome": outcome, **vars(effect)}
        for share, outcome, effect in [*records, (1.0, context.outcome, context.effect)]
    ]
    return pd.DataFrame(rows).assign(smallest_effect=verdict.smallest_effect_in(context))


def effect_axis(axes: Axes, rows: pd.DataFrame, unit: Unit, *, labelled: bool) -> None:
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


def draw_effects(axes: Axes, rows: pd.DataFrame, along: str) -> None:
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


def _share_axis(axes: Axes, least: float) -> None:
    """Set up the shared axis of shares of training, which is logarithmic: 1/8, 1/4, 1/2, 1."""
    axes.set_xscale("log", base=2)
    axes.set_xlim(least / 1.15, 1.15)
    halvings = int(np.floor(-np.log2(least)))
    shares = 2.0 ** -np.arange(0, halvings + 1, max(1, -(-halvings // 3)))
    axes.set_xticks(shares, list(map(formatting.factor, shares)))
    axes.xaxis.set_minor_locator(NullLocator())


def legend(figure: Figure, found: Collection[str], words: Phrases, columns: int) -> None:
    """Draw a legend of the outcomes above the panels. The smallest effect is the band, and may differ among them."""
    handles = []
    for outcome in Outcome:
        if outcome in found:
            colour, _, marker = style_of(outcome)
            text = words.get(f"mark {outcome}") or words[outcome]
            handles.append(Line2D([], [], color=colour, linestyle="none", marker=marker, label=text))
    figure.legend(handles=handles, loc="outside upper center", ncols=min(columns, len(handles)))
