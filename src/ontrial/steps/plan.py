"""The checked study → study.json, for the steps that need all of it."""

import argparse

from ontrial.storage import files
from ontrial.study import configuration


def plan(study_json: str, output: str) -> None:
    """Check the configuration once more and write it in its canonical form."""
    files.write_text(output, configuration.parse(study_json, "the study").to_json() + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", dest="study_json", required=True, help="the configuration, as JSON or YAML text")
    parser.add_argument("--output", required=True, help="the file to write")
    files.run(plan, parser)
