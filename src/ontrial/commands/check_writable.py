"""Exit with a message if results cannot be written.

`make` calls it after a run has failed: on a full disk, Snakemake itself may fail without saying why.
"""

import argparse

from ontrial.storage import files


def check_writable() -> None:
    """Raise InputError if results cannot be written."""
    files.require_writable("results")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Set the function of the subcommand, which has no options."""
    parser.set_defaults(function=check_writable)
