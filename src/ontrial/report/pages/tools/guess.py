"""Guess first: measured claims whose verdicts readers guess before they appear."""

from typing import Any

from ontrial.judge.records import Conclusion
from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup
from ontrial.report.pages.claims import elsewhere, sentences, verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page, template_name

# What an experiment can conclude
ANSWERS = (Conclusion.SUPPORTED, Conclusion.REFUTED, Conclusion.DEPENDS, Conclusion.INCONCLUSIVE)
CONFIDENCES = (25, 40, 60, 80, 100)  # per cent; 25 is a pure guess
GUESS = "guess "  # prefix of the script's texts in docs/words.yaml


@template_name("guesses")
def guesses(page: Page) -> str:
    """Return the measured claims with their verdicts folded away, and the script's data; "" without any."""
    ids = [id for id in page.results.verdicts if lookup.is_measured(page, id)]
    if not ids:
        return ""
    return html(
        "guesses",
        root=page.root,
        study=page.results.study.name,
        claims=[described(page, id) for id in ids],
        say=page.say,
        answers=[page.say[word] for word in ANSWERS],
        confidences=[page.say["percent"].format(confidence) for confidence in CONFIDENCES],
        words=words(page),
    )


def described(page: Page, id: str) -> dict[str, Any]:
    """Return the statement, verdict and answer of a claim, and whether the claim has a source."""
    conclusion = lookup.conclusion_on(page, id)
    texts = (sentences.answer(page, id), elsewhere.note(page, id))
    return {
        "id": id,
        "statement": lookup.statement(page, id),
        "verdict": verdicts.class_name(conclusion),
        "said": bool(lookup.claim_of(page, id).source),
        "badge": verdicts.verdict_badge(page, lookup.verdict_on(page, id)),
        "answer": Markdown(" ").join(filter(None, texts)),
        "link": page.root + verdicts.evidence_path(page, id),
    }


def words(page: Page) -> dict[str, Any]:
    """Return the texts of the script, and the choices of a reader."""
    say, texts = page.texts, page.texts.after(GUESS)
    texts["sources"] = texts["notes" if page.sources.from_notes else "sources"]
    shared = {"percent": say["percent"].replace("{}", "{number}"), "copied": say["link copied"]}
    return {
        "say": texts | shared,
        "verdicts": {word: say[word] for word in ANSWERS},
        "answers": ANSWERS,
        "confidences": CONFIDENCES,
    }
