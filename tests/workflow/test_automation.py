"""The workflows of .github: what they run is there, and does what they are for."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from support.project import ROOT, cells, copy_project, edited, ontrial, planned

from ontrial.__main__ import MODULES

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
SMOKE = "results/smoke"


def steps(workflow: Path) -> list[dict]:
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    return [each for job in jobs.values() for each in job["steps"]]


def commands(workflow: Path) -> list[str]:
    return [each["run"] for each in steps(workflow) if "run" in each]


@pytest.mark.parametrize("command", [command for workflow in WORKFLOWS for command in commands(workflow)])
def test_every_command_is_a_target_of_the_makefile_or_a_module(command):
    program, *words = command.split()
    if program == "make":
        assert set(words) <= set(TARGETS)
    elif program == "sudo":
        assert words[:-1] == ["env", '"PATH=$PATH"']
        assert os.access(ROOT / words[-1], os.X_OK)
    else:
        assert program == ".venv/bin/ontrial"
        assert words[0] in MODULES


def test_every_action_is_pinned_by_digest_with_its_version_and_the_same_everywhere():
    texts = [workflow.read_text(encoding="utf-8") for workflow in WORKFLOWS]
    used = [use for text in texts for use in re.findall(r"uses: (.+)", text)]
    pinned = {}
    for use in used:
        action, digest, version = re.fullmatch(r"([\w/-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)", use).groups()
        assert pinned.setdefault(action, (digest, version)) == (digest, version)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_no_workflow_may_do_more_than_its_jobs_name(workflow):
    content = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert content["permissions"] == {}
    assert content["concurrency"]["group"].endswith("${{ github.ref }}")
    for job in content["jobs"].values():
        assert job["timeout-minutes"] <= 120
        assert job["permissions"] in ({"contents": "read"}, {"pages": "write", "id-token": "write"})
    for each in steps(workflow):
        if each.get("uses", "").startswith("actions/checkout@"):
            assert each["with"]["persist-credentials"] is False


def comparing() -> list[str]:
    return [command for command in commands(ROOT / ".github/workflows/report.yml") if "ontrial compare" in command]


def test_the_table_of_a_pull_request_is_made_by_the_commands_as_they_stand(smoke, tmp_path):
    run = ontrial(smoke, "publish", "--study", "config/smoke.yaml")
    assert run.returncode == 0, run.stderr
    published = tmp_path / "results/reference"
    (smoke / "results/reference").rename(shutil.copytree(smoke / "results/reference", published).with_name("moved"))
    shutil.copytree(published, tmp_path / "base/results/reference")
    (tmp_path / "results/default").symlink_to(smoke / SMOKE)
    (tmp_path / ".venv").symlink_to(sys.prefix)

    against_base, against_own = comparing()
    summary = tmp_path / "summary.md"
    assert bash(against_base, tmp_path, summary).returncode == 0
    assert "Nothing moved: 7 verdicts and 21 contexts are the same." in summary.read_text(encoding="utf-8")
    assert bash(against_own, tmp_path, summary).returncode == 0

    verdicts = published / "smoke/verdicts.json"
    verdicts.write_text(verdicts.read_text(encoding="utf-8").replace('"inconclusive"', '"supported"'), encoding="utf-8")
    assert bash(against_base, tmp_path, summary).returncode == 0
    assert bash(against_own, tmp_path, summary).returncode == 1  # what is published is not what the change gives
    shutil.copyfile(verdicts, tmp_path / "base/results/reference/smoke/verdicts.json")
    assert bash(against_base, tmp_path, summary).returncode == 0  # a verdict may move: the table says so
    assert "supported | inconclusive |" in summary.read_text(encoding="utf-8")

    verdicts.write_text("{", encoding="utf-8")
    shutil.copyfile(verdicts, tmp_path / "base/results/reference/smoke/verdicts.json")
    assert bash(against_base, tmp_path, summary).returncode != 0


def bash(command: str, folder: Path, summary: Path) -> subprocess.CompletedProcess:
    """Run a command as a step of a workflow does."""
    environment = os.environ | {"GITHUB_STEP_SUMMARY": str(summary)}
    return subprocess.run(["bash", "-e", "-c", command], cwd=folder, env=environment, capture_output=True, text=True)


def test_a_fresh_checkout_with_what_is_cached_remakes_only_what_changed(smoke, tmp_path):
    (cached,) = (
        each["with"]["path"].split() for each in steps(ROOT / ".github/workflows/report.yml") if is_cache(each)
    )
    assert cached == ["results/default", ".snakemake/metadata"]
    fresh = copy_project(tmp_path / "fresh")
    for path in fresh.rglob("*"):
        os.utime(path)  # a checkout's files are new
    for path in (SMOKE, ".snakemake/metadata"):
        shutil.copytree(smoke / path, fresh / path)
    assert planned(fresh) == {}
    with edited(fresh / "docs/en/index.md", "\n", "\n\nOne more sentence.\n"):
        assert set(planned(fresh)) == {"all", "write", "build", "assemble", "total"}
    with edited(fresh / "src/ontrial/nn/activations.py", "\n", "\n# a comment\n"):
        assert planned(fresh)["train"] == cells(fresh)


def is_cache(each: dict) -> bool:
    return each.get("uses", "").startswith("actions/cache@")
