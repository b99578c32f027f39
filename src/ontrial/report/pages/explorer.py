"""The explorer: the grid as its script takes it, the words of its page, and a table for readers without scripts."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ontrial import data
from ontrial.errors import InputError
from ontrial.judge.policies import POLICIES
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page, template_name
from ontrial.report.summaries import explorer
from ontrial.report.wording import formatting, labels
from ontrial.study import cell
from ontrial.study.cell import ALL, DEFAULTS, FULL

COUNTED = (*cell.NUMERIC_SETTINGS, "learning_rate")
SETTINGS = ("experiment", *cell.SETTINGS, "output", "loss", "learning_rate", "policy")
STRETCHED = {"type": "pow", "exponent": 6}  # towards 100 %, where accuracies differ
DIGITS = 6  # of numbers that travel


# For the scripts: the same in every language --------------------------------------------------------------------------


def grid(points: pd.DataFrame) -> dict[str, Any]:
    """The points as compact lists: [cell, learning rate, policies, n, diverged, numbers …] in the order of `measures`.

    settings: each with its values in order. cells: [experiment …, path]. experiments: name → its measures.
    """
    points = arranged(points)
    cells = points.drop_duplicates("path")
    number = {path: i for i, path in enumerate(cells["path"])}
    recorded = {name: recorded_of(rows) for name, rows in points.groupby("experiment", sort=False)}
    listed = []
    for point in points.to_dict("records"):
        columns = [column for name in recorded[point["experiment"]] for column in columns_of(name)]
        numbers = [short(point[column]) for column in columns]
        head = [number[point["path"]], point["learning_rate"], point["policies"].split()]
        listed.append([*head, point["n"], short(point["diverged"]), *numbers])
    of_cells = [name for name in SETTINGS if name not in ("learning_rate", "policy")]
    return {
        "settings": {name: values(points, name) for name in SETTINGS},
        "measures": {name: kind(name) for names in recorded.values() for name in names},
        "experiments": recorded,
        "cells": cells[[*of_cells, "path"]].to_numpy().tolist(),
        "points": listed,
    }


def arranged(points: pd.DataFrame) -> pd.DataFrame:
    """Points with the objective as one column, and with words for a batch of all samples, and for all samples."""
    whole = points["dataset"].map(lambda name: data.sizes(name).train) == points["training_samples"]
    return points.assign(
        objective=points["output"] + "+" + points["loss"],
        training_samples=points["training_samples"].astype(object).where(~whole, ALL),
        batch_size=points["batch_size"].astype(object).where(~points["full_batch"], FULL),
        policies=points["policies"].fillna(""),
    )


def values(points: pd.DataFrame, setting: str) -> list:
    """Values of a setting in their order: numbers by size, their words last, names as configured."""
    if setting == "policy":
        chosen = set(points["policies"].str.split().explode())
        return [name for name in POLICIES if name in chosen]
    found = list(points[setting].unique())
    return sorted(found, key=lambda value: math.inf if value in (FULL, ALL) else value) if setting in COUNTED else found


def recorded_of(rows: pd.DataFrame) -> list[str]:
    """Names of the measures that some of the points have."""
    return [name for name in explorer.names(rows) if rows[columns_of(name)[0]].notna().any()]


def columns_of(measure: str) -> list[str]:
    """Columns of the table of points that hold the summaries of a measure."""
    return [f"{measure}_{summary}" for summary in explorer.measure(measure).summaries]


def kind(name: str) -> dict[str, Any]:
    """What the script must know of a measure: its unit, whether it is a median, and the scale of its axis."""
    metric = explorer.measure(name).metric
    scale = {"type": "linear"}
    if name.endswith("accuracy"):
        scale = STRETCHED
    elif metric.positive and not metric.censored:
        scale = {"type": "log"}
    return {"unit": metric.unit, "median": metric.censored, "scale": scale}


def short(number: float) -> float | str | None:
    """A number with few digits, as JSON has it: nothing for NaN, and words for infinity."""
    if math.isnan(number):
        return None
    return "Infinity" if math.isinf(number) else float(f"{number:.{DIGITS}g}")


def learning(points: pd.DataFrame, curves: pd.DataFrame) -> dict[int, list[list]]:
    """Curves by the number of their point: epochs, then for each of `explorer.CURVES` the median and the quartiles."""
    number = {key: i for i, key in enumerate(points[["path", "learning_rate"]].itertuples(index=False, name=None))}
    columns = ["epochs", *(f"{name}_{summary}" for name in explorer.CURVES for summary in explorer.QUARTILES)]
    numbers = curves[columns].to_numpy()  # once: to take a column out of each of thousands of tables is slow
    found = {}
    for key, rows in curves.reset_index(drop=True).groupby(["path", "learning_rate"], sort=False):
        found[number[key]] = [[rounded(value) for value in column] for column in numbers[rows.index].T.tolist()]
    return found


def rounded(number: float) -> float | None:
    """A number of a curve: four digits are more than a chart shows."""
    return float(f"{number:.4g}") if math.isfinite(number) else None


# For a page, in its language ------------------------------------------------------------------------------------------


@template_name("explorer")
def explore(page: Page) -> str:
    """HTML of the explorer: a table of the cells at the rate that tuning prefers, and the words of the script."""
    if page.sources.points is None:
        raise InputError("the explorer needs the table of points. Give it with --points.")
    points = arranged(page.sources.points)
    heads, rows = static_table(page, points)
    return html(
        "explorer",
        curves=f"{page.root}../explorer/curves.js",
        label=page.say["explorer table"],
        caption=page.say["explorer static"],
        heads=heads,
        rows=rows,
        words=words_of(page, points),
    )


def words_of(page: Page, points: pd.DataFrame) -> dict[str, Any]:
    """Every word that the script shows, and the names that its commands need."""
    measured = dict.fromkeys(name for _, rows in points.groupby("experiment") for name in recorded_of(rows))
    prefix = "explorer "
    return {
        "study": page.results.study.name,
        "file": page.study_file,
        "settings": {name: page.say[f"setting {name}"] for name in SETTINGS},
        "values": {name: [value_label(page, name, value) for value in values(points, name)] for name in SETTINGS},
        "measures": {name: measure_label(page, name) for name in measured},
        "say": {term.removeprefix(prefix): words for term, words in page.say.items() if term.startswith(prefix)},
    }


def value_label(page: Page, setting: str, value: Any) -> str:
    """A value of a setting as axes, legends and tables write it."""
    words = page.terms
    if setting == "learning_rate":
        return formatting.rate(value)
    if setting == "objective":
        return labels.objective(value, words)
    if setting == "initialisation":
        return labels.initialisation(value, words)
    if setting == "hidden":
        return layers(value) or words["no hidden layer"]
    if isinstance(value, float):
        return f"{value:g}"
    return words[value] if setting != "experiment" and value in words else str(value)


def layers(hidden: str) -> str:
    """Widths of hidden layers, many of the same width as 12 × 256; nothing for none."""
    widths = [] if hidden == "none" else hidden.split("-")
    return f"{len(widths)} × {widths[0]}" if len(widths) > 2 and len(set(widths)) == 1 else "-".join(widths)


def measure_label(page: Page, name: str) -> str:
    """What is measured, in a few words."""
    if explorer.BY_LAYER.fullmatch(name):
        general, _, layer = name.rpartition("_")
        return page.say["measure of a layer"].format(page.say[f"measure {general}"], layer)
    goal = explorer.measure(name).threshold
    if goal is not None:
        return page.say["measure epochs_to"].format(f"{100 * goal:.0f}")
    return page.say[f"measure {name}"]


def static_table(page: Page, points: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of every cell at the rate that tuning prefers, or at all its rates where nothing is tuned."""
    tuned = points["policies"].str.split().map(lambda chosen: "tuned" in chosen)
    untuned = ~points["path"].isin(points.loc[tuned, "path"])
    usual = [name for name in DEFAULTS if points[name].nunique() == 1]
    names = [name for name in ("experiment", *cell.SETTINGS, "learning_rate") if name not in usual]
    heads = [*(page.say[f"setting {name}"] for name in names), page.say["explorer n"]]
    heads += [page.say["explorer diverged"], page.say["measure test_accuracy"], page.say["measure test_loss"]]
    return heads, [static_row(page, names, row) for row in points[tuned | untuned].to_dict("records")]


def static_row(page: Page, names: Iterable[str], point: Mapping[str, Any]) -> list[str]:
    """One row of that table, with these settings."""
    settings = [value_label(page, name, point[name]) for name in names]
    spread, percent = page.say["explorer mean and sd"], page.say["explorer percent"]
    accuracy, deviation = (formatting.decimals(point[f"test_accuracy_{summary}"], 2) for summary in ("mean", "sd"))
    loss, loss_deviation = (formatting.significant(point[f"test_loss_{summary}"]) for summary in ("mean", "sd"))
    shown = [*settings, str(point["n"]), percent.format(number=f"{100 * point['diverged']:.0f}")]
    shown.append(percent.format(number=spread.format(centre=accuracy, sd=deviation)))
    shown.append(spread.format(centre=loss, sd=loss_deviation))
    return shown
