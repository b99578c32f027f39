"""HTML of pages: each macro of macros.html, filled in."""

from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from ontrial.report.wording import formatting


def html(macro: str, **values: Any) -> str:
    """Return the HTML of a macro; its values are escaped."""
    return str(getattr(macros(), macro)(**values))


@cache
def macros() -> jinja2.environment.TemplateModule:
    """Return the macros by name."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters["plain"] = lambda text: Markup(formatting.plain(text))
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    written = files("ontrial.report.pages").joinpath("macros.html").read_text(encoding="utf-8")
    return environment.from_string("".join(map(str.strip, written.splitlines()))).module
