"""The claims of a study, checked → docket.json, for the steps that try and show them."""

import argparse

from ontrial.judge import checks
from ontrial.storage import files
from ontrial.study import study


def docket(study_file: str, claims: str, output: str) -> None:
    """Check the claims and write those that the study tries, with the works that they cite."""
    files.write_text(output, checks.read(claims, study.load(study_file)).to_json() + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", dest="study_file", required=True, help="study.json")
    parser.add_argument("--claims", required=True, help="the claims (.yaml)")
    parser.add_argument("--output", required=True, help="the file to write (.json)")
    files.run(docket, parser)
