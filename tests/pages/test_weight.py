"""What a page weighs with all the files that its HTML and its style sheets name, and how many words it has."""

import re
from pathlib import Path

import pytest
from support.budgets import BUDGETS, require

from ontrial_book import CHAPTERS

MEGABYTE = 1_000_000
TAG = re.compile(r"<(?:script|img|link)\b[^>]*>")
ADDRESS = re.compile(r'(?:src|href)="([^"#?:]+)"')
URL = re.compile(r"url\([\"']?([^\"':)]+)[\"']?\)")


def files_of(page: Path) -> set[Path]:
    """Return a page and the files that it shows in one colour scheme, on a wide screen: others come in their place."""
    html = page.read_text(encoding="utf-8")
    tags = [tag for tag in TAG.findall(html) if not tag.startswith("<link") or "stylesheet" in tag]
    named = [page.parent / address for tag in tags for address in ADDRESS.findall(tag) if "-dark" not in address]
    fonts = [
        style.parent / address
        for style in named
        if style.suffix == ".css"
        for address in URL.findall(style.read_text(encoding="utf-8"))
    ]
    return {path.resolve() for path in (page, *named, *fonts)}


def test_a_page_with_all_its_files_weighs_at_most_a_megabyte(smoke_site):
    weights = {page: sum(file.stat().st_size for file in files_of(page)) for page in smoke_site.glob("*/**/*.html")}
    assert max(weights.values()) > 0.3 * MEGABYTE
    heavy = {page: weight for page, weight in weights.items() if weight > MEGABYTE}
    assert heavy == {}


def test_files_of_a_page_are_those_that_it_loads(tmp_path):
    (tmp_path / "a.css").write_text("a { src: url('b.woff') } b { src: url(data:x) }")
    (tmp_path / "page.html").write_text(
        '<link rel="stylesheet" href="a.css"><link rel="canonical" href="c.html"><script src="d.js"></script>'
        '<img src="e-light.svg"><img src="e-dark.svg"><a href="f.html">'
    )
    assert {path.name for path in files_of(tmp_path / "page.html")} == {
        "page.html", "a.css", "b.woff", "d.js", "e-light.svg",
    }  # fmt: skip


MENU = r"<details class=.figure-menu.*?</section></details>"  # of a figure: links, and how to cite and draw it
UNSEEN = re.compile(rf"{MENU}|<(script|style|annotation)\b.*?</\1>|<[^>]+>", re.DOTALL)
BUDGET = dict.fromkeys(("learning-rate", *CHAPTERS), "chapter words") | {"methods": "methods words"}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", BUDGET)
def test_a_chapter_is_not_too_long(smoke_site, name, language):
    html = (smoke_site / language / f"{name}.html").read_text(encoding="utf-8")
    article = html[html.index("<article") : html.index("</article>")]  # folds included
    words = [word for word in UNSEEN.sub("", article).split() if re.search(r"\w", word)]
    assert len(words) > BUDGETS[BUDGET[name]]["most"] / 3
    require(BUDGET[name], len(words), f"{language}/{name}")
