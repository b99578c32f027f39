"""Whatever a value contains, a page shows it as text or refuses it, even if no schema has checked it."""

import copy
import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import markdown
import pandas as pd
import pytest
from support import pages as tiny
from support.hostile import HOSTILE, LANGUAGES, TAG
from support.pages import build_pages
from support.project import ROOT, read_yaml

from ontrial.errors import InputError
from ontrial.judge import published
from ontrial.judge.claim import Claim
from ontrial.report.markdown import Markdown, code
from ontrial.report.pages.page import Page
from ontrial.report.pages.sources import Sources
from ontrial.report.site.docs import markdown as read_pages
from ontrial.report.site.templates import render
from ontrial.report.summaries.finding_files import read_measurements, read_times
from ontrial.report.summaries.findings import Spent
from ontrial.report.summaries.replications import Published
from ontrial_judge.core import verdict_files

REFERENCE = ROOT / "results/reference"
MEASURED = read_measurements([str(path) for path in REFERENCE.glob("*.*")])
TABLES = {name: MEASURED[name] for name in ("circumstances", "laboratories")}
TIMES = read_times(str(REFERENCE / "default/timing/time.json"))
TUNED = published.read_table(REFERENCE / "mnist/tables/tuned.csv")
PROVENANCE = {
    "study": "tiny", "configuration_file": "config/tiny.yaml", "commit": "a" * 40, "packages": {"numpy": "2.4"},
    "blas": {"name": "openblas", "version": "1"}, "system": "Linux", "data_sha256": {"digits": "b" * 64},
}  # fmt: skip
READ_BY = ("methods.md", "statistics.md", "how-it-was-made.md", "teachers.md", "index.md")
EXTENSIONS = [
    *("admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "toc"),
    *("pymdownx.arithmatex", "pymdownx.details", "pymdownx.highlight", "pymdownx.superfences"),
]


def html_of(text: str) -> str:
    dollars = {"inline_syntax": ["dollar"], "block_syntax": ["dollar"], "generic": True}
    return markdown.markdown(text, extensions=EXTENSIONS, extension_configs={"pymdownx.arithmatex": dollars})


def places(content: object, path: tuple = ()) -> Iterator[tuple]:
    """Yield the path of each text in nested mappings and lists."""
    if isinstance(content, dict | list):
        for key in content if isinstance(content, dict) else range(len(content)):
            yield from places(content[key], (*path, key))
    elif isinstance(content, str):
        yield path


def with_text(content, path: tuple, text: str):
    """Return mappings and lists with another text at a path."""
    changed = copy.deepcopy(content)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = text
    return changed


@pytest.fixture(params=["en", "ko"])
def sources(request, results) -> Sources:
    """Sources of the real pages, with everything that is published."""
    base = tiny.with_findings(tiny.sources_of(results, request.param), measurements=MEASURED, times=TIMES)
    pages, captions = read_pages(ROOT / "docs" / request.param), read_yaml(f"docs/{request.param}/figures.yaml")
    return replace(
        tiny.with_docs(base, pages=pages, captions=captions),
        provenance=PROVENANCE,
        other_studies={"mnist": Published(tiny.VERDICTS, TUNED), "digits": Published(tiny.VERDICTS)},
    )


# Pieces of the hostile text that its escaped form does not contain. test_hostile.py of the workflow scans real HTML.
MARKS = (
    f"<{TAG}", "<script>alert", "<img src=x", "[a](javascript", "{: onerror", "``c`", "*f*", "__g__", "$\\href",
    "| e |",
)  # fmt: skip


def markup(text: str) -> list[str]:
    """Return the pieces of the hostile text that stand unescaped in Markdown."""
    return [mark for mark in MARKS if mark in text]


Change = Callable[[Sources], Sources]


def findings(sources: Sources, changes: list[Change], make: Callable[[Sources], dict[str, str]]) -> list[str]:
    """Return what stands unescaped in the Markdown that is made after some changes.

    All changes are made at once. Where they are refused, so that nothing is shown, each half of them is tried alone.
    """
    try:
        changed = functools.reduce(lambda made, change: change(made), changes, sources)
        return [f"{path}: {mark}" for path, text in make(changed).items() for mark in markup(text)]
    except (InputError, LookupError, ValueError, TypeError):
        half = len(changes) // 2
        parts = (changes[:half], changes[half:]) if half else ()
        return [finding for part in parts for finding in findings(sources, part, make)]


def rendered(sources: Sources, path: str) -> dict[str, str]:
    """Return a page by its path."""
    return {path: render(sources.docs.pages[path], path, Page(sources, path).names)}


def test_the_hostile_text_has_all_marks_and_its_escaped_form_none():
    assert markup(HOSTILE) == list(MARKS)
    assert markup(Markdown.escape(HOSTILE)) == markup(code(HOSTILE)) == []


def with_measurement(sources: Sources, name: str, content: object) -> Sources:
    """Return the sources with another content of a measurement."""
    return tiny.with_findings(sources, measurements=dict(sources.results.measurements) | {name: content})


def hostile_tables(text: str) -> Iterator[Change]:
    """Yield a change of each column with words of each published table: a text behind them, or in their place."""

    def change(sources: Sources, name: str, column: str) -> Sources:
        table = TABLES[name]
        words = table[column].fillna("") + HOSTILE if text == "behind" else pd.Series(HOSTILE, table.index)
        table = table.assign(**{column: words})
        return with_measurement(sources, name, table)

    for name, table in TABLES.items():
        for column in table.columns[table.dtypes.map(pd.api.types.is_string_dtype)]:
            yield functools.partial(change, name=name, column=column)


def hostile_records() -> Iterator[Change]:
    """Yield a change of each text of the times and of the provenance."""

    def provenance(sources: Sources, path: tuple) -> Sources:
        return replace(sources, provenance=with_text(sources.provenance, path, HOSTILE))

    def keys(sources: Sources) -> Sources:
        names = {"packages": {HOSTILE: HOSTILE}, "data_sha256": {HOSTILE: HOSTILE}}
        hostile = {HOSTILE: Spent(1, 1.0)}
        return tiny.with_findings(replace(sources, provenance=sources.provenance | names), times=hostile)

    yield from (functools.partial(provenance, path=path) for path in places(PROVENANCE))
    yield keys


@pytest.mark.parametrize("path", READ_BY)
def test_no_text_of_what_is_published_becomes_markup(sources, path):
    for changes in (hostile_tables("behind"), hostile_tables("instead"), hostile_records()):
        assert findings(sources, list(changes), functools.partial(rendered, path=path)) == []


def in_chapter(claims: Mapping[str, Claim]) -> dict[str, Claim]:
    """Return the claims in a chapter of the theory."""
    return {id: replace(claim, chapter="activations") for id, claim in claims.items()}


def evidence(sources: Sources) -> dict[str, str]:
    """Return the pages of claims and the list of works, without front matter."""
    pages = {"index.md": "[[ verdicts() ]][[ tally() ]]", "activations.md": "# A"}
    made = build_pages(tiny.with_docs(sources, pages=pages))
    return {path: without_front_matter(text) for path, text in made.items()}


def without_front_matter(page: str) -> str:
    """Return the Markdown of a page. What is above it is YAML, whose values the templates of HTML escape."""
    start, _, below = page.partition("\n---\n")
    return below if start.startswith("---\n") else page


def hostile_verdicts() -> Iterator[Change]:
    """Yield a change of each text of the verdicts, and of the name of a setting."""

    def change(sources: Sources, path: tuple) -> Sources:
        return with_verdicts(sources, with_text(encoded(sources), path, HOSTILE))

    def name(sources: Sources) -> Sources:
        content = encoded(sources)
        for context in content["small"]["contexts"]:
            context[HOSTILE] = context.pop("policy") + HOSTILE
        content["small"]["flipped_by"] = [HOSTILE]
        return with_verdicts(sources, content)

    def encoded(sources: Sources) -> dict[str, dict]:
        return {id: verdict_files.encode_verdict(verdict) for id, verdict in sources.results.verdicts.items()}

    def with_verdicts(sources: Sources, content: dict[str, dict]) -> Sources:
        verdicts = {id: verdict_files.decode_verdict(verdict) for id, verdict in content.items()}
        return tiny.with_findings(sources, verdicts=verdicts)

    content = {id: verdict_files.encode_verdict(verdict) for id, verdict in tiny.VERDICTS.items()}
    yield from (functools.partial(change, path=path) for path in places(content))
    yield name


def test_no_text_of_verdicts_becomes_markup(sources):
    sources = tiny.with_findings(sources, claims=in_chapter(tiny.CLAIMS))
    assert findings(sources, list(hostile_verdicts()), evidence) == []


def test_no_text_of_claims_becomes_markup(sources):
    claims = {
        id: replace(claim, statement=LANGUAGES, because=LANGUAGES, source=(HOSTILE,))
        for id, claim in in_chapter(tiny.CLAIMS).items()
    }
    cited = {"wilson2003": {"text": HOSTILE, "url": HOSTILE}}
    made = evidence(tiny.with_findings(tiny.with_docket(sources, references=cited), claims=claims))
    assert "javascript:alert" in made["evidence/small.md"]
    assert {path: marks for path, text in made.items() if (marks := markup(text))} == {}


@pytest.mark.parametrize(
    "start",
    ["- a", "+ a", "1. a", "12. a", "---", "===", ": a", "??? note", "!!! note", "# a", "    a", "> a", "* a", "= a"],
)
def test_a_text_on_a_line_of_its_own_is_a_paragraph(start):
    for before in ("", "text\n", "text\n\n"):
        shown = html_of(f"{before}{Markdown.escape(start)}\n")
        assert {"<p>", "</p>"} >= set(re.findall(r"<[^>]*>", shown)), shown


def test_values_are_escaped_and_markdown_is_not():
    text = Markdown("**{}** [{}]({})").format("*a*", Markdown("*b*"), "c)")
    assert text == "**&#42;a&#42;** [*b*](c))"
    assert Markdown(", ").join(["a|b", Markdown("c|d")]) == "a&#124;b, c|d"
    assert Markdown("a ") + "*b*" == "a &#42;b&#42;"
    assert "*a* " + Markdown("b") == "&#42;a&#42; b"
    assert code("a_`b`") == "<code>a&#95;&#96;b&#96;</code>"
    assert render("[[ a ]] [[ b ]]", "t", {"a": "<b>", "b": Markdown("<b>")}) == "&#60;b&#62; <b>"
