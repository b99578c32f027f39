"""The scripts of the site."""

import json
import subprocess
from typing import Any

from support.project import ROOT

ASSETS = ROOT / "docs/theme/overrides/assets"
RUNNER = ROOT / "tests/scripts/run_engine.js"


def read_scripts(*names: str) -> str:
    """Return the text of some scripts, whose paths are given without .js."""
    return "\n".join((ASSETS / f"{name}.js").read_text(encoding="utf-8") for name in names)


def run(tasks: list[dict[str, Any]], *options: str) -> list[Any]:
    """Return the answers of the page's engine to tasks, which run_engine.js describes, as its options."""
    process = subprocess.run(["node", RUNNER, *options], input=json.dumps(tasks), capture_output=True, text=True)
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)
