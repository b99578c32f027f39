"""The whole grid summed up over seeds: one row a point, that is a cell at a learning rate, and its learning curves."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from ontrial.judge import policies
from ontrial.judge.metrics import METRICS, Metric, final
from ontrial.judge.results import Results, depth
from ontrial.study.cell import COLUMNS
from ontrial.study.study import Experiment

THRESHOLDS = (0.75, 0.9, 0.95)  # of test accuracy, to count epochs to
BY_LAYER = re.compile(r"(gradient_norm|dead_units|saturation)_\d+")
CURVES = ("train_accuracy", "test_accuracy", "train_loss", "test_loss")
MOST_RECORDS = 40_000  # of curves: about 3 MB
QUARTILES = {"median": 0.5, "lower_quartile": 0.25, "upper_quartile": 0.75}


class Measure(NamedTuple):
    """What is measured of a run: a metric, on which part of the data, to which threshold."""

    metric: Metric
    part: str = "test"
    threshold: float | None = None

    @property
    def summaries(self) -> tuple[str, ...]:
        """Names of the numbers over seeds: a metric that may be +∞ has a median and quartiles, others mean and sd."""
        return tuple(QUARTILES) if self.metric.censored else ("mean", "sd")


MEASURES = {
    "test_accuracy": Measure(METRICS["test_accuracy"]),
    "validation_accuracy": Measure(METRICS["test_accuracy"], "validation"),
    "train_accuracy": Measure(METRICS["train_accuracy"]),
    "test_loss": Measure(METRICS["test_loss"]),
    "validation_loss": Measure(METRICS["test_loss"], "validation"),
    "train_loss": Measure(METRICS["train_loss"]),
    **{f"epochs_to_{100 * goal:.0f}": Measure(METRICS["epochs_to_accuracy"], "test", goal) for goal in THRESHOLDS},
    **{name: Measure(metric) for name, metric in METRICS.items() if metric.probes},
}


def measure(name: str) -> Measure:
    """A measure by name: one of MEASURES, or that of a single layer at the end, such as "gradient_norm_1"."""
    if BY_LAYER.fullmatch(name):
        share = not name.startswith("gradient")
        scale, unit = (100, "points") if share else (1, "norm")
        return Measure(Metric(final(name, "last", scale), unit, positive=not share))
    return MEASURES[name]


def names(points: pd.DataFrame) -> list[str]:
    """Names of the measures that a table of points has columns for, those of single layers last."""
    found = [re.sub("_(mean|median)$", "", column) for column in points if column.endswith(("_mean", "_median"))]
    return sorted(found, key=lambda name: BY_LAYER.fullmatch(name) is not None)


def measures(experiment: Experiment, hidden_layers: int) -> list[str]:
    """Names of what is measured of every network with so many hidden layers, whatever the layer."""
    return [
        name
        for name, (metric, _, _) in MEASURES.items()
        if set(metric.probes) <= set(experiment.training.probes) and metric.hidden_layers <= hidden_layers
    ]


def points(results: Results) -> pd.DataFrame:
    """One row a cell and learning rate, in the order of the configuration.

    Columns: path (of the cell), the settings, learning_rate, policies (those that choose this rate by test accuracy,
    with spaces between), n (seeds: the confirmatory ones, or the descriptive ones of an experiment without), diverged
    (their share), and for each measure its `summaries` such as test_accuracy_mean; NaN where it wasn't measured.
    """
    parts = [of_experiment(results, experiment) for experiment in results.study.experiments.values()]
    return pd.concat(parts, ignore_index=True)


def of_experiment(results: Results, experiment: Experiment) -> pd.DataFrame:
    """The points of one experiment."""
    rows = grid(experiment)
    rows["policies"] = chosen_by(results, experiment, rows)
    records = judging(results, experiment, rows)
    layers, last = records["hidden"].map(depth), records.groupby("point")["updates"].transform("max")
    alike = records.groupby(["dataset", layers, last], observed=True)  # many cells at once: a call costs more than rows
    return rows.join(pd.concat([summed_up(experiment, group) for _, group in alike]))


def grid(experiment: Experiment) -> pd.DataFrame:
    """The points of an experiment as configured, a cell named both by "own" and by its name once."""
    cells = {cell.path: cell for cell in experiment.cells()}
    return pd.DataFrame(
        {"path": path, **cell.columns, "learning_rate": rate}
        for path, cell in cells.items()
        for rate in cell.learning_rates
    )


def chosen_by(results: Results, experiment: Experiment, rows: pd.DataFrame) -> list[str]:
    """For each point the policies that choose its rate, with spaces between; none where no seeds may choose."""
    if not (experiment.tuning or experiment.descriptive):
        return [""] * len(rows)
    rates = policies.rates(results, experiment.name)
    varying = [name for name in rates if name in rows]
    found = rates.groupby(varying)["policy"].agg(" ".join)
    return list(found.reindex(pd.MultiIndex.from_frame(rows[varying])).fillna(""))


def judging(results: Results, experiment: Experiment, rows: pd.DataFrame) -> pd.DataFrame:
    """Records of the seeds that numbers are over, each with the number of its point among `rows`."""
    records = results.records[results.records["experiment"] == experiment.name]
    records = records[records["seed"].isin(experiment.confirmatory or experiment.descriptive)]
    return records.merge(rows[[*COLUMNS, "learning_rate"]].reset_index(names="point"))


def summed_up(experiment: Experiment, records: pd.DataFrame) -> pd.DataFrame:
    """One row a point: n, diverged, and the summaries of what was measured.

    records: of points that share their data set, number of hidden layers and last update, so that a metric can take all
    of them for the learning rates of one cell.
    """
    records = records.drop(columns="learning_rate").rename(columns={"point": "learning_rate"})
    last = records[records["updates"] == records["updates"].max()].groupby("learning_rate")
    found = {"n": last["seed"].nunique(), "diverged": last["diverged"].mean()}
    by_layer = [name for name in records if BY_LAYER.fullmatch(name) and records[name].notna().any()]
    for name in [*measures(experiment, depth(records["hidden"].iloc[0])), *by_layer]:
        metric, part, threshold = tried = measure(name)
        over_seeds = summaries(metric.numbers(records, part, threshold), metric.censored)
        found |= {f"{name}_{summary}": over_seeds[summary] for summary in tried.summaries}
    return pd.DataFrame(found)


def summaries(numbers: pd.DataFrame, censored: bool) -> dict[str, pd.Series]:
    """Numbers of each point over the seeds: mean and standard deviation, or median and quartiles.

    numbers: seeds × points. A quartile is one of the numbers, so that +∞ needs no arithmetic.
    """
    if censored:
        found = np.quantile(numbers, list(QUARTILES.values()), axis=0, method="inverted_cdf")
        return {name: pd.Series(row, numbers.columns) for name, row in zip(QUARTILES, found, strict=True)}
    finite = numbers.where(np.isfinite(numbers))  # a loss may overflow just before its run diverges
    return {"mean": numbers.mean(), "sd": finite.std()}


def curves(results: Results, points: pd.DataFrame, most: int = MOST_RECORDS) -> pd.DataFrame:
    """Learning curves of points: medians and quartiles over the seeds that haven't diverged by then.

    Returns one row a point and record: path, learning_rate, epochs, and for each of CURVES its median and quartiles,
    such as test_loss_lower_quartile. Beyond `most` rows only the points that a policy chooses have curves.
    """
    parts = [learning(results, experiment) for experiment in results.study.experiments.values()]
    found = pd.concat(parts, ignore_index=True)
    if len(found) <= most:
        return found
    return found.merge(points.loc[points["policies"] != "", ["path", "learning_rate"]])


def learning(results: Results, experiment: Experiment) -> pd.DataFrame:
    """The learning curves of the points of one experiment."""
    rows = grid(experiment)
    by_record = judging(results, experiment, rows).groupby(["point", "epochs"])[list(CURVES)]
    parts = [by_record.quantile(share).add_suffix(f"_{name}") for name, share in QUARTILES.items()]
    return rows[["path", "learning_rate"]].join(pd.concat(parts, axis=1).reset_index("epochs"))
