"""The unit tests of the site's scripts, which Node.js runs, and the size of the scripts."""

import shutil
import subprocess
from pathlib import Path

import pytest
from support.scripts import ASSETS

LONGEST = 300  # lines


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js: install nodejs")
def test_the_scripts_of_the_site():
    run = subprocess.run(
        ["node", "--test", *sorted(Path(__file__).parent.glob("*.test.js"))], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout


def test_no_script_is_long():
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in ASSETS.rglob("*.js")}
    assert lines
    assert {path: n for path, n in lines.items() if n > LONGEST} == {}
