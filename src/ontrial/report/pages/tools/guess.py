"""Guess first: measured claims whose verdicts readers guess before they appear."""

from collections.abc import Iterable
from typing import Any

from ontrial.report.pages import lookup
from ontrial.report.pages.claims import sentences, verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial_judge.core.verdicts import Conclusion

GUESSES = (Conclusion.SUPPORTED, Conclusion.REFUTED, Conclusion.DEPENDS)  # what a reader can say of a claim
CONFIDENCES = (33, 60, 90)  # per cent; 33 is a pure guess
GUESS = "guess "  # prefix of the script's texts in docs/words.yaml


def guesses(page: Page) -> str:
    """Return the measured claims with their verdicts folded away, and the script's data; "" without any."""
    ids = [id for id, verdict in page.results.verdicts.items() if verdict.is_measured]
    if not ids:
        return ""
    return html(
        "guesses",
        root=page.root,
        study=page.results.study.name,
        claims=[_described(page, id) for id in deck(page, ids)],
        guesses=GUESSES,
        say=page.say,
        words=words(page),
    )


def deck(page: Page, ids: Iterable[str]) -> list[str]:
    """Return the ids of claims, one of each chapter in turn, in the order of the docket, which gives nothing away.

    It starts with the first claim of each verdict that readers can guess, and ends with those that are open.
    """
    asked, chapters = {*ids}, {id: claim.chapter for id, claim in page.results.claims.items()}
    verdict_of = {id: lookup.conclusion_on(page, id) for id in chapters if id in asked}
    in_docket = [id for id, verdict in verdict_of.items() if verdict in GUESSES]
    turn = {id: [chapters[other] for other in in_docket[:i]].count(chapters[id]) for i, id in enumerate(in_docket)}
    guessed = sorted(in_docket, key=turn.__getitem__)
    first = {verdict_of[id]: id for id in reversed(guessed)}
    return list(dict.fromkeys([*sorted(first.values(), key=guessed.index), *guessed, *verdict_of]))


def _described(page: Page, id: str) -> dict[str, Any]:
    verdict = lookup.verdict_on(page, id)
    word = page.say[f"guess {verdict.conclusion}"] if verdict.conclusion in GUESSES else None
    return {
        "id": id,
        "statement": lookup.statement(page, id),
        "short": lookup.short_name(page, id),
        "verdict": verdicts.class_name(verdict.conclusion),
        "badge": verdicts.verdict_badge(page, verdict, word),
        "answer": sentences.answer(page, id),
        "link": page.root + verdicts.evidence_path(page, id),
    }


def words(page: Page) -> dict[str, Any]:
    """Return the texts of the script, and how sure a reader can be."""
    say = page.texts
    shared = {"percent": say["percent"].replace("{}", "{number}"), "copied": say["link copied"]}
    return {"say": say.after(GUESS) | shared, "confidences": CONFIDENCES}
