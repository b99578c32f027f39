"""Locks where the system has no fcntl, and output that has any text."""

import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.ledgers import judge_one
from support.windows import locks

from ontrial.judge import ledger_files
from ontrial.storage import system


@pytest.fixture
def on_windows(monkeypatch) -> None:
    """Lock as on Windows: there with its own module, elsewhere with the stand-in."""
    monkeypatch.setattr(system, "IS_POSIX", False)
    if os.name == "posix":
        monkeypatch.setattr(system, "msvcrt", locks(), raising=False)


@pytest.fixture
def opened(tmp_path) -> Iterator[list[io.FileIO]]:
    """One file, opened twice, with a text."""
    path = tmp_path / "file"
    path.write_bytes(b"text")
    with open(path, "r+b", buffering=0) as first, open(path, "r+b", buffering=0) as second:
        yield [first, second]


def test_a_lock_of_windows_keeps_others_out_until_the_file_is_closed(on_windows, opened):
    first, second = opened
    assert system.lock_file(first.fileno())
    assert not system.lock_file(second.fileno())
    assert second.read() == b"text"  # the lock moves no position, and its place is not in the text
    first.close()
    assert system.lock_file(second.fileno(), wait=True)


def test_who_waits_for_a_lock_of_windows_gets_it(on_windows, tmp_path):
    path = tmp_path / "tries.jsonl"
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(judge_one, [path] * 8, "01234567"))
    with ledger_files.locked(path) as book:  # reading checks every line
        assert sorted(each.name for each in book.ledger.tries) == list("01234567")


def test_a_file_system_without_locks_is_no_mistake(on_windows, opened, monkeypatch):
    def fail(*_) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(system.msvcrt, "locking", fail)
    assert system.lock_file(opened[0].fileno())


@pytest.mark.parametrize(("terminal", "written"), [(True, rb"\uc2e4 \u2265 1"), (False, "실 ≥ 1".encode())])
def test_output_has_text_that_its_encoding_lacks(monkeypatch, terminal, written):
    content = io.BytesIO()
    stream = io.TextIOWrapper(content, encoding="cp1252")
    stream.isatty = lambda: terminal
    monkeypatch.setattr(system.sys, "stdout", stream)
    system.write_any_text()
    print("실 ≥ 1", end="", flush=True)
    assert content.getvalue() == written
