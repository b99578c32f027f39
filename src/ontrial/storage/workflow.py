"""Start the workflow."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ontrial.errors import InputError
from ontrial.storage import machine, project

PYTHON = (sys.executable, "-P")  # -P: modules of the working folder are not imported


def command(study_file: str, *arguments: str, trust_code: bool = False, python: Sequence[str] = PYTHON) -> list[str]:
    """Return the command that runs Snakemake on a study.

    arguments: Further arguments of Snakemake.
    trust_code: Whether the study's own metrics, which are code, may run.
    python: Command that starts the interpreter.
    """
    trust = ["trust_code=yes"] if trust_code else []
    return [*python, "-m", "snakemake", *arguments, "--config", f"study={study_file}", *trust]


def run(
    study_file: str,
    *arguments: str,
    trust_code: bool = False,
    python: Sequence[str] = PYTHON,
    folder: Path = Path(),
    variables: Mapping[str, str] | None = None,
    show: bool = False,
) -> None:
    """Run Snakemake on a study, with the arguments of `command`. Raises InputError with its output if it fails.

    folder: Working folder of Snakemake. The study may also read files in the working folder of this process.
    variables: Environment variables in addition to those of this process.
    show: Whether to show the output while Snakemake runs. An error then does not repeat it.
    """
    words = command(study_file, *arguments, trust_code=trust_code, python=python)
    environment = machine.environment() | project.allowing(Path.cwd()) | dict(variables or {})
    output = None if show else subprocess.PIPE
    done = subprocess.run(words, cwd=folder, env=environment, stdout=output, stderr=output, text=True)
    if done.returncode:
        raise InputError(f"{study_file}: the run failed{'.' if show else ':'}\n{done.stderr or ''}".rstrip())
