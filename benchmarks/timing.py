"""Cells of the grid → rows of the table: all contestants of a cell are timed in turn, several times over."""

import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import psutil

from benchmarks import work, worker
from benchmarks.contestants import CONTESTANTS, ENGINE
from benchmarks.contestants.ontrial import blocks
from benchmarks.worker import Worker

LARGEST = 1e11  # operations of one update of a stack, about a second: larger cells are left out
SLOW, TIMES_SLOW = 1.0, 3  # a measurement of over a second is repeated three times only
SHARE = 0.8  # of the free memory that may be used


@dataclass(frozen=True)
class Plan:
    """What to time. cells: (part, layers, batch size, numbers of networks). seconds: of one measurement.
    clock: one of CLOCKS."""

    cells: list[tuple[str, tuple[int, ...], int, tuple[int, ...]]]
    memory: list[tuple[tuple[int, ...], int, int]]
    repeats: int
    seconds: float
    clock: str


def grid(networks: dict[tuple[int, ...], int], batch_sizes: Iterable[int], runs: Iterable[int]) -> Iterator[tuple]:
    """Cells of a grid. networks: layers → the smallest batch to try."""
    for layers, smallest in networks.items():
        yield from (("grid", layers, size, tuple(runs)) for size in batch_sizes if size >= smallest)


def rows(plan: Plan, workers: dict[str, Worker], peak: list[float]) -> Iterator[dict[str, Any]]:
    """Rows of all cells. `peak` receives what matrix products reach, measured between the contestants."""
    began = time.perf_counter()
    with Worker(plan.clock) as products:
        for number, (part, layers, batch_size, runs) in enumerate(plan.cells, start=1):
            fitting = [R for R in runs if fits(layers, batch_size, R, len(workers))]
            found = cell(plan, workers, products, layers, batch_size, fitting, peak) if fitting else []
            minutes = (time.perf_counter() - began) / 60
            say(f"{number}/{len(plan.cells)}  {minutes:.1f} min  {work.text(layers)}, B = {batch_size}: {told(found)}")
            yield from ({"part": part, **row} for row in found)


def cell(
    plan: Plan,
    workers: dict[str, Worker],
    products: Worker,
    layers: tuple[int, ...],
    batch_size: int,
    runs: list[int],
    peak: list[float],
) -> list[dict[str, Any]]:
    """Rows of a cell: the contestants that train a stack at every R, the others at one network and scaled."""
    entrants = [(name, R) for name in workers for R in (runs if CONTESTANTS[name].stacked else [1])]
    ready = {
        (name, R): workers[name].call(worker.prepare, name, layers, batch_size, R, plan.seconds) for name, R in entrants
    }
    spent: dict[tuple[str, int], list[float]] = {entrant: [] for entrant in entrants}
    order = np.random.default_rng(0)
    for R in runs:
        if (parts := len(blocks(layers, batch_size, R))) > 1:
            say(f"{work.text(layers)}, B = {batch_size}: {ENGINE} trains {R} networks in {parts} blocks.")
    for repeat in range(plan.repeats):
        peak.append(products.call(worker.matrix_product))
        for i in order.permutation(len(entrants)):
            name, R = entrant = entrants[i]
            if repeat < TIMES_SLOW or spent[entrant][-1] < SLOW:
                spent[entrant].append(workers[name].call(worker.seconds, R, ready[entrant][0]))
    for child in workers.values():
        child.call(worker.forget)
    found = []
    for (name, timed_runs), times in spent.items():
        rounds, warm_up = ready[name, timed_runs]
        updates = rounds * timed_runs * work.updates_of_a_round(layers, batch_size, timed_runs)
        micro = 1e6 * np.array(times) / updates
        measured = {
            "timed_runs": timed_runs,
            "microseconds": float(np.median(micro)),
            "fastest": micro.min(),
            "slowest": micro.max(),
            "repeats": len(micro),
            "warm_up_seconds": warm_up,
            "gflops": work.operations(layers, batch_size) / float(np.median(micro)) / 1e3,
        }
        for R in [timed_runs] if CONTESTANTS[name].stacked else runs:
            found.append(
                {"network": work.text(layers), "batch_size": batch_size, "runs": R, "contestant": name} | measured
            )
    return found


def memory_rows(plan: Plan, names: list[str]) -> Iterator[dict[str, Any]]:
    """Peak memory of each contestant at each of the plan's points, in a process of its own."""
    for layers, batch_size, runs in plan.memory:
        for name in names:
            timed_runs = runs if CONTESTANTS[name].stacked else 1
            with Worker() as child:
                idle, most = child.call(worker.memory, name, layers, batch_size, timed_runs)
            yield {
                "part": "memory",
                "network": work.text(layers),
                "batch_size": batch_size,
                "runs": runs,
                "contestant": name,
                "timed_runs": timed_runs,
                "memory_idle_mb": idle,
                "memory_mb": most,
            }


def fits(layers: tuple[int, ...], batch_size: int, runs: int, contestants: int) -> bool:
    """Whether a cell is small enough for the time and the memory that there is; says so if it isn't."""
    name = f"{work.text(layers)}, B = {batch_size}, R = {runs}"
    if (operations := runs * work.operations(layers, batch_size)) > LARGEST:
        say(
            f"{name}: one update is {operations / 1e9:.0f} billion operations, more than {LARGEST / 1e9:.0f}: left out."
        )
        return False
    needed, free = contestants * work.bytes_needed(layers, batch_size, runs), psutil.virtual_memory().available
    if needed > SHARE * free:
        say(
            f"{name}: needs about {needed / 1e9:.1f} GB for {contestants} contestants, and of the {free / 1e9:.1f} GB"
            f" that are free {SHARE:.0%} may be used: left out. Ask for fewer networks with --runs."
        )
        return False
    return True


def told(found: list[dict[str, Any]]) -> str:
    """One line of a cell: microseconds of every contestant at the largest R."""
    if not found:
        return "nothing to time"
    largest = max(row["runs"] for row in found)
    parts = [f"{row['contestant']} {row['microseconds']:.3g}" for row in found if row["runs"] == largest]
    return f"R = {largest}, microseconds: " + ", ".join(parts)


def say(line: str) -> None:
    """A line of the log."""
    print(line, file=sys.stderr, flush=True)
