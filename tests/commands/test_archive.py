"""What archives read of a study: valid in the tools that they use, and true of the files that it describes."""

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from support.examples import VALID
from support.messages import message_of
from support.project import ROOT

from ontrial.commands import archive
from ontrial.study import configuration

pytest.importorskip("rocrate", reason="needs rocrate: make setup")

VALIDATORS = ROOT / ".venv-archive/bin"
AUTHORED = """\
cff-version: 1.2.0
message: Cite it.
title: Sentences on trial
authors:
  - {family-names: Carberry, given-names: Josiah, orcid: "https://orcid.org/0000-0002-1825-0097"}
  - name: The Other Authors
  - {family-names: Beethoven, name-particle: van, given-names: Ludwig}
license: MIT
doi: 10.5555/12345
repository-code: https://example.org/trial
"""


@pytest.fixture
def results(tmp_path, monkeypatch) -> Path:
    """The folder of a study that is finished, as far as archives are concerned, and described."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONTRIAL_REPOSITORY", "")
    (tmp_path / "c.yaml").write_text(VALID)
    (tmp_path / "CITATION.cff").write_text(AUTHORED)
    folder = tmp_path / "results/mine"
    for name in ("site/index.html", "verdicts.json", "tables/tuned.csv", "docket.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")
    study = configuration.read("c.yaml").to_json()
    (folder / "study.json").write_text(f"{study}\n")
    for name in ("runs", "records"):
        table = pa.table({"activation": ["relu"], "batch_size": [16], "diverged": [False], "test_accuracy": [0.5]})
        pq.write_table(table, folder / f"tables/{name}.parquet")
    record = {
        "study": "mine",
        "configuration_file": "c.yaml",
        "configuration_sha256": hashlib.sha256(study.encode()).hexdigest(),
        "commit": None,
        "commit_date": "2026-11-29",
        "cells": 1,
        "runs": 1,
        "python": "3.13.0",
        "packages": {"ontrial": "0.3.0", "snakemake": "9.27.0"},
        "processor": "a processor",
        "system": "a system",
        "blas_kernel": "Haswell",
        "tables_sha256": {"runs.parquet": hashlib.sha256((folder / "tables/runs.parquet").read_bytes()).hexdigest()},
    }
    (folder / "provenance.json").write_text(json.dumps(record))
    archive.archive("c.yaml")
    return folder


def entities(results: Path) -> dict[str, dict]:
    return {entity["@id"]: entity for entity in json.loads((results / "ro-crate-metadata.json").read_text())["@graph"]}


def test_a_crate_has_the_run_with_its_inputs_and_results(results):
    graph = entities(results)
    run = graph["#run"]
    assert run["instrument"] == graph["./"]["mainEntity"] == {"@id": "workflow/Snakefile"}
    assert [part["@id"] for part in run["object"]] == ["study.json", "docket.json"]
    made = {part["@id"] for part in run["result"]}
    assert {"verdicts.json", "tables/runs.parquet", "provenance.json", "site/"} <= made
    assert not made & {"croissant.json", "codecheck.yml", "environment.yml", "workflow/"}
    assert graph["./"]["author"] == [
        {"@id": "https://orcid.org/0000-0002-1825-0097"},
        {"@id": "#author-2"},
        {"@id": "#author-3"},
    ]
    assert graph["#ontrial"]["version"] == "0.3.0"


def test_a_crate_describes_files_that_are_there_as_they_are(results):
    parts = [part["@id"] for part in entities(results)["./"]["hasPart"]]
    assert all((results / part).exists() for part in parts)
    for part in parts:
        entity = entities(results)[part]
        assert entity["name"]
        if "contentSize" in entity:
            assert int(entity["contentSize"]) == (results / part).stat().st_size
        if "sha256" in entity:
            assert entity["sha256"] == hashlib.sha256((results / part).read_bytes()).hexdigest()
    assert "sha256" in entities(results)["tables/runs.parquet"]


def test_croissant_has_a_field_for_each_column(results):
    described = json.loads((results / "croissant.json").read_text())
    by_table = {table["name"]: {field["name"]: field for field in table["field"]} for table in described["recordSet"]}
    for table, fields in by_table.items():
        assert [*fields] == pq.read_schema(results / f"tables/{table}.parquet").names
    kinds = {name: field["dataType"] for name, field in by_table["runs"].items()}
    assert kinds == {
        "activation": "sc:Text",
        "batch_size": "sc:Integer",
        "diverged": "sc:Boolean",
        "test_accuracy": "sc:Float",
    }


def test_bibtex_has_each_author(results):
    cited = json.loads((results / "croissant.json").read_text(encoding="utf-8"))["citeAs"]
    assert "author = {Carberry, Josiah and {The Other Authors} and van Beethoven, Ludwig}" in cited


def test_codecheck_has_the_part_of_the_authors(results):
    text = (results / "codecheck.yml").read_text(encoding="utf-8")
    assert text.startswith("%YAML 1.1\n---\n")
    content = yaml.safe_load(text)
    assert content["version"] == "https://codecheck.org.uk/spec/config/2.0/"
    assert content["paper"]["authors"][0] == {"name": "Josiah Carberry", "ORCID": "0000-0002-1825-0097"}
    assert content["paper"]["reference"] == "https://doi.org/10.5555/12345"
    assert content["manifest"]
    assert all((results / item["file"]).exists() and item["comment"] for item in content["manifest"])


def test_zenodo_has_the_same_title_and_authors(results):
    deposit = json.loads((results / ".zenodo.json").read_text(encoding="utf-8"))
    assert deposit["title"] == entities(results)["./"]["name"] == "Sentences on trial (study mine)"
    assert deposit["creators"][0] == {"name": "Carberry, Josiah", "orcid": "0000-0002-1825-0097"}
    assert deposit["creators"][2] == {"name": "van Beethoven, Ludwig"}
    assert (deposit["license"], deposit["upload_type"]) == ("mit", "dataset")


def test_describing_twice_gives_the_same_bytes(results):
    described = {path: path.read_bytes() for path in results.glob("*.*") if path.is_file()}
    archive.archive("c.yaml")
    assert {path: path.read_bytes() for path in described} == described


def test_a_study_that_has_changed_is_refused(results):
    Path("c.yaml").write_text(VALID.replace("relu", "tanh"))
    assert "c.yaml has changed since the study ran. Run it with:" in message_of(archive.archive, "c.yaml")


def test_a_study_that_is_not_finished_is_refused(results):
    (results / "site/index.html").unlink()
    assert "results/mine: the study is not finished" in message_of(archive.archive, "c.yaml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "CITATION.cff: missing. Archives need title, authors and license"),
        ("title: A\nauthors: []\n", "CITATION.cff: authors, license missing."),
        (
            AUTHORED.replace("MIT", "[MIT, Apache-2.0]"),
            "CITATION.cff: license: archives take a single one, such as MIT.",
        ),
        ("- a\n", "CITATION.cff: title, authors, license missing."),
    ],
)
def test_a_citation_without_what_archives_need_is_refused(results, text, message):
    Path("CITATION.cff").unlink()
    if text:
        Path("CITATION.cff").write_text(text)
    assert message in message_of(archive.archive, "c.yaml")


needs_validators = pytest.mark.skipif(
    not (VALIDATORS / "python").exists(), reason="needs the validators: make validators"
)


def run(*command) -> str:
    """Return what a validator prints, and check that it found nothing wrong. It needs no network."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [VALIDATORS / command[0], *command[1:]], env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
@needs_validators
def test_the_crate_is_valid(results, tmp_path):
    cache = tmp_path / "cache/http"
    cache.parent.mkdir()
    run("python", ROOT / "tests/support/crate_context.py", cache)
    options = ("--offline", "--cache-path", cache, "--output-format", "json")
    report = run("rocrate-validator", "-y", "validate", results, *options)
    assert '"passed": true' in report
    assert "workflow-run-crate-0.5" in report
    assert "    study.json\n" in run("runcrate", "report", results)


@pytest.mark.slow
@needs_validators
def test_the_tables_are_valid_and_readable_croissant(results):
    report = run("mlcroissant", "validate", "--jsonld", results / "croissant.json")
    assert "WARNING" not in report
    code = (
        "import mlcroissant, sys; "
        "print(*(record for record in mlcroissant.Dataset(sys.argv[1]).records('runs')))"
    )  # fmt: skip
    assert "'runs/batch_size': 16" in run("python", "-c", code, results / "croissant.json")


@pytest.mark.slow
@needs_validators
def test_the_citation_of_the_project_is_valid():
    assert "valid" in run("cffconvert", "--validate", "--infile", ROOT / "CITATION.cff")
