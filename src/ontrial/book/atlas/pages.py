"""The atlas on pages: sentences of books, courses and guides with their verdicts, by source.

The claims of the published atlas make most of these sentences, and those of the study itself some.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ontrial.book.replications import pages as replications
from ontrial.report.markdown import Markdown, code
from ontrial.report.pages import lookup, tables
from ontrial.report.pages.assemble_pages import claim_pages, navigation
from ontrial.report.pages.claims import evidence, sentences, verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.pages.sources import Sources

OVERVIEW = "atlas.md"
FOLDER = "atlas"
ORDER = f"{FOLDER}/.order"  # lists the pages in the order of the navigation, as JSON


class Sentence(NamedTuple):
    """A sentence of a source that a claim makes testable.

    page: The page that shows it, with the study that tests the claim as its sources.
    claim: Id of the claim.
    quotation: The words and their place, as in the docket.
    """

    page: Page
    claim: str
    quotation: Mapping[str, Any]

    @property
    def is_outside(self) -> bool:
        """Whether the author names conditions that the study does not have."""
        return "outside" in self.quotation


def _by_source(page: Page) -> dict[str, list[Sentence]]:
    """Return the sentences on trial by the name of their source, those of the atlas first."""
    studies = [sources for sources in (page.sources.atlas, page.sources) if sources]
    tried: dict[str, list[Sentence]] = {name: [] for sources in studies for name in sources.docket.sources}
    for sources in studies:
        shown = Page(sources, page.path)
        for id in filter(sources.results.verdicts.__contains__, sources.results.claims):
            for quotation in sources.results.claims[id].quotations:
                tried[quotation["source"]].append(Sentence(shown, id, quotation))
    return {name: each for name, each in tried.items() if each}


def _source_facts(page: Page, name: str, tried: Sequence[Sentence]) -> dict[str, Any]:
    """Return the values of a source for the template of its page, by name."""
    source = tried[0].page.sources.docket.sources[name]
    return {
        **source,
        "name": evidence.yaml_text(source["title"]),
        "link": html("link", address=source["url"], text=source["url"].removeprefix("https://")),
        "sentences": _sentence_table(tried),
    }


def _sentence_table(tried: Sequence[Sentence]) -> str:
    """Return a row per sentence: the verdict, the words, the place, and the answer to the statement on trial."""
    return html("box", name="glance", blocks=[_sentence_rows(tried)])


def _sentence_rows(tried: Sequence[Sentence]) -> Markdown:
    say = tried[0].page.say
    return tables.markdown((say["verdict of"], say["sentence"]), map(_sentence_row, tried))


def _sentence_row(sentence: Sentence) -> tuple[str, str]:
    """Return the verdict on a sentence, and its words with the statement on trial and the answer."""
    page, id, quotation = sentence
    badge = verdicts.verdict_badge(page, lookup.verdict_on(page, id), with_margin=False)
    if sentence.is_outside:
        badge += Markdown("<br>") + html("tag", name="outside", text=page.say["outside"])
    text = verdicts.evidence_link(page, id, evidence.quoted_words(page, quotation))
    on_trial = page.say["sentence on trial"].format(lookup.statement(page, id))
    tried = Markdown("{}<br>{}").format(on_trial, sentences.answer(page, id))
    if sentence.is_outside:
        tried = Markdown("{} {}").format(evidence.outside(page, quotation), tried)
    return badge, text + html("small_print", text=tried)


@dataclass(frozen=True)
class Atlas:
    """What pages show of the published atlas."""

    page: Page

    @property
    def overview(self) -> str:
        """A table per source with all sentences on trial, under a link to the page of the source."""
        blocks = []
        for name, tried in _by_source(self.page).items():
            source = tried[0].page.sources.docket.sources[name]
            link = Markdown("[{}]({}{}/{}.md)").format(source["title"], self.page.root, FOLDER, name)
            blocks += [Markdown("**{}**").format(link), _sentence_rows(tried)]
        return html("box", name="glance", blocks=blocks)

    @property
    def replications(self) -> str:
        """How far replications of the atlas agree with it, and a row per replicated claim; "" without any."""
        assert self.page.sources.atlas
        shown = Page(self.page.sources.atlas, self.page.path)
        return Markdown("\n\n").join(filter(None, [replications.summary(shown), replications.overview(shown)]))

    @property
    def dates(self) -> str:
        """When the docket of the atlas was fixed and when its study ran, with commits, as far as they are known."""
        assert self.page.sources.atlas
        origin, say = self.page.sources.atlas.provenance, self.page.say
        docket = say["atlas docket"].format(code(origin["docket_sha256"][:12]))
        if origin["docket_commit"]:
            values = {"commit": code(origin["docket_commit"][:12]), "date": origin["docket_date"]}
            docket = say["atlas docket fixed"].format(**values, hash=code(origin["docket_sha256"][:12]))
        if not origin["commit"]:
            return docket
        study = say["atlas study"].format(commit=code(origin["commit"][:12]), date=origin["commit_date"])
        return Markdown("{} {}").format(docket, study)


def atlas_pages(sources: Sources) -> dict[str, str]:
    """Return the pages of any published atlas: its overview, one per source, those of its claims, and their order."""
    if not sources.atlas:
        return {}
    single, _ = claim_pages(sources.atlas)
    overview = Page(sources, OVERVIEW)
    of_sources = {}
    for name, tried in _by_source(Page(sources, f"{FOLDER}/")).items():
        page = Page(sources, f"{FOLDER}/{name}.md")
        of_sources[page.path] = page.fill("source.md", _source_facts(page, name, tried))
    order = json.dumps([overview.path, *of_sources, *navigation(sources.atlas, list(single))], ensure_ascii=False)
    return {overview.path: overview.fill("atlas.md", {}), **of_sources, **single, ORDER: order}
