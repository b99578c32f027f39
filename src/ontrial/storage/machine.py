"""The machine that results come from, and the checkout, if there is one."""

import os
import platform
import shlex
import subprocess
import sys
from pathlib import Path

import threadpoolctl

from ontrial.errors import InputError
from ontrial.storage.shipped import CHECKOUT


def git(*arguments: str) -> str | None:
    """What git says of the checkout, or None outside of one."""
    if CHECKOUT is None:
        return None
    try:
        answer = subprocess.run(["git", "-C", CHECKOUT, *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip()


def environment(python: str = sys.executable) -> dict[str, str]:
    """Return variables with which `python`, which jobs run, is an interpreter, as if its environment were active."""
    return os.environ | {"PATH": os.pathsep.join([str(Path(python).parent), os.environ.get("PATH", os.defpath)])}


def require_python() -> None:
    """Raise InputError unless `python` is the interpreter of this environment."""
    command = ["python", "-c", "import sys; print(sys.prefix)"]
    try:
        prefix = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        prefix = "none"
    if prefix != sys.prefix:
        raise InputError(
            f"{sys.prefix}: the environment that Snakemake runs in is not active: `python`, which jobs run, is that of "
            f"{prefix}. Activate it: source {shlex.quote(sys.prefix)}/bin/activate (conda activate, for one of conda)."
        )


def blas_kernel() -> str | None:
    """Kernel of the linear algebra that is loaded, NumPy's first of all: the one that really runs. None without a name.

    OpenBLAS has one for each generation of processors, and chooses when it is loaded; OPENBLAS_CORETYPE overrules it.
    """
    libraries = (library for library in threadpoolctl.threadpool_info() if library["user_api"] == "blas")
    return next((library["architecture"] for library in libraries if "architecture" in library), None)


def processor_name() -> str:
    """Name of the processor; Linux knows it better than `platform` does."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
