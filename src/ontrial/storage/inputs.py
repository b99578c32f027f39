"""What the steps after `collect` read: the study, its tables, its claims and their verdicts."""

import argparse
import json
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ontrial.judge import docket
from ontrial.judge.docket import Docket
from ontrial.judge.results import Results
from ontrial.judge.verdicts import decoded
from ontrial.report.summaries.benchmark import Benchmark
from ontrial.storage import run_files
from ontrial.study import study


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
    made.add_argument("--docket", dest="docket_file", help="docket.json, if any claims are tried")
    made.add_argument("--verdicts", nargs="*", default=[], help="files of verdicts (.json)")
    made.add_argument("--benchmark", help="the published benchmark (.csv), if there is one")
    made.add_argument("--scale", help="the published table of how the workflow grows (.csv), if there is one")
    made.add_argument("--times", help="where the time went (.json), for what shows it")
    return made


def results(
    study_file: str,
    runs: str,
    records: str,
    docket_file: str | None,
    verdicts: list[str],
    benchmark: str | None,
    scale: str | None,
    times: str | None,
) -> Inputs:
    """Read what the command line names."""
    checked = study.load(study_file)
    tried = docket.load(docket_file) if docket_file else Docket({}, {})
    found = {claim["id"]: claim for path in verdicts for claim in read_verdicts(path)["claims"]}
    tables = (run_files.read(table).to_pandas() for table in (runs, records))
    published = read_benchmark(Path(benchmark)) if benchmark else None
    grown = pd.read_csv(scale) if scale else None
    spent = read_json(times) if times else {}
    made = Results(checked, *tables, found, tried.claims, benchmark=published, scale=grown, times=spent)
    return Inputs(made, tried)


def read_benchmark(path: Path) -> Benchmark:
    """A benchmark: its table, and the record of what it was measured with (.json) beside it."""
    return Benchmark(pd.read_csv(path), read_json(path.with_suffix(".json")))


def read_verdicts(path: str | Path) -> dict:
    """Content of a file of verdicts."""
    return decoded(read_json(path))


def read_json(path: str | Path) -> dict:
    """Content of a JSON file of the results."""
    return json.loads(Path(path).read_text(encoding="utf-8"))
