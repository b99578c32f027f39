"""What the steps after `collect` read: the study, its tables, its claims and their verdicts."""

import argparse
import json
from pathlib import Path
from typing import NamedTuple

from ontrial import study
from ontrial.judge import docket
from ontrial.judge.docket import Docket
from ontrial.judge.results import Results
from ontrial.steps import runfiles


class Inputs(NamedTuple):
    """The results of a study, and the docket that it tries."""

    results: Results
    docket: Docket


def parser(description: str) -> argparse.ArgumentParser:
    """Parser of a command line that names them."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--study", dest="study_file", required=True, help="study.json")
    made.add_argument("--runs", required=True, help="the table of runs (.parquet)")
    made.add_argument("--records", required=True, help="the table of all records (.parquet)")
    made.add_argument("--docket", dest="docket_file", help="the claims (.yaml), if any are tried")
    made.add_argument("--verdicts", nargs="*", default=[], help="files of verdicts (.json)")
    return made


def results(study_file: str, runs: str, records: str, docket_file: str | None, verdicts: list[str]) -> Inputs:
    """Read what the command line names."""
    checked = study.read(study_file)
    tried = docket.read(docket_file, checked) if docket_file else Docket({}, {})
    found = {claim["id"]: claim for path in verdicts for claim in read_json(path)["claims"]}
    tables = (runfiles.read(table).to_pandas() for table in (runs, records))
    return Inputs(Results(checked, *tables, found, tried.claims), tried)


def read_json(path: str) -> dict:
    """Content of a JSON file of the results."""
    return json.loads(Path(path).read_text(encoding="utf-8"))
