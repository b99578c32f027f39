"""Check the configuration of a study, and write study.json for the later steps."""

import argparse

from ontrial.storage import files
from ontrial.study import configuration


def plan(study_json: str, output: str) -> None:
    """Check the configuration and write it as JSON."""
    files.write_text(output, configuration.parse(study_json, "the study").to_json() + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", dest="study_json", required=True, help="the configuration as JSON or YAML text")
    parser.add_argument("--output", required=True, help="the file to write")
    files.run(plan, parser)
