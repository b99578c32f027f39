"""Ways to the measured claims of a docket: by chapter, by question, and by the sentence of the source."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ontrial.judge.docket import SHARED_PAGES
from ontrial.judge.records import Kind, Verdict
from ontrial.report.markdown import Markdown
from ontrial.report.pages import chapters, lookup
from ontrial.report.pages.claims import verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.summaries.designed import DesignedStudy
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.replications import Published


def measured(page: Page) -> list[str]:
    """Return the ids of the measured claims with a verdict, in the order of the docket."""
    return [id for id in page.results.claims if lookup.has_claim(page, id) and lookup.is_measured(page, id)]


class Shown(NamedTuple):
    """The numbers of verdicts on measured claims that a site shows: of its study, of others, and of replications."""

    here: int
    there: int
    replicated: int


def shown(page: Page) -> Shown:
    """Return how many verdicts on measured claims the site shows."""
    others: list[Iterable[Verdict]] = []
    for name, content in page.results.measurements.items():
        study = content.findings if isinstance(content, DesignedStudy) else content
        if isinstance(study, Findings | Published) and name != page.results.study.name:
            others.append(study.verdicts.values())
    replicated = [page.sources.other_studies[name].verdicts.values() for name in page.sources.replications]
    numbers = (sum(verdict.is_measured for each in some for verdict in each) for some in (others, replicated))
    return Shown(len(measured(page)), *numbers)


def ways_in(page: Page) -> str:
    """Return the measured claims by chapter, and folded by statement and by source, and the number of the others."""
    ids = measured(page)
    if not ids:
        return rest(page)
    claims = [lookup.claim_of(page, id) for id in ids]
    by_source: dict[str, list[str]] = {}
    for claim in claims:
        texts = claim.source if page.language == "ko" else claim.translation or claim.source
        for sentence in texts:
            by_source.setdefault(sentence.replace("**", ""), []).append(claim.id)
    groups = {
        chapters.chapter_name(page, chapter): [
            _entry(page, claim.id, lookup.short_name(page, claim.id)) for claim in some
        ]
        for chapter, some in chapters.by_chapter(claims).items()
    }
    questions = [_entry(page, id, lookup.statement(page, id)) for id in ids]
    sources = {
        sentence: [_entry(page, id, lookup.short_name(page, id)) for id in some] for sentence, some in by_source.items()
    }
    return html("ways_in", chapters=groups, questions=questions, sources=sources, rest=rest(page), say=page.say)


def rest(page: Page) -> str:
    """Return how many definitions hold and how many claims no experiment can test, each with a link; "" without any."""
    counts = Counter(verdict.conclusion for verdict in page.results.verdicts.values())
    kinds = Counter(verdict.kind for verdict in page.results.verdicts.values())
    return Markdown(" ").join(
        page.say[f"home {conclusion}"].format(
            n=counts[conclusion],
            all=kinds[Kind(conclusion)],
            link=page.root + f"evidence/{SHARED_PAGES[conclusion]}.html",
        )
        for conclusion in SHARED_PAGES
        if counts[conclusion]
    )


def _entry(page: Page, id: str, text: str) -> dict[str, str | Markdown]:
    """Return the sign of a claim's verdict, and a text with the address of its evidence."""
    return {
        "sign": verdicts.sign(page, lookup.conclusion_on(page, id)),
        "text": text,
        "link": page.root + verdicts.evidence_path(page, id),
    }
