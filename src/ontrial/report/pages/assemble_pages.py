"""All pages of a language: the hand-written ones filled in, and the generated ones."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from pkgutil import resolve_name
from typing import Any

from ontrial.judge.docket import SHARED_PAGES
from ontrial.report.markdown import Markdown
from ontrial.report.pages import pictures
from ontrial.report.pages.chapters import heading
from ontrial.report.pages.claims import evidence, glance
from ontrial.report.pages.claims.evidence import ClaimPage
from ontrial.report.pages.page import Page
from ontrial.report.pages.sources import Sources
from ontrial.report.site.templates import render
from ontrial.report.wording.phrases import in_language

GLOSSARY = ".glossary"  # terms, and the pages that explain them where they first mention them, as JSON
NAVIGATION_ORDER = "evidence/.order"  # lists the evidence pages in the order of the navigation, as JSON
Part = Callable[[Sources], dict[str, str]]  # returns the texts of some pages by path


def parts_of(sources: Sources) -> list[Part]:
    """Return the functions that return the pages. They need nothing from each other; later ones replace pages."""
    return [*map(resolve_name, sources.contents.page_makers), _hand_written_pages, evidence_pages]


def combine(sources: Sources, parts: Iterable[dict[str, str]]) -> dict[str, str]:
    """Return the texts of all pages by path, given the pages of each part."""
    pages = {path: text for part in parts for path, text in part.items()}
    explained = ["guess.md", *(f"{name}.md" for name in sources.contents.chapters)]
    explained += [path for path in pages if path.startswith("evidence/") and path.endswith(".md")]
    terms = [entry for entry in glossary(sources) if not entry["everyday"]]
    pages[GLOSSARY] = json.dumps({"pages": explained, "terms": terms}, ensure_ascii=False)
    left_out = sources.docs.left_out
    return {path: without_links(text, left_out) for path, text in pages.items()} if left_out else pages


def _hand_written_pages(sources: Sources) -> dict[str, str]:
    """Return the hand-written pages, glossary and references, and a page for each figure among them."""
    pages: dict[str, str] = {
        path: render(text, f"docs/{sources.language}/{path}", Page(sources, path).names)
        for path, text in sources.docs.pages.items()
    }
    generated: dict[str, dict[str, Any]] = {
        "glossary.md": {"glossary": glossary(sources)},
        "references.md": {"references": _references(sources)},
    }
    pages |= {path: Page(sources, path).fill(path, values) for path, values in generated.items()}
    return pages | _figure_pages(sources, pages)


def without_links(text: str, left_out: Iterable[str]) -> str:
    """Return a text in which links to pages that the site leaves out are only their words."""
    paths = "|".join(map(re.escape, left_out))
    return re.sub(rf"\[([^][]+)\]\((?:\.\./)*(?:{paths})(?:#[\w-]+)?\)", r"\1", text)


def glossary(sources: Sources) -> list[dict[str, Any]]:
    """Return the glossary in alphabetical order of this language.

    The keys of an entry include:

    others: Term in the other languages.
    everyday: Whether the word also has an everyday meaning.
    """
    language = sources.language
    entries = [
        {
            "id": entry["id"],
            "term": in_language(entry["term"], language),
            "others": {other: term for other, term in entry["term"].items() if other != language},
            "definition": in_language(entry["definition"], language),
            "everyday": entry.get("everyday", False),
        }
        for entry in sources.docs.glossary
    ]
    return sorted(entries, key=lambda entry: entry["term"].casefold())


def _references(sources: Sources) -> list[dict[str, str]]:
    """Return the works that any study of the site cites, in the order of their short names."""
    cited = {name: work for study in sources.studies for name, work in study.docket.references.items()}
    return [evidence.reference(name, work) for name, work in sorted(cited.items())]


def _figure_pages(sources: Sources, shown: Mapping[str, str]) -> dict[str, str]:
    """Return a page for each figure on a hand-written page, so that links can lead to the figure alone.

    shown: Texts of the pages by path. They may leave out figures that do not suit the study.
    """
    pages = {}
    for name, path in sources.figure_places.items():
        page = Page(sources, f"figures/{name}.md")
        if pictures.is_drawn(page, name) and f'id="figure-{name}"' in shown[path]:
            title = heading(sources.docs.pages[path])
            place = Markdown("[{}]({}{}#figure-{})").format(title, page.root, path, name)
            values = {"name": name, "title": pictures.title_of(page, name), "place": place}
            pages[page.path] = page.fill("figure.md", values)
    return pages


def evidence_pages(sources: Sources) -> dict[str, str]:
    """Return the pages of all claims with a verdict, their list, and their order in the navigation."""
    if not sources.results.verdicts:
        return {}
    overview = Page(sources, "evidence/index.md")
    single: dict[str, str] = {}
    shared: dict[str, str] = {}
    for study in sources.studies:
        of_study, of_several = claim_pages(study)
        single = of_study | single
        shared = of_several | shared
    more = [Page(sources, f"evidence/{name}.md") for name in sources.contents.evidence]
    filled = {page.path: page.fill(page.path.removeprefix("evidence/"), {}) for page in more}
    others = {path: text for path, text in filled.items() if text.strip()}
    link = Markdown("[{}]({})").format
    rest = [link(heading(text), path.removeprefix("evidence/")) for path, text in (others | shared).items()]
    listed = overview.fill("evidence.md", {"rest": rest})
    order = json.dumps([overview.path, *navigation(overview, single), *others, *shared], ensure_ascii=False)
    return {overview.path: listed, **single, **others, **shared, NAVIGATION_ORDER: order}


def claim_pages(sources: Sources) -> tuple[dict[str, str], dict[str, str]]:
    """Return the pages of single claims with a verdict, and those that definitions and untested claims share."""
    found = sources.results.verdicts
    judged = {id: found[id].conclusion for id in sources.results.claims if id in found}
    single, shared = {}, {}
    for id, conclusion in judged.items():
        if conclusion not in SHARED_PAGES:
            page = Page(sources, f"evidence/{id}.md")
            single[page.path] = page.fill("claim.md", {"claim": ClaimPage(page, id)})
    for shared_conclusion, name in SHARED_PAGES.items():
        page = Page(sources, f"evidence/{name}.md")
        claims = [ClaimPage(page, id) for id, conclusion in judged.items() if conclusion is shared_conclusion]
        if claims:
            parts = [page.fill("shared-claim.md", {"claim": claim}) for claim in claims]
            shared[page.path] = page.fill(f"{name}.md", {"claims": parts})
    return single, shared


def navigation(overview: Page, single: Collection[str]) -> list[Any]:
    """Return the navigation's items for pages of single claims, by chapter if there are several.

    single: Paths of these pages.
    """
    sections = {
        Markdown.escape(name): [f"evidence/{claim.id}.md" for _, claim in judged]
        for name, judged in glance.by_chapter(overview).items()
    }
    return [{name: paths} for name, paths in sections.items()] if len(sections) > 1 else [*single]
