"""Hooks of MkDocs: navigation by pattern, copies, terms, previews, links between languages, formulas, fonts, policy."""

import json
import re
from itertools import pairwise
from pathlib import Path, PurePosixPath
from urllib.parse import urljoin

from mkdocs.plugins import event_priority

from ontrial.report.site import csp, markdown_copies, mathml
from ontrial.report.site.fonts import HANGUL_STYLE, assets
from ontrial.report.site.glossary import explain
from ontrial.storage import files as storage

UNUSED = ("sitemap.xml*", "assets/**/*.map")  # no page loads them: a site map needs an address, maps are for developers
RULE = re.compile(r"([^{}]*)\{[^{}]*\}")  # of a style sheet
ALTERNATIVES = re.compile(r":[a-z-]+\((?:[^()]|\([^()]*\))*\)")  # :is(…), :not(…) and the like in a selector
NAME = re.compile(r"[\w-]+")
CLASS = re.compile(r"\.([A-Za-z_][\w-]*)")
DIVIDERS = {"hi": "wordcut.js", "ja": "tinyseg.js", "th": "wordcut.js"}  # of text into words, for the search
HOME = ["index.md"]
BLOCK_END = re.compile(r"</(?:caption|d[dt]|figcaption|h[1-6]|summary|t[dh])>|<br ?/?>")
FORMULA = re.compile(r"\\\((.*?)\\\)|\\\[.*?\\\]", re.DOTALL)  # LaTeX, inline (group 1) and displayed
ANSWER = re.compile(r"^(<p>.*?)(<p>\W \w.*?</p>)", re.DOTALL)  # to a claim, behind what it quotes; a sign begins it
TITLE_LINK = re.compile(r'(<h1\b[^>]*>.*?)<a class="headerlink"[^>]*>.*?</a>(?=</h1>)', re.DOTALL)
FIGURE = re.compile(r'<img src="[./]*figures/([\w-]+)-light(?:-wide)?\.svg"')
TABLE = re.compile(r"<table(?![^>]* class=).*?</table>", re.DOTALL)
STYLE_SHEET = re.compile(r'<link rel="stylesheet" href="[^"]*">\s*')
# Group 1 is kept as it is; other line breaks lose their indentation.
INDENTATION = re.compile(r"(<(pre|script|textarea)\b.*?</\2>)|\s*\n\s*", re.DOTALL | re.ASCII)
KNOWN_SCRIPTS = csp.read_known(Path(__file__).parent)


def on_config(config):
    """Expand the patterns in the navigation, and drop pages that only a server needs."""
    config.nav = expand(config.nav, Path(config.docs_dir))
    config.theme.static_templates.clear()  # 404.html would have absolute links
    return config


def expand(items: list, folder: Path) -> list:
    """Return the navigation with each pattern replaced by the items that the file `.order` next to its pages lists.

    Pages that the site leaves out are dropped, and so are sections without pages or with the home page alone.
    """
    expanded = []
    for item in items:
        if isinstance(item, dict):
            ((title, content),) = item.items()
            content = expand(content, folder) if isinstance(content, list) else content
            expanded += [{title: content}] if content not in ([], HOME) else content
        elif item.endswith("/*.md"):
            order = folder / item.replace("*.md", ".order")
            expanded += json.loads(order.read_text(encoding="utf-8")) if order.exists() else []
        elif (folder / item).exists():
            expanded.append(item)
    return expanded


def on_nav(nav, config, files):
    """Let "Next" lead from the home page through all small pages, past the long chapters to which they belong.

    They follow their chapter in a section within a section, as do pages of claims in a folder of their own.
    """
    inner = [page for page in nav.pages if "/" not in page.file.src_uri and page.parent and page.parent.parent]
    small = [page for page in inner if page is not page.parent.children[0]]
    for page, following in pairwise([*nav.pages[:1], *small]):
        page.next_page, following.previous_page = following, page
    return nav


def on_page_markdown(markdown, page, config, files):
    """Publish the page as Markdown, and let the search rank questions on trial above other pages in folders."""
    path = page.file.src_uri
    storage.write_text(Path(config.site_dir, path), markdown_copies.to_copy(markdown))
    usual = 0.5 if "/" in path and not path.startswith("evidence/") else 1
    page.meta.setdefault("search", {"boost": config.extra["boost"].get(path, usual)})
    return markdown


def on_page_content(html, page, config, files):
    """Explain terms of the glossary in pages that the file `.glossary` lists.

    Cells and headings end their line, or the search index would join the last word of one and the first of the next.
    """
    file = Path(config.docs_dir, ".glossary")
    glossary = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"pages": []}
    html = BLOCK_END.sub("\\g<0>\n", html)
    path = page.file.src_uri
    address = "../" * path.count("/") + "glossary.html"
    return explain(html, glossary["terms"], address) if path in glossary["pages"] else html


def on_page_context(context, page, config, nav):
    """Add the preview of links to the page, its Markdown, and links to the same page in the other languages.

    All languages have the same pages (`parity` checks the docs).
    """
    context["card"] = card(page, config)
    context["markdown_copy"] = PurePosixPath(page.file.src_uri).name
    context["others"] = [
        {"name": name, "language": language, "link": f"../{language}/{page.file.dest_uri}"}
        for language, name in config.extra["languages"].items()
        if language != config.theme["language"]
    ]
    config.extra["alternate"] = bool(context["others"])  # a list would make scripts fetch site maps of all languages
    return context


def card(page, config) -> str | None:
    """Return the address of the preview of a page: of the figure that its head names, or else its first, if any.

    It is absolute if the configuration has the address of the site, as social networks ask for.
    """
    shown = FIGURE.search(page.content)
    figure = page.meta.get("preview", shown and shown[1])
    if not figure:
        return None
    path = f"../figures/{figure}.png"  # from the home of the language
    return urljoin(config.site_url, path) if config.site_url else "../" * page.url.count("/") + path


@event_priority(-100)  # after all other plugins
def on_post_page(output, page, config):
    """Typeset formulas once the search index has their LaTeX, drop indentation, and add the security policy."""
    finished = mathml.typeset(with_styles_in_head(repair(output)), page.file.src_uri)
    unindented = INDENTATION.sub(lambda match: match[1] or "\n", finished)
    return csp.with_policy(unindented, KNOWN_SCRIPTS, page.file.src_uri)


def repair(page: str) -> str:
    """Return HTML without faults of the theme outside its blocks: invalid attributes, and a menu without keys.

    The title of a page has no link to itself, which would be the first stop of the keyboard. Tables have the boxes in
    which a script of the theme would put them, since the text below them would move then.
    """
    page = TITLE_LINK.sub(r"\1", page.replace(' tabindex=""', ""))
    page = TABLE.sub(r'<div class="md-typeset__scrollwrap"><div class="md-typeset__table">\g<0></div></div>', page)
    if 'id="__toc"' not in page:
        page = page.replace(' for="__toc"', "")  # of the table of contents of a page that is not in the menu
    for toggle in (' id="__drawer"', ' id="__search"'):
        page = page.replace(f'{toggle} autocomplete="off"', toggle)
    back = '<label class="md-nav__title" for="__nav_'
    return page.replace(back, back.replace(" for", ' tabindex="0" for'))


def with_styles_in_head(page: str) -> str:
    """Return HTML with the style sheets of its parts after those of its head.

    In the body, browsers would stop at each of them, and style and lay out the page up to there.
    """
    head, end, body = page.partition("</head>")
    links = "".join(dict.fromkeys(STYLE_SHEET.findall(body)))
    last = [match.end() for match in STYLE_SHEET.finditer(head)][-1]
    return head[:last] + links + head[last:] + end + STYLE_SHEET.sub("", body)


def on_post_build(config):
    """Write the fonts and their rules, shrink the search index and styles, and delete files that no page loads."""
    folder = Path(config.site_dir)
    index = folder / "search/search_index.json"
    content = json.loads(index.read_text("utf-8"))
    index.write_text(shrink(content), "utf-8")
    for name, asset in assets(page.read_text("utf-8") for page in folder.rglob("*.html")).items():
        (folder / "assets" / name).write_bytes(asset)
    with (folder / "assets/sans.css").open("a", encoding="utf-8") as style:
        style.write(HANGUL_STYLE)
    loading = [*folder.rglob("*.html"), *folder.rglob("*.js")]
    names = {name for file in loading for name in NAME.findall(file.read_text("utf-8"))}
    for style in folder.glob("assets/stylesheets/main.*.css"):
        style.write_text(RULE.sub(lambda rule: without_unused(rule, names), style.read_text("utf-8")), "utf-8")
    lunr = folder / "assets/javascripts/lunr"
    loaded = {lunr / script for script in search_scripts(content["config"]["lang"])}
    for file in {*lunr.rglob("*.js"), *(file for pattern in UNUSED for file in folder.glob(pattern))} - loaded:
        file.unlink()


def without_unused(rule: re.Match, names: set[str]) -> str:
    """Return a rule of the theme's style sheet; "" if it is only for what no page has.

    No language is written from right to left.

    names: Every word of the pages and their scripts, among them all classes that elements have or may get.
    """
    selectors = ALTERNATIVES.sub("", rule[1]).split(",")
    used = any("[dir=rtl]" not in selector and names.issuperset(CLASS.findall(selector)) for selector in selectors)
    return rule[0] if used else ""


def search_scripts(languages: list[str]) -> set[str]:
    """Return the scripts of lunr.js that the search of the theme loads.

    languages: of the search index. The theme chooses English for Korean, and English needs no script.
    """
    scripts = {f"min/lunr.{language}.min.js" for language in languages if language != "en"}
    scripts |= {DIVIDERS[language] for language in languages if language in DIVIDERS}
    if len(languages) > 1:
        scripts.add("min/lunr.multi.min.js")
    return scripts | {"min/lunr.stemmer.support.min.js"} if scripts else scripts


def shrink(content: dict) -> str:
    """Return the search index with inline formulas as text, without displayed ones, and without escapes of letters.

    The escapes would double the length of Korean. The answer to a claim comes before its quotations.
    """
    for entry in content["docs"]:
        if entry["location"].startswith("evidence/"):
            entry["text"] = ANSWER.sub(r"\2 \1", entry["text"])
        for part in ("title", "text"):
            entry[part] = FORMULA.sub(lambda match: mathml.to_text(match[1] or ""), entry[part])
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
