"""Figures on a page: light and dark, with their alternative text, caption, numbers and origin."""

from ontrial.errors import InputError, unknown
from ontrial.report.figures.catalogue import EVIDENCE, FIGURES, catalogue, of_claims
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page, template_name
from ontrial.report.pages.provenance_note import origin
from ontrial.report.site.templates import render


@template_name("figure")
def figure(page: Page, name: str) -> str:
    """HTML of a figure, on one line so that it may stand in an indented block.

    Raises InputError for a figure that there isn't, or that this study can't have.
    """
    require(page, name)
    entry = EVIDENCE.rstrip("-") if name.startswith(EVIDENCE) else name
    title, caption, alt = (caption_part(page, entry, part) for part in ("title", "caption", "alt"))
    return markup(page, name, title, caption, alt, origin(page, name))


def markup(page: Page, name: str, title: str, caption: str, alt: str, made: str = "") -> str:
    """HTML of the files of a figure with these texts, of which `alt` is plain text and the others Markdown.

    made: HTML of where it comes from.
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
        origin=made,
    )


@template_name("figure_link")
def link(page: Page, name: str, target: str) -> str:
    """Markdown link to a figure on another page, by its name such as "batch-size"."""
    require(page, name)
    return f"[{caption_part(page, name, 'title')}]({page.root}{target}.md#figure-{name})"


@template_name("has_figure")
def has(page: Page, name: str) -> bool:
    """Whether the study has the experiments and probes that a figure needs."""
    return name in catalogue(page.results.study, benchmark=page.results.benchmark is not None)


def require(page: Page, name: str) -> None:
    """Raise InputError unless the study has a figure of that name."""
    results = page.results
    judged = [figure for kind in ("measured", "timed") for figure in of_claims(results.claims, kind)]
    known = [*(name for name, entry in FIGURES.items() if not entry.verdicts), *judged]
    if name not in known:
        raise InputError(unknown("figure", name, known))
    if name in FIGURES and FIGURES[name].benchmark and not results.benchmark:
        raise InputError(f'figure "{name}": no benchmark is published. Show it where [% if benchmark %].')
    if name in FIGURES and FIGURES[name].scale and results.scale is None:
        raise InputError(f'figure "{name}": no table of growth is published. Show it where [% if scale %].')
    if name in FIGURES and not set(FIGURES[name].experiments) <= set(results.study.experiments):
        needs = " and ".join(f'has("{experiment}")' for experiment in FIGURES[name].experiments)
        raise InputError(f'figure "{name}": this study lacks its experiment. Show it where [% if {needs} %].')


def caption_part(page: Page, name: str, part: str) -> str:
    """Title, caption or alternative text of a figure, filled in."""
    where = f"docs/{page.language}/figures.yaml"
    text = page.sources.captions.get(name, {}).get(part)
    if not text:
        raise InputError(f"{where}: the figure {name} has no {part}. Give it title, caption and alt.")
    return " ".join(render(text, f"{where}: {name}.{part}", page.names).split())
