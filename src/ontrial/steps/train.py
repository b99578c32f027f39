"""Train the runs of a cell, one per learning rate and seed, in lockstep as a stack, and write its run file."""

import itertools
import sys
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from ontrial import data
from ontrial.nn import Data, History, predict, train
from ontrial.storage import arrow, options, run_files, versions
from ontrial.storage.options import Output
from ontrial.study.cell import CORRECT, DATA_BYTES, PREDICTIONS, Cell


def train_cell(cell: str, runs: Output, code: str | None = None) -> None:
    """Train the stack of a cell and write its run file.

    cell: Settings of the cell as JSON.
    runs: Run file, to write (.parquet).
    code: Digest of the code of this step, which the run file keeps.
    """
    planned = Cell.from_json(cell)
    table = _train_stack(planned, _progress_logger())
    run_files.write(runs, table.replace_schema_metadata(_origin(planned, code)))


def _train_stack(cell: Cell, log: Callable[[float], None]) -> pa.Table:
    """Train the stack of a cell and return the table of its runs.

    log: Function that takes the share of work done.
    """
    chunks = seed_chunks(cell)
    tables = []
    for number, chunk in enumerate(chunks):

        def progress(share: float, number: int = number) -> None:
            log((number + share) / len(chunks))

        learning_rates, seeds = zip(*itertools.product(cell.learning_rates, chunk), strict=True)
        arrays = cell.arrays(chunk)
        recorded = cell.training.predictions
        networks = cell.architecture, cell.recipe, arrays, learning_rates, seeds
        history = train(*networks, keep_weights=recorded, progress=progress)
        table, records = long_table(cell.file_columns, learning_rates, seeds, history), len(history.updates)
        if cell.learns_classes:
            bits = np.packbits(history.correct, axis=1)
            table = table.append_column(CORRECT, arrow.last_of_each(bits, records))
        if recorded:
            predictions = test_predictions(cell, arrays, seeds, history)
            table = table.append_column(PREDICTIONS, arrow.last_of_each(predictions, records))
        tables.append(table)
    return pa.concat_tables(tables)


def _origin(cell: Cell, code: str | None) -> dict[str, str]:
    """Return the origin of a run file, which determines its bytes and is kept in it: cell, data, code, and versions.

    code: Digest of the code of this step.
    """
    settings = {"cell": cell.to_json(), "data": data.checksum(cell.dataset)}
    return versions.current() | settings | ({"code": code} if code else {})


def seed_chunks(cell: Cell) -> list[tuple[int, ...]]:
    """Return the seeds of a cell in chunks whose data fit into DATA_BYTES. Chunks do not change what runs give."""
    size = max(DATA_BYTES // data.bytes_per_seed(cell.dataset, cell.training_sample_count), 1)
    return [cell.seeds[start : start + size] for start in range(0, len(cell.seeds), size)]


def _progress_logger() -> Callable[[float], None]:
    """Return a function that takes the share of work done, from 0 to 1, and logs each tenth."""
    tenth = 0  # to log next

    def log(share: float) -> None:
        nonlocal tenth
        while tenth <= 10 and share >= tenth / 10:
            print(f"{10 * tenth:3} %", file=sys.stderr, flush=True)
            tenth += 1

    return log


def long_table(settings: dict, learning_rates: tuple[float, ...], seeds: tuple[int, ...], history: History) -> pa.Table:
    """Return a table with one row per run and record, which repeats the settings. Missing measurements are null."""
    runs, records = history.diverged.shape
    columns = {name: np.broadcast_to(value, runs * records) for name, value in settings.items()}
    columns["learning_rate"] = np.repeat(np.array(learning_rates, float), records)
    columns["seed"] = np.repeat(np.array(seeds, int), records)
    columns["diverged"] = history.diverged.ravel()
    columns["epochs"] = np.tile(history.epochs, runs)
    columns["updates"] = np.tile(history.updates, runs)
    columns |= {name: values.ravel() for name, values in history.measures.items()}
    return pa.table({name: arrow.column(values) for name, values in columns.items()})


def test_predictions(cell: Cell, arrays: Data, seeds: tuple[int, ...], history: History) -> np.ndarray:
    """Return the predictions of each run for the test samples of its seed, (R, n · n_out). NaN if it has diverged."""
    samples, outputs = arrays.test.y.shape[1:]
    members = np.arange(cell.members)
    predictions = np.empty((len(seeds), samples * outputs), np.float32)
    for seed, X in zip(arrays.seeds, arrays.test.X, strict=True):
        runs = np.flatnonzero(np.array(seeds) == seed)
        networks = (cell.members * runs[:, None] + members).ravel()
        weights = [(W[networks], b[networks]) for W, b in history.weights]
        answers = predict(cell.architecture, weights, X, X.dtype).reshape(len(runs), len(members), -1)
        predictions[runs] = answers.mean(axis=1)
    predictions[history.diverged[:, -1]] = np.nan
    return predictions


if __name__ == "__main__":
    options.run(train_cell)
