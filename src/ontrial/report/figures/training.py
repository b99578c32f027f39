"""What the probes measure, and how long training takes: gradients by layer, dead units, epochs to an accuracy."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ontrial import data
from ontrial.judge import policies
from ontrial.judge.results import depth
from ontrial.nn import ACTIVATIONS, INITIALISATIONS, mean_field
from ontrial.nn.initialisers import parse
from ontrial.report.figures import tables
from ontrial.report.figures.axes import log_axis
from ontrial.report.figures.style import WIDTH
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import formatting, labels
from ontrial.report.wording.looks import PAPER, look
from ontrial.report.wording.phrases import Phrases
from ontrial.study.cell import OWN, resolve_own

THRESHOLD = 0.9  # of test accuracy
SHARED = "glorot"  # used with all activations, to separate their effect from that of the initialisation


def gradient_norms(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw the gradient norm of every hidden layer at initialisation, relative to the last, and the predicted one."""
    experiment = results.study.experiments["vanishing"]
    rows = tables.of_experiment(results.records, "vanishing")
    rows = tables.narrowed(rows[rows["updates"] == 0], free=["hidden", "activation", "initialisation"])
    hidden = max(rows["hidden"].unique(), key=depth)
    layers = np.arange(1, depth(hidden) + 1)
    activations = experiment.grid["activation"]
    initialisations = list(
        dict.fromkeys(
            resolve_own(name, activation) for name in experiment.grid["initialisation"] for activation in activations
        )
    )
    panel_rows = math.ceil(len(initialisations) / 2)
    figure = Figure(figsize=(WIDTH, 0.9 + 1.9 * panel_rows))
    panels = figure.subplots(panel_rows, 2, sharex=True, sharey=True, squeeze=False).ravel()
    lines = []
    for axes, initialisation in zip(panels, initialisations, strict=False):
        for activation in activations:
            runs = pick(rows, hidden=hidden, activation=activation, initialisation=initialisation)
            if runs.empty:
                continue
            norms = runs[[f"gradient_norm_{layer}" for layer in layers]].to_numpy(float)
            norms = norms / np.where(norms[:, -1:] > 0, norms[:, -1:], np.nan)
            predicted = predicted_norms(activation, initialisation, runs["dataset"].iloc[0], hidden)
            colour, line, marker = look(activation)
            axes.plot(layers, norms.T, color=colour, linewidth=0.5, alpha=0.4)
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
    for axes in panels[len(initialisations) :]:
        axes.set_visible(False)
    numbers = pd.concat(lines, ignore_index=True)
    without_mean = numbers[numbers["predicted"].notna()]
    log_axis(panels[0], "y")
    panels[0].set_ylim(without_mean["low"].min() / 4, 4 * without_mean["high"].max())
    panels[0].xaxis.set_major_locator(MaxNLocator(5, integer=True))
    figure.supxlabel(words["hidden layer"])
    figure.supylabel(words["gradient norm relative to the last hidden layer"])
    legend(figure, activations, words)
    return figure, numbers


def legend(figure: Figure, activations: Sequence[str], words: Phrases) -> None:
    """Draw a legend of the activations above the panels."""
    handles = []
    for activation in activations:
        colour, line, marker = look(activation)
        handles.append(Line2D([], [], color=colour, linestyle=line, marker=marker, label=words[activation]))
    figure.legend(handles=handles, loc="outside upper center", ncols=3)


def predicted_norms(activation: str, initialisation: str, dataset: str, hidden: str) -> np.ndarray:
    """Return the mean-field gradient norm of each hidden layer relative to the last; NaN if the mean weight isn't 0."""
    name, mean = parse(initialisation)
    widths = [data.sizes(dataset).features, *map(int, hidden.split("-"))]
    if mean:
        return np.full(len(widths) - 1, np.nan)
    sigma_w2 = [n_in * INITIALISATIONS[name](n_in, n_out) ** 2 for n_in, n_out in itertools.pairwise(widths)]
    function = ACTIVATIONS[activation].function

    def derivative(z: np.ndarray) -> np.ndarray:
        return ACTIVATIONS[activation].derivative(z, function(z))

    return mean_field.gradient_norms(function, derivative, sigma_w2)  # assumes inputs with a mean square of 1


def dead_units(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw the share of dead units at the end of training by learning rate, with a panel for each depth."""
    records = tables.of_experiment(results.records, "dying").sort_values("updates")
    records = tables.judging(results, tables.narrowed(records, free=["hidden", "activation"]))
    runs = records.groupby(["hidden", "activation", "learning_rate", "seed"], sort=False).last().reset_index()
    rates = sorted(runs["learning_rate"].unique())
    depths = sorted(runs["hidden"].unique(), key=depth)
    configured = results.study.experiments["dying"].grid["activation"]
    activations = [name for name in configured if (runs["activation"] == name).any()]
    figure = Figure(figsize=(WIDTH, 1.2 + 1.6 * len(depths)))
    panels = figure.subplots(len(depths), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    numbers = []
    for axes, hidden in zip(panels, depths, strict=True):
        for i, activation in enumerate(activations):
            colour, line, marker = look(activation)
            arm = runs[(runs["hidden"] == hidden) & (runs["activation"] == activation)]
            x = arm["learning_rate"].map(rates.index) + (i - (len(activations) - 1) / 2) * 0.14
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
    panels[-1].set_xlabel(words["learning rate"])
    figure.supylabel(words["dead units in %"])
    legend(figure, activations, words)
    return figure, pd.concat(numbers, ignore_index=True)


def survival(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw the share of seeds still below the threshold against epochs, by depth, initialisation and policy."""
    experiment = results.study.experiments["speed"]
    records = tables.narrowed(
        tables.of_experiment(results.records, "speed"), free=["hidden", "activation", "initialisation"]
    )
    trained = set(zip(records["activation"], records["initialisation"], strict=True))
    activations = experiment.grid["activation"]
    initialisations = [
        name
        for name in (OWN, SHARED)
        if all((activation, resolve_own(name, activation)) in trained for activation in activations)
    ] or experiment.grid["initialisation"][:1]
    depths = sorted(records["hidden"].unique(), key=depth)
    rows = list(itertools.product(depths, initialisations))
    figure = Figure(figsize=(WIDTH, 1.2 + 1.65 * len(rows)))
    grid = figure.subplots(len(rows), 2, sharex=True, sharey=True, squeeze=False)
    numbers = []
    for (hidden, initialisation), panels in zip(rows, grid, strict=True):
        rates = learning_rates(results, hidden, initialisation)
        for axes, policy in zip(panels, ("fixed", "tuned"), strict=True):
            for activation in activations:
                arm = {
                    "activation": activation,
                    "initialisation": resolve_own(initialisation, activation),
                    "hidden": hidden,
                }
                chosen = pick(rates, policy=policy, **arm)[["seed", "learning_rate"]]
                if chosen.empty:
                    continue
                below = still_below(chosen.merge(pick(records, **arm)))
                colour, line, _ = look(activation)
                axes.step(below.index, 100 * below, where="post", color=colour, linestyle=line)
                settings = arm | {"policy": policy, "seeds": len(chosen)}
                settings["learning_rate"] = policies.typical(chosen["learning_rate"])
                numbers.append(below.rename("below").reset_index().assign(**settings))
            name = words[OWN] if initialisation == OWN else labels.initialisation(initialisation, words)
            axes.set_title(f"{words['depth']} {depth(hidden)}, {words[policy]}\n{name}", linespacing=1.35)
    first, last = records.loc[records["updates"] > 0, "epochs"].agg(["min", "max"])
    log_axis(grid[0, 0], "x", base=2)
    if first < last:
        grid[0, 0].set_xlim(first, last)
    grid[0, 0].set_ylim(-4, 104)
    figure.supxlabel(words["epochs"])
    figure.supylabel(words["seeds below 90% test accuracy"])
    legend(figure, activations, words)
    return figure, pd.concat(numbers, ignore_index=True)


def learning_rates(results: Findings, hidden: str, initialisation: str) -> pd.DataFrame:
    """Return the rates of each seed by activation and policy, by epochs to the threshold; fixed is its rate of ReLU."""
    return policies.rates(
        results,
        "speed",
        metric="epochs_to_accuracy",
        threshold=THRESHOLD,
        reference={"activation": "relu", "initialisation": resolve_own(initialisation, "relu")},
        hidden=hidden,
    )


def still_below(runs: pd.DataFrame) -> pd.Series:
    """Return the share of seeds whose test accuracy has not yet reached the threshold, at each recorded epoch."""
    reached = (runs["test_accuracy"] >= THRESHOLD) & ~runs["diverged"]
    first = runs["epochs"].where(reached, np.inf).groupby(runs["seed"]).min()
    epochs = np.sort(runs["epochs"].unique())
    return pd.Series([(first > epoch).mean() for epoch in epochs], pd.Index(epochs, name="epochs"))


def pick(table: pd.DataFrame, **settings: Any) -> pd.DataFrame:
    """Return the rows with these values. A setting without a column is ignored: it is the same for all rows."""
    for name, value in settings.items():
        table = table[table[name] == value] if name in table else table
    return table
