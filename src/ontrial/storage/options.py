"""The command line of a step, derived from the signature and the docstring of its function."""

import argparse
import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ontrial.errors import DamagedError
from ontrial.storage import files, process

Input = str  # path of a file that a step reads
Output = str  # path of a file or folder that a step writes
NOTE = re.compile(r"^(\w+): (.+)$", re.MULTILINE)  # a line of a docstring that describes a parameter


class Option(NamedTuple):
    """An option of a step.

    name: Name of the parameter.
    type: Input, Output, str or int.
    is_list: Whether it takes any number of values.
    is_optional: Whether the value may be None, which is then the default.
    note: Description in the docstring.
    """

    name: str
    type: str
    is_list: bool
    is_optional: bool
    note: str

    @property
    def flag(self) -> str:
        """Name on the command line."""
        return f"--{self.name.replace('_', '-')}"


def of_step(path: Path) -> list[Option]:
    """Return the options of a step, which are the parameters of the first function of its module.

    The module is read, not imported: importing would take too long for Snakemake.
    """
    module = ast.parse(path.read_text(encoding="utf-8"))
    step = next(node for node in module.body if isinstance(node, ast.FunctionDef))
    notes = dict(NOTE.findall(ast.get_docstring(step) or ""))
    options = []
    for parameter in step.args.args:
        annotation = ast.unparse(parameter.annotation) if parameter.annotation else ""
        one, *optional = annotation.split(" | ")
        type = one.removeprefix("list[").removesuffix("]")
        options.append(Option(parameter.arg, type, one != type, bool(optional), notes[parameter.arg]))
    return options


def run(step: Callable[..., None]) -> None:
    """Call a step with the options of the command line. A list is empty if its option is not given.

    Damaged files of a study are set aside, so that the next run rebuilds them.
    """
    path = Path(step.__code__.co_filename)
    description = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    parser = argparse.ArgumentParser(description=description, allow_abbrev=False)
    for option in of_step(path):
        parser.add_argument(
            option.flag,
            nargs="*" if option.is_list else "?" if option.is_optional else None,
            type=int if option.type == "int" else str,
            default=[] if option.is_list and not option.is_optional else None,
            required=not (option.is_list or option.is_optional),
            help=option.note,
        )

    def call(**values: object) -> None:
        try:
            step(**values)
        except DamagedError as error:
            raise files.set_aside(error) from None

    process.call(call, vars(parser.parse_args()))
