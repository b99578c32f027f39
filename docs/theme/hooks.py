"""What MkDocs is not told by its configuration: pages by pattern, the other languages, formulas and their font."""

from pathlib import Path

from ontrial.pages import mathematics

FONT = "assets/mathematics.woff"


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


def on_post_page(output, page, config):
    """Typeset formulas last, so that the search index holds them as they were written."""
    return mathematics.typeset(output, page.file.src_uri)


def on_post_build(config):
    """Put the font of formulas beside the style sheet; a site map without an address is of no use."""
    Path(config.site_dir, FONT).write_bytes(mathematics.font())
    Path(config.site_dir, "sitemap.xml").unlink(missing_ok=True)
