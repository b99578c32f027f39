"""Templates of pages → their text: `[[ value ]]`, `[% if … %]`, `[# remark #]`. Formulas keep their braces that way."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from types import TracebackType

import jinja2

from ontrial.errors import InputError, unknown
from ontrial.report.site.korean_particles import particle

PERCENT = re.compile(r"```.*?```|`[^`\n]*`|(?<=\d) (?=%)", re.DOTALL)  # code stays as it is


def render(text: str, where: str, names: Mapping[str, object]) -> str:
    """Text of a template; a number and its % stay on one line. where: its file, for messages.

    Raises InputError with the file and line for a name that isn't defined, for broken syntax, and for what a function
    of `names` refuses.
    """
    try:
        code = environment().compile(text, where, where)
        filled = jinja2.Template.from_code(environment(), code, {**environment().globals, **names}).render()
    except jinja2.TemplateSyntaxError as error:
        raise InputError(f"{where}:{error.lineno}: {error.message}") from None
    except jinja2.UndefinedError as error:
        raise InputError(f"{where}:{line(error.__traceback__, where)}: {undefined(error.message, names)}") from None
    except InputError as error:
        raise InputError(f"{where}:{line(error.__traceback__, where)}: {error}") from None
    except TypeError as error:
        if not in_template(error.__traceback__, where):
            raise
        raise InputError(f"{where}:{line(error.__traceback__, where)}: {error}.") from None
    text = unicodedata.normalize("NFC", filled)
    return PERCENT.sub(lambda found: "\N{NO-BREAK SPACE}" if found[0] == " " else found[0], text)


@cache
def environment() -> jinja2.Environment:
    """Jinja2 with delimiters that neither LaTeX nor Markdown uses, in which a missing name is an error."""
    made = jinja2.Environment(
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # pages are Markdown; what comes from a user's YAML goes through `text.plain`
    )
    made.filters["particle"] = particle
    return made


def undefined(message: str, names: Mapping[str, object]) -> str:
    """What Jinja2 says of an undefined name, with the nearest one that is defined."""
    name = re.fullmatch(r"'(\w+)' is undefined", message)
    return unknown("name", name[1], names) if name else f"{message}."


def line(trace: TracebackType | None, where: str) -> int:
    """Line of the template `where` at which an error passed through it."""
    number = 0
    while trace:
        if trace.tb_frame.f_code.co_filename == where:
            number = trace.tb_lineno
        trace = trace.tb_next
    return number


def in_template(trace: TracebackType, where: str) -> bool:
    """Whether an error arose in the template itself, such as a call with wrong arguments."""
    while trace.tb_next:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_filename == where
