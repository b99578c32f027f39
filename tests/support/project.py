"""Copy the project with its own environment, run the workflow and commands in it, and edit files temporarily."""

import functools
import re
import shutil
import site
import subprocess
import sys
import sysconfig
import venv
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from ontrial.storage import machine

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".venv*",
    ".git",
    "*-ubyte",
    ".snakemake",
    "node_modules",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
)
SMOKE = "results/smoke"
PACKAGES = site.getsitepackages()[0]


@functools.cache
def read_yaml(name: str) -> Any:
    """Return the content of a YAML file of the project, such as docs/words.yaml. Tests must not change it."""
    return yaml.load((ROOT / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def copy_project(folder: Path, *lines: str) -> Path:
    """Copy the project with its published results, and make an environment that uses the package of the copy.

    lines: Further lines of the environment's .pth file.
    """
    shutil.copytree(ROOT, folder, ignore=left_out, dirs_exist_ok=True)
    source = "../../../../src"  # relative to site-packages, so that copies of the copy use their own
    make_environment(folder / ".venv", source, f"import site; site.addsitedir({PACKAGES!r})", *lines)
    return folder


def left_out(folder: str, names: list[str]) -> set[str]:
    """Return the names in a folder of the project that no copy needs."""
    results = set(names) - {"reference"} if Path(folder) == ROOT / "results" else set()
    return LEFT_OUT(folder, names) | results


def make_environment(folder: Path, *paths: str) -> Path:
    """Make an environment with these lines in a .pth file, and return its interpreter."""
    venv.create(folder, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    (packages / "paths.pth").write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
    return folder / "bin/python"


def build_wheel(folder: Path) -> Path:
    """Build the wheel of the project in a folder, without a network."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", str(ROOT)]
    subprocess.run(command, cwd=folder, check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def python(folder: Path) -> str:
    """Return the interpreter of a copy of the project, or the tests' own if the folder has none."""
    interpreter = folder / ".venv/bin/python"
    return str(interpreter) if interpreter.exists() else sys.executable


def active(folder: Path) -> dict[str, str]:
    """Return the variables of a user who has only activated the environment of a folder."""
    variables = machine.environment(python(folder))
    return {name: value for name, value in variables.items() if name not in ("PYTHONPATH", "OMP_NUM_THREADS")}


def snakemake(
    folder: Path, *arguments: str | Path, study: str | None = "config/smoke.yaml", trust_code: bool = False, **variables
) -> subprocess.CompletedProcess:
    """Run the workflow in a folder as a user does.

    study: None for that of the folder.
    trust_code: Whether the study's own code may run.
    variables: Environment variables.
    """
    configuration = [f"study={study}"] * (study is not None) + ["trust_code=yes"] * trust_code
    options = ["--config", *configuration] if configuration else []
    command = [python(folder), "-m", "snakemake", "--cores", "2", *arguments, *options]
    return subprocess.run(command, cwd=folder, env=active(folder) | variables, capture_output=True, text=True)


def output_of(run: subprocess.CompletedProcess) -> str:
    """Return the output of a run of Snakemake. A dry run reports mistakes on stdout, other runs on stderr."""
    return run.stdout + run.stderr


def planned_jobs(folder, *arguments: str, **options) -> dict[str, int]:
    """Return the number of jobs by rule that a run of `snakemake` with these options would start."""
    run = snakemake(folder, "--dry-run", *arguments, **options)
    assert run.returncode == 0, run.stderr[-4000:]
    return jobs_by_rule(run)


def jobs_by_rule(run: subprocess.CompletedProcess) -> dict[str, int]:
    """Return the number of jobs by rule, from the table that Snakemake printed."""
    return {rule: int(n) for rule, n in re.findall(r"^(\w+)\s+(\d+)$", output_of(run), re.MULTILINE)}


@contextmanager
def edited(path, old: str, new: str):
    """Replace the first occurrence of `old` in a file, and restore the file afterwards."""
    before = path.read_text(encoding="utf-8")
    assert before.count(old) >= 1, f"{old!r} is not in {path}"
    path.write_text(before.replace(old, new, 1), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


def cells(folder) -> int:
    """Return the number of run files of the smoke study."""
    return len(list((folder / SMOKE / "runs").rglob("*.parquet")))


def ontrial(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run a subcommand of `ontrial`, as the Makefile does."""
    command = [python(folder), "-m", "ontrial", *arguments]
    return subprocess.run(command, cwd=folder, env=active(folder), capture_output=True, text=True)
