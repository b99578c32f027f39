"""Chapters of claims: titles that a docket declares, and pages of the site with their names."""

import re
from collections.abc import Iterable

from ontrial.judge.claim import Claim
from ontrial.report.markdown import Markdown
from ontrial.report.pages.page import Page

ATTRIBUTES = re.compile(r"\s*\{[:#][^{}]*\}$")  # of a heading


def heading(text: str) -> Markdown:
    """Return the first heading in a page's text, without its attributes.

    >>> str(heading("# What changes the answers? {: #robustness }")), str(heading("# Batch size"))
    ('What changes the answers?', 'Batch size')
    """
    first = next(line.removeprefix("# ").strip() for line in text.splitlines() if line.startswith("# "))
    return Markdown(ATTRIBUTES.sub("", first))


def by_chapter(claims: Iterable[Claim]) -> dict[str | None, list[Claim]]:
    """Return claims by chapter, in the order of the chapters' first claims. Claims without a chapter come last."""
    groups: dict[str | None, list[Claim]] = {}
    for claim in sorted(claims, key=lambda claim: claim.chapter is None):
        groups.setdefault(claim.chapter, []).append(claim)
    return groups


def own_chapter(page: Page, chapter: str | None) -> str | None:
    """Return the title of a chapter that the docket declares, in English if there is no other; None for others."""
    titles = page.sources.docket.chapters.get(chapter) if chapter else None
    return titles.get(page.language, titles["en"]) if titles else None


def chapter_link(page: Page, chapter: str | None) -> str | None:
    """Return a Markdown link to a chapter of the theory; None if the chapter has no page."""
    title = theory_chapter(page, chapter)
    return title and Markdown("[{}]({}{}.md)").format(title, page.root, chapter)


def theory_chapter(page: Page, chapter: str | None) -> str | None:
    """Return the title of a chapter of the theory; None if the chapter has no page."""
    text = page.sources.docs.pages.get(f"{chapter}.md")
    return text and heading(text)


def chapter_name(page: Page, chapter: str | None) -> str:
    """Return the title of a chapter, or the name for claims that belong to none."""
    return theory_chapter(page, chapter) or own_chapter(page, chapter) or page.say["others"]
