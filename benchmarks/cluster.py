"""Measure the overhead of jobs on a Slurm cluster, with few and with many cells per job.

PYTHONPATH=.venv/slurm python -m benchmarks.cluster --profile profiles/slurm
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from ontrial.commands import cluster
from ontrial.errors import InputError
from ontrial.storage import files, machine, shipped
from ontrial.storage.machine import processor_name

OUTPUT = "results/benchmark/packing.json"
STUDY = """\
study: packing
experiments:
  cells:
    purpose: Fifty cells of about a second.
    dataset: [digits]
    hidden: [[8], [12], [16], [20], [24]]
    activation: [sigmoid, tanh, relu, elu, softplus]
    initialisation: [own]
    objective: [softmax+cross_entropy, softmax+mse]
    batch_size: [16]
    learning_rates: [0.03125, 0.125]
    seeds: {descriptive: {from: 1, to: 4}}
    budget: {epochs: 10}
"""


def measure(profile: str, cells_per_job: list[int], output: str, arguments: list[str]) -> None:
    """Run the same study once for each number of cells per job, and write how long the jobs ran."""
    cluster.check(profile)
    measured = [run_packed(profile, cells, arguments) for cells in cells_per_job]
    record = {
        "processor": processor_name(),
        "slurm": cluster.slurm("sinfo", "--version").split()[-1],
        "snakemake": version("snakemake"),
    }
    files.write_text(output, json.dumps({"machine": record, "measured": measured}, indent=1) + "\n")


def run_packed(profile: str, cells: int, arguments: list[str]) -> dict[str, float]:
    """Run the study in a new folder with this number of cells per job.

    Returns the number of jobs, their total seconds, and how many of these were spent training.
    """
    with tempfile.TemporaryDirectory(dir="results", prefix=".packing-") as name:  # where the nodes can see it
        folder = Path(name).absolute()
        (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
        snakemake = [sys.executable, "-m", "snakemake", "--snakefile", str(shipped.SNAKEFILE), "--until", "train"]
        snakemake += ["--profile", str(Path(profile).absolute()), "--group-components", f"cells={cells}", *arguments]
        snakemake += ["--config", "study=study.yaml"]
        done = subprocess.run(snakemake, cwd=folder, env=machine.environment(), capture_output=True, text=True)
        if done.returncode:
            raise InputError(f"{cells} cells per job: the run failed:\n{done.stderr}")
        jobs = job_seconds(folder)
        cells_seconds = [wall_seconds(path) for path in folder.glob("results/packing/benchmarks/train/**/*.tsv")]
        work = round(sum(cells_seconds), 1)
        return {"cells": cells, "jobs": len(jobs), "job_seconds": sum(jobs), "work_seconds": work}


def job_seconds(folder: Path) -> list[int]:
    """Return how many seconds each training job of a folder ran, according to Slurm."""
    lines = cluster.slurm("squeue", "--me", "--states=all", "--noheader", "--format=%Z|%k|%M").splitlines()
    jobs = [line.split("|") for line in lines]
    return [parse_time(time) for path, rule, time in jobs if path == str(folder) and "train" in rule]


def parse_time(time: str) -> int:
    """Return the seconds of a time such as 3, 2:03 or 1:02:03."""
    seconds = 0
    for part in time.split(":"):
        seconds = 60 * seconds + int(part)
    return seconds


def wall_seconds(benchmark: Path) -> float:
    """Return the wall seconds in the benchmark file of one cell."""
    with open(benchmark, encoding="utf-8") as file:
        return sum(float(row["s"]) for row in csv.DictReader(file, delimiter="\t"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", required=True, help="the folder of the profile")
    parser.add_argument(
        "--cells-a-job", dest="cells_per_job", type=int, nargs="+", default=[1, 10, 50], help="default: %(default)s"
    )
    parser.add_argument("--output", default=OUTPUT, help="default: %(default)s")
    parser.add_argument("arguments", nargs="*", help="further arguments for Snakemake, after --")
    files.run(measure, parser)
