"""Take run files from others instead of training.

A run file is taken if it is intact, and if its cell and data, and the code and versions that trained it, are those of
this study and machine, so that training it here would give the same bytes. One in a hundred is trained again, and if
one of these differs, none is taken. Run files that this study has are kept. A run does not train again what was taken.
"""

import argparse
import hashlib
import itertools
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ontrial.commands._results import results_of
from ontrial.commands._study import add_merged_study
from ontrial.errors import InputError, legible
from ontrial.nn import History
from ontrial.steps import train
from ontrial.storage import code, files, machine, run_files, workflow
from ontrial.study import estimate
from ontrial.study.cell import Cell
from ontrial.study.command_line import merge_study

Read = Callable[[str, int], bytes | None]  # path of a cell, largest size → content of its run file, None without one

ONE_IN = 100  # at least one in this many run files is trained again
TIMEOUT = 60  # seconds until a server must answer
TARGETS = 5_000  # paths on a command line
RECORD = ("--touch", "--force", "--cores", "1", "--quiet", "all")  # options with which Snakemake only records files
NAMES = {"cell": "settings", "data": "data", "code": "code"}  # in which run files differ, besides versions
TAKEN = "Taken from other results instead of being trained here. SHA-256 of the file there: {}\n"


class RefusalError(Exception):
    """The reason why a run file is not taken, which follows its path."""


def cells(place: str, study_files: list[str], *, trust_code: bool = False) -> None:
    """Take the run files that a study lacks from a folder or an address, and print what was taken and what was not.

    trust_code: Whether the study's own code may run.
    """
    study = merge_study(study_files, {})
    if study.own_code and not trust_code:
        own = ", ".join(study.own_code.values())
        raise InputError(
            f"{study.source}: it has Python code, {own}, which can do anything that you can, and which training some "
            "cells again would run. Read it. If you trust it, add --trust-code."
        )
    results = results_of(study.name)
    planned = study.cells | study.later_cells
    lacking = {path: cell for path, cell in planned.items() if not run_file(results, path).exists()}
    if lacking.keys().isdisjoint(study.cells):
        print(f"{results} has the run files of all {len(study.cells):,} cells.")
        return
    read = reader(place)
    results.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=results, prefix=".cells.") as name:  # which a run of the study leaves alone
        folder = Path(name)
        digests, refused = stage(lacking, read, folder)
        if not digests and not refused:
            example = run_file(Path(), next(iter(lacking)))
            raise InputError(f"{place}: it has none of the run files that {results} lacks, such as {example}.")
        again = sample(digests)
        if differing := [path for path in again if not is_same(lacking[path], folder, path)]:
            raise InputError(
                f"{place}: {len(differing)} of {len(again)} run files that were trained again differ from what this "
                f"machine trains, such as {run_file(Path(), differing[0])}. Nothing was taken."
            )
        take(study_files, results, folder, digests, trust_code)
    left = len(lacking.keys() & study.cells.keys() - digests.keys())
    print(f"Taken: {len(digests):,} run files. Cells left to train: {left:,}.")
    if again:
        print(f"Trained again to check: {len(again):,}, with the same bytes.")
    for line in refusals(refused):
        print(line)


def run_file(results: Path, path: str) -> Path:
    """Return the path of the run file of a cell."""
    return results / "runs" / f"{path}.parquet"


def reader(place: str) -> Read:
    """Return the function that reads run files from a folder or an address. Raises InputError if it is neither."""
    if place.startswith(("http://", "https://")):
        return lambda path, limit: read_address(f"{place.rstrip('/')}/runs/{quote(path)}.parquet", limit)
    if not Path(place, "runs").is_dir():
        raise InputError(
            f"{place}: it has no folder `runs`. Name the folder of a study's results, such as "
            "../other/results/default, or its address, which starts with https://."
        )
    return lambda path, limit: read_file(run_file(Path(place), path), limit)


def read_file(path: Path, limit: int) -> bytes | None:
    """Return the content of a file, or None if there is none. Raises RefusalError if it can't be read."""
    try:
        return files.read_bytes(path, limit)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RefusalError(f"can't be read: {error.strerror}") from None


def read_address(address: str, limit: int) -> bytes | None:
    """Return what a server sends, or None if it has no such file. Raises InputError if it does not answer."""
    try:
        with urlopen(address, timeout=TIMEOUT) as response:
            content: bytes = response.read(limit + 1)
    except HTTPError as error:
        if error.code in (403, 404, 410):  # stores that may not be listed say 403
            return None
        raise InputError(f"{address}: the server answers {error.code} {legible(error.reason, 80)}.") from None
    except (OSError, HTTPException, ValueError) as error:
        raise InputError(f"{address}: it can't be fetched: {legible(str(error), 200)}.") from None
    if len(content) > limit:
        raise RefusalError("is larger than a run file of its cell")
    return content


def stage(lacking: Mapping[str, Cell], read: Read, folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Write what may be taken into a folder. Return the SHA-256 there by cell, and the reasons of refusals by cell."""
    digest = code.digest(code.code_of("train"))
    digests, refused = {}, {}
    for path, cell in lacking.items():
        try:
            content = read(path, round(2 * estimate.run_file_bytes(cell)))
            if content is not None:
                run_files.write(run_file(folder, path), checked(content, cell, train.origin(cell, digest)))
                digests[path] = hashlib.sha256(content).hexdigest()
        except RefusalError as error:
            refused[path] = str(error)
    return digests, refused


def checked(content: bytes, cell: Cell, origin: dict[str, str]) -> pa.Table:
    """Return the table of a run file, with nothing in it that was not checked. Raises RefusalError with what is wrong.

    origin: What a run file of this cell says of its origin.
    """
    if not run_files.is_intact(content):
        raise RefusalError("is damaged: its SHA-256 differs from the one that it contains")
    try:
        with pq.ParquetFile(pa.BufferReader(content)) as file:
            require_origin(run_files.versions_in(file.schema_arrow), origin)
            keys, example = expected_keys(cell), train.train_stack(shortest(cell), lambda _: None)
            if file.metadata.num_rows != keys.num_rows:
                raise RefusalError("has other rows than its cell")
            if file.schema_arrow.names != example.schema.names or file.schema_arrow.types != example.schema.types:
                raise RefusalError("has other columns than its cell")
            read = file.read(use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise RefusalError(f"can't be read: {legible(str(error), 120)}") from None
    table = pa.Table.from_arrays(read.combine_chunks().columns, schema=example.schema)
    if not table.select(keys.schema.names).equals(keys):
        raise RefusalError("has other rows than its cell")
    if lengths_of_lists(table) != lengths_of_lists(example):
        raise RefusalError("has other test samples than its cell")
    return table.replace_schema_metadata(origin)


def require_origin(there: Mapping[str, str], here: Mapping[str, str]) -> None:
    """Raise RefusalError unless a run file has the origin that it would have here."""
    if "cell" not in there:
        raise RefusalError("does not say how it was trained: an older version wrote it")
    for name in dict.fromkeys([*here, *there]):
        if there.get(name) != here.get(name):
            if name in NAMES:
                raise RefusalError(f"was trained with other {NAMES[name]}")
            before, now = (legible(versions.get(name, "none"), 40) for versions in (there, here))
            raise RefusalError(f"was trained with {legible(name, 40)} {before}, which is {now} here")


def expected_keys(cell: Cell) -> pa.Table:
    """Return the columns of a run file that its cell determines: settings, learning rate, seed, epochs and updates."""
    samples = cell.training_sample_count
    updates = np.array(cell.recipe.recorded_updates(samples))
    epochs = updates / cell.recipe.updates_per_epoch(samples)
    tables = []
    for chunk in train.seed_chunks(cell):
        learning_rates, seeds = train.runs_of(cell, chunk)
        diverged = np.zeros((len(seeds), len(updates)), bool)
        history = History(updates, epochs, {}, diverged, diverged, [])
        tables.append(train.long_table(cell.file_columns, learning_rates, seeds, history))
    return pa.concat_tables(tables).drop_columns("diverged").combine_chunks()


def shortest(cell: Cell) -> Cell:
    """Return a cell with a single run of one update, or of none if the cell has none, and with the same columns."""
    training = replace(cell.training, epochs=None, updates=int(cell.training.happens), record=1, per_doubling=None)
    return replace(cell, learning_rates=cell.learning_rates[:1], seeds=cell.seeds[:1], training=training)


def lengths_of_lists(table: pa.Table) -> dict[str, list[int | None]]:
    """Return the different lengths of the lists in each column that has lists. Only last records have one."""
    lists = {field.name: table[field.name] for field in table.schema if pa.types.is_list(field.type)}
    return {
        name: sorted(pc.unique(pc.list_value_length(column.drop_null())).to_pylist()) for name, column in lists.items()
    }


def sample(digests: Mapping[str, str]) -> list[str]:
    """Return the cells to train again: one in a hundred, chosen by the SHA-256 of all files together."""
    total = hashlib.sha256("".join(digests[path] for path in sorted(digests)).encode()).hexdigest()
    order = sorted(digests, key=lambda path: hashlib.sha256(f"{total} {path}".encode()).hexdigest())
    return order[: -(-len(order) // ONE_IN)]


def is_same(cell: Cell, folder: Path, path: str) -> bool:
    """Train a cell again, as a job of the workflow does, and return whether its run file has the same bytes."""
    again = folder / "again.parquet"
    options = ["--cell", cell.to_json(), "--runs", str(again), "--code", code.digest(code.code_of("train"))]
    command = [*workflow.PYTHON, "-m", "ontrial.steps.train", *options]
    done = subprocess.run(command, env=machine.environment(), capture_output=True, text=True)
    if done.returncode:
        raise InputError(f"{path}: training it again failed:\n{done.stderr.strip()}")
    return again.read_bytes() == run_file(folder, path).read_bytes()


def take(study_files: list[str], results: Path, folder: Path, digests: Mapping[str, str], trust_code: bool) -> None:
    """Move run files into the results, and let Snakemake record them as if it had trained them.

    Files that a run of the study has trained meanwhile are kept.
    """
    targets: list[Path] = []
    taken: list[Path] = []
    try:
        for path, digest in digests.items():
            target, log = run_file(results, path), results / f"logs/train/{path}.log"
            if target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            taken += [target, log]
            os.replace(run_file(folder, path), target)
            files.write_text(log, TAKEN.format(digest))
            targets.append(target)
        chosen = study_files[0] if len(study_files) == 1 else study_files
        for start in range(0, len(targets), TARGETS):
            batch = map(str, targets[start : start + TARGETS])
            workflow.run(chosen, *batch, *RECORD, trust_code=trust_code)
    except BaseException:
        for file in taken:
            file.unlink(missing_ok=True)  # without a record, Snakemake would never train it again
        raise


def refusals(refused: Mapping[str, str]) -> Iterator[str]:
    """Yield how many run files were refused for each reason."""
    for reason, group in itertools.groupby(sorted(refused, key=refused.__getitem__), key=refused.__getitem__):
        paths = list(group)
        yield f"Refused: {len(paths):,}, such as {run_file(Path(), paths[0])}, which {reason}."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument(
        "--from",
        dest="place",
        required=True,
        metavar="FOLDER-or-URL",
        help="results of a study, which have a folder `runs`: a folder, or an address of the web",
    )
    add_merged_study(parser)
    parser.add_argument("--trust-code", action="store_true", help="allow the study's own code to run")
    parser.set_defaults(function=cells)
