"""Compare the code that a rule depends on with the files that its jobs open, and with what reruns when it changes."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from support.project import ROOT, active, edited, planned_jobs, python, snakemake
from support.rules import BLOCKS, ancestors, graph
from support.shared import copy

from ontrial.storage import code

STEPS = [rule for rule in BLOCKS if rule not in ("draw_timed", "fetch", "look")]  # the last two: not of the smoke study


@pytest.fixture(scope="module")
def project(smoke, tmp_path_factory) -> Path:
    """A copy of the project with a finished smoke study, whose jobs can run again."""
    return copy(smoke, tmp_path_factory.mktemp("code") / "project")


@pytest.fixture(scope="module")
def finished(smoke, tmp_path_factory) -> Path:
    """Another copy, whose jobs do not run again."""
    return copy(smoke, tmp_path_factory.mktemp("finished") / "project")


@pytest.fixture(scope="module")
def commands(project) -> dict[str, list[str]]:
    """Return the arguments of one job of each step, as written in the rules."""
    run = snakemake(project, "--dry-run", "--printshellcmds", "--forceall")
    jobs = re.findall(r"python -m ontrial\.steps\.(\w+) ((?:.*\\\n)*?) *2?>", run.stdout + run.stderr)
    return {step: shlex.split(words.replace("\\\n", " ")) for step, words in reversed(jobs)}


def used(project: Path, step: str, arguments: list[str]) -> set[str]:
    """Return the files of the package that a job executes or reads."""
    log, package = project / f"used-{step}", project.resolve() / "src/ontrial"
    hook = [ROOT / "tests/support/used.py", log, package, f"ontrial.steps.{step}", *arguments]
    run = subprocess.run([python(project), *hook], cwd=project, env=active(project), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-4000:]
    paths = map(Path, log.read_text(encoding="utf-8").splitlines())
    return {path.relative_to(package).as_posix() for path in paths}


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_the_code_of_a_step_includes_every_file_that_its_job_opens(project, commands, step):
    paths = code.code_of(step, *([ROOT / "docs/theme/hooks.py"] if step == "build" else []))
    expected = {path.relative_to(code.PACKAGE).as_posix() for path in paths if path.is_relative_to(code.PACKAGE)}
    opened = used(project, step, commands[step])
    assert f"steps/{step}.py" in opened
    assert opened - expected == set()


@pytest.mark.slow
@pytest.mark.parametrize("step", ["plan", "train", "judge", "draw", "explore", "write"])
def test_a_changed_step_reruns_its_rule_and_what_reads_its_outputs(finished, step):
    """A changed plan or docket reruns nothing: their parameter is the checked configuration, not the code.

    test_rules.py shows that every other rule has the digest of its step.
    """
    with edited(finished / f"src/ontrial/steps/{step}.py", '"""\n', '"""\n\n# A comment.\n'):
        jobs = set(planned_jobs(finished))
    reads = graph(finished, "config/smoke.yaml")
    rules = {rule for rule in reads if rule.removesuffix("_timed") == step not in ("plan", "docket")}
    # The check of figures only waits for the site: it is repeated when a figure is drawn again, not with each new site.
    reads["check_figures"] = {"draw", "draw_timed"}
    expected = rules | {rule for rule in reads if rules & ancestors(reads, rule)}
    assert jobs == (expected | {"all", "total"} if rules else set())
