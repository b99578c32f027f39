import json
import os
from pathlib import Path

import pytest

from ontrial.report.summaries.workflow_rules import RULES, ancestors, direct_inputs, height, rules_of_study
from ontrial.steps import job_times
from ontrial.study import configuration, estimate
from ontrial.study.study import Study

TRAIN = "train/grid/batch-1.tsv"


def benchmark(folder, path: str, seconds: float, end: float) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"s\th:m:s\tcpu_time\n{seconds}\t0:00:01\t0.5\n", encoding="utf-8")
    os.utime(file, (end, end))


def test_jobs_are_read_from_their_benchmark_files_but_not_those_of_cells_that_are_gone(tmp_path):
    benchmark(tmp_path, TRAIN, 2.5, end=100)
    benchmark(tmp_path, "train/grid/batch-2.tsv", 9.0, end=101)
    benchmark(tmp_path, "look-2.tsv", 0.5, end=105)
    benchmark(tmp_path, "write-en.tsv", 1.25, end=110)
    benchmark(tmp_path, "fetch/mnist.tsv", 7.0, end=50)
    benchmark(tmp_path, "a-rule-of-old.tsv", 1.0, end=110)
    jobs = job_times.read_jobs({"grid/batch-1"}, tmp_path)
    assert jobs == [
        job_times.Job("fetch", 50, 7.0),
        job_times.Job("look", 105, 0.5),
        job_times.Job("train", 100, 2.5, "grid/batch-1"),
        job_times.Job("write", 110, 1.25),
    ]


def test_without_benchmark_files_there_are_no_jobs(tmp_path):
    assert job_times.read_jobs({}, tmp_path / "none") == []


@pytest.mark.parametrize(
    ("jobs", "elapsed", "between"),
    [
        ([], 0, 0),
        ([(0, 10)], 10, 0),
        ([(0, 10), (5, 12)], 12, 0),  # side by side
        ([(0, 10), (2, 3)], 10, 0),  # one within the other
        ([(0, 10), (12, 20)], 20, 2),  # Snakemake in between
        ([(0, 10), (1000, 1005)], 15, 0),  # the next day
    ],
)
def test_elapsed_time_excludes_pauses_and_counts_when_no_job_ran(jobs, elapsed, between):
    assert job_times.span(job_times.Job("train", end, end - begin) for begin, end in jobs) == (elapsed, between)


STUDY = """
study: tiny
experiments:
  grid:
    purpose: Take some time.
    dataset: [xor]
    hidden: [[4]]
    activation: [relu]
    initialisation: [he]
    objective: [softmax+cross_entropy]
    batch_size: [16]
    learning_rates: [0.1, 0.2]
    seeds: {descriptive: {from: 1, to: 2}}
    budget: {epochs: 1}
    probes: [units]
"""


def times_after_a_minute_of(cell: str, study: Study, folder: Path) -> dict:
    """Return what is written when a study has trained one cell, in 60 seconds."""
    (folder / "study.json").write_text(study.to_json(), encoding="utf-8")
    benchmark(folder, f"benchmarks/train/{cell}.tsv", 60.0, end=100)
    job_times.write_times(str(folder / "study.json"), str(folder / "timing/time.json"))
    return json.loads((folder / "timing/time.json").read_text(encoding="utf-8"))


def test_the_parts_of_training_share_the_seconds_of_its_jobs_as_estimated(tmp_path):
    tiny = configuration.parse(STUDY, "tiny")
    ((path, cell),) = tiny.cells.items()
    content = times_after_a_minute_of(path, tiny, tmp_path)
    assert content["rules"] == {"train": {"jobs": 1, "seconds": 60.0}}
    assert (content["elapsed"], content["between_jobs"]) == (60.0, 0.0)
    parts = estimate.parts_of_job(cell)._asdict()
    total = estimate.seconds([cell])
    assert content["train"] == {name: pytest.approx(60 * part / total, abs=0.01) for name, part in parts.items()}
    assert all(part > 0 for part in content["train"].values())


def test_later_looks_count_and_training_is_not_taken_apart_when_a_cell_left_no_time(tmp_path):
    looks = STUDY.replace("descriptive: {from: 1, to: 2}", "confirmatory: {from: 1, looks: [6, 12]}")
    study = configuration.parse(looks, "tiny")
    (later,) = study.later_cells
    content = times_after_a_minute_of(later, study, tmp_path)
    assert content["rules"] == {"train": {"jobs": 1, "seconds": 60.0}}
    assert content["train"] == {}


def test_an_arrow_that_others_imply_is_left_out_of_the_picture_of_the_rules():
    assert direct_inputs(RULES, "collect") == ("look",)  # reads the plan and the runs, too, as the looks do
    without_looks = rules_of_study(configuration.parse(STUDY, "tiny"))
    assert direct_inputs(without_looks, "collect") == ("plan", "train")
    assert direct_inputs(without_looks, "judge") == ("docket", "collect")  # reads the plan, too, as both do
    assert height(RULES, "plan") == 0
    for rule in RULES:
        implied = ({read} | ancestors(RULES, read) for read in direct_inputs(RULES, rule))
        assert ancestors(RULES, rule) == set().union(*implied)


@pytest.mark.parametrize(("dataset", "fetched"), [("xor", False), ("mnist", True), ("fashion_mnist", True)])
def test_fetch_is_among_the_rules_of_a_study_that_trains_on_fetched_data(dataset, fetched):
    rules = rules_of_study(configuration.parse(STUDY.replace("[xor]", f"[{dataset}]"), "tiny"))
    assert ("fetch" in rules) == fetched
    assert ("fetch" in rules["train"].reads) == fetched
    assert set(rules) | {"fetch", "look"} == set(RULES)


@pytest.mark.parametrize(("looks", "expected"), [("to: 6", False), ("looks: [6, 12]", True)])
def test_look_is_among_the_rules_of_a_study_with_several_looks(looks, expected):
    seeds = f"confirmatory: {{from: 1, {looks}}}"
    rules = rules_of_study(configuration.parse(STUDY.replace("descriptive: {from: 1, to: 2}", seeds), "tiny"))
    assert ("look" in rules) == ("look" in rules["collect"].reads) == expected
