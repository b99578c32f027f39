"""Whether all languages say the same: pages, headings, figures, terms, bound numbers, formulas, code and links."""

import ast
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
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


def require(written: Mapping[str, Mapping[str, str]]) -> None:
    """Raise InputError with everything that one language has and another lacks.

    written: language → place below docs → text. "{}" in a place stands for the language: "{}/losses.md",
    "{}/figures.yaml: neuron.alt", "words.yaml: neuron".
    """
    if found := list(differences(written)):
        head = "docs: the languages differ. Write the same in each; one without an index.md is left out of the site."
        raise InputError("\n- ".join([head, *found]))


def differences(written: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """What one language has and another lacks, place by place, in words."""
    for place in dict.fromkeys(place for texts in written.values() for place in texts):
        having = [language for language in written if place in written[language]]
        for language in written:
            if language not in having:
                yield f"{where(place, language)}: missing, {where(place, having[0])} is there."
        for one, other in combinations(having, 2):
            yield from between(written[one][place], written[other][place], where(place, one), where(place, other))


def where(place: str, language: str) -> str:
    """A place in a language, for messages."""
    return f"docs/{place.replace('{}', language)}" if "{}" in place else f"docs/{place} in {language}"


def between(one: str, other: str, here: str, there: str) -> Iterator[str]:
    """What one of two texts has and the other lacks; headings in another order. here, there: where they stand."""
    found = {kind: (read(parts, one, here), read(parts, other, there)) for kind, parts in PARTS.items()}
    for kind, (mine, theirs) in found.items():
        yield from lacking(kind, mine, theirs, here, there)
        yield from lacking(kind, theirs, mine, there, here)
    mine, theirs = found["heading"]
    if Counter(mine) == Counter(theirs) and mine != theirs:
        wanted, instead = next(pair for pair in zip(mine, theirs, strict=True) if len(set(pair)) > 1)
        yield f"{there}: heading {instead} comes where {here} has {wanted}."


def read(parts: Callable[[str], list[str]], text: str, where: str) -> list[str]:
    """Parts of a text; InputError for a template or for code that can't be read."""
    try:
        return parts(text)
    except jinja2.TemplateSyntaxError as error:
        raise InputError(f"{where}:{error.lineno}: {error.message}") from None
    except SyntaxError as error:
        raise InputError(f"{where}: code that isn't Python: {error.msg}: {(error.text or '').strip()}") from None


def lacking(kind: str, parts: list[str], others: list[str], here: str, there: str) -> Iterator[str]:
    """A line for each part that is `here` and missing `there`, or there less often."""
    for part, surplus in (Counter(parts) - Counter(others)).items():
        times = f" {surplus} times" if surplus > 1 else ""
        yield f"{there}: {kind} {textwrap.shorten(part, 300)} is missing{times}, {here} has it."


def headings(text: str) -> list[str]:
    """Levels and anchors of the headings in their order, "## #a-neuron"; their words are the language's own."""
    return [" ".join(filter(None, found)) for found in HEADING.findall(FENCE.sub("", text))]


def expressions(text: str) -> list[str]:
    """What a template asks for, without particles: figures, tables and numbers among them."""
    return [f"[[ {asked} ]]" for asked in enclosed(text, "variable")]


def statements(text: str) -> list[str]:
    """Conditions and loops of a template."""
    return [f"[% {said} %]" for said in enclosed(text, "block")]


def enclosed(text: str, kind: str) -> list[str]:
    """What stands in the delimiters of a kind, variable or block. Particles and texts in words don't count."""
    found: list[str] = []
    inside = False
    for _, token, value in environment().lex(text):
        if token == f"{kind}_begin":
            inside = True
            found.append("")
        elif token == f"{kind}_end":
            inside = False
        elif inside:
            found[-1] += '"…"' if token == "string" and not NAME.fullmatch(value[1:-1]) else value
    return [re.sub(r" ?\| ?particle\([^)]*\)", "", " ".join(asked.split())) for asked in found]


def formulas(text: str) -> list[str]:
    """Formulas, each once, without the words in them."""
    found = (re.sub(r"\\text\{[^}]*\}|\s", "", formula) for formula in FORMULA.findall(FENCE.sub("", text)))
    return list(dict.fromkeys(found))


def hand_written(text: str) -> list[str]:
    """Long numbers of the prose, each once: what is known without a measurement, such as 1,797 images."""
    for other in (FENCE, FORMULA, TEMPLATE, ADDRESS):
        text = other.sub("", text)
    return list(dict.fromkeys(NUMBER.findall(text)))


def code(text: str) -> list[str]:
    """Lines of code and of what it prints; Python without its comments, which are the language's own."""
    return [line for _, kind, block in FENCE.findall(text) for line in lines(kind, textwrap.dedent(block))]


def lines(kind: str, block: str) -> list[str]:
    """Lines of one block of code."""
    block = ast.unparse(ast.parse(block)) if kind == "python" else block
    return [line.strip() for line in block.splitlines() if line.strip()]


def addresses(text: str) -> list[str]:
    """Where links lead outside the site, each once."""
    return list(dict.fromkeys(ADDRESS.findall(text)))


PARTS: dict[str, Callable[[str], list[str]]] = {
    "heading": headings,
    "expression": expressions,
    "statement": statements,
    "formula": formulas,
    "number": hand_written,
    "code": code,
    "link": addresses,
}
