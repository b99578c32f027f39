"""Write environment.yml from requirements/run.lock.

It installs the same versions for users of conda.
"""

import argparse
import re

from ontrial.storage import files

HEADER = """\
# Generated from requirements/run.lock by `make lock`: the same versions for users of conda. Conda cannot check the
# hashes of the lock file; `make setup` does.
#   conda env create --file environment.yml && conda activate ontrial
#   pip install --no-deps --no-build-isolation --editable . && snakemake --cores all
name: ontrial
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python >=3.11,<3.14 # immutables has no wheel for 3.14, and pip would need a C compiler to build it
  - pip
  - git
  - make
  - pip:
"""


def write_environment(lock: str, output: str) -> None:
    """Write the environment file for a lock file."""
    files.write_text(output, environment_file(files.read_text(lock)))


def environment_file(lock: str) -> str:
    """Return the text of environment.yml. pip installs every pin, since the lock has PyPI's versions."""
    return HEADER + "".join(
        f'      - "{pin.strip()}"\n' for pin in re.findall(r"^[\w.-]+==[^\\\n]+", lock, re.MULTILINE)
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument("--lock", default="requirements/run.lock", help="lock file to read (default: %(default)s)")
    parser.add_argument("--output", default="environment.yml", help="file to write (default: %(default)s)")
    parser.set_defaults(function=write_environment)
