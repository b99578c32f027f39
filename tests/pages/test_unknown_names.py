"""Names in pages that nothing defines: values, functions, figures and claims."""

import inspect

import pytest
from support.contents import SITE
from support.messages import message_of
from support.pages import page_of

from ontrial.report.site import names

TAKES = {name: function.takes for name, function in SITE.functions.items()}
KNOWN = names.Known(TAKES, claims=["relu-cheap"], figures=["curves"])


def parameters_of(function) -> list[str]:
    """Return the names of the parameters of a function for pages, after the page."""
    page, *others = inspect.signature(function).parameters
    assert page == "page"
    return others


def test_pages_can_use_every_function_of_the_table(results):
    assert {*SITE.functions, *names.VALUES} == page_of(results).names.keys()


def test_the_table_says_which_functions_take_a_claim():
    first = {name: parameters_of(function)[:1] for name, function in SITE.load_functions().items()}
    takes_claim = {name for name, takes in TAKES.items() if takes == "claim"}
    assert takes_claim == {name for name, parameters in first.items() if parameters == ["id"]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('\n[[ acuracy("grid") ]]', 'a.md:2: unknown name "acuracy". Did you mean "accuracy"?'),
        ("[% if tru %]x[% endif %]", 'a.md:1: unknown name "tru". '),
        ("[[ langage | upper ]]", 'a.md:1: unknown name "langage". Did you mean "language"?'),
        ('[[ figure("curvs") ]]', 'a.md:1: unknown figure "curvs". Did you mean "curves"? Known: curves.'),
        ('[% if has_claim("relu") %]x[% endif %]', 'a.md:1: unknown claim "relu". '),
    ],
)
def test_an_unknown_name_is_reported_with_its_line(text, message):
    assert message_of(names.require, {"a.md": text}, {}, KNOWN).startswith(message)


def test_all_unknown_names_are_reported_at_once():
    message = message_of(names.require, {"a.md": "[[ one ]] [[ language ]]", "b.md": "[[ two ]]"}, {}, KNOWN)
    assert [line.split(".md")[0] for line in message.splitlines()] == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        '[% macro shown(id) %][[ verdict(id) ]][% endmacro %][[ shown("relu-cheap") ]]',
        "[% set all = cells() %][% for one in claims() %][[ one.name ]][[ loop.index ]][[ all ]][% endfor %]",
        '[[ figure("curves") ]] [[ table("any") ]] [[ range(3) | length ]] [% if true %][[ study_name ]][% endif %]',
        "no template: [a](b)",
    ],
)
def test_names_that_a_page_defines_itself_are_known(text):
    names.require({"a.md": text}, {}, KNOWN)


def test_a_template_may_have_further_values_and_no_further_functions():
    names.require({}, {"claim.md": "[[ statement ]]"}, KNOWN)
    assert 'unknown name "verdit"' in message_of(names.require, {}, {"claim.md": "[[ verdit(id) ]]"}, KNOWN)
