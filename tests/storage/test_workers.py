"""Worker processes that share an object."""

import contextlib
import os
import signal
import subprocess
import sys

from benchmarks import scale
from ontrial.errors import DamagedError
from ontrial.storage import files
from ontrial.study import configuration

KILLED = """
import os, signal
from ontrial.storage import workers
with workers.pool(1, "shared", int) as pool:
    print(pool.submit(workers.with_shared, str.upper).result(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
SPAWNED = """
import multiprocessing
from functools import partial
from ontrial import data
from ontrial.report.summaries import finding_files
from ontrial.storage import run_files, workers
multiprocessing.set_start_method("spawn")
with workers.pool(1, "shared", partial(finding_files.register, "study.json", None)) as pool:
    print(pool.submit(data.has_classes, "mine").result())
    print(repr(pool.submit(run_files.read_sealed, "study.json").exception()))
"""


def test_a_worker_has_the_object_and_ends_if_its_job_is_killed():
    job = subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        output, _ = job.communicate(timeout=60)  # until the worker ends, too, which holds the pipe open
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(job.pid, signal.SIGKILL)
    assert output == "SHARED\n"
    assert job.returncode == -signal.SIGKILL


def test_a_worker_that_is_not_forked_knows_the_data_of_a_study(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{i % 7},{i % 5},{'ab'[i % 2]}\n" for i in range(100))
    files.write_text("mine.csv", f"x,y,kind\n{rows}")
    settings = scale.configuration(1, **scale.ONE_RUN, dataset=["mine"])
    settings["datasets"] = {"mine": {"csv": "mine.csv", "label": "kind"}}
    files.write_text("study.json", configuration.parse(settings).to_json())
    run = subprocess.run([sys.executable, "-c", SPAWNED], capture_output=True, text=True)
    knows, error = run.stdout.splitlines()
    assert knows == "True", run.stderr
    damaged = DamagedError({"study.json": "the file is damaged: its SHA-256 differs from the one that it contains."})
    assert error == repr(damaged)
