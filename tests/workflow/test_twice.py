"""A study gives the same bytes whatever the cores, hash seed, time zone, locale and folder."""

from pathlib import Path

import pytest
from support import twice
from support.project import ROOT, active, python

from ontrial.storage import workflow

SMOKE = "results/smoke"


@pytest.mark.slow
def test_a_second_run_under_other_circumstances_has_the_same_bytes(smoke, tmp_path, monkeypatch):
    monkeypatch.setattr(twice.shipped, "SNAKEFILE", smoke / "workflow/Snakefile")
    variables = active(smoke)
    monkeypatch.setattr(workflow.machine, "environment", lambda: variables)
    monkeypatch.setattr(workflow, "PYTHON", (python(smoke), "-P"))
    twice.second_run(str(smoke / "config/smoke.yaml"), tmp_path / "the second", smoke / SMOKE)
    first, second = (twice.digests(folder / SMOKE) for folder in (smoke, tmp_path / "the second"))
    assert twice.differing(first, second) == []
    kinds = {path.split("/")[0] for path in first}
    assert kinds >= {"study.json", "runs", "tables", "verdicts.json", "verdicts.csv", "figures", "pages", "site"}


@pytest.mark.long
def test_two_runs_of_the_default_study_have_the_same_bytes(tmp_path):
    study, results = str(ROOT / "config/config.yaml"), Path("results/default")
    twice.run(study, tmp_path / "first", *twice.FIRST)
    twice.second_run(study, tmp_path / "the second run", tmp_path / "first" / results)
    first, second = (twice.digests(tmp_path / folder / results) for folder in ("first", "the second run"))
    assert twice.differing(first, second) == []


def test_files_that_differ_or_are_missing_are_listed():
    assert twice.differing({"a": "1", "b": "2"}, {"a": "1", "c": "2"}) == ["b", "c"]
