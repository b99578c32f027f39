"""Folders that take long to build. One worker builds each folder, and all workers read it."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

Share = Callable[[str, Callable[[Path], object]], Path]


def share(tmp_path_factory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that `make` has filled, once for all workers of this run of pytest.

    Tests must not change the folder, only a copy of it.
    """
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, ready = base / "shared" / name, base / "shared" / f"{name}.ready"
    folder.parent.mkdir(exist_ok=True)
    with open(folder.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            if folder.exists():
                pytest.fail(f"{folder} was not built: see the first test that needed it")
            folder.mkdir()
            make(folder)
            ready.touch()
    return folder


def copy(folder: Path, to: Path) -> Path:
    """Copy a folder and keep the modification times of its files, which Snakemake compares."""
    return Path(shutil.copytree(folder, to, symlinks=True, dirs_exist_ok=True))
