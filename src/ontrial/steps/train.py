"""One cell → its run file: every learning rate and seed, trained as a stack."""

import argparse
import itertools
import sys
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from ontrial import data
from ontrial.nn import Architecture, History, Schedule, train
from ontrial.steps import files, runfiles
from ontrial.study import Cell


def train_cell(cell_json: str, output: str) -> None:
    """Train the stack of a cell and write its run file."""
    cell = Cell.from_json(cell_json)
    sizes = data.sizes(cell.dataset)
    batch_size = sizes.train if cell.batch_size == "full" else cell.batch_size
    architecture = Architecture(
        layers=(sizes.features, *cell.hidden, data.outputs(cell.dataset, cell.output)),
        activation=cell.activation,
        output=cell.output,
        loss=cell.loss,
        initialisation=cell.initialisation,
    )
    schedule = Schedule(
        batch_size=batch_size,
        epochs=cell.epochs,
        updates=cell.updates,
        momentum=cell.momentum,
        l2=cell.l2,
        record=cell.record,
        probes=cell.probes,
    )
    learning_rates, seeds = zip(*itertools.product(cell.learning_rates, cell.seeds), strict=True)
    history = train(
        architecture,
        schedule,
        data.arrays(cell.dataset, cell.seeds, cell.output),
        learning_rates,
        seeds,
        progress=tell(),
    )
    settings = {
        "experiment": cell.experiment,
        "dataset": cell.dataset,
        "hidden": "-".join(map(str, cell.hidden)) or "none",
        "activation": cell.activation,
        "initialisation": cell.initialisation,
        "output": cell.output,
        "loss": cell.loss,
        "batch_size": batch_size,
    }
    runfiles.write(output, long_table(settings, learning_rates, seeds, history))


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
    columns = {name: [value] * (runs * records) for name, value in settings.items()}
    columns["learning_rate"] = np.repeat(np.array(learning_rates, float), records)
    columns["seed"] = np.repeat(np.array(seeds, int), records)
    columns["diverged"] = history.diverged.ravel()
    columns["epochs"] = np.tile(history.epochs, runs)
    columns["updates"] = np.tile(history.updates, runs)
    columns |= {name: pa.array(values.ravel(), from_pandas=True) for name, values in history.measures.items()}
    return pa.table(columns)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cell", dest="cell_json", required=True, help="the cell's settings, as JSON")
    parser.add_argument("--output", required=True, help="the run file to write (.parquet)")
    files.run(train_cell, parser)
