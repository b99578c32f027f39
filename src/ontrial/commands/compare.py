"""Print what changed between two results folders.

A Markdown table of verdicts, effects by context, and times. With --html, also a page that draws the effects.

Exit code 0: the verdicts are the same, reached by the same tests (effects may have moved). 1: a verdict moved, or a
claim is new, removed or tested in another way. 2: a folder or file can't be compared. Timed claims and seconds are
shown but never count, since they differ from machine to machine.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from ontrial.errors import InputError
from ontrial.judge.verdicts import VERSION, Verdicts, decode
from ontrial.report.pages.comparison import summary
from ontrial.report.pages.comparison_page import page
from ontrial.report.summaries import comparison
from ontrial.storage import files
from ontrial.study import checking

EXIT_MOVED = 1
EXIT_INPUT_ERROR = 2
NUMBER = {"type": "number"}
TIMES_OF_RULE = {"type": "object", "required": ["jobs", "seconds"], "additionalProperties": NUMBER}
TIMES_SCHEMA = {
    "type": "object",
    "properties": {"rules": {"type": "object", "additionalProperties": TIMES_OF_RULE}},
}


def compare(before: Path, after: Path, html: Path | None = None) -> None:
    """Print the summary, and write the page. End with exit code EXIT_MOVED if a verdict moved.

    html: path of the page, None for none.
    """
    new = read_verdicts(after / "verdicts.json")
    if not (before / "verdicts.json").exists() and (before / new["study"]).is_dir():
        before = before / new["study"]
    old = read_verdicts(before / "verdicts.json")
    judged = comparison.compare(old, new)
    timed = comparison.compare(read_timed(before), read_timed(after))
    times = read_times(before / "timing/time.json"), read_times(after / "timing/time.json")
    studies = (old["study"], new["study"])
    print(summary(studies, judged, timed, times), end="")
    if html:
        files.write_text(html, page(studies, judged, timed))
    if any(change.moved for change in judged):
        sys.exit(EXIT_MOVED)


def read_timed(folder: Path) -> Verdicts:
    """Return the verdicts on timed claims, without claims if there are none."""
    path = folder / "timing/verdicts.json"
    return read_verdicts(path) if path.exists() else {"version": VERSION, "study": "", "claims": []}


def read_verdicts(path: Path) -> Verdicts:
    """Return the content of a file of verdicts. Raises InputError if it is not one, or has another version."""
    content = read_json(path)
    if isinstance(content, dict) and "claims" in content and content.get("version", 1) != VERSION:
        raise InputError(
            f"{path}: these verdicts have version {content.get('version', 1)} and follow other rules than version "
            f"{VERSION}, so they can't be compared. {remedy(path)}"
        )
    check_content(path, content, checking.load_schema("verdicts"))
    return decode(content)


def read_times(path: Path) -> dict[str, Any]:
    """Return the content of timing/time.json, or an empty dict if there is no such file."""
    if not path.exists():
        return {}
    content = read_json(path)
    check_content(path, content, TIMES_SCHEMA)
    return content


def read_json(path: Path) -> Any:
    """Return the content of a JSON file. Raises InputError if it can't be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse_constant)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file. {remedy(path)}") from None
    except OSError as error:
        raise InputError(f"{path}: the file can't be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise InputError(f"{path}: broken JSON. {remedy(path)}") from None


def check_content(path: Path, content: Any, schema: dict) -> None:
    """Raise InputError if the content of a file violates the schema."""
    if violation := best_match(Draft202012Validator(schema).iter_errors(content)):
        key = checking.dotted(tuple(violation.absolute_path)) or "top level"
        message = checking.legible(violation.message, 200)
        raise InputError(f"{path}: {key}: {message}. It was not written by this version. {remedy(path)}")


def refuse_constant(name: str) -> None:
    """Refuse NaN and Infinity, which JSON does not have."""
    raise ValueError(name)


def remedy(path: Path) -> str:
    """Return how to get a file of verdicts, and which folders have one."""
    folders = {str(file.parent) for file in Path("results").glob("**/verdicts.json")} - {str(path.parent)}
    others = ", ".join(folder for folder in sorted(folders) if Path(folder).name != "timing")
    listing = f" Folders with verdicts: {others}." if others else ""
    return f"`make` computes the results of a study, `make publish` publishes them.{listing}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument(
        "before", type=Path, help="a results folder; results/reference stands for the published results of that study"
    )
    parser.add_argument("after", type=Path, help="a results folder, such as results/default")
    parser.add_argument("--html", type=Path, metavar="FILE", help="also write one HTML page with a figure per context")
    parser.set_defaults(function=compare, input_error_code=EXIT_INPUT_ERROR)
