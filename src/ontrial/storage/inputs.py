"""Read the input of the steps after `collect`: the study, its tables, its claims and their verdicts."""

import argparse
from pathlib import Path
from typing import NamedTuple, TypedDict

from ontrial.judge.docket import Docket, load_docket
from ontrial.judge.results import Results
from ontrial.judge.verdicts import Verdicts, decode
from ontrial.storage import published, run_files
from ontrial.study.study import load_study


class Inputs(NamedTuple):
    """The results of a study, and its docket."""

    results: Results
    docket: Docket


class Paths(TypedDict):
    """The options of a command line that `read_results` takes."""

    study_file: str
    runs: str
    records: str
    docket_file: str | None
    verdicts: list[str]


def argument_parser(description: str) -> argparse.ArgumentParser:
    """Return an argument parser with the options that `read_results` takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--study", dest="study_file", required=True, help="study.json")
    parser.add_argument("--runs", required=True, help="the table of runs (.parquet)")
    parser.add_argument("--records", required=True, help="the table of all records (.parquet)")
    parser.add_argument("--docket", dest="docket_file", help="docket.json, if the study tests claims")
    parser.add_argument("--verdicts", nargs="*", default=[], help="verdicts of the study (.json)")
    return parser


def read_results(study_file: str, runs: str, records: str, docket_file: str | None, verdicts: list[str]) -> Inputs:
    """Read the files that the command line names."""
    study = load_study(study_file)
    docket = load_docket(docket_file) if docket_file else Docket({}, {})
    verdicts_by_id = {claim["id"]: claim for path in verdicts for claim in read_verdicts(path)["claims"]}
    runs_table = run_files.read(runs).to_pandas()
    records_table = run_files.read(records).to_pandas()
    return Inputs(Results(study, runs_table, records_table, verdicts_by_id, docket.claims), docket)


def read_verdicts(path: str | Path) -> Verdicts:
    """Return the content of a file of verdicts. Raises InputError if it violates its schema."""
    return decode(published.read_verdicts(path))
