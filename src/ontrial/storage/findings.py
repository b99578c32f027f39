"""Read the input of the steps that draw and write: a study's results and times, and the published measurements."""

import argparse
from pathlib import Path
from typing import Any, NamedTuple, Unpack

from ontrial.judge.docket import Docket
from ontrial.report.summaries.benchmark import Benchmark
from ontrial.report.summaries.findings import Findings
from ontrial.storage import inputs, published


class Inputs(NamedTuple):
    """The findings of a study, and its docket."""

    findings: Findings
    docket: Docket


class Paths(inputs.Paths):
    """The options of a command line that `read` takes."""

    times: str | None
    measurements: list[str]


def argument_parser(description: str) -> argparse.ArgumentParser:
    """Return an argument parser with the options that `read` takes."""
    parser = inputs.argument_parser(description)
    parser.add_argument("--times", help="how long the jobs ran (.json), for the pages and figures that show it")
    parser.add_argument(
        "--measurements", nargs="*", default=[], help="published measurements and verdicts (.csv, .json)"
    )
    return parser


def read(times: str | None, measurements: list[str], **paths: Unpack[inputs.Paths]) -> Inputs:
    """Read the files that the command line names. The name of a file says which published measurement it contains."""
    results, docket = inputs.read_results(**paths)
    path_of = {Path(path).name: path for path in measurements}
    judged = [path for path in measurements if Path(path).name == "verdicts.json"]
    optional: dict[str, Any] = {
        "published_verdicts": {Path(path).parent.name: inputs.read_verdicts(path)["claims"] for path in judged}
    }
    for name in ("scale", "circumstances", "laboratories"):
        if f"{name}.csv" in path_of:
            optional[name] = published.read_table(path_of[f"{name}.csv"])
    if "benchmark.csv" in path_of:
        table = published.read_table(path_of["benchmark.csv"])
        optional["benchmark"] = Benchmark(table, published.read_record(path_of["benchmark.json"]))
    if "packing.json" in path_of:
        optional["packing"] = published.read_record(path_of["packing.json"])
    return Inputs(Findings(**vars(results), times=published.read_record(times) if times else {}, **optional), docket)
