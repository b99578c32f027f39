"""Exit with a message if results cannot be written.

For a run that broke off: on a full disk, Snakemake itself may fail without saying why.
"""

import argparse

from ontrial.storage import files


def obstacle() -> None:
    """InputError if results can't be written."""
    files.require_writable("results")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand: none."""
    parser.set_defaults(function=obstacle)
