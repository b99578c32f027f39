"""Numbers in the text of a page, which names them by their meaning and gets them from the results."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from ontrial import data
from ontrial.errors import InputError, unknown
from ontrial.judge import metrics, policies
from ontrial.judge.checks import CLAIM_SETTINGS
from ontrial.judge.metrics import METRICS
from ontrial.judge.results import Results
from ontrial.report.markdown import Markdown
from ontrial.report.pages.page import Page
from ontrial.report.wording import formatting
from ontrial.report.wording.quantities import Quantity
from ontrial.study.cell import SETTINGS, Cell
from ontrial.study.study import Experiment

STATISTICS = ("mean", "min", "max")
# marks a number at a learning rate that the end of a grid may have limited
EDGE_MARK = Markdown("[\\*]({root}methods.md#edge)")
SHARES = ("accuracy", "dead_units", "saturation")  # columns that hold shares of 1


def value(
    page: Page,
    metric: str,
    experiment: str,
    statistic: str = "mean",
    policy: str | None = None,
    learning_rate: float | None = None,
    **settings: Any,
) -> float:
    """Return a statistic over seeds of a metric, or of a column of the runs, at the end of training.

    The seeds are those of the cell at all looks. The result is NaN for settings that this study does not have, and for
    metrics that it does not record. Raises InputError for a name or value that no study could have.

    policy: Policy that chooses the rate of each seed (default: tuned). "fixed_16" is the own rate of batches of 16, and
        "linear_16" and "sqrt_16" are scaled from it. The metric "learning_rate" is its typical rate.
    learning_rate: Learning rate of all seeds, which overrides the policy.
    settings: Settings of the cell. Others have their usual values (digits, two layers of 32, ReLU, softmax with
        cross-entropy, batches of 32), or else the first value in the experiment.
    """
    cell = find_cell(page.results, experiment, settings)
    if statistic not in STATISTICS:
        raise InputError(unknown("statistic", statistic, STATISTICS))
    if metric not in (*METRICS, *page.results.runs.columns):
        raise InputError(unknown("metric", metric, [*METRICS, *page.results.runs.columns]))
    if cell is None:
        return math.nan
    if metric in METRICS and not METRICS[metric].is_recorded(cell):
        return math.nan
    if learning_rate is None:
        rates = rates_of(page.results, cell, policy or "tuned", metric)
    elif learning_rate in cell.learning_rates:
        rates = pd.Series(learning_rate, page.results.seeds_of(cell))
    else:
        available = ", ".join(map(formatting.rate, cell.learning_rates))
        raise InputError(f'experiment "{experiment}" has no learning rate {learning_rate}. It has: {available}.')
    if metric == "learning_rate" or rates.isna().any():
        return policies.typical(rates)
    return float(metrics.at_rates(numbers_of(page.results, cell, metric), rates).agg(statistic))


def number(page: Page, metric: str, experiment: str, statistic: str = "mean", **options: Any) -> str:
    """Return `value` as text: shares in per cent, learning rates as fractions, others with three significant digits.

    A star marks a number at a rate at the edge of the grid.
    """
    result = value(page, metric, experiment, statistic, **options)
    mark = EDGE_MARK.format(root=page.root) if is_on_edge(page, metric, experiment, **options) else ""
    if metric == "learning_rate":
        return formatting.rate(result) + mark
    if metric in METRICS and METRICS[metric].unit == "points":
        return percent(page, result) + mark
    if metric not in METRICS and metric.endswith(SHARES):
        return percent(page, 100 * result) + mark
    return formatting.significant(result) + mark


def is_on_edge(
    page: Page,
    metric: str,
    experiment: str,
    policy: str | None = None,
    learning_rate: float | None = None,
    **settings: Any,
) -> bool:
    """Return whether most seeds chose a learning rate at an end of the grid, if they choose it in this cell."""
    cell = find_cell(page.results, experiment, settings)
    if cell is None or learning_rate is not None or policy not in (None, "tuned") or len(cell.learning_rates) < 2:
        return False
    if metric in METRICS and not METRICS[metric].is_recorded(cell):
        return False
    if not cell.training.happens:
        return False
    rates = rates_of(page.results, cell, "tuned", metric)
    return policies.mostly(policies.on_edge(rates, cell))


def accuracy(page: Page, experiment: str, policy: str | None = None, **options: Any) -> str:
    """Return the mean test accuracy over the seeds, such as "96.5%", at the learning rate that `value` describes."""
    return number(page, "test_accuracy", experiment, policy=policy, **options)


def percent(page: Page, number: float, places: int = 1) -> str:
    """Return a percentage such as "96.5%", as written in the language of the page."""
    return (
        formatting.NO_VALUE if math.isnan(number) else page.say["percent"].format(formatting.decimals(number, places))
    )


def sampling_error(page: Page, experiment: str, times: float = 1.0, **options: Any) -> str:
    """Return the standard error that the number of test samples gives the accuracy of a cell, or times so much."""
    cell = find_cell(page.results, experiment, options)
    share = value(page, "test_accuracy", experiment, **options) / 100
    error = math.sqrt(share * (1 - share) / data.sizes(cell.dataset).test) if cell else math.nan
    return Quantity.of(100 * times * error, "points").in_few_digits(page.say)


def seeds(page: Page, experiment: str) -> str:
    """Return the number of seeds in the statistics of an experiment, such as "20", or "20 to 80" if cells differ."""
    experiment_of(page.results, experiment)
    return span(page, [len(page.results.seeds_of(cell)) for cell in cells_of(page.results, experiment)])


def span(page: Page, counts: Sequence[int]) -> str:
    """Return the smallest and the largest of some counts, such as "20 to 80", or the one that all are."""
    ends = dict.fromkeys(formatting.count(int(end)) for end in (min(counts), max(counts)))
    return page.say["range"].format(*ends) if len(ends) > 1 else next(iter(ends))


def cells(page: Page, experiment: str | None = None) -> str:
    """Return the number of cells of an experiment, or of the study."""
    return formatting.count(len(cells_of(page.results, experiment)))


def runs(page: Page, experiment: str | None = None) -> str:
    """Return the number of networks that an experiment, or the study, has trained, at all looks."""
    if experiment is None:
        return formatting.count(len(page.results.runs))
    experiment_of(page.results, experiment)
    return formatting.count(int((page.results.runs["experiment"] == experiment).sum()))


def runs_of_first_look(page: Page, experiment: str | None = None) -> str:
    """Return the number of those networks that were trained before any context got more seeds."""
    return formatting.count(sum(cell.runs for cell in cells_of(page.results, experiment)))


def claims(page: Page) -> str:
    """Return the number of claims with a verdict."""
    return formatting.count(len(page.results.verdicts))


def rates(page: Page, experiment: str) -> str:
    """Return the smallest and the largest learning rate of an experiment, such as "1/256 – 1/2"."""
    grid = experiment_of(page.results, experiment).learning_rates
    ends = formatting.rate(min(grid)), formatting.rate(max(grid))
    return " – ".join(dict.fromkeys(ends))


def samples(page: Page, dataset: str, part: str = "train") -> str:
    """Return the number of a data set's samples in a part, or of its features or classes.

    part: "train", "validation", "test", "features" or "classes".
    """
    try:
        sizes = data.sizes(dataset)
    except ValueError as error:
        raise InputError(str(error)) from None
    if part not in sizes._fields:
        raise InputError(unknown("part of a data set", part, sizes._fields))
    return formatting.count(getattr(sizes, part))


def has(page: Page, experiment: str, **settings: Any) -> bool:
    """Return whether the study has an experiment and, if settings are given, a cell with these settings in it."""
    return experiment in page.results.study.experiments and find_cell(page.results, experiment, settings) is not None


def has_measurement(page: Page, name: str) -> bool:
    """Return whether a measurement or a study is published and shown on the site."""
    return name in page.results.measurements


def experiment_of(results: Results, name: str) -> Experiment:
    """Return an experiment by name. Raises InputError if the study does not have it."""
    if name not in results.study.experiments:
        raise InputError(f"{unknown('experiment', name, results.study.experiments)} Check has(…) first.")
    return results.study.experiments[name]


def cells_of(results: Results, experiment: str | None) -> list[Cell]:
    """Return the cells of an experiment, or of the study."""
    if experiment is not None:
        experiment_of(results, experiment)
    return [cell for cell in results.study.cells.values() if experiment in (None, cell.experiment)]


def find_cell(results: Results, experiment: str, settings: dict[str, Any]) -> Cell | None:
    """Return the cell with these settings and, where there is a choice, the usual values of others; None without one.

    settings: Values by setting, or lists of which any value matches.
    """
    cells = cells_of(results, experiment)
    for name, wanted in settings.items():
        values = wanted if isinstance(wanted, list | tuple) else [wanted]
        check_setting(name, values)
        cells = [cell for cell in cells if any(cell.has(name, value) for value in values)]
    for name, setting in SETTINGS.items():
        cells = [cell for cell in cells if cell.has(name, setting.usual)] or cells
    return cells[0] if cells else None


def check_setting(name: str, values: Iterable[Any]) -> None:
    """Raise InputError for a setting or value that no study could have. This study need not have the value."""
    known = [*SETTINGS, "output", "loss", "depth"]
    if name not in known:
        raise InputError(unknown("setting", name, known))
    for value in values:
        try:
            CLAIM_SETTINGS[name](value)
        except ValueError as error:
            raise InputError(f"{name}: {error}") from None


def rates_of(results: Results, cell: Cell, policy: str, metric: str) -> pd.Series:
    """Return the learning rate of each seed of a cell under a policy; NaN where the policy has none.

    Rates are tuned for the metric if it uses a rate, or else for test accuracy.
    """
    rule, _, size = policy.partition("_")
    if policy != policies.TUNED and not (rule in policies.FACTORS and size.isdecimal()):
        raise InputError(unknown("policy", policy, [*(f"{name}_16" for name in policies.FACTORS), policies.TUNED]))
    base: Cell | None = cell
    if size:
        cells = policies.cells_by_settings(results, cell.experiment)
        base = policies.base_of(rule, cell, cells, {"batch_size": int(size)})
    if base is None:
        return pd.Series(math.nan, results.seeds_of(cell))
    tuned_for = metric if metric in METRICS and METRICS[metric].uses_rate else "test_accuracy"
    own = policies.own_rates(results, base, tuned_for).loc[policies.shared_seeds(results, cell, base)]
    return policies.at_policy(rule, own, cell, base)


def numbers_of(results: Results, cell: Cell, metric: str) -> pd.DataFrame:
    """Return the values of a metric or a column at the end of training, as a table of seeds × learning rates."""
    records = results.records_of(cell)
    if metric in METRICS:
        return METRICS[metric].numbers(records, "test", None)
    last = records[records["updates"] == records["updates"].max()]
    return last.pivot(index="seed", columns="learning_rate", values=metric).astype(float)
