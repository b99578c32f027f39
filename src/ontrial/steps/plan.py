"""Check the configuration of a study, and write study.json for the later steps."""

from ontrial.storage import files, options
from ontrial.storage.options import Output
from ontrial.study.configuration import parse


def plan(configuration: str, study: Output) -> None:
    """Check the configuration and write it as JSON.

    configuration: Configuration of the study as JSON or YAML text.
    study: The checked study, to write (.json).
    """
    files.write_text(study, parse(configuration, "the study").to_json() + "\n")


if __name__ == "__main__":
    options.run(plan)
