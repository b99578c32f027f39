"""Train the runs of a cell, one per learning rate and seed, in lockstep as a stack, and write its run file."""

import itertools
import sys
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from ontrial import data
from ontrial.nn import History, train
from ontrial.storage import arrow, options, run_files, versions
from ontrial.storage.options import Output
from ontrial.study.cell import DATA_BYTES, Cell


def train_cell(cell: str, runs: Output) -> None:
    """Train the stack of a cell and write its run file.

    cell: Settings of the cell as JSON.
    runs: Run file, to write (.parquet).
    """
    planned = Cell.from_json(cell)
    chunks = seed_chunks(planned)
    log = progress_logger()
    tables = []
    for number, chunk in enumerate(chunks):

        def progress(share: float, number: int = number) -> None:
            log((number + share) / len(chunks))

        learning_rates, seeds = zip(*itertools.product(planned.learning_rates, chunk), strict=True)
        arrays = planned.arrays(chunk)
        history = train(
            planned.architecture, planned.schedule, arrays, learning_rates, seeds, keep_weights=False, progress=progress
        )
        tables.append(long_table(planned.columns, learning_rates, seeds, history))
    run_files.write(runs, pa.concat_tables(tables).replace_schema_metadata(versions.current()))


def seed_chunks(cell: Cell) -> list[tuple[int, ...]]:
    """Return the seeds of a cell in chunks whose data fit into DATA_BYTES. Chunks do not change what runs give."""
    size = max(DATA_BYTES // data.bytes_per_seed(cell.dataset, cell.training_sample_count), 1)
    return [cell.seeds[start : start + size] for start in range(0, len(cell.seeds), size)]


def progress_logger() -> Callable[[float], None]:
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
    return arrow.from_columns(columns)


if __name__ == "__main__":
    options.run(train_cell)
