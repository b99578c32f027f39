"""What the steps after `collect` read: the study, its tables, its claims and their verdicts."""

import argparse
from pathlib import Path
from typing import NamedTuple

from ontrial.judge import docket
from ontrial.judge.docket import Docket
from ontrial.judge.results import Results
from ontrial.judge.verdicts import Verdicts, decode
from ontrial.storage import run_files
from ontrial.storage.files import read_json
from ontrial.study import study


class Inputs(NamedTuple):
    """The results of a study, and the docket that it tries."""

    results: Results
    docket: Docket


def argument_parser(description: str) -> argparse.ArgumentParser:
    """Return the parser of a command line that names them."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--study", dest="study_file", required=True, help="study.json")
    made.add_argument("--runs", required=True, help="the table of runs (.parquet)")
    made.add_argument("--records", required=True, help="the table of all records (.parquet)")
    made.add_argument("--docket", dest="docket_file", help="docket.json, if any claims are tried")
    made.add_argument("--verdicts", nargs="*", default=[], help="files of verdicts (.json)")
    return made


def read_results(study_file: str, runs: str, records: str, docket_file: str | None, verdicts: list[str]) -> Inputs:
    """Read what the command line names."""
    checked = study.load(study_file)
    tried = docket.load(docket_file) if docket_file else Docket({}, {})
    found = {claim["id"]: claim for path in verdicts for claim in read_verdicts(path)["claims"]}
    tables = (run_files.read(table).to_pandas() for table in (runs, records))
    return Inputs(Results(checked, *tables, found, tried.claims), tried)


def read_verdicts(path: str | Path) -> Verdicts:
    """Content of a file of verdicts."""
    return decode(read_json(path))
