"""Read the input of the steps that draw and write: a study's results and times, and published measurements."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ontrial.judge.docket import Docket
from ontrial.report.summaries.benchmark import Benchmark
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.times import Times, decode
from ontrial.storage import published, result_files
from ontrial.storage.measurements import MEASUREMENTS


def read(
    study: str,
    runs: str,
    records: str,
    docket: str | None,
    verdicts: Sequence[str],
    times: str | None,
    measurements: Sequence[str],
) -> tuple[Findings, Docket]:
    """Return the findings of a study, and its docket."""
    results, checked_docket = result_files.read_results(study, runs, records, docket, verdicts)
    spent = decode(published.read_record(times)) if times else Times()
    return Findings(**vars(results), times=spent, measurements=read_measurements(measurements)), checked_docket


def read_measurements(paths: Sequence[str]) -> dict[str, Any]:
    """Return the content of published measurements by name, as in Findings. The names of the files say which it is."""
    path_of = {Path(path).name: path for path in paths}
    judged = [path for path in paths if Path(path).name == "verdicts.json"]
    content: dict[str, Any] = {}
    for name, measurement in MEASUREMENTS.items():
        if path_of.keys() >= set(measurement.files):
            table_or_record = [published.read_file(path_of[file]) for file in measurement.files]
            content[name] = table_or_record[0] if len(table_or_record) == 1 else Benchmark(*table_or_record)
    if judged:
        content["replications"] = {Path(path).parent.name: result_files.read_verdicts(path).by_claim for path in judged}
    return content
