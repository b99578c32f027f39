"""A study's own metrics: functions in a Python file that the study names. Calling one runs the code of the file.

A function takes the curves of one run, a mapping from the names of measures to arrays with one value per record, and
returns a number. The list of functions is read from the text of the file, without running it.
"""

from __future__ import annotations

import ast
import hashlib
import math
import runpy
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ontrial import data, nn
from ontrial.errors import InputError
from ontrial.judge import metrics
from ontrial.judge.metrics import BUILT_IN, TIMED, Metric
from ontrial.storage import files
from ontrial.study.cell import COLUMNS, Cell, Training

if TYPE_CHECKING:
    import pandas as pd

Curves = Mapping[str, np.ndarray]
NOT_CURVES = {*COLUMNS, "full_batch", "seed", "learning_rate"}  # columns of records
MAX_BYTES = 2**20  # of the file
LARGEST = 1e30  # number that verdicts may contain
EXAMPLE_RECORDS = 8  # more than records of the training set, so that some of its values are missing


class MetricsFile(NamedTuple):
    """The file of a study's own metrics.

    functions: First line of each function's docstring, by name.
    """

    path: str
    sha256: str
    functions: dict[str, str]


def read(path: str) -> MetricsFile:
    """Return the metrics that a file defines, without running it. Raises InputError with every mistake in its text."""
    try:
        content = files.read_bytes(path, MAX_BYTES)
        module = ast.parse(content, path)
    except OSError as error:
        raise InputError(f"{path}: the file can't be read: {error.strerror}.") from None
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise InputError(f"{path}:{line}: not Python: {getattr(error, 'msg', error)}.") from None
    functions, mistakes = {}, []
    for node in module.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        place, docstring = f"{path}:{node.lineno}: {node.name}", ast.get_docstring(node)
        if node.name in (*BUILT_IN, *TIMED):
            mistakes.append(f"{place}: the package has a metric of this name. Choose another one.")
        if not docstring:
            mistakes.append(f"{place}: the docstring is missing. Pages show its first line.")
        functions[node.name] = (docstring or "").split("\n")[0].removesuffix(".")
    if not functions:
        mistakes.append(f"{path}: there is no function. Each one without a leading underscore is a metric.")
    if mistakes:
        raise InputError("\n".join(mistakes))
    return MetricsFile(path, hashlib.sha256(content).hexdigest(), functions)


def define(file: MetricsFile | None) -> None:
    """Register a study's own metrics, replacing those of another study. No code runs before a metric is computed."""
    metrics.OWN.clear()
    _load.cache_clear()
    try_out.cache_clear()
    if file is None:
        return
    for name, description in file.functions.items():
        metrics.OWN[name] = Metric(
            _numbers(file.path, name),
            "number",
            needs_training=False,
            tuned_by="test_accuracy",
            failure="own",
            description=description,
            sha256=file.sha256,
        )


def _numbers(path: str, name: str) -> metrics.Numbers:
    """Return the function that calls a function of a file for each run."""

    def numbers(records: pd.DataFrame, part: str, threshold: float | None) -> pd.DataFrame:
        measured = [column for column in records if column not in NOT_CURVES and records[column].notna().any()]
        values = {}
        for (seed, rate), run in records.sort_values("updates").groupby(["seed", "learning_rate"]):
            curves = {column: run[column].to_numpy(copy=True) for column in measured}
            values[seed, rate] = call(path, name, curves, f"seed {seed} at learning rate {rate:g}")
        import pandas as pd

        table = pd.Series(values).unstack()
        return table.rename_axis(index="seed", columns="learning_rate")

    return numbers


def call(path: str, name: str, curves: Curves, run: str) -> float:
    """Return the number of one run. Raises InputError, which names the file, the function and the run."""
    try:
        value = float(_load(path)[name](curves))
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        raise InputError(f"{_place(path, error)}: {name} fails for {run}: {_reason(error)}") from None
    if not abs(value) <= LARGEST:
        raise InputError(
            f"{path}: {name} returns {value} for {run}. A metric must be a finite number, at most {LARGEST:g}, "
            "also for runs that diverged."
        )
    return value


@cache
def _load(path: str) -> Mapping[str, Callable[[Curves], float]]:
    """Run a file and return what it defines."""
    try:
        return runpy.run_path(path, run_name="metrics")
    except (Exception, SystemExit) as error:
        raise InputError(f"{_place(path, error)}: the file can't be run: {_reason(error)}") from None


def _place(path: str, error: BaseException) -> str:
    """Return the path, with the line of the file in which the error occurred, if any."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return f"{path}:{lines[-1]}" if lines else path


def _reason(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


@cache
def try_out(path: str, name: str, cell: Cell) -> str | None:
    """Call a function for two example runs of a cell, one of which diverges. Return what is wrong, or None."""
    try:
        for run, curves in _examples(_small(cell)).items():
            copies = [{measure: values.copy() for measure, values in curves.items()} for _ in range(2)]
            first, second = (call(path, name, copy, run) for copy in copies)
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
    training = Training(updates=records or 0, record=records, probes=cell.training.probes)
    if data.has_classes(cell.dataset):
        cell = replace(cell, dataset="titanic" if "groups" in cell.training.probes else "xor", csv_file=None)
    return replace(
        cell,
        hidden=(2,) * len(cell.hidden),
        batch_size=4,
        training_samples="standard",
        learning_rates=(0.125,),
        seeds=(1,),
        training=training,
    )


@cache
def _examples(cell: Cell) -> dict[str, Curves]:
    """Return the curves of a run of a cell, and of a run that diverges after its start."""
    history = nn.train(cell.architecture, cell.schedule, cell.arrays(cell.seeds), cell.learning_rates, cell.seeds)
    curves = {"diverged": history.diverged[0], "epochs": history.epochs, "updates": history.updates}
    curves |= {name: values[0].astype(float) for name, values in history.measures.items()}
    has_diverged = np.arange(len(history.updates)) > 0
    diverged = {name: np.where(has_diverged, math.nan, values[0]) for name, values in history.measures.items()}
    return {"an example": curves, "an example that diverges": curves | {"diverged": has_diverged} | diverged}
