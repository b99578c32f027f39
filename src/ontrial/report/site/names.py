"""Check the names that pages use: values, functions, and the figures and claims that functions are given."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from jinja2 import nodes

from ontrial.errors import InputError, unknown
from ontrial.report.site.templates import environment

VALUES = ("language", "study_name", "config_option", "provenance")


@dataclass(frozen=True)
class Known:
    """The names that pages can use.

    functions: Each function with what its argument names, "claim" or "figure"; "" for anything else.
    claims: Ids of claims.
    figures: Names of figures.
    pages: Names of the pages that the site has. Others are not checked.
    templates: The same for templates.
    measurements: Names of the measurements and published studies that the site shows.
    """

    functions: Mapping[str, str]
    claims: Collection[str] = ()
    figures: Collection[str] = ()
    pages: Collection[str] = ()
    templates: Collection[str] = ()
    measurements: Collection[str] = ()


def require(pages: Mapping[str, str], templates: Mapping[str, str], known: Known) -> None:
    """Raise InputError with all unknown names in texts, by location.

    pages: Texts that use nothing but the values and functions of all pages.
    templates: Texts that the code gives further values, so that only the functions they call are checked.
    """
    lines = [
        f"{where}:{line}: {message}"
        for texts, complete in ((pages, True), (templates, False))
        for where, text in texts.items()
        for line, message in mistakes(text, known, complete=complete)
    ]
    if lines:
        raise InputError("\n".join(lines))


def mistakes(text: str, known: Known, *, complete: bool) -> Iterator[tuple[int, str]]:
    """Yield the line of each unknown name in a text, and a message.

    complete: Whether the text has no other values than those of all pages.
    """
    if "[[" not in text and "[%" not in text:
        return
    tree = environment().parse(text)
    calls = list(tree.find_all(nodes.Call))
    names = list(tree.find_all(nodes.Name))
    own = {node.name for node in names if node.ctx != "load"} | {macro.name for macro in tree.find_all(nodes.Macro)}
    defined = {*VALUES, *known.functions, *environment().globals, "loop", *own}
    left_out = nodes_left_out(tree, known)
    used = names if complete else [call.node for call in calls if isinstance(call.node, nodes.Name)]
    for node in used:
        if node.name not in defined and id(node) not in left_out:
            yield node.lineno, unknown("name", node.name, defined)
    for call in (call for call in calls if id(call) not in left_out):
        kind = known.functions.get(getattr(call.node, "name", ""), "")
        named = call.args[0].value if call.args and isinstance(call.args[0], nodes.Const) else None
        names_of_kind = {"claim": known.claims, "figure": known.figures}.get(kind, ())
        if kind and named and named not in names_of_kind:
            yield call.lineno, unknown(kind, named, names_of_kind)


def nodes_left_out(tree: nodes.Template, known: Known) -> set[int]:
    """Return the ids of the names and calls in parts of a template that need what the site lacks, as of a book.

    Such a part asks for a page, a figure or a measurement: [% if has_page("name") %] or … if has_figure("name") else ….
    """
    parts: list[nodes.If | nodes.CondExpr] = [*tree.find_all(nodes.If), *tree.find_all(nodes.CondExpr)]
    has = {"has_page": known.pages, "has_figure": known.figures, "has_measurement": known.measurements}
    lacking = [part for part in parts if any(asked_for(part, function) - {*names} for function, names in has.items())]
    return {id(node) for part in lacking for node in part.find_all((nodes.Name, nodes.Call))}


def asked_for(part: nodes.If | nodes.CondExpr, function: str) -> set[str]:
    """Return the names that a condition gives a function, such as has_page."""
    calls = [*part.test.find_all(nodes.Call), *([part.test] if isinstance(part.test, nodes.Call) else [])]
    asking = [call for call in calls if getattr(call.node, "name", "") == function]
    return {call.args[0].value for call in asking if call.args and isinstance(call.args[0], nodes.Const)}
