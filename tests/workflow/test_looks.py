"""Looks through the true workflow: only the cells of contexts that are still undecided get more seeds."""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from support.project import ROOT, copy_project, jobs_by_rule, output_of, planned_jobs, snakemake
from support.shared import copy

pytestmark = pytest.mark.slow

STUDY = """\
study: looks
docket: looks-claims.yaml
experiments:
  tiny: {purpose: "Judge two claims, of which the first look decides one.", dataset: [xor], hidden: [[4]],
    activation: [relu], initialisation: [own], objective: [softmax+cross_entropy], batch_size: [1, 4, full],
    learning_rates: [0.5, 4], seeds: {confirmatory: {from: 101, looks: [6, 8, 10]}}, budget: {epochs: 3}}
"""
# Batches of 4 are far better than 75 %. Full batches are sometimes better than single samples, and sometimes worse.
DOCKET = """\
claims:
  - {id: decided, statement: {en: Batches of 4 are more accurate than 75 %.}, experiment: tiny, metric: test_accuracy,
    difference: {of: {batch_size: 4}, minus: 75 points}, where: {policy: tuned}, smallest_effect: 1 point}
  - {id: open, statement: {en: Full batches are more accurate than single samples.}, experiment: tiny,
    metric: test_accuracy, difference: {of: {batch_size: full}, minus: {batch_size: 1}}, where: {policy: tuned},
    smallest_effect: 1 point}
"""
VERDICTS, CONFIGURATION = "results/looks/verdicts.json", "config/looks.yaml"


def run(folder: Path, *arguments: str):
    result = snakemake(folder, *arguments, VERDICTS, study=CONFIGURATION)
    assert result.returncode == 0, output_of(result)[-4000:]
    return result


def run_files(folder: Path) -> list[str]:
    return sorted(path.stem for path in (folder / "results/looks/runs").rglob("*.parquet"))


def remove_tables(folder: Path) -> None:
    """Remove what run files are made into: Snakemake looks for missing inputs of jobs that have to run alone."""
    (folder / VERDICTS).unlink()
    shutil.rmtree(folder / "results/looks/tables")


@pytest.fixture(scope="session")
def judged_by_looks(shared) -> Path:
    """A study with looks after its verdicts. Tests only read it."""

    def judge(folder: Path) -> None:
        copy_project(folder)
        (folder / CONFIGURATION).write_text(STUDY, encoding="utf-8")
        (folder / "config/looks-claims.yaml").write_text(DOCKET, encoding="utf-8")
        planned = planned_jobs(folder, VERDICTS, study=CONFIGURATION)
        assert planned["train"] == 3  # what later looks add is not known yet
        run(folder)

    return shared("looks", judge)


@pytest.fixture
def finished(judged_by_looks, tmp_path) -> Path:
    return copy(judged_by_looks, tmp_path / "project")


def test_only_the_cells_of_undecided_contexts_get_more_run_files(judged_by_looks):
    later = [f"{cell}-look-{look}" for cell in ("batch-1", "batch-full") for look in (2, 3)]
    assert run_files(judged_by_looks) == sorted(["batch-1", "batch-4", "batch-full", *later])
    decided, undecided = json.loads((judged_by_looks / VERDICTS).read_text(encoding="utf-8"))["claims"]
    assert (decided["verdict"], decided["contexts"][0]["look"], decided["contexts"][0]["n"]) == ("supported", 1, 6)
    assert (undecided["contexts"][0]["look"], undecided["contexts"][0]["n"]) == (3, 10)


def test_no_group_of_the_cluster_profile_waits_for_a_look_that_waits_for_the_group(tmp_path):
    profile = yaml.safe_load((ROOT / "profiles/slurm/profile.yaml").read_text(encoding="utf-8"))
    groups = [f"{rule}={group}" for rule, group in profile["groups"].items()]
    jobs = planned_jobs(copy_project(tmp_path / "project"), "--groups", *groups, study="config/full.yaml")
    assert jobs["look"] == 2


def test_a_second_run_does_nothing(judged_by_looks):
    assert planned_jobs(judged_by_looks, VERDICTS, study=CONFIGURATION) == {}


def test_a_deleted_run_file_of_a_look_alone_is_trained_again(finished):
    (path,) = finished.glob("results/looks/runs/**/batch-full-look-2.parquet")
    before = path.read_bytes()
    path.unlink()
    remove_tables(finished)
    assert jobs_by_rule(run(finished))["train"] == 1
    assert path.read_bytes() == before
