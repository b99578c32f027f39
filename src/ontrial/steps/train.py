"""One cell → its run file: every learning rate and seed, trained as a stack."""

import argparse
import itertools
import sys
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from ontrial import data
from ontrial.nn import History, train
from ontrial.storage import arrow, files, run_files
from ontrial.study.cell import Cell

MEMORY = 2**29  # bytes of data at a time


def train_cell(cell_json: str, output: str) -> None:
    """Train the stack of a cell and write its run file."""
    cell = Cell.from_json(cell_json)
    portions, progress, tables = seeds_at_once(cell), tell(), []
    for done, portion in enumerate(portions):
        learning_rates, seeds = zip(*itertools.product(cell.learning_rates, portion), strict=True)
        history = train(
            cell.architecture,
            cell.schedule,
            cell.arrays(portion),
            learning_rates,
            seeds,
            progress=lambda share, done=done: progress((done + share) / len(portions)),
        )
        tables.append(long_table(cell.columns, learning_rates, seeds, history))
    run_files.write(output, pa.concat_tables(tables))


def seeds_at_once(cell: Cell) -> list[tuple[int, ...]]:
    """The seeds of a cell, as many at once as have room for their data. A run is the same, whichever it rides with."""
    size = max(MEMORY // data.bytes_per_seed(cell.dataset), 1)
    return [cell.seeds[start : start + size] for start in range(0, len(cell.seeds), size)]


def tell() -> Callable[[float], None]:
    """Something to call with the share done, 0 to 1, that logs every tenth."""
    tenths = iter(range(11))
    following = next(tenths)

    def progress(share: float) -> None:
        nonlocal following
        while following is not None and share >= following / 10:
            print(f"{10 * following:3} %", file=sys.stderr, flush=True)
            following = next(tenths, None)

    return progress


def long_table(settings: dict, learning_rates: tuple[float, ...], seeds: tuple[int, ...], history: History) -> pa.Table:
    """One row per run and record; every row carries its own settings. What was not measured is null."""
    runs, records = history.diverged.shape
    columns = {name: np.full(runs * records, value) for name, value in settings.items()}
    columns["learning_rate"] = np.repeat(np.array(learning_rates, float), records)
    columns["seed"] = np.repeat(np.array(seeds, int), records)
    columns["diverged"] = history.diverged.ravel()
    columns["epochs"] = np.tile(history.epochs, runs)
    columns["updates"] = np.tile(history.updates, runs)
    columns |= {name: values.ravel() for name, values in history.measures.items()}
    return arrow.table(columns)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cell", dest="cell_json", required=True, help="the cell's settings, as JSON")
    parser.add_argument("--output", required=True, help="the run file to write (.parquet)")
    files.run(train_cell, parser)
