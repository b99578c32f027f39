"""Numbers in prose: each is asked for by what it means, and comes from the results."""

import math
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from ontrial import data
from ontrial.errors import InputError, unknown
from ontrial.judge import policies
from ontrial.judge.checks import CLAIM_SETTINGS
from ontrial.judge.metrics import METRICS
from ontrial.judge.results import Results
from ontrial.report.figures.tables import USUAL
from ontrial.report.pages.page import Page, template_name
from ontrial.report.wording import formatting
from ontrial.study.cell import OWN, SETTINGS, Cell
from ontrial.study.study import Experiment

STATISTICS = {"mean": np.mean, "median": np.median, "min": np.min, "max": np.max, "sd": partial(np.std, ddof=1)}
SHARES = ("accuracy", "dead_units", "saturation")  # columns that hold shares of 1


@template_name("value")
def value(
    page: Page,
    metric: str,
    experiment: str,
    statistic: str = "mean",
    policy: str | None = None,
    learning_rate: float | None = None,
    threshold: float | None = None,
    reference: dict[str, Any] | None = None,
    **settings: Any,
) -> float:
    """A statistic over the seeds of a metric, or of a column of the runs, at the end of training.

    The seeds are the confirmatory ones, or the descriptive ones of an experiment without. The learning rate is the one
    given, or that of the policy, or else the tuned one. What `settings` leave open is as usual (digits, two layers of
    32, ReLU, softmax with cross-entropy, batches of 32), or else the first that the experiment lists.
    NaN for settings that this study doesn't have. Raises InputError for a name that no study could have.
    """
    cell = cell_of(page.results, experiment, settings)
    if statistic not in STATISTICS:
        raise InputError(unknown("statistic", statistic, STATISTICS))
    if metric not in (*METRICS, *page.results.runs.columns):
        raise InputError(unknown("metric", metric, [*METRICS, *page.results.runs.columns]))
    if cell is None:
        return math.nan
    if learning_rate is None:
        learning_rate = rate_of(page.results, cell, policy or "tuned", metric, threshold, reference)
    if metric == "learning_rate" or math.isnan(learning_rate):
        return learning_rate
    numbers = numbers_of(page.results, cell, metric, threshold)
    if learning_rate not in numbers.columns:
        known = ", ".join(map(formatting.rate, numbers.columns))
        raise InputError(f'experiment "{experiment}" has no learning rate {learning_rate}. It has: {known}.')
    seeds = judging_seeds(page.results.study.experiments[experiment])
    return float(STATISTICS[statistic](numbers.loc[list(seeds), learning_rate]))


@template_name("number")
def number(page: Page, metric: str, experiment: str, statistic: str = "mean", **asked: Any) -> str:
    """`value` as text: shares in per cent with one decimal, learning rates as fractions, others with three digits."""
    found = value(page, metric, experiment, statistic, **asked)
    if metric == "learning_rate":
        return formatting.rate(found)
    if METRICS[metric].unit == "points" if metric in METRICS else metric.endswith(SHARES):
        return percent(page, found if metric in METRICS else 100 * found)
    return formatting.significant(found)


@template_name("accuracy")
def accuracy(page: Page, experiment: str, policy: str | None = None, **asked: Any) -> str:
    """Mean test accuracy over the seeds, such as "96.5 %"; `value` says at which learning rate."""
    return number(page, "test_accuracy", experiment, policy=policy, **asked)


def percent(page: Page, number: float, places: int = 1) -> str:
    """A percentage as the language writes it: "96.5 %", with a space that doesn't break, or "96.5%"."""
    return formatting.NOTHING if math.isnan(number) else page.say["percent"].format(formatting.decimals(number, places))


@template_name("seeds")
def seeds(page: Page, experiment: str) -> str:
    """How many seeds the numbers of an experiment are over."""
    return formatting.count(len(judging_seeds(experiment_of(page.results, experiment))))


@template_name("cells")
def cells(page: Page, experiment: str | None = None) -> str:
    """How many cells an experiment has, or the study."""
    return formatting.count(len(cells_of(page.results, experiment)))


@template_name("runs")
def runs(page: Page, experiment: str | None = None) -> str:
    """How many networks an experiment trains, or the study."""
    return formatting.count(
        sum(len(cell.learning_rates) * len(cell.seeds) for cell in cells_of(page.results, experiment))
    )


@template_name("claims")
def claims(page: Page) -> str:
    """How many claims the study has a verdict on."""
    return formatting.count(len(page.results.verdicts))


@template_name("rates")
def rates(page: Page, experiment: str) -> str:
    """The smallest and the largest learning rate of an experiment: "1/256 – 1/2"."""
    grid = experiment_of(page.results, experiment).learning_rates
    return " – ".join(dict.fromkeys((formatting.rate(min(grid)), formatting.rate(max(grid)))))


@template_name("setting")
def setting(page: Page, experiment: str, name: str) -> str:
    """A setting of an experiment as configured: its values with commas between, or its one value."""
    asked = experiment_of(page.results, experiment)
    known = {**vars(asked), **asked.grid, **vars(asked.training)}
    for own in ("name", "grid", "training"):
        del known[own]
    if name not in known:
        raise InputError(unknown("setting", name, known))
    found = known[name]
    return formatting.plain(", ".join(map(shown, found)) if isinstance(found, tuple) else shown(found))


@template_name("samples")
def samples(page: Page, dataset: str, part: str = "train") -> str:
    """How many samples a data set has for a part: train, validation or test; or its features or classes."""
    if dataset not in data.DATASETS:
        raise InputError(unknown("data set", dataset, data.DATASETS))
    sizes = data.sizes(dataset)
    if part not in sizes._fields:
        raise InputError(unknown("part of a data set", part, sizes._fields))
    return formatting.count(getattr(sizes, part))


@template_name("has")
def has(page: Page, experiment: str, **settings: Any) -> bool:
    """Whether the study has an experiment, with cells of these settings if any are given."""
    return experiment in page.results.study.experiments and cell_of(page.results, experiment, settings) is not None


def shown(item: object) -> str:
    """One value of a setting: widths as 32-32, a number in its shortest form."""
    if item is None:
        return formatting.NOTHING
    if isinstance(item, tuple):
        return "-".join(map(str, item)) or "none"
    return formatting.rate(item) if isinstance(item, float) else str(item)


def experiment_of(results: Results, name: str) -> Experiment:
    """An experiment by name; InputError if the study has none of that name."""
    if name not in results.study.experiments:
        raise InputError(f"{unknown('experiment', name, results.study.experiments)} Ask with has(…) first.")
    return results.study.experiments[name]


def cells_of(results: Results, experiment: str | None) -> list[Cell]:
    """The cells of an experiment, or of the study."""
    if experiment is not None:
        experiment_of(results, experiment)
    return [cell for cell in results.study.cells.values() if experiment in (None, cell.experiment)]


def judging_seeds(experiment: Experiment) -> tuple[int, ...]:
    """The seeds that a number is over: confirmatory, or descriptive where there are no others."""
    return experiment.confirmatory or experiment.descriptive


def cell_of(results: Results, experiment: str, settings: dict[str, Any]) -> Cell | None:
    """The one cell that settings ask for, the usual one if they leave something open; None if there is none."""
    for name, wanted in settings.items():
        possible(name, wanted)
    found = cells_of(results, experiment)
    for name, wanted in settings.items():
        values = wanted if isinstance(wanted, list | tuple) else [wanted]
        found = [cell for cell in found if any(cell.has(name, value) for value in values)]
    for name, usual in (USUAL | {"initialisation": OWN}).items():
        found = [cell for cell in found if cell.has(name, usual)] or found
    return found[0] if found else None


def possible(name: str, value: Any) -> None:
    """Raise InputError for a setting or value that no study could have; a value that this one lacks is no mistake."""
    known = [*SETTINGS, "output", "loss", "depth"]
    if name not in known:
        raise InputError(unknown("setting", name, known))
    for one in value if isinstance(value, list | tuple) else [value]:
        try:
            CLAIM_SETTINGS[name](one)
        except ValueError as error:
            raise InputError(f"{name}: {error}") from None


def rate_of(
    results: Results,
    cell: Cell,
    policy: str,
    metric: str,
    threshold: float | None,
    reference: dict[str, Any] | None,
) -> float:
    """Learning rate of a cell under a policy, by what tunes the metric (or else test accuracy)."""
    if policy not in policies.POLICIES:
        raise InputError(unknown("policy", policy, policies.POLICIES))
    by = metric if metric in METRICS and METRICS[metric].uses_rate else "test_accuracy"
    narrowed = {name: value for name, value in cell.settings.items() if name != "experiment"}
    table = policies.rates(results, cell.experiment, metric=by, threshold=threshold, reference=reference, **narrowed)
    chosen = table.loc[table["policy"] == policy, "learning_rate"]
    return float(chosen.iloc[0]) if len(chosen) else math.nan


def numbers_of(results: Results, cell: Cell, metric: str, threshold: float | None) -> pd.DataFrame:
    """Numbers of a metric or a column at the end of training: seeds × learning rates."""
    records = results.records_of(cell)
    if metric in METRICS:
        return METRICS[metric].numbers(records, "test", threshold)
    last = records[records["updates"] == records["updates"].max()]
    return last.pivot(index="seed", columns="learning_rate", values=metric).astype(float)
