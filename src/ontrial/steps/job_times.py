"""Add up the running times of a study's jobs from Snakemake's benchmark files.

Times differ from run to run, so nothing deterministic depends on the output. Jobs that run after this one are included
only if the study has been run before.
"""

import csv
import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from ontrial.report.summaries.times import Spent, Times
from ontrial.report.summaries.workflow_rules import RULES
from ontrial.storage import files, options
from ontrial.storage.options import Input, Output
from ontrial.study import estimate
from ontrial.study.cell import Cell
from ontrial.study.study import load_study

PAUSE = 10  # seconds; a longer gap between jobs is a pause between two runs of the workflow


class Job(NamedTuple):
    """A job: its rule, its end in seconds since 1970, its duration in seconds, and the path of the cell it trains."""

    rule: str
    end: float
    seconds: float
    cell: str = ""


def write_times(study: Input, times: Output) -> None:
    """Write the running times of a study's jobs by rule.

    study: The study (study.json), next to the folder of benchmark files.
    times: Seconds of the jobs, to write (.json).
    """
    planned = load_study(study)
    cells = planned.cells | planned.later_cells
    jobs = read_jobs(cells, Path(study).parent / "benchmarks")
    spent = {rule: [job.seconds for job in jobs if job.rule == rule] for rule in RULES}
    trained = {job.cell: cells[job.cell] for job in jobs if job.cell}
    is_complete = planned.cells.keys() <= trained.keys()
    elapsed, between = span(job for job in jobs if RULES[job.rule].phase != "report")
    record = Times(
        cores=os.cpu_count(),
        elapsed=round(elapsed, 2),
        between_jobs=round(between, 2),
        rules={rule: Spent(len(s), round(sum(s), 2)) for rule, s in spent.items() if s},
        train=inside_training(trained.values(), sum(spent["train"])) if is_complete else {},
    )
    files.write_text(times, record.to_json() + "\n")


def read_jobs(cells: Collection[str], benchmarks: Path) -> list[Job]:
    """Return the jobs that have benchmark files. Training jobs of any other cells are left out."""
    jobs = []
    for path in sorted(benchmarks.rglob("*.tsv")):
        name, _, trained = path.relative_to(benchmarks).with_suffix("").as_posix().partition("/")
        rule = name.partition("-")[0]  # write-en, look-2
        cell = trained if rule == "train" else ""
        if rule in RULES and (not cell or cell in cells):
            jobs.append(Job(rule, path.stat().st_mtime, read_seconds(path), cell))
    return jobs


def read_seconds(benchmark: Path) -> float:
    """Return the wall time of a job in seconds. Snakemake samples CPU times too rarely for short jobs."""
    with open(benchmark, encoding="utf-8") as file:
        return sum(float(row["s"]) for row in csv.DictReader(file, delimiter="\t"))


def span(jobs: Iterable[Job]) -> tuple[float, float]:
    """Return the seconds from the first start to the last end, without pauses, and the idle seconds among them."""
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


def inside_training(cells: Iterable[Cell], spent: float) -> dict[str, float]:
    """Return the seconds that the training jobs of cells spent on each part, divided in the estimated proportions.

    spent: Seconds of all these jobs.
    """
    estimated = [estimate.parts_of_job(cell) for cell in cells]
    scale = spent / sum(map(sum, estimated))
    return {name: round(scale * sum(getattr(job, name) for job in estimated), 2) for name in estimate.Parts._fields}


if __name__ == "__main__":
    options.run(write_times)
