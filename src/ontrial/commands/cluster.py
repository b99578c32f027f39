"""Check that this cluster can run the study.

Problems that would make jobs fail are reported before any job is submitted.
"""

import argparse
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

from ontrial.errors import InputError, unknown
from ontrial.report.site.docs import read_yaml
from ontrial.storage import files

PLUGIN = "snakemake_executor_plugin_slurm"
COMMANDS = ("sbatch", "scancel", "sinfo", "squeue")
OPTIONS = {"slurm_partition": "--partition", "slurm_account": "--account", "qos": "--qos", "constraint": "--constraint"}
TIMEOUT = 30  # seconds for Slurm to answer
NO_FOLDER, NO_PYTHON = 3, 4  # exit codes of the job that checks a node


def check(profile: str) -> None:
    """Raise InputError for the first thing that the jobs of a profile need and do not have."""
    path = Path(profile) / "profile.yaml"
    if not path.exists():
        raise InputError(f"{path}: this profile does not exist. Copy profiles/slurm to make one.")
    if importlib.util.find_spec(PLUGIN) is None:
        raise InputError(
            f"{sys.prefix}: the executor plugin for Slurm is not installed. Run `make slurm`, or install it with: "
            "pip install 'ontrial[slurm]'"
        )
    require_slurm()
    resources = (read_yaml(path) or {}).get("default-resources")
    if not isinstance(resources, dict):
        raise InputError(f"{path}: default-resources: expected lines `name: value`, as in profiles/slurm.")
    require_partition(resources.get("slurm_partition"), f"{path}: default-resources: slurm_partition")
    options = [f"{option}={resources[name]}" for name, option in OPTIONS.items() if name in resources]
    require_acceptance(options, path)
    require_shared_folder(options)


def require_slurm() -> None:
    """Raise InputError unless Slurm's commands are installed and its controller answers."""
    if missing := [command for command in COMMANDS if shutil.which(command) is None]:
        raise InputError(
            f"There is no Slurm on this machine: {', '.join(missing)} not found. "
            "Run this on a machine that has it, such as the login node of a cluster; plain make needs no cluster."
        )
    slurm("sinfo", "--noheader")


def require_partition(name: str | None, setting: str) -> None:
    """Raise InputError unless the partition exists or, for None, the cluster has a default one.

    setting: where the profile names the partition, for the message.
    """
    listed = slurm("sinfo", "--noheader", "--format=%P").split()  # a star marks the default partition
    partitions = [partition.rstrip("*") for partition in listed]
    if name is None and partitions == listed:
        raise InputError(
            f"{setting}: your cluster has no default partition. Name one: {', '.join(sorted(partitions))}."
        )
    if name is not None and str(name) not in partitions:
        raise InputError(f"{setting}: {unknown('partition', name, partitions)}")


def require_acceptance(options: list[str], path: Path) -> None:
    """Raise InputError unless Slurm would accept a job with these options. No job is submitted."""
    test = subprocess.run(["sbatch", "--test-only", *options, "--wrap=true"], capture_output=True, text=True)
    if test.returncode:
        reason = "; ".join(line.removeprefix("sbatch: error: ") for line in test.stderr.splitlines())
        raise InputError(
            f"{path}: Slurm does not accept such jobs: {reason}. Check slurm_account and slurm_partition under "
            "default-resources; `sacctmgr show associations user=$USER` lists your accounts."
        )


def require_shared_folder(options: list[str]) -> None:
    """Raise InputError unless a node sees files written in this folder and can start this Python.

    This submits a job, so it takes as long as the job waits in the queue.
    """
    print("Checking that a node sees this folder …", file=sys.stderr, flush=True)
    token = uuid.uuid4().hex
    Path("results").mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir="results", prefix=".", suffix=files.UNFINISHED) as file:
        file.write(token)
        file.flush()
        find_file = f"grep -q {token} {shlex.quote(os.path.abspath(file.name))} || exit {NO_FOLDER}"
        start_python = f"{shlex.quote(sys.executable)} -c 'import snakemake' || exit {NO_PYTHON}"
        job = ["sbatch", "--wait", "--job-name=ontrial_check", "--output=/dev/null", "--time=5", *options]
        done = subprocess.run([*job, f"--wrap={find_file}; {start_python}"], capture_output=True, text=True)
    if done.returncode == NO_PYTHON:
        raise InputError(
            f"{sys.executable}: this Python does not start on a node. Use one that every node has: make PYTHON=…"
        )
    if done.returncode:
        reason = f" Slurm said: {done.stderr.strip()}" if done.stderr else ""
        raise InputError(
            f"{Path.cwd()}: a node does not see files written here. Move the project to a shared folder.{reason}"
        )


def slurm(*command: str) -> str:
    """Run a command of Slurm and return its output. Raises InputError if it fails or does not answer in time."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=TIMEOUT).stdout
    except subprocess.TimeoutExpired:
        reason = f"no answer within {TIMEOUT} seconds"
    except subprocess.CalledProcessError as error:
        reason = error.stderr.strip().removeprefix(f"{command[0]}: error: ")
    raise InputError(f"Slurm does not answer: {command[0]}: {reason}. Try again once `sinfo` shows your cluster.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument("--profile", required=True, help="folder that contains profile.yaml")
    parser.set_defaults(function=check)
