"""The slides of a chapter: every claim with a verdict, the question before the answer, and nothing unresolved."""

import re
from dataclasses import replace
from math import nan

import pytest
from support.pages import CLAIMS, VERDICTS, build_pages, claim, context, sources_of, verdict, with_docs, with_findings
from support.project import ROOT

from ontrial.book.teaching import pages_slides as slides
from ontrial.judge.records import Kind, Outcome, Reading
from ontrial.judge.statistics import FAILURES
from ontrial.report.pages.page import Page
from ontrial.report.pages.sources import Sources
from ontrial.report.site.docs import markdown as read_pages
from ontrial.report.site.templates import render
from ontrial.storage import yaml_files

DECK = "slides/activations.md"
DEFINED = verdict("defined", "refuted", kind=Kind.BY_CONSTRUCTION, readings=(Reading("one", Outcome.FAILS),))


@pytest.fixture(params=["en", "ko"])
def sources(request, results):
    """Sources in which one chapter has a claim of each kind, and another claim has no chapter."""
    base = sources_of(results, request.param)
    judged = {id: replace(one, chapter="activations") for id, one in CLAIMS.items()}
    judged |= {"defined": replace(claim("defined", Kind.BY_CONSTRUCTION, None), chapter="activations")}
    judged |= {"elsewhere": claim("elsewhere", Kind.NOT_TESTABLE, None)}
    records = VERDICTS | {"defined": DEFINED, "elsewhere": replace(VERDICTS["usual"], claim="elsewhere")}
    return with_findings(base, claims=judged, verdicts=records)


def slides_of(page: str) -> list[str]:
    return re.findall(r'<section class="slide.*?</section>', page, re.DOTALL)


def test_the_deck_of_a_chapter_has_every_claim_with_the_question_before_the_verdict(sources):
    pages = build_pages(sources)
    assert [path for path in pages if path.startswith("slides/")] == [DECK]
    first, question, figure, verdict, usual, defined, last = slides_of(pages[DECK])
    assert "# Activations" in first
    assert "MIT" in first
    assert "{: #claim-small }" in question
    assert not re.search("badge|<img", question)
    assert "evidence-small-" in figure
    assert "badge-depends" not in figure
    assert "badge-depends" in verdict
    say = Page(sources, DECK).say
    assert say["verdict held"].format(verdict=say["depends"], held=1, n=2) in verdict
    assert verdict.count("\n- ") == 2
    assert re.search(r"1\.2.*1\.0.*1\.6.*\n- .*−2\.0.*−3\.0.*−1\.0", verdict)
    assert "{: #claim-usual }" in usual
    assert "badge-not_testable" in usual
    assert "[evidence/not-testable.html#usual](../evidence/not-testable.md#usual)" in usual
    assert "badge-refuted" in defined
    assert defined.count("Because.") == 1
    assert "(../evidence/index.md)" in last
    assert "snakemake" not in last


def test_a_chapter_without_claims_has_a_deck_of_its_pictures_and_none_has_markup_left(sources):
    captions = yaml_files.read_yaml(ROOT / "docs" / sources.language / "figures.yaml")
    pages = {**sources.docs.pages, "learning-rate.md": "# Rates"}
    deck = build_pages(with_docs(sources, captions=captions, pages=pages))["slides/learning-rate.md"]
    first, valley = slides_of(deck)[:2]
    assert "# Rates" in first
    assert "{: #figure-valley }" in valley
    assert "valley-" in valley
    assert "badge" not in deck
    deck = build_pages(sources)[DECK]
    assert not re.search(r"\[\[|\]\]|\[%|%\]|<b>|None", deck)


def test_a_figure_is_as_large_as_a_slide_allows_and_phones_get_the_narrow_one(sources):
    def picture(narrow, wide) -> dict[str, str]:
        files = (f"evidence-small-{sources.language}-light{width}.svg" for width in ("", "-wide"))
        sizes = dict(zip(files, (narrow, wide), strict=True))
        return slides.picture(Page(replace(sources, sizes=sizes), DECK), "evidence-small")

    tall = picture((461, 900), (860, 700))
    assert (tall["layout"], tall["figure"].count("-wide.svg")) == ("beside", 4)
    assert tall["figure"].count("srcset") == 2
    low = picture((461, 210), (860, 150))
    assert (low["layout"], low["figure"].count("-wide.svg")) == ("above", 0)
    flat = picture((461, 500), (860, 250))
    assert (flat["layout"], flat["figure"].count("-wide.svg")) == ("above", 4)


def test_a_claim_whose_figure_could_not_be_drawn_has_a_verdict_without_it(sources):
    broken = replace(sources, failed_figures={"evidence-small": "ValueError: no"})
    deck = slides_of(build_pages(broken)[DECK])
    assert len(deck) == 6
    assert "badge-depends" in deck[2]


@pytest.mark.parametrize(
    ("estimates", "expected"),
    [([], []), ([nan], []), ([2.0], [2.0]), ([1.0, 3.0, -1.0, nan], [3.0, -1.0]), ([1.0, 1.0], [1.0, 1.0])],
)
def test_the_extremes_are_the_largest_and_the_smallest_estimate(estimates, expected):
    contexts = [context("positive", estimate=estimate) for estimate in estimates]
    off_the_grid = context("undecided", n=0, estimate=nan)
    assert [
        each.effect.estimate for each in slides.extremes(verdict("small", "depends", *contexts, off_the_grid))
    ] == expected


def test_the_extremes_are_those_in_multiples_of_the_smallest_effects():
    points = context("positive", estimate=9.0)
    failures = context("positive", estimate=60.0, unit=FAILURES, counts_failures=True, smallest_effect=10.0)
    assert slides.extremes(verdict("small", "supported", points, failures)) == [points, failures]


def teachers(sources: Sources) -> Page:
    """Return the page for teachers, with what it needs to be filled in."""
    captions = yaml_files.read_yaml(ROOT / "docs" / sources.language / "figures.yaml")
    return Page(replace(with_docs(sources, captions=captions), provenance={"commit": "a" * 40}), "teachers.md")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_study_without_claims_in_chapters_has_no_slides_and_no_link_to_them(results, language):
    text = read_pages(ROOT / "docs" / language)["teachers.md"]
    for claims in (CLAIMS, {}):
        verdicts = {id: VERDICTS[id] for id in claims}
        sources = with_findings(sources_of(results, language), claims=claims, verdicts=verdicts)
        page = teachers(sources)
        assert "slides/" not in render(text, page.path, page.names)
        assert not [path for path in build_pages(sources) if path.startswith("slides/")]
