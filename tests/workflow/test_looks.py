"""Looks through the true workflow: only the cells of contexts that are still undecided get more seeds."""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from support.project import ROOT, jobs_by_rule, output_of, planned_jobs, snakemake
from support.runs import VERDICTS
from support.shared import copy

pytestmark = pytest.mark.slow


def run_files(folder: Path) -> list[str]:
    return sorted(path.stem for path in (folder / "results/looks/runs").rglob("*.parquet"))


def remove_tables(folder: Path) -> None:
    """Remove what run files are made into: Snakemake looks for missing inputs of jobs that have to run alone."""
    (folder / VERDICTS).unlink()
    shutil.rmtree(folder / "results/looks/tables")


@pytest.fixture
def finished(judged_by_looks, tmp_path) -> Path:
    return copy(judged_by_looks, tmp_path / "project")


def test_only_the_cells_of_undecided_contexts_get_more_run_files(judged_by_looks):
    later = [f"{cell}-look-{look}" for cell in ("batch-1", "batch-full") for look in (2, 3)]
    assert run_files(judged_by_looks) == sorted(["batch-1", "batch-4", "batch-full", *later])
    decided, undecided = json.loads((judged_by_looks / VERDICTS).read_text(encoding="utf-8"))["claims"]
    assert (decided["verdict"], decided["contexts"][0]["look"], decided["contexts"][0]["n"]) == ("supported", 1, 6)
    assert (undecided["contexts"][0]["look"], undecided["contexts"][0]["n"]) == (3, 10)


def test_no_group_of_the_cluster_profile_waits_for_a_look_that_waits_for_the_group(tiny):
    profile = yaml.safe_load((ROOT / "profiles/slurm/profile.yaml").read_text(encoding="utf-8"))
    groups = [f"{rule}={group}" for rule, group in profile["groups"].items()]
    jobs = planned_jobs(tiny, "--groups", *groups, study="config/full.yaml")
    assert jobs["look"] == 2


def test_a_second_run_does_nothing(judged_by_looks):
    assert planned_jobs(judged_by_looks, VERDICTS, study="config/looks.yaml") == {}


def test_a_deleted_run_file_of_a_look_alone_is_trained_again(finished):
    (path,) = finished.glob("results/looks/runs/**/batch-full-look-2.parquet")
    before = path.read_bytes()
    path.unlink()
    remove_tables(finished)
    run = snakemake(finished, VERDICTS, study="config/looks.yaml")
    assert run.returncode == 0, output_of(run)[-4000:]
    assert jobs_by_rule(run)["train"] == 1
    assert path.read_bytes() == before
