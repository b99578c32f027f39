"""Calibration of probabilities: confidence against accuracy, and predicted against observed rates of groups."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ontrial import data
from ontrial.judge.results import Results
from ontrial.nn import OUTPUTS
from ontrial.report.figures import retrained, tables
from ontrial.report.figures.style import WIDTH
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import labels
from ontrial.report.wording.looks import FILL, INK, MUTED, PAPER, look
from ontrial.report.wording.phrases import Phrases

BINS = 10  # of confidence, of equal width
SMALLEST_GROUP = 50  # people
TOLERANCE = 0.05  # shaded on either side of an observed rate


def calibration(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw the share of right answers against confidence on test images, and below it the share of images."""
    figure = Figure(figsize=(WIDTH, 6.6))
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(5, 2))
    above.plot([0, 1], [0, 1], color=MUTED, linewidth=1)
    by_objective = []
    chosen = tables.narrowed(tables.of_experiment(results.runs, "losses"), free=["objective"])
    for runs in arms(results, chosen):
        pair = runs["objective"].iloc[0]
        bins = [binned(confidence, right) for confidence, right in answers(results, runs)]
        numbers = pd.concat(bins, keys=runs["seed"], names=["seed"])
        colour, line, marker = look(pair)
        for _, seed in numbers.groupby("seed"):
            above.plot(seed["confidence"], seed["right"], color=colour, linewidth=0.5, alpha=0.3)
            below.plot(seed["confidence"], 100 * seed["share"], ".", color=colour, markersize=3, alpha=0.5)
        weights = numbers["share"].groupby("bin").sum()
        weighted = numbers[["confidence", "right"]].mul(numbers["share"], axis=0)
        pooled = weighted.groupby("bin").sum().div(weights, axis=0)
        above.plot(pooled["confidence"], pooled["right"], marker, color=colour, linestyle=line, markeredgecolor=PAPER)
        above.plot([], [], marker, color=colour, linestyle=line, label=labels.objective(pair, words))
        below.plot(pooled["confidence"], 100 * weights / len(runs), color=colour, linestyle=line)
        by_objective.append(numbers.reset_index().assign(objective=pair))
    above.set(ylabel=words["share of right answers"], xlim=(0, 1), ylim=(0, 1))
    below.set(ylabel=words["images in %"], xlabel=words["confidence"], yscale="symlog", ylim=(0, 100))
    below.set_yticks([0, 1, 10, 100], ["0", "1", "10", "100"])
    figure.legend(loc="outside upper left")
    return figure, concat(by_objective)


def arms(results: Results, runs: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the runs of the judging seeds at their own rates, one table per objective with probabilities.

    Diverged runs are left out.
    """
    runs = tables.tuned(results, runs)
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
    """Return share of answers, mean confidence and share of right answers, for each bin of confidence that has any."""
    answers = pd.DataFrame({"confidence": confidence.astype(float), "right": right.astype(float)})
    number = np.minimum((BINS * answers["confidence"]).astype(int), BINS - 1).rename("bin") + 1
    bins = answers.groupby(number)
    return bins.mean().assign(share=bins.size() / len(answers))


def titanic_reliability(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw the predicted and the observed rate of survival of each group of people, by objective."""
    runs = tables.of_experiment(results.runs, "titanic")
    has_groups = runs["dataset"].map(lambda name: data.source(name).grouped)
    runs = tables.narrowed(runs[has_groups], free=["objective"])
    by_objective = arms(results, runs)
    dataset = runs["dataset"].iloc[0]
    passengers = data.load(dataset)
    table = pd.DataFrame(
        {"group": passengers.groups, "survived": passengers.labels, "row": np.arange(len(passengers.labels))}
    )
    groups = table.groupby("group").agg(people=("row", "size"), observed=("survived", "mean"), row=("row", "first"))
    groups = groups[groups["people"] >= SMALLEST_GROUP].sort_values("observed", ascending=False).reset_index()
    figure = Figure(figsize=(WIDTH, 1.4 + 0.62 * len(groups)))
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
        colour, _, marker = look(pair)
        shifted = y + (i - (len(by_objective) - 1) / 2) * 0.36
        axes.plot(100 * rates.T, shifted, ".", color=colour, markersize=4, alpha=0.5, markeredgewidth=0)
        axes.plot(100 * rates.mean(0), shifted, marker, color=colour, markeredgecolor=PAPER, markersize=8)
        axes.plot([], [], marker, color=colour, label=labels.objective(pair, words))
        numbers = groups.drop(columns="row").loc[np.repeat(y, len(runs))].reset_index(drop=True)
        seeds = np.tile(runs["seed"], len(groups))
        predictions.append(numbers.assign(objective=pair, seed=seeds, predicted=rates.T.ravel()))
    names = [f"{group_name(group, words)}\n({people})" for group, people in groups[["group", "people"]].to_numpy()]
    axes.set_yticks(y, names)
    axes.set(xlim=(-3, 103), xlabel=words["survival in %"])
    axes.invert_yaxis()
    axes.grid(False, axis="y")
    figure.legend(loc="outside upper left")
    return figure, concat(predictions)


def concat(numbers: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all tables, none if every run has diverged."""
    return pd.concat(numbers, ignore_index=True) if numbers else pd.DataFrame()


def group_name(group: str, words: Phrases) -> str:
    """Return the name of a group such as "3rd female adult"."""
    ticket, person = group.split(maxsplit=1)
    return f"{words[ticket]} {words[person]}"
