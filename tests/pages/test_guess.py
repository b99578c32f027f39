"""What the page of guesses says about each claim, and what it tells its script."""

import json
import re
from dataclasses import replace
from html import unescape

import pytest
import yaml
from support.pages import ESTIMAND, VERDICTS, claim, page_of, sources_of, verdict, with_docs, with_findings
from support.project import ROOT

from ontrial.report.pages.page import Page
from ontrial.report.pages.tools import guess
from ontrial.report.site.docs import markdown as read_pages
from ontrial.report.site.templates import render
from ontrial_judge.core.verdicts import Kind


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_has_the_measured_claims_and_their_verdicts(results, language):
    html = str(guess.guesses(page_of(results, language)))
    assert html.count("<section") == 1
    assert 'data-claim="small" data-verdict="depends"' in html
    assert 'href="evidence/small.html"' in html
    assert "<b>" not in html


def test_the_script_has_its_words_as_text_if_there_are_guesses(results):
    sources = sources_of(results)
    unmeasured = {"usual": VERDICTS["usual"]}
    page = Page(replace(sources, results=replace(sources.results, verdicts=unmeasured)), "guess.md")
    assert guess.guesses(page) == ""
    words = guess.words(page_of(results))
    assert all(f"sure {confidence}" in words["say"] for confidence in words["confidences"])
    assert "&" not in json.dumps(words)
    assert json.dumps(words["say"]["start"]) in unescape(str(guess.guesses(page_of(results))))


def test_the_deck_starts_with_one_claim_for_each_verdict_and_ends_with_open_ones(results):
    conclusions = [*["inconclusive"] * 2, *["supported"] * 6, *["refuted"] * 3, *["depends"] * 3]
    judged = {f"claim-{i}": verdict(f"claim-{i}", word) for i, word in enumerate(conclusions)}
    claims = {id: claim(id, Kind.MEASURED, ESTIMAND) for id in judged}
    page = Page(with_findings(sources_of(results), verdicts=judged, claims=claims), "guess.md")
    order = guess.deck(page, judged)
    assert sorted(order) == sorted(judged)
    assert order[:3] == ["claim-2", "claim-8", "claim-11"]
    assert {judged[id].conclusion for id in order[-2:]} == {"inconclusive"}
    assert order == guess.deck(page, reversed(judged))


def test_the_deck_asks_of_each_chapter_in_turn(results):
    chapters = {"a": "losses", "b": "losses", "c": "losses", "d": "gradients", "e": "gradients", "f": "batch-size"}
    judged = {id: verdict(id, "supported") for id in chapters}
    claims = {id: replace(claim(id, Kind.MEASURED, ESTIMAND), chapter=name) for id, name in chapters.items()}
    page = Page(with_findings(sources_of(results), verdicts=judged, claims=claims), "guess.md")
    assert guess.deck(page, judged) == ["a", "d", "f", "b", "e", "c"]


def test_the_deck_has_the_order_of_the_docket_in_every_language(results):
    judged = {id: verdict(id, "supported") for id in ("neurons", "activations", "batches")}
    claims = {id: claim(id, Kind.MEASURED, ESTIMAND) for id in judged}
    for language in ("en", "ko"):
        page = Page(with_findings(sources_of(results, language), verdicts=judged, claims=claims), "guess.md")
        assert guess.deck(page, reversed(judged)) == [*judged]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_pages_of_a_study_without_claims_link_to_no_evidence(results, language):
    docs = ROOT / "docs" / language
    captions = yaml.safe_load((docs / "figures.yaml").read_text(encoding="utf-8"))
    tiny = replace(with_docs(sources_of(results, language), captions=captions), provenance={"commit": "a" * 40})
    sources = with_findings(tiny, verdicts={}, claims={})
    pages = read_pages(docs)
    for path in ("index.md", "playground.md", "teachers.md", "guess.md"):
        text = render(pages[path], path, Page(sources, path).names)
        assert not re.findall(r"\]\((evidence/|guess\.md#class)", text), path
