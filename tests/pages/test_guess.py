"""What the page of guesses says about each claim, and what it tells its script."""

import json
import re
from dataclasses import replace
from html import unescape

import pytest
import yaml
from support.pages import VERDICTS, page_of, sources_of, with_findings
from support.project import ROOT

from ontrial.report.pages.page import Page
from ontrial.report.pages.tools import guess
from ontrial.report.site.docs import markdown as read_pages
from ontrial.report.site.templates import render


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


@pytest.mark.parametrize("language", ["en", "ko"])
def test_pages_of_a_study_without_claims_link_to_no_evidence(results, language):
    docs = ROOT / "docs" / language
    captions = yaml.safe_load((docs / "figures.yaml").read_text(encoding="utf-8"))
    tiny = replace(sources_of(results, language), captions=captions, provenance={"commit": "a" * 40})
    sources = with_findings(tiny, verdicts={}, claims={})
    pages = read_pages(docs)
    for path in ("index.md", "playground.md", "teachers.md", "guess.md"):
        text = render(pages[path], path, Page(sources, path).names)
        assert not re.findall(r"\]\((evidence/|guess\.md#class)", text), path
