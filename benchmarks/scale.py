"""How the workflow grows: time and memory to plan, run, collect and explore studies of ever more cells.

Writes a tidy table (.csv), one row a part and size; rows that it has from elsewhere and before stay.
"""

import argparse
import csv
import io
import itertools
import multiprocessing
import os
import platform
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ontrial.errors import InputError
from ontrial.nn import History
from ontrial.storage import files, shipped
from ontrial.storage.machine import environment, git, processor_name
from ontrial.study.cell import Cell
from ontrial.study.configuration import from_mapping
from ontrial.study.study import Study

SIDE = 100  # batch sizes at most: more cells are more layers
COLUMNS = [
    *("part", "state", "cells", "runs", "records", "wall_seconds", "cpu_seconds", "memory_mb"),
    *("commit", "processor", "cores", "python", "snakemake", "pyarrow"),
]
KEY = COLUMNS[:3]  # one row each
ONE_RUN = {"learning_rates": [0.1], "seeds": {"descriptive": {"from": 1, "to": 1}}}
HUNDRED_RUNS = {
    "learning_rates": {"powers_of_two": {"from": -9, "to": 0}},
    "seeds": {"tuning": {"from": 1, "to": 5}, "confirmatory": {"from": 101, "to": 105}},
}
MEASURES = [f"{part}_{kind}" for kind in ("loss", "accuracy") for part in ("train", "validation", "test")]


class Spent(NamedTuple):
    """Seconds by the clock and of the processor, of a process and its children; the most megabytes that one held."""

    wall_seconds: float
    cpu_seconds: float
    memory_mb: float


def configuration(cells: int, **settings: object) -> dict:
    """A study of so many cells, a whole number of times SIDE if more than that, each with next to no training."""
    layers, batch_sizes = max(1, cells // SIDE), min(cells, SIDE)
    grid = {
        "purpose": "Measure how the workflow grows.",
        "dataset": ["xor"],
        "hidden": [[width] for width in range(1, layers + 1)],
        "activation": ["relu"],
        "initialisation": ["own"],
        "objective": ["softmax+cross_entropy"],
        "batch_size": list(range(1, batch_sizes + 1)),
        "budget": {"updates": 1},
        "record": 1,
    }
    return {"study": "scale", "experiments": {"grid": grid | settings}}


# The parts: given an empty folder and a number of cells, each says what its process spent. ----------------------------


def plan(folder: Path, cells: int) -> tuple[Study, Spent]:
    """A dry run of the whole workflow."""
    return snakemake(folder, cells, "--dry-run")


def run(folder: Path, cells: int) -> tuple[Study, Spent]:
    """Train every cell, one run and one update each, and collect them."""
    return snakemake(folder, cells, "collect")


def snakemake(folder: Path, cells: int, *asked: str) -> tuple[Study, Spent]:
    """Call Snakemake on a study of one run a cell."""
    made = from_mapping(configuration(cells, **ONE_RUN))
    (folder / "scale.yaml").write_text(made.to_json(), encoding="utf-8")
    words = [*asked, "--snakefile", shipped.SNAKEFILE, "--cores", "all", "--quiet", "--config", "study=scale.yaml"]
    return made, spent([sys.executable, "-m", "snakemake", *words], folder)


def collect(folder: Path, cells: int) -> tuple[Study, Spent]:
    """Collect run files of a hundred runs each."""
    made = write_cells(folder, cells)
    tables = ["--runs", "runs.parquet", "--csv", "runs.csv", "--records", "records.parquet"]
    return made, step("collect", tables, folder)


def explore(folder: Path, cells: int) -> tuple[Study, Spent]:
    """Sum up for the explorer what was collected from run files of a hundred runs each."""
    made, _ = collect(folder, cells)
    tables = ["--runs", "runs.parquet", "--records", "records.parquet", "--folder", "explorer"]
    return made, step("explore", tables, folder)


def step(name: str, words: list[str], folder: Path) -> Spent:
    """Call a step by itself."""
    return spent([sys.executable, "-m", f"ontrial.steps.{name}", "--study", "study.json", *words], folder)


PARTS: dict[str, tuple[Callable, tuple[int, ...]]] = {
    "plan": (plan, (100, 1_000, 10_000, 100_000)),
    "run": (run, (100, 1_000)),
    "collect": (collect, (100, 1_000, 10_000)),
    "explore": (explore, (100, 1_000, 10_000)),
}


def spent(command: list[str | Path], folder: Path) -> Spent:
    """What a command spends in a folder; InputError with the end of its log if it fails."""
    began = time.perf_counter()
    with open(folder / "log", "w+", encoding="utf-8") as log:
        child = subprocess.Popen(command, cwd=folder, env=environment(), stdout=log, stderr=log)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            log.seek(0)
            raise InputError(f"{' '.join(map(str, command))} failed:\n{log.read()[-2000:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Spent(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6)


# Run files that nobody trained ----------------------------------------------------------------------------------------


def write_cells(folder: Path, cells: int) -> Study:
    """Write the plan of a study and a run file for each of its cells, with numbers that were drawn."""
    made = from_mapping(configuration(cells, **HUNDRED_RUNS))
    files.write_text(folder / "study.json", made.to_json() + "\n")
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(run_file, [folder] * len(made.cells), made.cells.values(), chunksize=50))
    return made


def run_file(folder: Path, cell: Cell) -> None:
    """Write the file that training a cell would write, but for the numbers in it."""
    from ontrial.steps.train import long_table
    from ontrial.storage import (
        run_files,  # with their libraries in children alone: what the parent holds counts as theirs
    )

    updates = np.array(cell.schedule.recorded_updates(cell.train_samples))
    rates, seeds = zip(*itertools.product(cell.learning_rates, cell.seeds), strict=True)
    random = np.random.default_rng(zlib.crc32(cell.path.encode()))
    drawn = random.random((len(MEASURES), len(seeds), len(updates)), np.float32)
    history = History(
        updates=updates,
        epochs=updates * cell.batch_samples / cell.train_samples,
        measures=dict(zip(MEASURES, drawn, strict=True)),
        diverged=np.zeros(drawn.shape[1:], bool),
        weights=[],
    )
    run_files.write(folder / f"runs/{cell.path}.parquet", long_table(cell.columns, rates, seeds, history))


# The table ------------------------------------------------------------------------------------------------------------


def measure(output: str, parts: list[str], most: int, state: str) -> None:
    """Measure the parts at every size up to `most` cells, and write each row as soon as it is there."""
    path = Path(output)
    machine = {
        "commit": git("rev-parse", "HEAD"),
        "processor": processor_name(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **{package: version(package) for package in ("snakemake", "pyarrow")},
    }
    for part in parts:
        function, sizes = PARTS[part]
        for cells in (size for size in sizes if size <= most):
            with tempfile.TemporaryDirectory(prefix="ontrial-scale-") as folder:
                made, found = function(Path(folder), cells)
            told = {name: round(value, 2) for name, value in found._asdict().items()}
            row = {"part": part, "state": state, "cells": cells, "runs": made.runs, "records": records(made)} | told
            add(path, row | machine)
            print(f"{part}, {cells:,} cells: {told}", file=sys.stderr, flush=True)


def records(made: Study) -> int:
    """How many rows the table of all records has."""
    cell = next(iter(made.cells.values()))
    return made.runs * len(cell.schedule.recorded_updates(cell.train_samples))


def add(path: Path, row: dict) -> None:
    """Put a row into the table, in the place of the one that was measured before."""
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) if path.exists() else []
    own = [str(row[name]) for name in KEY]
    rows = [other for other in rows if [other[name] for name in KEY] != own]
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows([*rows, row])
    files.write_text(path, text.getvalue())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__.split("\n")[0])
    parser.add_argument("--output", default="results/benchmark/scale.csv", help="table to add to (%(default)s)")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART",
                        help=f"some of: {', '.join(PARTS)}")  # fmt: skip
    parser.add_argument("--most", type=int, default=100_000, help="cells: larger studies are left out")
    parser.add_argument("--state", default="now", help="what to call these rows (%(default)s)")
    files.run(measure, parser)
