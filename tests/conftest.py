"""A copy of the project in which the true workflow has run the smoke study, for the tests that look at what it made."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("steady", deadline=None)  # a busy machine is no failure
settings.load_profile("steady")

ROOT = Path(__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns(".venv*", ".git", ".snakemake", "results", "__pycache__", ".*_cache", ".hypothesis")


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


@pytest.fixture(scope="session")
def smoke(tmp_path_factory) -> Path:
    """The project's copy after a clean run of the smoke study. Tests that edit it put it back."""
    folder = copy_project(tmp_path_factory.mktemp("smoke") / "project")
    run = snakemake(folder)
    assert run.returncode == 0, run.stderr[-8000:]
    return folder
