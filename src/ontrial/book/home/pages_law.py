"""The law on the home page: what is published on counting images and on counting updates."""

from collections.abc import Mapping

from ontrial.book.home import law as summary
from ontrial.book.replications.pages_agreement import replications
from ontrial.judge.records import Verdict
from ontrial.report.figures.formats import SCHEMES
from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup, pictures
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.summaries.replications import ORIGINAL
from ontrial.report.wording import formatting

FIGURE = "count-images"
TRIED = "law"  # study with fresh runs, which try what those of other studies suggested
CLAIMS = ("equal-images-small-not-behind", "equal-updates-large-not-behind", "same-rate-same-updates")


def has_law(page: Page) -> bool:
    """Return whether the page can have the law: in the study that others repeat, with its picture."""
    is_original = page.results.study.name == ORIGINAL and lookup.has_claim(page, summary.CLAIM)
    return is_original and pictures.is_drawn(page, FIGURE)


def law_seen(page: Page) -> bool:
    """Return whether the published studies bear the law."""
    return has_law(page) and summary.is_seen(_verdicts(page))


def law(page: Page) -> str:
    """Return what fresh runs say of the law, with the picture of the studies that suggested it; "" without these."""
    if not has_law(page) or not (tried := _fresh(page)):
        return ""
    heading, text = _tried(page, tried)
    n = formatting.count(len(_verdicts(page)))
    shown = page.say["law suggested"].format(caption=page.say["law caption"], n=n)
    caption = Markdown("[{}](batch-size.md#figure-{})").format(shown, FIGURE)
    files = {scheme: pictures.drawings(page, FIGURE, scheme) for scheme in SCHEMES}
    alt, close = pictures.text_of(page, FIGURE, "alt").unescape(), page.say["figure close"]
    picture = html("picture", drawings=files, alt=alt, title=caption, close=close)
    return Markdown("## {} {{#law .law}}\n\n{}\n{{: .law-text }}\n\n{}").format(heading, text, picture)


def law_sizes(page: Page) -> list[int]:
    """Return the small and the large batch size that the law is about; none if the docket leaves the claim out."""
    return summary.sizes(page.results.claims.get(summary.CLAIM))


def law_line(page: Page) -> str:
    """Return what fresh runs say of the law; "" if they are not published."""
    return " ".join(_tried(page, tried)) if (tried := _fresh(page)) else ""


def _fresh(page: Page) -> Mapping[str, Verdict]:
    """Return the published verdicts of fresh runs; nothing unless all are there."""
    tried = page.sources.other_studies[TRIED].verdicts if TRIED in page.sources.other_studies else {}
    return tried if all(id in tried for id in CLAIMS) else {}


def _tried(page: Page, verdicts: Mapping[str, Verdict]) -> tuple[str, str]:
    """Return the heading and the sentence that follow from the verdicts on the law."""
    images, updates, same = (
        page.say[f"law {id} {verdicts[id].conclusion}"].format(
            close=formatting.significant(verdicts[id].smallest_effect, 1)
        )
        for id in CLAIMS
    )
    n = sum(len(verdicts[id].contexts) for id in CLAIMS)
    return f"{images} {updates}", page.say["law tried"].format(same=same, n=formatting.count(n))


def _verdicts(page: Page) -> list[Verdict]:
    here = lookup.verdict_on(page, summary.CLAIM)
    return [here, *(each.verdict for each in replications(page, summary.CLAIM))]
