"""Large studies: planning, collecting, and the benchmark of both."""

import csv
import json
import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from support.pages import sources_of, tiny_results, with_findings

from benchmarks import scale
from ontrial.errors import InputError
from ontrial.report.pages.page import Page
from ontrial.steps import collect
from ontrial.storage import files, run_files
from ontrial.storage.arrow import column
from ontrial.study import configuration
from ontrial_book.studies import pages_measured as measured


def test_the_job_of_a_cell_does_not_load_pandas(tmp_path):
    cell = next(iter(configuration.parse(scale.configuration(1, **scale.ONE_RUN)).cells.values()))
    code = (
        "import sys; from ontrial.steps import train; train.train_cell(*sys.argv[1:]); print('pandas' in sys.modules)"
    )
    words = [sys.executable, "-c", code, cell.to_json(), tmp_path / "run.parquet"]
    run = subprocess.run(words, capture_output=True, text=True)
    assert run.stdout == "False\n", run.stderr


@pytest.mark.parametrize(
    ("values", "type", "listed"),
    [
        (np.array([1.5, np.nan, np.inf], np.float32), pa.float32(), [1.5, None, np.inf]),
        (np.array([0.1, 0.2]), pa.float64(), [0.1, 0.2]),
        (np.array([3, -(2**40)]), pa.int64(), [3, -(2**40)]),
        (np.array([True] * 8 + [False, True]), pa.bool_(), [True] * 8 + [False, True]),
        (np.array(["relu", "", "엘유"]), pa.string(), ["relu", "", "엘유"]),
        (np.arange(10)[::3], pa.int64(), [0, 3, 6, 9]),
    ],
)
def test_a_column_holds_what_an_array_holds(values, type, listed):
    array = column(values)
    array.validate(full=True)
    assert array.type == type
    assert array.to_pylist() == listed


TWO_EXPERIMENTS = {
    "study": "two",
    "experiments": {
        name: scale.configuration(6)["experiments"]["grid"] | {"batch_size": batch_sizes, "hidden": [[10], [9]]} | rates
        for name, batch_sizes, rates in (
            ("z-first", [2, 10, 1], {"learning_rates": [0.5, 0.1], "seeds": {"descriptive": {"from": 1, "to": 3}}}),
            ("a-second", [4, 3], {"learning_rates": [0.2], "seeds": {"descriptive": {"from": 7, "to": 8}}}),
        )
    },
}


def fake_tables(folder, probed: str) -> list[pa.Table]:
    """Write run files whose cells are in no particular order, one experiment with an extra column."""
    study = configuration.parse(TWO_EXPERIMENTS)
    files.write_text(folder / "study.json", study.to_json())
    tables = []
    for path, cell in study.cells.items():
        scale.write_random_runs(folder, cell)
        table = run_files.read_sealed(folder / f"runs/{path}.parquet")
        if cell.experiment == probed:
            table = table.append_column("dead_units", pa.array(np.arange(len(table)), pa.float32()))
            run_files.write(folder / f"runs/{path}.parquet", table.replace_schema_metadata({"numpy": "2.4.6"}))
        tables.append(table)
    return tables


def tables_of(folder) -> dict[str, str]:
    """Return the tables that `collect` should write."""
    return {name: str(folder / "tables" / name) for name in ("runs", "csv", "records", "correct", "versions_of_runs")}


@pytest.mark.parametrize("probed", ["z-first", "a-second"])
@pytest.mark.parametrize(("together", "group"), [(100, 2**20), (1, 7), (3, 24), (4, 88)])
def test_tables_of_parts_are_those_of_the_whole_to_the_byte(tmp_path, monkeypatch, probed, together, group):
    whole = pa.concat_tables(fake_tables(tmp_path, probed), promote_options="default")
    whole = whole.sort_by(
        [(name, "ascending") for name in collect.ORDER if name in whole.column_names]
    ).combine_chunks()
    last = whole.filter(pa.compute.equal(whole["updates"], 1))
    monkeypatch.setattr(run_files, "GROUP_ROWS", group)
    monkeypatch.setattr(collect, "CHUNK", together)
    for name, table in (("records", whole), ("runs", last)):
        run_files.write(tmp_path / f"expected-{name}", table)
    pyarrow.csv.write_csv(last, tmp_path / "expected.csv", pyarrow.csv.WriteOptions(quoting_style="needed"))
    collect.collect(str(tmp_path / "study.json"), [], **tables_of(tmp_path))
    for name, rows in (("records", 88), ("runs", 44)):
        assert pq.read_metadata(tmp_path / "tables" / name).num_row_groups == math.ceil(rows / group)
        assert (tmp_path / "tables" / name).read_bytes() == (tmp_path / f"expected-{name}").read_bytes()
    assert (tmp_path / "tables/csv").read_bytes() == (tmp_path / "expected.csv").read_bytes()
    counts = json.loads((tmp_path / "tables/versions_of_runs").read_text())
    files_of = {"z-first": 6, "a-second": 4}
    assert counts["numpy"] == {"2.4.6": files_of.pop(probed), "unknown": sum(files_of.values())}
    assert counts["python"] == {"unknown": 10}


def test_a_damaged_run_file_leaves_no_table(tmp_path):
    fake_tables(tmp_path, "z-first")
    damaged = next((tmp_path / "runs").rglob("batch-10.parquet"))
    damaged.write_bytes(damaged.read_bytes()[:-40] + bytes(40))
    with pytest.raises(InputError, match=r"batch-10.parquet: the file is damaged"):
        collect.collect(str(tmp_path / "study.json"), [], **tables_of(tmp_path))
    assert not (tmp_path / "tables").exists()


def test_the_benchmark_adds_a_row_for_each_part_and_replaces_its_own(tmp_path, monkeypatch):
    output = tmp_path / "scale.csv"
    study = configuration.parse(scale.configuration(4, **scale.HUNDRED_RUNS))
    usage = scale.Usage(wall_seconds=1, cpu_seconds=1, memory_mb=99)

    def stand_in(*_):
        return study, usage

    for state, part in (("before", stand_in), ("now", stand_in), ("now", scale.collect)):
        monkeypatch.setitem(scale.PARTS, "collect", (part, (4, 9)))
        scale.measure(str(output), ["collect"], 4, state)
    rows = list(csv.DictReader(output.read_text(encoding="utf-8").splitlines()))
    assert list(rows[0]) == scale.COLUMNS
    assert [(row["state"], row["cells"], row["runs"], row["records"]) for row in rows] == [
        ("before", "4", "400", "800"),
        ("now", "4", "400", "800"),
    ]
    assert all(float(row["cpu_seconds"]) > 0 and float(row["memory_mb"]) > 10 for row in rows)
    assert [row["memory_mb"] == rows[0]["memory_mb"] for row in rows] == [True, False]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_pages_name_the_machine_and_the_networks_of_a_cell(language):
    table = pd.DataFrame(
        {
            "part": ["collect", "run", "run", "collect"],
            "state": ["before", "before", "now", "now"],
            "cells": [10, 10, 10, 10],
            "runs": [10, 10, 10, 20_000],
            "cores": [1, 2, 8, 4],
            "processor": ["A", "B", "C", "D"],
        }
    )
    page = Page(with_findings(sources_of(tiny_results(), language), measurements={"scale": table}), "statistics.md")
    expected = {"cores": "8", "processor": "C", "networks": "2,000", "most_cells": f"{configuration.MAX_CELLS:,}"}
    assert measured.scaling(page) == expected
