"""Measurements of probes and of training: gradients by layer, dead units, epochs to an accuracy."""

import itertools
import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ontrial import data
from ontrial.judge import policies
from ontrial.judge.metrics import METRICS
from ontrial.nn import mean_field
from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.initialisers import INITIALISATIONS, parse
from ontrial.report.figures.axes import log_axis
from ontrial.report.figures.declaration import figure
from ontrial.report.figures.layout import by_width, offset, panel_grid
from ontrial.report.summaries import selection
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import formatting, labels
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import DOTTED, FILL, MUTED, PAPER, style_of
from ontrial.study.settings import OWN, depth, read_widths, resolve_own

THRESHOLD = 0.9  # test accuracy to reach
SHARED = "glorot"  # initialisation of all activations, which separates their effects from those of initialisations


@figure(experiments=("vanishing",), needs=("classes", "probe gradients", "hidden layers"))
def gradient_norms(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the measured and predicted gradient norms of hidden layers at initialisation, relative to the last layer."""
    experiment = results.study.experiments["vanishing"]
    rows = selection.of_experiment(results.records, "vanishing")
    rows = selection.narrowed(rows[rows["updates"] == 0], free=["hidden", "activation", "initialisation"])
    hidden = max(rows["hidden"].unique(), key=depth)
    layers = np.arange(1, depth(hidden) + 1)
    activations = experiment.grid["activation"]
    initialisations = list(
        dict.fromkeys(
            resolve_own(name, activation) for name in experiment.grid["initialisation"] for activation in activations
        )
    )
    in_row, row = by_width(width, (2, 1.9), (4, 2.8))
    figure, panels = panel_grid(width, len(initialisations), in_row, 0.9, row, sharex=True, sharey=True)
    lines = []
    for axes, initialisation in zip(panels, initialisations, strict=True):
        for activation in activations:
            runs = pick(rows, hidden=hidden, activation=activation, initialisation=initialisation)
            if runs.empty:
                continue
            norms = runs[[f"gradient_norm_{layer}" for layer in layers]].to_numpy(float)
            norms = norms / np.where(norms[:, -1:] > 0, norms[:, -1:], np.nan)
            predicted = predicted_norms(activation, initialisation, runs["dataset"].iloc[0], hidden)
            colour, line, marker = style_of(activation)
            axes.fill_between(layers, norms.min(0), norms.max(0), color=colour, alpha=0.2, linewidth=0)
            axes.plot(layers, norms.mean(0), marker, color=colour, markersize=5)
            axes.plot(layers, predicted, color=colour, linestyle=line, linewidth=1.2)
            columns = {
                "initialisation": initialisation,
                "activation": activation,
                "seeds": len(norms),
                "layer": layers,
                "measured": norms.mean(0),
                "low": norms.min(0),
                "high": norms.max(0),
                "predicted": predicted,
            }
            lines.append(pd.DataFrame(columns))
        axes.set_title(labels.initialisation(initialisation, words).replace(", ", ",\n"), linespacing=1.35)
    numbers = pd.concat(lines, ignore_index=True)
    without_mean = numbers[numbers["predicted"].notna()]
    log_axis(panels[0], "y")
    panels[0].set_ylim(without_mean["low"].min() / 4, 4 * without_mean["high"].max())
    panels[0].xaxis.set_major_locator(MaxNLocator(5, integer=True))
    figure.supxlabel(words["hidden layer"])
    directions = f"{words['vanishing']}      {words['exploding']}"
    figure.supylabel(f"{words['gradient norm relative to the last hidden layer']}\n{directions}", linespacing=1.3)
    legend(figure, activations, words)
    return figure, numbers


def legend(figure: Figure, activations: Sequence[str], words: Phrases, lines: bool = True) -> None:
    """Draw a legend of the activations above the panels.

    lines: Whether the legend shows lines, not only markers.
    """
    handles = []
    for activation in activations:
        colour, line, marker = style_of(activation)
        shown = line if lines else "none"
        handles.append(Line2D([], [], color=colour, linestyle=shown, marker=marker, label=words[activation]))
    figure.legend(handles=handles, loc="outside upper center", ncols=3)


def predicted_norms(activation: str, initialisation: str, dataset: str, hidden: str) -> np.ndarray:
    """Return the mean-field gradient norms of hidden layers relative to the last; NaN if the mean weight is not 0."""
    name, mean = parse(initialisation)
    widths = [data.sizes(dataset).features, *read_widths(hidden)]
    if mean:
        return np.full(len(widths) - 1, np.nan)
    sigma_w2 = [n_in * INITIALISATIONS[name](n_in, n_out) ** 2 for n_in, n_out in itertools.pairwise(widths)]
    function = ACTIVATIONS[activation].function

    def derivative(z: np.ndarray) -> np.ndarray:
        return ACTIVATIONS[activation].derivative(z, function(z))

    return mean_field.gradient_norms(function, derivative, sigma_w2)  # inputs should have a mean square of 1


@figure(experiments=("dying",), needs=("classes", "probe units", "hidden layers"))
def dead_units(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the share of dead units after training by learning rate, with a panel for each depth."""
    records = selection.of_experiment(results.records, "dying").sort_values("updates")
    records = selection.judging(results, selection.narrowed(records, free=["hidden", "activation"]))
    runs = records.groupby(["hidden", "activation", "learning_rate", "seed"], sort=False).last().reset_index()
    rates = sorted(runs["learning_rate"].unique())
    depths = sorted(runs["hidden"].unique(), key=depth)
    configured = results.study.experiments["dying"].grid["activation"]
    activations = [name for name in configured if (runs["activation"] == name).any()]
    columns, head, row = by_width(width, (1, 1.2, 1.6), (len(depths), 1.0, 2.6))
    figure, panels = panel_grid(width, len(depths), columns, head, row, sharex=True, sharey=True)
    numbers = []
    for axes, hidden in zip(panels, depths, strict=True):
        for i, activation in enumerate(activations):
            colour, line, marker = style_of(activation)
            arm = runs[(runs["hidden"] == hidden) & (runs["activation"] == activation)]
            x = arm["learning_rate"].map(rates.index) + offset(i, len(activations), 0.14)
            axes.plot(x, 100 * arm["dead_units"], ".", color=colour, markersize=4, alpha=0.5, markeredgewidth=0)
            by_rate = arm.assign(x=x).groupby("learning_rate")
            means = by_rate.agg(
                x=("x", "mean"), dead=("dead_units", "mean"), diverged=("diverged", "mean"), seeds=("seed", "count")
            )
            alive = means[means["diverged"] < 1]
            axes.plot(alive["x"], 100 * alive["dead"], color=colour, linestyle=line, linewidth=1.4)
            for any_diverged, fill in ((False, colour), (True, PAPER)):
                marked = means[(means["diverged"] > 0) == any_diverged]
                axes.plot(marked["x"], 100 * marked["dead"], marker, color=colour, markerfacecolor=fill)
            shares = means.drop(columns="x").reset_index()
            numbers.append(shares.assign(hidden=hidden, activation=activation))
        axes.set_title(f"{words['hidden layers']}: {depth(hidden)}")
    panels[-1].set_xticks(range(len(rates)), [formatting.rate(rate) for rate in rates])
    figure.supxlabel(words["learning rate"])
    figure.supylabel(words["dead units in %"])
    legend(figure, activations, words)
    return figure, pd.concat(numbers, ignore_index=True)


@figure(experiments=("speed",), needs=("classes", "training"))
def survival(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the median number of epochs to the threshold by depth, initialisation, policy and activation.

    "Never" has a place of its own. A line connects the first and the third quartile of the seeds.
    """
    numbers = epochs_to_threshold(results)
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
            y = row + offset(activations.index(arm.activation), len(activations), 0.2)
            ends = np.minimum([arm.first_quartile, arm.third_quartile], never)
            axes.plot(ends, [y, y], color=colour, linewidth=2)
            fill = PAPER if arm.on_edge else colour
            axes.plot(min(arm.median, never), y, marker, color=colour, markerfacecolor=fill, markersize=8)
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
        range(len(rows)), [separator.join(row_names(hidden, start, policy, words)) for hidden, start, policy in rows]
    )
    axes.set(xlabel=words["epochs"], ylim=(len(rows) - 0.5, -0.5))
    axes.grid(False, axis="y")
    axes.tick_params(axis="y", length=0)
    legend(figure, activations, words, lines=False)
    return figure, numbers


def row_names(hidden: str, initialisation: str, policy: str, words: Phrases) -> tuple[str, str]:
    """Return the two parts of a row's name in the dot chart: depth with policy, and initialisation."""
    name = words[OWN] if initialisation == OWN else labels.initialisation(initialisation, words)
    return f"{words['depth']} {depth(hidden)}, {words[policy]}", name


@cache  # the same in every language and width
def epochs_to_threshold(results: Findings) -> pd.DataFrame:
    """Return quartiles of the seeds' epochs to the threshold for each arm and policy, infinite for "never"."""
    experiment = results.study.experiments["speed"]
    records = selection.narrowed(
        selection.of_experiment(results.records, "speed"), free=["hidden", "activation", "initialisation"]
    )
    trained = set(zip(records["activation"], records["initialisation"], strict=True))
    activations = experiment.grid["activation"]
    initialisations = [
        name
        for name in (OWN, SHARED)
        if all((activation, resolve_own(name, activation)) in trained for activation in activations)
    ] or experiment.grid["initialisation"][:1]
    depths = sorted(records["hidden"].unique(), key=depth)
    rows = []
    for hidden, initialisation in itertools.product(depths, initialisations):
        rates = learning_rates(results, hidden, initialisation)
        for policy, activation in itertools.product(("fixed", "tuned"), activations):
            arm = {
                "activation": activation,
                "initialisation": resolve_own(initialisation, activation),
                "hidden": hidden,
            }
            chosen = pick(rates, policy=policy, **arm)
            if chosen.empty:
                continue
            epochs = first_epochs(chosen[["seed", "learning_rate"]].merge(pick(records, **arm)))
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


def learning_rates(results: Findings, hidden: str, initialisation: str) -> pd.DataFrame:
    """Return the rates that seeds choose by epochs to the threshold, by activation and policy. Fixed is ReLU's."""
    return policies.rates(
        results,
        "speed",
        metric="epochs_to_accuracy",
        threshold=THRESHOLD,
        reference={"activation": "relu", "initialisation": resolve_own(initialisation, "relu")},
        hidden=hidden,
    )


def first_epochs(records: pd.DataFrame) -> pd.Series:
    """Return the epochs in which seeds first reach the threshold, as the metric of claims does; infinite for never."""
    by_rate = METRICS["epochs_to_accuracy"].numbers(records, "test", THRESHOLD)
    return by_rate.min(axis=1)  # each seed has one rate; its other columns are infinite


def pick(table: pd.DataFrame, **settings: Any) -> pd.DataFrame:
    """Return the rows with these values. A setting without a column is ignored, since all rows share its value."""
    for name, value in settings.items():
        table = table[table[name] == value] if name in table else table
    return table
