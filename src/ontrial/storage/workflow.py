"""Start the workflow."""

import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from ontrial.errors import InputError
from ontrial.storage import machine, project

PYTHON = (sys.executable, "-P")  # -P: modules of the working folder are not imported


def command(study_file: str, *arguments: str, trust_code: bool = False) -> list[str]:
    """Return the command that runs Snakemake on a study.

    arguments: Further arguments of Snakemake.
    trust_code: Whether the study's own code may run.
    """
    trust = ["trust_code=yes"] if trust_code else []
    return [*PYTHON, "-m", "snakemake", *arguments, "--config", f"study={study_file}", *trust]


def is_installed() -> bool:
    """Return whether the environment has Snakemake."""
    return find_spec("snakemake") is not None


def run(
    study_file: str,
    *arguments: str,
    trust_code: bool = False,
    folder: Path = Path(),
    variables: Mapping[str, str] | None = None,
    show: bool = False,
) -> str:
    """Run Snakemake on a study, with the arguments of `command`, and return what it printed to standard output.

    Raises InputError with its messages if it fails.

    folder: Working folder of Snakemake. The study may also read files in the working folder of this process.
    variables: Environment variables in addition to those of this process.
    show: Whether to show the output while Snakemake runs. An error then does not repeat it.
    """
    if not is_installed():
        raise InputError(f'Snakemake is not installed, which the extra "study" brings. {machine.advice()}')
    words = command(study_file, *arguments, trust_code=trust_code)
    environment = machine.environment() | project.allowing(Path.cwd()) | dict(variables or {})
    output = None if show else subprocess.PIPE
    done = subprocess.run(words, cwd=folder, env=environment, stdout=output, stderr=output, text=True)
    if done.returncode:
        raise InputError(f"{study_file}: the run failed{'.' if show else ':'}\n{done.stderr or ''}".rstrip())
    return done.stdout or ""
