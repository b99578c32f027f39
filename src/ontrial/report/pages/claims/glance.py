"""The table of claims with their verdicts."""

from collections.abc import Iterable

from ontrial.report.markdown import Markdown
from ontrial.report.pages import chapters, lookup, tables
from ontrial.report.pages.claims import sensitivity, sentences, verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page


def at_a_glance(page: Page, ids: Iterable[str] | None = None) -> str:
    """Return a table of these claims, or a table per chapter of all claims with a verdict; "" without any."""
    if ids is not None:
        rows = [_verdict_row(page, id) for id in ids]
        heads = (page.say["verdict of"], page.say["claim"])
        return html("box", name="glance", blocks=[tables.markdown(heads, rows)]) if rows else ""
    judged = [claim for id, claim in page.results.claims.items() if lookup.has_claim(page, id)]
    blocks = []
    for chapter, claims in chapters.by_chapter(judged).items():
        rows = [_verdict_row(page, claim.id) for claim in claims]
        title = chapters.chapter_link(page, chapter) or chapters.chapter_name(page, chapter)
        blocks += [Markdown("**{}**").format(title), tables.markdown((page.say["verdict of"], page.say["claim"]), rows)]
    return html("box", name="glance", blocks=blocks) if blocks else ""


def claim_filter(page: Page, group: str = "chapter") -> str:
    """Return controls for choosing among the claims on the page, which a script fills and shows.

    group: What the claims are grouped by, "chapter" or "source".
    """
    verdict, group, every = (page.say[f"filter {name}"] for name in ("verdict", group, "all"))
    return html("claim_filter", verdict=verdict, chapter=group, all=every)


def _verdict_row(page: Page, id: str) -> tuple[str, str]:
    """Return the badge of a claim, and its linked statement with the answer and a mark of closeness."""
    verdict, answer = lookup.verdict_on(page, id), sentences.answer(page, id)
    text = verdicts.evidence_link(page, id, lookup.statement(page, id))
    if sensitivity.is_close(verdict):
        text += " " + html("tag", name="close", text=page.say["close"])
    text += html("small_print", text=answer) if answer else ""
    return verdicts.verdict_badge(page, verdict, with_margin=False), text
