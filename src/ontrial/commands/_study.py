"""The option that names a study, for the subcommands that have it."""

import argparse

from ontrial.storage.shipped import STUDY_FILE


def add_study(parser: argparse.ArgumentParser) -> None:
    """Add the option --study, whose value is one configuration file."""
    parser.add_argument(
        "--study",
        dest="study_file",
        default=STUDY_FILE,
        metavar="FILE",
        help="configuration file (default: %(default)s)",
    )
