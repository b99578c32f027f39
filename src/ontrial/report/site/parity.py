"""Check that all languages have the same pages, headings, figures, terms, numbers, formulas, code and links."""

import ast
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import combinations

import jinja2

from ontrial.errors import InputError
from ontrial.report.site.templates import environment

HEADING = re.compile(r"^(#+) .*?(?:\{:? *(#.+?) *\})?$", re.MULTILINE)
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$]+\$", re.DOTALL)
NAME = re.compile(r"[\w+.-]*", re.ASCII)
TEMPLATE = re.compile(r"\[\[.*?\]\]|\[%.*?%\]", re.DOTALL)
NUMBER = re.compile(r"\d+\.\d+|\d{1,3}(?:,\d{3})+|\d{4,}")  # shorter ones may be words in one language
ADDRESS = re.compile(r"\]\((https?://[^)]+)\)")


def require(texts: Mapping[str, Mapping[str, str]]) -> None:
    """Raise InputError with everything that one language has and another lacks.

    texts: Texts by language and location in docs. "{}" in a location stands for the language, as in "{}/losses.md"
    and "{}/figures.yaml: neuron.alt".
    """
    if lines := list(differences(texts)):
        head = "docs: the languages differ. Write the same in each; one without an index.md is left out of the site."
        raise InputError("\n- ".join([head, *lines]))


def differences(texts: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield a message for each thing that one language has and another lacks, location by location."""
    for location in dict.fromkeys(location for of_language in texts.values() for location in of_language):
        having = [language for language in texts if location in texts[language]]
        for language in texts:
            if language not in having:
                yield f"{_where(location, language)}: missing, {_where(location, having[0])} exists."
        for one, other in combinations(having, 2):
            yield from compare_texts(
                texts[one][location], texts[other][location], _where(location, one), _where(location, other)
            )


def _where(location: str, language: str) -> str:
    """Return a location as messages name it: its path, and the language if that is not in the path."""
    return f"docs/{location.replace('{}', language)}" if "{}" in location else f"docs/{location} in {language}"


def compare_texts(one: str, other: str, where_one: str, where_other: str) -> Iterator[str]:
    """Yield a message for each part that one of two texts has and the other lacks, and for headings in another order.

    where_one, where_other: Locations of the texts, for messages.
    """
    for kind, extract in PARTS.items():
        parts, others = _parts_of(extract, one, where_one), _parts_of(extract, other, where_other)
        if parts != others:
            yield from _missing(kind, parts, others, where_one, where_other)
            yield from _missing(kind, others, parts, where_other, where_one)
    expected, actual = _headings(one), _headings(other)
    if Counter(expected) == Counter(actual) and expected != actual:
        first, instead = next(pair for pair in zip(expected, actual, strict=True) if pair[0] != pair[1])
        yield f"{where_other}: heading {instead} comes where {where_one} has {first}."


def _parts_of(extract: Callable[[str], list[str]], text: str, where: str) -> list[str]:
    """Return the parts of a text. Raises InputError for a syntax error in a template or in code."""
    try:
        return extract(text)
    except jinja2.TemplateSyntaxError as error:
        raise InputError(f"{where}:{error.lineno}: {error.message}") from None
    except SyntaxError as error:
        raise InputError(f"{where}: code that is not Python: {error.msg}: {(error.text or '').strip()}") from None


def _missing(kind: str, parts: list[str], others: list[str], where_parts: str, where_others: str) -> Iterator[str]:
    """Yield a message for each of `parts` that `others` lacks, or has less often."""
    for part, surplus in (Counter(parts) - Counter(others)).items():
        times = f" {surplus} times" if surplus > 1 else ""
        yield f"{where_others}: {kind} {textwrap.shorten(part, 300)} is missing{times}, {where_parts} has it."


def _headings(text: str) -> list[str]:
    """Return the level and anchor of each heading, such as "## #a-neuron"."""
    return [" ".join(filter(None, groups)) for groups in HEADING.findall(FENCE.sub("", text))]


def _expressions(text: str) -> list[str]:
    """Return the expressions of a template, such as figures, tables and numbers, without particles."""
    return [f"[[ {expression} ]]" for expression in _enclosed(text, "variable")]


def _statements(text: str) -> list[str]:
    return [f"[% {statement} %]" for statement in _enclosed(text, "block")]


def _enclosed(text: str, kind: str) -> list[str]:
    """Return the code between the template's delimiters. Particles are dropped, and words of the language become "…".

    kind: "variable" or "block".
    """
    contents: list[str] = []
    inside = False
    for token, value in _tokens(text):
        if token == f"{kind}_begin":
            inside = True
            contents.append("")
        elif token == f"{kind}_end":
            inside = False
        elif inside:
            is_words = token == "string" and not NAME.fullmatch(value[1:-1])
            contents[-1] += '"…"' if is_words else value
    return [re.sub(r" ?\| ?particle\([^)]*\)", "", " ".join(content.split())) for content in contents]


@cache
def _tokens(text: str) -> list[tuple[str, str]]:
    return [(kind, value) for _, kind, value in environment().lex(text)] if "[" in text else []


def formulas(text: str) -> list[str]:
    """Return the distinct formulas of a text, without the words in them."""
    matches = FORMULA.findall(FENCE.sub("", text))
    return list(dict.fromkeys(re.sub(r"\\text\{[^}]*\}|\s", "", formula) for formula in matches))


def _long_numbers(text: str) -> list[str]:
    """Return the distinct long numbers that the prose itself contains, such as 1,797."""
    for other in (FENCE, FORMULA, TEMPLATE, ADDRESS):
        text = other.sub("", text)
    return list(dict.fromkeys(NUMBER.findall(text)))


def _code(text: str) -> list[str]:
    """Return the lines of code and of its output. Python loses its comments, which are in the page's language."""
    return [
        line for _, language, block in FENCE.findall(text) for line in _code_lines(language, textwrap.dedent(block))
    ]


def _code_lines(language: str, block: str) -> list[str]:
    block = ast.unparse(ast.parse(block)) if language == "python" else block
    return [line.strip() for line in block.splitlines() if line.strip()]


def _addresses(text: str) -> list[str]:
    """Return the distinct addresses of links that lead outside the site."""
    return list(dict.fromkeys(ADDRESS.findall(text)))


PARTS: dict[str, Callable[[str], list[str]]] = {
    "heading": _headings,
    "expression": _expressions,
    "statement": _statements,
    "formula": formulas,
    "number": _long_numbers,
    "code": _code,
    "link": _addresses,
}
