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
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ontrial.nn import Network, train
from ontrial.nn.probes import evaluate
from ontrial.nn.samples import Pool
from ontrial.report.summaries.rules import RULES
from ontrial.storage import files
from ontrial.study.cell import Cell
from ontrial.study.study import Study, load_study

PAUSE = 10  # seconds; a longer gap between jobs is a pause between two runs of the workflow
NETWORKS = 16  # evaluated at the same time to measure the cost of evaluation
STARTS = 3  # of an interpreter; the fastest counts


class Job(NamedTuple):
    """A job: its rule, its end in seconds since 1970, and its duration in seconds."""

    rule: str
    end: float
    seconds: float


def write_times(study_file: str, output: str) -> None:
    """Write how long the jobs of a study ran, by rule."""
    study = load_study(study_file)
    jobs = read_jobs(study, Path(study_file).parent / "benchmarks")
    spent = {rule: [job.seconds for job in jobs if job.rule == rule] for rule in RULES}
    elapsed, between = span(job for job in jobs if RULES[job.rule].phase != "report")
    record = {
        "cores": os.cpu_count(),
        "elapsed": round(elapsed, 2),
        "between_jobs": round(between, 2),
        "rules": {rule: {"jobs": len(s), "seconds": round(sum(s), 2)} for rule, s in spent.items() if s},
        "train": inside_training(study, spent["train"]),
    }
    files.write_text(output, json.dumps(record, indent=1) + "\n")


def read_jobs(study: Study, benchmarks: Path) -> list[Job]:
    """Return the jobs that have benchmark files. Training jobs of cells that the study no longer has are left out."""
    jobs = []
    for path in sorted(benchmarks.rglob("*.tsv")):
        name, _, cell = path.relative_to(benchmarks).with_suffix("").as_posix().partition("/")
        rule = name.partition("-")[0]  # write-en
        if rule in RULES and (rule != "train" or cell in study.cells):
            jobs.append(Job(rule, path.stat().st_mtime, read_seconds(path)))
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


def inside_training(study: Study, spent: list[float]) -> dict[str, float]:
    """Return estimates of the seconds that training jobs spend on starting, evaluating and updating.

    Starting and evaluating are measured in CPU seconds, which do not depend on the load of the machine. Updating is the
    rest, and includes the time for which jobs wait. The estimates are empty unless all cells have been trained.
    """
    if len(spent) < len(study.cells):
        return {}
    starting = len(spent) * starting_seconds("ontrial.steps.train")
    evaluating = evaluating_seconds(study)
    updating = max(sum(spent) - starting - evaluating, 0.0)
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


def evaluating_seconds(study: Study) -> float:
    """Return the CPU seconds that all records of all runs take. Each kind of network is measured once."""
    costs: dict[tuple, tuple[float, float]] = {}
    total = 0.0
    for cell in study.cells.values():
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
    pools = {name: Pool(samples, np.zeros(NETWORKS, int)) for name, samples in arrays.sets.items()}
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
