"""Print what changed between two results folders.

A Markdown table of verdicts, effects by context, and times.

Exit code 0: the verdicts are the same, reached by the same tests (effects may have moved). 1: a verdict moved, or a
claim is new, removed or tried in another way. 2: a folder or file can't be compared. Timed claims and seconds are
shown and never count, since they differ from machine to machine.
"""

import argparse
import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from ontrial.errors import InputError
from ontrial.judge.verdicts import decoded
from ontrial.report.pages.comparison import summary
from ontrial.report.summaries import comparison
from ontrial.study import checking

MOVED, WRONG = 1, 2  # exit codes
NOTHING = {"claims": []}


def compare(before: Path, after: Path) -> None:
    """Print the summary; end with MOVED if a verdict did."""
    new = read_verdicts(after / "verdicts.json")
    if not (before / "verdicts.json").exists() and (before / new["study"]).is_dir():
        before = before / new["study"]
    old = read_verdicts(before / "verdicts.json")
    judged = comparison.compare(old, new)
    timed = comparison.compare(*(read_timed(side) for side in (before, after)))
    times = tuple(read_times(side / "timing/time.json") for side in (before, after))
    print(summary((old["study"], new["study"]), judged, timed, times), end="")
    if any(change.moved for change in judged):
        sys.exit(MOVED)


def read_timed(folder: Path) -> comparison.Verdicts:
    """The verdicts on timed claims; none where nothing is timed."""
    path = folder / "timing/verdicts.json"
    return read_verdicts(path) if path.exists() else NOTHING


def read_verdicts(path: Path) -> comparison.Verdicts:
    """Content of a file of verdicts; InputError unless it is one."""
    return decoded(obeying(checking.load_schema("verdicts"), path))


def read_times(path: Path) -> dict:
    """Content of timing/time.json; empty where there is none."""
    number = {"type": "number"}
    rule = {"type": "object", "required": ["jobs", "seconds"], "additionalProperties": number}
    schema = {"type": "object", "properties": {"rules": {"type": "object", "additionalProperties": rule}}}
    return obeying(schema, path) if path.exists() else {}


def obeying(schema: dict, path: Path) -> dict:
    """Content of a JSON file; InputError if it can't be read or doesn't obey the schema."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_constant=no_number)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file. {remedy(path)}") from None
    except OSError as error:
        raise InputError(f"{path}: the file can't be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise InputError(f"{path}: broken JSON. {remedy(path)}") from None
    if wrong := best_match(Draft202012Validator(schema).iter_errors(content)):
        place = checking.dotted(tuple(wrong.absolute_path)) or "at the top"
        sentence = checking.legible(wrong.message, 200)
        raise InputError(f"{path}: {place}: {sentence}. That is not what this version writes. {remedy(path)}")
    return content


def no_number(name: str) -> None:
    """Refuse NaN and Infinity, which are no JSON."""
    raise ValueError(name)


def remedy(path: Path) -> str:
    """What to do about a file that isn't as it should be."""
    others = sorted({str(found.parent) for found in Path("results").glob("**/verdicts.json")} - {str(path.parent)})
    others = [folder for folder in others if Path(folder).name != "timing"]
    listed = f" Folders with verdicts: {', '.join(others)}." if others else ""
    return f"`make` makes the results of a study, `make publish` the published ones.{listed}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument(
        "before", type=Path, help="a results folder; results/reference stands for the published results of that study"
    )
    parser.add_argument("after", type=Path, help="a results folder, such as results/default")
    parser.set_defaults(function=compare, wrong=WRONG)
