"""The site as a reader uses it: what a page loads, search, languages, keys, colours."""

import re
from urllib.parse import urlsplit

import pytest
from support.browser import DESK, MOVED, PHONE, browser_test, from_server_and_folder, search, violations
from support.budgets import require
from support.sites import NAMES, THEME

from ontrial.report.site import docs

pytestmark = browser_test

LANGUAGES = docs.languages(THEME.parent)
CHAPTER = "en/batch-size.html"


def test_a_page_can_be_read_while_its_scripts_are_on_their_way(smoke_site, served, reader):
    window = reader(served(smoke_site))
    window.page.route("**/*.js", lambda route: None)  # which never come
    window.page.goto(f"{window.address}/{CHAPTER}", wait_until="commit")
    window.page.get_by_role("heading", level=1).wait_for()


def test_the_typeface_of_the_site_comes_with_its_style_sheet(smoke_site, served, reader):
    window = reader(served(smoke_site))
    page = window.open(CHAPTER)
    assert '"Trial Sans"' in page.evaluate("getComputedStyle(document.querySelector('article p')).fontFamily")
    assert page.evaluate("[...document.fonts].find(font => font.family === 'Trial Sans').status") == "loaded"
    assert [url.rpartition("/")[2] for url in window.requests if "sans" in url] == ["sans.css"]


def test_korean_text_gets_the_font_of_the_site_where_the_system_has_none(smoke_site, served, reader):
    window = reader(served(smoke_site))
    page = window.open("ko/losses.html")
    page.wait_for_function("() => !document.documentElement.style.visibility")
    (face,) = page.evaluate("[...document.fonts].filter(font => font.family === 'Hangul').map(font => font.status)")
    asked = [url for url in window.requests if url.endswith("hangul.woff")]
    assert face == ("loaded" if asked else "unloaded")
    assert page.evaluate(MOVED) == []


@pytest.mark.essential
def test_the_search_index_is_fetched_when_somebody_searches(smoke_site, served, reader):
    window = reader(served(smoke_site))
    window.open(CHAPTER).wait_for_load_state("networkidle")
    assert not any("search_index" in url for url in window.requests)
    assert "batch-size.html" in search(window.page, "batch")
    assert sum("search_index" in url for url in window.requests) == 1
    window.open(f"{CHAPTER}?h=batch").wait_for_selector("mark[data-md-highlight]")


@pytest.mark.essential
def test_a_script_that_got_into_a_page_does_not_run(two_languages, served, reader):
    window = reader(served(two_languages))
    page = window.open("en/index.html")
    page.evaluate("""() => {
      document.body.append(Object.assign(document.createElement("script"), {textContent: "document.title = 'hacked'"}))
      document.body.insertAdjacentHTML("beforeend", "<img src=x alt='' onerror='document.title = `hacked`'>")
    }""")
    page.wait_for_timeout(200)
    assert page.title() == "Theory on Trial"
    assert sum("Content Security Policy" in complaint for complaint in window.complaints) == 2


WORDS = {
    "en": (
        ("entropy", "losses.html"), ("vanish", "gradients.html"), ("batch", "batch-size.html"),
        ("optimizer", "neuron-layers.html"), ("vanising gradiant", "gradients.html"), ("bacth", "batch-size.html"),
        ("crossentropy", "losses.html"), ("xavier", "gradients.html"), ("kaiming", "activations.html"),
        ("dropout", "statistics.html"), ("qwertyuiop", "glossary.html"),
    ),
    "ko": (
        ("엔트로피", "losses.html"), ("교차엔트로피", "losses.html"), ("소실", "gradients.html"),
        ("배치", "batch-size.html"), ("배치 사이즈", "batch-size.html"), ("경사하강법", "glossary.html"),
        ("오버피팅", "glossary.html"), ("활성함수", "activations.html"), ("드롭아웃", "statistics.html"),
        ("뷁쉙", "glossary.html"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("language", "protocol"), [("en", "file"), ("ko", "http")])
def test_search_finds_words_of_the_study(smoke_page, language, protocol):
    for word, path in WORDS.get(language, ()):
        found = search(smoke_page(f"{language}/index.html", protocol), word)
        assert path in {link.partition("#")[0] for link in found}, word


def test_search_finds_the_best_place_first(smoke_page):
    for words, first in (
        ("dying", "gradients.html#dying"),
        ("dying relu", "gradients.html#dying"),
        ("dead neurons", "gradients.html#dying"),
        ("learning rate", "learning-rate.html"),
        ("overfitting", "learning-rate.html#generalisation"),
        ("오버피팅", "learning-rate.html#generalisation"),
        ("accuracy stays at 10%", "learning-rate.html#in-practice"),
        ("배치 크기 1", "batch-size.html"),
    ):
        found = search(smoke_page("en/index.html" if words.isascii() else "ko/index.html"), words)
        assert found[0].partition("#")[0] == first.partition("#")[0], words
        assert first in found, words


@pytest.mark.essential
@from_server_and_folder
def test_search_finds_parts_of_korean_words_and_words_with_particles(two_languages, served, reader, protocol):
    window = reader(served(two_languages) if protocol == "http" else two_languages.as_uri(), viewport=PHONE)
    for word, result in (("엔트로피", "index.html"), ("교차", "index.html"), ("함수", "more.html#place")):
        assert result in search(window.open("ko/how-it-was-made.html"), word), word
    assert window.complaints == []


@pytest.mark.essential
def test_the_language_switch_stays_on_the_page(two_languages, served, reader):
    address = served(two_languages)
    page = reader(address, viewport=PHONE).open("en/more.html")
    page.click("text=한국어")
    page.wait_for_url(f"{address}/ko/more.html")
    page.click("text=English")
    page.wait_for_url(f"{address}/en/more.html")


@pytest.mark.parametrize(("locale", "home"), [("ko-KR", "ko"), ("en-GB", "en"), ("fr-FR", "en")])
def test_the_chooser_follows_the_browser(two_languages, served, reader, locale, home):
    for address in (served(two_languages), two_languages.as_uri()):
        window = reader(address, locale=locale)
        window.page.goto(f"{address}/index.html")
        window.page.wait_for_url(f"{address}/{home}/index.html")
        assert window.complaints == []


def test_without_scripts_the_chooser_leads_on_by_links(two_languages, served, reader):
    page = reader(served(two_languages), java_script_enabled=False).page
    page.goto(f"{served(two_languages)}/")
    assert page.locator("main a").all_inner_texts() == list(NAMES.values())
    page.click("text=English")
    assert page.locator("math").count() == 2
    assert page.locator("h1").inner_text().startswith("Home")


def test_a_wrong_address_at_any_depth_leads_home(two_languages, served, reader):
    window = reader(served(two_languages))
    window.page.route("**/project/**", lambda route: route.fulfill(path=two_languages / "404.html"))
    window.page.goto(f"{window.address}/project/ko/evidence/nothing.html")
    assert violations(window.page) == []
    assert urlsplit(window.page.locator("a").evaluate("link => link.href")).path == "/project/ko/index.html"
    window.page.goto(f"{window.address}/project/nothing.html")
    assert not window.page.locator("a").is_visible()
    assert window.complaints == []


def test_claims_are_chosen_by_topic_and_verdict(smoke_site, served, reader):
    page = reader(served(smoke_site), viewport=DESK).open("en/evidence/index.html")
    rows = page.locator(".glance tbody tr:visible")
    badges = rows.locator(".badge").all_inner_texts()  # on a busy machine, all may be the same
    page.get_by_label("verdict").select_option(badges[0])
    assert rows.locator(".badge").all_inner_texts() == [badge for badge in badges if badge == badges[0]]
    assert page.locator(".glance > p:visible").count() == page.locator(".glance table:visible").count() > 0
    page.get_by_label("verdict").select_option("")
    assert rows.locator(".badge").all_inner_texts() == badges
    headings = page.locator(".glance > p:visible")
    topic = headings.last.inner_text()
    page.get_by_label("topic").select_option(topic)
    assert headings.all_inner_texts() == [topic]
    assert 0 < rows.count() < len(badges)


def test_the_page_of_a_claim_folds_what_is_long(smoke_site, served, reader):
    page = reader(served(smoke_site), viewport=DESK).open("en/evidence/small-batch-accuracy.html")
    require("claim height", page.evaluate("document.documentElement.scrollHeight"), "small-batch-accuracy")
    for place in ("shared-rates", "again"):
        page.evaluate(f"location.hash = '#{place}'")
        page.locator(f"#{place}").wait_for(state="visible")


def focused(page) -> str:
    return page.evaluate("(document.activeElement.innerText || document.activeElement.title || '').trim()")


def tab_to(page, name: str, most: int = 30) -> None:
    """Press Tab until the element of this name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page) == name:
            return
    raise AssertionError(f"{name} is not reached by {most} tabs")


def test_the_first_key_offers_to_skip_to_the_content(smoke_site, served, reader):
    page = reader(served(smoke_site), viewport=DESK).open(CHAPTER)
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.get_attribute("class").startswith("md-skip")
    assert link.is_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('article')")


def test_keys_open_the_menu_of_a_narrow_screen_and_pass_a_closed_one_by(smoke_site, served, reader):
    page = reader(served(smoke_site), viewport=PHONE).open(CHAPTER)
    menu = page.locator(".md-sidebar--primary")
    tab_to(page, "Menu")
    assert not menu.is_visible()
    page.keyboard.press("Enter")
    # Back from the chapters, to another part, to a page of it.
    for name, address in (("Theory", CHAPTER), ("Look it up", "en/evidence/index.html")):
        tab_to(page, name)
        assert menu.is_visible()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/{address}")
    tab_to(page, "Menu")
    page.keyboard.press("Enter")
    tab_to(page, "What changes the answers?")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/evidence/robustness.html")
    for _ in range(10):
        page.keyboard.press("Tab")
        assert not page.evaluate("!!document.activeElement.closest('.md-sidebar--primary')")


def test_a_figure_is_saved_as_a_picture(smoke_site, served, reader):
    page = reader(served(smoke_site)).open("en/neuron-layers.html")
    with page.expect_download() as download:
        page.locator(".figure-menu > summary").first.click()
        page.get_by_role("button", name="PNG").first.click()
    assert download.value.suggested_filename == "neuron-en-light.png"
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


# The heights in cm, on paper, of what no page break may divide.
WHOLE = """() => [...document.querySelectorAll("article *")]
  .filter(element => element.tagName === "IMG" || getComputedStyle(element).breakInside === "avoid")
  .map(element => (element.getBoundingClientRect().height / 96) * 2.54)"""


def test_on_paper_nothing_that_stays_whole_leaves_half_a_page_empty(smoke_site, served, reader):
    page = reader(served(smoke_site), viewport={"width": 700, "height": 1000}).open(CHAPTER)
    page.emulate_media(media="print")
    page.evaluate("document.querySelectorAll('img').forEach(image => (image.loading = 'eager'))")
    page.wait_for_load_state("networkidle")
    heights = page.evaluate(WHOLE)
    assert 4 < max(heights) < 12


@pytest.mark.parametrize(("size", "scripts"), [(DESK, False), (PHONE, True)])
def test_the_menu_of_a_figure_opens_by_key_and_moves_nothing(smoke_site, served, reader, size, scripts):
    window = reader(served(smoke_site), viewport=size, java_script_enabled=scripts)
    page = window.page
    page.goto(f"{window.address}/en/neuron-layers.html")
    menu = page.locator(".figure-menu").first
    summary, next_figure = menu.locator("> summary"), page.locator("figure.figure").nth(1)

    def way_to_the_next_figure() -> float:
        return next_figure.bounding_box()["y"] - summary.bounding_box()["y"]

    closed = way_to_the_next_figure(), page.locator("article").bounding_box()["height"]
    summary.press("Enter")
    assert menu.get_by_role("link", name="CSV").is_visible()
    menu.get_by_text("Reproduce").click()
    assert menu.locator("pre").last.is_visible()
    assert (way_to_the_next_figure(), page.locator("article").bounding_box()["height"]) == closed
    box = menu.locator("> section").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    if scripts:
        assert violations(page) == []
        page.keyboard.press("Escape")
        assert not menu.get_by_role("link", name="CSV").is_visible()
        assert page.evaluate("document.activeElement === document.querySelector('.figure-menu > summary')")


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_figure_opens_large_over_the_page_and_closes_by_key(smoke_site, served, reader, size):
    window = reader(served(smoke_site), viewport=size)
    page = window.open(CHAPTER)
    link = page.locator(".figure a.only-light").first
    link.press("Enter")
    picture = page.locator(".figure-large img")
    assert re.search(r"/figures/.*-light(-wide)?\.svg$", picture.get_attribute("src"))
    assert picture.bounding_box()["width"] > link.bounding_box()["width"]
    assert violations(page) == []
    page.keyboard.press("Escape")
    picture.wait_for(state="detached")
    assert page.evaluate("document.activeElement === document.querySelector('.figure a.only-light')")
    link.click()
    page.get_by_role("button", name="Close").click()
    picture.wait_for(state="detached")
    assert page.url.endswith(CHAPTER)


def test_a_title_is_no_stop_of_the_keyboard(two_languages, served, reader):
    page = reader(served(two_languages)).open("en/more.html")
    assert page.locator("h1 .headerlink").count() == 0
    assert page.locator("h2 .headerlink").count() == 1


def test_another_language_shows_the_section_on_the_screen(smoke_site, served, reader):
    page = reader(served(smoke_site), viewport=DESK).open("en/losses.html")
    page.locator("#mse").evaluate("heading => heading.scrollIntoView()")
    page.locator("a.language:visible").click()
    page.wait_for_url("**/ko/losses.html#mse")


@pytest.mark.parametrize(("motion", "moves"), [("no-preference", True), ("reduce", False)])
def test_nothing_fades_for_readers_who_asked_for_less_motion(smoke_site, served, reader, motion, moves):
    page = reader(served(smoke_site), reduced_motion=motion).open("en/index.html")
    moving = """() => [...document.querySelectorAll("*")].some(one => {
      const {transitionProperty, transitionDuration} = getComputedStyle(one)
      return transitionProperty !== "none" && parseFloat(transitionDuration) > 0
    })"""
    assert page.evaluate(moving) == moves


def test_colours_follow_the_system_until_chosen(two_languages, served, reader):
    page = reader(served(two_languages), color_scheme="dark", viewport=DESK).open("en/index.html")
    page.wait_for_selector("body[data-md-color-scheme=slate]")
    page.click("label[title^='Colours follow the system']")
    page.wait_for_selector("body[data-md-color-scheme=default]")
