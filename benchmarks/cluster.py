"""Measure on a Slurm cluster what a job costs beside its work, with few and with many cells in it.

python -m benchmarks.cluster --profile profiles/slurm      in the environment that `make slurm-setup` made
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


def measure(profile: str, cells_a_job: list[int], output: str, arguments: list[str]) -> None:
    """Run the same study once for each number of cells a job, and write what the jobs took."""
    cluster.check(profile)
    measured = [packed(profile, cells, arguments) for cells in cells_a_job]
    machine = {
        "processor": processor_name(),
        "slurm": cluster.slurm("sinfo", "--version").split()[-1],
        "snakemake": version("snakemake"),
    }
    files.write_text(output, json.dumps({"machine": machine, "measured": measured}, indent=1) + "\n")


def packed(profile: str, cells: int, arguments: list[str]) -> dict[str, float]:
    """Run it from nothing with so many cells a job: how many jobs, their seconds, and those of the training in them."""
    with tempfile.TemporaryDirectory(dir="results", prefix=".packing-") as name:  # where the nodes see it
        folder = Path(name).absolute()
        (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
        snakemake = [sys.executable, "-m", "snakemake", "--snakefile", str(shipped.SNAKEFILE), "--until", "train"]
        snakemake += ["--profile", str(Path(profile).absolute()), "--group-components", f"cells={cells}", *arguments]
        snakemake += ["--config", "study=study.yaml"]
        done = subprocess.run(snakemake, cwd=folder, env=machine.environment(), capture_output=True, text=True)
        if done.returncode:
            raise InputError(f"{cells} cells a job: the run failed:\n{done.stderr}")
        took = job_seconds(folder)
        spent = [seconds(path) for path in folder.glob("results/packing/benchmarks/train/**/*.tsv")]
        return {"cells": cells, "jobs": len(took), "job_seconds": sum(took), "work_seconds": round(sum(spent), 1)}


def job_seconds(folder: Path) -> list[int]:
    """Seconds of the jobs of a folder that trained cells, as Slurm counted them."""
    listed = cluster.slurm("squeue", "--me", "--states=all", "--noheader", "--format=%Z|%k|%M").splitlines()
    jobs = (line.split("|") for line in listed)
    return [clock(time) for place, rule, time in jobs if place == str(folder) and "train" in rule]


def clock(time: str) -> int:
    """Seconds of 3, 2:03 or 1:02:03."""
    return sum(int(part) * 60**place for place, part in enumerate(reversed(time.split(":"))))


def seconds(benchmark: Path) -> float:
    """Wall seconds of one cell."""
    with open(benchmark, encoding="utf-8") as file:
        return sum(float(row["s"]) for row in csv.DictReader(file, delimiter="\t"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", required=True, help="the folder of the profile")
    parser.add_argument("--cells-a-job", type=int, nargs="+", default=[1, 10, 50], help="default: %(default)s")
    parser.add_argument("--output", default=OUTPUT, help="default: %(default)s")
    parser.add_argument("arguments", nargs="*", help="more for Snakemake, after --")
    files.run(measure, parser)
