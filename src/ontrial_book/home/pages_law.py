"""The law on the home page: what its study found on counting images and on counting updates."""

from collections.abc import Mapping

from ontrial.report.figures.formats import SCHEMES
from ontrial.report.markdown import Markdown
from ontrial.report.pages import pictures
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import formatting
from ontrial_book.home import law as summary
from ontrial_judge.core.verdicts import Verdict

FIGURE = "count-images"


def tried(page: Page) -> Findings | None:
    """Return the findings of the study on the law; None unless they are published."""
    site = page.sources.site or page.sources
    findings = site.others[summary.STUDY].results if summary.STUDY in site.others else None
    return findings if summary.is_tried(findings) else None


def has_law(page: Page) -> bool:
    """Return whether the page can have the law: on a page of the site's own study, with its picture."""
    return not page.sources.site and tried(page) is not None and pictures.is_drawn(page, FIGURE)


def law(page: Page) -> str:
    """Return what the study on the law found, with its picture; "" without these."""
    findings = tried(page)
    if not (findings and has_law(page)):
        return ""
    text = page.say["law tried"].format(same=_sentences(page)[2])
    n = formatting.count(len([*summary.leads(findings, page.texts)]))
    caption = Markdown("[{}](batch-size.md#figure-{})").format(page.say["law caption"], FIGURE)
    files = {scheme: pictures.drawings(page, FIGURE, scheme) for scheme in SCHEMES}
    alt, close = pictures.text_of(page, FIGURE, "alt").unescape(), page.say["figure close"]
    picture = html("picture", drawings=files, alt=alt, title=caption, close=close)
    fold = Markdown('<details class="part" markdown="1"><summary>{}</summary>\n\n{}\n\n</details>')
    folded = fold.format(page.say["law all"].format(n=n), picture)
    return Markdown("## {} {{#law .law}}\n\n{}\n{{: .law-text }}\n\n{}").format(law_heading(page), text, folded)


def law_heading(page: Page) -> str:
    """Return what the study found for the same images and for the same updates; "" if it is not published."""
    return " ".join(_sentences(page)[:2])


def law_line(page: Page) -> str:
    """Return the same with what it found at equal rates, and that the sentences were written down first."""
    return f"{law_heading(page)} {page.say['law tried'].format(same=_sentences(page)[2])}" if tried(page) else ""


def _sentences(page: Page) -> list[str]:
    """Return what follows from each verdict on the law."""
    findings = tried(page)
    return said(page, findings.verdicts) if findings else ["", "", ""]


def said(page: Page, verdicts: Mapping[str, Verdict]) -> list[str]:
    """Return a sentence for each verdict on the law."""
    return [
        page.say[f"law {id} {verdicts[id].conclusion}"].format(close=_margin(verdicts[id]))
        for id in (*summary.CLAIMS.values(), summary.SAME)
    ]


def _margin(verdict: Verdict) -> str:
    """Return the smallest effect of a verdict, such as "1"."""
    return formatting.significant(verdict.smallest_effect, 1)
