"""A tiny study that trains for a while, `make` that runs it, and waiting for what happens meanwhile."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.project import active, python

STUDY = """\
study: tiny
experiments:
  main-grid:
    purpose: Be disturbed.
    dataset: [digits]
    hidden: [[16]]
    activation: [sigmoid, relu]
    initialisation: [own]
    objective: [softmax+cross_entropy]
    batch_size: [2, full]
    learning_rates: [0.03125, 0.125]
    seeds: {descriptive: {from: 1, to: 2}}
    budget: {epochs: 4}
"""
TABLES, SITE = "results/tiny/tables/runs.csv", "results/tiny/site/index.html"
PATIENCE = 1800  # seconds after which a run hangs, on the busiest of machines


def start(folder: Path, target: str = TABLES) -> subprocess.Popen:
    """Start `make` on two cores, up to a target, in a process group of its own as at a terminal."""
    snakemake = f"{python(folder)} -m snakemake --cores 2 {target} --config study=config/tiny.yaml"
    command = ["make", f"BIN={Path(sys.executable).parent}", f"SNAKEMAKE={snakemake}", *("-o", "setup"), "site"]
    environment = {name: value for name, value in active(folder).items() if not name.startswith(("PYTHON", "MAKE"))}
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=heed_ctrl_c,
    )


def heed_ctrl_c() -> None:
    """Undo what a shell does to a command in the background, which hands it down: Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def make(folder: Path, target: str = TABLES) -> str:
    """Run it to its end, which must be good, and return what it printed."""
    run = start(folder, target)
    printed, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 0, printed[-8000:]
    return printed


def wait_for(condition, run: subprocess.Popen):
    """The first true value of a condition while a run is alive."""
    while run.poll() is None:
        if found := condition():
            return found
        time.sleep(0.005)
    pytest.fail(f"the run ended too early: {run.communicate()[0][-4000:]}")
