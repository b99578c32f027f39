"""The environment with JupyterLab and marimo, in which slow tests open notebooks as readers do."""

import os
from pathlib import Path

import pytest

from support.project import ROOT

BIN = ROOT / ".venv-notebook/bin"
FOLDERS = ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "XDG_CONFIG_HOME")
needs_notebooks = pytest.mark.skipif(not BIN.exists(), reason="needs JupyterLab and marimo: make notebooks")


def variables(folder: Path) -> dict[str, str]:
    """Return environment variables with which the programs keep all files of their own in a folder."""
    return os.environ | {name: str(folder / name) for name in FOLDERS} | {"PATH": f"{BIN}:{os.environ['PATH']}"}
