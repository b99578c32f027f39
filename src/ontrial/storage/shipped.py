"""Locate the files that ship with the package: inside it in a wheel, or in the checkout of an editable install."""

import shlex
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
_IN_WHEEL = PACKAGE / "shipped"

CHECKOUT = None if _IN_WHEEL.is_dir() else PACKAGE.parents[1]
ROOT = CHECKOUT or _IN_WHEEL

DOCS = ROOT / "docs"
SNAKEFILE = ROOT / "Snakefile"
TEMPLATE = ROOT / "template"


def run_command(study_file: str) -> str:
    """Return the command that runs a study: `make` in the checkout, Snakemake in any other folder."""
    return f"make STUDY={shlex.quote(study_file)}" if Path.cwd() == CHECKOUT else "snakemake --cores all"
