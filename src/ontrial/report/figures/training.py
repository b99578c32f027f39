"""What happens while training, for the claims: gradients by layer, dead units, time to an accuracy."""

from collections.abc import Sequence
from itertools import pairwise

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
from ontrial.report.wording import formatting, labels
from ontrial.report.wording.looks import PAPER, look
from ontrial.study.cell import OWN, resolve_own

REACHED = 0.9  # test accuracy
SHARED = "glorot"  # the initialisation that all activations share when its part is told from theirs


def gradient_norms(results, words) -> tuple[Figure, pd.DataFrame]:
    """Gradient norm of every hidden layer at initialisation, relative to the last, beside the mean-field prediction."""
    experiment = results.study.experiments["vanishing"]
    rows = tables.of_experiment(results.records, "vanishing")
    rows = tables.narrowed(rows[rows["updates"] == 0], free=["hidden", "activation", "initialisation"])
    hidden = max(rows["hidden"].unique(), key=depth)
    layers = np.arange(1, depth(hidden) + 1)
    activations = experiment.grid["activation"]
    starts = list(dict.fromkeys(resolve_own(s, a) for s in experiment.grid["initialisation"] for a in activations))
    figure = Figure(figsize=(WIDTH, 0.9 + 1.9 * -(-len(starts) // 2)))
    panels = figure.subplots(-(-len(starts) // 2), 2, sharex=True, sharey=True, squeeze=False).ravel()
    found = []
    for axes, start in zip(panels, starts, strict=False):
        for activation in activations:
            runs = pick(rows, hidden=hidden, activation=activation, initialisation=start)
            if runs.empty:
                continue
            norms = runs[[f"gradient_norm_{layer}" for layer in layers]].to_numpy(float)
            norms = norms / np.where(norms[:, -1:] > 0, norms[:, -1:], np.nan)
            predicted = prediction(activation, start, runs["dataset"].iloc[0], hidden)
            colour, line, marker = look(activation)
            axes.plot(layers, norms.T, color=colour, linewidth=0.5, alpha=0.4)
            axes.plot(layers, norms.mean(0), marker, color=colour, markersize=5)
            axes.plot(layers, predicted, color=colour, linestyle=line, linewidth=1.2)
            settings = {"initialisation": start, "activation": activation, "seeds": len(norms)}
            numbers = {"layer": layers, "measured": norms.mean(0), "low": norms.min(0), "high": norms.max(0)}
            found.append(pd.DataFrame(settings | numbers | {"predicted": predicted}))
        axes.set_title(labels.initialisation(start, words).replace(", ", ",\n"), linespacing=1.35)
    for axes in panels[len(starts) :]:
        axes.set_visible(False)
    found = pd.concat(found, ignore_index=True)
    without_mean = found[found["predicted"].notna()]
    log_axis(panels[0], "y")
    panels[0].set_ylim(without_mean["low"].min() / 4, 4 * without_mean["high"].max())
    panels[0].xaxis.set_major_locator(MaxNLocator(5, integer=True))
    figure.supxlabel(words["hidden layer"])
    figure.supylabel(words["gradient norm relative to the last hidden layer"])
    legend(figure, activations, words)
    return figure, found


def legend(figure: Figure, activations: Sequence[str], words) -> None:
    """Legend of activations above the figure."""
    looks = [look(activation) for activation in activations]
    handles = [Line2D([], [], color=colour, linestyle=line, marker=marker) for colour, line, marker in looks]
    figure.legend(handles, [words[activation] for activation in activations], loc="outside upper center", ncols=3)


def prediction(activation: str, initialisation: str, dataset: str, hidden: str) -> np.ndarray:
    """Mean-field gradient norm of each hidden layer over that of the last; NaN for weights whose mean isn't 0."""
    name, mean = parse(initialisation)
    widths = [data.sizes(dataset).features, *map(int, hidden.split("-"))]
    if mean:
        return np.full(len(widths) - 1, np.nan)
    sigma_w2 = [n_in * INITIALISATIONS[name](n_in, n_out) ** 2 for n_in, n_out in pairwise(widths)]
    entry = ACTIVATIONS[activation]
    # Inputs are scaled to a mean square of 1.
    return mean_field.gradient_norms(entry.function, lambda z: entry.derivative(z, entry.function(z)), sigma_w2)


def dead_units(results, words) -> tuple[Figure, pd.DataFrame]:
    """Share of dead units at the end of training by learning rate, a panel for each depth."""
    records = tables.of_experiment(results.records, "dying").sort_values("updates")
    records = tables.judging(results, tables.narrowed(records, free=["hidden", "activation"]))
    runs = records.groupby(["hidden", "activation", "learning_rate", "seed"], sort=False).last().reset_index()
    rates = sorted(runs["learning_rate"].unique())
    depths = sorted(runs["hidden"].unique(), key=depth)
    configured = results.study.experiments["dying"].grid["activation"]
    activations = [name for name in configured if (runs["activation"] == name).any()]
    figure = Figure(figsize=(WIDTH, 1.2 + 1.6 * len(depths)))
    panels = figure.subplots(len(depths), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    found = []
    for axes, hidden in zip(panels, depths, strict=True):
        for place, activation in enumerate(activations):
            colour, line, marker = look(activation)
            arm = runs[(runs["hidden"] == hidden) & (runs["activation"] == activation)]
            x = arm["learning_rate"].map(rates.index) + (place - (len(activations) - 1) / 2) * 0.14
            axes.plot(x, 100 * arm["dead_units"], ".", color=colour, markersize=4, alpha=0.5, markeredgewidth=0)
            by_rate = arm.assign(x=x).groupby("learning_rate")
            means = by_rate.agg(
                x=("x", "mean"), dead=("dead_units", "mean"), diverged=("diverged", "mean"), seeds=("seed", "count")
            )
            alive = means[means["diverged"] < 1]
            axes.plot(alive["x"], 100 * alive["dead"], color=colour, linestyle=line, linewidth=1.4)
            for lost, fill in ((False, colour), (True, PAPER)):
                some = means[(means["diverged"] > 0) == lost]
                axes.plot(some["x"], 100 * some["dead"], marker, color=colour, markerfacecolor=fill)
            numbers = means.drop(columns="x").reset_index()
            found.append(numbers.assign(hidden=hidden, activation=activation))
        axes.set_title(f"{words['hidden layers']}: {depth(hidden)}")
    panels[-1].set_xticks(range(len(rates)), [formatting.rate(rate) for rate in rates])
    panels[-1].set_xlabel(words["learning rate"])
    figure.supylabel(words["dead units in %"])
    legend(figure, activations, words)
    return figure, pd.concat(found, ignore_index=True)


def survival(results, words) -> tuple[Figure, pd.DataFrame]:
    """Share of seeds still below 90 % test accuracy as epochs go by, by depth, initialisation and policy."""
    experiment = results.study.experiments["speed"]
    records = tables.narrowed(
        tables.of_experiment(results.records, "speed"), free=["hidden", "activation", "initialisation"]
    )
    there = set(zip(records["activation"], records["initialisation"], strict=True))
    activations = experiment.grid["activation"]
    starts = [s for s in (OWN, SHARED) if all((a, resolve_own(s, a)) in there for a in activations)]
    depths = sorted(records["hidden"].unique(), key=depth)
    rows = [(hidden, start) for hidden in depths for start in starts or experiment.grid["initialisation"][:1]]
    figure = Figure(figsize=(WIDTH, 1.2 + 1.65 * len(rows)))
    grid = figure.subplots(len(rows), 2, sharex=True, sharey=True, squeeze=False)
    found = []
    for (hidden, start), panels in zip(rows, grid, strict=True):
        rates = rates_beside_relu(results, hidden, start)
        for axes, policy in zip(panels, ("fixed", "tuned"), strict=True):
            for activation in activations:
                arm = {
                    "activation": activation,
                    "initialisation": resolve_own(start, activation),
                    "hidden": hidden,
                }
                for rate in pick(rates, policy=policy, **arm)["learning_rate"]:
                    runs = tables.judging(results, pick(records, learning_rate=rate, **arm))
                    below = still_below(runs)
                    colour, line, _ = look(activation)
                    axes.step(below.index, 100 * below, where="post", color=colour, linestyle=line)
                    settings = arm | {"policy": policy, "learning_rate": rate, "seeds": runs["seed"].nunique()}
                    found.append(below.rename("below").reset_index().assign(**settings))
            name = words[OWN] if start == OWN else labels.initialisation(start, words)
            axes.set_title(f"{words['depth']} {depth(hidden)}, {words[policy]}\n{name}", linespacing=1.35)
    first, last = records.loc[records["updates"] > 0, "epochs"].agg(["min", "max"])
    log_axis(grid[0, 0], "x", base=2)
    grid[0, 0].set(xlim=(first, last), ylim=(-4, 104))
    figure.supxlabel(words["epochs"])
    figure.supylabel(words["seeds below 90 % test accuracy"])
    legend(figure, activations, words)
    return figure, pd.concat(found, ignore_index=True)


def rates_beside_relu(results, hidden: str, start: str) -> pd.DataFrame:
    """Rates of the activations by policy, where fixed is the rate that suits ReLU, by the time to the threshold."""
    reference = {"activation": "relu", "initialisation": resolve_own(start, "relu")}
    chosen = {"metric": "epochs_to_accuracy", "threshold": REACHED, "reference": reference}
    return policies.rates(results, "speed", **chosen, hidden=hidden)


def still_below(runs: pd.DataFrame) -> pd.Series:
    """Share of the seeds whose test accuracy hasn't reached the threshold, at each recorded epoch."""
    reached = (runs["test_accuracy"] >= REACHED) & ~runs["diverged"]
    first = runs["epochs"].where(reached, np.inf).groupby(runs["seed"]).min()
    epochs = np.sort(runs["epochs"].unique())
    return pd.Series([(first > epoch).mean() for epoch in epochs], pd.Index(epochs, name="epochs"))


def pick(table: pd.DataFrame, **settings) -> pd.DataFrame:
    """Rows that have these values; a setting that is no column is the same for all rows."""
    for name, value in settings.items():
        table = table[table[name] == value] if name in table else table
    return table
