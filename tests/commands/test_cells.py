"""`ontrial cells`: which run files of others are taken, and which are refused."""

import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import yaml
from support.project import copy_project, edited, ontrial, planned_jobs

from ontrial.commands import cells as command
from ontrial.errors import InputError
from ontrial.steps import train
from ontrial.storage import code, run_files
from ontrial.study import configuration
from ontrial.study.cell import Cell

STUDY = """
study: mine
experiments:
  grid:
    purpose: Try it.
    dataset: [digits]
    hidden: [[]]
    activation: [relu]
    initialisation: [he]
    objective: [softmax+cross_entropy, identity+mse]
    batch_size: [256]
    learning_rates: [0.5]
    seeds: {descriptive: {from: 1, to: 1}}
    budget: {epochs: 2}
"""
DIGEST = code.digest(code.code_of("train"))


def study_cells() -> dict[str, Cell]:
    return configuration.from_mapping(yaml.safe_load(STUDY)).cells


@pytest.fixture(scope="module")
def theirs(tmp_path_factory) -> Path:
    """The results of somebody who has trained the study. Tests only read them."""
    folder = tmp_path_factory.mktemp("theirs")
    for path, cell in study_cells().items():
        train.train_cell(cell.to_json(), str(command.run_file(folder, path)), DIGEST)
    return folder


@pytest.fixture
def recorded(tmp_path, monkeypatch) -> list[tuple[str, ...]]:
    """Work in an empty project, and collect the calls of Snakemake instead of making them."""
    calls: list[tuple[str, ...]] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command.workflow, "run", lambda *words, trust_code: calls.append(words))
    Path("study.yaml").write_text(STUDY, encoding="utf-8")
    return calls


def run_files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


def with_change(folder: Path, to: Path, change: Callable[[pa.Table], pa.Table]) -> Path:
    """Write changed run files with sound checksums to another folder."""
    for path in folder.rglob("*.parquet"):
        run_files.write(to / path.relative_to(folder), change(run_files.read(path)))
    return to


def set_column(table: pa.Table, name: str, values: object) -> pa.Table:
    column = values if isinstance(values, pa.Array) else pa.array(values, table.schema.field(name).type)
    return table.set_column(table.schema.get_field_index(name), table.schema.field(name), column)


def test_run_files_of_a_folder_are_taken_with_their_bytes_and_recorded(theirs, recorded, capsys):
    command.cells(str(theirs), ["study.yaml"])
    taken = run_files_in(Path("results/mine/runs"))
    assert taken == run_files_in(theirs / "runs")
    assert len(taken) == 2
    assert recorded == [("study.yaml", *(f"results/mine/runs/{path}" for path in study_targets()), *command.RECORD)]
    printed = capsys.readouterr().out.splitlines()
    assert printed == ["Taken: 2 run files. Cells left to train: 0.", "Trained again to check: 1, with the same bytes."]
    (log, _) = sorted(Path("results/mine/logs/train").rglob("*.log"))
    assert re.fullmatch(r"Taken from other results .* SHA-256 of the file there: [0-9a-f]{64}\n", log.read_text())
    command.cells(str(theirs), ["study.yaml"])
    assert capsys.readouterr().out == "results/mine has the run files of all 2 cells.\n"


def study_targets() -> list[str]:
    return [f"{path}.parquet" for path in study_cells()]


def test_run_files_are_taken_from_a_server(theirs, recorded, served, capsys):
    (first, second) = study_targets()
    Path("results/mine/runs", second).parent.mkdir(parents=True)
    Path("results/mine/runs", second).write_bytes(b"mine")
    command.cells(f"{served(theirs)}/", ["study.yaml"])
    assert Path("results/mine/runs", first).read_bytes() == (theirs / "runs" / first).read_bytes()
    assert Path("results/mine/runs", second).read_bytes() == b"mine"
    assert capsys.readouterr().out.startswith("Taken: 1 run files. Cells left to train: 0.\n")


def test_a_place_without_run_files_is_named(theirs, recorded, served, tmp_path):
    for place, message in (
        (str(tmp_path), "it has no folder `runs`"),
        (served(theirs / "runs"), "it has none of the run files that results/mine lacks, such as runs/grid/"),
        ("http://127.0.0.1:1/x", "it can't be fetched"),
        ("http://localhost:80x", "it can't be fetched"),
        ("http://a..b", "it can't be fetched"),
    ):
        with pytest.raises(InputError, match=re.escape(message)):
            command.cells(place, ["study.yaml"])
    assert recorded == []


def test_invented_numbers_are_found_by_training_again_and_nothing_is_taken(theirs, recorded, tmp_path):
    def better(table: pa.Table) -> pa.Table:
        column = table["test_accuracy"]
        return set_column(table, "test_accuracy", pc.add(column, pa.scalar(0.001, column.type)).combine_chunks())

    forged = with_change(theirs, tmp_path / "forged", better)
    with pytest.raises(InputError, match=r"1 of 1 run files that were trained again differ .* Nothing was taken"):
        command.cells(str(forged), ["study.yaml"])
    assert run_files_in(Path("results")) == {}
    assert recorded == []


def test_without_a_record_of_snakemake_nothing_is_kept(theirs, recorded, monkeypatch):
    def fail(*_, trust_code):
        raise InputError("the run failed")

    monkeypatch.setattr(command.workflow, "run", fail)
    with pytest.raises(InputError, match="the run failed"):
        command.cells(str(theirs), ["study.yaml"])
    assert run_files_in(Path("results")) == {}
    assert not list(Path("results").rglob("*.log"))


def test_what_another_run_trains_meanwhile_is_kept(theirs, recorded, monkeypatch):
    path = Path("results/mine/runs", study_targets()[0])

    def train_meanwhile(cell, folder, _):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"trained here")
        return True

    def fail(*_, trust_code):
        raise InputError("Another run is active")

    monkeypatch.setattr(command, "is_same", train_meanwhile)
    monkeypatch.setattr(command.workflow, "run", fail)
    with pytest.raises(InputError, match="Another run is active"):
        command.cells(str(theirs), ["study.yaml"])
    assert [path.read_bytes() for path in Path("results").rglob("*.parquet")] == [b"trained here"]


def with_metadata(table: pa.Table, **changes: str | None) -> pa.Table:
    metadata = run_files.versions_in(table.schema) | changes
    return table.replace_schema_metadata({name: value for name, value in metadata.items() if value is not None})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda table: with_metadata(table, cell=None), "does not say how it was trained"),
        (lambda table: with_metadata(table, cell="{}"), "was trained with other settings"),
        (lambda table: with_metadata(table, data="0"), "was trained with other data"),
        (lambda table: with_metadata(table, code="0"), "was trained with other code"),
        (lambda table: with_metadata(table, numpy="1.0"), "was trained with numpy 1.0, which is "),
        (lambda table: with_metadata(table, blas_kernel="\x1b[2J"), r"was trained with blas_kernel \x1b[2J, which is "),
        (lambda table: table.slice(1), "has other rows than its cell"),
        (lambda table: set_column(table, "seed", [7] * table.num_rows), "has other rows than its cell"),
        (lambda table: table.append_column("mine", table["seed"]), "has other columns than its cell"),
        (lambda table: table.drop_columns("test_loss"), "has other columns than its cell"),
        (
            lambda table: set_column(table, "test_correct", [[1]] * table.num_rows),
            "has other test samples than its cell",
        ),
    ],
)
def test_a_run_file_of_another_origin_or_with_other_content_is_refused(theirs, tmp_path, change, reason):
    path, cell = next(iter(study_cells().items()))
    changed = with_change(theirs, tmp_path, lambda table: change(table))
    with pytest.raises(command.RefusalError, match=re.escape(reason)):
        command.checked(command.run_file(changed, path).read_bytes(), cell, train.origin(cell, DIGEST))


def test_a_damaged_and_a_large_file_are_refused_and_counted(theirs, recorded, tmp_path, capsys):
    (first, second) = study_targets()
    copy = with_change(theirs, tmp_path / "copy", lambda table: table)
    content = bytearray((copy / "runs" / first).read_bytes())
    content[100] ^= 1
    (copy / "runs" / first).write_bytes(content)
    (copy / "runs" / second).write_bytes(bytes(10**6))
    command.cells(str(copy), ["study.yaml"])
    assert capsys.readouterr().out.splitlines() == [
        "Taken: 0 run files. Cells left to train: 2.",
        f"Refused: 1, such as runs/{second}, which can't be read: it is larger than 9 KiB.",
        f"Refused: 1, such as runs/{first}, which is damaged: its SHA-256 differs from the one that it contains.",
    ]


def test_one_in_a_hundred_is_trained_again_chosen_by_all_digests():
    digests = {f"cell-{i}": f"{i:064x}" for i in range(150)}
    chosen = command.sample(digests)
    assert len(chosen) == 2
    assert chosen == command.sample(dict(reversed(digests.items())))
    assert chosen != command.sample(digests | {"cell-0": "f" * 64})
    assert len(command.sample({"one": "0"})) == 1
    assert command.sample({}) == []


@pytest.mark.slow
def test_what_was_taken_is_not_trained_again_unless_its_settings_change(theirs, tmp_path):
    project = copy_project(tmp_path / "project")
    study = project / "config/mine.yaml"
    study.write_text(STUDY, encoding="utf-8")
    run = ontrial(project, "cells", "--from", str(theirs), "--study", "config/mine.yaml")
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("Taken: 2 run files. Cells left to train: 0.\n")
    assert "train" not in planned_jobs(project, study="config/mine.yaml")
    with edited(study, "epochs: 2", "epochs: 3"):
        assert planned_jobs(project, study="config/mine.yaml")["train"] == 2
