"""The code that a rule depends on, held against what its jobs open and against what reruns when it changes."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from support.project import ROOT, active, edited, planned, python, snakemake
from support.shared import copy

from ontrial.report.summaries.rules import RULES, ancestors, rules_of_study
from ontrial.storage import code
from ontrial.study import configuration

STEPS = [rule for rule in RULES if rule not in ("fetch", "draw_timed")]  # fetch needs a network


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
    """The arguments of one job of each step, as the rules have them."""
    run = snakemake(project, "--dry-run", "--printshellcmds", "--forceall")
    jobs = re.findall(r"python -m ontrial\.steps\.(\w+) ((?:.*\\\n)*?) *2?>", run.stdout + run.stderr)
    return {step: shlex.split(words.replace("\\\n", " ")) for step, words in reversed(jobs)}


def used(project: Path, step: str, arguments: list[str]) -> set[str]:
    """The files of the package that a job executes or reads."""
    log, package = project / f"used-{step}", project.resolve() / "src/ontrial"
    hook = [ROOT / "tests/support/used.py", log, package, f"ontrial.steps.{step}", *arguments]
    run = subprocess.run([python(project), *hook], cwd=project, env=active(project), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-4000:]
    paths = map(Path, log.read_text(encoding="utf-8").splitlines())
    return {path.relative_to(package).as_posix() for path in paths}


@pytest.mark.parametrize("step", STEPS)
def test_the_code_of_a_step_holds_all_that_its_job_uses(project, commands, step):
    paths = code.code_of(step, *([ROOT / "docs/theme/hooks.py"] if step == "build" else []))
    expected = {path.relative_to(code.PACKAGE).as_posix() for path in paths if path.is_relative_to(code.PACKAGE)}
    found = used(project, step, commands[step])
    assert f"steps/{step}.py" in found
    assert found - expected == set()


def test_the_reference_depends_on_the_modules_that_define_what_it_shows():
    shown = {path.relative_to(code.PACKAGE).as_posix() for path in code.documented_modules(ROOT / "docs")}
    assert {"nn/training.py", "nn/activations.py", "data/registry.py", "judge/results.py"} <= shown
    assert "nn/products.py" not in shown


@pytest.mark.parametrize("step", [*STEPS, "fetch"])
def test_a_changed_step_reruns_its_rule_and_what_reads_its_outputs(finished, step):
    """The code of plan and docket runs at every start: what it makes of the configuration is their parameter."""
    with edited(finished / f"src/ontrial/steps/{step}.py", '"""\n', '"""\n\n# A comment.\n'):
        jobs = set(planned(finished))
    rules = {
        rule
        for rule in rules_of_study(configuration.read(finished / "config/smoke.yaml"))
        if rule.removesuffix("_timed") == step not in ("plan", "docket")
    }
    expected = rules | {rule for rule in RULES if rules & ancestors(RULES, rule)}
    assert jobs == (expected | {"all", "total"} if rules else set())
