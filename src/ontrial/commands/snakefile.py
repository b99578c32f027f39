"""Print the path of the workflow's Snakefile.

So that it runs without a clone: snakemake --snakefile "$(ontrial snakefile)" --cores all
"""

import argparse

from ontrial.storage import shipped


def snakefile() -> None:
    """Print the path."""
    print(shipped.SNAKEFILE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand: none."""
    parser.set_defaults(function=snakefile)
