"""What the workflow takes for the code of a rule, held against what its jobs really open."""

import re
import shlex
import shutil
import subprocess
import sys
from importlib.util import source_from_cache
from pathlib import Path

import pytest
from support.project import ROOT, snakemake

from ontrial.report.summaries.rules import RULES
from ontrial.storage import code

STEPS = [rule for rule in RULES if rule not in ("fetch", "draw_timed")]  # fetch needs a network


@pytest.fixture(scope="module")
def project(smoke, tmp_path_factory) -> Path:
    """A copy of the project with a finished smoke study, whose jobs can run again."""
    return Path(shutil.copytree(smoke, tmp_path_factory.mktemp("code") / "project"))


@pytest.fixture(scope="module")
def commands(project) -> dict[str, list[str]]:
    """The arguments of one job of each step, as the rules have them."""
    run = snakemake(project, "--dry-run", "--printshellcmds", "--forceall")
    jobs = re.findall(r"python -m ontrial\.steps\.(\w+) ((?:.*\\\n)*?) *2?>", run.stdout + run.stderr)
    return {step: shlex.split(words.replace("\\\n", " ")) for step, words in reversed(jobs)}


def opened(project: Path, step: str, arguments: list[str]) -> set[Path]:
    """The files of the package that a job opens, a module for its bytecode."""
    log = project / f"opened-{step}"
    hook = [ROOT / "tests/support/opened.py", log, code.PACKAGE, f"ontrial.steps.{step}", *arguments]
    environment = {"PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run([sys.executable, *hook], cwd=project, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-4000:]
    paths = set(log.read_text(encoding="utf-8").splitlines())
    return {Path(source_from_cache(path) if path.endswith(".pyc") else path) for path in paths}


@pytest.mark.parametrize("step", STEPS)
def test_the_code_of_a_step_holds_all_that_its_job_opens(project, commands, step):
    others = code.loaded_by_mkdocs(ROOT / "docs") if step == "build" else []
    found, expected = opened(project, step, commands[step]), set(code.code_of(step, *others))
    print(
        step,
        len(expected),
        len(found),
        sorted(str(p.relative_to(code.PACKAGE)) for p in expected - found if p.is_relative_to(code.PACKAGE)),
    )
    assert {str(path.relative_to(code.PACKAGE)) for path in found - expected} == set()
