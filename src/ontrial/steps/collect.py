"""Run files of a study → one table of runs (their last record) and one of all records."""

import argparse
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ontrial import study
from ontrial.steps import files, runfiles

ORDER = (
    *("experiment", "dataset", "hidden", "activation", "initialisation", "output", "loss", "batch_size"),
    *("learning_rate", "seed", "updates"),
)


def collect(study_file: str, runs: str, csv: str, records: str) -> None:
    """Read the run file of every cell, verify it, and write the tables."""
    folder = Path(study_file).parent / "runs"
    tables = [runfiles.read(folder / f"{path}.parquet") for path in study.read(study_file).cells]
    runfiles.write(records, joined(tables))
    last = joined([last_records(table) for table in tables])
    runfiles.write(runs, last)
    with files.atomic(csv) as temporary:
        pyarrow.csv.write_csv(last, temporary, pyarrow.csv.WriteOptions(quoting_style="needed"))


def joined(tables: list[pa.Table]) -> pa.Table:
    """All rows, in the order of their settings; a column that a cell did not measure is null there."""
    return pa.concat_tables(tables, promote_options="default").sort_by([(name, "ascending") for name in ORDER])


def last_records(table: pa.Table) -> pa.Table:
    """The last record of each run of one cell: its runs all take the same number of updates."""
    return table.filter(pc.equal(table["updates"], pc.max(table["updates"])))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", dest="study_file", required=True, help="study.json, beside the folder of run files")
    parser.add_argument("--runs", required=True, help="the table of runs to write (.parquet)")
    parser.add_argument("--csv", required=True, help="the same as text (.csv)")
    parser.add_argument("--records", required=True, help="the table of all records to write (.parquet)")
    files.run(collect, parser)
