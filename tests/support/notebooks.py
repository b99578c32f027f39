"""Jupyter, with which slow tests run notebooks as readers do."""

import os
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
FOLDERS = ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "XDG_CONFIG_HOME")
needs_notebooks = pytest.mark.skipif(
    not (BIN / "jupyter-execute").exists(), reason="needs nbclient: make .venv/ready-develop"
)


def variables(folder: Path) -> dict[str, str]:
    """Return environment variables with which the programs keep all files of their own in a folder."""
    return os.environ | {name: str(folder / name) for name in FOLDERS} | {"PATH": f"{BIN}:{os.environ['PATH']}"}
