"""Describe the results of a study for archives.

It writes into results/<study> what repositories and reviewers read: ro-crate-metadata.json, a Workflow Run RO-Crate
with the workflow beside it; croissant.json for the tables of runs and records; codecheck.yml, the part of the authors;
and .zenodo.json. Title, authors and licence come from CITATION.cff in the working folder.
"""

import argparse
import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from ontrial.commands import _crate, _croissant
from ontrial.commands._results import results_of
from ontrial.commands._study import add_study
from ontrial.errors import InputError
from ontrial.storage import files, machine, shipped, study_files, yaml_files
from ontrial.study import configuration

CITATION = "CITATION.cff"
CODECHECK = "https://codecheck.org.uk/spec/config/2.0/"
TABLES = {  # what a reviewer computes again
    "verdicts.json": "The verdicts on the claims",
    "verdicts.csv": "The same as a table, one row per context",
    "tables/runs.parquet": "One row per trained network",
    "tables/runs.csv": "The same as text",
    "tables/records.parquet": "Every record of every trained network",
    "tables/correct.parquet": "Which test samples each network gets right, as bits",
    "tables/tuned.csv": "The accuracy of each cell at its tuned learning rate",
}
NAMES = {
    **TABLES,
    "study.json": "The configuration of the study",
    "docket.json": "The claims on trial",
    "provenance.json": "Versions, checksums and machine",
    "versions.json": "The number of run files by version of what computed them",
    "timing/verdicts.json": "The verdicts on claims about time",
    "timing/timing.csv": "The times that were measured",
    "timing/time.json": "How long the jobs of each rule ran",
    "environment.yml": "The packages of the environment",
    "croissant.json": "The tables of runs and records in Croissant",
    "codecheck.yml": "The files that a codechecker computes again",
    "report.zip": "The report of Snakemake, with the code of each job",
    _crate.WORKFLOW: "The workflow",
    "workflow/": "The files of the workflow",
    "runs/": "The runs of each cell",
    "figures/": "The figures and their numbers",
    "timing/figures/": "The figures on times and their numbers",
    "film/": "The training films",
    "explorer/": "The points and curves of the explorer",
    "site/": "The site",
}


def archive(study_file: str) -> None:
    """Write the descriptions of a finished study. Raises InputError if it is not finished, or has changed since."""
    study = configuration.read(study_file)
    results = results_of(study.name)
    remedy = f"Run it with: {shipped.run_command(study_file)}"
    if not (results / "site/index.html").exists():
        raise InputError(f"{results}: the study is not finished. {remedy}")
    provenance = study_files.read(results / "provenance.json", "provenance.json")
    if provenance.get("configuration_sha256") != hashlib.sha256(study.to_json().encode()).hexdigest():
        raise InputError(f"{results}: {study_file} has changed since the study ran. {remedy}")
    work = work_of(provenance, read_citation(CITATION))
    finished = datetime.fromtimestamp(int((results / "provenance.json").stat().st_mtime), UTC)
    with files.atomic_folder(results / "workflow") as folder:
        shutil.copytree(shipped.ROOT / "workflow", folder, dirs_exist_ok=True)
    files.write_bytes(results / "environment.yml", files.read_bytes(shipped.ROOT / "environment.yml"))
    files.write_text(results / ".zenodo.json", zenodo(work))
    files.write_text(results / "codecheck.yml", codecheck(work, [path for path in TABLES if (results / path).exists()]))
    files.write_text(results / "croissant.json", _croissant.croissant(results, NAMES, work, finished))
    present = {path: name for path, name in NAMES.items() if (results / path).exists()}
    files.write_text(results / "ro-crate-metadata.json", _crate.crate(results, present, provenance, work, finished))
    print(f"{results}: described for archives in ro-crate-metadata.json, croissant.json, codecheck.yml, .zenodo.json.")


def read_citation(path: str) -> dict[str, Any]:
    """Return the content of CITATION.cff. Raises InputError if it lacks what archives need."""
    remedy = "Archives need title, authors and license: https://citation-file-format.github.io"
    if not Path(path).exists():
        raise InputError(f"{path}: missing. {remedy}")
    content = yaml_files.read(path)
    missing = [key for key in ("title", "authors", "license") if not (isinstance(content, dict) and content.get(key))]
    if missing:
        raise InputError(f"{path}: {', '.join(missing)} missing. {remedy}")
    if not isinstance(content["license"], str):
        raise InputError(f"{path}: license: archives take a single one, such as MIT.")
    return content


def work_of(provenance: dict[str, Any], citation: dict[str, Any]) -> dict[str, Any]:
    """Return what archives say of the results of a study as a work, from its provenance and CITATION.cff."""
    authors = [author_of(entry) for entry in citation["authors"]]
    name, title = f"ontrial-{provenance['study']}", f"{citation['title']} (study {provenance['study']})"
    version = provenance["packages"]["ontrial"]
    names = " and ".join(author["cited"] for author in authors)
    year = (provenance["commit_date"] or str(citation.get("date-released", "")))[:4]
    return {
        "name": name,
        "title": title,
        "description": f"{provenance['runs']:,} small neural networks, trained to test claims about neural networks: "
        "their configuration, every record, the verdicts with their intervals, and the site that shows them.",
        "authors": authors,
        "license": f"https://spdx.org/licenses/{citation['license']}",
        "spdx": citation["license"],
        "version": version,
        "keywords": citation.get("keywords", []),
        "reference": f"https://doi.org/{citation['doi']}" if "doi" in citation else citation.get("url"),
        "repository": citation.get("repository-code") or machine.repository(),
        "cite": f"@misc{{{name}, author = {{{names}}}, title = {{{{{title}}}}}, year = {{{year}}}}}",
    }


def author_of(entry: dict[str, str]) -> dict[str, str]:
    """Return the name of an author of CITATION.cff, whether it is a person, and the plain ORCID if there is one.

    The result also has the name as lists sort it, and as BibTeX takes it.
    """
    parts = {part: entry.get(part, "") for part in ("given-names", "name-particle", "family-names", "name-suffix")}
    family = " ".join(filter(None, (parts["name-particle"], parts["family-names"])))
    inverted = ", ".join(filter(None, (family, parts["name-suffix"], parts["given-names"])))
    author = {
        "name": entry.get("name") or " ".join(filter(None, parts.values())),
        "sorted": entry.get("name") or inverted,
        "cited": f"{{{entry['name']}}}" if "name" in entry else inverted,
        "type": "Organization" if "name" in entry else "Person",
    }
    return author | ({"orcid": entry["orcid"].rpartition("/")[-1]} if "orcid" in entry else {})


def codecheck(work: dict[str, Any], manifest: list[str]) -> str:
    """Return the text of codecheck.yml: the part of the authors, to which a codechecker adds theirs.

    manifest: Files to compute again.
    """
    paper: dict[str, Any] = {
        "title": work["title"],
        "authors": [
            {"name": author["name"], **({"ORCID": author["orcid"]} if "orcid" in author else {})}
            for author in work["authors"]
        ],
    }
    if work["reference"]:
        paper["reference"] = work["reference"]
    content = {
        "version": CODECHECK,
        "manifest": [{"file": path, "comment": TABLES[path]} for path in manifest],
        "paper": paper,
        **({"repository": work["repository"]} if work["repository"] else {}),
    }
    return yaml.safe_dump(content, explicit_start=True, version=(1, 1), sort_keys=False, allow_unicode=True, width=120)


def zenodo(work: dict[str, Any]) -> str:
    """Return the text of .zenodo.json, the metadata of a deposit."""
    described = {
        "upload_type": "dataset",
        "title": work["title"],
        "description": work["description"],
        "creators": [
            {"name": author["sorted"], **({"orcid": author["orcid"]} if "orcid" in author else {})}
            for author in work["authors"]
        ],
        "license": work["spdx"].lower(),
        "access_right": "open",
        "keywords": work["keywords"],
        "version": work["version"],
    }
    if work["repository"]:
        described["related_identifiers"] = [
            {"identifier": work["repository"], "relation": "isSupplementTo", "resource_type": "software"}
        ]
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    add_study(parser)
    parser.set_defaults(function=archive)
