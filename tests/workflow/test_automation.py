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
from support.project import ROOT, SMOKE, read_yaml
from support.shared import copy

from ontrial.__main__ import COMMANDS

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
REPORT = ROOT / ".github/workflows/report.yml"
TEMPLATE = ROOT / "examples/claims/.github/workflows/claims.yml"  # of `ontrial init`; test_init.py runs its commands
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("command", [command for workflow in WORKFLOWS for command in commands(workflow)])
def test_every_command_is_a_target_of_the_makefile_or_works(command):
    if command == comment_of(REPORT):
        return  # the tests below run it
    program, *words = command.split()
    if program == "make":
        studies = {word.removeprefix("STUDY=") for word in words if word.startswith("STUDY=")}
        assert all((ROOT / study).exists() for study in studies)
        assert {word for word in words if "=" not in word} <= set(TARGETS)
    elif program.startswith(".ci/"):
        assert os.access(ROOT / program, os.X_OK)
    elif program == "sudo":
        assert words[:-1] == ["env", '"PATH=$PATH"']
        assert os.access(ROOT / words[-1], os.X_OK)
    elif program == "gh":
        assert words[:3] == ["release", "create", '"$GITHUB_REF_NAME"']
    elif command == 'test -n "$SITE_URL"':
        assert bash(command, ROOT, SITE_URL="https://example.org").returncode == 0
        assert bash(command, ROOT, SITE_URL="").returncode == 1
    elif program == "test":
        assert bash(command, ROOT, GITHUB_REF_NAME=f"v{version('ontrial')}").returncode == 0
        assert bash(command, ROOT, GITHUB_REF_NAME="v0.0.1").returncode == 1
    else:
        assert program == ".venv/bin/ontrial"
        assert words[0] in COMMANDS


def test_the_makefile_has_every_measurement_and_lists_it_with_a_line():
    listed = subprocess.run(["make", "measure"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = re.findall(r"^([a-z-]+) +[a-z]", listed, re.MULTILINE)
    guide = (ROOT / "docs/measuring.md").read_text(encoding="utf-8")
    named = re.findall(r"^make measure WHAT=([a-z-]+)$", guide, re.MULTILINE)
    assert {*named} <= {*names}
    assert len(named) > 2
    unknown = subprocess.run(["make", "measure", "WHAT=nothing"], cwd=ROOT, capture_output=True, text=True)
    assert (unknown.returncode, "measure-nothing" in unknown.stderr) == (2, True)


@pytest.mark.parametrize("workflow", [*WORKFLOWS, TEMPLATE], ids=lambda path: path.stem)
def test_every_job_has_a_timeout_and_no_checkout_keeps_its_credentials(workflow):
    """Check what zizmor, which lints the workflows, does not."""
    for job in yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values():
        assert job["timeout-minutes"] <= 120
    for step in steps(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("workflow", [*WORKFLOWS, TEMPLATE], ids=lambda path: path.stem)
def test_actions_are_named_by_their_commit(workflow):
    for used in re.findall(r"uses: (.*)", workflow.read_text(encoding="utf-8")):
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v[\d.]+", used)


@pytest.mark.parametrize("workflow", [REPORT, TEMPLATE], ids=lambda path: path.stem)
def test_a_pull_request_may_read_only(workflow):
    content = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert content["permissions"] == {}
    for name, job in content["jobs"].items():
        if name not in ("comment", "deploy"):
            assert job["permissions"] == {"contents": "read"}
    assert content["jobs"]["deploy"]["if"] == "github.ref == 'refs/heads/main'"


def test_the_template_uses_the_actions_of_the_project():
    lines = re.findall(r"uses: (.*)", "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS))
    used = re.findall(r"uses: (.*)", TEMPLATE.read_text(encoding="utf-8"))
    assert used
    assert set(used) <= set(lines)


def comparing() -> list[str]:
    return [command for command in commands(REPORT) if "ontrial compare" in command]


@pytest.mark.slow
def test_the_commands_of_the_workflow_write_the_table_of_a_pull_request(published, tmp_path):
    reference = copy(published / "results/reference", tmp_path / "results/reference")
    copy(reference, tmp_path / "base/results/reference")
    (tmp_path / "results/default").symlink_to(published / SMOKE)
    (tmp_path / ".venv").symlink_to(sys.prefix)

    against_base, of_published, against_own = comparing()
    summary = tmp_path / "summary.md"
    assert bash(against_base, tmp_path, GITHUB_STEP_SUMMARY=str(summary)).returncode == 0
    assert "No verdict moved: 7 verdicts and 29 contexts are the same." in summary.read_text(encoding="utf-8")
    assert bash(against_own, tmp_path, GITHUB_STEP_SUMMARY=str(summary)).returncode == 0
    assert bash(of_published, tmp_path, GITHUB_STEP_SUMMARY=str(summary)).returncode == 0
    assert "No published file moved." in summary.read_text(encoding="utf-8")

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


@pytest.fixture
def github(tmp_path):
    """Return a function that runs the step which comments, with a `gh` that writes down its arguments."""
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin/gh"
    fake.write_text('#!/usr/bin/env bash\nprintf "%s\\n" "$*" >> calls\n[[ $* == *--paginate* ]] && cat ids\nexit 0\n')
    fake.chmod(0o755)
    (tmp_path / "changes.md").write_text("## What changed `$(touch hacked)`\n", encoding="utf-8")

    def run(workflow, ids: str) -> list[str]:
        (tmp_path / "ids").write_text(ids)
        (tmp_path / "calls").write_text("")
        variables = {"GITHUB_REPOSITORY": "we/ours", "NUMBER": "7", "GH_TOKEN": ""}
        path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
        done = bash(comment_of(workflow), tmp_path, PATH=path, **variables)
        assert done.returncode == 0, done.stderr
        assert not (tmp_path / "hacked").exists()
        assert (tmp_path / "comment.md").read_text(encoding="utf-8") == (
            "<!-- what changed -->\n## What changed `$(touch hacked)`\n"
        )
        return (tmp_path / "calls").read_text().splitlines()

    return run


@pytest.mark.parametrize("workflow", [REPORT, TEMPLATE], ids=lambda path: path.stem)
def test_a_pull_request_gets_one_comment_that_is_updated(github, workflow):
    asked, written = github(workflow, ids="")
    assert asked.startswith("api --paginate repos/we/ours/issues/7/comments --jq ")
    assert written == "api --method POST repos/we/ours/issues/7/comments --field body=@comment.md --silent"
    _, updated = github(workflow, ids="41\n42\n")
    assert updated == "api --method PATCH repos/we/ours/issues/comments/41 --field body=@comment.md --silent"


@pytest.mark.parametrize("workflow", [REPORT, TEMPLATE], ids=lambda path: path.stem)
def test_the_job_that_may_comment_runs_no_code_of_the_pull_request(workflow):
    content = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert "pull_request_target" not in content[True]  # YAML 1.1 reads `on` as true
    job = content["jobs"]["comment"]
    assert job["permissions"] == {"pull-requests": "write"}
    assert "github.event.pull_request.head.repo.full_name == github.repository" in job["if"]
    assert [step["uses"].split("@")[0] for step in job["steps"] if "uses" in step] == ["actions/download-artifact"]
    assert "${{" not in comment_of(workflow)


def comment_of(workflow) -> str:
    (command,) = (command for command in commands(workflow) if "gh api" in command)
    return command


def test_the_cache_contains_what_a_fresh_checkout_needs():
    """test_workflow.py shows that these folders are enough."""
    (cached,) = (step["with"]["path"].split() for step in steps(REPORT) if is_cache(step))
    assert cached == ["results/default", ".snakemake/metadata"]


def is_cache(step: dict) -> bool:
    return step.get("uses", "").startswith("actions/cache@")


def test_the_hooks_check_what_is_there():
    hooks = read_yaml(".pre-commit-config.yaml")["repos"][0]["hooks"]
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for hook in hooks:
        assert any(re.search(hook["files"], path) for path in tracked), hook["id"]


@pytest.mark.parametrize("target", ["site", "verdicts", "publish", "serve", "report"])
def test_the_path_of_a_study_is_not_part_of_a_command(target):
    run = subprocess.run(
        ["make", "--dry-run", "-o", "setup", "STUDY=config/my study.yaml", target],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert '"$STUDY"' in run.stdout
    assert "my study" not in run.stdout
