"""Interrupt and damage real runs. The next `make` must give the same results as an undisturbed run."""

import os
import random
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from support import twice
from support.project import SMOKE, output_of, planned_jobs, snakemake
from support.runs import SITE, TABLES, TIMEOUT, make, start, wait_for
from support.shared import copy

from ontrial.study.schema_files import load_schema

pytestmark = pytest.mark.slow

KILLS = 60  # rounds of the long suite; every tenth runs up to the site, the others only up to the tables


def python_children(run: subprocess.Popen, word: str) -> list[psutil.Process]:
    """Return running child processes of a run that are `python -m` with a module that starts with this word."""
    processes = []
    for process in psutil.Process(run.pid).children(recursive=True):
        try:
            words = process.cmdline()[:3]
        except psutil.Error:
            continue
        if words[1:2] == ["-m"] and words[2:] and words[2].startswith(word):
            processes.append(process)
    return processes


def trained(folder: Path) -> list[Path]:
    return sorted(folder.glob("results/tiny/runs/**/*.parquet"))


def assert_as_if_undisturbed(folder: Path, undisturbed: Path, target: str = TABLES) -> None:
    """Check that every deterministic file has the same bytes."""
    if target == SITE:
        twice.copy_seconds(undisturbed / "results/tiny", folder / "results/tiny")
        make(folder, SITE)
    actual, expected = (twice.digests(path / "results/tiny") for path in (folder, undisturbed))
    assert twice.differing(expected, actual) == []


@pytest.fixture
def fresh(tiny, tmp_path) -> Path:
    return copy(tiny, tmp_path / "project")


@pytest.fixture
def finished(undisturbed, tmp_path) -> Path:
    """A copy of a finished run up to the tables."""
    return copy(undisturbed, tmp_path / "project")


def kill(run: subprocess.Popen, victim: str) -> None:
    """Kill the processes of the victim with SIGKILL."""
    processes = {
        "a job": lambda: python_children(run, "ontrial.steps.")[:1],
        "Snakemake": lambda: python_children(run, "snakemake"),
        "both": lambda: psutil.Process(run.pid).children(recursive=True),
    }[victim]()
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def test_ctrl_c_and_a_kill_in_the_middle_change_no_result(fresh, undisturbed):
    run = start(fresh)
    wait_for(lambda: python_children(run, "ontrial.steps.train"), run)
    os.killpg(run.pid, signal.SIGINT)
    run.communicate(timeout=TIMEOUT)
    assert run.returncode != 0
    run = start(fresh)
    wait_for(lambda: trained(fresh) and python_children(run, "ontrial.steps.train"), run)
    kill(run, "both")
    run.communicate(timeout=TIMEOUT)
    make(fresh)
    assert_as_if_undisturbed(fresh, undisturbed)


@pytest.mark.long
@pytest.mark.parametrize("number", range(KILLS))
def test_a_kill_at_any_moment_changes_no_result(fresh, request, number):
    chance = random.Random(number)
    whole = number % 10 == 9
    undisturbed = request.getfixturevalue("undisturbed_site" if whole else "undisturbed")
    target = SITE if whole else TABLES
    victim = chance.choice(["a job", "Snakemake", "both"])
    run = start(fresh, target)
    with suppress(subprocess.TimeoutExpired):
        run.wait(chance.uniform(0.1, 1) * float((undisturbed / "seconds").read_text()))
    if run.poll() is None:
        kill(run, victim)
    run.communicate(timeout=TIMEOUT)
    make(fresh, target)
    assert_as_if_undisturbed(fresh, undisturbed, target)


def test_the_next_run_waits_for_jobs_that_outlived_theirs(fresh, undisturbed):
    run = start(fresh)
    (job, *_) = wait_for(lambda: python_children(run, "ontrial.steps.train"), run)
    job.suspend()
    kill(run, "Snakemake")
    run.wait()
    rerun = start(fresh)
    try:
        wait_for(lambda: "Jobs of a killed run are still running" in rerun.stdout.readline(), rerun)
        time.sleep(0.5)
        assert rerun.poll() is None
    finally:
        job.resume()
    output, _ = rerun.communicate()
    assert rerun.returncode == 0, output[-4000:]
    assert_as_if_undisturbed(fresh, undisturbed)


def test_worker_processes_end_with_their_job(finished):
    run = start(finished, SITE)
    (job, *_) = wait_for(lambda: [job for job in python_children(run, "ontrial.steps.write") if job.children()], run)
    processes = job.children()
    job.kill()
    _, alive = psutil.wait_procs(processes, timeout=TIMEOUT)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert not alive


def test_a_second_run_is_refused_while_the_first_is_active(fresh, undisturbed):
    first = start(fresh)
    job = wait_for(lambda: python_children(first, "ontrial.steps.train"), first)[0]
    job.suspend()  # so that the first run can't end before the second starts
    second = start(fresh)
    output, _ = second.communicate(timeout=TIMEOUT)
    job.resume()
    first.communicate(timeout=TIMEOUT)
    assert second.returncode != 0
    assert "Another run of study tiny is active in this folder. Wait until it ends" in output
    assert first.returncode == 0
    assert_as_if_undisturbed(fresh, undisturbed)


@contextmanager
def mounted(folder: Path, *options: str):
    """Mount something at a folder temporarily. Skip the test where that is not allowed."""
    try:
        subprocess.run(["mount", *options, folder], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"needs root and the right to mount: {getattr(error, 'stderr', error)}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(filler: Path) -> None:
    """Fill the disk with one file."""
    with open(filler, "wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


def test_a_full_disk_is_reported_and_the_run_continues_once_there_is_space(tiny, undisturbed, tmp_path):
    with mounted(tmp_path, *("-t", "tmpfs", "-o", "size=32m", "tmpfs")):
        folder = copy(tiny, tmp_path / "project")
        run = start(folder)
        wait_for(lambda: trained(folder), run)
        fill(tmp_path / "filler")
        output, _ = run.communicate(timeout=TIMEOUT)
        assert run.returncode != 0
        assert "No space left on device" in output, output
        os.truncate(tmp_path / "filler", (tmp_path / "filler").stat().st_size - 2**17)  # for Snakemake's own log
        refused, _ = (again := start(folder)).communicate(timeout=TIMEOUT)
        assert again.returncode != 0
        assert "results can't be written: " in refused, refused
        assert "or free some space, and run the same command again." in refused
        assert "Traceback" not in refused
        (tmp_path / "filler").unlink()
        make(folder)
        assert_as_if_undisturbed(folder, undisturbed)


def test_a_damaged_run_file_is_reported_set_aside_and_retrained(finished, undisturbed):
    victim = trained(finished)[0]
    damaged = bytearray(victim.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    victim.write_bytes(damaged)
    (finished / TABLES).unlink()
    run = start(finished)
    output, _ = run.communicate(timeout=TIMEOUT)
    assert run.returncode != 0
    assert f"{victim.relative_to(finished)}: the file is damaged" in output
    assert "Traceback" not in output
    set_aside = victim.with_name(victim.name + ".damaged")
    assert set_aside.read_bytes() == damaged
    output = make(finished)
    assert f"\nReady: {TABLES}\n" in output
    assert "The site is ready" not in output
    assert max(map(len, output.splitlines())) <= 200  # a list of inputs would be longer
    assert not set_aside.exists()
    assert_as_if_undisturbed(finished, undisturbed)


def test_all_damaged_json_files_are_rebuilt(smoke_copy):
    paths = [path for pattern in load_schema("results") for path in sorted((smoke_copy / SMOKE).glob(pattern))]
    assert len(paths) == 8
    for path in paths:
        path.write_text("[5]", encoding="utf-8")
    assert "It was not written by this version. Delete it" in output_of(snakemake(smoke_copy, "--dry-run"))
    assert all(path.exists() for path in paths)  # a dry run changes nothing
    run = snakemake(smoke_copy, f"{SMOKE}/study.json")
    assert run.returncode == 0, output_of(run)
    assert output_of(run).count("It was not written by this version. It was renamed to") == len(paths)
    assert planned_jobs(smoke_copy).keys() >= {"docket", "judge", "provenance", "job_times", "draw"}


def test_a_deleted_run_file_is_named_with_the_option_that_trains_it_again(finished, undisturbed):
    victim = trained(finished)[0]
    victim.unlink()
    output = make(finished)
    assert f"Run files are missing: 1, such as {victim.relative_to(finished)}." in output
    assert "--forcerun collect" in output
    assert not victim.exists()
    run = snakemake(finished, TABLES, "--forcerun", "collect", study="config/tiny.yaml")
    assert run.returncode == 0, output_of(run)
    assert_as_if_undisturbed(finished, undisturbed)
