"""Published results are small, have the same bytes when published twice, and are complete."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.project import ROOT, edited, ontrial, planned_jobs
from support.shared import copy

from ontrial.commands import publish as publish_command
from ontrial.errors import InputError
from ontrial.judge import published as published_files
from ontrial.judge.docket import Docket
from ontrial.storage import machine
from ontrial.study.schema_files import load_schema

SMOKE, PUBLISHED = "results/smoke", "results/reference/smoke"


def publish(folder: Path):
    return ontrial(folder, "publish", "--study", "config/smoke.yaml")


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_study_that_stops_before_its_last_look_is_not_published():
    with pytest.raises(InputError, match=r"config.yaml: it stops before its last look.*config/full.yaml"):
        publish_command.publish(str(ROOT / "config/config.yaml"))


@pytest.mark.slow
def test_published_files_are_small_and_have_one_line_per_context(published):
    files = bytes_of(published / PUBLISHED)
    assert set(files) == {
        "verdicts.json", "verdicts.csv", "seeds.json", "timing/time.json", "tables/tuned.csv", "design.json",
    }  # fmt: skip
    assert sum(map(len, files.values())) < 80_000
    lines = files["verdicts.json"].decode().splitlines()
    whole = json.loads((published / SMOKE / "verdicts.json").read_text(encoding="utf-8"))
    assert sum('"censored"' in line for line in lines) == sum(len(claim["contexts"]) for claim in whole["claims"])
    assert all(line.count('"censored"') <= 1 for line in lines)
    assert not re.search(rb'"(estimate|low|high)": -?\d*\.?\d{7}', files["verdicts.json"])


@pytest.mark.slow
def test_publishing_twice_gives_the_same_bytes_and_rebuilds_only_pages(published, tmp_path):
    folder = copy(published, tmp_path / "project")
    computing = {
        "plan", "docket", "train", "look", "collect", "judge", "explore", "provenance",
    }  # fmt: skip
    assert not computing & set(planned_jobs(folder))
    assert publish(folder).returncode == 0
    assert bytes_of(folder / PUBLISHED) == bytes_of(published / PUBLISHED)
    assert not list((folder / "results/reference").glob(".*"))


def test_an_unfinished_study_is_not_published(smoke_copy):
    (smoke_copy / SMOKE / "provenance.json").unlink()
    run = publish(smoke_copy)
    assert run.returncode == 1
    assert run.stderr == (
        "results/smoke: the study is not finished: its provenance is missing. "
        "Run it first: make STUDY=config/smoke.yaml\n"
    )
    assert not (smoke_copy / PUBLISHED).exists()


def test_a_study_is_published_without_a_site(smoke_copy):
    shutil.rmtree(smoke_copy / SMOKE / "site")
    run = publish(smoke_copy)
    assert run.returncode == 0, run.stderr
    assert (smoke_copy / PUBLISHED / "verdicts.json").exists()


def test_results_of_a_changed_configuration_or_docket_are_not_published(smoke_copy):
    with edited(smoke_copy / "config/smoke.yaml", "epochs: 3", "epochs: 4"):
        run = publish(smoke_copy)
    assert (run.returncode, "config/smoke.yaml has changed since the study ran." in run.stderr) == (1, True)
    with edited(smoke_copy / "config/claims.yaml", "ends at a higher accuracy", "ends better"):
        run = publish(smoke_copy)
    assert run.returncode == 1
    assert "results/smoke: these claims have changed since they were judged: small-batch-accuracy." in run.stderr
    with edited(smoke_copy / "results/smoke/docket.json", '"metrics": null', '"metrics": {}'):
        run = publish(smoke_copy)
    assert (run.returncode, "config/claims.yaml has changed since the study ran." in run.stderr) == (1, True)
    assert not (smoke_copy / PUBLISHED).exists()


def test_the_design_of_a_study_says_when_its_docket_was_fixed_unless_it_has_changed_since(tmp_path, monkeypatch):
    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        command = ["git", "-C", tmp_path, *identity, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=dated).stdout.strip()

    dated = os.environ | {"GIT_AUTHOR_DATE": "2026-01-02T12:00:00Z", "GIT_COMMITTER_DATE": "2026-01-02T12:00:00Z"}
    docket = tmp_path / "claims.yaml"
    docket.write_text("claims: []\n", encoding="utf-8")
    git("init", "--quiet")
    git("add", "claims.yaml")
    git("commit", "--quiet", "--message", "fix the docket")
    fixed = git("rev-parse", "HEAD")
    dated["GIT_COMMITTER_DATE"] = "2026-02-03T12:00:00Z"
    git("commit", "--quiet", "--allow-empty", "--message", "something else")
    ran = {
        "study": "a",
        "configuration_file": "a.yaml",
        "commit": git("rev-parse", "HEAD"),
        "commit_date": "2026-02-03",
    }
    written = {"study.json": {"study": "a", "experiments": {}}, "provenance.json": ran}
    written["docket.json"] = json.loads(Docket({}, {}).to_json())
    for name, content in written.items():
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    monkeypatch.setattr(machine, "CHECKOUT", tmp_path)

    def origin() -> dict:
        design = publish_command.design_of(SimpleNamespace(docket=docket), tmp_path)
        (tmp_path / "design.json").write_text(json.dumps(design), encoding="utf-8")
        return published_files.read_record(tmp_path / "design.json")["origin"]

    known = origin()
    assert (known["docket_commit"], known["docket_date"]) == (fixed, "2026-01-02")
    assert (known["commit"], known["commit_date"]) == (ran["commit"], "2026-02-03")
    docket.write_text("claims: [] # changed\n", encoding="utf-8")
    assert (origin()["docket_commit"], origin()["docket_date"]) == (None, None)
    assert origin()["docket_sha256"] != known["docket_sha256"]


def test_a_study_without_claims_has_nothing_to_publish(smoke, tmp_path):
    written = (ROOT / "config/smoke.yaml").read_text(encoding="utf-8")
    bare = re.sub(r"docket:.*?(?=\nexperiments)", "", written, flags=re.DOTALL)
    (tmp_path / "bare.yaml").write_text(bare, encoding="utf-8")
    run = ontrial(smoke, "publish", "--study", str(tmp_path / "bare.yaml"))
    assert run.returncode == 1
    assert "the study tests no claims, so it has no verdicts to publish. Add a docket." in run.stderr


def test_every_published_file_has_a_schema():
    names = {path.name for path in (ROOT / "results/reference").rglob("*.*")}
    of_verdicts = {"verdicts.json", "verdicts.csv"}  # whose form follows from their records
    assert load_schema("published").keys() - {"$schema", "$defs"} == names - of_verdicts
