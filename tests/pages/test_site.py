"""The site as files: its links, its markup, what its pages may do, how much they weigh."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from support.browser import TEMPLATES, pages_of
from support.project import ROOT
from support.sites import NAMES, PAGES, build, theme

from ontrial.errors import InputError
from ontrial.judge.docket import SHARED_PAGES
from ontrial.report.figures import drawing
from ontrial.report.site.csp import LIST, hash_source, list_scripts, with_policy
from ontrial.report.site.docs import languages

JAVA, CHECKER = shutil.which("java"), ROOT / "tests/scripts/node_modules/vnu-jar/build/dist/vnu.jar"
STARTS_FAST = ["-XX:TieredStopAtLevel=1", "-Xss4m"]  # without the optimising compiler, whose stack is smaller
MEGABYTE = 1_000_000


class Page(HTMLParser):
    """The content of a page: ids, linked and loaded addresses, images, scripts, policy, previous and next page."""

    def __init__(self, path: Path):
        super().__init__()
        self.ids, self.addresses, self.images, self.handlers, self.scripts = [], [], [], [], []
        self.policy, self.neighbours, self.inside = "", {}, None
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list) -> None:
        attributes = dict(attrs)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.addresses += [attributes[name] for name in ("href", "src") if attributes.get(name)]
        self.handlers += [name for name in attributes if name.startswith("on")]
        if tag == "img":
            self.images.append((attributes.get("src"), attributes.get("alt")))
        if tag == "link" and attributes["rel"] in ("prev", "next"):
            self.neighbours[attributes["rel"]] = attributes["href"]
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy":
            self.policy = attributes["content"]
        self.inside = tag if tag == "script" and not {"src", "type"} & set(attributes) else None

    def handle_data(self, data: str) -> None:
        self.scripts += [data] if self.inside else []
        self.inside = None


@pytest.fixture(scope="module")
def pages(smoke_site) -> dict[str, Page]:
    """Return every page of the site by its address, including those at the root."""
    return {path.relative_to(smoke_site).as_posix(): Page(path) for path in smoke_site.rglob("*.html")}


def test_the_preview_of_a_page_with_a_figure_has_the_size_that_is_asked_for(smoke_site):
    previews = {}
    for path in smoke_site.glob("??/**/*.html"):
        if image := re.search(r'property="og:image" content="([^"]+)"', path.read_text(encoding="utf-8")):
            previews[path.relative_to(smoke_site).as_posix()] = (path.parent / image[1]).resolve()
    assert previews["en/index.html"].name == "batch-rate-surface-en.png"
    assert previews["ko/figures/neuron.html"].name == "neuron-ko.png"
    assert previews["en/evidence/small-batch-accuracy.html"].name == "evidence-small-batch-accuracy-en.png"
    for preview in set(previews.values()):
        head = preview.read_bytes()[:24]
        assert head.startswith(b"\x89PNG")
        assert (int.from_bytes(head[16:20]), int.from_bytes(head[20:24])) == drawing.CARD
        assert preview.stat().st_size < 200_000


META = re.compile(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)"|<link rel="(canonical)" href="([^"]*)"')


def preview(page: str) -> dict[str, str]:
    """Return the metadata of a page and its canonical address, by name."""
    return {name or link: unescape(content or address) for name, content, link, address in META.findall(page)}


def test_a_site_that_knows_its_address_previews_its_links(tmp_path):
    theme(tmp_path)
    figure = '<figure><img src="../../figures/neuron-en-light.svg" alt="A neuron"></figure>'
    build(
        tmp_path,
        PAGES | {"en/more.md": f"# More\n\n## Place {{#place}}\n\n{figure}\n"},
        "en",
        "https://example.org/trial",
    )
    shown = preview((tmp_path / "site/en/more.html").read_text(encoding="utf-8"))
    assert shown["og:image"] == "https://example.org/trial/figures/neuron-en.png"
    assert shown["og:url"] == shown["canonical"] == "https://example.org/trial/en/more.html"
    assert shown["og:description"].startswith("Claims about neural networks")


def words_of(page: str) -> str:
    """Return the words of HTML, escaped and without definitions of terms."""
    return re.sub("<.*?>", "", re.sub(r'<span [^>]*role="tooltip".*?</span>', "", page))


def claim_on(page: str) -> str | None:
    """Return the claim that a page is about, in this project's words and escaped; None for other pages."""
    quotation = re.search(r'<blockquote class="claim">.*?</blockquote>', page, re.DOTALL)
    return quotation and re.findall("“(.+?)”", words_of(quotation[0]), re.DOTALL)[-1]  # after what others wrote


@pytest.mark.parametrize("language", NAMES)
def test_the_page_of_every_claim_asks_in_its_title_and_answers_in_its_preview(smoke_site, language):
    asked = 0
    for path in (smoke_site / language / "evidence").glob("*.html"):
        page = path.read_text(encoding="utf-8")
        if (claim := claim_on(page)) is None:
            assert path.stem in ("index", "robustness", *SHARED_PAGES.values())
            continue
        asked += 1
        heading = re.search(r"<h1[^>]*>(.+?)</h1>", page)[1]
        badge = re.search(r'<p class="answer"><span class="badge .*?</span> (.+?)</span> (.*?)</p>', page)
        question, verdict, answer = (unescape(words_of(text)) for text in (heading, *badge.groups()))
        shown = preview(page)
        assert question.endswith("?")
        assert shown["og:title"] == f"{question} – {verdict}"
        assert f"<title>{escape(shown['og:title'])} - " in page
        for name in ("description", "og:description"):  # which differ in spaces that do not break
            assert shown[name].split() == f"“{unescape(claim)}” {answer}".split()
        folds = re.findall(r'<details class="part" id="(\w+)"( open)?', page)
        assert folds[-2:] == [("tested", ""), ("numbers", "")], path
        assert folds[:-2] == ([("flips", "")] if f'id="figure-evidence-{path.stem}"' in page else []), path
        entry = re.search(r"@misc\{ontrial-.*? title = \{\{(.+?)\}\},", unescape(page), re.DOTALL)
        assert entry[1].replace("\\", "") == question
    assert asked > 1


def test_no_claim_is_printed_as_a_finding_and_verdicts_are_data(smoke_site):
    """Headings and bold text have a claim only in quotation marks."""
    for language in NAMES:
        pages = [path.read_text(encoding="utf-8") for path in (smoke_site / language).rglob("*.html")]
        claims = set(filter(None, map(claim_on, pages)))
        strong = [text for page in pages for _, text in re.findall(r"<(h[1-6]|strong)\b[^>]*>(.+?)</\1>", page)]
        assert claims
        assert [text for text in strong for claim in claims if claim in text and f"“{claim}”" not in text] == []
    listed = json.loads((smoke_site / "verdicts/verdicts.json").read_text(encoding="utf-8"))["claims"]
    assert {"measured", "timed", "by_construction"} <= {claim["kind"] for claim in listed}


def broken_links(folder: Path) -> list[str]:
    """Return the broken addresses within a site, each after the page that has it."""
    pages = {path.resolve(): Page(path) for path in folder.rglob("*.html")}
    broken = []
    for path, page in pages.items():
        for address in page.addresses:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target, anchor = urldefrag(address)
            anchor = "" if "=" in anchor else anchor  # a view of the explorer, no place on the page
            file = (path.parent / unquote(target)).resolve() if target else path
            file = file / "index.html" if file.is_dir() else file
            if not file.is_file() or (anchor and file in pages and unquote(anchor) not in pages[file].ids):
                broken.append(f"{path.name}: {address}")
    return broken


def test_every_link_leads_somewhere_and_every_page_to_itself_in_the_other_language(smoke_site):
    assert broken_links(smoke_site) == []
    pages = {path.relative_to(smoke_site / "ko").as_posix() for path in (smoke_site / "ko").rglob("*.html")}
    assert pages == {path.relative_to(smoke_site / "en").as_posix() for path in (smoke_site / "en").rglob("*.html")}
    for page in pages:
        for language, other in (("en", "ko"), ("ko", "en")):
            targets = {urlsplit(address).path for address in Page(smoke_site / language / page).addresses}
            assert f"{'../' * page.count('/')}../{other}/{page}" in targets, f"{language}/{page}"


def test_every_image_has_alternative_text_and_every_figure_opens_large(pages):
    for address, page in pages.items():
        assert [source for source, alt in page.images if not alt] == [], address
        assert len(page.ids) == len(set(page.ids)), address
    drawn = [(page, src, address) for address, page in pages.items() for src, _ in page.images if "/figures/" in src]
    assert drawn
    for page, source, address in drawn:
        assert page.addresses.count(source) >= 2, f"{address}: no link leads to {source}"


def test_the_reading_path_goes_through_every_page_but_the_long_chapters_and_back(smoke_site, pages):
    chapters = re.findall(r": \[([\w-]+)\.md,", (ROOT / "docs/theme/en.yml").read_text(encoding="utf-8"))
    assert chapters
    for language in {address.split("/")[0] for address in pages_of(smoke_site)}:
        path, at = [f"{language}/index.html"], pages[f"{language}/index.html"]
        while "next" in at.neighbours and len(path) <= len(pages):
            where = (smoke_site / path[-1]).parent / at.neighbours["next"]
            path.append(where.resolve().relative_to(smoke_site.resolve()).as_posix())
            back = (where.parent / pages[path[-1]].neighbours["prev"]).resolve()
            assert back == (smoke_site / path[-2]).resolve()
            at = pages[path[-1]]
        outside = rf"{language}/(cells\.|figures/|slides-|worksheet-|({'|'.join(chapters)})\.)"
        in_menu = [page for page in pages_of(smoke_site) if not re.match(outside, page)]
        assert sorted(path) == [page for page in in_menu if page.startswith(f"{language}/")]


@pytest.mark.skipif(
    not (JAVA and CHECKER.exists()),
    reason="needs Java and the Nu HTML checker: install a Java runtime, then fetch the checker with: make lint",
)
@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["templates", "every page"])
def test_pages_are_valid_html(smoke_site, request, every):
    few = [smoke_site / f"ko/{page}.html" for page in TEMPLATES]
    pages = [smoke_site, request.getfixturevalue("two_languages")] if every else few
    java = [JAVA] if every else [JAVA, *STARTS_FAST]
    command = [*java, "-jar", CHECKER, *("--errors-only", "--format", "json", "--skip-non-html")]
    run = subprocess.run([*command, *pages], capture_output=True, text=True)
    messages = json.loads(run.stderr)["messages"]
    assert [f"{message['url']}:{message['lastLine']}: {message['message']}" for message in messages] == []


def test_verdicts_have_a_word_and_a_sign(smoke_site):
    sign = r"(?:\S|&#43;|&#61;)"
    with_word = rf'badge-\w+"><span aria-hidden="true">{sign}</span> \w[^<]+</span>'
    in_a_table = rf'badge-\w+" role="img" title="(\w[^"]+)" aria-label="\1">{sign}</span>'
    for path in smoke_site.glob("*/**/*.html"):
        html = path.read_text(encoding="utf-8")
        badges = list(re.finditer(rf'class="badge (?:{with_word}|{in_a_table})', html))
        assert html.count('class="badge ') == len(badges), path


def test_a_policy_on_every_page_lets_its_own_scripts_and_no_others(pages):
    for address, page in pages.items():
        policy = dict(rule.split(" ", 1) for rule in page.policy.split("; "))
        assert policy["default-src"] == "'none'", address
        assert "unsafe" not in policy["script-src"], address
        assert "unsafe" not in policy["style-src"], address
        hashes = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in page.scripts}
        assert set(re.findall("'sha256-([^']*)'", policy["script-src"])) == hashes, address
        assert page.handlers == [], address


def test_all_style_sheets_come_before_what_waits_for_them(smoke_site):
    for path in smoke_site.glob("*/**/*.html"):
        page = path.read_text(encoding="utf-8")
        sheets = re.findall(r'<link rel="stylesheet" href="([^"]*)">', page)
        assert len(sheets) == len(set(sheets)) >= 4, path
        assert page.rindex('rel="stylesheet"') < page.index("<script"), path


def test_style_sheets_keep_what_pages_and_scripts_name_and_nothing_for_other_sites(smoke_site):
    (path,) = smoke_site.glob("en/assets/stylesheets/main.*.css")
    style = path.read_text(encoding="utf-8")
    for kept in (
        ".md-search__form",
        ".md-typeset__table",
        ".md-code__button",
        "[data-md-toggle=drawer]:checked",
        "@media print",
    ):
        assert kept in style
    for dropped in (".tabbed-content", ".md-consent", ".md-banner__button"):
        assert dropped not in style


def test_a_policy_comes_before_what_it_rules():
    page = with_policy(
        '<head><meta charset="utf-8"><script>a</script><script type="application/json">{}</script></head>',
        {hash_source("a")},
        "page.html",
    )
    assert page.index("Content-Security-Policy") < page.index("<script>")
    assert page.count("sha256-") == 1
    assert "'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='" in page


@pytest.mark.parametrize(
    "text",
    [
        "<script>\n  alert(9)\n</script>",
        "<SCRIPT type=module>alert(9)</SCRIPT >",
        '<script id="x" type="text/javascript">alert(9)</script>',
        "<style>alert(9)</style>",
    ],
)
def test_an_inline_script_or_style_that_nobody_knows_is_refused_with_its_page_and_first_line(text):
    with pytest.raises(InputError, match=r"^en/a\.md: this inline .* 'alert\(9\)'"):
        with_policy(f'<head><meta charset="utf-8"></head>{text}', {hash_source("a")}, "en/a.md")


def test_inline_scripts_are_those_of_the_theme_and_titles_stay_titles(tmp_path):
    theme(tmp_path)
    build(tmp_path, PAGES | {"en/more.md": "# a < b &lt;/title&gt;&lt;script&gt;alert(9)&lt;/script&gt; {#place}\n"})
    page = (tmp_path / "site/en/more.html").read_text(encoding="utf-8")
    assert "<title>a &lt; b &lt;/title&gt;&lt;script&gt;alert(9)&lt;/script&gt; - Theory on Trial</title>" in page
    assert "<script>alert(9)" not in page
    list_scripts(str(tmp_path / "theme"))
    assert (tmp_path / "theme" / LIST).read_text() == (ROOT / "docs/theme" / LIST).read_text()


def test_the_whole_site_fits_on_a_small_disk(smoke_site):
    assert sum(path.stat().st_size for path in smoke_site.rglob("*") if path.is_file()) <= 40 * MEGABYTE


def test_a_link_that_leads_nowhere_stops_the_build_and_leaves_the_old_site(tmp_path):
    theme(tmp_path)
    build(tmp_path, PAGES)
    with pytest.raises(
        InputError, match=r"(?s)pages/en: MkDocs could not build the site:.*index\.md.*anchor '#nowhere'"
    ):
        build(tmp_path, {"en/index.md": "# Home\n\n[a](more.md#nowhere)\n"})
    assert "On</a>" in (tmp_path / "site/en/index.html").read_text(encoding="utf-8")
    assert [path.name for path in (tmp_path / "site").iterdir()] == ["en"]


def test_a_site_has_the_scripts_that_search_its_language(two_languages, tmp_path):
    theme(tmp_path)
    config = tmp_path / "theme/en.yml"
    config.write_text(config.read_text(encoding="utf-8").replace("language: en", "language: ja"), encoding="utf-8")
    build(tmp_path, PAGES)
    scripts = "assets/javascripts/lunr/**/*.js"
    japanese = {path.name for path in (tmp_path / "site/en").glob(scripts)}
    assert japanese == {"lunr.ja.min.js", "lunr.stemmer.support.min.js", "tinyseg.js"}
    assert not [path for language in NAMES for path in (two_languages / language).glob(scripts)]


def test_next_leads_from_small_page_to_small_page_past_the_chapters(tmp_path):
    theme(tmp_path)
    config = tmp_path / "theme/en.yml"
    chapters = (
        "nav: [{Theory: [index.md, {One: [one.md, a.md, b.md]}, {Two: [two.md, c.md]}, exam.md]},"
        " {Look: [{Some: [evidence/d.md, evidence/e.md]}]}, how-it-was-made.md]\n"
    )
    config.write_text(config.read_text(encoding="utf-8").split("nav:")[0] + chapters, encoding="utf-8")
    names = ("index", "one", "a", "b", "two", "c", "exam", "evidence/d", "evidence/e", "how-it-was-made")
    build(tmp_path, {f"en/{name}.md": f"# {name}\n" for name in names})
    following = {}
    for name in names[:-1]:
        page = (tmp_path / f"site/en/{name}.html").read_text(encoding="utf-8")
        following[name] = re.findall(
            r'href="(?:\.\./|evidence/)*([\w-]+)\.html" class="md-footer__link md-footer__link--next"', page
        )
    assert following == {
        "index": ["a"],
        "one": ["a"],
        "a": ["b"],
        "b": ["c"],
        "two": ["c"],
        "c": ["exam"],
        "exam": ["d"],
        "evidence/d": ["e"],
        "evidence/e": ["how-it-was-made"],
    }


def test_languages_are_those_with_a_home_page(tmp_path):
    for path in ("ko/index.md", "en/index.md", "de/more.md"):
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_text("# A", encoding="utf-8")
    assert languages(tmp_path) == ("en", "ko")


def test_the_same_pages_make_the_same_bytes(two_languages, tmp_path):
    theme(tmp_path)
    build(tmp_path, PAGES)
    for path in (two_languages / "en").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "site/en" / path.relative_to(two_languages / "en")).read_bytes(), path
