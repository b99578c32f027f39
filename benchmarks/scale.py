"""Measure how the workflow scales: time and memory to plan, run, collect and explore studies of more and more cells.

Writes a tidy table (.csv) with one row per part, state and size. Other rows of an existing table are kept.
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
from ontrial.storage import files, process, shipped, workflow
from ontrial.storage.machine import environment, git, processor_name
from ontrial.study.cell import Cell
from ontrial.study.configuration import parse
from ontrial.study.study import Study

SIDE = 100  # largest number of batch sizes: larger studies also vary the width of the hidden layer
COLUMNS = [
    *("part", "state", "cells", "runs", "records", "wall_seconds", "cpu_seconds", "memory_mb"),
    *("commit", "processor", "cores", "python", "snakemake", "pyarrow"),
]
KEY = COLUMNS[:3]  # one row for each value
ONE_RUN = {"learning_rates": [0.1], "seeds": {"descriptive": {"from": 1, "to": 1}}}
HUNDRED_RUNS = {
    "learning_rates": {"powers_of_two": {"from": -9, "to": 0}},
    "seeds": {"confirmatory": {"from": 101, "to": 110}},
}
MEASURES = [f"{part}_{kind}" for kind in ("loss", "accuracy") for part in ("train", "validation", "test")]


class Usage(NamedTuple):
    """Wall and CPU seconds of a process and its children, and the peak memory of the largest of them, in MB."""

    wall_seconds: float
    cpu_seconds: float
    memory_mb: float


def configuration(cells: int, **settings: object) -> dict:
    """Return a study with this number of cells (above SIDE, the next lower multiple) and almost no training."""
    widths, batch_sizes = max(1, cells // SIDE), min(cells, SIDE)
    grid = {
        "purpose": "Measure how the workflow grows.",
        "dataset": ["xor"],
        "hidden": [[width] for width in range(1, widths + 1)],
        "activation": ["relu"],
        "initialisation": ["own"],
        "objective": ["softmax+cross_entropy"],
        "batch_size": list(range(1, batch_sizes + 1)),
        "budget": {"updates": 1},
        "record": 1,
    }
    return {"study": "scale", "may_take_hours": True, "experiments": {"grid": grid | settings}}


# The parts: each takes an empty folder and a number of cells, and returns the study and the usage of its process. -----


def plan(folder: Path, cells: int) -> tuple[Study, Usage]:
    """Do a dry run of the whole workflow."""
    return run_snakemake(folder, cells, "--dry-run")


def run(folder: Path, cells: int) -> tuple[Study, Usage]:
    """Train every cell, with one run and one update each, and collect the runs."""
    return run_snakemake(folder, cells, "collect")


def run_snakemake(folder: Path, cells: int, *arguments: str) -> tuple[Study, Usage]:
    """Run Snakemake on a study with one run per cell."""
    study = parse(configuration(cells, **ONE_RUN))
    (folder / "scale.yaml").write_text(study.to_json(), encoding="utf-8")
    options = ("--snakefile", str(shipped.SNAKEFILE), "--cores", "all", "--quiet")
    return study, run_command(workflow.command("scale.yaml", *arguments, *options), folder)


def collect(folder: Path, cells: int) -> tuple[Study, Usage]:
    """Collect run files with 100 runs each."""
    study = write_random_study(folder, cells)
    outputs = {
        "runs": "runs.parquet",
        "csv": "runs.csv",
        "records": "records.parquet",
        "correct": "correct.parquet",
        "versions-of-runs": "versions.json",
    }
    tables = [text for name, file in outputs.items() for text in (f"--{name}", file)]
    return study, run_step("collect", tables, folder)


def explore(folder: Path, cells: int) -> tuple[Study, Usage]:
    """Summarise records collected from run files with 100 runs each for the explorer."""
    study, _ = collect(folder, cells)
    return study, run_step("explore", ["--records", "records.parquet", "--folder", "explorer"], folder)


def run_step(name: str, words: list[str], folder: Path) -> Usage:
    """Run a single step."""
    return run_command([sys.executable, "-m", f"ontrial.steps.{name}", "--study", "study.json", *words], folder)


PARTS: dict[str, tuple[Callable, tuple[int, ...]]] = {
    "plan": (plan, (100, 1_000, 10_000, 100_000)),
    "run": (run, (100, 1_000)),
    "collect": (collect, (100, 1_000, 10_000, 100_000)),
    "explore": (explore, (100, 1_000, 10_000, 100_000)),
}


def run_command(command: list[str | Path], folder: Path) -> Usage:
    """Run a command in a folder and return its usage. Raises InputError with the end of its log if it fails."""
    start = time.perf_counter()
    with open(folder / "log", "w+", encoding="utf-8") as log:
        child = subprocess.Popen(command, cwd=folder, env=environment(), stdout=log, stderr=log)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            log.seek(0)
            raise InputError(f"{' '.join(map(str, command))} failed:\n{log.read()[-2000:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Usage(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6)


# Run files with random numbers ----------------------------------------------------------------------------------------


def write_random_study(folder: Path, cells: int) -> Study:
    """Write the plan of a study and, for each of its cells, a run file with random numbers."""
    study = parse(configuration(cells, **HUNDRED_RUNS))
    files.write_text(folder / "study.json", study.to_json() + "\n")
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(write_random_runs, [folder] * len(study.cells), study.cells.values(), chunksize=50))
    return study


def write_random_runs(folder: Path, cell: Cell) -> None:
    """Write the file that training a cell would write, with random numbers."""
    # Imported in child processes only, because the memory of the parent would count as that of the measured commands.
    from ontrial.steps.train import long_table
    from ontrial.storage import run_files

    updates = np.array(cell.recipe.recorded_updates(cell.training_sample_count))
    rates, seeds = zip(*itertools.product(cell.learning_rates, cell.seeds), strict=True)
    random = np.random.default_rng(zlib.crc32(cell.path.encode()))
    values = random.random((len(MEASURES), len(seeds), len(updates)), np.float32)
    history = History(
        updates=updates,
        epochs=updates * cell.batch_sample_count / cell.training_sample_count,
        measures=dict(zip(MEASURES, values, strict=True)),
        diverged=np.zeros(values.shape[1:], bool),
        correct=np.zeros((len(seeds), 0), bool),
        weights=[],
    )
    run_files.write(folder / f"runs/{cell.path}.parquet", long_table(cell.file_columns, rates, seeds, history))


# The table ------------------------------------------------------------------------------------------------------------


def measure(output: str, parts: list[str], most: int, state: str) -> None:
    """Measure the parts at every size up to `most` cells. Each row is written as soon as it is measured."""
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
                study, usage = function(Path(folder), cells)
            numbers = {name: round(value, 2) for name, value in usage._asdict().items()}
            row = {"part": part, "state": state, "cells": cells, "runs": study.runs, "records": count_records(study)}
            update_table(path, row | numbers | machine)
            print(f"{part}, {cells:,} cells: {numbers}", file=sys.stderr, flush=True)


def count_records(study: Study) -> int:
    """Return the number of rows in the table of all records."""
    cell = next(iter(study.cells.values()))
    return study.runs * len(cell.recipe.recorded_updates(cell.training_sample_count))


def update_table(path: Path, row: dict) -> None:
    """Add a row to the table, or replace the row with the same key."""
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) if path.exists() else []
    key = [str(row[name]) for name in KEY]
    rows = [other for other in rows if [other[name] for name in KEY] != key]
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows([*rows, row])
    files.write_text(path, text.getvalue())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__.split("\n")[0])
    parser.add_argument("--output", default="results/benchmark/scale.csv", help="table to add rows to (%(default)s)")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART",
                        help=f"some of: {', '.join(PARTS)}")  # fmt: skip
    parser.add_argument("--most", type=int, default=100_000, help="largest number of cells to measure (%(default)s)")
    parser.add_argument(
        "--state", default="now", help="name of the state of the code, such as now or before (%(default)s)"
    )
    process.run(measure, parser)
