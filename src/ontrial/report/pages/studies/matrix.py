"""The robustness matrix on pages: a row per measured claim, a column per thing that might change its answers."""

from ontrial.judge.records import Kind
from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup
from ontrial.report.pages.claims import verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import wide_table
from ontrial.report.summaries.matrix import CIRCUMSTANCES, FACTORS, Sign, signs
from ontrial.report.wording import formatting

MARKS = {Sign.SAME: "=", Sign.OPEN: "≈", Sign.OPPOSITE: "≠"}
COLOURS = {Sign.SAME: "supported", Sign.OPEN: "inconclusive", Sign.OPPOSITE: "refuted"}  # those of verdicts


def matrix(page: Page) -> str:
    """Return the table of measured claims and of the factors tried for any of them; "" without such claims."""
    rows = {
        verdict.claim: _signs_of(page, verdict.claim)
        for verdict in page.results.verdicts.values()
        if verdict.kind is Kind.MEASURED and verdict.contexts
    }
    tried = [factor for factor in FACTORS if any(row[factor] for row in rows.values())]
    if not tried:
        return ""
    lines = [
        (
            verdicts.short_link(page, id),
            verdicts.sign(page, lookup.conclusion_on(page, id)),
            *(_mark(page, row[factor]) for factor in tried),
        )
        for id, row in rows.items()
    ]
    heads = (page.say["claim"], page.say["replication here"], *(page.say[f"matrix {factor}"] for factor in tried))
    return wide_table(heads, lines)


def row(page: Page, id: str) -> str:
    """Return which circumstances change the answers of a claim, in a sentence or two; "" if none was tried.

    The other factors have sentences of their own on the page of the claim.
    """
    found = _signs_of(page, id)
    sentences = []
    for sign in Sign:
        names = [page.say[f"matrix {factor}"] for factor in CIRCUMSTANCES if found[factor] is sign]
        if names:
            sentences.append(page.say[f"matrix with {sign}"].format(Markdown(", ").join(names)))
    return Markdown(" ").join(sentences)


def _signs_of(page: Page, id: str) -> dict[str, Sign | None]:
    circumstances = page.results.measurements.get("robustness")
    if circumstances is not None:
        circumstances = circumstances[circumstances["study"] == page.results.study.name]
    sources = page.sources
    return signs(lookup.verdict_on(page, id), circumstances, sources.other_studies, sources.replications)


def _mark(page: Page, sign: Sign | None) -> str:
    """Return a sign as a coloured mark, which screen readers read as words."""
    if sign is None:
        return formatting.NO_VALUE
    return html("sign", verdict=COLOURS[sign], sign=MARKS[sign], text=page.say[f"matrix {sign}"])
