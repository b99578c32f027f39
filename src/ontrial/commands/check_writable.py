"""After a run that broke off: tell if results can't be written. Snakemake itself may fall over that."""

import argparse

from ontrial.storage import files


def obstacle() -> None:
    """InputError if results can't be written."""
    files.require_writable("results")


if __name__ == "__main__":
    files.run(obstacle, argparse.ArgumentParser(description=__doc__))
