"""What the steps that draw and write read: the results of a study, its times, and the published measurements."""

import argparse
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ontrial.judge.docket import Docket
from ontrial.report.summaries.benchmark import Benchmark
from ontrial.report.summaries.findings import Findings
from ontrial.storage import inputs
from ontrial.storage.files import read_json


class Inputs(NamedTuple):
    """The findings of a study, and the docket that it tries."""

    findings: Findings
    docket: Docket


def argument_parser(description: str) -> argparse.ArgumentParser:
    """Return the parser of a command line that names them."""
    made = inputs.argument_parser(description)
    made.add_argument("--times", help="where the time went (.json), for what shows it")
    made.add_argument("--measurements", nargs="*", default=[], help="published measurements (.csv, .json)")
    return made


def read(times: str | None, measurements: list[str], **given: str | list[str] | None) -> Inputs:
    """Read what the command line names. A published measurement is known by the name of its file."""
    results, docket = inputs.read_results(**given)
    paths = {Path(path).name: path for path in measurements}
    tables = {name: pd.read_csv(paths[f"{name}.csv"]) for name in ("scale", "circumstances") if f"{name}.csv" in paths}
    if "benchmark.csv" in paths:
        tables["benchmark"] = Benchmark(pd.read_csv(paths["benchmark.csv"]), read_json(paths["benchmark.json"]))
    if "packing.json" in paths:
        tables["packing"] = read_json(paths["packing.json"])
    return Inputs(Findings(**vars(results), times=read_json(times) if times else {}, **tables), docket)
