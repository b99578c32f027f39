"""What MkDocs is not told by its configuration: pages by pattern, the other languages, and what a page gets at last."""

import json
from pathlib import Path

from mkdocs.plugins import event_priority

from ontrial.report.site import csp, mathml
from ontrial.report.site.fonts import fonts

UNREAD = ("sitemap.xml*", "assets/**/*.map", "assets/javascripts/lunr/*.js")  # no address; for developers; ja and th


def on_config(config):
    """Put the pages of a pattern into the navigation, and leave out what only a server needs."""
    config.nav = expanded(config.nav, Path(config.docs_dir))
    config.theme.static_templates.clear()  # 404.html would have absolute links
    return config


def expanded(items: list, folder: Path) -> list:
    """Navigation with each pattern replaced by its pages, in the order of the file `.order` beside them.

    A section without pages is left out.
    """
    found = []
    for item in items:
        if isinstance(item, dict):
            ((title, inside),) = item.items()
            inside = expanded(inside, folder) if isinstance(inside, list) else inside
            found += [{title: inside}] if inside else []
        elif item.endswith("/*.md"):
            order = folder / item.replace("*.md", ".order")
            found += order.read_text(encoding="utf-8").split() if order.exists() else []
        else:
            found.append(item)
    return found


def on_page_context(context, page, config, nav):
    """Name the same page in the other languages that have it, or else their home."""
    pages = Path(config.docs_dir).parent

    def place(language: str) -> str:
        return page.file.dest_uri if (pages / language / page.file.src_uri).exists() else "index.html"

    context["others"] = [
        {"name": name, "language": language, "link": f"../{language}/{place(language)}"}
        for language, name in config.extra["languages"].items()
        if language != config.theme["language"]
    ]
    config.extra["alternate"] = bool(context["others"])  # a list would make scripts fetch site maps of all languages
    return context


@event_priority(-100)  # when all others are done with the page
def on_post_page(output, page, config):
    """Typeset formulas last, so that the search index holds them as they were written; then name what may run."""
    return csp.protected(mathml.typeset(mended(output, config.extra["menu"]), page.file.src_uri))


def mended(page: str, menu: str) -> str:
    """HTML without the theme's faults: attributes that aren't valid, and a menu of narrow screens that keys can't use.

    menu: name of the button that opens it.
    """
    page = page.replace(' tabindex=""', "")
    for toggle in (' id="__drawer"', ' id="__search"'):
        page = page.replace(f'{toggle} autocomplete="off"', toggle)
    button, back = '<label class="md-header__button md-icon" for="__drawer"', '<label class="md-nav__title" for="__nav_'
    page = page.replace(button, f'{button} tabindex="0" title="{menu}"')
    return page.replace(back, back.replace(" for", ' tabindex="0" for'))


def on_post_build(config):
    """Put the fonts beside the style sheet, and leave out what no reader of these languages loads."""
    folder = Path(config.site_dir)
    index = folder / "search/search_index.json"
    index.write_text(spelt(index.read_text("utf-8")), "utf-8")
    for name, font in fonts(page.read_text("utf-8") for page in folder.rglob("*.html")).items():
        (folder / "assets" / name).write_bytes(font)
    for pattern in UNREAD:
        for file in folder.glob(pattern):
            file.unlink()


def spelt(index: str) -> str:
    """JSON with its letters as they are: escaped, each syllable of Korean is twice as long."""
    return json.dumps(json.loads(index), ensure_ascii=False, separators=(",", ":"))
