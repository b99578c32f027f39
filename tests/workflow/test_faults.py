"""What can befall a run while it works, really done to it. The next `make` must give what an undisturbed run gives."""

import os
import random
import re
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from support.runs import SITE, TABLES, TIMEOUT, make, start, wait_for
from support.shared import copy

from ontrial.commands import verify

KILLS = 60  # rounds of the long suite; every tenth disturbs the whole way to the site, the others training


def family(run: subprocess.Popen, word: str) -> list[psutil.Process]:
    """Living descendants of a run that are Python with this word at the start of their command line."""
    found = []
    for process in psutil.Process(run.pid).children(recursive=True):
        try:
            words = process.cmdline()[:3]
        except psutil.Error:
            continue
        if words[1:2] == ["-m"] and words[2:] and words[2].startswith(word):
            found.append(process)
    return found


def trained(folder: Path) -> list[Path]:
    return sorted(folder.glob("results/tiny/runs/**/*.parquet"))


def assert_as_if_undisturbed(folder: Path, undisturbed: Path, target: str = TABLES) -> None:
    """The same bytes in every file of the results that must not differ, and nothing left over."""
    if target == SITE:
        verify.copy_seconds(undisturbed / "results/tiny", folder / "results/tiny")
        make(folder, SITE)
    found, expected = (verify.digests(each / "results/tiny") for each in (folder, undisturbed))
    assert verify.differing(expected, found) == []
    assert not list(folder.glob(".snakemake/locks/*"))


@pytest.fixture
def fresh(tiny, tmp_path) -> Path:
    return copy(tiny, tmp_path / "project")


@pytest.fixture
def finished(undisturbed, tmp_path) -> Path:
    """A copy of a finished run up to the tables."""
    return copy(undisturbed, tmp_path / "project")


# kill -9 --------------------------------------------------------------------------------------------------------------


def strike(run: subprocess.Popen, victim: str) -> None:
    """kill -9 of what is there of the victim."""
    processes = {
        "a job": lambda: family(run, "ontrial.steps.")[:1],
        "Snakemake": lambda: family(run, "snakemake"),
        "both": lambda: psutil.Process(run.pid).children(recursive=True),
    }[victim]()
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


@pytest.mark.parametrize("victim", ["a job", "both"])
def test_a_kill_in_the_middle_costs_only_time(fresh, undisturbed, victim):
    run = start(fresh)
    wait_for(lambda: trained(fresh) and family(run, "ontrial.steps.train"), run)
    strike(run, victim)
    run.communicate(timeout=TIMEOUT)
    make(fresh)
    assert_as_if_undisturbed(fresh, undisturbed)


@pytest.mark.full
@pytest.mark.parametrize("number", range(KILLS))
def test_a_kill_at_any_moment_costs_only_time(fresh, request, number):
    chance = random.Random(number)
    whole = number % 10 == 9
    undisturbed = request.getfixturevalue("undisturbed_site" if whole else "undisturbed")
    target = SITE if whole else TABLES
    victim = chance.choice(["a job", "Snakemake", "both"])
    run = start(fresh, target)
    with suppress(subprocess.TimeoutExpired):
        run.wait(chance.uniform(0.1, 1) * float((undisturbed / "seconds").read_text()))
    if run.poll() is None:
        strike(run, victim)
    run.communicate(timeout=TIMEOUT)
    make(fresh, target)
    assert_as_if_undisturbed(fresh, undisturbed, target)


def test_jobs_that_outlive_their_run_are_waited_for(fresh, undisturbed):
    run = start(fresh)
    (job, *_) = wait_for(lambda: family(run, "ontrial.steps.train"), run)
    job.suspend()
    strike(run, "Snakemake")
    run.wait()
    rerun = start(fresh)
    try:
        told = rerun.stdout.readline()
        time.sleep(0.5)
        assert rerun.poll() is None
    finally:
        job.resume()
    assert told.startswith("Jobs of a killed run are still running (process ")
    assert str(job.pid) in told
    said, _ = rerun.communicate()
    assert rerun.returncode == 0, said[-4000:]
    assert said.startswith("Removed the lock of a run that was killed here.")
    assert_as_if_undisturbed(fresh, undisturbed)


@pytest.mark.full
def test_processes_that_draw_end_with_their_job(finished):
    run = start(finished, SITE)
    (job, *_) = wait_for(lambda: [each for each in family(run, "ontrial.steps.draw") if each.children()], run)
    processes = job.children()
    job.kill()
    _, alive = psutil.wait_procs(processes, timeout=TIMEOUT)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert not alive


# Ctrl-C, two at once --------------------------------------------------------------------------------------------------


def test_after_ctrl_c_the_next_run_goes_on(fresh, undisturbed):
    run = start(fresh)
    wait_for(lambda: family(run, "ontrial.steps.train"), run)
    os.killpg(run.pid, signal.SIGINT)
    said, _ = run.communicate(timeout=TIMEOUT)
    assert run.returncode != 0
    assert not list(fresh.glob(".snakemake/locks/*")), said
    make(fresh)
    assert_as_if_undisturbed(fresh, undisturbed)


def test_of_two_runs_at_once_one_works_and_the_other_is_told(fresh, undisturbed):
    runs = [start(fresh), start(fresh)]
    said = [run.communicate(timeout=TIMEOUT)[0] for run in runs]
    assert sorted(run.returncode == 0 for run in runs) == [False, True], said
    (refused,) = (words for words, run in zip(said, runs, strict=True) if run.returncode)
    assert re.search("Another run is active in this folder|Directory cannot be locked", refused), refused
    assert_as_if_undisturbed(fresh, undisturbed)


@pytest.mark.full
def test_a_run_that_starts_later_is_told_of_the_first(fresh, undisturbed):
    first = start(fresh)
    wait_for(lambda: family(first, "ontrial.steps.train"), first)
    second = start(fresh)
    said, _ = second.communicate()
    first.communicate()
    assert second.returncode != 0
    assert said.startswith("Another run is active in this folder (process ")
    assert first.returncode == 0
    assert_as_if_undisturbed(fresh, undisturbed)


# Disks ----------------------------------------------------------------------------------------------------------------


@contextmanager
def mounted(folder: Path, *options: str):
    """Mount something at a folder for a while; the test is skipped where that isn't allowed."""
    try:
        subprocess.run(["mount", *options, folder], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"needs root and the right to mount: {getattr(error, 'stderr', error)}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(filler: Path) -> None:
    """Let a file take what room there is."""
    with open(filler, "wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


def test_a_disk_that_fills_up_is_told_and_once_there_is_room_the_run_goes_on(tiny, undisturbed, tmp_path):
    with mounted(tmp_path, *("-t", "tmpfs", "-o", "size=24m", "tmpfs")):
        folder = copy(tiny, tmp_path / "project")
        run = start(folder)
        wait_for(lambda: trained(folder), run)
        fill(tmp_path / "filler")
        said, _ = run.communicate(timeout=TIMEOUT)
        assert run.returncode != 0
        assert "No space left on device" in said, said
        refused, _ = (again := start(folder)).communicate(timeout=TIMEOUT)
        assert again.returncode != 0
        assert "results can't be written: " in refused, refused
        assert "or free some space, and run the same command again." in refused
        assert "Traceback" not in refused
        (tmp_path / "filler").unlink()
        make(folder)
        assert_as_if_undisturbed(folder, undisturbed)


def test_results_that_turn_read_only_are_told_and_once_they_are_writable_the_run_goes_on(fresh, undisturbed):
    run = start(fresh)
    wait_for(lambda: trained(fresh), run)
    results = fresh / "results"
    with mounted(results, "--bind", "-o", "ro", results):
        said, _ = run.communicate(timeout=TIMEOUT)
        assert run.returncode != 0
        assert "results can't be written: " in said, said
        assert "Read-only file system" in said
    make(fresh)
    assert_as_if_undisturbed(fresh, undisturbed)


# Files ----------------------------------------------------------------------------------------------------------------


def test_a_damaged_run_file_is_named_set_aside_and_trained_again(finished, undisturbed):
    victim = trained(finished)[0]
    damaged = bytearray(victim.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    victim.write_bytes(damaged)
    (finished / TABLES).unlink()
    run = start(finished)
    said, _ = run.communicate(timeout=TIMEOUT)
    assert run.returncode != 0
    assert f"{victim.relative_to(finished)}: the file is damaged" in said
    assert "Traceback" not in said
    set_aside = victim.with_name(victim.name + ".damaged")
    assert set_aside.read_bytes() == damaged
    set_aside.unlink()
    make(finished)
    assert_as_if_undisturbed(finished, undisturbed)


@pytest.mark.full
def test_a_log_folder_that_goes_costs_only_time(fresh, undisturbed):
    run = start(fresh)
    wait_for(lambda: trained(fresh), run)
    shutil.rmtree(fresh / "results/tiny/logs")
    run.communicate(timeout=TIMEOUT)
    shutil.rmtree(fresh / "results/tiny/logs", ignore_errors=True)
    make(fresh)
    assert_as_if_undisturbed(fresh, undisturbed)
