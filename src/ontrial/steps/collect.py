"""Collect the run files of a study in tables: the last record of every run, all records, and what runs get right."""

import itertools
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from ontrial.storage import arrow, files, options, run_files, versions
from ontrial.storage.options import Input, Output
from ontrial.study import study_files
from ontrial.study.cell import COLUMNS, CORRECT, PREDICTIONS, Cell
from ontrial.study.study import load_study

RUN = (*COLUMNS, "learning_rate", "seed")  # columns that identify a run, of which a study may lack sparse settings
ORDER = (*RUN, "updates")
BITS = pa.schema({CORRECT: pa.list_(pa.uint8())})  # of a table without any
CHUNK = 100  # cells in memory at the same time
THREADS = 2  # that read: more would wait for Python
CSV = pyarrow.csv.WriteOptions(quoting_style="needed")


def collect(
    study: Input,
    added: list[Input],
    runs: Output,
    csv: Output,
    records: Output,
    correct: Output,
    versions_of_runs: Output,
) -> None:
    """Read and verify the run files of every cell, and write the tables. Only that of all records has predictions.

    study: The study (study.json), next to the folder of run files.
    added: Run files that each later look adds (.json).
    runs: Table of runs, to write (.parquet).
    csv: The same table as text, to write (.csv).
    records: Table of all records, to write (.parquet).
    correct: Table of the test samples that each run gets right, as bits, to write (.parquet).
    versions_of_runs: Number of run files by version of what computed them, to write (.json).
    """
    folder = Path(study).parent / "runs"
    planned = load_study(study)
    later = itertools.chain.from_iterable(study_files.read_result(file, "looks/*.json") for file in added)
    cells = planned.cells | {path: planned.later_cells[path] for path in later}
    sources = {path: folder / f"{path}.parquet" for path in cells}
    schemas = run_files.read_each(run_files.read_schema, sources.values())
    schema = _unify(schemas)
    records_schema = without(schema, CORRECT)
    last_schema = without(records_schema, PREDICTIONS)
    correct_schema = pa.schema([schema.field(name) for name in (*RUN, CORRECT) if name in schema.names])
    counts = versions.count(map(run_files.versions_in, schemas))
    files.write_text(versions_of_runs, json.dumps(counts, indent=2, sort_keys=True) + "\n")
    with (
        run_files.writer(records, records_schema) as append_records,
        run_files.writer(runs, last_schema) as append_runs,
        run_files.writer(correct, correct_schema) as append_correct,
        files.atomic(csv) as temporary,
        pyarrow.csv.CSVWriter(temporary, last_schema, write_options=CSV) as text,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        for paths in _sorted_chunks(cells):
            tables = list(pool.map(lambda path: _read(sources[path], cells[path], schema), paths))
            rows = sort_rows(schema, tables)
            append_records(rows.select(records_schema.names))
            last = last_records(rows)
            append_correct(last.select(correct_schema.names).drop_null())
            last = last.select(last_schema.names)
            append_runs(last)
            text.write_table(last)


def _unify(schemas: list[pa.Schema]) -> pa.Schema:
    """Return the columns of all run files and that of the bits, the settings in their order and before the others."""
    fields = pa.unify_schemas([*schemas, BITS])
    return pa.schema(sorted(fields, key=lambda field: (*COLUMNS, field.name).index(field.name)))


def _read(source: Path, cell: Cell, schema: pa.Schema) -> pa.Table:
    """Return the run file of a cell with the settings that it leaves out, but other cells of the study have."""
    table = run_files.read_sealed(source)
    for name in [name for name in schema.names if name in COLUMNS and name not in table.schema.names]:
        values = np.broadcast_to(cell.settings[name], table.num_rows)
        table = table.append_column(name, arrow.column(values))
    return table


def without(schema: pa.Schema, name: str) -> pa.Schema:
    """Return a schema without a column."""
    return pa.schema([field for field in schema if field.name != name])


def _sorted_chunks(cells: Mapping[str, Cell]) -> Iterator[list[str]]:
    """Yield the paths of run files in chunks, sorted by settings like the rows of the tables.

    All run files of a cell are in one chunk, because their rows alternate.
    """
    by_settings: dict[tuple, list[str]] = {}
    for path, cell in cells.items():
        by_settings.setdefault(tuple(cell.settings.values()), []).append(path)
    groups = [by_settings[settings] for settings in sorted(by_settings)]
    for i in range(0, len(groups), CHUNK):
        yield list(itertools.chain.from_iterable(groups[i : i + CHUNK]))


def sort_rows(schema: pa.Schema, tables: list[pa.Table]) -> pa.Table:
    """Return the rows of all tables sorted by settings. Columns that a cell did not measure are filled with nulls."""
    order = [(name, "ascending") for name in ORDER if name in schema.names]
    return run_files.concatenate(schema, tables).sort_by(order)


def last_records(rows: pa.Table) -> pa.Table:
    """Return the last record of each run, from sorted rows. The record after it starts the next run, at 0 updates."""
    updates = rows["updates"].to_numpy()
    return rows.filter(arrow.column(np.append(updates[1:] == 0, True)))


if __name__ == "__main__":
    options.run(collect)
