"""The file of a ledger is written whole, by one process at a time."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

import pytest
from support.ledgers import judge_one

from ontrial.errors import InputError
from ontrial.judge import ledger_files
from ontrial.judge.ledger_files import locked
from ontrial_judge.core.verdicts import Conclusion


def test_tries_are_appended_and_read_back(tmp_path):
    path = tmp_path / "tries.jsonl"
    judge_one(path, "first")
    before = path.read_bytes()
    judge_one(path, "second")
    assert path.read_bytes().startswith(before)
    with locked(path) as book:
        assert [each.name for each in book.ledger.tries] == ["first", "second"]
        assert book.ledger.total_error == 0.05


def test_processes_that_judge_at_once_wait_for_each_other(tmp_path):
    path = tmp_path / "tries.jsonl"
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as processes:
        list(processes.map(judge_one, [path] * 8, "01234567"))
    with locked(path) as book:  # reading checks every line
        assert sorted(each.name for each in book.ledger.tries) == list("01234567")


def test_a_disk_that_is_full_leaves_the_ledger_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "tries.jsonl"
    judge_one(path, "first")
    before = path.read_bytes()

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledger_files.os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        judge_one(path, "second")
    assert path.read_bytes() == before


def test_a_refused_try_leaves_the_ledger_and_its_total_error_as_they_were(tmp_path):
    path = tmp_path / "tries.jsonl"
    with pytest.raises(InputError, match="no metric"), locked(path, 0.1):
        raise InputError("no metric")
    assert path.read_bytes() == b""
    with locked(path, 0.2) as book:  # nothing was declared
        assert book.ledger.total_error == 0.2
    path = tmp_path / "tries.jsonl"
    with locked(path, 0.1) as book:
        book.write(book.ledger.add("first", "claim", "data", Conclusion.REFUTED))
    with locked(path) as book:
        assert book.ledger.total_error == 0.1
    with pytest.raises(InputError, match=r"tries\.jsonl:1: .* 0\.1, not 0\.05"), locked(path, 0.05):
        pass


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX, which has pipes in folders")
def test_a_ledger_is_a_regular_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a file"), locked(tmp_path / "pipe"):
        pass
