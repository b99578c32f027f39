"""Tables of runs: the same content in each format, from files and standard input, and files that are none."""

import io
import json
import sys
from types import SimpleNamespace

import pandas as pd
import pytest
from support.messages import message_of

from ontrial.storage import run_tables

RUNS = pd.DataFrame({"seed": [1, 2], "note": ["a, b", "c\nd"], "accuracy": [0.5, float("nan")]})
NESTED = [
    {"name": "x", "config": {"lr": 0.1, "model": {"depth": 2}}, "summary": {"accuracy": 0.9, "loss": float("inf")}},
    {"name": "y", "config": {"lr": 0.2, "model": {"depth": 2}}, "summary": {"accuracy": float("nan"), "loss": 1.0}},
]
WRITERS = {
    "csv": lambda table, path: table.to_csv(path, index=False),
    "parquet": lambda table, path: table.to_parquet(path, index=False),
    "jsonl": lambda table, path: table.to_json(path, orient="records", lines=True),
}


def all_columns(columns):
    return columns


@pytest.mark.parametrize("ending", WRITERS)
def test_formats_are_told_by_their_content(tmp_path, ending):
    path = tmp_path / "runs"  # without an ending
    WRITERS[ending](RUNS, path)
    table = run_tables.read_runs(str(path), lambda columns: [name for name in columns if name != "note"])
    assert list(table) == ["seed", "accuracy"]
    assert pd.to_numeric(table["accuracy"]).tolist()[0] == 0.5
    assert pd.to_numeric(table["accuracy"]).isna().tolist() == [False, True]
    assert table["seed"].astype(int).tolist() == [1, 2]
    assert table.index.tolist() == [0, 1]


def test_a_table_may_come_from_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"seed,accuracy\n1,0.5\n")))
    assert run_tables.read_runs("-", all_columns).to_dict("list") == {"seed": ["1"], "accuracy": ["0.5"]}


@pytest.mark.parametrize(
    "write",
    [
        lambda path: pd.DataFrame(NESTED).to_csv(path, index=False),  # mappings as Python writes them, nan included
        lambda path: pd.DataFrame([{name: json.dumps(cell) for name, cell in row.items()} for row in NESTED]).to_csv(
            path
        ),
        lambda path: path.write_text("\n".join(map(json.dumps, NESTED))),
        lambda path: path.write_text("\n".join(json.dumps(row, indent=2) for row in NESTED)),
        lambda path: path.write_text(json.dumps(NESTED)),
        lambda path: path.write_text(
            json.dumps({"columns": [], "rows": [{**row, "config": json.dumps(row["config"])} for row in NESTED]})
        ),
    ],
)
def test_mappings_of_trackers_become_columns(tmp_path, write):
    path = tmp_path / "project.csv"
    write(path)
    table = run_tables.read_runs(
        str(path), lambda _: ["name", "config.model.depth", "summary.accuracy", "summary.loss"]
    )
    assert table["config.model.depth"].tolist() == [2, 2]
    assert table["summary.accuracy"].isna().tolist() == [False, True]
    assert table["summary.loss"].tolist() == [float("inf"), 1.0]


@pytest.mark.parametrize("delimiter", "\t;")
def test_csv_may_have_other_delimiters(tmp_path, delimiter):
    path = tmp_path / "runs.csv"
    RUNS.to_csv(path, index=False, sep=delimiter)
    table = run_tables.read_runs(str(path), all_columns)
    assert table["note"].tolist() == RUNS["note"].tolist()
    assert table["accuracy"].tolist() == ["0.5", ""]


def test_nested_columns_of_parquet_unfold_like_others(tmp_path):
    path = tmp_path / "runs.parquet"
    pd.DataFrame(NESTED).to_parquet(path)
    table = run_tables.read_runs(str(path), lambda _: ["name", "config.lr", "config.model.depth"])
    assert table.to_dict("list") == {"name": ["x", "y"], "config.lr": [0.1, 0.2], "config.model.depth": [2, 2]}


@pytest.mark.parametrize(("content", "columns"), [
    (b'\xef\xbb\xbf{"seed": 1}', {"seed": [1]}),
    (b"\r\n\nseed\n1\n", {"seed": ["1"]}),
    (b"config\n\"{'norm': 'inf', 'x': nan, \"\"it's\"\": inf}\"\n",
     {"config.norm": ["inf"], "config.it's": [float("inf")]}),
    (b'config,seed\n"{[1]: 2}",1\n', {"seed": ["1"]}),
])  # fmt: skip
def test_marks_blank_lines_and_odd_cells_do_no_harm(tmp_path, content, columns):
    path = tmp_path / "runs"
    path.write_bytes(content)
    assert run_tables.read_runs(str(path), lambda _: list(columns)).to_dict("list") == columns


REFUSED = {
    "an endless name": (b'"' + b"x" * 140_000, "this is no table of runs"),
    "no file": (None, "there is no such file"),
    "nothing": (b" \n", "the table is empty"),
    "another encoding": (b"seed,note\n1,\xe9\n", "runs.csv:2: the text is not valid UTF-8"),
    "one column twice": (b"seed,seed\n1,1\n", 'the column "seed" is there 2 times'),
    "a ragged row": (b"seed,accuracy\n1,0.5,3\n", "this is no table of runs"),
    "a broken line": (b'{"seed": 1}\n{"seed": \n', "runs.csv:3: this is not JSON: Expecting value."),
    "a list": (b'{"seed": 1}\n[1]\n', "runs.csv:2: this is not an object"),
    "lists in lists": (b'{"seed": ' + b"[" * 100_000, "this is no table of runs"),
    "a damaged file": (b"PAR1 and more", "this is no table of runs"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_files_that_are_no_tables_are_refused(tmp_path, case):
    content, message = REFUSED[case]
    path = tmp_path / "runs.csv"
    if content is not None:
        path.write_bytes(content)
    assert message in message_of(run_tables.read_runs, str(path), all_columns)
