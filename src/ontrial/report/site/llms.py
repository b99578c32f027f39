"""Write llms.txt, which leads programs to the Markdown of the main pages. https://llmstxt.org defines its form."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

CLAIMS = "verdicts/claims.json"
SCHEMA = "schemas/claims.schema.json"


def llms(site: Path, themes: Mapping[str, Mapping[str, Any]], address: str) -> str:
    """Return the text of llms.txt: the menu of each language, with the pages and the data that the site has.

    site: Folder of the site, complete but for this file.
    themes: MkDocs configuration of each language.
    address: Public address of the site. If it is "", links are relative.
    """
    root = f"{address}/" if address else ""
    first = next(iter(themes.values()))
    lines = [f"# {first['site_name']}", "", *(f"> {theme['site_description']}  " for theme in themes.values()), ""]
    lines += [f"{theme['extra']['programs']['copies']}  " for theme in themes.values()]
    for language, theme in themes.items():
        names = theme["extra"]["programs"]
        for title, pages in _sections(theme["nav"], site / language):
            lines += ["", f"## {title}", ""]
            lines += [f"- [{pages[page]}]({root}{language}/{page})" for page in pages]
        if (site / CLAIMS).exists():
            lines += ["", f"## {names['data']}", ""]
            lines += [f"- [{Path(file).name}]({root}{file}): {names[file]}" for file in (CLAIMS, SCHEMA)]
    return "\n".join(lines) + "\n"


def _sections(nav: Iterable[Any], folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the title of each section of a menu that has pages, and their titles by path. Single pages are sections.

    Of a pattern such as evidence/*.md, it has the overview alone.

    nav: Menu, as in the configuration.
    folder: Folder of a language, with the Markdown of its pages.
    """
    for item in nav:
        title = next(iter(item)) if isinstance(item, dict) else None
        candidates = [path.replace("/*.md", end) for path in _paths(item) for end in ("/index.md", ".md")]
        pages = {path: _title_of(folder / path) for path in dict.fromkeys(candidates) if (folder / path).exists()}
        if pages:
            yield title or next(iter(pages.values())), pages


def _paths(item: Any) -> Iterator[str]:
    """Yield the paths of an item of a menu: a path, or a mapping from a title to a list of items."""
    if not isinstance(item, dict):
        yield item
        return
    for items in item.values():
        for inner in items:
            yield from _paths(inner)


def _title_of(page: Path) -> str:
    lines = page.read_text(encoding="utf-8").splitlines()
    return next(line.removeprefix("# ") for line in lines if line.startswith("# "))
