"""Time the cells of the benchmark. All contestants of a cell are timed in turn, several times."""

import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import psutil

from benchmarks import work, worker
from benchmarks.contestants import CONTESTANTS, ENGINE
from benchmarks.contestants.ontrial import split_runs
from benchmarks.work import Rates
from benchmarks.worker import Worker

MAX_OPERATIONS = 1e11  # of one update of a stack, about a second: larger cells are skipped
SLOW, SLOW_REPEATS = 1.0, 3  # measurements of a second or more are done only three times
MEMORY_SHARE = 0.8  # of the free memory that the benchmark may use


@dataclass(frozen=True)
class Plan:
    """A plan of what to time.

    cells: Cells to time: part, layers, batch size, numbers of networks.
    memory: Cells whose memory is measured: layers, batch size, number of networks.
    seconds: Target duration of one measurement.
    clock: One of CLOCKS.
    """

    cells: list[tuple[str, tuple[int, ...], int, tuple[int, ...]]]
    memory: list[tuple[tuple[int, ...], int, int]]
    repeats: int
    seconds: float
    clock: str


def grid(networks: dict[tuple[int, ...], int], batch_sizes: Iterable[int], runs: Iterable[int]) -> Iterator[tuple]:
    """Yield the cells of a grid.

    networks: Smallest batch size to time, by layers.
    """
    for layers, smallest in networks.items():
        yield from (("grid", layers, size, tuple(runs)) for size in batch_sizes if size >= smallest)


def time_cells(plan: Plan, workers: dict[str, Worker], rates: list[Rates]) -> Iterator[dict[str, Any]]:
    """Yield the rows of all cells, and append the highest rates, measured between the contestants, to `rates`."""
    start = time.perf_counter()
    with Worker(plan.clock) as rates_worker:
        for number, (part, layers, batch_size, runs) in enumerate(plan.cells, start=1):
            fitting = [R for R in runs if fits(layers, batch_size, R, len(workers))]
            rows = time_cell(plan, workers, rates_worker, layers, batch_size, fitting, rates) if fitting else []
            minutes = (time.perf_counter() - start) / 60
            cell = f"{work.network_name(layers)}, B = {batch_size}"
            log(f"{number}/{len(plan.cells)}  {minutes:.1f} min  {cell}: {summarise(rows)}")
            yield from ({"part": part, **row} for row in rows)


def time_cell(
    plan: Plan,
    workers: dict[str, Worker],
    rates_worker: Worker,
    layers: tuple[int, ...],
    batch_size: int,
    runs: list[int],
    rates: list[Rates],
) -> list[dict[str, Any]]:
    """Return the rows of a cell: one per contestant and number R of networks.

    Contestants that train stacks are timed at every R. The others are timed with one network, which stands for every R.
    """
    entrants = [(name, R) for name in workers for R in (runs if CONTESTANTS[name].stacked else [1])]
    prepared = {
        (name, R): workers[name].call(worker.prepare, name, layers, batch_size, R, plan.seconds) for name, R in entrants
    }
    times: dict[tuple[str, int], list[float]] = {entrant: [] for entrant in entrants}
    random = np.random.default_rng(0)
    for R in runs:
        blocks = len(split_runs(layers, batch_size, R))
        if blocks > 1:
            log(f"{work.network_name(layers)}, B = {batch_size}: {ENGINE} trains {R} networks in {blocks} blocks.")
    for repeat in range(plan.repeats):
        rates.append(rates_worker.call(worker.measure_rates))
        for i in random.permutation(len(entrants)):
            name, R = entrant = entrants[i]
            if repeat < SLOW_REPEATS or times[entrant][-1] < SLOW:
                rounds, _ = prepared[entrant]
                times[entrant].append(workers[name].call(worker.time_rounds, R, rounds))
    for child in workers.values():
        child.call(worker.discard_trainers)
    rows = []
    for (name, timed_runs), seconds in times.items():
        rounds, warm_up = prepared[name, timed_runs]
        updates = rounds * timed_runs * work.updates_per_round(layers, batch_size, timed_runs)
        microseconds = 1e6 * np.array(seconds) / updates
        median = float(np.median(microseconds))
        measures = {
            "timed_runs": timed_runs,
            "microseconds": median,
            "fastest": microseconds.min(),
            "slowest": microseconds.max(),
            "repeats": len(microseconds),
            "warm_up_seconds": warm_up,
            "gflops": work.operations(layers, batch_size) / median / 1e3,
        }
        for R in [timed_runs] if CONTESTANTS[name].stacked else runs:
            cell = {"network": work.network_name(layers), "batch_size": batch_size, "runs": R, "contestant": name}
            rows.append(cell | measures)
    return rows


def measure_memory(plan: Plan, names: list[str]) -> Iterator[dict[str, Any]]:
    """Yield rows with the peak memory of each contestant in the plan's memory cells, each in a new process."""
    for layers, batch_size, runs in plan.memory:
        for name in names:
            timed_runs = runs if CONTESTANTS[name].stacked else 1
            with Worker() as child:
                idle, peak = child.call(worker.measure_memory, name, layers, batch_size, timed_runs)
            yield {
                "part": "memory",
                "network": work.network_name(layers),
                "batch_size": batch_size,
                "runs": runs,
                "contestant": name,
                "timed_runs": timed_runs,
                "memory_idle_mb": idle,
                "memory_mb": peak,
            }


def fits(layers: tuple[int, ...], batch_size: int, runs: int, contestants: int) -> bool:
    """Return whether a cell is small enough for the time limit and the free memory. Log the reason if it is not."""
    name = f"{work.network_name(layers)}, B = {batch_size}, R = {runs}"
    operations = runs * work.operations(layers, batch_size)
    if operations > MAX_OPERATIONS:
        limit = f"more than {MAX_OPERATIONS / 1e9:.0f} billion"
        log(f"{name}: skipped, because one update takes {operations / 1e9:.0f} billion operations, {limit}.")
        return False
    needed = contestants * work.bytes_needed(layers, batch_size, runs)
    free = psutil.virtual_memory().available
    if needed > MEMORY_SHARE * free:
        log(
            f"{name}: skipped, because {contestants} contestants need about {needed / 1e9:.1f} GB, more than "
            f"{MEMORY_SHARE:.0%} of the {free / 1e9:.1f} GB that are free. Ask for fewer networks with --runs."
        )
        return False
    return True


def summarise(rows: list[dict[str, Any]]) -> str:
    """Return one line for a cell: microseconds of every contestant at the largest R."""
    if not rows:
        return "nothing to time"
    largest = max(row["runs"] for row in rows)
    parts = [f"{row['contestant']} {row['microseconds']:.3g}" for row in rows if row["runs"] == largest]
    return f"R = {largest}, microseconds: " + ", ".join(parts)


def log(line: str) -> None:
    """Print a line to the log."""
    print(line, file=sys.stderr, flush=True)
