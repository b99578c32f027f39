"""Whatever a value contains, a page shows it as text or refuses it, even if no schema has checked it."""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import markdown
import pandas as pd
import pytest
import yaml
from support import pages as tiny
from support.hostile import HOSTILE, LANGUAGES, TAG
from support.project import ROOT

from ontrial.errors import InputError
from ontrial.judge.claims import Claim
from ontrial.report.markdown import Markdown, code
from ontrial.report.pages import assemble_pages
from ontrial.report.pages.page import Page
from ontrial.report.pages.sources import Published, Sources
from ontrial.report.site.docs import markdown as read_pages
from ontrial.report.site.templates import render
from ontrial.report.summaries.benchmark import Benchmark
from ontrial.storage import published

REFERENCE = ROOT / "results/reference"
TABLES = {
    name: published.read_table(REFERENCE / f"{name}.csv")
    for name in ("circumstances", "laboratories", "scale", "benchmark")
}
RECORDS = {name: published.read_record(REFERENCE / f"{name}.json") for name in ("benchmark", "packing")}
TIMES = published.read_record(REFERENCE / "default/timing/time.json")
TUNED = published.read_table(REFERENCE / "mnist/tables/tuned.csv")
PROVENANCE = {
    "study": "tiny",
    "configuration_file": "config/tiny.yaml",
    "commit": "a" * 40,
    "packages": {"numpy": "2.4"},
    "blas": {"name": "openblas", "version": "1"},
    "system": "Linux",
    "data_sha256": {"digits": "b" * 64},
}
READ_BY = (
    "methods.md",
    "speed.md",
    "scale.md",
    "cluster.md",
    "time.md",
    "mnist.md",
    "how-it-was-made.md",
    "teachers.md",
    "index.md",
)
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
    changed = copy.deepcopy(content)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = text
    return changed


@pytest.fixture(params=["en", "ko"])
def sources(request, results) -> Sources:
    """Sources of the real pages, with everything that is published."""
    findings = {name: table for name, table in TABLES.items() if name != "benchmark"}
    findings |= {
        "benchmark": Benchmark(TABLES["benchmark"], RECORDS["benchmark"]),
        "packing": RECORDS["packing"],
        "times": TIMES,
    }
    base = tiny.with_findings(tiny.sources_of(results, request.param), **findings)
    return replace(
        base,
        pages=read_pages(ROOT / "docs" / request.param),
        captions=yaml.safe_load((ROOT / f"docs/{request.param}/figures.yaml").read_text(encoding="utf-8")),
        provenance=PROVENANCE,
        other_studies={"mnist": Published(tiny.VERDICTS, TUNED), "digits": Published(tiny.VERDICTS)},
    )


# Pieces of the hostile text that its escaped form does not contain. test_hostile.py of the workflow scans real HTML.
MARKS = (
    f"<{TAG}",
    "<script>alert",
    "<img src=x",
    "[a](javascript",
    "{: onerror",
    "``c`",
    "*f*",
    "__g__",
    "$\\href",
    "| e |",
)


def markup(text: str) -> list[str]:
    """Return the pieces of the hostile text that stand unescaped in Markdown."""
    return [mark for mark in MARKS if mark in text]


def findings_of(sources: Sources, pages: tuple[str, ...] = READ_BY) -> list[str]:
    """Return what of hostile text stands unescaped on pages. A page that refuses a value shows nothing."""
    found = []
    for path in pages:
        try:
            text = render(sources.pages[path], path, Page(sources, path).names)
        except (InputError, LookupError, ValueError, TypeError):
            continue
        found += [f"{path}: {mark}" for mark in markup(text)]
    return found


def test_the_hostile_text_has_all_marks_and_its_escaped_form_none():
    assert markup(HOSTILE) == list(MARKS)
    assert markup(Markdown.escape(HOSTILE)) == markup(code(HOSTILE)) == []


def test_the_pages_are_there(sources):
    for path in READ_BY:
        assert len(render(sources.pages[path], path, Page(sources, path).names)) > 1000


@pytest.mark.parametrize("name", TABLES)
def test_no_text_of_a_published_table_becomes_markup(sources, name):
    table = TABLES[name].copy()
    for column in table.columns[table.dtypes.map(pd.api.types.is_string_dtype)]:
        for text in (table[column].fillna("") + HOSTILE, pd.Series(HOSTILE, table.index)):
            changed = table.assign(**{column: text})
            value = Benchmark(changed, RECORDS["benchmark"]) if name == "benchmark" else changed
            assert findings_of(tiny.with_findings(sources, **{name: value})) == [], column


def test_no_text_of_a_published_record_or_of_provenance_becomes_markup(sources):
    for path in places({key: value for key, value in RECORDS["benchmark"].items() if key != "agreement"}):
        record = Benchmark(TABLES["benchmark"], with_text(RECORDS["benchmark"], path, HOSTILE))
        assert findings_of(tiny.with_findings(sources, benchmark=record), ("speed.md",)) == [], path
    for path in places(RECORDS["packing"]):
        record = with_text(RECORDS["packing"], path, HOSTILE)
        assert findings_of(tiny.with_findings(sources, packing=record), ("cluster.md",)) == [], path
    times = TIMES | {"rules": {HOSTILE: {"jobs": 1, "seconds": 1.0}}, "train": {HOSTILE: 1.0}}
    assert findings_of(tiny.with_findings(sources, times=times), ("time.md",)) == []
    for path in places(PROVENANCE):
        changed = replace(sources, provenance=with_text(PROVENANCE, path, HOSTILE))
        assert findings_of(changed, ("how-it-was-made.md", "teachers.md")) == [], path
    names = PROVENANCE | {"packages": {HOSTILE: HOSTILE}, "data_sha256": {HOSTILE: HOSTILE}}
    assert findings_of(replace(sources, provenance=names), ("how-it-was-made.md",)) == []


def test_no_text_of_the_accuracies_of_another_study_becomes_markup(sources):
    nets = TUNED[TUNED["experiment"] == "plain-nets"]
    for column in nets.columns:
        for study in ("mnist", HOSTILE):
            changed = Published(tiny.VERDICTS, nets.astype(object).assign(**{column: HOSTILE}))
            assert findings_of(replace(sources, other_studies={study: changed}), ("mnist.md",)) == [], column


def in_chapter(claims: Mapping[str, Claim]) -> dict[str, Claim]:
    """Return the claims in a chapter of the theory, so that it has slides."""
    return {id: replace(claim, chapter="activations") for id, claim in claims.items()}


def evidence_of(sources: Sources) -> list[str]:
    """Return what hostile text has become on the pages of claims, on slides and in the list of works."""
    try:
        made = assemble_pages.build_pages(
            replace(sources, pages={"index.md": "[[ verdicts() ]][[ tally() ]]", "activations.md": "# A"})
        )
    except (InputError, LookupError, ValueError, TypeError):
        return []
    return [f"{path}: {finding}" for path, text in made.items() for finding in markup(without_front_matter(text))]


def without_front_matter(page: str) -> str:
    """Return the Markdown of a page. What is above it is YAML, whose values the templates of HTML escape."""
    start, _, below = page.partition("\n---\n")
    return below if start.startswith("---\n") else page


def test_no_text_of_verdicts_becomes_markup(sources):
    sources = tiny.with_findings(sources, claims=in_chapter(tiny.CLAIMS))
    for path in places(tiny.VERDICTS):
        verdicts = with_text(tiny.VERDICTS, path, HOSTILE)
        assert evidence_of(tiny.with_findings(sources, verdicts=verdicts)) == [], path
    verdicts = copy.deepcopy(tiny.VERDICTS)
    for context in verdicts["small"]["contexts"]:
        context[HOSTILE] = context.pop("policy") + HOSTILE
    verdicts["small"]["flipped_by"] = [HOSTILE]
    assert evidence_of(tiny.with_findings(sources, verdicts=verdicts)) == []


def test_no_text_of_claims_becomes_markup(sources):
    claims = {
        id: replace(claim, statement=LANGUAGES, because=LANGUAGES, source=(HOSTILE,))
        for id, claim in in_chapter(tiny.CLAIMS).items()
    }
    cited = {"wilson2003": {"text": HOSTILE, "url": HOSTILE}}
    changed = tiny.with_findings(replace(sources, references=cited), claims=claims)
    made = assemble_pages.build_pages(replace(changed, pages={"index.md": "[[ verdicts() ]]", "activations.md": "# A"}))
    assert "javascript:alert" in made["evidence/small.md"]
    assert "javascript:alert" in made["slides/activations.md"]
    assert evidence_of(changed) == []


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
