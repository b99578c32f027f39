"""Write study.json, the checked configuration of a study, for the later steps."""

from ontrial.storage import files, options
from ontrial.storage.options import Output


def plan(configuration: str, study: Output) -> None:
    """Write the configuration, which the workflow has checked where its files are.

    configuration: Configuration of the study as JSON.
    study: The checked study, to write (.json).
    """
    files.write_text(study, f"{configuration}\n")


if __name__ == "__main__":
    options.run(plan)
