"""The site as a reader meets it: in a browser, light and dark, on a phone and on a desk, from a server or a folder."""

import functools
import http.server
import shutil
import threading
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from ontrial.errors import InputError
from ontrial.pages import site, text

THEME = Path(__file__).parents[1] / "docs/theme"
CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
NAMES = {"en": "English", "ko": "한국어"}
HOSTILE = "<script>document.title = 'hacked'</script> *a* $b$ [c](d) `e` & \"f\""

browser_test = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]

PAGES = {
    "en/index.md": "# Home\n\n$a_1 < b$\n\n$$\\frac{1}{2}$$\n\n[On](more.md#place)\n\n" + text.plain(HOSTILE),
    "en/more.md": "# More\n\n## Place {#place}\n\n| $z$ | wide |\n|---|---|\n| 1 | " + "`" + "x" * 99 + "` |\n",
    "en/how-it-was-made.md": "# How\n",
    "ko/how-it-was-made.md": "# 과정\n",
    "ko/index.md": "# 첫 쪽\n\n손실은 교차엔트로피의 평균이다.\n",
    "ko/more.md": "# 다음 쪽\n\n## 자리 {#place}\n\n함수의 값이다.\n",
}


def theme(folder: Path) -> Path:
    """A copy of the theme whose navigation holds the pages of these tests alone."""
    shutil.copytree(THEME, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for language in NAMES:
        config = folder / f"{language}.yml"
        head = config.read_text(encoding="utf-8").split("nav:")[0]
        config.write_text(head + "nav: [index.md, more.md, how-it-was-made.md]\n", encoding="utf-8")
    return folder


def build(folder: Path, pages: dict[str, str], language: str = "en") -> None:
    """Build the site of one language from the pages of all."""
    for path, page in pages.items():
        (folder / "pages" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "pages" / path).write_text(page, encoding="utf-8")
    config = folder / f"theme/{language}.yml"
    site.build(folder / "pages" / language, folder / "site" / language, config, NAMES, "tiny")


@pytest.fixture(scope="module")
def two_languages(tmp_path_factory) -> Path:
    """A small site in two languages."""
    folder = tmp_path_factory.mktemp("two")
    theme(folder / "theme")
    for language in NAMES:
        build(folder, PAGES, language)
    chooser = site.chooser((THEME / "chooser.html").read_text(encoding="utf-8"), NAMES)
    site.assemble(folder / "site", [], chooser)
    return folder / "site"


@pytest.fixture(scope="session")
def smoke_site(smoke) -> Path:
    return smoke / "results/smoke/site"


# Without a browser ----------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Ids of a page, the addresses that it links to or loads, and its images without alternative text."""

    def __init__(self, path: Path):
        super().__init__()
        self.ids, self.addresses, self.mute = [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list) -> None:
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.addresses += [found[name] for name in ("href", "src") if found.get(name)]
        self.mute += [found.get("src")] if tag == "img" and not found.get("alt") else []


def broken_links(folder: Path) -> list[str]:
    """Addresses within a site that lead nowhere, each after the page that has it."""
    pages = {path.resolve(): Page(path) for path in folder.rglob("*.html")}
    broken = []
    for path, page in pages.items():
        for address in page.addresses:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target, anchor = urldefrag(address)
            file = (path.parent / unquote(target)).resolve() if target else path
            file = file / "index.html" if file.is_dir() else file
            if not file.is_file() or (anchor and file in pages and unquote(anchor) not in pages[file].ids):
                broken.append(f"{path.name}: {address}")
    return broken


def test_every_link_and_anchor_of_the_study_leads_somewhere(smoke_site):
    assert broken_links(smoke_site) == []


def test_every_page_of_the_study_leads_to_itself_in_the_other_language(smoke_site):
    pages = {path.relative_to(smoke_site / "ko").as_posix() for path in (smoke_site / "ko").rglob("*.html")}
    assert pages == {path.relative_to(smoke_site / "en").as_posix() for path in (smoke_site / "en").rglob("*.html")}
    for page in pages:
        for language, other in (("en", "ko"), ("ko", "en")):
            targets = {urlsplit(address).path for address in Page(smoke_site / language / page).addresses}
            assert f"{'../' * page.count('/')}../{other}/{page}" in targets, f"{language}/{page}"


def test_every_link_between_languages_leads_somewhere(two_languages):
    assert broken_links(two_languages) == []


def test_every_image_has_alternative_text_and_every_id_is_alone(smoke_site):
    for path in smoke_site.rglob("*.html"):
        page = Page(path)
        assert page.mute == [], path
        assert len(page.ids) == len(set(page.ids)), path


def test_a_link_that_leads_nowhere_stops_the_build_and_leaves_the_old_site(tmp_path):
    theme(tmp_path / "theme")
    build(tmp_path, PAGES)
    with pytest.raises(InputError, match=r"(?s)pages/en: the site can't be built:.*index\.md.*anchor '#nowhere'"):
        build(tmp_path, {"en/index.md": "# Home\n\n[a](more.md#nowhere)\n"})
    assert "On</a>" in (tmp_path / "site/en/index.html").read_text(encoding="utf-8")
    assert [path.name for path in (tmp_path / "site").iterdir()] == ["en"]


def test_a_formula_that_is_none_stops_the_build(tmp_path):
    theme(tmp_path / "theme")
    with pytest.raises(InputError, match=r"more\.md: the formula \$\\nonsense\$"):
        build(tmp_path, PAGES | {"en/more.md": "# More\n\n## Place {#place}\n\n$\\nonsense$\n"})


def test_languages_are_those_with_a_home_page(tmp_path):
    for path in ("ko/index.md", "en/index.md", "de/more.md"):
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_text("# A", encoding="utf-8")
    assert site.languages(tmp_path) == ("en", "ko")


def test_the_same_pages_make_the_same_bytes(two_languages, tmp_path):
    theme(tmp_path / "theme")
    build(tmp_path, PAGES)
    for path in (two_languages / "en").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "site/en" / path.relative_to(two_languages / "en")).read_bytes(), path


# In a browser ---------------------------------------------------------------------------------------------------------


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_) -> None:
        pass


@pytest.fixture(scope="module")
def served():
    """Function that serves a folder and returns its address."""
    servers = []

    def serve(folder: Path) -> str:
        handler = functools.partial(Quiet, directory=folder)
        servers.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield serve
    for server in servers:
        server.shutdown()


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started, started.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as one:
        yield one


class Reader:
    """A browser window that notes what goes wrong, and that nothing foreign gets into."""

    def __init__(self, chromium, address: str, **options):
        self.address, self.complaints = address, []
        self.context = chromium.new_context(**options)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.route("**/*", self.pass_own)

    def pass_own(self, route) -> None:
        if route.request.url.startswith((self.address, "data:", "about:")):
            route.continue_()
        else:
            self.complaints.append(f"foreign: {route.request.url}")
            route.abort()

    def open(self, path: str):
        self.page.goto(f"{self.address}/{path}", wait_until="load")
        self.page.wait_for_function("document.documentElement.classList.contains('js')")
        return self.page


@pytest.fixture
def reader(chromium):
    """Function that opens a window on an address."""
    opened = []

    def new(address: str, **options) -> Reader:
        opened.append(Reader(chromium, address, **options))
        return opened[-1]

    yield new
    for one in opened:
        one.context.close()


OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
UNDRAWN = """() => Promise.all([...document.images].filter(image => image.checkVisibility()).map(image => {
  image.loading = "eager"
  return image.decode().then(() => null, () => image.src)
})).then(found => found.filter(Boolean))"""


def faults(reader: Reader, path: str) -> list[str]:
    """What is wrong with a page as it is shown."""
    from axe_playwright_python.sync_playwright import Axe

    page = reader.open(path)
    found = [f"image not drawn: {address}" for address in page.evaluate(UNDRAWN)]
    overflow = page.evaluate(OVERFLOW)
    found += [f"{overflow} pixels too wide"] if overflow > 0 else []
    for violation in Axe().run(page).response["violations"]:
        found += [f"{violation['id']}: {node['html'][:200]}" for node in violation["nodes"]]
    found += reader.complaints
    reader.complaints.clear()
    return found


@pytest.mark.parametrize(("scheme", "size"), list(product(("light", "dark"), (PHONE, DESK))))
class TestPages:
    pytestmark = browser_test

    def test_every_page_of_the_study_is_sound(self, smoke_site, served, reader, scheme, size):
        window = reader(served(smoke_site), color_scheme=scheme, viewport=size)
        pages = sorted(path.relative_to(smoke_site).as_posix() for path in smoke_site.glob("*/**/*.html"))
        assert {path: found for path in pages if (found := faults(window, path))} == {}

    def test_every_page_of_two_languages_is_sound(self, two_languages, served, reader, scheme, size):
        window = reader(served(two_languages), color_scheme=scheme, viewport=size)
        pages = sorted(path.relative_to(two_languages).as_posix() for path in two_languages.glob("*/*.html"))
        assert len(pages) == 6
        assert {path: found for path in pages if (found := faults(window, path))} == {}


class TestReading:
    pytestmark = browser_test

    def search(self, page, word: str) -> list[str]:
        """Titles that a search finds."""
        page.keyboard.press("f")
        page.keyboard.type(word)
        page.keyboard.press("Shift")  # the search listens to keys that come up; letters of an input method have none
        page.wait_for_selector(".md-search-result__article")
        return page.locator(".md-search-result__article h1, .md-search-result__article h2").all_inner_texts()

    @pytest.mark.parametrize(
        ("language", "word", "title"),
        [("en", "entropy", "Losses"), ("ko", "엔트로피", "손실 함수"), ("ko", "소실", "활성화 함수")],
    )
    def test_search_finds_a_word_of_the_study(self, smoke_site, served, reader, language, word, title):
        window = reader(served(smoke_site), viewport=DESK)
        assert title in self.search(window.open(f"{language}/index.html"), word)
        assert window.complaints == []

    @pytest.mark.parametrize(("word", "title"), [("엔트로피", "첫 쪽"), ("교차", "첫 쪽"), ("함수", "자리")])
    def test_search_finds_parts_of_korean_words(self, two_languages, served, reader, word, title):
        page = reader(served(two_languages), viewport=DESK).open("ko/index.html")
        assert title in self.search(page, word)

    @pytest.mark.parametrize(("language", "word", "title"), [("en", "place", "Place"), ("ko", "엔트로피", "첫 쪽")])
    def test_search_works_from_a_folder(self, two_languages, reader, language, word, title):
        window = reader(two_languages.as_uri(), viewport=DESK)
        assert title in self.search(window.open(f"{language}/index.html"), word)
        assert window.complaints == []

    def test_the_language_switch_stays_on_the_page(self, two_languages, served, reader):
        address = served(two_languages)
        page = reader(address, viewport=PHONE).open("en/more.html")
        page.click("text=한국어")
        page.wait_for_url(f"{address}/ko/more.html")
        page.click("text=English")
        page.wait_for_url(f"{address}/en/more.html")

    @pytest.mark.parametrize(("locale", "home"), [("ko-KR", "ko"), ("en-GB", "en"), ("fr-FR", "en")])
    def test_the_chooser_follows_the_browser(self, two_languages, served, reader, locale, home):
        address = served(two_languages)
        window = reader(address, locale=locale)
        window.page.goto(f"{address}/")
        window.page.wait_for_url(f"{address}/{home}/index.html")

    def test_without_scripts_the_chooser_and_the_pages_are_there(self, two_languages, served, reader):
        address = served(two_languages)
        page = reader(address, java_script_enabled=False).page
        page.goto(f"{address}/")
        page.click("text=English")
        assert page.locator("math").count() == 2
        assert page.locator("h1").inner_text().startswith("Home")

    def test_text_from_a_configuration_shows_as_it_is(self, two_languages, served, reader):
        page = reader(served(two_languages)).open("en/index.html")
        assert page.title() == "Theory on Trial"
        assert page.locator("article p").last.inner_text() == HOSTILE

    def test_colours_follow_the_system_until_chosen(self, two_languages, served, reader):
        page = reader(served(two_languages), color_scheme="dark", viewport=DESK).open("en/index.html")
        page.wait_for_selector("body[data-md-color-scheme=slate]")
        page.click("label[title^='Colours follow the system']")
        page.wait_for_selector("body[data-md-color-scheme=default]")

    def test_paper_is_white_and_shows_the_light_figures(self, smoke_site, served, reader):
        page = reader(served(smoke_site), color_scheme="dark", viewport=DESK).open("en/batch-size.html")
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator("body").get_attribute("data-md-color-scheme") == "default"
        assert page.locator(".figure .only-light").first.is_visible()
        assert not page.locator(".figure .only-dark").first.is_visible()
        assert not page.locator(".md-header").is_visible()
