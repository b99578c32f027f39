"""Print what changed between two folders of results.

Both are results of a study, or both are folders of published results.

The output is Markdown: verdicts, effects by context and tables; for published results, every file that differs.

Exit code 0: the verdicts are the same, reached by the same tests (effects may have moved). 1: a verdict moved, a claim
is new, removed or tested differently, a published table has other rows or settings, or, for two folders of
published results, a file differs, or a verdicts.csv contradicts its verdicts.json. 2: a folder or file can't be
compared. 70: a mistake of this program, with
a traceback.
"""

import argparse
import csv
import io
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ontrial.commands._changes import published_summary, summary
from ontrial.errors import InputError, legible
from ontrial.judge import published
from ontrial.judge.published import TUNED
from ontrial.report.summaries import comparison
from ontrial.storage import files
from ontrial.study.schema_files import load_schema
from ontrial_judge.core import verdict_files
from ontrial_judge.core.verdict_files import VERSION, decode
from ontrial_judge.core.verdicts import Verdicts

EXIT_MOVED = 1
EXIT_INPUT_ERROR = 2


def compare(before: Path, after: Path) -> None:
    """Print the summary. End with exit code EXIT_MOVED if a verdict moved, or a published file."""
    for folder in (before, after):
        files.require_no_links(folder)
    if not (after / "verdicts.json").exists() and any(after.glob("*/verdicts.json")):
        changes = _compare_published(before, after)
        print(published_summary(changes), end="")
        sys.exit(EXIT_MOVED if any(change.places for change in changes) else 0)
    new = read_verdicts(after / "verdicts.json")
    if not (before / "verdicts.json").exists() and (before / new.study).is_dir():
        before = before / new.study
    old = read_verdicts(before / "verdicts.json")
    judged = comparison.changes(old, new)
    tables = []
    if (before / TUNED).exists() and (after / TUNED).exists():
        tables.append(comparison.compare_file(TUNED, read_places(before / TUNED), read_places(after / TUNED)))
    print(summary((old.study, new.study), judged, tables), end="")
    if any(change.moved for change in judged) or any(map(_changes_words, tables)):
        sys.exit(EXIT_MOVED)


def _compare_published(before: Path, after: Path) -> list[comparison.FileChange]:
    """Return the places in which the files of two folders of published results differ.

    A table of verdicts is not compared with the one before, but with the verdicts that it repeats.
    """
    for folder in (before, after):
        if not any(folder.glob("*/verdicts.json")):
            raise InputError(f"{folder}: there are no published results in this folder.")
        if any(folder.glob("*/study.json")):
            raise InputError(f"{folder}: these are results of studies. Name the folder of one, or published results.")
    paths = {path.relative_to(folder) for folder in (before, after) for path in folder.rglob("*") if path.is_file()}
    return [
        comparison.compare_file(
            path.as_posix(),
            _places_of_table(after / path) if path.name == "verdicts.csv" else read_places(before / path),
            read_places(after / path),
        )
        for path in sorted(paths)
    ]


def _places_of_table(path: Path) -> dict[str, object]:
    """Return the places of a table of verdicts as its JSON file has them."""
    source = path.with_suffix(".json")
    if not source.exists():
        return {}
    return _read_rows(verdict_files.to_csv(read_verdicts(source)))


def read_places(path: Path) -> dict[str, object]:
    """Return the content of a published file as a mapping from places to values, empty if there is no such file.

    Of a file that no page reads, it is only the SHA-256. Schemas are not checked here but in the step that writes
    pages: a change may replace a schema and a file together.
    """
    if not path.exists():
        return {}
    if not published.is_known(path.name):
        return {"unknown file, SHA-256": files.sha256(path)}
    if path.suffix == ".json":
        return dict(_leaves(published.read_json(path), ""))
    try:
        return _read_rows(files.read_csv(path))
    except ValueError as error:
        raise InputError(f"{path}: this is not a table: {error}.") from None


def _read_rows(text: str) -> dict[str, object]:
    """Return the values of a table by column and line. Raises ValueError if two columns have a name: one would hide."""
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if repeated := [name for name, count in Counter(rows.fieldnames or ()).items() if count > 1]:
        raise ValueError(f'the column "{legible(repeated[0], 80)}" is there twice')
    return {f"{name}, line {i}": value for i, row in enumerate(rows, 2) for name, value in row.items()}


def _leaves(value: Any, place: str) -> Iterator[tuple[str, object]]:
    """Yield the place and value of everything in a JSON value that contains nothing else."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, f"{place}.{key}".removeprefix("."))
    elif isinstance(value, list) and value:
        for i, item in enumerate(value):
            yield from _leaves(item, f"{place}[{i}]")
    else:
        yield place, value


def _changes_words(change: comparison.FileChange) -> bool:
    """Return whether a table differs in more than numbers, which other processors round differently."""
    return not all(_is_number(place.before) and _is_number(place.after) for place in change.places)


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True


def read_verdicts(path: Path) -> Verdicts:
    """Return the content of a file of verdicts. Raises InputError if it is not one, or has another version."""
    content = published.read_json(path)
    version = content.get("version", 1) if isinstance(content, dict) else VERSION
    if version != VERSION and "claims" in content:
        raise InputError(
            f"{path}: these verdicts have version {legible(repr(version), 40)} and follow other rules than version "
            f"{VERSION}, so they can't be compared. {published.remedy(path)}"
        )
    published.check(path, content, load_schema("verdicts"))
    return decode(content)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument(
        "before", type=Path, help="a results folder; results/reference stands for the published results of that study"
    )
    parser.add_argument("after", type=Path, help="a results folder, or results/reference for all published files")
    parser.set_defaults(function=compare, input_error_code=EXIT_INPUT_ERROR)
