"""Measure what optimisers and other settings cost: the time of an update over that of plain gradient descent.

Writes a table (.csv) with one row per network, batch size and setting. Within a cell, all settings are timed in turn,
several times, on one thread, and the median of the ratios counts.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import threadpoolctl

from benchmarks import work
from benchmarks.contestants.ontrial import prepare
from benchmarks.work import Trainer
from ontrial.storage import files, machine, process
from ontrial.storage.versions import blas_kernel

NETWORKS = (64, 32, 32, 10), (784, 64, 64, 10)
BATCH_SIZES = (1, 8, 32, 128)
RUNS = 48
PLAIN = "sgd"
RECIPES: dict[str, dict[str, Any]] = {
    PLAIN: {},
    "momentum": {"optimiser": "momentum"},
    "nesterov": {"optimiser": "nesterov"},
    "adam": {"optimiser": "adam"},
    "weight_decay": {"weight_decay": 0.1},
    "clip_norm": {"clip_norm": 1.0},
    "dropout": {"dropout": 0.5},
    "label_smoothing": {"label_smoothing": 0.1},
    "schedule": {"schedule": "cosine"},
}
MANY = 10**7  # updates of a schedule: more than are timed


class Row(NamedTuple):
    """What a setting costs in a cell: microseconds per update and network, and how many times as long as with PLAIN.

    low, high: The smallest and the largest ratio over the repetitions.
    """

    network: str
    batch_size: int
    runs: int
    recipe: str
    microseconds: float
    ratio: float
    low: float
    high: float


def measure(output: str, repeats: int, seconds: float) -> None:
    """Time all cells, write the table and print it."""
    with threadpoolctl.threadpool_limits(1):
        rows = [row for layers in NETWORKS for size in BATCH_SIZES for row in time_cell(layers, size, repeats, seconds)]
    table = pd.DataFrame(rows).assign(
        repeats=repeats,
        commit=machine.git("rev-parse", "HEAD"),
        processor=machine.processor_name(),
        blas_kernel=blas_kernel(),
        numpy=np.__version__,
    )
    files.write_text(output, table.to_csv(index=False, float_format="%.4g"))
    print(table.pivot(index=["network", "recipe"], columns="batch_size", values="ratio").round(2).to_string())


def time_cell(layers: tuple[int, ...], batch_size: int, repeats: int, seconds: float) -> Iterator[Row]:
    """Yield a row for each recipe.

    seconds: Approximate duration of each measurement.
    """
    task = work.make_work(layers, batch_size, RUNS)
    trainers = {
        name: prepare(replace(task.copy(), settings={"updates": MANY, **settings}))
        for name, settings in RECIPES.items()
    }
    rounds = {name: rounds_for(trainer, seconds) for name, trainer in trainers.items()}
    order = np.random.default_rng(0)
    times: dict[str, list[float]] = {name: [] for name in trainers}
    for _ in range(repeats):
        for name in order.permutation(list(trainers)):
            spent = duration(trainers[name], rounds[name])
            times[name].append(1e6 * spent / (rounds[name] * task.updates * RUNS))
    for name, microseconds in times.items():
        ratios = np.array(microseconds) / times[PLAIN]
        summary = np.median(microseconds), np.median(ratios), ratios.min(), ratios.max()
        yield Row(work.network_name(layers), batch_size, RUNS, name, *map(float, summary))


def rounds_for(trainer: Trainer, seconds: float) -> int:
    """Return how many rounds take about this many seconds, after a few that are not timed."""
    trainer.train(2)
    return max(1, round(5 * seconds / duration(trainer, 5)))


def duration(trainer: Trainer, rounds: int) -> float:
    """Return the seconds that a number of rounds takes."""
    start = time.perf_counter()
    trainer.train(rounds)
    return time.perf_counter() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.recipes",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--output", default="results/benchmark/recipes.csv", help="default: %(default)s")
    parser.add_argument("--repeats", type=int, default=9, help="default: %(default)s")
    parser.add_argument("--seconds", type=float, default=0.2, help="of a measurement (default: %(default)s)")
    process.run(measure, parser)
