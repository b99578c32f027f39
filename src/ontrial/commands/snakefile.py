"""Print the path of the workflow's Snakefile.

Use it to run the workflow without a clone: snakemake --snakefile "$(ontrial snakefile)" --cores all
"""

import argparse

from ontrial.storage import shipped


def print_path() -> None:
    """Print the path."""
    print(shipped.SNAKEFILE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Set the function of the subcommand, which has no options."""
    parser.set_defaults(function=print_path)
