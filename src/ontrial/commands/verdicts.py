"""Print the verdicts of a study as a table."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ontrial.errors import InputError
from ontrial.judge.verdicts import Verdict
from ontrial.report.site.docs import read_yaml
from ontrial.report.wording import outcomes
from ontrial.report.wording.phrases import Phrases
from ontrial.storage import inputs, shipped
from ontrial.study import configuration

COLOURS = {"supported": "green", "by_construction": "green", "refuted": "red", "depends": "yellow"}


def verdicts(study_file: str) -> None:
    """Print one line per claim: its verdict, and how many of its contexts have each outcome, in the site's words."""
    study = configuration.read(study_file)
    if study.docket is None:
        raise InputError(f"{study_file}: this study tests no claims. Give the path of a docket with the key docket.")
    folder = Path("results") / study.name
    paths = [path for path in (folder / "verdicts.json", folder / "timing/verdicts.json") if path.exists()]
    if not paths:
        raise InputError(f"{folder}: there are no verdicts yet. Run the study first: {shipped.run_command(study_file)}")
    file = shipped.DOCS / "phrases.yaml"
    say = Phrases(read_yaml(file), "en", str(file))
    table = Table("claim", "kind", "verdict", "contexts", title=f"Study {folder.name}")
    for path in paths:
        for claim in inputs.read_verdicts(path)["claims"]:
            verdict = f"[{COLOURS.get(claim['verdict'], 'default')}]{say[claim['verdict']]}"
            table.add_row(claim["id"], claim["kind"].replace("_", " "), verdict, contexts_text(say, claim))
    Console().print(table)


def contexts_text(say: Phrases, claim: Verdict) -> str:
    """Return how many contexts of a claim have each outcome, "" without contexts."""
    words = [context["outcome"] for context in claim["contexts"]]
    return outcomes.counts(say, words, claim.get("smallest_effect", 0.0), claim.get("unit", ""))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument("--study", dest="study_file", default="config/config.yaml", help="default: %(default)s")
    parser.set_defaults(function=verdicts)
