"""Before a run: remove the lock that a killed run left in this folder, unless that run is still alive."""

import argparse
import subprocess
import sys
from pathlib import Path

import psutil

from ontrial.errors import InputError
from ontrial.steps import files


def unlock() -> None:
    """Do nothing without a lock. InputError if the run that locked the folder is alive."""
    if not any(Path(".snakemake/locks").glob("*")):
        return
    if process := running(Path.cwd()):
        raise InputError(
            f"Another run is at work in this folder (process {process}). Wait until it ends, or stop it with Ctrl-C."
        )
    command = [sys.executable, "-m", "snakemake", "--unlock", "--cores", "1"]
    subprocess.run(command, check=True, capture_output=True)
    print("A run was killed here. Its lock is removed, and what it left unfinished is made anew.", file=sys.stderr)


def running(folder: Path) -> int | None:
    """Process number of a Snakemake that runs in the folder."""
    for process in psutil.process_iter(["pid", "cmdline", "cwd"]):
        words = process.info["cmdline"] or []
        if process.info["cwd"] == str(folder) and any(Path(word).name == "snakemake" for word in words[:3]):
            return process.info["pid"]
    return None


if __name__ == "__main__":
    files.run(unlock, argparse.ArgumentParser(description=__doc__))
