"""The command line of a step, derived from the signature and the docstring of its function."""

import argparse
import inspect
import re
from collections.abc import Callable
from types import NoneType
from typing import Annotated, Any, NamedTuple, get_args, get_origin

from ontrial.errors import DamagedError
from ontrial.storage import files, process

Input = Annotated[str, "path of a file that a step reads"]
Output = Annotated[str, "path of a file or folder that a step writes"]
NOTE = re.compile(r"^(\w+): (.+)$", re.MULTILINE)  # a line of a docstring that describes a parameter


class Option(NamedTuple):
    """An option of a step.

    name: Name of the parameter.
    type: Input, Output, str or int, of each value if it takes several.
    is_list: Whether it takes any number of values.
    is_optional: Whether the value may be None, which is then the default.
    note: Description in the docstring.
    """

    name: str
    type: Any
    is_list: bool
    is_optional: bool
    note: str

    @property
    def flag(self) -> str:
        """Name on the command line."""
        return f"--{self.name.replace('_', '-')}"


def of_step(step: Callable[..., None]) -> list[Option]:
    """Return the options of a step: the parameters of its function, except those that can only be given by name."""
    notes = dict(NOTE.findall(inspect.getdoc(step) or ""))
    options = []
    for parameter in inspect.signature(step, eval_str=True).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY:
            continue
        is_optional = NoneType in get_args(parameter.annotation)
        type = get_args(parameter.annotation)[0] if is_optional else parameter.annotation
        is_list = get_origin(type) is list
        type = get_args(type)[0] if is_list else type
        options.append(Option(parameter.name, type, is_list, is_optional, notes[parameter.name]))
    return options


def run(step: Callable[..., None]) -> None:
    """Call a step with the options of the command line. A list is empty if its option is not given.

    Damaged files of a study are set aside, so that the next run rebuilds them.
    """
    parser = argparse.ArgumentParser(description=step.__globals__["__doc__"], allow_abbrev=False)
    for option in of_step(step):
        parser.add_argument(
            option.flag,
            nargs="*" if option.is_list else "?" if option.is_optional else None,
            type=int if option.type is int else str,
            default=[] if option.is_list else None,
            required=not (option.is_list or option.is_optional),
            help=option.note,
        )

    def call(**values: object) -> None:
        try:
            step(**values)
        except DamagedError as error:
            raise files.set_aside(error) from None

    process.call(call, vars(parser.parse_args()))
