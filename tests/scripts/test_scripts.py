"""The unit tests of the site's scripts, which Node.js runs."""

import shutil
import subprocess
from pathlib import Path

import pytest


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js: install nodejs")
def test_the_scripts_of_the_site():
    run = subprocess.run(
        ["node", "--test", *sorted(Path(__file__).parent.glob("*.test.js"))], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout
