"""Read the input of the steps that draw and write: a study's results and times, and published measurements."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ontrial.judge import published, result_files
from ontrial.judge.docket import Docket, build_docket, load_docket, require_written
from ontrial.judge.published import CURVES, TUNED, TWO_NUMBERS
from ontrial.report.summaries.findings import DesignedStudy, Findings, Spent
from ontrial.report.summaries.replications import Published
from ontrial.study.schema_files import load_schema
from ontrial.study.study import from_checked, load_study
from ontrial_judge.core.verdicts import Verdict


def read_findings(
    study: str,
    runs: str,
    records: str,
    docket: str | None,
    verdicts: Sequence[str],
    measurements: Sequence[str],
    times: str | None = None,
) -> tuple[Findings, Docket]:
    """Return the findings of a study, and its docket."""
    results, checked_docket = result_files.read_results(study, runs, records, docket)
    findings = Findings(
        results.study,
        results.runs,
        results.records,
        {id: verdict for path in verdicts for id, verdict in result_files.read_verdicts(path).by_claim.items()},
        checked_docket.claims,
        times=read_times(times) if times else {},
        measurements=read_measurements(measurements),
    )
    return findings, checked_docket


def read_times(path: str) -> dict[str, Spent]:
    """Return the number and seconds of jobs in a file of times, by rule."""
    return {rule: Spent(**spent) for rule, spent in published.read_record(path)["rules"].items()}


def register(study: str, docket: str | None) -> None:
    """Register the data sets, parts of networks and metrics that a study brings itself, as `read_findings` does."""
    load_study(study)
    if docket:
        load_docket(docket)


def read_measurements(paths: Sequence[str]) -> dict[str, Any]:
    """Return the content of published measurements and studies by name, as in Findings.

    The name of a measurement is that of its file, and the name of a study that of its folder.
    """
    studies = read_studies(paths)
    of_studies = {"tables", *studies}  # names of their folders
    tables = [Path(path) for path in paths if path.endswith(".csv") and Path(path).parent.name not in of_studies]
    designs = {Path(path).parent.name: path for path in paths if Path(path).name == published.DESIGN}
    return {
        **{path.stem: published.read_file(path) for path in tables},
        **studies,
        **{name: _read_designed(path, studies[name].verdicts) for name, path in designs.items()},
    }


def _read_designed(design: str, verdicts: Mapping[str, Verdict]) -> DesignedStudy:
    """Return a published study with its design. Raises InputError if a part of that violates the schema of the part.

    verdicts: Its verdicts by claim.
    """
    content = published.read_record(design)
    for part, schema in (
        ("configuration", load_schema("study")),
        ("docket", load_schema("results")["docket.json"]),
    ):
        published.check(design, content[part], schema)
    require_written(content["docket"], design)
    docket = build_docket(**content["docket"])
    study = from_checked(content["configuration"], design)
    none = pd.DataFrame()
    return DesignedStudy(Findings(study, none, none, verdicts, docket.claims), docket, content["origin"])


def read_studies(paths: Sequence[str]) -> dict[str, Published]:
    """Return published results by study, from paths such as <study>/verdicts.json and <study>/tables/tuned.csv."""

    def tables(name: str) -> dict[str, pd.DataFrame]:
        return {Path(path).parents[1].name: published.read_table(path) for path in paths if path.endswith(name)}

    names = {"tuned": TUNED, "curves": CURVES, "two_numbers": TWO_NUMBERS}
    by_study = {field: tables(name) for field, name in names.items()}
    judged = {Path(path).parent.name: path for path in paths if Path(path).name == "verdicts.json"}
    return {
        study: Published(
            result_files.read_verdicts(path).by_claim, **{field: found.get(study) for field, found in by_study.items()}
        )
        for study, path in judged.items()
    }
