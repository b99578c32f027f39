"""Pack the results of a study into report.zip.

This is Snakemake's own report, the audit appendix: it also shows the rule and the code that made each file.
"""

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from ontrial import data
from ontrial.commands._study import add_study, results_of
from ontrial.errors import InputError
from ontrial.storage import files, shipped, workflow
from ontrial.study import configuration
from ontrial.study.plan import Plan
from ontrial.study.study import Study

DATA = re.compile(r"^    var \w+ = .*$", re.MULTILINE)  # lines in which Snakemake's template inserts JSON


def write_report(study_file: str, *, trust_code: bool = False) -> None:
    """Write results/<study>/report.zip, after a run that rebuilds damaged files, if there are any.

    Raises InputError if the study is not finished or Snakemake fails.

    trust_code: Whether the study's own code may run. Planning its jobs tries it out.
    """
    study = configuration.read_study(study_file)
    results = results_of(study.name)
    if not all((results / name).exists() for name in ("site/index.html", "provenance.json")):
        raise InputError(f"{results}: the study is not finished. Run it with: {shipped.run_command(study_file)}")
    if damaged := Plan(study).set_damaged_aside():
        print(*damaged, sep="\n", file=sys.stderr)
        workflow.run(study_file, "--cores", "all", trust_code=trust_code, show=True)
    with tempfile.TemporaryDirectory(dir=results, prefix=".report.", suffix=files.UNFINISHED) as folder:
        packed = Path(folder, "report.zip")  # Snakemake names the folder inside after the file
        workflow.run(study_file, "--cores", "1", "--report", str(packed), trust_code=trust_code)
        page = f"{packed.stem}/report.html"
        folders = {os.path.dirname(os.path.abspath(path)) for path in (study_file, *map(str, _data_files(study)))}
        _rewrite(packed, page, lambda text: _safe(_without_folders(text, {*folders, os.getcwd(), sys.prefix})))
        packed.replace(results / packed.name)
    print(f"{results}/report.zip: unpack it anywhere and open report.html in a browser.")


def _data_files(study: Study) -> list[Path]:
    """Return the files that a study reads besides the configuration: its docket, its own code and its own data."""
    own = [path for name in filter(data.csv_file_of, study.datasets) for path in data.external_files(name)]
    return [*map(Path, [*own, *study.own_code.values()]), *filter(None, [study.docket])]


def _rewrite(packed: Path, page: str, change: Callable[[str], str]) -> None:
    """Replace a page in a zip file by the result of a function of its text."""
    with ZipFile(packed) as file:
        contents = {entry: file.read(entry) for entry in file.infolist()}
    with ZipFile(packed, "w", ZIP_DEFLATED) as file:
        for entry, content in contents.items():
            changed = change(content.decode()).encode() if entry.filename == page else content
            file.writestr(entry, changed, ZIP_DEFLATED)


def _safe(page: str) -> str:
    """Return the page of a report with JSON escaped, so that no text can end a script. Snakemake does not escape it."""
    return DATA.sub(lambda line: line[0].replace("</", "<\\/").replace("<!--", "<\\!--"), page)


def _without_folders(page: str, folders: Iterable[str]) -> str:
    """Return the page of a report with paths of these folders reduced to what is inside, the longest folder first."""
    for folder in sorted(folders, key=len, reverse=True):
        page = page.replace(json.dumps(f"{folder}/")[1:-1], "")
    return page


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    add_study(parser)
    parser.add_argument("--trust-code", action="store_true", help="allow the study's own code")
    parser.set_defaults(function=write_report)
