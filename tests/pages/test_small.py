"""Small pages: one plain sentence, one toy with numbers of the study, few words, and the cards of their chapters."""

import json
import re
from html import unescape

import pytest
from support.pages import page_of, sources_of, tiny_results, with_docs
from support.project import ROOT
from support.scripts import ASSETS

from ontrial.book.small import NAMES, SMALL, pages
from ontrial.book.small.pages_sketches import SKETCHES
from ontrial.report.pages.page import Page
from ontrial.report.site import docs

LANGUAGES = ("en", "ko")
LONGEST = {"sentence": 25, "text": 130, "script": 120}  # words, words, lines
DOCS = {language: docs.markdown(ROOT / "docs" / language) for language in LANGUAGES}


@pytest.mark.parametrize("name", NAMES)
def test_a_small_page_has_one_sentence_one_toy_and_few_words(name):
    for language in LANGUAGES:
        _, _, sentence, toy, *rest = DOCS[language][f"{name}.md"].split("\n\n")
        assert toy.startswith(f'[[ toy("{name}"')
        own = re.sub(r"\[%.*?%\]|\[\[.*?\]\]|\{:.*?\}|\]\(.*?\)", "", " ".join(rest))
        words = [word for word in own.split() if re.search(r"\w", word)]
        assert len(sentence.split()) <= LONGEST["sentence"]
        assert len(words) <= LONGEST["text"]
        lines = [part for part in rest if "{: .small-line }" in part or part.startswith("[[ really(")]
        assert len(lines) == 2  # "Really?" and "More"
    script = (ASSETS / f"toys/{name}.js").read_text(encoding="utf-8")
    assert len(script.splitlines()) <= LONGEST["script"]
    assert name in SKETCHES


@pytest.mark.parametrize("language", LANGUAGES)
def test_scripts_use_the_texts_that_they_are_given(language):
    words = page_of(tiny_results(), language).texts
    for name in NAMES:
        given = words.after(f"toy {name} ")
        script = (ASSETS / f"toys/{name}.js").read_text(encoding="utf-8")
        asked = set(re.findall(r'phrase\("([\w -]+)"', script)) | {"picture"}
        assert asked - given.keys() == set(), name


@pytest.mark.parametrize("chapter", SMALL)
def test_the_cards_of_a_chapter_have_the_titles_and_sentences_of_its_pages(results, chapter):
    sources = with_docs(sources_of(results), pages=DOCS["en"])
    cards = unescape(pages.small_cards(Page(sources, f"{chapter}.md"), chapter))
    for name in SMALL[chapter]:
        title, sentence = re.search(r"^# (.+)\n\n((?:.+\n)+)", DOCS["en"][f"{name}.md"], re.M).groups()
        assert f'href="{name}.html"' in cards
        assert title in cards
        assert " ".join(sentence.split()) in cards
    assert f'[[ small_cards("{chapter}") ]]' in DOCS["en"][f"{chapter}.md"]


def test_a_toy_of_what_was_measured_is_left_out_where_it_was_not(results):
    page = page_of(results)
    assert pages.toy(page, "how-much-is-left") == ""
    toy = pages.toy(page, "the-valley")
    words = json.loads(unescape(re.search(r'data-words="([^"]*)"', toy)[1]))
    assert words["hint"] == page.texts["toy hint"]
    assert 'assets/toys/the-valley.js"' in toy
