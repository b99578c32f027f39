"""Benchmark files of a study's jobs → timing/time.json: where its time went.

Seconds differ from run to run, so this lies apart: nothing deterministic depends on it. The jobs that come after this
one have left their times only if the study was run before.
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

from ontrial.nn import Network, Samples, train
from ontrial.nn.probes import evaluate
from ontrial.nn.samples import Pool
from ontrial.report.summaries.rules import RULES
from ontrial.storage import files
from ontrial.study import study
from ontrial.study.cell import Cell
from ontrial.study.study import Study

PAUSE = 10  # seconds: a longer gap lies between two runs of the workflow, not within one
NETWORKS = 16  # evaluated at once to measure what evaluation costs
STARTS = 3  # of an interpreter; the fastest counts


class Job(NamedTuple):
    """One job: its rule, when it ended, in seconds since 1970, and how many seconds it took."""

    rule: str
    end: float
    seconds: float


def times(study_file: str, output: str) -> None:
    """Write the times of one study."""
    checked = study.load(study_file)
    done = jobs(checked, Path(study_file).parent / "benchmarks")
    spent = {rule: [job.seconds for job in done if job.rule == rule] for rule in RULES}
    elapsed, between = span(job for job in done if RULES[job.rule].phase != "report")
    record = {
        "cores": os.cpu_count(),
        "elapsed": round(elapsed, 2),
        "between_jobs": round(between, 2),
        "rules": {rule: {"jobs": len(s), "seconds": round(sum(s), 2)} for rule, s in spent.items() if s},
        "train": inside_training(checked, spent["train"]),
    }
    files.write_text(output, json.dumps(record, indent=1) + "\n")


def jobs(checked: Study, benchmarks: Path) -> list[Job]:
    """The last job of each kind that left its time, of the cells that the study has now."""
    found = []
    for path in sorted(benchmarks.rglob("*.tsv")):
        place = path.relative_to(benchmarks).with_suffix("")
        rule, _, cell = place.as_posix().partition("/")
        rule = rule.partition("-")[0]  # write-en
        if rule in RULES and (rule != "train" or cell in checked.cells):
            found.append(Job(rule, path.stat().st_mtime, seconds(path)))
    return found


def seconds(benchmark: Path) -> float:
    """Wall seconds of one job. Snakemake samples its CPU seconds too seldom for short jobs."""
    with open(benchmark, encoding="utf-8") as file:
        return sum(float(row["s"]) for row in csv.DictReader(file, delimiter="\t"))


def span(done: Iterable[Job]) -> tuple[float, float]:
    """Seconds from the first start to the last end, pauses left out; how many of them no job was running."""
    elapsed = between = 0.0
    last = None
    for begin, end in sorted((job.end - job.seconds, job.end) for job in done):
        gap = 0.0 if last is None else max(begin - last, 0.0)
        if gap <= PAUSE:
            between += gap
            elapsed += gap
        elapsed += end - (begin if last is None else min(max(begin, last), end))
        last = end if last is None else max(last, end)
    return elapsed, between


def inside_training(checked: Study, spent: list[float]) -> dict[str, float]:
    """Seconds of all training jobs by what they do, estimated: starting, evaluating, and, the rest, updating.

    The parts are CPU seconds, which a busy machine doesn't stretch: what a job waits counts as updating.
    """
    if len(spent) < len(checked.cells):
        return {}
    starting = len(spent) * starting_seconds("ontrial.steps.train")
    evaluating = evaluating_seconds(checked)
    updating = max(sum(spent) - starting - evaluating, 0.0)
    return {name: round(s, 2) for name, s in (("start", starting), ("evaluate", evaluating), ("update", updating))}


def starting_seconds(module: str) -> float:
    """CPU seconds that an interpreter takes to start and import a module."""

    def spent_by_children() -> float:
        return os.times().children_user + os.times().children_system

    def once() -> float:
        before = spent_by_children()
        subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
        return spent_by_children() - before

    return min(once() for _ in range(STARTS))


def evaluating_seconds(checked: Study) -> float:
    """CPU seconds that all records of all runs take: each kind of network is measured once."""
    cost, total = {}, 0.0
    for cell in checked.cells.values():
        kind = cell.dataset, cell.hidden, cell.output, cell.training.probes
        if kind not in cost:
            cost[kind] = evaluating_once(cell)
        records = len(cell.schedule.recorded_updates(cell.train_samples))
        total += cost[kind] * records * len(cell.learning_rates) * len(cell.seeds)
    return total


def evaluating_once(cell: Cell) -> float:
    """CPU seconds that one record of one network of a cell takes, in a stack of a few."""
    sets = cell.arrays(cell.seeds[:1])
    start = replace(cell.schedule, epochs=0, updates=None, record=None, probes=())
    drawn = train(cell.architecture, start, sets, [1.0] * NETWORKS, [cell.seeds[0]] * NETWORKS)
    network = Network(cell.architecture, drawn.weights, np.float32)
    pools = {name: Pool(Samples(*samples), np.zeros(NETWORKS, int)) for name, samples in sets.sets.items()}
    began = time.process_time()
    evaluate(network, pools, cell.training.probes)
    return (time.process_time() - began) / NETWORKS


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", dest="study_file", required=True, help="study.json, beside the folder benchmarks")
    parser.add_argument("--output", required=True, help="the file to write (.json)")
    files.run(times, parser)
