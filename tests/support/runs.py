"""A tiny study that trains for a while, and waiting for what happens meanwhile."""

import subprocess
import time

import pytest

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
    batch_size: [2, 16, full]
    learning_rates: [0.03125, 0.125]
    seeds: {descriptive: {from: 1, to: 2}}
    budget: {epochs: 4}
"""


def wait_for(condition, run: subprocess.Popen):
    """The first true value of a condition while a run is alive."""
    while run.poll() is None:
        if found := condition():
            return found
        time.sleep(0.005)
    pytest.fail(f"the run ended too early: {run.communicate()[0][-4000:]}")
