"""The site of a study, for the subcommands that need it."""

from pathlib import Path

from ontrial.errors import InputError
from ontrial.storage import shipped
from ontrial.study import configuration


def site_of(study_file: str) -> Path:
    """Return the folder of the site of a study. Raises InputError if the site has not been built."""
    site = Path("results") / configuration.read(study_file).name / "site"
    if not (site / "index.html").exists():
        raise InputError(f"{site}: the site does not exist. Build it with: {shipped.run_command(study_file)}")
    return site
