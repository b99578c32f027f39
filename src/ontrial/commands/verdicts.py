"""Print the verdicts of a study as a table."""

import argparse
import sys

from rich.console import Console
from rich.table import Column, Table

from ontrial.commands._study import add_study, changed_claims, results_of
from ontrial.commands.judge import COLOURS
from ontrial.errors import InputError
from ontrial.judge import result_files
from ontrial.report.site.docs import read_words
from ontrial.report.wording import outcomes
from ontrial.report.wording.phrases import Phrases
from ontrial.storage import shipped
from ontrial.study import configuration


def verdicts(study_file: str) -> None:
    """Print one line per claim: its verdict, and how many of its contexts have each outcome, in the site's words."""
    study = configuration.read_study(study_file)
    if study.docket is None:
        raise InputError(f"{study_file}: this study tests no claims. Give the path of a docket with the key docket.")
    folder = results_of(study.name)
    path = folder / "verdicts.json"
    if not path.exists():
        raise InputError(f"{folder}: there are no verdicts yet. Run the study first: {shipped.run_command(study_file)}")
    say = Phrases(read_words(shipped.DOCS / "words.yaml")["pages"], "en", "docs/words.yaml")
    table = Table(Column("claim", no_wrap=True), "kind", "verdict", "contexts", title=f"Study {folder.name}")
    judged = result_files.read_verdicts(path).claims
    for verdict in judged:
        conclusion = f"[{COLOURS.get(verdict.conclusion, 'default')}]{say[verdict.conclusion]}"
        counts = outcomes.counts(say, verdict, verdict.cases)
        table.add_row(verdict.claim, verdict.kind.replace("_", " "), conclusion, counts)
    changed = changed_claims(study, judged)
    Console().print(table)
    if changed:
        remedy = f"Run the study again: {shipped.run_command(study_file)}"
        print(
            f"These claims are new or have changed since they were judged: {', '.join(changed)}. {remedy}",
            file=sys.stderr,
        )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    add_study(parser)
    parser.set_defaults(function=verdicts)
