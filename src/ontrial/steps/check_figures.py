"""Fail if a figure could not be drawn, and say why and what to do."""

import argparse

from ontrial.errors import InputError
from ontrial.storage import files


def check_figures(failed: list[str], index: str) -> None:
    """Raise InputError with the error of every figure that could not be drawn. failed: the lists of them."""
    errors = {path: files.read_json(path) for path in failed}
    lines = [f"- {name}: {error}" for by_name in errors.values() for name, error in by_name.items()]
    if lines:
        lists = " ".join(path for path, by_name in errors.items() if by_name)
        raise InputError(
            "\n".join([f"{index}: the site is ready, but these figures could not be drawn:", *lines])
            + f"\nThe log of the rule draw has the details. To draw again: rm {lists}, and run the same command again."
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failed", nargs="+", required=True, help="the errors of figures that were not drawn (.json)")
    parser.add_argument("--index", required=True, help="the first page of the site")
    files.run(check_figures, parser)
