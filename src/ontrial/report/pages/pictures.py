"""Figures on a page, light and dark, narrow and wide, with alternative text, caption, files and provenance."""

from typing import NamedTuple

import numpy as np

from ontrial.errors import InputError, unknown
from ontrial.report.figures.catalogue import of_claims, unmet_needs, widths
from ontrial.report.figures.formats import EVIDENCE, SCHEMES, file_name
from ontrial.report.markdown import Markdown
from ontrial.report.pages import citations
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.pages.provenance_note import provenance_note
from ontrial.report.site.templates import render
from ontrial.report.summaries.evidence import Marks, find_marks, rows_of
from ontrial_judge.core.statistics import FAILURES
from ontrial_judge.core.verdicts import Context, Kind


class Drawing(NamedTuple):
    """A file of a figure in a scheme: the link to it, and its width and height in CSS pixels, if known."""

    address: str
    size: tuple[float, float] | None


def figure(page: Page, name: str, title: str = "", caption: str = "") -> str:
    """Return the HTML of a figure on one line, so that it can be part of an indented block.

    If the figure is missing, a note says why. Raises InputError for an unknown figure, and for a figure of an
    experiment that this study lacks.

    title, caption: Texts of a page that says the rest of the figure itself (default: the figure's own).
    """
    _check_figure(page, name)
    if reason := _absence(page, name):
        return html("missing_figure", name=name, title=title or title_of(page, name), reason=reason)
    alt = text_of(page, name, "alt").unescape()
    if title:
        return _figure_html(page, name, title, caption, alt, text_of(page, name, "details"))
    texts = (text_of(page, name, part) for part in ("caption", "details"))
    return _figure_html(page, name, title_of(page, name), next(texts), alt, next(texts), provenance_note(page, name))


def _figure_html(page: Page, name: str, title: str, caption: str, alt: str, details: str = "", note: str = "") -> str:
    """Return the HTML of a figure's files.

    alt: Alternative text.
    details: What else there is to know to read the figure, which is folded.
    note: HTML below the caption.
    """
    return html(
        "figure",
        name=name,
        drawings={scheme: drawings(page, name, scheme) for scheme in SCHEMES},
        alt=alt,
        title=title,
        caption=caption,
        details=details,
        numbers=f"{page.root}../figures/{name}.csv",
        permalink=_permalink(page, name),
        citation=citations.bibtex(page, name, title, page.say["citation figure"].format(name=name)) if note else None,
        say=page.say,
        origin=note,
    )


def _permalink(page: Page, name: str) -> str:
    """Return the address of a figure: its own page, or its place on this page if that is its own or it has none."""
    if name in page.sources.figure_places and page.path != f"figures/{name}.md":
        return f"{page.root}figures/{name}.html"
    return Markdown("#figure-{}").format(name)


def drawings(page: Page, name: str, scheme: str) -> list[Drawing]:
    """Return the files of a figure in a scheme, the narrow one first."""
    files = [file_name(name, page.language, scheme, width) for width in widths(page.sources.contents.figures, name)]
    return [Drawing(f"{page.root}../figures/{file}", page.sources.sizes.get(file)) for file in files]


def title_of(page: Page, name: str) -> str:
    """Return the title of a figure: what the results say, or else a title that fits any results."""
    if name.startswith(EVIDENCE):
        return _caption_part(page, EVIDENCE.rstrip("-"), "title", id=name.removeprefix(EVIDENCE))
    titles = page.sources.titles.get(name)
    word = titles.choose(page.results) if titles and not _absence(page, name) else None
    return _caption_part(page, name, f"title {word}" if word else "title")


def link(page: Page, name: str, target: str) -> str:
    """Return a Markdown link to a figure on another page.

    target: Name of that page, such as "batch-size".
    """
    _check_figure(page, name)
    return Markdown("[{}]({}{}.md#figure-{})").format(title_of(page, name), page.root, target, name)


def is_drawn(page: Page, name: str) -> bool:
    """Return whether the study has the experiments of a figure, and the figure could be drawn."""
    try:
        _check_figure(page, name)
    except InputError:
        return False
    return not _absence(page, name)


def _absence(page: Page, name: str) -> str | None:
    """Return the reason why a figure of this study is missing, in words; None if it is not missing."""
    if error := page.sources.failed_figures.get(name):
        return page.say["figure failed"].format(error=error)
    drawn = page.sources.contents.figures.get(name)
    if drawn and (needs := unmet_needs(drawn, page.results.study)):
        texts = Markdown(", ").join(page.say[f"need {need}"] for need in needs)
        return page.say["figure left out"].format(experiment=" ".join(drawn.experiments), needs=texts)
    return None


def _check_figure(page: Page, name: str) -> None:
    results, figures = page.results, page.sources.contents.figures
    known = [name for name, drawn in figures.items() if drawn.source != "verdicts"]
    known += of_claims(results.claims)
    if name not in known:
        raise InputError(unknown("figure", name, known))
    if name not in figures:
        return
    drawn = figures[name]
    if drawn.source and drawn.source not in results.measurements:
        remedy = f'Show it only where [% if has_figure("{name}") %].'
        raise InputError(f'figure "{name}": the measurement "{drawn.source}" is not published. {remedy}')
    if not set(drawn.experiments) <= set(results.study.experiments):
        needs = " and ".join(f'has("{experiment}")' for experiment in drawn.experiments)
        raise InputError(f'figure "{name}": this study lacks its experiment. Show it only where [% if {needs} %].')


def text_of(page: Page, name: str, part: str) -> Markdown:
    """Return the caption, the details or the alternative text of a figure. Figures of claims share theirs."""
    if not name.startswith(EVIDENCE):
        return _caption_part(page, name, part)
    id = name.removeprefix(EVIDENCE)
    verdict = page.results.verdicts[id]
    by_unit: dict[str, list[Context]] = {}
    for context in (verdict.contexts[i] for i in rows_of(verdict)):
        by_unit.setdefault(context.effect.unit, []).append(context)
    found = [
        find_marks(
            np.array([context.effect.numbers for context in contexts]),
            verdict.smallest_effect_in(contexts[0]),
        )
        for contexts in by_unit.values()
    ]
    marks = Marks(*map(any, zip(*found, strict=True)))
    counting = FAILURES in by_unit
    seeds = verdict.kind is Kind.MEASURED and not page.results.runs.empty
    return _caption_part(page, EVIDENCE.rstrip("-"), part, id=id, seeds=seeds, marks=marks, counting=counting)


def _caption_part(page: Page, name: str, part: str, **names: str | Marks | bool) -> Markdown:
    """Return the title, caption, details or alternative text of a figure, filled in, on one line.

    Only details may be missing.

    names: Values that the text can use, besides the names of the page.
    """
    file = f"docs/{page.language}/figures.yaml"
    text = page.sources.docs.captions.get(name, {}).get(part)
    if not text and part == "details":
        return Markdown("")
    if not text:
        raise InputError(f"{file}: the figure {name} has no {part}. Add its title, caption and alt.")
    return Markdown(" ").join(render(text, f"{file}: {name}.{part}", {**page.names, **names}).split())
