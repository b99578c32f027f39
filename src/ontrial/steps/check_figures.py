"""Fail if a figure could not be drawn, and say why and what to do."""

import shlex

from ontrial.errors import InputError
from ontrial.storage import options
from ontrial.storage.options import Input
from ontrial.study import study_files


def check_figures(failed: list[Input], index: Input) -> None:
    """Raise InputError with the error of every figure that could not be drawn.

    failed: Errors of the figures that were not drawn (.json).
    index: First page of the site.
    """
    errors = {path: study_files.read_result(path, "**/failed.json") for path in failed}
    lines = [f"- {name}: {error}" for by_name in errors.values() for name, error in by_name.items()]
    if lines:
        lists = shlex.join(path for path, by_name in errors.items() if by_name)
        raise InputError(
            "\n".join([f"{index}: the site is ready, but these figures could not be drawn:", *lines])
            + f"\nThe log of the rule draw has the details. To draw again: rm {lists}, and run the same command again."
        )


if __name__ == "__main__":
    options.run(check_figures)
