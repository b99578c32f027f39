"""Fill in templates of pages: `[[ value ]]`, `[% if … %]`, `[# comment #]`. Braces remain free for formulas."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from types import CodeType, TracebackType

import jinja2

from ontrial.errors import InputError, unknown
from ontrial.report.markdown import Markdown, code
from ontrial.report.site.korean_particles import particle

CODE_OR_PERCENT = re.compile(r"```.*?```|`[^`\n]*`|(?<=\d) (?=%)", re.DOTALL)


def render(text: str, file: str, names: Mapping[str, object]) -> Markdown:
    """Return a template with its values filled in. Values that are not Markdown are escaped.

    A number and its % stay on one line, except in code. Raises InputError with file and line for an undefined name, a
    syntax error, and an InputError of a function in `names`.

    text: Text of the template.
    file: Path of the template, for messages.
    names: Values and functions that the template can use, by name.
    """
    try:
        names_and_functions = {**environment().globals, **names}
        filled = jinja2.Template.from_code(environment(), _compiled(text, file), names_and_functions).render()
    except jinja2.TemplateSyntaxError as error:
        raise InputError(f"{file}:{error.lineno}: {error.message}") from None
    except RecursionError:
        raise InputError(f"{file}: nested too deeply.") from None
    except jinja2.UndefinedError as error:
        message = _undefined(error.message or "", names)
        raise InputError(f"{file}:{_line_number(error.__traceback__, file)}: {message}") from None
    except InputError as error:
        raise InputError(f"{file}:{_line_number(error.__traceback__, file)}: {error}") from None
    except TypeError as error:
        if not _in_template(error.__traceback__, file):
            raise
        raise InputError(f"{file}:{_line_number(error.__traceback__, file)}: {error}.") from None
    composed = unicodedata.normalize("NFC", filled)
    return Markdown(CODE_OR_PERCENT.sub(lambda match: "\N{NO-BREAK SPACE}" if match[0] == " " else match[0], composed))


@cache  # most pages share their template with others
def _compiled(text: str, file: str) -> CodeType:
    return environment().compile(text, file, file)


@cache
def environment() -> jinja2.Environment:
    """Return a Jinja2 environment whose delimiters neither LaTeX nor Markdown uses. Undefined names are errors."""
    jinja = jinja2.Environment(
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=True,
        finalize=Markdown.escape,  # before Jinja2's own escape, which leaves Markdown unchanged
    )
    jinja.filters |= {"particle": particle, "code": code}
    return jinja


def _undefined(message: str, names: Mapping[str, object]) -> str:
    """Return Jinja2's message about an undefined name, with the nearest defined name."""
    match = re.fullmatch(r"'(\w+)' is undefined", message)
    return unknown("name", match[1], names) if match else f"{message}."


def _line_number(trace: TracebackType | None, file: str) -> int:
    """Return the innermost line of a template in the trace of an error."""
    number = 0
    while trace:
        if trace.tb_frame.f_code.co_filename == file:
            number = trace.tb_lineno
        trace = trace.tb_next
    return number


def _in_template(trace: TracebackType | None, file: str) -> bool:
    """Return whether the template itself raised an error, for example by a call with wrong arguments."""
    innermost = None
    while trace:
        innermost = trace.tb_frame.f_code.co_filename
        trace = trace.tb_next
    return innermost == file
