"""The action for jobs of GitHub: the same options as the command, and its shell lines as GitHub runs them."""

import argparse
import os
import sys
from pathlib import Path

import pytest
import yaml
from support.automation import bash
from support.project import ROOT

from ontrial.commands import judge

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
INSTALL, JUDGE = ACTION["runs"]["steps"]
NOT_FOR_JOBS = ("help", "json", "markdown", "save")
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
    done = bash(
        f"set -o pipefail\n{JUDGE['run']}",
        folder,
        **given,
        RUNNER_TEMP=str(folder),
        GITHUB_STEP_SUMMARY=str(summary),
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
    assert set(ACTION["inputs"]) == options - set(NOT_FOR_JOBS)
    assert sorted(JUDGE["env"].values()) == sorted(f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"])
    assert all("${{" not in step["run"] for step in ACTION["runs"]["steps"])


def test_the_summary_of_a_job_has_the_verdict(tmp_path):
    code, summary, errors = run(tmp_path, **INPUTS, html="report.html", require="supported")
    assert code == 0, errors
    assert summary.startswith("**Supported**: accuracy is higher with optimiser adam than with optimiser sgd")
    assert "| as claimed, by at least" in summary
    assert "8 with adam and 8 with sgd" in summary
    assert (tmp_path / "report.html").exists()


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


def test_the_install_step_installs_the_judge_of_the_action(tmp_path):
    (tmp_path / "ontrial/bin").mkdir(parents=True)
    for name in ("python3", "ontrial/bin/pip"):
        (tmp_path / name).write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {tmp_path}/called\n')
        (tmp_path / name).chmod(0o755)
    variables = {"SOURCE": "/a folder", "RUNNER_TEMP": str(tmp_path), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    assert bash(INSTALL["run"], tmp_path, **variables).returncode == 0
    assert (tmp_path / "called").read_text().splitlines()[-1] == "/a folder[judge]"
