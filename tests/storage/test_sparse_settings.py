"""Files leave out a sparse setting where nothing but its default occurs: a new setting changes no older file."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from ontrial.judge import looks, published, result_files
from ontrial.judge.columns import with_defaults, without_defaults
from ontrial.steps import collect, docket, judge, look, train
from ontrial.storage import files, run_files
from ontrial.study import configuration
from ontrial.study.cell import SETTINGS, Cell
from ontrial.study.study import Study

STUDY = """\
study: sparse
docket: claims.yaml
experiments:
  batch-size: {purpose: Train with and without weight decay., dataset: [digits], hidden: [[8]], activation: [relu],
    initialisation: [own], objective: [softmax+cross_entropy], batch_size: [32, 64], weight_decay: [0],
    learning_rates: [0.25, 0.5], seeds: {confirmatory: {from: 1, to: 6}}, budget: {epochs: 2}}
"""
BOTH = STUDY.replace("weight_decay: [0]", "weight_decay: [0.001, 0]")
CLAIMS = """\
claims:
  - {id: small-batches-win, statement: {en: Small batches win.}, experiment: batch-size, metric: test_accuracy,
    difference: {of: {batch_size: 32}, minus: {batch_size: 64}}, where: {policy: tuned, weight_decay: 0},
    smallest_effect: 1 point}
"""


@pytest.fixture
def sparse(monkeypatch) -> None:
    monkeypatch.setitem(SETTINGS, "weight_decay", replace(SETTINGS["weight_decay"], sparse=True))


def tried(text: str, folder: Path, claims: str = CLAIMS) -> Study:
    """Train, collect and judge a study in a folder, and return it."""
    folder.mkdir()
    (folder / "claims.yaml").write_text(claims, encoding="utf-8")
    study = configuration.parse(text, str(folder / "study.yaml"))
    files.write_text(folder / "study.json", study.to_json())
    docket.write_docket(*(str(folder / name) for name in ("study.json", "claims.yaml", "docket.json")))
    for path, cell in study.cells.items():
        train.train_cell(cell.to_json(), str(folder / f"runs/{path}.parquet"))
    names = ("study.json", "runs.parquet", "runs.csv", "records.parquet", "correct.parquet", "versions.json")
    study_file, *tables, versions = (str(folder / name) for name in names)
    runs, _, records, correct = tables
    collect.collect(study_file, [], *tables, versions)
    outputs = (str(folder / name) for name in ("docket.json", "verdicts.json", "verdicts.csv", "tuned.csv"))
    judge.judge(study_file, runs, records, correct, *outputs)
    return study


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_only_columns_with_other_values_than_the_default_are_in_files(sparse, tmp_path):
    study = tried(STUDY, tmp_path / "default")
    (path, cell), *_ = study.cells.items()
    runs = tmp_path / "default/runs.parquet"
    for file in (tmp_path / f"default/runs/{path}.parquet", runs, tmp_path / "default/correct.parquet"):
        assert "weight_decay" not in run_files.read_schema(file).names
    for name in ("runs.csv", "tuned.csv"):
        assert "weight_decay" not in pd.read_csv(tmp_path / "default" / name)
    assert published.read_table(tmp_path / "default/tuned.csv")["weight_decay"].tolist() == [0, 0]
    assert '"weight_decay"' not in cell.to_json()
    assert Cell.from_json(cell.to_json()) == cell


def test_the_rest_of_each_file_has_the_bytes_of_a_study_that_varies_nothing(sparse, monkeypatch, tmp_path):
    tried(STUDY, tmp_path / "sparse")
    monkeypatch.undo()
    tried(STUDY, tmp_path / "always")
    left_out, always = (bytes_of(tmp_path / name) for name in ("sparse", "always"))
    assert left_out["verdicts.json"] == always["verdicts.json"]
    runs = pd.read_csv(tmp_path / "always/runs.csv")
    assert pd.read_csv(tmp_path / "sparse/runs.csv").equals(runs.drop(columns="weight_decay"))


def test_a_study_with_other_values_gives_the_same_numbers_for_the_default(sparse, tmp_path):
    tried(STUDY, tmp_path / "default")
    both = tried(BOTH, tmp_path / "both")
    default, varied = (bytes_of(tmp_path / name) for name in ("default", "both"))
    for name in (name for name in default if name.startswith("runs/")):
        assert varied[name] == default[name]
    names = run_files.read_schema(tmp_path / "both/runs.parquet").names
    assert names[: names.index("learning_rate")] == [*next(iter(both.cells.values())).file_columns]
    runs = run_files.read_sealed(tmp_path / "both/runs.parquet").to_pandas()
    assert runs["weight_decay"].is_monotonic_increasing
    assert set(runs["weight_decay"]) == {0, 0.001}
    assert varied["verdicts.json"] == default["verdicts.json"]
    alone, among = (published.read_table(tmp_path / name / "tuned.csv") for name in ("default", "both"))
    among = among[among["weight_decay"] == 0]
    assert alone[among.columns].to_csv(index=False) == among.to_csv(index=False)


def test_a_look_judges_cells_whose_files_leave_out_different_settings(sparse, tmp_path):
    claims = CLAIMS.replace("batch_size: 32", "weight_decay: 0.001").replace("batch_size: 64", "weight_decay: 0")
    claims = claims.replace("tuned, weight_decay: 0", "tuned, batch_size: 32")
    folder = tmp_path / "looks"
    tried(BOTH.replace("to: 6", "looks: [6, 8]"), folder, claims)
    names = ("study.json", "runs.parquet", "records.parquet", "docket.json")
    study, runs, records, checked = (str(folder / name) for name in names)
    look.judge_look(study, checked, [], 2, str(folder / "added.json"))
    undecided = looks.undecided_cells(*result_files.read_results(study, runs, records, checked))
    assert json.loads((folder / "added.json").read_text()) == [f"{cell.path}-look-2" for cell in undecided]


def test_columns_of_defaults_survive_the_way_to_a_file_and_back(sparse):
    table = pd.DataFrame({"weight_decay": [0.0, 0.0], "seed": [1, 2]})
    assert list(without_defaults(table)) == ["seed"]
    assert with_defaults(without_defaults(table))[["weight_decay", "seed"]].equals(table)
    varied = table.assign(weight_decay=[0.0, 0.1])
    assert without_defaults(varied).equals(varied)
