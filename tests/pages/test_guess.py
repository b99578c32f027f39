"""What the page of guesses says about each claim, and what it tells its script."""

import json
from dataclasses import replace
from html import unescape

import pytest
from support.pages import VERDICTS, page_of, sources_of

from ontrial.report.pages import guess
from ontrial.report.pages.page import Page


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_has_the_measured_claims_and_their_verdicts(results, language):
    html = str(guess.guesses(page_of(results, language)))
    assert html.count("<section") == 1
    assert 'data-claim="small" data-verdict="depends">' in html  # no source makes the claim
    assert 'href="evidence/small.html"' in html
    assert "<b>" not in html


def test_a_study_without_measured_claims_has_no_guesses(results):
    sources = sources_of(results)
    unmeasured = {"usual": VERDICTS["usual"]}
    page = Page(replace(sources, results=replace(sources.results, verdicts=unmeasured)), "guess.md")
    assert guess.guesses(page) == ""


@pytest.mark.parametrize(("from_notes", "name"), [(True, "What the notes say"), (False, "What the sources say")])
def test_the_script_has_its_words_as_text(results, from_notes, name):
    page = Page(replace(sources_of(results), from_notes=from_notes), "guess.md")
    words = guess.words(page)
    assert words["say"]["sources"] == name
    assert words["verdicts"]["depends"] == "depends"
    assert words["answers"] == tuple(words["verdicts"])
    assert words["confidences"][-1] == 100
    assert "&" not in json.dumps(words)
    assert json.dumps(words["verdicts"]) in unescape(str(guess.guesses(page)))
