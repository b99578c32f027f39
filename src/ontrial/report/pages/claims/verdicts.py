"""Verdicts on a page as badges, boxes and cards, which never rely on colour alone."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ontrial.errors import InputError, unknown
from ontrial.judge.docket import SHARED_PAGES
from ontrial.report.markdown import Markdown
from ontrial.report.pages import citations, lookup
from ontrial.report.pages.claims import sentences
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.summaries.findings import DesignedStudy, Findings
from ontrial.report.summaries.replications import Published
from ontrial.report.wording import outcomes
from ontrial_judge.core.verdicts import Case, Conclusion, Kind, Outcome, Verdict

SIGNS: dict[Conclusion | Outcome, str] = {
    Conclusion.SUPPORTED: "✓",
    Conclusion.REFUTED: "✗",
    Conclusion.DEPENDS: "±",
    Conclusion.INCONCLUSIVE: "?",
    Conclusion.NOT_SEEN: "∅",
    Conclusion.BY_CONSTRUCTION: "≡",
    Conclusion.NOT_TESTABLE: "○",
    Outcome.POSITIVE: "+",
    Outcome.NEGLIGIBLE: "≈",
    Outcome.REVERSED: "−",
    Outcome.BELOW: "↓",
    Outcome.UNDECIDED: "?",
    Outcome.EQUAL: "=",
    Outcome.APART: "≠",
    Outcome.WITHIN: "≤",
    Outcome.BEYOND: ">",
    Outcome.HOLDS: "✓",
    Outcome.FAILS: "✗",
}
KINDS = {
    "measured": (Kind.MEASURED, Kind.TIMED),
    "definitions": (Kind.BY_CONSTRUCTION,),
    "not_testable": (Kind.NOT_TESTABLE,),
}


def statement_with_verdict(page: Page, id: str) -> str:
    """Return the badge of a claim and its statement, which links to the evidence."""
    return verdict_badge(page, lookup.verdict_on(page, id)) + " " + evidence_link(page, id, lookup.statement(page, id))


def evidence_link(page: Page, id: str, text: str) -> Markdown:
    """Return a text as a link to the evidence on a claim."""
    return Markdown("[{}]({}{})").format(text, page.root, evidence_path(page, id, "md"))


def short_link(page: Page, id: str) -> Markdown:
    """Return a claim in a few words, linked to its evidence."""
    return evidence_link(page, id, lookup.short_name(page, id).rstrip("."))


def link_elsewhere(page: Page, id: str) -> Markdown:
    """Return a claim of any study of the site in a few words, linked to its evidence, with its verdict.

    It is the id alone of a claim without a page.
    """
    if not (shown := lookup.page_of_study(page, id)):
        return Markdown(id)
    badge = verdict_badge(shown, lookup.verdict_on(shown, id), with_margin=False)
    return Markdown("{} {}").format(short_link(shown, id), Markdown(badge))


def evidence_path(page: Page, id: str, extension: str = "html") -> Markdown:
    """Return the path of the evidence on a claim: its page, or its part of a page of several claims.

    The path is relative to the home of the language.
    """
    shared = SHARED_PAGES.get(lookup.conclusion_on(page, id))
    if shared:
        return Markdown("evidence/{}.{}#{}").format(shared, extension, id)
    return Markdown("evidence/{}.{}").format(id, extension)


def badge(page: Page, conclusion: Conclusion, text: str | None = None) -> str:
    """Return a verdict as a coloured word with its sign.

    text: Text in place of the word.
    """
    text = page.say[conclusion] if text is None else text
    return html("badge", verdict=class_name(conclusion), sign=SIGNS[conclusion], text=text)


def verdict_badge(page: Page, verdict: Verdict, word: str | None = None, *, with_margin: bool = True) -> str:
    """Return the verdict on a claim as a badge, in a given word or in those of `word_of`.

    It has no colour if the authors of the claim mean other networks or data than ours.
    """
    word = word or word_of(page, verdict, with_margin=with_margin)
    if lookup.is_outside(page, verdict.claim):
        return html("badge", verdict="outside", sign=SIGNS[verdict.conclusion], text=word)
    return badge(page, verdict.conclusion, word)


def word_of(page: Page, verdict: Verdict, *, with_margin: bool = True) -> str:
    """Return a verdict in words: "no clear difference (less than 1 point)" if it is refuted, but nowhere reversed."""
    word = word_when_small(page, verdict)
    if word is None:
        return page.say[verdict.conclusion]
    if not with_margin:
        return word
    return page.say["no clear with margin"].format(word, sentences.margins(page, verdict, verdict.contexts))


def word_when_small(page: Page, verdict: Verdict) -> str | None:
    """Return the word for a measured claim that is refuted, but reversed in no context; None for other verdicts.

    What may be reversed in some context is smaller than claimed, or reversed; if that it is opposite is certain, and
    only its size open, the claim is refuted. A single arm, which is compared with a number, has an effect instead.
    """
    found = set(verdict.outcomes)
    is_small = verdict.is_measured and found <= {Outcome.NEGLIGIBLE, Outcome.BELOW}
    is_opposite = any(
        context.outcome is Outcome.BELOW
        and outcomes.direction_of(context.effect, verdict.smallest_effect_in(context)) == "opposite"
        for context in verdict.contexts
    )
    if verdict.conclusion is not Conclusion.REFUTED or not is_small or is_opposite:
        return None
    if found != {Outcome.NEGLIGIBLE}:
        return page.say["smaller or reversed"]
    estimand = lookup.estimand_of(page, verdict.claim)
    return page.say["no clear effect" if estimand and len(estimand.arms) < 2 else "no clear difference"]


def sign(page: Page, conclusion: Conclusion) -> str:
    """Return the sign of a verdict in its colour. Screen readers read the word."""
    return html("sign", verdict=class_name(conclusion), sign=SIGNS[conclusion], text=page.say[conclusion])


def class_name(finding: Conclusion | Outcome) -> Markdown:
    """Return a verdict or outcome as part of a CSS class name. Raises InputError for any other word."""
    if finding not in SIGNS:
        raise InputError(unknown("verdict or outcome", finding, SIGNS))
    return Markdown(finding)


def outcome_badge(page: Page, verdict: Verdict, case: Case) -> str:
    """Return the outcome of a context, or whether a reading holds, in colour and with the outcome's sign."""
    outcome = case.outcome
    text = outcomes.term(page.say, outcome, outcomes.margin_in(page.say, verdict, case))
    return html("badge", verdict=class_name(outcome), sign=SIGNS[outcome], text=text)


def tally(page: Page, *kinds_shown: str) -> str:
    """Return the number of claims with each verdict as badges, definitions apart; "" for a study without verdicts.

    kinds_shown: Keys of KINDS (default: all).
    """
    groups = []
    for group in kinds_shown or KINDS:
        judged = [each for word in Conclusion for each in page.results.verdicts.values() if each.conclusion is word]
        counts = Counter(
            (each.conclusion, word_of(page, each, with_margin=False)) for each in judged if each.kind in KINDS[group]
        )
        badges = Markdown(" ").join(
            badge(page, conclusion, page.say["tally count"].format(n=number, verdict=word))
            for (conclusion, word), number in counts.items()
        )
        groups += [page.say[f"tally {group}"].format(n=counts.total(), badges=badges)] if badges else []
    return Markdown("<br>").join(groups)


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
    here = [page.results.verdicts.values()]
    return Shown(
        *(sum(verdict.is_measured for each in some for verdict in each) for some in (here, others, replicated))
    )


def citation(page: Page, id: str) -> str:
    """Return an entry for the verdict on a claim, to copy; "" if the version of the package is not known."""
    word = word_of(page, lookup.verdict_on(page, id))
    entry = citations.bibtex(page, id, lookup.question(page, id), page.say["citation verdict"].format(word))
    return html("citation", entry=entry) if entry else ""
