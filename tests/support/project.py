"""A copy of the project, the workflow run in it as a user does, and edits for a while."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".venv*",
    ".git",
    "*-ubyte",
    ".snakemake",
    ".checker",
    "node_modules",
    ".circumstances",
    "results",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
)
SMOKE = "results/smoke"


def copy_project(folder: Path) -> Path:
    return Path(shutil.copytree(ROOT, folder, ignore=LEFT_OUT, dirs_exist_ok=True))


def snakemake(folder: Path, *arguments: str, study: str = "config/smoke.yaml") -> subprocess.CompletedProcess:
    """Run the workflow as a user does, in `folder`, with the interpreter of the tests."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "OMP_NUM_THREADS")}
    return subprocess.run(
        [sys.executable, "-m", "snakemake", *("--cores", "2"), *arguments, *("--config", f"study={study}")],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )


def planned(folder, *arguments: str) -> dict[str, int]:
    """Jobs that would run now, by rule."""
    run = snakemake(folder, "--dry-run", *arguments)
    assert run.returncode == 0, run.stderr[-4000:]
    return {rule: int(n) for rule, n in re.findall(r"^(\w+)\s+(\d+)$", run.stdout + run.stderr, re.MULTILINE)}


@contextmanager
def edited(path, old: str, new: str):
    """Change one place of a file for a while."""
    before = path.read_text(encoding="utf-8")
    assert before.count(old) >= 1, f"{old!r} is not in {path}"
    path.write_text(before.replace(old, new, 1), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


def cells(folder) -> int:
    return len(list((folder / SMOKE / "runs").rglob("*.parquet")))


def step(folder, name: str, *arguments: str) -> subprocess.CompletedProcess:
    """Run a step by hand, as the Makefile does."""
    command = [sys.executable, "-m", f"ontrial.steps.{name}", *arguments]
    return subprocess.run(command, cwd=folder, env=os.environ | {"PYTHONPATH": "src"}, capture_output=True, text=True)
