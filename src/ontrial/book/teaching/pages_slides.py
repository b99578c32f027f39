"""Slides for a class: a deck per chapter of the theory, with the question, figure and verdict of each claim."""

import math
from typing import Any, NamedTuple

from ontrial.book import CHAPTERS
from ontrial.judge.records import Conclusion, Context, Verdict
from ontrial.judge.statistics import supports
from ontrial.report.figures.formats import EVIDENCE, SCHEMES
from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup, pictures
from ontrial.report.pages.chapters import chapter_link, theory_chapter
from ontrial.report.pages.claims import estimates, sentences, verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.pages.pictures import Drawing
from ontrial.report.pages.sources import Sources

FOLDER = "slides"


class Layout(NamedTuple):
    """A layout of a slide, and its room for a figure in pixels, on a slide of 1280 × 720."""

    name: str
    width: float
    height: float


PICTURES = {  # figures with which the deck of a chapter begins
    "learning-rate": ("valley", "two-numbers", "one-curve"),
    "neuron-layers": ("neuron", "boundaries"),
}
NO_PICTURE = {"figure": "", "layout": ""}
LAYOUTS = (Layout("above", 1210, 510), Layout("beside", 840, 660))


def _claims_by_chapter(page: Page) -> dict[str, list[str]]:
    """Return the ids of the claims with a verdict, by chapter of the theory that has a deck.

    Chapters without a claim have one for their pictures, if any other has a deck.
    """
    judged = [claim for id, claim in page.results.claims.items() if id in page.results.verdicts]
    ids = {chapter: [claim.id for claim in judged if claim.chapter == chapter] for chapter in CHAPTERS}
    judged_chapters = {chapter: some for chapter, some in ids.items() if some and theory_chapter(page, chapter)}
    if not judged_chapters:
        return {}
    pictured: dict[str, list[str]] = {chapter: [] for chapter in PICTURES if _first_figures(page, chapter)}
    return pictured | judged_chapters


def slide_pages(sources: Sources) -> dict[str, str]:
    """Return the slides of each chapter of the theory that has claims with a verdict."""
    pages = {}
    for chapter, ids in _claims_by_chapter(Page(sources, "")).items():
        page = Page(sources, f"{FOLDER}/{chapter}.md")
        pages[page.path] = page.fill("slides.md", _deck_facts(page, chapter, ids))
    return pages


def decks(page: Page) -> list[str]:
    """Return a link to each deck, named by its chapter. A study without claims has no decks."""
    link = Markdown("[{}]({}{}/{}.md)").format
    return [link(theory_chapter(page, chapter), page.root, FOLDER, chapter) for chapter in _claims_by_chapter(page)]


def _deck_facts(page: Page, chapter: str, ids: list[str]) -> dict[str, Any]:
    """Return the values of a deck for its template, by name."""
    return {
        "heading": theory_chapter(page, chapter),
        "chapter": chapter,
        "chapter_link": chapter_link(page, chapter),
        "pictures": _first_pictures(page, chapter),
        "claims": [_described(page, id) for id in ids],
    }


def _first_pictures(page: Page, chapter: str) -> list[dict[str, str]]:
    """Return the values of the figures with which the deck of a chapter begins."""
    names = _first_figures(page, chapter)
    return [{"id": name, "title": pictures.title_of(page, name), **picture(page, name)} for name in names]


def _first_figures(page: Page, chapter: str) -> list[str]:
    """Return the names of the drawn figures with which the deck of a chapter begins."""
    if not theory_chapter(page, chapter):
        return []
    return [name for name in PICTURES.get(chapter, ()) if pictures.is_drawn(page, name)]


def _described(page: Page, id: str) -> dict[str, Any]:
    """Return the values of a claim for its slides. Only measured claims have a figure and extremes."""
    verdict = lookup.verdict_on(page, id)
    answer = sentences.answer(page, id)
    because = Markdown.escape(lookup.translated(page, lookup.claim_of(page, id).because))
    return {
        "id": id,
        "kind": verdict.kind,
        "measured": verdict.is_measured,
        "word": verdicts.class_name(verdict.conclusion),
        "statement": lookup.statement(page, id),
        "headline": sentences.headline(page, id),
        "badge": counted_badge(page, verdict),
        "more": sentences.after_headline(page, id),
        "because": "" if because in answer else because,
        "evidence": verdicts.evidence_link(page, id, verdicts.evidence_path(page, id)),
        "extremes": [_context_line(page, verdict, context) for context in extremes(verdict)],
        **(picture(page, EVIDENCE + id) if verdict.is_measured else NO_PICTURE),
    }


def counted_badge(page: Page, verdict: Verdict) -> str:
    """Return the verdict on a claim as a badge, which says in how many settings a claim held that depends on them.

    It does not if the answer to the claim has these numbers.
    """
    if verdict.conclusion is not Conclusion.DEPENDS or not verdict.contexts or sentences.clauses_of(verdict) is None:
        return verdicts.verdict_badge(page, verdict)
    held, n = sum(map(supports, verdict.outcomes)), len(verdict.outcomes)
    text = page.say["verdict held"].format(verdict=verdicts.word_of(page, verdict), held=held, n=n)
    return verdicts.badge(page, verdict.conclusion, text)


def extremes(verdict: Verdict) -> list[Context]:
    """Return the contexts with the largest and the smallest estimate, or as many as have an estimate.

    Estimates are compared in multiples of the smallest effects, since points of failures are a unit of their own.
    """
    estimated = [context for context in verdict.contexts if context.n and not math.isnan(context.effect.estimate)]
    ranked = sorted(estimated, key=lambda context: context.effect.estimate / verdict.smallest_effect_in(context))
    return [ranked[-1], ranked[0]] if len(ranked) > 1 else ranked


def _context_line(page: Page, verdict: Verdict, context: Context) -> str:
    """Return the settings of a context, its outcome, and its estimate with the interval."""
    text = Markdown("{} {}").format(
        verdicts.outcome_badge(page, verdict, context), estimates.sized(page, verdict, context, after_finding=True)
    )
    name = lookup.label(page, verdict.claim, context)
    return Markdown("**{}** {}").format(name, text) if name else text


def picture(page: Page, name: str) -> dict[str, str]:
    """Return a figure with the width and the layout that enlarge it most. If it was not drawn, nothing is returned."""
    if not pictures.is_drawn(page, name):
        return NO_PICTURE
    drawings = {scheme: pictures.drawings(page, name, scheme) for scheme in SCHEMES}
    by_width = range(len(drawings["light"]))
    layout, chosen = max(
        ((layout, i) for layout in LAYOUTS for i in reversed(by_width)),
        key=lambda pair: enlargement(drawings["light"][pair[1]], pair[0]),
    )
    shown = {scheme: files[: chosen + 1] for scheme, files in drawings.items()}  # phones get the narrow one
    alt = pictures.text_of(page, name, "alt").unescape()
    return {
        "figure": html("slide_figure", drawings=shown, alt=alt, close=page.say["figure close"]),
        "layout": layout.name,
    }


def enlargement(drawing: Drawing, layout: Layout) -> float:
    """Return the factor by which a drawing can be enlarged on a slide; 0 if its size is not known."""
    if drawing.size is None:
        return 0.0
    width, height = drawing.size
    return min(layout.width / width, layout.height / height)
