"""Measurements of probes and of training: gradients by layer, dead units, epochs to an accuracy."""

import itertools
import math
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ontrial.judge import policies
from ontrial.judge.metrics import METRICS
from ontrial.report.figures.axes import LINE, note
from ontrial.report.figures.formats import by_width
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import formatting, labels
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, DOTTED, FILL, INK, MUTED, PAPER, PURPLE, VERMILLION, style_of
from ontrial.study.settings import OWN, depth, resolve_own
from ontrial.study.study import Experiment
from ontrial_book.axes import HALO, End, error_axis, errors, label_ends, log_axis, offset, panel_grid, point_out
from ontrial_book.chapters import dead_units as dead
from ontrial_book.chapters import gradient_norms as gradient_norms_by_layer
from ontrial_book.chapters import selection

THRESHOLD = 0.9  # test accuracy to reach
LOSS = 0.1  # training loss to reach
DEPTHS = (BLUE, PURPLE, VERMILLION)  # colours, from the shallowest network on
SHARED = "glorot"  # initialisation of all activations, which separates their effects from those of initialisations


def gradient_norms(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the measured and predicted gradient norms of hidden layers at initialisation, relative to the last layer.

    Names are in the panel in which least of a gradient is left, with an arrow that says how much.
    """
    numbers = gradient_norms_by_layer.table(results)
    initialisations = list(dict.fromkeys(numbers["initialisation"]))
    in_row, row = by_width(width, (2, 2.3), (3, 2.9))
    figure, panels = panel_grid(width, len(initialisations), in_row, 0.9, row, sharex=True, sharey=True)
    for axes, initialisation in zip(panels, initialisations, strict=True):
        shown = numbers[numbers["initialisation"] == initialisation]
        for activation, arm in shown.groupby("activation", sort=False):
            colour, line, marker = style_of(activation)
            axes.fill_between(arm["layer"], arm["low"], arm["high"], color=colour, alpha=0.2, linewidth=0)
            axes.plot(arm["layer"], arm["measured"], marker, color=colour, markersize=5)
            axes.plot(arm["layer"], arm["predicted"], color=colour, linestyle=line, linewidth=1.2)
        axes.set_title(labels.initialisation(initialisation, words).replace(", ", ",\n"), linespacing=1.35)
    without_mean = numbers[numbers["predicted"].notna()]
    log_axis(panels[0], "y")
    panels[0].set_ylim(without_mean["low"].min() / 4, 4 * without_mean["high"].max())
    panels[0].xaxis.set_major_locator(MaxNLocator(5, integer=True))
    figure.supxlabel(words["hidden layer"])
    directions = f"{words['vanishing']}      {words['exploding']}"
    figure.supylabel(f"{words['gradient norm relative to the last hidden layer']}\n{directions}", linespacing=1.3)
    first = without_mean[(without_mean["layer"] == 1) & (without_mean["measured"] > 0)]
    if len(first):
        least = first.loc[first["measured"].idxmin()]
        axes = panels[initialisations.index(least["initialisation"])]
        _name_lines(axes, first[first["initialisation"] == least["initialisation"]], words)
    note(figure, words["note half"])
    return figure, numbers


def _name_lines(axes: Axes, first: pd.DataFrame, words: Phrases) -> None:
    """Write the names of the lines of a panel above each other, and what is left of the smallest gradient.

    first: Rows of the first hidden layer, one for each activation.
    """
    *others, least = first.sort_values("measured", ascending=False).itertuples()
    power = formatting.superscript(round(math.log10(least.measured)))
    text = words["left of gradient"].format(words[least.activation], f"10{power}")
    colour = style_of(least.activation).colour
    point_out(axes, text, (1, least.measured), (0.97, 0.03), colour, ha="right", va="bottom")
    for i, arm in enumerate(reversed(others)):
        height = 72 * LINE * (text.count("\n") + 1.4 + i)
        axes.annotate(
            words[arm.activation],
            (0.97, 0.03),
            (0, height),
            "axes fraction",
            "offset points",
            color=style_of(arm.activation).colour,
            ha="right",
            va="bottom",
        )


def dead_units(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the share of dead ReLU units in networks that learn, by learning rate, with a line for each depth.

    Names are at the ends of the lines, which end where no network learns. Bars are the middle half of the seeds. Other
    activations are pale, at the largest depth.
    """
    table, runs = dead.by_rate(results), dead.after_training(results)
    rates = sorted(table["learning_rate"].unique())
    depths = sorted(table["hidden"].unique(), key=depth)
    figure = Figure(figsize=(width, 3.6))
    axes = figure.subplots()
    axes.set(xlim=(-0.4, len(rates) - 0.6 + by_width(width, 1.6, 1)))
    axes.set_xticks(range(len(rates)), [formatting.rate(rate) for rate in rates])
    others = table[(table["hidden"] == depths[-1]) & (table["activation"] != "relu")]
    for _, arm in others.groupby("activation"):
        axes.plot(arm["learning_rate"].map(rates.index), 100 * arm["dead_learning"], color=MUTED, alpha=0.5, zorder=1)
    ends: dict[int, list[End]] = {}
    for i, (hidden, colour) in enumerate(zip(depths, DEPTHS, strict=False)):
        arm = table[(table["hidden"] == hidden) & (table["activation"] == "relu")].dropna(subset="dead_learning")
        if arm.empty:
            continue
        x = arm["learning_rate"].map(rates.index) + offset(i, len(depths), 0.1)
        for place, rate in zip(x, arm["learning_rate"], strict=True):
            seeds = _pick(runs, hidden=hidden, activation="relu", learning_rate=rate, learns=True)
            axes.plot([place] * 2, 100 * seeds["dead_units"].quantile([0.25, 0.75]), color=colour, linewidth=2)
        axes.plot(x, 100 * arm["dead_learning"], "o-", color=colour, markersize=6, zorder=3)
        end = End(f"{words['depth']} {depth(hidden)}", 100 * arm["dead_learning"].iloc[-1], colour)
        ends.setdefault(rates.index(arm["learning_rate"].iloc[-1]), []).append(end)
    axes.set_ylim(*axes.get_ylim())  # before labels are placed
    for place, group in ends.items():
        label_ends(axes, group, place + 0.15, 2.6)
    axes.grid(False, axis="x")
    axes.set(xlabel=words["learning rate"], ylabel=words["dead units"])
    note(figure, words["note half bars"])
    return figure, table


class Finish(NamedTuple):
    """A finishing line of training.

    column: Column of the records that has to fall to the line.
    metric: Metric of the time until then, by which each seed chooses its learning rate.
    threshold: Threshold of the metric.
    line: Value of the column at the line: per cent of errors for the accuracy.
    """

    column: str
    metric: str
    threshold: float
    line: float


FINISHES = (
    Finish("test_accuracy", "epochs_to_accuracy", THRESHOLD, 100 * (1 - THRESHOLD)),
    Finish("train_loss", "epochs_to_train_loss", LOSS, LOSS),
)


def learning_curves(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw test error, and training loss if it was recorded, against epochs, for the deepest networks.

    Each seed has the rate at which it reaches the finishing line of the panel first. Lines are medians, bands the
    middle half of the seeds. A mark is where a median has crossed the line, and words name the first.
    """
    table = _courses(results)
    finishes = [finish for finish in FINISHES if finish.column in set(table["column"])]
    columns, row = by_width(width, (1, 2.9), (2, 3.6))
    figure, panels = panel_grid(width, len(finishes), columns, 0.7, row, sharex=True)
    for axes, finish in zip(panels, finishes, strict=True):
        rows = table[(table["column"] == finish.column) & table["median"].notna()]
        log_axis(axes, "x", base=2)
        name = "training loss"
        if finish.column == "test_accuracy":
            name = "test error"
            error_axis(axes, [*rows["low"], *rows["high"], finish.line], words)
        else:
            log_axis(axes, "y")
            axes.set_ylim(min([*rows["low"], finish.line]) / 1.3, max([*rows["high"], finish.line]) * 1.3)
        axes.set_ylabel(words[name])
        axes.axhline(finish.line, color=INK, linewidth=1, linestyle=DOTTED, zorder=1)
        ends: list[End] = []
        crossed: dict[str, tuple[float, float]] = {}
        for activation, curve in rows.groupby("activation", sort=False):
            colour, line, marker = style_of(activation)
            axes.fill_between(curve["epochs"], curve["low"], curve["high"], color=colour, alpha=0.2, linewidth=0)
            axes.plot(curve["epochs"], curve["median"], color=colour, linestyle=line, linewidth=2.2)
            ends.append(End(words[activation], curve["median"].iloc[-1], colour))
            if (below := curve[curve["median"] <= finish.line]).size:
                crossed[activation] = tuple(below[["epochs", "median"]].iloc[0])
                axes.plot(*crossed[activation], marker, color=colour, markersize=8, zorder=4)
        if len(rows):
            label_ends(axes, ends, rows["epochs"].max(), row - 0.8)
        _name_line(axes, finish, crossed, words)
    figure.supxlabel(words["epochs"])
    note(figure, words["note half"])
    return figure, table


def _name_line(axes: Axes, finish: Finish, crossed: Mapping[str, tuple[float, float]], words: Phrases) -> None:
    """Write the name of a finishing line, and which activation has crossed it first, if only one has.

    crossed: First point of the median below the line, by activation.
    """
    axes.annotate(
        words[f"finish {finish.column}"],
        (0.02, finish.line),
        (0, -4),
        ("axes fraction", "data"),
        "offset points",
        va="top",
        path_effects=HALO,
    )
    first = min((epochs for epochs, _ in crossed.values()), default=None)
    names = [activation for activation, (epochs, _) in crossed.items() if epochs == first]
    if len(names) == 1:
        text = words["first across"].format(words[names[0]])
        point_out(axes, text, crossed[names[0]], (0.55, 0.8), style_of(names[0]).colour, ha="left")


@cache  # the same in every language and width
def _courses(results: Findings) -> pd.DataFrame:
    """Return quartiles over the seeds of what falls to each finishing line, by activation and epochs.

    The networks are the deepest, with the initialisation of each activation. Infinite is what diverged.
    """
    experiment = results.study.experiments["speed"]
    records = selection.narrowed(
        selection.of_experiment(results.records, "speed"), free=["hidden", "activation", "initialisation"]
    )
    records = records[records["epochs"] > 0].assign(test_accuracy=errors(records["test_accuracy"]))
    hidden, start = max(records["hidden"].unique(), key=depth), _initialisations(records, experiment)[0]
    tables = []
    for finish in FINISHES:
        if finish.column not in records or records[finish.column].isna().all():
            continue
        rates = _learning_rates(results, hidden, start, experiment.grid["activation"], finish.metric, finish.threshold)
        for activation in experiment.grid["activation"]:
            arm = {"activation": activation, "initialisation": resolve_own(start, activation), "hidden": hidden}
            chosen = _pick(rates, policy=policies.TUNED, **arm)
            if chosen.empty:
                continue
            course = chosen[["seed", "learning_rate"]].merge(_pick(records, **arm))
            quartiles = course.groupby("epochs")[finish.column].quantile([0.25, 0.5, 0.75]).unstack()
            quartiles = quartiles.set_axis(["low", "median", "high"], axis=1).reset_index()
            tables.append(
                quartiles.assign(
                    column=finish.column,
                    activation=activation,
                    learning_rate=policies.typical(chosen["learning_rate"]),
                    seeds=len(chosen),
                )
            )
    return pd.concat(tables, ignore_index=True)


def survival(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the median number of epochs to the threshold by depth, initialisation, policy and activation.

    "Never" has a place of its own. A line connects the first and the third quartile of the seeds.
    """
    numbers = _epochs_to_threshold(results)
    by_row = numbers.groupby(["hidden", "initialisation", "policy"], sort=False)
    rows = list(by_row.groups)
    activations = list(dict.fromkeys(numbers["activation"]))
    reached = numbers["median"].replace(np.inf, np.nan)
    low = min(numbers["first_quartile"].replace(np.inf, np.nan).min(), reached.min())
    high = max(numbers["third_quartile"].replace(np.inf, np.nan).max(), reached.max())
    low, high = (low, high) if low <= high else (1.0, 2.0)  # no run reached the threshold
    never = high * (high / low) ** 0.14 * 1.2
    figure = Figure(figsize=(width, 1.3 + by_width(width, 0.62, 0.5) * len(rows)))
    axes = figure.subplots()
    for row, key in enumerate(rows):
        for arm in by_row.get_group(key).itertuples():
            colour, _, marker = style_of(arm.activation)
            place = activations.index(arm.activation)
            y = row + offset(place, len(activations), 0.2)
            ends = np.minimum([arm.first_quartile, arm.third_quartile], never)
            axes.plot(ends, [y, y], color=colour, linewidth=2)
            fill = PAPER if arm.on_edge else colour
            axes.plot(min(arm.median, never), y, marker, color=colour, markerfacecolor=fill, markersize=8)
            if row == 0:  # says what the marks are
                is_right = ends[0] > math.sqrt(low * high)
                end, shift, align = (ends[0], -8, "right") if is_right else (ends[1], 8, "left")
                beside: dict[str, Any] = {"textcoords": "offset points", "color": colour, "ha": align, "va": "center"}
                axes.annotate(words[arm.activation], (end, y), (shift, -5 if place else 2), **beside)
    for row in range(1, len(rows)):
        same_depth = rows[row][0] == rows[row - 1][0]
        axes.axhline(row - 0.5, color=FILL if same_depth else MUTED, linewidth=1)
    log_axis(axes, "x", base=2)
    axes.set_xlim(low / 1.1, never * 1.15)
    axes.axvline(math.sqrt(high * never), color=MUTED, linewidth=1, linestyle=DOTTED)
    ticks = [2.0**k for k in range(math.ceil(math.log2(low / 1.1)), math.floor(math.log2(high)) + 1)]
    axes.set_xticks([*ticks, never], [*(f"{tick:g}" for tick in ticks), words["never reached"]])
    separator = by_width(width, "\n", ", ")
    axes.set_yticks(
        range(len(rows)), [separator.join(_row_names(hidden, start, policy, words)) for hidden, start, policy in rows]
    )
    axes.set(xlabel=words["epochs"], ylim=(len(rows) - 0.5, -0.5))
    axes.grid(False, axis="y")
    axes.tick_params(axis="y", length=0)
    hollow = [words["note hollow"]] if numbers["on_edge"].any() else []
    note(figure, "\n".join([words["note half bars"], *hollow]))
    return figure, numbers


def _row_names(hidden: str, initialisation: str, policy: str, words: Phrases) -> tuple[str, str]:
    """Return the two parts of a row's name in the dot chart: depth with policy, and initialisation."""
    name = words[OWN] if initialisation == OWN else labels.initialisation(initialisation, words)
    rule, _, owner = policy.partition("_")
    rate = words[f"policy {rule} of"].format(words[owner]) if owner else words["policy tuned"]
    return f"{words['depth']} {depth(hidden)}, {rate}", name


@cache  # the same in every language and width
def _epochs_to_threshold(results: Findings) -> pd.DataFrame:
    """Return quartiles of the seeds' epochs to the threshold for each arm and policy, infinite for "never"."""
    experiment = results.study.experiments["speed"]
    records = selection.narrowed(
        selection.of_experiment(results.records, "speed"), free=["hidden", "activation", "initialisation"]
    )
    activations = experiment.grid["activation"]
    depths = sorted(records["hidden"].unique(), key=depth)
    rows = []
    for hidden, initialisation in itertools.product(depths, _initialisations(records, experiment)):
        rates = _learning_rates(results, hidden, initialisation, activations)
        shared = [f"fixed_{activation}" for activation in activations]
        for policy, activation in itertools.product((*shared, policies.TUNED), activations):
            arm = {
                "activation": activation,
                "initialisation": resolve_own(initialisation, activation),
                "hidden": hidden,
            }
            chosen = _pick(rates, policy=policy, **arm)
            if chosen.empty:
                continue
            epochs = _first_epochs(chosen[["seed", "learning_rate"]].merge(_pick(records, **arm)))
            quartiles = np.quantile(epochs, [0.25, 0.5, 0.75], method="inverted_cdf")
            rows.append(
                {
                    "hidden": hidden,
                    "initialisation": initialisation,
                    "policy": policy,
                    "activation": activation,
                    "learning_rate": policies.typical(chosen["learning_rate"]),
                    "on_edge": policies.mostly(chosen["on_edge"]),
                    "seeds": len(epochs),
                    **dict(zip(("first_quartile", "median", "third_quartile"), quartiles, strict=True)),
                    "reached": float(np.isfinite(epochs).mean()),
                }
            )
    return pd.DataFrame(rows)


def _initialisations(records: pd.DataFrame, experiment: Experiment) -> list[str]:
    """Return the initialisations with which every activation was trained, of its own and of all."""
    trained = set(zip(records["activation"], records["initialisation"], strict=True))
    found = [
        name
        for name in (OWN, SHARED)
        if all((activation, resolve_own(name, activation)) in trained for activation in experiment.grid["activation"])
    ]
    return found or list(experiment.grid["initialisation"][:1])


def _learning_rates(
    results: Findings,
    hidden: str,
    initialisation: str,
    activations: Iterable[str],
    metric: str = "epochs_to_accuracy",
    threshold: float = THRESHOLD,
) -> pd.DataFrame:
    """Return the rates that seeds choose by the time to a threshold, by activation and policy.

    Each activation's own rate is that of all under one policy, such as "fixed_relu".
    """
    return policies.rates(
        results,
        "speed",
        metric=metric,
        threshold=threshold,
        references={
            name: {"activation": name, "initialisation": resolve_own(initialisation, name)} for name in activations
        },
        hidden=hidden,
    )


def _first_epochs(records: pd.DataFrame) -> pd.Series:
    """Return the epochs in which seeds first reach the threshold, as the metric of claims does; infinite for never."""
    by_rate = METRICS["epochs_to_accuracy"].numbers(records, "test", THRESHOLD)
    return by_rate.min(axis=1)  # each seed has one rate; its other columns are infinite


def _pick(table: pd.DataFrame, **settings: Any) -> pd.DataFrame:
    """Return the rows with these values. A setting without a column is ignored, since all rows share its value."""
    for name, value in settings.items():
        table = table[table[name] == value] if name in table else table
    return table
