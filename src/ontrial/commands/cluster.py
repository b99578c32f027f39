"""Check what a run on a Slurm cluster needs.

What would keep its jobs from working is reported before any of them is submitted.
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
PATIENCE = 30  # seconds for Slurm to answer
UNSEEN, NO_PYTHON = 3, 4  # how the job that looks around ends


def check(profile: str) -> None:
    """InputError with the first thing that is not as the jobs of a profile need it."""
    path = Path(profile) / "profile.yaml"
    if not path.exists():
        raise InputError(f"{path}: there is no such profile. The one to copy: profiles/slurm.")
    if importlib.util.find_spec(PLUGIN) is None:
        raise InputError(f"{sys.prefix}: the executor plugin for Slurm is not installed here. Get it: make slurm-setup")
    require_slurm()
    resources = (read_yaml(path) or {}).get("default-resources")
    if not isinstance(resources, dict):
        raise InputError(f"{path}: default-resources: a line `name: value` each is needed, as in profiles/slurm.")
    require_partition(resources.get("slurm_partition"), f"{path}: default-resources: slurm_partition")
    options = [f"{option}={resources[name]}" for name, option in OPTIONS.items() if name in resources]
    require_acceptance(options, path)
    require_shared_folder(options)


def require_slurm() -> None:
    """InputError unless Slurm's commands are here and its controller answers."""
    if missing := [command for command in COMMANDS if shutil.which(command) is None]:
        raise InputError(
            f"There is no Slurm on this machine: {', '.join(missing)} not found. "
            "Run this where they are, such as the login node of a cluster; make alone needs no cluster."
        )
    slurm("sinfo", "--noheader")


def require_partition(name: str | None, place: str) -> None:
    """InputError unless there is a partition of that name, or for None a default one."""
    partitions = slurm("sinfo", "--noheader", "--format=%P").split()  # the default one has a star
    known = [partition.rstrip("*") for partition in partitions]
    if name is None and known == partitions:
        raise InputError(f"{place}: your cluster has no default partition. Name one: {', '.join(sorted(known))}.")
    if name is not None and str(name) not in known:
        raise InputError(f"{place}: {unknown('partition', name, known)}")


def require_acceptance(options: list[str], path: Path) -> None:
    """InputError unless Slurm would take a job with these options; it does not get one."""
    asked = subprocess.run(["sbatch", "--test-only", *options, "--wrap=true"], capture_output=True, text=True)
    if asked.returncode:
        said = "; ".join(line.removeprefix("sbatch: error: ") for line in asked.stderr.splitlines())
        raise InputError(
            f"{path}: Slurm takes no jobs like this: {said}. Look at slurm_account and slurm_partition under "
            "default-resources; `sacctmgr show associations user=$USER` lists the accounts that are yours."
        )


def require_shared_folder(options: list[str]) -> None:
    """InputError unless a node sees what is written in this folder and can start this Python there.

    A job has to look, so this takes as long as the cluster lets it wait.
    """
    print("Asking a node whether it sees this folder …", file=sys.stderr, flush=True)
    token = uuid.uuid4().hex
    Path("results").mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir="results", prefix=".", suffix=files.UNFINISHED) as file:
        file.write(token)
        file.flush()
        seen = f"grep -q {token} {shlex.quote(os.path.abspath(file.name))} || exit {UNSEEN}"
        starts = f"{shlex.quote(sys.executable)} -c 'import snakemake' || exit {NO_PYTHON}"
        job = ["sbatch", "--wait", "--job-name=ontrial_check", "--output=/dev/null", "--time=5", *options]
        ended = subprocess.run([*job, f"--wrap={seen}; {starts}"], capture_output=True, text=True)
    if ended.returncode == NO_PYTHON:
        raise InputError(
            f"{sys.executable}: this Python does not start on a node. Use one that all nodes have: make PYTHON=…"
        )
    if ended.returncode:
        raise InputError(
            f"{Path.cwd()}: a node does not see what is written here. Move the project to a folder that all share."
            f"{ended.stderr and ' Slurm said: '}{ended.stderr.strip()}"
        )


def slurm(*command: str) -> str:
    """What a command of Slurm prints; InputError if it fails or says nothing for long."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout
    except subprocess.TimeoutExpired:
        said = f"no answer within {PATIENCE} seconds"
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().removeprefix(f"{command[0]}: error: ")
    raise InputError(f"Slurm does not answer: {command[0]}: {said}. Try again once `sinfo` shows your cluster.")


def queued(folder: Path) -> dict[str, str]:
    """Number → name of the jobs that runs of a folder left in Slurm's queue, waiting or at work."""
    listed = slurm("squeue", "--me", "--noheader", "--format=%i %j %Z")
    jobs = (line.split(maxsplit=2) for line in listed.splitlines())
    return {number: name for number, name, place in jobs if place == str(folder)}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument("--profile", required=True, help="the folder of the profile (profile.yaml)")
    parser.set_defaults(function=check)
