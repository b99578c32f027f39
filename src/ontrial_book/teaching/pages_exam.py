"""What is taught and what is so, for an exam: a line for each claim that has an answer."""

from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup
from ontrial.report.pages.chapters import by_chapter, chapter_name
from ontrial.report.pages.claims import sentences, verdicts
from ontrial.report.pages.page import Page
from ontrial_judge.core.verdicts import Conclusion


def exam_lines(page: Page) -> dict[str, list[tuple[str, str]]]:
    """Return the statement of each claim and its whole answer with a link to the evidence, by title of the chapter.

    Claims that no experiment can test have no answer and are left out.
    """
    judged = [
        claim
        for id, claim in page.results.claims.items()
        if lookup.has_claim(page, id) and lookup.conclusion_on(page, id) is not Conclusion.NOT_TESTABLE
    ]
    return {
        chapter_name(page, chapter): [(lookup.statement(page, claim.id), _line_on(page, claim.id)) for claim in claims]
        for chapter, claims in by_chapter(judged).items()
    }


def _line_on(page: Page, id: str) -> Markdown:
    """Return the verdict on a claim, its answer, the reason if it holds or fails by construction, and a link."""
    evidence = verdicts.evidence_link(page, id, page.say["the evidence"])
    verdict = lookup.verdict_on(page, id)
    badge = verdicts.verdict_badge(page, verdict, with_margin=False)
    answer = sentences.answer(page, id)
    reason = sentences.reason(page, id) if verdict.readings else ""
    return Markdown(" ").join(filter(None, [badge, answer, "" if reason in answer else reason, evidence]))
