"""The results of a study as an RO-Crate, with the run of the workflow that made them.

https://w3id.org/ro/wfrun/workflow defines the profile.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rocrate.rocrate import ROCrate

WORKFLOW = "workflow/Snakefile"
INPUTS = ("study.json", "docket.json")
ADDED = ("workflow/", "environment.yml", "croissant.json", "codecheck.yml", "report.zip")  # after the run
VERSION = "1.1"  # of RO-Crate, which the profiles of runs extend
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
TYPES = {  # by the ending of a file
    ".csv": "text/csv",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".yml": "application/yaml",
    ".zip": "application/zip",
}


def crate(
    results: Path,
    names: Mapping[str, str],
    provenance: Mapping[str, Any],
    work: Mapping[str, Any],
    finished: datetime,
) -> str:
    """Return the text of ro-crate-metadata.json.

    results: Folder of the results.
    names: Name of each file and folder to describe, by path within the results. Folders end in a slash.
    provenance: Content of provenance.json.
    work: Title, description, authors, licence and the like of the results, as in `archive.work_of`.
    finished: Time at which the workflow wrote the provenance.
    """
    from rocrate.model import ContextEntity  # slow to import, and `ontrial archive --help` does not need it
    from rocrate.rocrate import ROCrate

    made = ROCrate(version=VERSION)
    made.metadata.extra_terms["sha256"] = "https://w3id.org/ro/terms/workflow-run#sha256"
    made.name, made.description, made.datePublished = work["title"], work["description"], finished
    made.license = made.add(ContextEntity(made, work["license"], {"@type": "CreativeWork", "name": work["spdx"]}))
    people = [made.add(ContextEntity(made, id, entry)) for id, entry in authors(work["authors"])]
    made.root_dataset["author"] = people if len(people) > 1 else people[0]
    workflow = made.add_workflow(
        dest_path=WORKFLOW,
        main=True,
        lang="snakemake",
        lang_version=provenance["packages"]["snakemake"],
        properties={
            "name": "The workflow of the study",
            "version": provenance["commit"] or provenance["packages"]["ontrial"],
            "encodingFormat": "text/plain",
            "conformsTo": {"@id": "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"},
        },
    )
    if work["repository"]:
        workflow["codeRepository"] = work["repository"]
    workflow["softwareRequirements"] = [
        made.add(ContextEntity(made, f"#{name}", {"@type": "SoftwareApplication", "name": name, "version": version}))
        for name, version in {"python": provenance["python"], **provenance["packages"]}.items()
    ]
    parts = {path: add_part(made, results, path, name, provenance) for path, name in names.items() if path != WORKFLOW}
    made.root_dataset["conformsTo"] = [
        made.add(ContextEntity(made, id, {"@type": "CreativeWork", "name": name, "version": id.rsplit("/")[-1]}))
        for id, name in PROFILES.items()
    ]
    made.root_dataset["mentions"] = made.add_action(
        workflow,
        "#run",
        object=[parts[path] for path in INPUTS if path in parts],
        result=[part for path, part in parts.items() if path not in (*INPUTS, *ADDED)],
        properties={
            "name": f"Run of the study {provenance['study']}",
            "description": f"{provenance['cells']:,} cells, {provenance['runs']:,} runs; {provenance['processor']}, "
            f"{provenance['system']}, BLAS kernel {provenance['blas_kernel']}",
            "endTime": finished.isoformat(),
            "actionStatus": "http://schema.org/CompletedActionStatus",
        },
    )
    return json.dumps(made.metadata.generate(), ensure_ascii=False, indent=1) + "\n"


def authors(entries: list[dict[str, str]]) -> list[tuple[str, dict[str, str]]]:
    """Return an id and a description of each author."""
    return [
        (
            f"https://orcid.org/{entry['orcid']}" if "orcid" in entry else f"#author-{number}",
            {"@type": entry["type"], "name": entry["name"]},
        )
        for number, entry in enumerate(entries, 1)
    ]


def add_part(made: ROCrate, results: Path, path: str, name: str, provenance: Mapping[str, Any]) -> Any:
    """Add a file or a folder of the results, with its size and what the provenance says of it."""
    if path.endswith("/"):
        return made.add_dataset(dest_path=path, properties={"name": name})
    file = results / path
    properties = {"name": name, "contentSize": str(file.stat().st_size)}
    if file.suffix in TYPES:
        properties["encodingFormat"] = TYPES[file.suffix]
    if checksum := provenance["tables_sha256"].get(path.removeprefix("tables/")):
        properties["sha256"] = checksum
    return made.add_file(dest_path=path, properties=properties)
