"""The action for jobs of GitHub: the same options as the command, and its shell lines as GitHub runs them."""

import argparse
import json
import os
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.automation import bash
from support.project import ROOT

from ontrial.commands import judge

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = ACTION["runs"]["steps"]
INSTALL, JUDGE, COMMENT = (step for step in STEPS if "run" in step)
NOT_FOR_JOBS = ("help", "json", "markdown", "save", "quiet", "verdicts")
RUNS = "optimiser,seed,dataset,accuracy\n" + "".join(
    f"{optimiser},{seed},{dataset},{90 + seed / 10 + lead}\n"
    for dataset in ("a", "b c")
    for seed in range(8)
    for optimiser, lead in (("adam", 2 + seed / 50), ("sgd", 0))
)
INPUTS = {
    "table": "runs.csv", "metric": "accuracy", "compare": "optimiser=adam,sgd", "pair": "seed",
    "smallest-effect": "1 point", "where": "dataset=b c\n",
}  # fmt: skip


def run(folder: Path, **inputs: str) -> tuple[int, str, str]:
    """Run the step that judges, with these inputs. Return its exit code, the summary and its errors."""
    command = folder / "ontrial/bin/ontrial"
    if not command.exists():
        command.parent.mkdir(parents=True)
        command.write_text(f'#!/bin/sh\nexec {sys.executable} -m ontrial "$@"\n')
        command.chmod(0o755)
        (folder / "runs.csv").write_text(RUNS)
    given = {
        name: inputs.get(expression.removeprefix("${{ inputs.").removesuffix(" }}"), "")
        for name, expression in JUDGE["env"].items()
    }
    path = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
    summary = folder / "summary.md"
    (folder / "outputs").unlink(missing_ok=True)
    done = bash(
        f"set -o pipefail\n{JUDGE['run']}",
        folder,
        **given,
        RUNNER_TEMP=str(folder),
        GITHUB_STEP_SUMMARY=str(summary),
        GITHUB_OUTPUT=str(folder / "outputs"),
        PYTHONPATH=path,
    )
    return done.returncode, summary.read_text(encoding="utf-8"), done.stderr


def test_the_action_has_the_options_of_the_command_as_variables():
    parser = argparse.ArgumentParser()
    judge.add_arguments(parser)
    options = {
        action.option_strings[-1].removeprefix("--") if action.option_strings else action.dest
        for action in parser._actions
    }
    asked = set(ACTION["inputs"]) - {"comment"}
    assert asked == options - set(NOT_FOR_JOBS)
    assert sorted(JUDGE["env"].values()) == sorted(f"${{{{ inputs.{name} }}}}" for name in asked)
    assert all("${{" not in step["run"] for step in STEPS if "run" in step)
    assert all(re.fullmatch(r"actions/cache@[0-9a-f]{40}", step["uses"]) for step in STEPS if "uses" in step)


def test_the_summary_of_a_job_has_the_verdict(tmp_path):
    code, summary, errors = run(tmp_path, **INPUTS, html="report.html", require="supported")
    assert code == 0, errors
    assert summary.startswith("**Supported**: accuracy is higher with optimiser adam than with optimiser sgd")
    assert "| as claimed, by at least" in summary
    assert "8 with adam and 8 with sgd" in summary
    assert (tmp_path / "report.html").exists()
    verdict, estimate, path = (tmp_path / "outputs").read_text().splitlines()
    assert verdict == "verdict=supported"
    assert float(estimate.removeprefix("estimate=")) == pytest.approx(2.07)
    assert json.loads(Path(path.removeprefix("json=")).read_text())["claims"][0]["verdict"] == "supported"
    for output in ACTION["outputs"].values():
        assert output["value"].removeprefix("${{ steps.judge.outputs.").removesuffix(" }}") in (
            "verdict",
            "estimate",
            "json",
        )


def test_the_comment_is_the_summary(tmp_path):
    (tmp_path / "ontrial").mkdir()
    program = tmp_path / "gh"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/called\n')
    program.chmod(0o755)
    variables = {"NUMBER": "7", "GITHUB_REPOSITORY": "me/mine", "RUNNER_TEMP": str(tmp_path)}
    done = bash(COMMENT["run"], tmp_path, **variables, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert done.returncode == 0, done.stderr
    called = (tmp_path / "called").read_text().splitlines()
    assert called[:5] == ["pr", "comment", "7", "--repo", "me/mine"]
    assert called[-1] == f"{tmp_path}/ontrial/verdict.md"


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"require": "refuted"}, 1, "The verdict is supported, and refuted is required."),
        ({"where": "datasets=b c"}, 2, 'unknown column "datasets". Did you mean "dataset"?'),
        ({"pair": "", "unpaired": "true", "lower-is-better": "true"}, 0, "Refuted: accuracy is lower"),
        ({"table": "--help"}, 2, "--help: there is no such file."),
    ],
)
def test_a_job_fails_as_the_command_does(tmp_path, change, code, message):
    found, _, errors = run(tmp_path, **INPUTS | change)
    assert found == code, errors
    assert message in " ".join(errors.split())
    first, *between, last = errors.splitlines()
    assert first == f"::stop-commands::{last.strip(':')}"  # no line in between is a command
    assert all(last not in line for line in between)


def test_the_install_step_takes_the_packages_of_the_lock_and_no_module_of_the_folder(tmp_path):
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin/python3"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@" --without-pip\n')
    python.chmod(0o755)
    called = tmp_path / "ontrial/bin/pip"
    called.parent.mkdir(parents=True)
    called.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {tmp_path}/called\n')
    called.chmod(0o755)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "venv.py").write_text("open('HACKED', 'w')\n")
    variables = {"SOURCE": str(ROOT), "PACKAGES": INSTALL["env"]["PACKAGES"], "RUNNER_TEMP": str(tmp_path)}
    done = bash(INSTALL["run"], folder, **variables, PATH=f"{python.parent}:{os.environ['PATH']}")
    assert done.returncode == 0, done.stderr
    assert sorted(folder.iterdir()) == [folder / "venv.py"]
    lock = tmp_path / "ontrial/judge.lock"
    assert (tmp_path / "called").read_text().splitlines()[-3:] == ["--no-deps", "--no-build-isolation", str(ROOT)]
    assert f"--require-hashes\n-r\n{lock}\n" in (tmp_path / "called").read_text()
    locked = {line.partition("==")[0] for line in lock.read_text().splitlines() if "==" in line.split(" ")[0]}
    assert locked == set(variables["PACKAGES"].split("|"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert locked >= needed([*project["dependencies"], *project["optional-dependencies"]["judge"], "hatchling"])


def needed(requirements: list[str]) -> set[str]:
    """Return the names of packages that are required here, and of those that these need."""
    found: set[str] = set()
    for wanted in map(Requirement, requirements):
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            found |= {canonicalize_name(wanted.name), *needed(metadata.requires(wanted.name) or [])}
    return found
