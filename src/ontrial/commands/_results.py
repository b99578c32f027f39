"""The results of a study, for the subcommands that read them."""

from pathlib import Path

from ontrial.errors import InputError
from ontrial.storage import files, shipped
from ontrial.study import configuration


def results_of(study: str) -> Path:
    """Return the folder of the results of a study, which may not exist. Raises InputError if it contains links.

    study: Name of the study.
    """
    results = Path("results", study)
    files.require_no_links(results)
    return results


def site_of(study_file: str) -> Path:
    """Return the folder of the site of a study. Raises InputError if the site has not been built."""
    site = results_of(configuration.read(study_file).name) / "site"
    if not (site / "index.html").exists():
        raise InputError(f"{site}: the site does not exist. Build it with: {shipped.run_command(study_file)}")
    return site
