"""Files of the steps are atomic, verified when read, and errors say what to do."""

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.messages import message_of
from support.project import ROOT

from ontrial.errors import DamagedError, InputError
from ontrial.report.summaries import finding_files
from ontrial.steps import draw
from ontrial.storage import files, process, run_files, versions, yaml_files


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "table.csv"
    target.write_text("old")

    def fail():
        with files.atomic(target) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["table.csv"]


def test_equal_tables_give_equal_bytes(tmp_path):
    table = pa.table({"seed": [1, 2], "loss": [0.5, None]})
    for name in ("a", "b"):
        run_files.write(tmp_path / name, table)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert run_files.read_sealed(tmp_path / "a").to_pydict() == {"seed": [1, 2], "loss": [0.5, None]}


def test_a_run_file_keeps_the_versions_that_computed_it(tmp_path):
    table = pa.table({"seed": [1, 2]})
    run_files.write(tmp_path / "old", table)
    run_files.write(tmp_path / "new", table.replace_schema_metadata(versions.current()))
    old, new = (run_files.versions_in(run_files.read_schema(tmp_path / name)) for name in ("old", "new"))
    assert (old, new["numpy"], new["blas_kernel"]) == ({}, np.__version__, versions.blas_kernel())
    assert run_files.read_sealed(tmp_path / "new").to_pydict() == table.to_pydict()


def test_changes_of_versions_since_runs_were_computed():
    before = versions.current() | {"numpy": "1.0", "blas_kernel": "Other"}
    kept = versions.count([before, before, versions.current(), {}])
    assert kept["numpy"] == {"1.0": 2, np.__version__: 1, "unknown": 1}
    assert versions.changes(kept) == [f"numpy {np.__version__} (2 run files with 1.0)"]
    assert versions.changes({}) == []


def test_encoded_text_has_the_same_values_in_less_memory(tmp_path):
    table = pa.table({"activation": ["leaky_relu"] * 500 + ["relu"] * 500, "seed": range(1000)})
    run_files.write(tmp_path / "a", table)
    encoded = run_files.read_sealed(tmp_path / "a", encoded=True)
    assert encoded.to_pydict() == table.to_pydict()
    assert encoded.nbytes < table.nbytes
    assert encoded.to_pandas().dtypes.astype(str).to_dict() == {"activation": "category", "seed": "int64"}


def test_a_damaged_run_file_is_reported_and_renamed(tmp_path, monkeypatch):
    path = tmp_path / "results/tiny/batch-1.parquet"
    run_files.write(path, pa.table({"seed": list(range(1000))}))
    content = path.read_bytes()
    path.write_bytes(content[:-9])
    with pytest.raises(DamagedError) as damaged:
        run_files.read_sealed(path)
    problem = "the file is damaged: its SHA-256 differs from the one that it contains."
    assert str(damaged.value) == f"{path}: {problem} Delete it, and run the study again to rebuild it."
    monkeypatch.chdir(tmp_path)
    assert str(files.set_aside(damaged.value)) == (
        f"{path}: {problem} It was renamed to batch-1.parquet.damaged. Run the same command again to rebuild it."
    )
    assert os.listdir(path.parent) == ["batch-1.parquet.damaged"]
    path.with_name("batch-2.parquet").write_bytes(content[:-9])
    run_files.write(path, pa.table({"seed": list(range(1000))}))  # as the next run does
    assert sorted(os.listdir(path.parent)) == ["batch-1.parquet", "batch-2.parquet"]


@pytest.mark.parametrize(("name", "is_rebuilt"), [
    ("results/tiny/verdicts.json", True), ("results/tiny/runs/grid/batch-1.parquet", True),
    ("results/reference/tiny/verdicts.json", False), ("results/benchmark.csv", False),
    ("own/results/tiny/verdicts.json", False), ("own.csv", False), ("../own.csv", False),
])  # fmt: skip
def test_only_files_that_a_run_rebuilds_are_set_aside(tmp_path, monkeypatch, name, is_rebuilt):
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    files.write_text(name, "{")
    assert ("renamed" in str(files.set_aside(DamagedError({name: "broken JSON."})))) == is_rebuilt
    assert os.path.exists(name) != is_rebuilt


@pytest.mark.parametrize("read", [run_files.read_sealed, run_files.read_schema])
def test_all_damaged_run_files_are_reported_at_once(tmp_path, read):
    paths = [tmp_path / f"{name}.parquet" for name in "abc"]
    for path in paths:
        run_files.write(path, pa.table({"seed": [1]}))
    assert len(run_files.read_each(read, paths)) == 3
    for path in paths[:2]:
        path.write_bytes(path.read_bytes()[:-9])
    lines = message_of(run_files.read_each, read, paths).splitlines()
    assert [line.partition(": ")[0] for line in lines] == [str(path) for path in paths[:2]]


def test_a_file_that_is_not_a_run_file_counts_as_damaged():
    for content in (b"", b"PAR1", bytes(7), bytes(100), b"\xff" * 100):
        assert not run_files.is_intact(content)


def test_every_flipped_bit_and_every_truncation_is_detected(tmp_path):
    path = tmp_path / "batch-1.parquet"
    run_files.write(
        path, pa.table({"hidden": ["16", "16"], "seed": [1, 2], "loss": [0.5, None], "diverged": [False, True]})
    )
    content = path.read_bytes()
    assert run_files.is_intact(content)
    for position in range(len(content)):
        assert not run_files.is_intact(content[:position])
        for bit in range(8):
            flipped = bytearray(content)
            flipped[position] ^= 1 << bit
            assert not run_files.is_intact(bytes(flipped)), (position, bit)


def test_a_run_file_is_a_valid_parquet_file(tmp_path):
    run_files.write(tmp_path / "a", pa.table({"seed": [1, 2]}))
    file = pq.ParquetFile(tmp_path / "a", page_checksum_verification=True)
    assert file.read().to_pydict() == {"seed": [1, 2]}


UNWRITABLE = (
    "results can't be written: {}. Make the folder writable, or free some space, and run the same command again."
)


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "a.csv"), 1, UNWRITABLE.format("No space left on device")),
        (OSError(errno.EROFS, "Read-only file system", "a.csv"), 1, UNWRITABLE.format("Read-only file system")),
        (OSError(errno.ENOSPC, "No space left on device"), 1, UNWRITABLE.format("No space left on device")),
        (OSError(errno.EISDIR, "Is a directory", "a.csv"), 1, "Is a directory."),
        (OSError(errno.ELOOP, "Too many levels of symbolic links", "a\x1b[2J.csv"), 1, "Too many levels"),
        (InputError("a\x1b[2J\u202e.csv: this is wrong.\n  And that."), 1, "this is wrong.\n  And that."),
        (OSError(errno.EBADF, "Bad file descriptor"), 70, "Traceback"),
        (KeyError("a"), 70, "Traceback"),
    ],
)
def test_a_process_ends_with_a_message_or_if_it_has_a_bug_with_a_traceback(capsys, error, code, message):
    def step() -> None:
        raise error

    with pytest.raises(SystemExit) as end:
        process.call(step, {})
    written = capsys.readouterr().err
    assert end.value.code == code
    assert message in written
    assert ("Traceback" in written) == (code == 70)
    assert "\x1b" not in written


LOCK = "from ontrial.storage import files; files.lock({study!r}, 'results'); print('locked', flush=True); {then}"


@contextmanager
def locking(folder, study: str = "tiny", then: str = "") -> Iterator[subprocess.Popen]:
    """Start a process that locks a study in a folder."""
    command = [sys.executable, "-c", LOCK.format(study=study, then=then)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=folder, **pipes) as process:
        yield process
        process.kill()


def test_a_study_is_locked_until_its_run_and_the_jobs_of_the_run_have_ended(tmp_path):
    job = "import subprocess as s; print(s.Popen(['sleep', '60'], stdout=s.DEVNULL).pid, flush=True); files.os.wait()"
    with locking(tmp_path, then=job) as run:
        assert run.stdout.readline() == "locked\n"
        job = int(run.stdout.readline())
        with locking(tmp_path) as second:
            assert "Another run of study tiny is active in this folder. Wait until it ends, or" in second.stdout.read()
        with locking(tmp_path, study="other") as other:
            assert other.stdout.read() == "locked\n"
        run.kill()
        run.wait()
    with locking(tmp_path) as third:
        assert third.stdout.readline() == "Jobs of a killed run are still running. Waiting for them.\n"
        assert third.stdout.readline() == f"  process {job}: sleep 60\n"
        assert third.poll() is None
        os.kill(job, signal.SIGKILL)
        assert third.stdout.readline() == "locked\n"


def test_a_new_run_removes_the_leftovers_of_killed_jobs_and_nothing_else(tmp_path):
    folder = tmp_path / "results/smoke/site"
    (folder / ".en.x.unfinished").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    kept = tmp_path / "elsewhere/kept"
    names = (".en.x.unfinished/index.html", ".index.html.x.unfinished", "index.html", ".order")
    for path in (kept, *(folder / name for name in names)):
        path.write_text("")
    (folder / ".link.unfinished").symlink_to(tmp_path / "elsewhere")
    with locking(tmp_path) as run:
        assert run.wait() == 0
    assert sorted(os.listdir(folder)) == [".order", "index.html"]
    assert kept.exists()


def test_draw_starts_one_process_per_thread(monkeypatch):
    def pool(processes, *_):
        raise InputError(f"{processes} processes")

    monkeypatch.setattr(draw.workers, "pool", pool)
    content = SimpleNamespace(study=SimpleNamespace(datasets={}))
    monkeypatch.setattr(draw.finding_files, "read_findings", lambda *_: (content, None))
    words = str(ROOT / "docs/words.yaml")
    with pytest.raises(InputError, match="3 processes"):
        draw.draw("", "", "", None, [], [], words, [], [], "", "", "", threads=3)


def test_published_accuracies_belong_to_the_study_of_their_folder(tmp_path):
    for study in ("mnist", "full"):
        files.write_text(tmp_path / study / "verdicts.json", '{"version": 4, "study": "any", "claims": []}')
    shutil.copytree(ROOT / "results/reference/mnist/tables", tmp_path / "mnist/tables")
    verdicts = [str(path) for path in sorted(tmp_path.glob("*/verdicts.json"))]
    studies = finding_files.read_studies([*verdicts, str(tmp_path / "mnist/tables/tuned.csv")])
    assert {name: study.tuned is None for name, study in studies.items()} == {"full": True, "mnist": False}
    assert set(studies["mnist"].tuned["dataset"]) == {"mnist"}


def test_environment_yml_is_generated_from_the_lock():
    lock = (ROOT / "requirements/run.lock").read_text(encoding="utf-8")
    *_, pip = yaml_files.read_yaml(ROOT / "environment.yml")["dependencies"]
    assert pip["pip"] == [pin.strip() for pin in re.findall(r"^[\w.-]+==[^\\\n]+", lock, re.MULTILINE)]


def test_links_in_results_are_refused_and_results_may_be_one(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "results/runs/grid").mkdir(parents=True)
    files.require_no_links(tmp_path / "results")
    (tmp_path / "linked").symlink_to(tmp_path / "results")
    files.require_no_links(tmp_path / "linked")
    files.require_no_links(tmp_path / "missing")
    for link, target in (("figures", "elsewhere"), ("runs/grid/a.parquet", "elsewhere/nothing")):
        path = tmp_path / "results" / link
        path.symlink_to(tmp_path / target)
        with pytest.raises(InputError, match=f"{link}: this is a link"):
            files.require_no_links(tmp_path / "results")
        path.unlink()


def test_files_from_the_future_are_dated_to_the_present_in_their_order(tmp_path):
    now = time.time()
    dates = {"old": now - 1000, "first": now + 5000, "folder/second": now + 9000}
    for name, date in dates.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
        os.utime(path, (date, date))
    assert files.bring_to_present(tmp_path) == 2
    old, first, second = (os.stat(tmp_path / name).st_mtime for name in dates)
    assert old == pytest.approx(now - 1000)
    assert second - first == pytest.approx(4000)
    assert second == pytest.approx(now, abs=60)
    assert files.bring_to_present(tmp_path) == files.bring_to_present(tmp_path / "nothing") == 0
