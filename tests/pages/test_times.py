import json
from types import SimpleNamespace

import pytest

from ontrial.steps import job_times


def benchmark(folder, path: str, seconds: float) -> None:
    file = folder / "benchmarks" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"s\th:m:s\tcpu_time\n{seconds}\t0:00:01\t0.5\n", encoding="utf-8")


@pytest.fixture
def times(tmp_path, monkeypatch):
    """Return a function that returns what is written for a study of two cells, the second of a later look."""
    study = SimpleNamespace(cells={"grid/batch-1": ...}, later_cells={"grid/batch-2": ...})
    monkeypatch.setattr(job_times, "load_study", lambda path: study)

    def write() -> list[tuple[str, dict]]:
        job_times.write_times(str(tmp_path / "study.json"), str(tmp_path / "time.json"))
        return list(json.loads((tmp_path / "time.json").read_text(encoding="utf-8"))["rules"].items())

    return write


def test_the_seconds_of_jobs_are_added_up_by_rule_without_those_of_cells_that_are_gone(tmp_path, times):
    benchmark(tmp_path, "look-2.tsv", 0.5)
    benchmark(tmp_path, "write-en.tsv", 1.25)
    benchmark(tmp_path, "write-ko.tsv", 1.5)
    benchmark(tmp_path, "fetch/mnist.tsv", 7.0)
    benchmark(tmp_path, "train/grid/batch-1.tsv", 5.5)
    benchmark(tmp_path, "train/grid/batch-2.tsv", 2.5)
    benchmark(tmp_path, "train/grid/batch-4.tsv", 9.0)
    assert times() == [
        ("train", {"jobs": 2, "seconds": 8.0}),
        ("fetch", {"jobs": 1, "seconds": 7.0}),
        ("write", {"jobs": 2, "seconds": 2.75}),
        ("look", {"jobs": 1, "seconds": 0.5}),
    ]
