"""Code and data that runs depend on → engine.sha256, the digest of each: one input of a training job, not dozens."""

import argparse
import os

from ontrial.steps import files
from ontrial.steps.machine import ROOT


def engine(sources: list[str], output: str) -> None:
    """Write the digests as `sha256sum --check` reads them in the folder of the project."""
    lines = [f"{files.sha256(source)}  {os.path.relpath(source, ROOT)}\n" for source in sources]
    files.write_text(output, "".join(lines))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", required=True, help="the file to write")
    parser.add_argument("sources", nargs="+", help="modules and data")
    files.run(engine, parser)
