"""The judgement of a table of runs as one HTML file, which needs no other file and sends no request."""

import base64
from collections.abc import Mapping
from importlib.resources import files

import jinja2

from ontrial.report.figures.formats import NARROW
from ontrial.report.pages.judgements.report import Report
from ontrial.report.site import csp


def page(text: Report, pictures: Mapping[float, Mapping[str, bytes]]) -> str:
    """Return the HTML of the page.

    pictures: SVGs of the figure by width and colour scheme. Empty if it would be too long.
    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    folder = files("ontrial.report.pages.judgements")
    style = folder.joinpath("page.css").read_text(encoding="utf-8")
    template = environment.from_string(folder.joinpath("page.html").read_text(encoding="utf-8"))
    return template.render(
        text=text,
        narrow=NARROW,
        pictures={width: {scheme: _address(svg) for scheme, svg in each.items()} for width, each in pictures.items()},
        style=style,
        style_source=csp.hash_source(style),
    )


def _address(svg: bytes) -> str:
    """Return the address of a picture that is in the address itself."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
