"""Read the input of the steps after `collect`: the study, its tables and its docket, and verdicts."""

from __future__ import annotations

import io
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ontrial.errors import DamagedError
from ontrial.judge import published
from ontrial.judge.docket import Docket, load_docket
from ontrial.judge.results import Results
from ontrial.storage import files
from ontrial.study.cell import CORRECT
from ontrial.study.study import load_study
from ontrial_judge.core.verdict_files import decode
from ontrial_judge.core.verdicts import Verdicts

if TYPE_CHECKING:  # what reads verdicts alone needs no tables
    import pandas as pd


def read_results(
    study: str, runs: str, records: str, docket: str | None, correct: str | None = None
) -> tuple[Results, Docket]:
    """Return the results of a study, and its docket."""
    from ontrial.storage import run_files

    checked_docket = load_docket(docket) if docket else Docket({}, {})
    runs_table = run_files.read_sealed(runs).to_pandas()
    records_table = run_files.read_sealed(records).to_pandas()
    bits = _read_bits(correct) if correct else None
    results = Results(load_study(study), runs_table, records_table, correct=bits)
    return results, checked_docket


def _read_bits(path: str) -> pd.DataFrame:
    """Return the table of correct test samples. Raises DamagedError if it is another table."""
    from ontrial.storage import run_files

    table = run_files.read_sealed(path).to_pandas()
    if CORRECT not in table:
        raise DamagedError({path: f"the column {CORRECT} is missing."})
    return table


def read_verdicts(path: str | Path) -> Verdicts:
    """Return the content of a file of verdicts. Raises InputError if it violates its schema."""
    return decode(published.read_verdicts(path))


def read_csv(path: str | Path, columns: Collection[str], **options: Any) -> pd.DataFrame:
    """Return a table that a step wrote as CSV. Raises InputError if it can't be read, or lacks columns.

    options: Options of pandas.
    """
    import pandas as pd

    try:
        with files.reading(path):
            table = pd.read_csv(io.StringIO(files.read_csv(path)), **options)
    except ValueError as error:
        raise DamagedError({path: f"this is not a table: {error}."}) from None
    if missing := [name for name in columns if name not in table]:
        raise DamagedError({path: f"columns are missing: {', '.join(missing)}."})
    return table
