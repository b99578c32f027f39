"""Read the input of the steps that draw and write: a study's results and times, and published measurements."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ontrial.judge.docket import Docket
from ontrial.report.summaries.benchmark import Benchmark
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.times import decode
from ontrial.storage import inputs, published


def read(
    study: str,
    runs: str,
    records: str,
    docket: str | None,
    verdicts: Sequence[str],
    times: str | None,
    measurements: Sequence[str],
) -> tuple[Findings, Docket]:
    """Return the findings of a study, and its docket.

    measurements: Published files. The name of each says which measurement it contains.
    """
    results, claims = inputs.read_results(study, runs, records, docket, verdicts)
    path_of = {Path(path).name: path for path in measurements}
    judged = [path for path in measurements if Path(path).name == "verdicts.json"]
    optional: dict[str, Any] = {
        "published_verdicts": {Path(path).parent.name: inputs.read_verdicts(path).by_claim for path in judged}
    }
    for name in ("scale", "circumstances", "laboratories"):
        if f"{name}.csv" in path_of:
            optional[name] = published.read_table(path_of[f"{name}.csv"])
    if "benchmark.csv" in path_of:
        table = published.read_table(path_of["benchmark.csv"])
        optional["benchmark"] = Benchmark(table, published.read_record(path_of["benchmark.json"]))
    if "packing.json" in path_of:
        optional["packing"] = published.read_record(path_of["packing.json"])
    if times:
        optional["times"] = decode(published.read_record(times))
    return Findings(**vars(results), **optional), claims
