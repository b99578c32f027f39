"""The option that names a study, and the results of a study, for the subcommands that have or read them."""

import argparse
from collections.abc import Iterable
from pathlib import Path

from ontrial.errors import InputError
from ontrial.judge import checks
from ontrial.storage import files, shipped
from ontrial.study import configuration
from ontrial.study.study import Study
from ontrial_judge.core.verdicts import Verdict


def add_study(parser: argparse.ArgumentParser) -> None:
    """Add the option --study, whose value is one configuration file."""
    parser.add_argument(
        "--study",
        dest="study_file",
        default=shipped.STUDY_FILE,
        metavar="FILE",
        help="configuration file (default: %(default)s)",
    )


def results_of(study: str) -> Path:
    """Return the folder of the results of a study, which may not exist. Raises InputError if it contains links.

    study: Name of the study.
    """
    results = Path("results", study)
    files.require_no_links(results)
    return results


def changed_claims(study: Study, verdicts: Iterable[Verdict]) -> list[str]:
    """Return the ids of the claims whose verdicts belong to another test, or that have a verdict or a test alone."""
    claims = checks.read_docket(study.docket, study).claims.values() if study.docket else ()
    tested = {claim.id: claim.hash for claim in claims}
    judged = {verdict.claim: verdict.hash for verdict in verdicts}
    return sorted(id for id in tested.keys() | judged.keys() if tested.get(id) != judged.get(id))


def site_of(study_file: str) -> Path:
    """Return the folder of the site of a study. Raises InputError if the site has not been built."""
    site = results_of(configuration.read_study(study_file).name) / "site"
    if not (site / "index.html").exists():
        raise InputError(f"{site}: the site does not exist. Build it with: {shipped.run_command(study_file)}")
    return site
