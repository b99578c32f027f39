"""HTML of pages, from the macros of macros.html."""

from functools import cache
from importlib.resources import files
from typing import Any

import jinja2

from ontrial.report.markdown import Markdown


def html(macro: str, **values: Any) -> Markdown:
    """Return the HTML of a macro as part of a page. Its values are escaped unless they are Markdown."""
    return Markdown(getattr(macros(), macro)(**values))


@cache
def macros() -> jinja2.environment.TemplateModule:
    """Return the macros as attributes of a module, without line ends, because Markdown takes each piece as one line."""
    environment = jinja2.Environment(autoescape=True, finalize=Markdown.escape, undefined=jinja2.StrictUndefined)
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    source = files("ontrial.report.pages").joinpath("macros.html").read_text(encoding="utf-8")
    return environment.from_string("".join(map(str.strip, source.splitlines()))).module
