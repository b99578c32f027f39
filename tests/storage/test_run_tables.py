"""Tables of runs: the same content in each format, from files and standard input, and files that are none."""

import gzip
import io
import itertools
import json
import sys
import time
import zipfile
from types import SimpleNamespace

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
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
    "csv.gz": lambda table, path: table.to_csv(path, index=False, compression="gzip"),
}


@pytest.mark.parametrize("ending", WRITERS)
def test_formats_are_told_by_their_content(tmp_path, ending):
    path = tmp_path / "runs"  # without an ending
    WRITERS[ending](RUNS, path)
    table = run_tables.read_runs(str(path))
    assert list(table) == ["seed", "note", "accuracy"]
    assert pd.to_numeric(table["accuracy"]).tolist()[0] == 0.5
    assert pd.to_numeric(table["accuracy"]).isna().tolist() == [False, True]
    assert table["seed"].astype(int).tolist() == [1, 2]
    assert table.index.tolist() == [0, 1]


def test_a_table_may_come_from_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"seed,accuracy\n1,0.5\n")))
    assert run_tables.read_runs("-").to_dict("list") == {"seed": ["1"], "accuracy": ["0.5"]}


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
    table = run_tables.read_runs(str(path))
    assert table["config.model.depth"].tolist() == [2, 2]
    assert table["summary.accuracy"].isna().tolist() == [False, True]
    assert table["summary.loss"].tolist() == [float("inf"), 1.0]


@pytest.mark.parametrize("delimiter", "\t;")
def test_csv_may_have_other_delimiters(tmp_path, delimiter):
    path = tmp_path / "runs.csv"
    RUNS.to_csv(path, index=False, sep=delimiter)
    table = run_tables.read_runs(str(path))
    assert table["note"].tolist() == RUNS["note"].tolist()
    assert table["accuracy"].tolist() == ["0.5", ""]


def test_nested_columns_of_parquet_unfold_like_others(tmp_path):
    path = tmp_path / "runs.parquet"
    pd.DataFrame(NESTED).to_parquet(path)
    table = run_tables.read_runs(str(path))
    columns = ["name", "config.lr", "config.model.depth"]
    assert table[columns].to_dict("list") == {
        "name": ["x", "y"],
        "config.lr": [0.1, 0.2],
        "config.model.depth": [2, 2],
    }


@pytest.mark.parametrize(("content", "columns"), [
    (b'\xef\xbb\xbf{"seed": 1}', {"seed": [1]}),
    (b"\r\n\nseed\n1\n", {"seed": ["1"]}),
    (b"sep=;\r\nseed;accuracy\r\n1;0.5\r\n", {"seed": ["1"], "accuracy": ["0.5"]}),
    (b"config\n\"{'norm': 'inf', 'x': nan, \"\"it's\"\": inf}\"\n",
     {"config.norm": ["inf"], "config.it's": [float("inf")]}),
    (b'config,seed\n"{[1]: 2}",1\n', {"seed": ["1"]}),
])  # fmt: skip
def test_marks_blank_lines_and_odd_cells_do_no_harm(tmp_path, content, columns):
    path = tmp_path / "runs"
    path.write_bytes(content)
    assert run_tables.read_runs(str(path))[list(columns)].to_dict("list") == columns


def test_a_pattern_reads_its_files_in_order_with_their_names(tmp_path):
    for name, accuracy in (("b", 0.7), ("a", 0.5)):
        (tmp_path / f"{name}.csv").write_text(f"seed,accuracy\n1,{accuracy}\n")
    (tmp_path / "c.jsonl").write_text('{"seed": 2}')
    table = run_tables.read_runs(str(tmp_path / "*"))
    assert list(table) == ["seed", "accuracy", "file"]
    assert [name.rpartition("/")[2] for name in table["file"]] == ["a.csv", "b.csv", "c.jsonl"]
    assert pd.to_numeric(table["accuracy"]).tolist()[:2] == [0.5, 0.7]
    assert table["accuracy"].isna().tolist() == [False, False, True]


def test_excel_is_read_where_its_reader_is_installed(tmp_path, monkeypatch):
    path = tmp_path / "runs.xlsx"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("xl/workbook.xml", "")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert "Excel needs the package openpyxl" in message_of(run_tables.read_runs, str(path))


def test_trackers_are_asked_through_their_own_packages(monkeypatch):
    runs = [
        SimpleNamespace(
            info=SimpleNamespace(run_id=str(i), status="FINISHED"),
            data=SimpleNamespace(params={"lr": "0.1"}, metrics={"accuracy": 0.9}),
        )
        for i in range(3)
    ]

    class Client:
        def get_experiment_by_name(self, name):
            return SimpleNamespace(experiment_id="7") if name == "mine" else None

        def search_runs(self, ids, max_results, page_token):
            assert ids == ["7"]
            page = Page(runs[:2] if page_token is None else runs[2:])
            page.token = "next" if page_token is None else ""
            return page

    class Page(list):
        token = ""

    monkeypatch.setitem(sys.modules, "mlflow", SimpleNamespace(MlflowClient=Client))
    table = run_tables.read_runs("mlflow:mine")
    assert table["run_id"].tolist() == ["0", "1", "2"]
    assert table["metrics.accuracy"].tolist() == [0.9] * 3
    assert "there is no such experiment" in message_of(run_tables.read_runs, "mlflow:other")
    run = SimpleNamespace(id="a", name="b", state="finished", config={"lr": 0.1}, summary={"loss": 2.0, "x": {"y": 1}})
    monkeypatch.setitem(sys.modules, "wandb", SimpleNamespace(Api=lambda: SimpleNamespace(runs=lambda name: [run])))
    table = run_tables.read_runs("wandb:me/mine")
    assert table.to_dict("list") == {
        **{"id": ["a"], "name": ["b"], "state": ["finished"]},
        **{"config.lr": [0.1], "summary.loss": [2.0]},
    }
    monkeypatch.setitem(sys.modules, "wandb", None)
    assert "install the package wandb" in message_of(run_tables.read_runs, "wandb:me/mine")


def parquet(path, columns: dict[str, pa.Array], **options: object) -> None:
    pq.write_table(pa.table(columns), path, compression="zstd", **options)


# Each takes the memory or the time of a far larger table: small copies of files that were tried
EXHAUSTING = {
    "packed": lambda path: path.write_bytes(gzip.compress(b"seed\n" + b"1\n" * 10**5)),
    "one text": lambda path: parquet(path, {"config": pa.array(["x" * 10**5])}),
    "one text in many rows": lambda path: parquet(path, {"arm": pa.array(["x" * 500] * 400).dictionary_encode()}),
    "one large text in many rows": lambda path: parquet(path, {"arm": pa.array(["x" * 500] * 400, pa.large_string())}),
    "one text in many items": lambda path: parquet(path, {"arm": pa.array([["x" * 500] * 400])}),
    "one text in many mappings": lambda path: parquet(path, {"arm": pa.array([{"x": "x" * 500}] * 400)}),
    "wide cells": lambda path: parquet(path, {"arm": pa.array([b"x" * 1_001] * 20, pa.binary(1_001))}),
    "one wide cell in many rows": lambda path: parquet(path, {"arm": pa.array([b"x" * 900] * 100, pa.binary(900))}),
    "equal rows": lambda path: parquet(path, {"seed": pa.nulls(4_000, pa.int8()).fill_null(1)}),
    "equal items": lambda path: parquet(path, {"seed": pa.array([[1] * 4_000])}),
    "wide": lambda path: path.write_text(",".join(map(str, range(101)))),
    "rows and columns": lambda path: path.write_text("\n".join([",".join(map(str, range(99)))] * 40)),
    "rows": lambda path: path.write_text("seed\n" + "1\n" * 1_001),
    "a key in each row": lambda path: path.write_text("\n".join(f'{{"k{i}": 1}}' for i in range(101))),
    "keys of their own": lambda path: path.write_text("\n".join(f'{{"k{i}": 1}}' for i in range(90))),
    "values": lambda path: path.write_text("[" + "[]," * 4_000 + "[]]"),
    "a name that grows": lambda path: path.write_text('{"k":' * 600 + "1" + "}" * 600),
    "one name": lambda path: path.write_text("x" * 1_001 + "\n1"),
}


@pytest.mark.parametrize("case", EXHAUSTING)
def test_what_exhausts_memory_or_time_is_refused_first(tmp_path, monkeypatch, case):
    limits = {"MAX_BYTES": 80_000, "MOST_ROWS": 1_000, "MOST_COLUMNS": 100, "MOST_CELLS": 3_500}
    for name, value in limits.items():
        monkeypatch.setattr(run_tables, name, value)
    path = tmp_path / "runs"
    EXHAUSTING[case](path)
    message = message_of(run_tables.read_runs, str(path))
    assert "than" in message or "too long" in message


@pytest.mark.parametrize("encoding", ["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"])
def test_texts_whose_length_no_metadata_say_are_refused_with_a_remedy(tmp_path, encoding):
    columns = {"seed": pa.array(range(400)), "arm": pa.array(["x" * 10**4 + str(i) for i in range(400)])}
    parquet(tmp_path / "runs", columns, use_dictionary=False, column_encoding={"arm": encoding})
    message = message_of(run_tables.read_runs, str(tmp_path / "runs"))
    assert 'the texts of "arm" are packed' in message
    assert "Write them with dictionaries" in message
    delta = {"seed": "DELTA_BINARY_PACKED"}
    parquet(tmp_path / "runs", {"seed": columns["seed"]}, use_dictionary=False, column_encoding=delta)
    assert len(run_tables.read_runs(str(tmp_path / "runs"))) == 400


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"m": 0.5}, "than 1,000 rows"),
        ({f"m{i}": 0.5 for i in range(90)}, "cells"),
        ({"note": "x" * 9_000}, "too long"),
    ],
)
def test_a_tracker_is_asked_for_no_more_than_a_table_may_have(monkeypatch, cells, message):
    for name, value in {"MAX_BYTES": 80_000, "MOST_ROWS": 1_000, "MOST_CELLS": 3_500}.items():
        monkeypatch.setattr(run_tables, name, value)
    asked = []

    def runs(name):
        for number in range(10**6):
            asked.append(number)
            yield {"run_id": str(number), "metrics": cells}

    monkeypatch.setitem(run_tables.tracked_runs.TRACKERS, "mlflow", runs)
    assert message in message_of(run_tables.read_runs, "mlflow:many")
    assert len(asked) <= 1_001


def test_python_reads_no_long_cell():
    cell = f"{{'a': {'1<' * 70_000}1}}"  # of which Python would make 20 MB; of 64 MB, more than a machine has
    start = time.process_time()
    assert run_tables._mapping(cell) == cell
    assert time.process_time() - start < 0.1


def encrypted():
    raise RuntimeError("File 'xl/workbook.xml' is encrypted, password required for extraction")  # as zipfile does


# Rows as openpyxl reads them: of a file that leaves out a billion, one with long texts, and one of usual shape
EXCEL = {
    "rows left out": (lambda: itertools.chain([("seed",), (1,)], itertools.repeat(())), "more than 1,000 rows"),
    "a long text": (lambda: [("seed",), ("x" * 140_000,)], "its texts are too long"),
    "one text in many rows": (lambda: [("seed",), *([("x" * 1_000,)] * 900)], "its texts are too long"),
    "a password": (encrypted, "this is no table of runs: File 'xl/workbook.xml' is encrypted"),
    "too many cells": (lambda: [("seed",), (1, 2)], "it has 2 cells, and the head has 1"),
    "short and empty rows": (lambda: [("seed", "note", None), (), (1,), (2, "x", None)], ""),
}


@pytest.mark.parametrize("case", EXCEL)
def test_what_excel_leaves_out_takes_no_time(tmp_path, monkeypatch, case):
    rows, message = EXCEL[case]
    sheet = SimpleNamespace(iter_rows=lambda values_only: iter(rows()), reset_dimensions=lambda: None)
    reader = SimpleNamespace(load_workbook=lambda *_, **__: SimpleNamespace(worksheets=[sheet]))
    monkeypatch.setitem(sys.modules, "openpyxl", reader)
    monkeypatch.setattr(run_tables, "MOST_ROWS", 1_000)
    monkeypatch.setattr(run_tables, "MAX_BYTES", 800_000)
    with zipfile.ZipFile(tmp_path / "runs", "w") as file:
        file.writestr("xl/workbook.xml", "")
    if message:
        assert message in message_of(run_tables.read_runs, str(tmp_path / "runs"))
    else:
        table = run_tables.read_runs(str(tmp_path / "runs"))
        assert table.fillna("").to_dict("list") == {"seed": [1, 2], "note": ["", "x"]}


def test_a_quotation_that_never_ends_takes_linear_time():
    start = time.process_time()
    assert run_tables._mapping("'" + "\\'" * 65_000) == "'" + "\\'" * 65_000
    assert time.process_time() - start < 1


def test_metadata_of_pandas_are_not_obeyed(tmp_path):
    table = pa.table({"seed": [1, 2], "accuracy": [0.5, 0.6]})
    odd = json.dumps({"index_columns": ["seed"], "columns": [{"name": "seed", "numpy_type": "no such type"}]})
    pq.write_table(table.replace_schema_metadata({"pandas": odd}), tmp_path / "runs")
    assert run_tables.read_runs(str(tmp_path / "runs"))["seed"].tolist() == [1, 2]
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["seed", "seed"]), tmp_path / "runs")
    assert 'the column "seed" is there 2 times' in message_of(run_tables.read_runs, str(tmp_path / "runs"))


def test_values_that_python_cannot_hold_are_refused_or_infinite(tmp_path):
    path = tmp_path / "runs"
    pq.write_table(pa.table({"seed": pa.array([2**62], pa.timestamp("us"))}), path)
    assert "this is no table of runs" in message_of(run_tables.read_runs, str(path))
    pq.write_table(pa.table({"seed": [b"\xff0"]}), path)
    assert run_tables.read_runs(str(path))["seed"].tolist() == ["\\xff0"]
    path.write_text('{"seed": 1%s, "pair": "\\ud83d\\ude00"}' % ("0" * 400))
    assert run_tables.read_runs(str(path)).to_dict("list") == {"seed": [float("inf")], "pair": ["😀"]}


def test_a_link_out_of_the_working_folder_is_not_followed(tmp_path, monkeypatch):
    here, private = tmp_path / "here", tmp_path / "private"
    here.mkdir()
    private.mkdir()
    (private / "token").write_text("a secret\n1\n")
    (here / "runs.csv").symlink_to(private / "token")
    (here / "folder").symlink_to(private)
    (here / "own.csv").write_text("seed\n1\n")
    (here / "link.csv").symlink_to(here / "own.csv")
    monkeypatch.chdir(here)
    for path in ("runs.csv", str(here / "runs.csv"), "folder/token", "r*.csv"):
        message = message_of(run_tables.read_runs, path)
        assert "a link leads out of the working folder" in message
        assert f"ONTRIAL_DATA={private}" in message
    assert list(run_tables.read_runs("link.csv")) == ["seed"]
    assert list(run_tables.read_runs("../private/token")) == ["a secret"]  # the user named it
    monkeypatch.setenv("ONTRIAL_DATA", str(private))
    assert list(run_tables.read_runs("runs.csv")) == ["a secret"]


REFUSED = {
    "an endless name": (b'"' + b"x" * 140_000, "this is no table of runs"),
    "no file": (None, "there is no such file"),
    "nothing": (b" \n", "the table is empty"),
    "another encoding": (b"seed,note\n1,\xe9\n", "runs.csv:2: the text is not valid UTF-8"),
    "one column twice": (b"seed,seed\n1,1\n", 'the column "seed" is there 2 times'),
    "a ragged row": (b"seed,accuracy\n1,0.5,3\n", "runs.csv:2: this is no row of a table of runs: it has 3 cells"),
    "an open quotation": (b'seed\n"1\n2\n', "this is no table of runs: unexpected end of data"),
    "a broken line": (b'{"seed": 1}\n{"seed": \n', "runs.csv:3: this is not JSON: Expecting value."),
    "a list": (b'{"seed": 1}\n[1]\n', "runs.csv:2: this is not an object"),
    "lists in lists": (b'{"seed": ' + b"[" * 100_000, "this is no table of runs"),
    "half of a character": (rb'{"seed": "\ud800"}', "surrogates not allowed"),
    "a damaged file": (b"PAR1 and more", "this is no table of runs"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_files_that_are_no_tables_are_refused(tmp_path, case):
    content, message = REFUSED[case]
    path = tmp_path / "runs.csv"
    if content is not None:
        path.write_bytes(content)
    assert message in message_of(run_tables.read_runs, str(path))
