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
    """Print one line a claim: the verdict, and how many contexts came out how."""
    folder = Path("results") / configuration.read(study_file).name
    found = [path for path in (folder / "verdicts.json", folder / "timing/verdicts.json") if path.exists()]
    if not found:
        raise InputError(f"{folder}: there are no verdicts yet. Make them with: make STUDY={study_file}")
    table = Table("claim", "kind", "verdict", "contexts", title=f"Study {folder.name}")
    for path in found:
        for claim in files.read_json(path)["claims"]:
            outcomes = Counter(context["outcome"] for context in claim["contexts"])
            verdict = f"[{COLOURS.get(claim['verdict'], 'default')}]{words(claim['verdict'])}"
            contexts = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items())
            table.add_row(claim["id"], words(claim["kind"]), verdict, contexts)
    Console().print(table)


def words(name: str) -> str:
    """A name of the code as words."""
    return name.replace("_", " ")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument("--study", dest="study_file", default="config/config.yaml", help="default: %(default)s")
    parser.set_defaults(function=verdicts)
