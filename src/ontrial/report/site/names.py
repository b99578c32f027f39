"""Check the names that pages use: values, functions, and the figures and claims that functions are given."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from jinja2 import nodes

from ontrial.errors import InputError, unknown
from ontrial.report.site.templates import environment

VALUES = ("language", "study_name", "config_option", "provenance", "reference")
# A function for pages with its first parameter. Importing the modules would delay every start of Snakemake.
FUNCTION = re.compile(r'^@template_name\("(\w+)"\)\ndef \w+\(\s*page: Page(?:,\s*(\w+))?', re.MULTILINE)
OF_FIGURES = ("figure", "figure_link", "has_figure", "picture")  # functions that take the name of a figure


def require(pages: Mapping[str, str], templates: Mapping[str, str], known: Mapping[str, Collection[str]]) -> None:
    """Raise InputError with all unknown names in texts, by location.

    pages: Texts that use nothing but the values and functions of all pages.
    templates: Texts that the code gives further values, so that only the functions they call are checked.
    known: Names of each kind, "claim" and "figure".
    """
    lines = [
        f"{where}:{line}: {message}"
        for texts, complete in ((pages, True), (templates, False))
        for where, text in texts.items()
        for line, message in mistakes(text, known, complete=complete)
    ]
    if lines:
        raise InputError("\n".join(lines))


def mistakes(text: str, known: Mapping[str, Collection[str]], *, complete: bool) -> Iterator[tuple[int, str]]:
    """Yield the line of each unknown name in a text, and a message.

    complete: Whether the text has no other values than those of all pages.
    """
    if "[[" not in text and "[%" not in text:
        return
    tree = environment().parse(text)
    calls = list(tree.find_all(nodes.Call))
    names = list(tree.find_all(nodes.Name))
    own = {node.name for node in names if node.ctx != "load"} | {macro.name for macro in tree.find_all(nodes.Macro)}
    defined = {*VALUES, *functions(), *environment().globals, "loop", *own}
    used = names if complete else [call.node for call in calls if isinstance(call.node, nodes.Name)]
    for node in used:
        if node.name not in defined:
            yield node.lineno, unknown("name", node.name, defined)
    for call in calls:
        function = getattr(call.node, "name", "")
        kind = "figure" if function in OF_FIGURES else "claim" if functions().get(function) == "id" else None
        named = call.args[0].value if call.args and isinstance(call.args[0], nodes.Const) else None
        if kind and named and named not in known[kind]:
            yield call.lineno, unknown(kind, named, known[kind])


@cache
def functions() -> dict[str, str]:
    """Return the first parameter of each function for pages, by the name of the function; "" without one."""
    modules: Iterable[Path] = sorted(Path(__file__).parents[1].glob("pages/**/*.py"))
    return dict(pair for module in modules for pair in FUNCTION.findall(module.read_text(encoding="utf-8")))
