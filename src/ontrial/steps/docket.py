"""Check the claims of a study, and write docket.json for the steps that test and show them."""

import argparse

from ontrial.judge import checks
from ontrial.storage import files
from ontrial.study.study import load_study


def docket(study_file: str, claims: str, output: str) -> None:
    """Write the claims that the study tests and the works that they cite."""
    files.write_text(output, checks.read(claims, load_study(study_file)).to_json() + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", dest="study_file", required=True, help="study.json")
    parser.add_argument("--claims", required=True, help="the claims (.yaml)")
    parser.add_argument("--output", required=True, help="the file to write (.json)")
    files.run(docket, parser)
