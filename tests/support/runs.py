"""Tiny studies: one that trains for a while, and one with looks; and functions that run them and wait for events."""

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
  main-grid: {purpose: Be disturbed., dataset: [digits], hidden: [[16]], activation: [sigmoid, relu],
    initialisation: [own], objective: [softmax+cross_entropy], batch_size: [2, full],
    learning_rates: [0.03125, 0.125], seeds: {descriptive: {from: 1, to: 2}}, budget: {epochs: 4}}
"""
LOOKS = """\
study: looks
docket: looks-claims.yaml
experiments:
  tiny: {purpose: "Judge two claims, of which the first look decides one.", dataset: [xor], hidden: [[4]],
    activation: [relu], initialisation: [own], objective: [softmax+cross_entropy], batch_size: [1, 4, full],
    learning_rates: [0.5, 4], seeds: {confirmatory: {from: 101, looks: [6, 8, 10]}}, budget: {epochs: 3}}
"""
# Batches of 4 are far better than 75 %. Full batches are sometimes better than single samples, and sometimes worse.
LOOKS_DOCKET = """\
claims:
  - {id: decided, statement: {en: Batches of 4 are more accurate than 75 %.}, experiment: tiny, metric: test_accuracy,
    difference: {of: {batch_size: 4}, minus: 75 points}, where: {policy: tuned}, smallest_effect: 1 point}
  - {id: open, statement: {en: Full batches are more accurate than single samples.}, experiment: tiny,
    metric: test_accuracy, difference: {of: {batch_size: full}, minus: {batch_size: 1}}, where: {policy: tuned},
    smallest_effect: 1 point}
"""
TABLES, SITE = "results/tiny/tables/runs.csv", "results/tiny/site/index.html"
VERDICTS = "results/looks/verdicts.json"
TIMEOUT = 1800  # seconds after which a run counts as hanging, even on a busy machine


def start(folder: Path, target: str = TABLES, study: str = "config/tiny.yaml") -> subprocess.Popen:
    """Start `make` for a target on two cores, in a new process group as from a terminal."""
    snakemake = f"{python(folder)} -m snakemake --cores 2 {target} --config study={study}"
    options = [f"BIN={Path(sys.executable).parent}", f"STUDY={study}", f"SNAKEMAKE={snakemake}", "-o", "setup"]
    command = ["make", *options, "site"]
    environment = {name: value for name, value in active(folder).items() if not name.startswith(("PYTHON", "MAKE"))}
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=enable_ctrl_c,
    )


def enable_ctrl_c() -> None:
    """Let Ctrl-C interrupt the process. Shells disable it for background commands and their children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def make(folder: Path, target: str = TABLES, study: str = "config/tiny.yaml") -> str:
    """Run `make` for a target, check that it succeeds, and return its output."""
    run = start(folder, target, study)
    output, _ = run.communicate(timeout=TIMEOUT)
    assert run.returncode == 0, output[-8000:]
    return output


def wait_for(condition, run: subprocess.Popen):
    """Wait until condition() is true, and return its value. Fail if the run ends before that."""
    while run.poll() is None:
        if result := condition():
            return result
        time.sleep(0.005)
    pytest.fail(f"the run ended before the condition was met: {run.communicate()[0][-4000:]}")
