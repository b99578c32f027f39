"""Look up the claims, verdicts and contexts that a page names, and the docket's texts on them."""

from collections.abc import Mapping

from ontrial.errors import InputError, unknown
from ontrial.judge.claim import Claim
from ontrial.judge.estimands import Estimand
from ontrial.report.markdown import Markdown
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.wording import labels
from ontrial_judge.core.verdicts import Conclusion, Context, Outcome, SettingValues, Verdict


def has_page(page: Page, name: str) -> bool:
    """Return whether the site has a hand-written page of this name, such as "losses"."""
    return f"{name}.md" in page.sources.docs.pages


def has_claim(page: Page, id: str) -> bool:
    """Return whether the study has a verdict on a claim."""
    return id in page.results.verdicts


def claim_of(page: Page, id: str) -> Claim:
    """Return a claim of the docket."""
    return page.results.claims[id]


def is_outside(page: Page, id: str) -> bool:
    """Return whether all sources that a claim quotes mean other networks or data than those of the study.

    A claim of the study's own notes is inside, whatever others mean by it.
    """
    claim = page.results.claims.get(id)
    if claim is None or claim.source or page.sources.docket.from_notes:
        return False
    return bool(claim.quotations) and all("outside" in entry for entry in claim.quotations)


def verdict_on(page: Page, id: str) -> Verdict:
    """Return the verdict of the study on a claim. Raises InputError if it has none."""
    if id not in page.results.verdicts:
        raise InputError(f"{unknown('claim', id, page.results.verdicts)} Check has_claim(…) first.")
    return page.results.verdicts[id]


def conclusion_on(page: Page, id: str) -> Conclusion:
    """Return the conclusion of the verdict on a claim: supported, refuted, depends, …"""
    return verdict_on(page, id).conclusion


def page_of_study(page: Page, id: str) -> Page | None:
    """Return the page with the study that judged a claim, this one or another of the site; None without any."""
    shown = (each for each in (page.sources, *page.sources.studies) if id in each.results.verdicts)
    return next((Page(each, page.path) for each in shown), None)


def replacing(page: Page, id: str) -> list[str]:
    """Return the ids of the claims of the site that try a claim again and have a verdict."""
    return [
        claim.id
        for study in page.sources.studies
        for claim in study.results.claims.values()
        if claim.replaces == id and claim.id in study.results.verdicts
    ]


def has_context(page: Page, id: str, **settings: str | float) -> bool:
    """Return whether the study has a verdict on a claim with exactly one context that has these settings."""
    return has_claim(page, id) and len(verdict_on(page, id).matching(settings)) == 1


def context_of(page: Page, id: str, wanted: SettingValues) -> Context:
    """Return the one context of a claim with these settings. Raises InputError if none or several have them."""
    verdict = verdict_on(page, id)
    matches = verdict.matching(wanted)
    if len(matches) != 1:
        known = "; ".join(label(page, id, context) for context in verdict.contexts)
        asked = ", ".join(f"{name} {value}" for name, value in wanted.items()) or "no setting"
        raise InputError(f'claim "{id}": {len(matches)} contexts match {asked}, expected one. Contexts: {known}.')
    return matches[0]


def outcome(page: Page, id: str, **settings: str | float) -> Outcome:
    """Return the outcome of a context: positive, negligible, reversed, below, undecided."""
    return context_of(page, id, settings).outcome


def label(page: Page, id: str, context: Context) -> str:
    """Return the name of a context: the settings that distinguish it from the others of its claim."""
    return labels.context(context.settings, page.texts, estimand_of(page, id))


def estimand_of(page: Page, id: str) -> Estimand | None:
    """Return the estimand of a claim; None if it has none, or if only a published study tests the claim."""
    claim = page.results.claims.get(id)
    return claim.estimand if claim else None


def statement(page: Page, id: str) -> str:
    """Return the statement of a claim in the language of the page, or in English with a note."""
    return translated(page, claim_of(page, id).statement)


def short_name(page: Page, id: str) -> str:
    """Return a claim in a few words, or its statement if the docket has none."""
    texts = claim_of(page, id).short or claim_of(page, id).statement
    return texts.get(page.language, texts["en"])


def question(page: Page, id: str) -> str:
    """Return the question that a claim answers, as people type it; else the claim in a few words."""
    if text := page.sources.questions.get(id, {}).get(page.language):
        return Markdown.escape(text)
    return page.say["is it so"].format(short_name(page, id).removesuffix("."))


def translated(page: Page, texts: Mapping[str, str]) -> str:
    """Return a text of the docket in the language of the page, or in English with a note; "" without texts."""
    if not texts:
        return ""
    if page.language in texts:
        return texts[page.language]
    return (html("in_english", text=texts["en"]) + " " + page.say["no translation"]).strip()
