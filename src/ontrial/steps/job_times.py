"""Add up how long the jobs of a study ran, from the benchmark files of Snakemake.

Times differ from run to run, so nothing deterministic depends on the output. Jobs that run after this one are included
only if the study has been run before.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ontrial.nn import Network, train
from ontrial.nn.probes import evaluate
from ontrial.nn.samples import Pool, make_pools
from ontrial.report.summaries.rules import RULES
from ontrial.storage import files
from ontrial.study.cell import Cell
from ontrial.study.study import load_study

PAUSE = 10  # seconds; a longer gap between jobs is a pause between two runs of the workflow
NETWORKS = 16  # evaluated at the same time to measure the cost of evaluation
STARTS = 3  # of an interpreter; the fastest counts


class Job(NamedTuple):
    """A job: its rule, its end in seconds since 1970, its duration in seconds, and the path of the cell it trains."""

    rule: str
    end: float
    seconds: float
    cell: str = ""


def write_times(study_file: str, output: str) -> None:
    """Write how long the jobs of a study ran, by rule."""
    study = load_study(study_file)
    cells = study.cells | study.later_cells
    jobs = read_jobs(cells, Path(study_file).parent / "benchmarks")
    spent = {rule: [job.seconds for job in jobs if job.rule == rule] for rule in RULES}
    trained = {job.cell: cells[job.cell] for job in jobs if job.cell}
    is_complete = study.cells.keys() <= trained.keys()
    elapsed, between = span(job for job in jobs if RULES[job.rule].phase != "report")
    record = {
        "cores": os.cpu_count(),
        "elapsed": round(elapsed, 2),
        "between_jobs": round(between, 2),
        "rules": {rule: {"jobs": len(s), "seconds": round(sum(s), 2)} for rule, s in spent.items() if s},
        "train": inside_training(trained.values(), sum(spent["train"])) if is_complete else {},
    }
    files.write_text(output, json.dumps(record, indent=1) + "\n")


def read_jobs(cells: Collection[str], benchmarks: Path) -> list[Job]:
    """Return the jobs that have benchmark files. Training jobs of other than these cells are left out."""
    jobs = []
    for path in sorted(benchmarks.rglob("*.tsv")):
        name, _, trained = path.relative_to(benchmarks).with_suffix("").as_posix().partition("/")
        rule = name.partition("-")[0]  # write-en
        cell = trained if rule == "train" else ""
        if rule in RULES and (not cell or cell in cells):
            jobs.append(Job(rule, path.stat().st_mtime, read_seconds(path), cell))
    return jobs


def read_seconds(benchmark: Path) -> float:
    """Return the wall time of a job in seconds. Snakemake samples CPU times too rarely for short jobs."""
    with open(benchmark, encoding="utf-8") as file:
        return sum(float(row["s"]) for row in csv.DictReader(file, delimiter="\t"))


def span(jobs: Iterable[Job]) -> tuple[float, float]:
    """Return the seconds from the first start to the last end, without pauses, and in how many of them no job ran."""
    elapsed = between = 0.0
    intervals = sorted((job.end - job.seconds, job.end) for job in jobs)
    if not intervals:
        return elapsed, between
    last, _ = intervals[0]
    for begin, end in intervals:
        gap = max(begin - last, 0.0)
        if gap <= PAUSE:
            between += gap
            elapsed += gap
        elapsed += end - min(max(begin, last), end)
        last = max(last, end)
    return elapsed, between


def inside_training(cells: Collection[Cell], spent: float) -> dict[str, float]:
    """Return estimates of the seconds that the training jobs of cells spend on starting, evaluating and updating.

    Starting and evaluating are measured in CPU seconds, which depend little on the load of the machine. Updating is the
    rest of the seconds spent, and includes the time for which jobs wait. If nothing is left, the estimates share them.
    """
    starting = len(cells) * starting_seconds("ontrial.steps.train")
    evaluating = evaluating_seconds(cells)
    share = min(spent / (starting + evaluating), 1.0)
    starting, evaluating = starting * share, evaluating * share
    updating = max(spent - starting - evaluating, 0.0)  # not a rounding error below zero
    return {name: round(s, 2) for name, s in (("start", starting), ("evaluate", evaluating), ("update", updating))}


def starting_seconds(module: str) -> float:
    """Return the CPU seconds that an interpreter takes to start and import a module."""

    def spent_by_children() -> float:
        return os.times().children_user + os.times().children_system

    def once() -> float:
        before = spent_by_children()
        subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
        return spent_by_children() - before

    return min(once() for _ in range(STARTS))


def evaluating_seconds(cells: Iterable[Cell]) -> float:
    """Return the CPU seconds that all records of the runs of cells take. Each kind of network is measured once."""
    costs: dict[tuple, tuple[float, float]] = {}
    total = 0.0
    for cell in cells:
        kind = cell.dataset, cell.hidden, cell.output, cell.training.probes
        if kind not in costs:
            costs[kind] = evaluating_once(cell)
        of_train, of_others = costs[kind]
        schedule, samples = cell.schedule, cell.training_sample_count
        one_run = of_train * len(schedule.train_records(samples)) + of_others * len(schedule.recorded_updates(samples))
        total += one_run * cell.runs
    return total


def evaluating_once(cell: Cell) -> tuple[float, float]:
    """Return the CPU seconds that a network of a cell takes on the training set, and on the other sets, at one record.

    They are measured in a stack of NETWORKS.
    """
    arrays = cell.arrays(cell.seeds[:1])
    start = replace(cell.schedule, epochs=0, updates=None, record=None, probes=())
    drawn = train(cell.architecture, start, arrays, [1.0] * NETWORKS, [cell.seeds[0]] * NETWORKS)
    network = Network(cell.architecture, drawn.weights, np.float32)
    pools = make_pools(arrays, np.zeros(NETWORKS, int))
    others = {name: pool for name, pool in pools.items() if name != "train"}

    def seconds(measured: dict[str, Pool]) -> float:
        begin = time.process_time()
        evaluate(network, measured, cell.training.probes)
        return (time.process_time() - begin) / NETWORKS

    return seconds({"train": pools["train"]}), seconds(others)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", dest="study_file", required=True, help="study.json, next to the folder benchmarks")
    parser.add_argument("--output", required=True, help="the file to write (.json)")
    files.run(write_times, parser)
