"""Judge the measured claims by the looks so far, and list the run files that this look adds."""

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa

from ontrial.judge import looks
from ontrial.judge.docket import load_docket
from ontrial.judge.results import Results
from ontrial.storage import files, options, run_files
from ontrial.storage.options import Input, Output
from ontrial.study import study_files
from ontrial.study.cell import SETTINGS
from ontrial.study.study import load_study


def judge_look(study: Input, docket: Input, added: list[Input], look: int, cells: Output) -> None:
    """Write the paths of the run files that a look adds.

    study: The study (study.json), next to the folder of run files.
    docket: The claims (docket.json).
    added: Run files that each earlier look has added (.json).
    look: Number of the look, from 2.
    cells: Paths of the run files that this look adds, to write (.json).
    """
    planned, checked_docket = load_study(study), load_docket(docket)
    folder = Path(study).parent / "runs"
    tested = [cell.path for cell in looks.tested_cells(planned, checked_docket)]
    paths = [*tested, *(path for file in added for path in study_files.read_result(file, "looks/*.json"))]
    tables = run_files.read_each(run_files.read_sealed, [folder / f"{path}.parquet" for path in paths])
    records = pa.concat_tables(tables, promote_options="default").to_pandas() if tables else pd.DataFrame()
    records = records.fillna({name: each.default for name, each in SETTINGS.items() if each.sparse and name in records})
    results = Results(planned, pd.DataFrame(), records)
    chosen = [f"{cell.path}-look-{look}" for cell in looks.undecided_cells(results, checked_docket)]
    text = json.dumps([path for path in chosen if path in planned.later_cells], indent=1)
    files.write_text(cells, text + "\n")


if __name__ == "__main__":
    options.run(judge_look)
