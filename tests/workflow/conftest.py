"""Studies that several test files of this folder use, each of them run once for all workers."""

import time
from pathlib import Path

import pytest
from support.project import copy_project, ontrial
from support.runs import SITE, STUDY, TABLES, make
from support.shared import copy


@pytest.fixture(scope="session")
def published(smoke, shared) -> Path:
    """The finished smoke study after it was published. Tests only read it."""

    def publish(folder: Path) -> None:
        run = ontrial(copy(smoke, folder), "publish", "--study", "config/smoke.yaml")
        assert run.returncode == 0, run.stderr
        assert run.stdout.startswith("results/reference/smoke now has the 7 verdicts of results/smoke.")

    return shared("published", publish)


@pytest.fixture(scope="session")
def tiny(shared) -> Path:
    """The project with a tiny study that has not been run. Tests only read it."""
    return shared("tiny", lambda folder: (copy_project(folder) / "config/tiny.yaml").write_text(STUDY))


@pytest.fixture(scope="session")
def undisturbed(tiny, shared) -> Path:
    """`tiny` after an undisturbed run up to the tables."""
    return shared("undisturbed", lambda folder: make_timed(copy(tiny, folder), TABLES))


@pytest.fixture(scope="session")
def undisturbed_site(tiny, shared) -> Path:
    """`tiny` after an undisturbed run up to the site."""
    return shared("undisturbed-site", lambda folder: make_timed(copy(tiny, folder), SITE))


def make_timed(folder: Path, target: str) -> None:
    """Run the tiny study and record how many seconds it took."""
    began = time.monotonic()
    make(folder, target)
    (folder / "seconds").write_text(str(time.monotonic() - began))
