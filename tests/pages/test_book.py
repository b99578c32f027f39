"""A site has the book on the theory only if a claim belongs to one of its chapters."""

import re
import runpy
from dataclasses import replace

import pytest
from support.pages import CLAIMS, DOCS, sources_of
from support.project import read_yaml

from ontrial.judge.docket import CHAPTERS, has_book
from ontrial.report.pages.assemble_pages import build_pages, without_links
from ontrial.report.site import docs

LANGUAGES = ("en", "ko")
TO_THE_BOOK = re.compile(rf"\]\([./]*(?:{'|'.join(docs.BOOK)})\.md")


@pytest.mark.parametrize(
    ("chapters", "book"),
    [([], True), ([None], False), (["own"], False), (["own", "losses"], True), ([None, "batch-size"], True)],
)
def test_a_claim_in_a_chapter_of_the_theory_brings_the_book(chapters, book):
    claims = {str(i): replace(CLAIMS["small"], chapter=chapter) for i, chapter in enumerate(chapters)}
    assert has_book(claims) == book


def test_the_book_has_the_chapters_and_other_pages_that_exist():
    assert docs.BOOK[: len(CHAPTERS)] == CHAPTERS
    for language in LANGUAGES:
        everything, few = (docs.pages(DOCS / language, book=book) for book in (True, False))
        assert set(everything) - set(few) == {f"{name}.md" for name in docs.BOOK}
        assert {"index.md", "explorer.md", "guess.md", "methods.md", "how-it-was-made.md"} == set(few)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("the [one-hot](losses.md#one-hot) verdict", "the one-hot verdict"),
        ("[films](../film.md) and [methods](methods.md#seeds)", "films and [methods](methods.md#seeds)"),
        ("[a [b](film.md) c](guess.md), [d](films.md)", "[a b c](guess.md), [d](films.md)"),
    ],
)
def test_a_link_to_a_page_that_is_left_out_is_only_its_words(text, shown):
    assert without_links(text, ["losses", "film"]) == shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_a_site_without_the_book_leads_to_it(results, language):
    few = docs.pages(DOCS / language, book=False)
    written = {path: few[path] for path in ("index.md", "guess.md", "methods.md", "how-it-was-made.md")}
    captions = read_yaml(f"docs/{language}/figures.yaml")
    sources = replace(sources_of(results, language), pages=written, captions=captions)
    pages = build_pages(sources)
    assert all(TO_THE_BOOK.search(text) for text in written.values())
    assert {path for path, text in pages.items() if TO_THE_BOOK.search(text)} == set()
    assert "evidence/small.md" in pages


def test_the_navigation_drops_pages_and_sections_that_the_site_lacks(tmp_path):
    hooks = runpy.run_path(str(DOCS / "theme/hooks.py"))
    for name in ("index.md", "guess.md"):
        (tmp_path / name).touch()
    navigation = [{"Theory": ["index.md", "losses.md"]}, {"Try it": ["film.md", "guess.md"]}, {"More": ["film.md"]}]
    assert hooks["expand"](navigation, tmp_path) == ["index.md", {"Try it": ["guess.md"]}]


def test_cells_and_headings_are_apart_in_the_search_index():
    hooks = runpy.run_path(str(DOCS / "theme/hooks.py"))
    page = "<table><tr><th>Adam</th><td>Who<br>wins</td></tr></table>"
    apart = hooks["BLOCK_END"].sub("\\g<0>\n", page)
    assert re.sub("<[^>]*>", "", apart).split() == ["Adam", "Who", "wins"]
