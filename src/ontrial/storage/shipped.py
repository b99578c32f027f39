"""Locate the files that ship with the package: inside it in a wheel, or in the checkout of an editable install."""

import shlex
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
_IN_WHEEL = PACKAGE / "shipped"

CHECKOUT = None if _IN_WHEEL.is_dir() else PACKAGE.parents[1]
ROOT = CHECKOUT or _IN_WHEEL

DOCS = ROOT / "docs"
SNAKEFILE = ROOT / "Snakefile"
EXAMPLES = ROOT / "examples"

STUDY_FILE = "config/config.yaml"  # the default study of a folder


def in_checkout() -> bool:
    """Return whether the working folder is the checkout, which has a Makefile."""
    return Path.cwd() == CHECKOUT


def run_command(study_file: str) -> str:
    """Return the command that runs a study: `make` in the checkout, Snakemake in other folders."""
    if in_checkout():
        return f"make STUDY={shlex.quote(study_file)}"
    return "snakemake --cores all" + (f" --config study={shlex.quote(study_file)}" if study_file != STUDY_FILE else "")
