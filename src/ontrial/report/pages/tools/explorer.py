"""The explorer: data of its script, and words of its page."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from ontrial.errors import InputError
from ontrial.judge import policies
from ontrial.judge.results import with_objective
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.summaries import explorer
from ontrial.report.wording import formatting, labels
from ontrial.study.cell import NUMERIC_SETTINGS, SETTINGS
from ontrial.study.settings import ALL, FULL, STANDARD, sample_words

COUNTED = (*NUMERIC_SETTINGS, "learning_rate")
CHOICES = ("experiment", *SETTINGS, "output", "loss", "learning_rate", "policy")  # what readers filter and colour by
FILTERS = [name for name in CHOICES if name not in ("output", "loss")]
CONTROLS = ("x", "y", "colour", "columns", "rows", "scale", "advanced", "table")  # parts that a frame may hide, too
DECIMALS = 2  # decimal places of percentages that the script shows
DIGITS = 4  # significant digits of other numbers that the script shows
MEAN_DIGITS = 5  # significant digits of means, since charts magnify small differences


# Data of the script, the same in every language -----------------------------------------------------------------------


def grid(points: pd.DataFrame) -> dict[str, Any]:
    """Return the points without their measures as compact lists, and the keys to these lists.

    settings: Values of each setting, in order.
    measures: `_axis_spec` of each measure.
    experiments: Measures of each experiment.
    cells: Lists [experiment, …, path], one per cell.
    points: Lists [index of the cell, learning rate, policies, n, diverged], one per point.
    """
    points = _with_labels(points)
    cells = points.drop_duplicates("path")
    index_of_cell = {path: i for i, path in enumerate(cells["path"])}
    recorded = {name: _recorded_measures(rows) for name, rows in points.groupby("experiment", sort=False)}
    arms = [points["path"].map(index_of_cell), points["learning_rate"], points["policies"].str.split(), points["n"]]
    columns = [*arms, points["diverged"].apply(formatting.json_number, digits=DIGITS)]
    cell_columns = [name for name in CHOICES if name not in ("learning_rate", "policy")]
    return {
        "settings": {name: _setting_values(points, name) for name in CHOICES},
        "measures": {name: _axis_spec(name) for names in recorded.values() for name in names},
        "experiments": recorded,
        "cells": cells[[*cell_columns, "path"]].to_numpy().tolist(),
        "points": [list(point) for point in zip(*(column.tolist() for column in columns), strict=True)],
    }


def _with_labels(points: pd.DataFrame) -> pd.DataFrame:
    """Return the points with their objective, and with numbers of samples in the words of configurations."""
    samples = points["training_samples"].astype(object)
    for word in (ALL, STANDARD):
        meant = points["dataset"].map(lambda name, word=word: sample_words(name)[word])
        samples = samples.where(points["training_samples"] != meant, word)
    return with_objective(points).assign(
        training_samples=samples,
        batch_size=points["batch_size"].astype(object).where(~points["full_batch"], FULL),
        policies=points["policies"].fillna(""),
    )


def _setting_values(points: pd.DataFrame, setting: str) -> list[Any]:
    """Return the values of a setting: numbers by size, then words for numbers; names in configured order."""
    if setting == "policy":
        return sorted({name for names in points["policies"].str.split() for name in names}, key=policies.order)
    values = points[setting].unique().tolist()
    if setting == "learning_rate":
        return sorted(values)
    return SETTINGS[setting].ordered(values) if setting in SETTINGS else values


def _recorded_measures(points: pd.DataFrame) -> list[str]:
    """Return the names of the measures that some points have. Measures with a single value come last."""
    different = {name: points[_columns_of(name)[0]].nunique() for name in explorer.measure_names(points)}
    return sorted(filter(different.get, different), key=lambda name: different[name] == 1 < len(points))


def _columns_of(measure: str) -> list[str]:
    """Return the columns of a measure's summaries in the table of points."""
    return [f"{measure}_{summary}" for summary in explorer.get_measure(measure).summaries]


def _axis_spec(name: str) -> dict[str, Any]:
    """Return the fields with which the script draws a measure.

    unit: Unit of the measure.
    median: Whether points are medians over seeds, and not means.
    scale: Scale of the axis: "linear", "log", or "error" for accuracies, drawn as errors on a logarithmic axis.
    layer: Whether it is a measure of a single layer, which no menu offers.
    """
    metric = explorer.get_measure(name).metric
    is_log = metric.positive and not metric.censored
    return {
        "unit": metric.unit,
        "median": metric.censored,
        "scale": "error" if name.endswith("accuracy") else "log" if is_log else "linear",
        "layer": explorer.BY_LAYER.fullmatch(name) is not None,
    }


def measure_columns(points: pd.DataFrame) -> list[Sequence[float | str | None]]:
    """Return the columns of each measure at an experiment's points: summaries as numbers, then as texts."""
    packed: list[Sequence[float | str | None]] = []
    for measure in _recorded_measures(points):
        is_percentage = explorer.get_measure(measure).metric.unit == "points"
        for name in _columns_of(measure):
            column = points[name].round(DECIMALS) if is_percentage else points[name]
            digits = MEAN_DIGITS if name.endswith("_mean") else DIGITS
            packed.append([formatting.json_number(number, digits) for number in column.tolist()])
        packed += summary_texts(measure, [points[name].tolist() for name in _columns_of(measure)])
    return packed


def summary_texts(measure: str, summaries: list[list[float]]) -> list[list[str | None]]:
    """Return the columns of a measure's summaries as texts. A mean and its deviation have the same decimals.

    NaN has no text, and neither has a quartile of an event that never happens.
    """
    metric = explorer.get_measure(measure).metric
    texts: Iterable[Iterable[str]]
    if metric.unit == "points":
        texts = [[formatting.decimals(number, DECIMALS) for number in column] for column in summaries]
    elif metric.censored:
        texts = [[formatting.signed(f"{number:.{DIGITS}g}") for number in column] for column in summaries]
    else:
        texts = zip(*map(formatting.alike, *summaries), strict=True)
    has_text = math.isfinite if metric.censored else lambda number: not math.isnan(number)
    return [
        [text if has_text(number) else None for number, text in zip(*columns, strict=True)]
        for columns in zip(summaries, texts, strict=True)
    ]


def learning_curves(points: pd.DataFrame, curves: pd.DataFrame) -> dict[int, list[list[float | None]]]:
    """Return curves by the index of their point: epochs, then median and quartiles of each of `explorer.CURVES`."""
    keys = points[["path", "learning_rate"]].itertuples(index=False, name=None)
    index_of_point = {key: i for i, key in enumerate(keys)}
    columns = ["epochs", *(f"{name}_{summary}" for name in explorer.CURVES for summary in explorer.QUARTILES)]
    numbers = curves[columns].to_numpy()  # one array, since selecting from thousands of tables is slow
    packed = {}
    for key, rows in curves.reset_index(drop=True).groupby(["path", "learning_rate"], sort=False):
        columns_of_point = numbers[rows.index].T.tolist()
        packed[index_of_point[key]] = [[_curve_number(value) for value in column] for column in columns_of_point]
    return packed


def _curve_number(number: float) -> float | None:
    """Return a number of a curve with four digits, more than a chart shows; None if it is not finite."""
    return float(f"{number:.4g}") if math.isfinite(number) else None


# Page, in its language ------------------------------------------------------------------------------------------------


def explore(page: Page) -> str:
    """Return an element that the script turns into the explorer, and the words of the script."""
    words, controls = _words_of(page, _points_of(page)), [*CONTROLS, *FILTERS]
    return html("explorer", folder=f"{page.root}../explorer/", words=words, controls=controls, say=page.say)


def _points_of(page: Page) -> pd.DataFrame:
    """Return the points, labelled in the words of configurations."""
    if page.sources.points is None:
        raise InputError("the explorer needs the table of points. Pass it with --points.")
    return _with_labels(page.sources.points)


def _words_of(page: Page, points: pd.DataFrame) -> dict[str, Any]:
    """Return the texts that the script shows, and the names that its commands need."""
    measures = dict.fromkeys(name for _, rows in points.groupby("experiment") for name in _recorded_measures(rows))
    return {
        "study": page.results.study.name,
        "option": page.config_option,
        "settings": {name: page.say[f"setting {name}"] for name in CHOICES} | {"policy": page.say["policy of a point"]},
        "values": {
            name: [labels.choice(name, value, page.texts) for value in _setting_values(points, name)]
            for name in CHOICES
        },
        "measures": {name: _measure_label(page, name) for name in measures},
        "say": page.texts.after("explorer "),
    }


def _measure_label(page: Page, name: str) -> str:
    if explorer.BY_LAYER.fullmatch(name):
        general, _, layer = name.rpartition("_")
        return page.say["measure of a layer"].format(page.say[f"measure {general}"], layer)
    threshold = explorer.get_measure(name).threshold
    if threshold is not None:
        return page.say["measure epochs_to"].format(f"{100 * threshold:.0f}")
    return page.say[f"measure {name}"]
