"""Check the claims of a study, and write docket.json for the steps that test and show them."""

from ontrial.judge import checks
from ontrial.storage import files, options
from ontrial.storage.options import Input, Output
from ontrial.study.study import load_study


def write_docket(study: Input, claims: Input, docket: Output) -> None:
    """Write the claims that the study tests and the works that they cite.

    study: The study (study.json).
    claims: The claims (.yaml).
    docket: The checked claims, to write (.json).
    """
    files.write_text(docket, checks.read_docket(claims, load_study(study)).to_json() + "\n")


if __name__ == "__main__":
    options.run(write_docket)
