"""What small pages show: a toy with its numbers, its picture without scripts, and the cards of a chapter."""

import re
from collections.abc import Callable
from typing import Any

from ontrial.errors import InputError, unknown
from ontrial.report.markdown import Markdown
from ontrial.report.pages import chapters, lookup, pictures
from ontrial.report.pages.claims import sentences, verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial_book.small import NAMES, SMALL, Small, pages_numbers
from ontrial_book.small.pages_sketches import SKETCHES

SENTENCE = re.compile(r"^# .*\n\n((?:.+\n)+)", re.MULTILINE)  # below the title of a page
Numbers = Callable[[Page], dict[str, Any]]

# The numbers of toys that show what was measured. Those with a figure are shown if it is drawn.
MEASURED: dict[str, tuple[Numbers, str]] = {
    "true-or-false": (pages_numbers.by_batch, "batch-rate-surface"),
    "same-road": (pages_numbers.road, ""),
    "count-images": (pages_numbers.leads, "count-images"),
    "backpropagation": (pages_numbers.passes, "backpropagation"),
    "dying-units": (pages_numbers.dead_by_rate, "dead-units"),
    "how-much-is-left": (pages_numbers.gradients_by_layer, "gradient-norms"),
    "start-right": (pages_numbers.gradients_by_variance, "gradient-norms"),
}


def toy(page: Page, name: str, still: str = "") -> str:
    """Return the place of a toy, with its numbers and texts; "" if the study has not measured them.

    still: Figure that stands for the toy without scripts, if any.
    """
    chapter = _chapter_of(name)
    numbers, figure = MEASURED.get(name, (lambda _: {}, ""))
    found = numbers(page) if not figure or pictures.is_drawn(page, figure) else {}
    if name in MEASURED and not found:
        return ""
    names = [*SMALL[chapter]]
    return html(
        "toy",
        root=page.root,
        numbers=found,
        words=page.texts.after(f"toy {name} ") | {"hint": page.texts.get(f"toy {name} hint", page.texts["toy hint"])},
        scripts=["toys/shapes", "toys/toy", *SMALL[chapter][name].scripts, f"toys/{name}"],
        still=picture(page, still),
        where=page.say["small where"].format(
            chapter=Markdown("[{}]({}{}.md)").format(page.say[f"small {chapter}"], page.root, chapter),
            number=names.index(name) + 1,
            n=len(names),
        ),
        about=_about(page, SMALL[chapter][name]),
        say=page.say,
    )


def _chapter_of(name: str) -> str:
    for chapter, pages in SMALL.items():
        if name in pages:
            return chapter
    raise InputError(unknown("small page", name, NAMES))


def picture(page: Page, figure: str) -> str:
    """Return a figure without its title; "" if it has not been drawn."""
    if not figure or not pictures.is_drawn(page, figure):
        return ""
    drawings = {scheme: pictures.drawings(page, figure, scheme) for scheme in pictures.SCHEMES}
    alt = pictures.text_of(page, figure, "alt").unescape()
    return html("slide_figure", drawings=drawings, alt=alt, close=page.say["figure close"])


def _about(page: Page, small: Small) -> str:
    """Return how long a small page takes, and what it asks of readers."""
    return Markdown(" · ").join([page.say["small minute"], page.say[small.level]])


def really(page: Page, id: str) -> str:
    """Return a line that leads from a sentence as it is taught to what was measured; "" without that claim."""
    return _really(page, id, Markdown("“{}”").format(lookup.statement(page, id))) if lookup.has_claim(page, id) else ""


def asked(page: Page, claim: str) -> str:
    """Return such a line with a question and its answer, of any study of the site; "" without that claim."""
    shown = lookup.page_of_study(page, claim)
    if not shown:
        return ""
    said = Markdown("{} {}").format(lookup.question(shown, claim), Markdown(sentences.answer(shown, claim)))
    return _really(shown, claim, said)


def _really(page: Page, id: str, said: Markdown) -> str:
    badge = verdicts.verdict_badge(page, lookup.verdict_on(page, id), with_margin=False)
    link = verdicts.evidence_link(page, id, page.say["small why"])
    return Markdown("**{}** {} {} {}\n{{: .small-line }}").format(page.say["small really"], said, badge, link)


def small_cards(page: Page, chapter: str) -> str:
    """Return the small pages of a chapter as cards: a picture, the title, the sentence, and what it takes."""
    cards = []
    for name, small in SMALL.get(chapter, {}).items():
        text = page.sources.docs.pages.get(f"{name}.md")
        if text is None:
            continue
        title = chapters.heading(text)
        sentence = SENTENCE.findall(text)[0]
        cards.append(
            {
                "address": f"{page.root}{name}.html",
                "title": title,
                "sentence": Markdown(" ").join(map(Markdown, sentence.split())),
                "about": _about(page, small),
                "sketch": Markdown(SKETCHES[name]),
            }
        )
    return html("small_cards", root=page.root, cards=cards) if cards else ""
