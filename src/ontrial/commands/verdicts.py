"""Print the verdicts of a study as a table."""

import argparse
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ontrial.errors import InputError
from ontrial.storage import files
from ontrial.study import configuration

COLOURS = {"supported": "green", "by_construction": "green", "refuted": "red", "depends": "yellow"}


def verdicts(study_file: str) -> None:
    """Print one line per claim: its verdict, and how many of its contexts have each outcome."""
    folder = Path("results") / configuration.read(study_file).name
    paths = [path for path in (folder / "verdicts.json", folder / "timing/verdicts.json") if path.exists()]
    if not paths:
        raise InputError(f"{folder}: there are no verdicts yet. Run the study first: make STUDY={study_file}")
    table = Table("claim", "kind", "verdict", "contexts", title=f"Study {folder.name}")
    for path in paths:
        for claim in files.read_json(path)["claims"]:
            outcomes = Counter(context["outcome"] for context in claim["contexts"])
            verdict = f"[{COLOURS.get(claim['verdict'], 'default')}]{as_words(claim['verdict'])}"
            contexts = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items())
            table.add_row(claim["id"], as_words(claim["kind"]), verdict, contexts)
    Console().print(table)


def as_words(name: str) -> str:
    """Return a name in the code as words."""
    return name.replace("_", " ")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument("--study", dest="study_file", default="config/config.yaml", help="default: %(default)s")
    parser.set_defaults(function=verdicts)
