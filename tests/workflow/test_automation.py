"""Check that the commands in the GitHub workflows exist and do what they should."""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version

import pytest
import yaml
from support.automation import bash, commands, steps
from support.project import ROOT, SMOKE
from support.shared import copy

from ontrial.__main__ import MODULES

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TEMPLATE = ROOT / "template/.github/workflows/claims.yml"  # of `ontrial init`; test_init.py runs its commands
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("command", [command for workflow in WORKFLOWS for command in commands(workflow)])
def test_every_command_is_a_target_of_the_makefile_or_works(command):
    program, *words = command.split()
    if program == "make":
        assert set(words) <= set(TARGETS)
    elif program == "sudo":
        assert words[:-1] == ["env", '"PATH=$PATH"']
        assert os.access(ROOT / words[-1], os.X_OK)
    elif program == "gh":
        assert words[:3] == ["release", "create", '"$GITHUB_REF_NAME"']
    elif program == "test":
        assert bash(command, ROOT, GITHUB_REF_NAME=f"v{version('ontrial')}").returncode == 0
        assert bash(command, ROOT, GITHUB_REF_NAME="v0.0.1").returncode == 1
    else:
        assert program == ".venv/bin/ontrial"
        assert words[0] in MODULES


@pytest.mark.parametrize("workflow", [*WORKFLOWS, TEMPLATE], ids=lambda path: path.stem)
def test_every_job_has_a_timeout_and_no_checkout_keeps_its_credentials(workflow):
    """Check what zizmor, which lints the workflows, does not."""
    for job in yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values():
        assert job["timeout-minutes"] <= 120
    for step in steps(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_the_template_uses_the_actions_of_the_project():
    lines = re.findall(r"uses: (.*)", "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS))
    used = re.findall(r"uses: (.*)", TEMPLATE.read_text(encoding="utf-8"))
    assert used
    assert set(used) <= set(lines)


def comparing() -> list[str]:
    return [command for command in commands(ROOT / ".github/workflows/report.yml") if "ontrial compare" in command]


def test_the_commands_of_the_workflow_write_the_table_of_a_pull_request(published, tmp_path):
    reference = copy(published / "results/reference", tmp_path / "results/reference")
    copy(reference, tmp_path / "base/results/reference")
    (tmp_path / "results/default").symlink_to(published / SMOKE)
    (tmp_path / ".venv").symlink_to(sys.prefix)

    against_base, against_own = comparing()
    summary = tmp_path / "summary.md"
    assert bash(against_base, tmp_path, GITHUB_STEP_SUMMARY=str(summary)).returncode == 0
    assert "Nothing moved: 6 verdicts and 19 contexts are the same." in summary.read_text(encoding="utf-8")
    assert bash(against_own, tmp_path, GITHUB_STEP_SUMMARY=str(summary)).returncode == 0

    verdicts = reference / "smoke/verdicts.json"
    verdicts.write_text(verdicts.read_text(encoding="utf-8").replace('"depends"', '"supported"'), encoding="utf-8")
    assert bash(against_base, tmp_path, GITHUB_STEP_SUMMARY=str(summary)).returncode == 0
    assert (
        bash(against_own, tmp_path, GITHUB_STEP_SUMMARY=str(summary)).returncode == 1
    )  # the published verdicts differ from those of the change
    shutil.copyfile(verdicts, tmp_path / "base/results/reference/smoke/verdicts.json")
    assert (
        bash(against_base, tmp_path, GITHUB_STEP_SUMMARY=str(summary)).returncode == 0
    )  # a verdict may move, and the table shows it
    assert "supported | depends |" in summary.read_text(encoding="utf-8")

    verdicts.write_text("{", encoding="utf-8")
    shutil.copyfile(verdicts, tmp_path / "base/results/reference/smoke/verdicts.json")
    assert bash(against_base, tmp_path, GITHUB_STEP_SUMMARY=str(summary)).returncode != 0


def test_the_cache_contains_what_a_fresh_checkout_needs():
    """test_workflow.py shows that these folders are enough."""
    (cached,) = (
        step["with"]["path"].split() for step in steps(ROOT / ".github/workflows/report.yml") if is_cache(step)
    )
    assert cached == ["results/default", ".snakemake/metadata"]


def is_cache(step: dict) -> bool:
    return step.get("uses", "").startswith("actions/cache@")


def test_the_hooks_check_what_is_there():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for hook in hooks:
        assert any(re.search(hook["files"], path) for path in tracked), hook["id"]


@pytest.mark.parametrize("target", ["site", "verdicts", "publish", "serve", "report", "verify", "laboratories"])
def test_the_path_of_a_study_may_contain_spaces(target):
    run = subprocess.run(
        ["make", "--dry-run", "-o", "setup", "STUDY=config/my study.yaml", target],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "config/my study.yaml" in run.stdout
    assert re.findall(r'(?<!")config/my study.yaml|config/my study.yaml(?!")', run.stdout) == []
