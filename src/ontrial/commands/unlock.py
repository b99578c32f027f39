"""Clean up after a run that was killed in this folder.

Nothing is removed while that run or one of its jobs is still running.
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
SLURM_LOGS = Path(".snakemake/slurm_logs")  # exists once a run in this folder has submitted jobs


def unlock() -> None:
    """Remove the lock and the unfinished files of a killed run. Raises InputError while another run is active.

    Jobs outlive a killed Snakemake, so wait for them: without the lock a new run would write the same files, and an old
    job could overwrite the results of newer code. Jobs in a cluster's queue may take a day, so the user decides about
    them.
    """
    locked = any(LOCKS.glob("*"))
    if locked and (others := [process.pid for process in running(Path.cwd()) if is_snakemake(process)]):
        raise InputError(
            f"Another run is active in this folder (process {others[0]}). Wait until it ends, or stop it with Ctrl-C."
        )
    if locked and SLURM_LOGS.exists() and (queued := cluster.queued(Path.cwd())):
        raise InputError(
            f"Jobs of a killed run are still in Slurm's queue ({', '.join(queued)}). Let them finish, "
            f"or cancel them: scancel --name={','.join(sorted(set(queued.values())))}. Then run the same command again."
        )
    if jobs := [process for process in running(Path.cwd()) if is_job(process)]:
        numbers = ", ".join(str(job.pid) for job in jobs)
        print(f"Jobs of a killed run are still running (process {numbers}). Waiting for them.", file=sys.stderr)
        psutil.wait_procs(jobs)
        unlock()  # another run may have started meanwhile
        return
    for path in Path("results").rglob(f".*{files.UNFINISHED}"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    if locked:
        shutil.rmtree(LOCKS)  # as `snakemake --unlock` does, but that needs a valid configuration
        print("Removed the lock of a run that was killed here. Its unfinished files are rebuilt.", file=sys.stderr)


def running(folder: Path) -> Iterator[psutil.Process]:
    """Yield the processes whose working folder this is, with their command lines in `info`."""
    for process in psutil.process_iter(["cmdline", "cwd"]):
        if process.info["cwd"] == str(folder):
            yield process


def is_snakemake(process: psutil.Process) -> bool:
    """Return whether a process is Snakemake, as a program or a module, and not the part of it in a cluster's job."""
    words = process.info["cmdline"] or []
    return any(Path(word).name == "snakemake" for word in words[:3]) and "--mode" not in words


def is_job(process: psutil.Process) -> bool:
    """Return whether a process is a job of the workflow, that is, a step that a rule runs."""
    words = [*(process.info["cmdline"] or []), "", "", ""]
    return words[1] == "-m" and words[2].startswith("ontrial.steps.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Set the function of the subcommand, which has no options."""
    parser.set_defaults(function=unlock)
