"""Clean up after a run that was killed in this folder.

Nothing is removed while that run or one of its jobs is still running. Runs of other studies are left alone.
"""

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path

import psutil

from ontrial.commands import cluster
from ontrial.errors import InputError
from ontrial.storage import files
from ontrial.study.requested import study_name

DEFAULT = "config/config.yaml"
LOCKS = Path(".snakemake/locks")
SLURM_LOGS = Path(".snakemake/slurm_logs")  # exists once a run in this folder has submitted jobs


def unlock(study_files: Sequence[str]) -> None:
    """Remove the lock and the unfinished files of a killed run. Raises InputError while another run is active.

    study_files: the configuration of the study, several if they are merged.

    Jobs outlive a killed Snakemake, so wait for them: without the lock a new run would write the same files, and an old
    job could overwrite the results of newer code. Jobs in a cluster's queue may take a day, so the user decides about
    them.
    """
    name = study_name(study_files)
    if name is None:
        return  # Snakemake reports what is wrong with the files
    results = f"results/{name}/"
    if others := [process.pid for process in running(Path.cwd()) if is_snakemake(process) and runs(process, name)]:
        raise InputError(
            f"Another run of study {name} is active in this folder (process {others[0]}). "
            "Wait until it ends, or stop it with Ctrl-C."
        )
    locks = [path for path in LOCKS.glob("*.lock") if results in path.read_text(encoding="utf-8")]
    if locks and SLURM_LOGS.exists() and (queued := cluster.queued(Path.cwd())):
        raise InputError(
            f"Jobs of a killed run are still in Slurm's queue ({', '.join(queued)}). Let them finish, "
            f"or cancel them: scancel --name={','.join(sorted(set(queued.values())))}. Then run the same command again."
        )
    if jobs := [process for process in running(Path.cwd()) if is_job(process) and results in command_line(process)]:
        numbers = ", ".join(str(job.pid) for job in jobs)
        print(f"Jobs of a killed run are still running (process {numbers}). Waiting for them.", file=sys.stderr)
        psutil.wait_procs(jobs)
        unlock(study_files)  # another run may have started meanwhile
        return
    for path in Path(results).rglob(f".*{files.UNFINISHED}"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    for lock in locks:
        lock.unlink()  # not with `snakemake --unlock`, which would also remove the locks of other studies
    if locks:
        print("Removed the lock of a run that was killed here. Its unfinished files are rebuilt.", file=sys.stderr)


def runs(process: psutil.Process, name: str) -> bool:
    """Return whether a Snakemake runs a study, as far as its command line says; True if it does not say."""
    words = process.info["cmdline"]
    paths: list[str] = []
    for option in ("--configfile", "--configfiles"):
        if option in words:
            paths += takewhile(lambda word: not word.startswith("-"), words[words.index(option) + 1 :])
    given = next((word.removeprefix("study=") for word in words if word.startswith("study=")), None)
    other = given if paths and given and given not in paths else study_name(paths or [given or DEFAULT])
    return other in (name, None)


def running(folder: Path) -> Iterator[psutil.Process]:
    """Yield the processes whose working folder this is, with their command lines in `info`."""
    for process in psutil.process_iter(["cmdline", "cwd"]):
        if process.info["cwd"] == str(folder):
            yield process


def is_snakemake(process: psutil.Process) -> bool:
    """Return whether a process is Snakemake, as a program or a module, and not the part of it in a cluster's job."""
    words = process.info["cmdline"] or []
    return any(Path(word).name == "snakemake" for word in words[:3]) and "--mode" not in words


def command_line(process: psutil.Process) -> str:
    """Return the command line of a process."""
    return " ".join(process.info["cmdline"] or [])


def is_job(process: psutil.Process) -> bool:
    """Return whether a process is a job of the workflow, that is, a step that a rule runs."""
    words = [*(process.info["cmdline"] or []), "", "", ""]
    return words[1] == "-m" and words[2].startswith("ontrial.steps.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument(
        "--study", dest="study_files", nargs="+", default=[DEFAULT], help="configuration files (default: %(default)s)"
    )
    parser.set_defaults(function=unlock)
