"""The explorer's tables: points, each a cell at one learning rate, and their learning curves."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from ontrial import data
from ontrial.judge import metrics, policies
from ontrial.judge.metrics import METRICS, Metric, final
from ontrial.judge.results import Records, Results
from ontrial.study.cell import Cell
from ontrial.study.study import Experiment

THRESHOLDS = (0.75, 0.9, 0.95)  # of test accuracy, for epochs_to_75 and so on
BY_LAYER = re.compile(r"(gradient_norm|dead_units|saturation)_\d+")
CURVES = ("train_score", "test_score", "train_loss", "test_loss")  # a score is an accuracy, or an error for regression
MAX_CURVE_ROWS = 40_000  # about 3 MB
QUARTILES = {"median": 0.5, "lower_quartile": 0.25, "upper_quartile": 0.75}


class Measure(NamedTuple):
    """A measurement of a run: a metric, the part of the data, and the threshold that the metric may need."""

    metric: Metric
    part: str = "test"
    threshold: float | None = None

    @property
    def summaries(self) -> tuple[str, ...]:
        """Names of the summaries over seeds: median and quartiles for a metric that may be +∞, else mean and sd."""
        return tuple(QUARTILES) if self.metric.censored else ("mean", "sd")


MEASURES = {
    "test_accuracy": Measure(METRICS["test_accuracy"]),
    "validation_accuracy": Measure(METRICS["test_accuracy"], "validation"),
    "train_accuracy": Measure(METRICS["train_accuracy"]),
    "test_rmse": Measure(METRICS["test_rmse"]),
    "validation_rmse": Measure(METRICS["test_rmse"], "validation"),
    "train_rmse": Measure(METRICS["train_rmse"]),
    "test_loss": Measure(METRICS["test_loss"]),
    "validation_loss": Measure(METRICS["test_loss"], "validation"),
    "train_loss": Measure(METRICS["train_loss"]),
    **{f"epochs_to_{100 * goal:.0f}": Measure(METRICS["epochs_to_accuracy"], "test", goal) for goal in THRESHOLDS},
    **{name: Measure(metric) for name, metric in METRICS.items() if metric.probes},
}


def get_measure(name: str) -> Measure:
    """Return a measure by name: one of MEASURES, or a probe of one layer after training, such as "gradient_norm_1"."""
    if not BY_LAYER.fullmatch(name):
        return MEASURES[name]
    if name.startswith("gradient_norm"):
        return Measure(Metric(final(name, "last"), "norm", positive=True))
    return Measure(Metric(final(name, "last", scale=100), "points"))


def measure_names(points: pd.DataFrame) -> list[str]:
    """Return the names of the measures in a table of points. Measures of single layers come last."""
    names = [re.sub("_(mean|median)$", "", column) for column in points if column.endswith(("_mean", "_median"))]
    return sorted(names, key=lambda name: BY_LAYER.fullmatch(name) is not None)


def _measures_of(cell: Cell) -> list[str]:
    """Return the names in MEASURES that apply to the networks of a cell."""
    return [name for name, measure in MEASURES.items() if measure.metric.is_recorded(cell)]


def build_points(results: Results) -> pd.DataFrame:
    """Return one row per cell and learning rate, with cells as configured and rates ascending.

    The columns are the settings, the summaries of each measure (such as test_accuracy_mean; NaN if not measured), and:

    path: Path of the cell.
    learning_rate: Learning rate of the point.
    policies: Policies whose typical rate by accuracy this is, separated by spaces.
    n: Number of seeds, at all looks.
    diverged: Share of these seeds that diverged.
    """
    parts = [_points_of(results, experiment) for experiment in results.study.experiments.values()]
    return pd.concat(parts, ignore_index=True)


def _points_of(results: Results, experiment: Experiment) -> pd.DataFrame:
    points = _grid(experiment)
    points["policies"] = _typical_policies(results, experiment, points)
    groups = metrics.together(results, _cells_of(experiment))
    return points.join(pd.concat([_summarise(cells[0], records) for cells, records in groups]))


def _cells_of(experiment: Experiment) -> list[Cell]:
    """Return the cells of an experiment in their configured order, without duplicates such as "own" and its name."""
    return list({cell.path: cell for cell in experiment.cells()}.values())


def _grid(experiment: Experiment) -> pd.DataFrame:
    """Return the points of an experiment cell by cell, with rates ascending, in the order of `metrics.together`."""
    rates = sorted(experiment.learning_rates)
    cells = pd.DataFrame([{"path": cell.path, **cell.columns} for cell in _cells_of(experiment)])
    points = cells.loc[cells.index.repeat(len(rates))].reset_index(drop=True)
    return points.assign(learning_rate=np.tile(rates, len(cells)))


def _typical_policies(results: Results, experiment: Experiment, points: pd.DataFrame) -> list[str]:
    """Return, for each point, the policies whose typical rate it has, separated by spaces."""
    rates = policies.complete(policies.rates(results, experiment.name))
    by_arm = rates.groupby(policies.arms_of(rates), sort=False)["learning_rate"]
    typical = by_arm.quantile(0.5, interpolation="lower").reset_index()
    varying = [name for name in typical if name in points]
    names = typical.groupby(varying, sort=False)["policy"].agg(" ".join)
    return list(names.reindex(pd.MultiIndex.from_frame(points[varying])).fillna(""))


def _summarise(cell: Cell, records: pd.DataFrame) -> pd.DataFrame:
    """Return one row per point: n, diverged, and the summaries of each measure.

    records: Records of similar cells from `metrics.together`, with numbers of points as learning rates.
    """
    last = records[records["updates"] == records["updates"].max()].groupby("learning_rate")
    columns = {"n": last["seed"].nunique(), "diverged": last["diverged"].mean()}
    by_layer = [name for name in records if BY_LAYER.fullmatch(name) and records[name].notna().any()]
    runs = Records.of(records)
    for name in [*_measures_of(cell), *by_layer]:
        measure = get_measure(name)
        numbers = measure.metric.numbers(runs, measure.part, measure.threshold)
        summaries = _summarise_seeds(numbers, measure.metric.censored)
        columns |= {f"{name}_{summary}": summaries[summary] for summary in measure.summaries}
    return pd.DataFrame(columns)


def _summarise_seeds(numbers: pd.DataFrame, censored: bool) -> dict[str, pd.Series]:
    """Return the mean and standard deviation of each point over the seeds, or median and quartiles if censored.

    A quartile is always one of the numbers, so that +∞ needs no arithmetic.

    numbers: Values of seeds × points.
    censored: Whether values may be +∞.
    """
    if censored:
        quartiles = np.quantile(numbers, list(QUARTILES.values()), axis=0, method="inverted_cdf")
        return {name: pd.Series(row, numbers.columns) for name, row in zip(QUARTILES, quartiles, strict=True)}
    finite = numbers.where(np.isfinite(numbers))  # a loss may overflow just before the run diverges
    return {"mean": numbers.mean(), "sd": finite.std()}


def build_curves(results: Results, points: pd.DataFrame, max_rows: int = MAX_CURVE_ROWS) -> pd.DataFrame:
    """Return the learning curves of points: medians and quartiles over the seeds that have not diverged by then.

    There is one row per point and record, with columns path, learning_rate, epochs, and the median and quartiles of
    each of CURVES, such as test_loss_lower_quartile.

    max_rows: Number of rows beyond which only points chosen by a policy have curves.
    """
    parts = [_curves_of(results, experiment) for experiment in results.study.experiments.values()]
    curves = pd.concat(parts, ignore_index=True)
    if len(curves) <= max_rows:
        return curves
    return curves.merge(points.loc[points["policies"] != "", ["path", "learning_rate"]])


def _curves_of(results: Results, experiment: Experiment) -> pd.DataFrame:
    groups = metrics.together(results, _cells_of(experiment))
    curves = pd.concat([_quartiles(cells[0], records) for cells, records in groups])
    return _grid(experiment)[["path", "learning_rate"]].join(curves)


def _quartiles(cell: Cell, records: pd.DataFrame) -> pd.DataFrame:
    score = "accuracy" if data.has_classes(cell.dataset) else "rmse"
    records = records.rename(columns={f"{part}_{score}": f"{part}_score" for part in ("train", "test")})
    by_record = records.groupby(["learning_rate", "epochs"])[list(CURVES)]
    parts = [by_record.quantile(q).add_suffix(f"_{name}") for name, q in QUARTILES.items()]
    return pd.concat(parts, axis=1).reset_index("epochs")
