"""Studies that several test files of this folder use, each of them run once for all workers."""

import time
from pathlib import Path

import pytest
from support.project import copy_project, ontrial, output_of, planned_jobs, snakemake
from support.runs import LOOKS, LOOKS_DOCKET, SITE, STUDY, TABLES, VERDICTS, make
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
    """The project with tiny studies that have not been run. Tests only read it."""

    def make(folder: Path) -> None:
        copy_project(folder)
        for name, text in {"tiny": STUDY, "looks": LOOKS, "looks-claims": LOOKS_DOCKET}.items():
            (folder / f"config/{name}.yaml").write_text(text, encoding="utf-8")

    return shared("tiny", make)


@pytest.fixture(scope="session")
def undisturbed(tiny, shared) -> Path:
    """`tiny` after an undisturbed run up to the tables."""
    return shared("undisturbed", lambda folder: make_timed(copy(tiny, folder), TABLES))


@pytest.fixture(scope="session")
def undisturbed_site(tiny, shared) -> Path:
    """`tiny` after an undisturbed run up to the site."""
    return shared("undisturbed-site", lambda folder: make_timed(copy(tiny, folder), SITE))


@pytest.fixture(scope="session")
def judged_by_looks(tiny, shared) -> Path:
    """`tiny` after the verdicts of its study with looks."""

    def judge(folder: Path) -> None:
        study = "config/looks.yaml"
        planned = planned_jobs(copy(tiny, folder), VERDICTS, study=study)
        assert planned["train"] == 3  # what later looks add is not known yet
        run = snakemake(folder, VERDICTS, study=study)
        assert run.returncode == 0, output_of(run)[-4000:]

    return shared("looks", judge)


def make_timed(folder: Path, target: str) -> None:
    """Run the tiny study and record how many seconds it took."""
    began = time.monotonic()
    make(folder, target)
    (folder / "seconds").write_text(str(time.monotonic() - began))
