"""Judge the measured claims at a look, and list the run files that the next look adds."""

import argparse
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa

from ontrial.judge import looks
from ontrial.judge.docket import load_docket
from ontrial.judge.results import Results
from ontrial.storage import files, run_files
from ontrial.study.study import load_study


def look(study_file: str, docket_file: str, number: int, added: list[str], output: str) -> None:
    """Write the paths of the cells that get the seeds of a look. added: the files of earlier looks of this kind."""
    study, docket = load_study(study_file), load_docket(docket_file)
    folder = Path(study_file).parent / "runs"
    tested = [cell.path for cell in looks.tested_cells(study, docket)]
    paths = [*tested, *(path for file in added for path in files.read_json(file))]
    tables = run_files.read_each(run_files.read, [folder / f"{path}.parquet" for path in paths])
    records = pa.concat_tables(tables, promote_options="default").to_pandas() if tables else pd.DataFrame()
    results = Results(study, pd.DataFrame(), records)
    chosen = [f"{cell.path}-look-{number}" for cell in looks.undecided_cells(results, docket)]
    text = json.dumps([path for path in chosen if path in study.later_cells], indent=1)
    files.write_text(output, text + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", dest="study_file", required=True, help="study.json, next to the folder of run files")
    parser.add_argument("--docket", dest="docket_file", required=True, help="docket.json")
    parser.add_argument("--look", dest="number", type=int, required=True, help="the look that may add seeds, from 2")
    parser.add_argument("--added", nargs="*", default=[], help="what earlier looks have added (.json)")
    parser.add_argument("--output", required=True, help="the file to write (.json)")
    files.run(look, parser)
