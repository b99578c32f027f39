"""A study's own metrics: functions in a Python file that the study names. Calling one runs the code of the file.

A function takes the curves of one run, a mapping from the names of measures to arrays with one value per record, and
returns a number. If it has parameters of these names, it also takes the `predictions` of the run for the test samples,
and their `labels`. What functions there are is read from the text of the file, without running it.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ontrial import data, nn
from ontrial.errors import InputError
from ontrial.judge import metrics, predictions
from ontrial.judge.metrics import BUILT_IN, Metric
from ontrial.judge.units import TIMED
from ontrial.study import own_code
from ontrial.study.cell import COLUMNS, CORRECT, PREDICTIONS, Cell, Training

if TYPE_CHECKING:
    import pandas as pd

    from ontrial.judge.results import Records

Curves = Mapping[str, np.ndarray]
TEST_SAMPLES = ("predictions", "labels")  # names of parameters
NOT_CURVES = {*COLUMNS, "full_batch", "seed", "learning_rate", CORRECT, PREDICTIONS}  # columns of records
LARGEST = 1e30  # number that verdicts may contain
EXAMPLE_RECORDS = 8  # more than records of the training set, so that some of its values are missing


class MetricsFile(NamedTuple):
    """The file of a study's own metrics.

    functions: First line of each function's docstring, by name.
    parameters: Names of the parameters of each function, by its name: that of the curves, and those in TEST_SAMPLES.
    """

    path: str
    sha256: str
    functions: dict[str, str]
    parameters: dict[str, list[str]]


class Run(NamedTuple):
    """The arguments of a function for one run.

    curves: Values of each measure, (records,).
    predictions, labels: Result of `predictions.shaped`. None if they are not recorded.
    """

    curves: Curves
    predictions: np.ndarray | None = None
    labels: np.ndarray | None = None

    def argument(self, parameter: str) -> Any:
        """Return a copy of the argument for a parameter."""
        if parameter in TEST_SAMPLES:
            return getattr(self, parameter).copy()
        return {measure: values.copy() for measure, values in self.curves.items()}


def read_metrics(path: str) -> MetricsFile:
    """Return the metrics that a file defines, without running it. Raises InputError with every mistake in its text."""
    module, sha256 = own_code.read_code(path)
    functions, parameters, mistakes = {}, {}, []
    for node in own_code.functions(module):
        place = f"{path}:{node.lineno}: {node.name}"
        if node.name in (*BUILT_IN, *TIMED):
            mistakes.append(f"{place}: the package has a metric of this name. Choose another one.")
        functions[node.name] = own_code.description(node, place)
        if not functions[node.name]:
            mistakes.append(f"{place}: the docstring is missing. Pages show its first line.")
        parameters[node.name] = _parameters(node.args)
        if node.args.posonlyargs:
            mistakes.append(f"{place}: remove the / from its parameters, which are passed by name.")
        others = [name for name in parameters[node.name] if name not in TEST_SAMPLES]
        if len(others) > 1:
            mistakes.append(
                f"{place}: the parameters {' and '.join(others)} have no default. A metric takes the curves "
                f"of a run, and what is called {' or '.join(TEST_SAMPLES)}."
            )
    if not functions:
        mistakes.append(f"{path}: there is no function. Each one without a leading underscore is a metric.")
    if mistakes:
        raise InputError("\n".join(mistakes))
    return MetricsFile(path, sha256, functions, parameters)


def _parameters(arguments: ast.arguments) -> list[str]:
    """Return the names of the parameters that get an argument: the first, those without default or in TEST_SAMPLES."""
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults + arguments.kw_defaults
    named = enumerate(zip([*positional, *arguments.kwonlyargs], defaults, strict=True))
    return [
        parameter.arg for i, (parameter, default) in named if i == 0 or default is None or parameter.arg in TEST_SAMPLES
    ]


def define(file: MetricsFile | None) -> None:
    """Register a study's own metrics, replacing those of another study. No code runs before a metric is computed."""
    metrics.OWN.clear()
    own_code.load.cache_clear()
    try_out.cache_clear()
    if file is None:
        return
    for name, description in file.functions.items():
        of_predictions = not set(file.parameters[name]).isdisjoint(TEST_SAMPLES)
        metrics.OWN[name] = Metric(
            _numbers(file, name, of_predictions),
            "number",
            of_predictions=of_predictions,
            needs_training=of_predictions,
            tuned_by="test_accuracy",
            failure="own",
            description=description,
            sha256=file.sha256,
        )


def _numbers(file: MetricsFile, name: str, of_predictions: bool) -> metrics.Numbers:
    """Return the function that calls a function of a file, unless the file has changed, for each run."""

    def numbers(records: Records, part: str, threshold: float | None) -> pd.DataFrame:
        own_code.require_unchanged(file.path, file.sha256)
        table = records.columns.table.iloc[records.rows[records.rows >= 0]]
        measured = [column for column in table if column not in NOT_CURVES and table[column].notna().any()]
        values = {}
        for (seed, rate), run in table.sort_values("updates").groupby(["seed", "learning_rate"]):
            curves = {column: run[column].to_numpy() for column in measured}
            arguments = Run(curves, *next(predictions.of_runs(run.tail(1)))) if of_predictions else Run(curves)
            where = f"seed {seed} at learning rate {rate:g}"
            values[seed, rate] = call(file.path, name, file.parameters[name], arguments, where)
        import pandas as pd

        return pd.Series(values).unstack().rename_axis(index="seed", columns="learning_rate")

    return numbers


def call(path: str, name: str, parameters: Sequence[str], arguments: Run, run: str) -> float:
    """Return the number of one run. Raises InputError, which names the file, the function and the run.

    parameters: Names of the parameters of the function.
    run: Run, as messages name it.
    """
    values = {parameter: arguments.argument(parameter) for parameter in parameters}
    try:
        value = float(own_code.load(path)[name](**values))
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        raise InputError(f"{own_code.place(path, error)}: {name} fails for {run}: {own_code.reason(error)}") from None
    if not abs(value) <= LARGEST:
        raise InputError(
            f"{path}: {name} returns {value} for {run}. A metric must be a finite number, at most {LARGEST:g}, "
            "also for runs that diverged."
        )
    return value


@cache
def try_out(path: str, name: str, parameters: tuple[str, ...], cell: Cell) -> str | None:
    """Call a function for two example runs of a cell, one of which diverges. Return the problem, or None."""
    try:
        for run, arguments in _examples(_small(cell)).items():
            first, second = (call(path, name, parameters, arguments, run) for _ in range(2))
            if first != second:
                return f"{path}: {name} returns {first:g} and then {second:g} for the same run."
    except InputError as error:
        return str(error)
    return None


def _small(cell: Cell) -> Cell:
    """Return a cell that has the same measures and takes hardly any time to train.

    A data set with a regression target stays, since the package has none.
    """
    records = EXAMPLE_RECORDS if cell.training.happens else None
    probes, recorded = cell.training.probes, cell.training.predictions
    training = Training(updates=records or 0, record=records, probes=probes, predictions=recorded)
    if data.has_classes(cell.dataset):
        cell = replace(cell, dataset="titanic" if "groups" in cell.training.probes else "xor", csv_file=None)
    return replace(
        cell,
        hidden=(2,) * len(cell.hidden),
        batch_size=4,
        training_samples="standard",
        members=1,
        learning_rates=(0.125,),
        seeds=(1,),
        training=training,
    )


@cache
def _examples(cell: Cell) -> dict[str, Run]:
    """Return a run of a cell, and a run that diverges after its start."""
    arrays = cell.arrays(cell.seeds)
    history = nn.train(cell.architecture, cell.recipe, arrays, cell.learning_rates, cell.seeds)
    curves = {"diverged": history.diverged[0], "epochs": history.epochs, "updates": history.updates}
    curves |= {name: values[0].astype(float) for name, values in history.measures.items()}
    has_diverged = np.arange(len(history.updates)) > 0
    diverged = {name: np.where(has_diverged, math.nan, values[0]) for name, values in history.measures.items()}
    diverged |= {"diverged": has_diverged}
    runs = {"an example": Run(curves), "an example that diverges": Run(curves | diverged)}
    if cell.training.predictions:
        recorded = nn.predict(cell.architecture, history.weights, arrays.test.X[0]).ravel()
        predicted, labels = predictions.shaped(recorded, cell.dataset, cell.seeds[0], cell.training_sample_count)
        for run, factor in zip(runs, (1.0, math.nan), strict=True):
            runs[run] = runs[run]._replace(predictions=factor * predicted, labels=labels)
    return runs
