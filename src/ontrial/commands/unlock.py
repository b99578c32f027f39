"""Clean up what a killed run left in this folder.

Nothing is touched while that run or one of its jobs is alive.
"""

import argparse
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from ontrial.commands import cluster
from ontrial.errors import InputError
from ontrial.storage import files

LOCKS = Path(".snakemake/locks")
SLURM_LOGS = Path(".snakemake/slurm_logs")  # there once a run of this folder has submitted jobs


def unlock() -> None:
    """Remove the lock of a killed run and its unfinished files. InputError while another run is at work.

    Jobs outlive a killed Snakemake. They are waited for: with the lock gone, a new run would make the same files, and
    an old job could overwrite what newer code made. Those in the queue of a cluster may take a day, so whoever started
    them decides.
    """
    locked = any(LOCKS.glob("*"))
    if locked and (others := [process.pid for process in running(Path.cwd()) if is_snakemake(process)]):
        raise InputError(
            f"Another run is at work in this folder (process {others[0]}). Wait until it ends, or stop it with Ctrl-C."
        )
    if locked and SLURM_LOGS.exists() and (left := cluster.queued(Path.cwd())):
        raise InputError(
            f"Jobs of a run that was killed here are still in Slurm's queue ({', '.join(left)}). Let them end, "
            f"or cancel them: scancel --name={','.join(sorted(set(left.values())))}. Then run the same command again."
        )
    if jobs := [process for process in running(Path.cwd()) if is_job(process)]:
        numbers = ", ".join(str(job.pid) for job in jobs)
        print(f"Jobs of a run that was killed here are still at work (process {numbers}): waiting.", file=sys.stderr)
        psutil.wait_procs(jobs)
        return unlock()  # meanwhile another run may have started
    for left in Path("results").rglob(f".*{files.UNFINISHED}"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    if locked:
        shutil.rmtree(LOCKS)  # what `snakemake --unlock` does, which needs a sound configuration for it
        print("A run was killed here. Its lock is removed, and what it left unfinished is made anew.", file=sys.stderr)


def running(folder: Path) -> Iterator[psutil.Process]:
    """Processes that run in the folder, with what they were started with in `info`."""
    for process in psutil.process_iter(["cmdline", "cwd"]):
        if process.info["cwd"] == str(folder):
            yield process


def is_snakemake(process: psutil.Process) -> bool:
    """Whether a process is a run of Snakemake, as a program or a module, and not the part of one in a cluster's job."""
    words = process.info["cmdline"] or []
    return any(Path(word).name == "snakemake" for word in words[:3]) and "--mode" not in words


def is_job(process: psutil.Process) -> bool:
    """Whether a process is a job of the workflow: a step that a rule runs."""
    _, option, module, *_ = [*(process.info["cmdline"] or []), "", "", ""]
    return option == "-m" and module.startswith("ontrial.steps.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand: none."""
    parser.set_defaults(function=unlock)
