"""Figures on a page: light and dark, with alternative text, caption, data and provenance."""

from ontrial.errors import InputError, unknown
from ontrial.report.figures.catalogue import EVIDENCE, FIGURES, catalogue, of_claims, unmet_needs
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page, template_name
from ontrial.report.pages.provenance_note import provenance_note
from ontrial.report.site.templates import render
from ontrial.report.wording import formatting


@template_name("figure")
def figure(page: Page, name: str) -> str:
    """Return the HTML of a figure on one line, so that it can be part of an indented block.

    If the figure is missing, a note says why. Raises InputError for an unknown figure, and for one of an experiment
    that this study does not have.
    """
    check_figure(page, name)
    entry = EVIDENCE.rstrip("-") if name.startswith(EVIDENCE) else name
    if reason := absence(page, name):
        return html("missing_figure", name=name, title=caption_part(page, entry, "title"), reason=reason)
    title, caption, alt = (caption_part(page, entry, part) for part in ("title", "caption", "alt"))
    return figure_html(page, name, title, caption, alt, provenance_note(page, name))


def figure_html(page: Page, name: str, title: str, caption: str, alt: str, note: str = "") -> str:
    """Return the HTML of the files of a figure.

    title and caption are Markdown, alt is plain text, and note is HTML.
    """
    return html(
        "figure",
        name=name,
        file=f"{page.root}../figures/{name}",
        language=page.language,
        size=page.sources.sizes.get(name),
        alt=alt,
        title=title,
        caption=caption,
        numbers=page.say["numbers behind the figure"],
        origin=note,
    )


@template_name("figure_link")
def link(page: Page, name: str, target: str) -> str:
    """Return a Markdown link to a figure on another page. target: name of that page, such as "batch-size"."""
    check_figure(page, name)
    return f"[{caption_part(page, name, 'title')}]({page.root}{target}.md#figure-{name})"


@template_name("has_figure")
def has(page: Page, name: str) -> bool:
    """Return whether the site has a figure."""
    published = catalogue(page.results.study, page.results.benchmark is not None, page.results.scale is not None)
    return name in published and not absence(page, name)


def absence(page: Page, name: str) -> str | None:
    """Return in words why a figure of this study is missing; None if it is not."""
    if error := page.sources.failed_figures.get(name):
        return page.say["figure failed"].format(error=formatting.plain(error))
    if name in FIGURES and (needs := unmet_needs(page.results.study, name)):
        texts = ", ".join(page.say[f"need {need}"] for need in needs)
        return page.say["figure left out"].format(experiment=" ".join(FIGURES[name].experiments), needs=texts)
    return None


def check_figure(page: Page, name: str) -> None:
    """Raise InputError unless the study has a figure of this name."""
    results = page.results
    known = [figure for figure, entry in FIGURES.items() if not entry.verdicts]
    known += [figure for kind in ("measured", "timed") for figure in of_claims(results.claims, kind)]
    if name not in known:
        raise InputError(unknown("figure", name, known))
    if name not in FIGURES:
        return
    entry = FIGURES[name]
    if entry.benchmark and not results.benchmark:
        raise InputError(f'figure "{name}": no benchmark is published. Show it only where [% if benchmark %].')
    if entry.scale and results.scale is None:
        raise InputError(f'figure "{name}": no table of growth is published. Show it only where [% if scale %].')
    if not set(entry.experiments) <= set(results.study.experiments):
        needs = " and ".join(f'has("{experiment}")' for experiment in entry.experiments)
        raise InputError(f'figure "{name}": this study lacks its experiment. Show it only where [% if {needs} %].')


def caption_part(page: Page, name: str, part: str) -> str:
    """Return the title, caption or alternative text of a figure, filled in, on one line."""
    file = f"docs/{page.language}/figures.yaml"
    text = page.sources.captions.get(name, {}).get(part)
    if not text:
        raise InputError(f"{file}: the figure {name} has no {part}. Add its title, caption and alt.")
    return " ".join(render(text, f"{file}: {name}.{part}", page.names).split())
