"""The judgement of a table of runs as one HTML file, which needs no other file and sends no request."""

import base64
from importlib.resources import files

import jinja2

from ontrial.report.pages.judgements.report import Report
from ontrial.report.site import csp


def page(text: Report, svg: str) -> str:
    """Return the HTML of the page.

    svg: The figure. Empty if it would be too long.
    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    folder = files("ontrial.report.pages.judgements")
    style = folder.joinpath("page.css").read_text(encoding="utf-8")
    template = environment.from_string(folder.joinpath("page.html").read_text(encoding="utf-8"))
    return template.render(
        text=text,
        figure=f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}" if svg else "",
        style=style,
        style_source=csp.hash_source(style),
    )
