"""Calibration of probabilities: confidence against accuracy, and predicted against observed rates of groups."""

from functools import cache

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ontrial import data
from ontrial.judge.results import Results
from ontrial.nn import OUTPUTS
from ontrial.report.figures import retrained
from ontrial.report.figures.declaration import figure
from ontrial.report.figures.layout import by_width, offset
from ontrial.report.summaries import selection
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import labels
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.stretched import accuracy_ticks, stretch, unstretch
from ontrial.report.wording.styles import FILL, INK, MUTED, PAPER, style_of

BINS = 10  # of confidence, of equal numbers of answers
SMALLEST_GROUP = 50  # people
TOLERANCE = 0.05  # shaded on either side of an observed rate


@figure(experiments=("losses",), needs=("classes", "training", "probabilities", "probe probabilities"))
def calibration(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the share of right answers against confidence on test images, in bins of equal numbers of answers.

    Both axes are stretched towards 1, where most of the answers are.
    """
    numbers = calibrations(results)
    figure = Figure(figsize=(width, by_width(width, 5.4, 4.6)))
    axes = figure.subplots()
    low = 0.9
    for pair in dict.fromkeys(numbers["objective"]) if len(numbers) else ():
        bins = numbers[numbers["objective"] == pair]
        colour, line, marker = style_of(pair)
        axes.fill_between(
            bins["confidence"], bins["lower_quartile"], bins["upper_quartile"], color=colour, alpha=0.2, linewidth=0
        )
        axes.plot(bins["confidence"], bins["right"], marker, color=colour, linestyle=line, markeredgecolor=PAPER)
        axes.plot([], [], marker, color=colour, linestyle=line, label=labels.objective(pair, words))
        low = min(low, bins["confidence"].min(), bins["lower_quartile"].min())
    low = max(low - 0.03, 0)
    axes.plot([low, 1], [low, 1], color=MUTED, linewidth=1, zorder=1)
    shown = accuracy_ticks(low, 1.0, 8)
    for name, label in (("x", "confidence in %"), ("y", "right answers in %")):
        getattr(axes, f"set_{name}scale")("function", functions=(stretch, unstretch))
        getattr(axes, f"set_{name}lim")(low, 1)
        getattr(axes, f"set_{name}ticks")(shown, [f"{100 * share:.0f}" for share in shown])
        getattr(axes, f"set_{name}label")(words["stretched"].format(words[label]))
    axes.text(0.03, 0.97, words["underconfident"], va="top", color=MUTED, transform=axes.transAxes)
    axes.text(0.97, 0.03, words["overconfident"], ha="right", color=MUTED, transform=axes.transAxes)
    figure.legend(loc="outside upper left", ncols=by_width(width, 1, 2))
    return figure, numbers


@cache  # the same in every language and width
def calibrations(results: Findings) -> pd.DataFrame:
    """Return mean confidence, share of right answers and its quartiles over seeds, by objective and bin."""
    chosen = selection.narrowed(selection.of_experiment(results.runs, "losses"), free=["objective"])
    by_objective = []
    for runs in arms(results, chosen):
        confidence, right = map(np.stack, zip(*answers(results, runs), strict=True))
        by_objective.append(binned(confidence, right).assign(objective=runs["objective"].iloc[0], seeds=len(runs)))
    return concat(by_objective)


def arms(results: Results, runs: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the runs of the judging seeds at their own rates, one table per objective with probabilities.

    Diverged runs are left out.
    """
    runs = selection.tuned(results, runs)
    runs = runs[~runs["diverged"] & runs["output"].map(lambda output: OUTPUTS[output].predicts != "numbers")]
    return [group for _, group in runs.groupby("objective", sort=False)]


def answers(results: Results, runs: pd.DataFrame) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return for each run the confidence of its answers on the test set, and whether they are right."""
    X, y = retrained.cell_of(results, runs.iloc[0]).arrays(runs["seed"].tolist()).test
    p = retrained.predict(retrained.networks(results, runs), X)
    if p.shape[2] == 1:  # one output: the probability of the second class
        p, y = np.concatenate([1 - p, p], axis=2), np.concatenate([1 - y, y], axis=2)
    return list(zip(p.max(2), p.argmax(2) == y.argmax(2), strict=True))


def binned(confidence: np.ndarray, right: np.ndarray) -> pd.DataFrame:
    """Return bins of equal numbers of answers, by confidence: their mean confidence and share of right answers.

    confidence, right: (seeds, answers). The bins are those of all seeds together, and the quartiles those of the shares
    of single seeds.
    """
    seeds = np.repeat(np.arange(len(confidence)), confidence.shape[1])
    pooled = pd.DataFrame(
        {"seed": seeds, "confidence": confidence.ravel().astype(float), "right": right.ravel().astype(float)}
    )
    rank = pooled["confidence"].rank(method="first")
    pooled["bin"] = np.ceil(rank * BINS / len(pooled)).astype(int)
    bins = pooled.groupby("bin")[["confidence", "right"]].mean()
    by_seed = pooled.groupby(["bin", "seed"])["right"].mean().groupby("bin")
    return bins.assign(lower_quartile=by_seed.quantile(0.25), upper_quartile=by_seed.quantile(0.75)).reset_index()


@figure(experiments=("titanic",), needs=("classes", "training", "probabilities", "groups"))
def titanic_reliability(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the predicted and the observed rate of survival of each group of people, by objective."""
    runs = selection.of_experiment(results.runs, "titanic")
    has_groups = runs["dataset"].map(lambda name: data.source(name).grouped)
    runs = selection.narrowed(runs[has_groups], free=["objective"])
    by_objective = arms(results, runs)
    dataset = runs["dataset"].iloc[0]
    passengers = data.load(dataset)
    table = pd.DataFrame(
        {"group": passengers.groups, "survived": passengers.labels, "row": np.arange(len(passengers.labels))}
    )
    groups = table.groupby("group").agg(people=("row", "size"), observed=("survived", "mean"), row=("row", "first"))
    groups = groups[groups["people"] >= SMALLEST_GROUP].sort_values("observed", ascending=False).reset_index()
    figure = Figure(figsize=(width, 1.4 + by_width(width, 0.62, 0.5) * len(groups)))
    axes = figure.subplots()
    y = np.arange(len(groups))
    axes.barh(y, 200 * TOLERANCE, 0.8, 100 * (groups["observed"] - TOLERANCE), color=FILL)
    axes.vlines(100 * groups["observed"], y - 0.4, y + 0.4, color=INK, linewidth=2, label=words["observed"])
    predictions = []
    for i, runs in enumerate(by_objective):
        pair = runs["objective"].iloc[0]
        X = retrained.scaled(
            passengers.X[groups["row"]], dataset, runs["seed"].tolist(), runs["training_samples"].iloc[0]
        )
        rates = retrained.predict(retrained.networks(results, runs), X)[:, :, -1].astype(float)
        colour, _, marker = style_of(pair)
        shifted = y + offset(i, len(by_objective), 0.36)
        axes.plot(100 * rates.T, shifted, ".", color=colour, markersize=4, alpha=0.5, markeredgewidth=0)
        axes.plot(100 * rates.mean(0), shifted, marker, color=colour, markeredgecolor=PAPER, markersize=8)
        axes.plot([], [], marker, color=colour, label=labels.objective(pair, words))
        numbers = groups.drop(columns="row").loc[np.repeat(y, len(runs))].reset_index(drop=True)
        seeds = np.tile(runs["seed"], len(groups))
        predictions.append(numbers.assign(objective=pair, seed=seeds, predicted=rates.T.ravel()))
    separator = by_width(width, "\n", " ")
    names = [
        f"{group_name(group, words)}{separator}({people})" for group, people in groups[["group", "people"]].to_numpy()
    ]
    axes.set_yticks(y, names)
    axes.set(xlim=(-3, 103), xlabel=words["survival in %"])
    axes.invert_yaxis()
    axes.grid(False, axis="y")
    figure.legend(loc="outside upper left", ncols=by_width(width, 1, 3))
    return figure, concat(predictions)


def concat(numbers: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all tables, none if every run has diverged."""
    return pd.concat(numbers, ignore_index=True) if numbers else pd.DataFrame()


def group_name(group: str, words: Phrases) -> str:
    """Return the name of a group such as "3rd female adult"."""
    ticket, person = group.split(maxsplit=1)
    return f"{words[ticket]} {words[person]}"
