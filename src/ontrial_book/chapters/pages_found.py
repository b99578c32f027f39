"""The most surprising verdicts on the claims of a chapter."""

from ontrial.report.figures.formats import EVIDENCE
from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup, pictures
from ontrial.report.pages.claims import sentences, verdicts
from ontrial.report.pages.page import Page
from ontrial_judge.core.verdicts import Conclusion, Outcome, Verdict

BY_SURPRISE = (
    Conclusion.REFUTED,
    Conclusion.DEPENDS,
    Conclusion.SUPPORTED,
    Conclusion.NOT_SEEN,
    Conclusion.INCONCLUSIVE,
    Conclusion.BY_CONSTRUCTION,
    Conclusion.NOT_TESTABLE,
)


def found(page: Page, chapter: str, number: int = 3) -> str:
    """Return the most surprising verdicts on a chapter's claims, with the figure of the first; "" without a verdict."""
    ids = [id for id in by_surprise(page) if lookup.claim_of(page, id).chapter == chapter][:number]
    if not ids:
        return ""
    links = [verdicts.evidence_link(page, id, lookup.statement(page, id)) for id in ids]
    line = Markdown("- “{}” {}").format
    lines = [line(link, sentences.answer(page, id)) for link, id in zip(links, ids, strict=True)]
    drawn = [pictures.figure(page, EVIDENCE + id) for id in ids if lookup.verdict_on(page, id).is_measured][:1]
    return Markdown("\n\n").join([page.say["found heading"], Markdown("\n").join(lines), *drawn])


def by_surprise(page: Page) -> list[str]:
    """Return the ids of the claims that an experiment can decide, the most surprising verdict first."""
    ids = [id for id, verdict in page.results.verdicts.items() if verdict.cases]

    def rank(id: str) -> tuple[bool, int, float]:
        verdict = lookup.verdict_on(page, id)
        return not is_surprising(verdict), BY_SURPRISE.index(verdict.conclusion), -distance(verdict)

    return sorted(ids, key=rank)


def is_surprising(verdict: Verdict) -> bool:
    """Return whether a claim is refuted, or depends on a setting and its opposite is certain somewhere."""
    depends = verdict.conclusion is Conclusion.DEPENDS
    is_opposite = not {Outcome.REVERSED, Outcome.APART, Outcome.BEYOND}.isdisjoint(verdict.outcomes)
    return verdict.conclusion is Conclusion.REFUTED or (depends and is_opposite)


def distance(verdict: Verdict) -> float:
    """Return the largest distance of a verdict's effects from the claim, in multiples of the smallest effect.

    For a claim that effects are small, it is the distance from 0.

    The distance is 0 for a claim without a measured contradiction.
    """
    against = [
        (context.outcome, context.effect.estimate / verdict.smallest_effect_in(context))
        for context in sentences.contexts_against(verdict)
    ]
    return max(
        (abs(size) if outcome in (Outcome.APART, Outcome.BEYOND) else 1 - size for outcome, size in against),
        default=0.0,
    )
