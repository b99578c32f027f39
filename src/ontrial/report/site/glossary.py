"""Explain glossary terms where a page first mentions them. The definition appears on hover and on focus."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence

TOKEN = re.compile(r"(<[^>]*>)")
TAG = re.compile(r"<(/?)(\w+)([^>]*)>")
TEXTS = {"p", "li"}  # elements in which terms are explained
LEFT_ALONE = {"a", "blockquote", "button", "code", "dt", "em", "figure", "pre", "summary", "table"}
CLAIM = 'class="claim"'  # of the quotation that a page is about
CLASSES_LEFT_ALONE = re.compile(r'class="(?:arithmatex|admonition-title)"')  # formulas, and titles of boxes
VOID = {"br", "hr", "img", "input", "source", "wbr"}
# Particles and the copula, which may follow a noun in Korean, even one in Latin letters.
PARTICLES = r"(?:은|는|이|가|을|를|의|에|에서|과|와|도|만|로|으로|마다|보다|까지|부터|들|이나|나|이란|란|이다|다)*"
EXPLAINED = (
    '<span class="term"><a href="{address}#{id}" aria-describedby="term-{id}">{text}</a>'
    '<span id="term-{id}" role="tooltip" data-search-exclude>{definition}</span></span>'
)


def explain(page: str, terms: Sequence[Mapping[str, str]], address: str) -> str:
    """Return the HTML of a page in which the first mention of each term links to the glossary and has the definition.

    Headings, links, code, formulas, tables, figures, quotations other than the claim of the page, and emphasis stay as
    they are.

    terms: Entries of the glossary, with id, term and definition.
    address: Address of the glossary, relative to the page.
    """
    entries = _entries_by_form(terms)
    if not entries:
        return page
    pattern = _pattern_of(entries)
    seen: set[str] = set()

    def replace(match: re.Match[str]) -> str:
        entry = entries[match[1].casefold()]
        if entry["id"] in seen:
            return match[0]
        seen.add(entry["id"])
        definition = html.escape(entry["definition"])
        word, rest = (match[1], match[0][len(match[1]) :]) if not match[0].isascii() else (match[0], "")
        return EXPLAINED.format(address=address, id=entry["id"], text=word, definition=definition) + rest

    open_elements: list[tuple[str, bool]] = []  # names, and whether the text in them is left alone
    tokens = TOKEN.split(page)
    for i, token in enumerate(tokens):
        tag = TAG.match(token)
        if not tag:
            names = {name for name, _ in open_elements}
            if TEXTS & names and not any(alone for _, alone in open_elements):
                tokens[i] = pattern.sub(replace, token)
        elif tag[2] not in VOID and not tag[1]:
            alone = tag[2] in LEFT_ALONE and CLAIM not in tag[3]
            open_elements.append((tag[2], alone or CLASSES_LEFT_ALONE.search(tag[3]) is not None))
        elif tag[1] and tag[2] in [name for name, _ in open_elements]:
            while open_elements.pop()[0] != tag[2]:
                pass
    return "".join(tokens)


def _entries_by_form(terms: Sequence[Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """Return the entries of a glossary by each form of their terms, without upper case."""
    return {form.casefold(): entry for entry in terms for form in _forms(entry["term"])}


def _pattern_of(forms: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of words that mention a term, whose form is group 1."""
    listed = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
    return re.compile(
        rf"(?<![\w-])({listed})(?:(?<=[a-z)])(?:e?s)?|(?<=[가-힣a-z)]){PARTICLES})(?![\w-])", re.IGNORECASE
    )


def _forms(term: str) -> list[str]:
    """Return the forms of a term in texts: for "gradient descent (GD)" also "gradient descent" and "GD"."""
    short = re.fullmatch(r"(.+?) ?\((.+)\)", term)
    return [short[1], short[2]] if short else [term]
