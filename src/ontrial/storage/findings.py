"""Read the input of the steps that draw and write: a study's results and times, and the published measurements."""

import argparse
from pathlib import Path
from typing import Any, NamedTuple, Unpack

import pandas as pd

from ontrial.judge.docket import Docket
from ontrial.report.summaries.benchmark import Benchmark
from ontrial.report.summaries.findings import Findings
from ontrial.storage import inputs
from ontrial.storage.files import read_json


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
    parser.add_argument("--measurements", nargs="*", default=[], help="published measurements (.csv, .json)")
    return parser


def read(times: str | None, measurements: list[str], **paths: Unpack[inputs.Paths]) -> Inputs:
    """Read the files that the command line names. The name of a file says which published measurement it contains."""
    results, docket = inputs.read_results(**paths)
    published = {Path(path).name: path for path in measurements}
    optional: dict[str, Any] = {}
    for name in ("scale", "circumstances", "laboratories"):
        if f"{name}.csv" in published:
            optional[name] = pd.read_csv(published[f"{name}.csv"])
    if "benchmark.csv" in published:
        table = pd.read_csv(published["benchmark.csv"])
        optional["benchmark"] = Benchmark(table, read_json(published["benchmark.json"]))
    if "packing.json" in published:
        optional["packing"] = read_json(published["packing.json"])
    return Inputs(Findings(**vars(results), times=read_json(times) if times else {}, **optional), docket)
