"""Draw figures of a study again, to look at them.

It takes a second or two, in place of a run. Each figure is drawn in every language, colour scheme and width, and the
table of its numbers is written beside them.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ontrial.commands._study import add_study, results_of
from ontrial.errors import InputError, unknown
from ontrial.judge import checks
from ontrial.report.site.docs import read_words
from ontrial.report.site_plan import SitePlan
from ontrial.report.summaries import finding_files
from ontrial.report.wording.phrases import Phrases
from ontrial.steps.draw import draw_one
from ontrial.storage import shipped
from ontrial.study import command_line, configuration

TABLES = ("study.json", "tables/runs.parquet", "tables/records.parquet")  # of a study that has run


def draw(names: Sequence[str], study_file: str, folder: Path | None = None, *, trust_code: bool = False) -> None:
    """Draw figures from the results of a study, and print the paths of their files.

    names: Names of the figures.
    folder: Folder to write to, None for one in the results of the study.
    trust_code: Whether code that the study brings may run.
    """
    study = configuration.read_study(study_file)
    command_line.require_trust(study, trust_code, switch="--trust-code")
    docket = checks.read_docket(study.docket, study) if study.docket else None
    plan = SitePlan.read(study, docket.claims if docket else {}, shipped.ROOT)
    for name in names:
        if name not in plan.figures:
            raise InputError(f"{study_file}: {unknown('figure', name, plan.figures)}")
    results = results_of(study.name)
    content, runs, records = tables = [str(results / name) for name in TABLES]
    judged = [str(results / name) for name in ("docket.json", "verdicts.json")] if docket else []
    if missing := [path for path in (*tables, *judged) if not Path(path).exists()]:
        remedy = f"Run the study first: {shipped.run_command(study_file)}"
        raise InputError(f"{missing[0]}: there is no such file yet. {remedy}")
    findings, _ = finding_files.read_findings(
        content, runs, records, judged[0] if docket else None, judged[1:], plan.drawn_from
    )
    words = shipped.DOCS / "words.yaml"
    terms = read_words(words)["figures"]
    languages = [Phrases(terms, language, str(words), study.own_names) for language in plan.languages]
    folder = folder or results / "drawings"
    drawings = {name: draw_one(name, languages, folder, findings) for name in names}
    for drawn in drawings.values():
        print(*(folder / file for file in drawn.sizes), sep="\n")
    if failed := [name for name, drawn in drawings.items() if drawn.error]:
        sys.exit(f"Could not be drawn: {', '.join(failed)}. What went wrong is above.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument("names", nargs="+", metavar="NAME", help="name of a figure, such as activation-curves")
    add_study(parser)
    parser.add_argument("--folder", type=Path, help="folder to write to (default: results/STUDY/drawings)")
    parser.add_argument("--trust-code", action="store_true", help="run the code that the study brings")
    parser.set_defaults(function=draw)
