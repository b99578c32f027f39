"""Data sets that a study brings: their names, paths and conflicts, and that unused ones do not matter."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from support.messages import message_of

from ontrial import data
from ontrial.data import registry
from ontrial.steps import plan
from ontrial.storage import workflow
from ontrial.study import command_line, configuration
from ontrial.study.study import load_study

STUDY = """\
study: own
datasets:
  pets: {csv: ../data/pets.csv, label: animal}
  lost: {csv: lost.csv, label: animal}
experiments:
  grid:
    purpose: Try it.
    dataset: [xor, pets]
    hidden: [[4]]
    activation: [relu]
    initialisation: [own]
    objective: [softmax+cross_entropy]
    batch_size: [4]
    learning_rates: [0.5]
    seeds: {confirmatory: {from: 1, to: 6}}
    budget: {epochs: 2}
"""
ENTRY = "{csv: ../data/pets.csv, label: animal}"
PETS = "weight,legs,animal\n" + "".join(f"{i},4,{'cat' if i % 2 else 'dog'}\n" for i in range(40))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder with config/own.yaml and data/pets.csv."""
    monkeypatch.chdir(tmp_path)
    registry._csv_files.clear()
    registry._source_of_csv.cache_clear()
    data.load.cache_clear()
    for path, text in {"config/own.yaml": STUDY, "data/pets.csv": PETS}.items():
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")
    return tmp_path


def mistake(text: str) -> str:
    return message_of(configuration.parse, text, "config/own.yaml").replace("config/own.yaml:", "")


def test_paths_are_relative_to_the_study_and_in_study_json_to_the_working_folder():
    study = configuration.read_study("config/own.yaml")
    assert study.configuration["datasets"]["pets"]["csv"] == "data/pets.csv"
    assert data.external_files("pets") == ["data/pets.csv"]
    Path("results/own").mkdir(parents=True)
    Path("results/own/study.json").write_text(study.to_json(), encoding="utf-8")
    registry._csv_files.clear()
    assert load_study("results/own/study.json").cells == study.cells
    assert data.sizes("pets").features == 2
    assert configuration.parse(study.to_json(), "the study").to_json() == study.to_json()


def test_a_study_has_the_same_data_in_another_working_folder(folder, monkeypatch):
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    configuration.read_study("../config/own.yaml")
    assert data.external_files("pets") == ["../data/pets.csv"]


OUTSIDE = "is outside the project, which is the working folder and that of the study. If the study may read it, allow"


@pytest.mark.parametrize("path", ["../../secret.csv", "{folder}/secret.csv", "link.csv", "links/secret.csv"])
def test_a_file_outside_the_project_is_refused_unless_its_folder_is_allowed(tmp_path, monkeypatch, path):
    inside = tmp_path / "project"
    (inside / "config").mkdir(parents=True)
    (tmp_path / "secret.csv").write_text(PETS, encoding="utf-8")
    (inside / "config/link.csv").symlink_to(tmp_path / "secret.csv")
    (inside / "config/links").symlink_to(tmp_path)
    monkeypatch.chdir(inside)
    path = path.format(folder=tmp_path)
    text = STUDY.replace("../data/pets.csv", path)
    assert mistake(text) == (
        f"3: datasets.pets: {tmp_path}/secret.csv {OUTSIDE} its folder before the command: ONTRIAL_DATA={tmp_path}"
    )
    test = STUDY.replace("label: animal}\n  lost", f"label: animal, test: {path}}}\n  lost")
    assert OUTSIDE in mistake(test)
    for key in ("docket", "metrics"):
        assert OUTSIDE in mistake(STUDY.replace("study: own", f"study: own\n{key}: {path}"))
    monkeypatch.setenv("ONTRIAL_DATA", f"/nowhere:{tmp_path}")
    assert configuration.parse(text, "config/own.yaml").datasets == ["pets", "xor"]


def test_the_folder_of_a_study_is_its_project_wherever_it_is(tmp_path, folder, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "own").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (tmp_path / "own/pets.csv").write_text(PETS, encoding="utf-8")
    (tmp_path / "own/own.yaml").write_text(STUDY.replace("../data/pets.csv", "pets.csv"), encoding="utf-8")
    study = configuration.read_study("../own/own.yaml")
    assert study.datasets == ["pets", "xor"]
    plan.plan(study.to_json(), "study.json")  # knows the working folder alone
    assert load_study("study.json").cells == study.cells
    (tmp_path / "own/own.yaml").write_text(STUDY, encoding="utf-8")
    assert OUTSIDE in message_of(configuration.read_study, "../own/own.yaml")


def test_a_run_that_a_command_starts_elsewhere_may_read_the_project(folder, monkeypatch):
    given = {}
    monkeypatch.setattr(
        workflow.subprocess,
        "run",
        lambda _, **options: given.update(options) or SimpleNamespace(returncode=0, stdout=""),
    )
    monkeypatch.setenv("ONTRIAL_DATA", "/data")
    workflow.run("../config/own.yaml", folder=folder / "again")
    assert given["env"]["ONTRIAL_DATA"] == f"/data:{folder}"


def test_merged_files_and_overrides_each_have_paths_relative_to_where_they_are():
    Path("b.yaml").write_text("datasets: {pets: {drop: [legs]}, cats: {csv: cats.csv, label: x}}", encoding="utf-8")
    paths = ["config/own.yaml", "b.yaml"]
    config = {}
    for path in paths:
        command_line.update_nested(config, yaml.safe_load(Path(path).read_text(encoding="utf-8")))
    command_line.update_nested(config, {"datasets": {"dogs": {"csv": "dogs.csv", "label": "y"}}})
    datasets = command_line.merge_study(paths, config).configuration["datasets"]
    csvs = {name: entry["csv"] for name, entry in datasets.items()}
    assert csvs == {"pets": "data/pets.csv", "lost": "config/lost.csv", "cats": "cats.csv", "dogs": "dogs.csv"}
    assert data.sizes("pets").features == 1


def entry(keys: str) -> str:
    """Return the entry of a data set with more keys."""
    return f"{ENTRY[:-1]}, {keys}}}"


@pytest.mark.parametrize(("old", "new", "message"), [
    (ENTRY, "{csv: ../data/pets.csv}", "3: datasets.pets: what networks predict is missing: label names a column"),
    (ENTRY, "{csv: ../data/pets.csv, label: animal, target: weight}",
     "3: datasets.pets: label says that networks predict classes, and target that they predict a number. Remove"),
    ("../data/pets.csv", "'../{data}/pets.csv'", "3: datasets.pets: the path {data}/pets.csv contains one of < >"),
    ("  pets:", "  moons:", "3: datasets.moons: the package has a data set of this name. Choose a different one."),
    ("  pets:", "  my pets:", '3: datasets."my pets": "my pets" is not a name of lower-case letters, digits, -'),
    ("animal}\n  lost", "animals}\n  lost", '3: datasets.pets: data/pets.csv:1: unknown column "animals".'),
    ("pets]", "pets]\n    training_samples: [99]", "99 is more than the 26 training samples of pets."),
    (ENTRY, entry("drop: id"), '3: datasets.pets.drop: "id" is not a list of one or more names'),
    (ENTRY, entry('decimal: ","'), '3: datasets.pets: separator and decimal are both ",".'),
    (ENTRY, entry("drop: [animal]"), '3: datasets.pets: column "animal" can only be one of label, target, part,'),
    (ENTRY, entry("part: a, group: b"), "3: datasets.pets: part and group both say which samples are for"),
])  # fmt: skip
def test_a_mistake_is_reported_where_the_study_has_it(old, new, message):
    assert old in STUDY
    assert message in mistake(STUDY.replace(old, new, 1))


def test_every_mistake_of_a_file_has_its_own_line_and_stays_on_it(folder):
    Path("data/pets.csv").write_text(PETS.replace("\n3,4,", '\nsix,"5\n6",'), encoding="utf-8")
    assert [line[:51] for line in mistake(STUDY).split("\n")] == [
        '3: datasets.pets: data/pets.csv:6: column "weight":',
        '3: datasets.pets: data/pets.csv:6: column "legs": "',
    ]


NUMBERS = STUDY.replace(ENTRY, "{csv: ../data/pets.csv, target: weight, categories: [animal]}")


def test_only_real_numbers_can_predict_a_target():
    message = (
        '12: experiments.grid.objective[0]: the target of "pets" is a number, which softmax+cross_entropy cannot '
        "predict. Use: identity+mse, identity+mae, identity+huber."
    )
    assert message in mistake(NUMBERS)
    mixed = NUMBERS.replace("[softmax+cross_entropy]", "[identity+mse, sigmoid+mse]")
    assert '12: experiments.grid.objective[1]: the target of "pets" is a number' in mistake(mixed)
    study = configuration.parse(NUMBERS.replace("softmax+cross_entropy", "identity+huber"), "config/own.yaml")
    assert [cell.architecture.layers for cell in study.cells.values()] == [(2, 4, 2), (3, 4, 1)]


def test_a_threshold_needs_a_data_set_with_classes():
    text = NUMBERS.replace("softmax+cross_entropy", "identity+mse") + "threshold: 0.5\n"
    assert configuration.parse(text, "config/own.yaml").threshold == 0.5
    message = "17: threshold: no data set has classes, so there is no accuracy. Remove this key."
    assert mistake(text.replace("[xor, pets]", "[pets]")) == message


def test_a_file_that_two_experiments_use_is_reported_once():
    os.remove("data/pets.csv")
    grid = STUDY[STUDY.index("  grid:") :]
    assert mistake(STUDY + grid.replace("grid", "again")).count("pets.csv") == 1
