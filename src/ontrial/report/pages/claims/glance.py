"""The list of claims with their answers: Look it up."""

from collections import Counter

from ontrial.judge.claim import Claim
from ontrial.judge.docket import SHARED_PAGES
from ontrial.report.markdown import Markdown
from ontrial.report.pages import chapters, lookup, tables
from ontrial.report.pages.claims import sensitivity, sentences, verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.wording.answers import ANSWERS
from ontrial_judge.core.verdicts import Verdict

REPLIES = ("yes", "no", "open")  # in the order of their squares


def at_a_glance(page: Page) -> str:
    """Return a table per chapter of the claims with a verdict of all studies of the site; "" without any."""
    blocks = []
    for name, judged in by_chapter(page).items():
        first, claim = judged[0]
        name = chapters.chapter_link(first, claim.chapter) or name
        rows = [_row(shown, claim.id) for shown, claim in judged]
        blocks += [
            Markdown("**{}**").format(name),
            tables.markdown((page.say["question"], page.say["verdict of"]), rows),
        ]
    return html("box", name="glance", blocks=blocks) if blocks else ""


def by_chapter(page: Page) -> dict[str, list[tuple[Page, Claim]]]:
    """Return the claims that have pages of their own, each with its study, by the name of their chapter."""
    listed: dict[str, list[tuple[Page, Claim]]] = {}
    for study in page.sources.studies:
        shown, found = Page(study, page.path), study.results.verdicts
        judged = [each for id, each in study.results.claims.items() if has_own_page(found.get(id))]
        for chapter, claims in chapters.by_chapter(judged).items():
            listed.setdefault(chapters.chapter_name(shown, chapter), []).extend((shown, claim) for claim in claims)
    return listed


def has_own_page(verdict: Verdict | None) -> bool:
    """Return whether a claim has a page of its own: it has a verdict that is not one of those that share a page."""
    return verdict is not None and verdict.conclusion not in SHARED_PAGES


def claim_filter(page: Page) -> str:
    """Return controls for choosing among the claims on the page, which a script fills and shows."""
    names = [page.say["filter topic"], page.say["filter verdict"]]
    return html("claim_filter", names=names, all=page.say["filter all"])


def _row(page: Page, id: str) -> tuple[str, str]:
    """Return the question of a claim with its answer and who says so, and the verdict with its squares."""
    verdict, answer = lookup.verdict_on(page, id), sentences.answer(page, id)
    text = verdicts.evidence_link(page, id, lookup.question(page, id))
    if sensitivity.is_close(verdict):
        text += " " + html("tag", name="close", text=page.say["close"])
    told = Markdown(" ").join(filter(None, [sentences.first(answer), _authors(page, id)]))
    text += html("small_print", text=told) if told else ""
    return text, verdicts.verdict_badge(page, verdict, with_margin=False) + _squares(page, verdict)


def _authors(page: Page, id: str) -> str:
    """Return the authors whom a claim quotes, their works, and of what they say it if that is outside our range.

    The text is "" for a claim that quotes nobody.
    """
    texts = []
    for entry in lookup.claim_of(page, id).quotations:
        work = page.sources.docket.sources[entry["source"]]
        text = Markdown("{}, *{}*").format(work["author"], work["title"])
        conditions = lookup.translated(page, entry.get("outside", {}))
        texts.append(page.say["said outside"].format(text, conditions) if conditions else text)
    return page.say["said by"].format(Markdown("; ").join(dict.fromkeys(texts))) if texts else ""


def _squares(page: Page, verdict: Verdict) -> str:
    """Return a square for each setting of a verdict, with its answer; "" for a verdict without settings."""
    if not verdict.cases:
        return ""
    found = Counter(ANSWERS[outcome] for outcome in verdict.outcomes)
    counts = {reply: found[reply] for reply in REPLIES if found[reply]}
    text = page.say["squares"].format(yes=found["yes"], no=found["no"], open=found["open"], n=found.total())
    return html("squares", counts=counts, text=text)
