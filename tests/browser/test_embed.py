"""Tools and figures in a page of another origin: alone, as high as their content, without controls that it hides."""

import re
from collections.abc import Iterable

import pytest
from support.browser import DESK, browser_test, in_each_language
from support.project import ROOT
from support.sites import NAMES

pytestmark = browser_test

CLAIM = "evidence/small-batch-accuracy.html"
FIGURE = "figures/neuron.html"
# Page → where its button is, what its tool shows once it has started, and controls that a frame can do without.
PARTS = {
    "playground.html": (".sharing", ".playground canvas", "learning_rate,optimiser,pair"),
    CLAIM: (".sharing", ".trial-form", "count,first"),
    "same-road.html": (".sharing", ".toy-figure svg", "batch"),
    "explorer.html": (".sharing", ".explorer-chart svg", "policy,table"),
    "index.html": (".sharing", ".trial-home-field", "boxes"),
    FIGURE: (".figure", ".figure figcaption", ""),
}
HEAD = "<meta charset=utf-8><title>Course</title><link rel=icon href=data:,>"
COURSE = f"<!doctype html><html lang=en>{HEAD}<h1 style='height: 2000px'>Course</h1>"
FITS = """() => {
  const {scrollHeight, scrollWidth} = document.documentElement
  const {bottom} = document.querySelector("article").getBoundingClientRect()
  return scrollHeight <= innerHeight && scrollWidth <= innerWidth && Math.abs(bottom - innerHeight) < 2
}"""
AROUND = (
    ".md-header, .md-tabs, .md-sidebar, .md-footer, .playground-exercises, .explorer-questions, .case, .embed-button"
)


@pytest.fixture
def snippet_of(smoke_page):
    """Return a function that copies what the button of a page gives."""

    def copy(path: str) -> str:
        page = smoke_page(path)
        place, started, _ = PARTS[path.partition("/")[2]]
        if path.endswith(CLAIM):
            page.locator(".again > summary").click()
        page.wait_for_selector(started)
        if place == ".figure":
            page.locator(".figure-menu > summary").first.click()
        page.locator(f"{place} .embed-button").first.click()
        return page.locator(".embed-snippet code").inner_text()

    return copy


@pytest.fixture
def course(smoke_site, served, reader, tmp_path):
    """Return a function that shows snippets in a page of another origin, and check that nothing else was loaded."""
    windows = []

    def show(snippets: Iterable[str], **options):
        (tmp_path / "course.html").write_text(COURSE + "\n".join(snippets), encoding="utf-8")
        windows.append(reader(served(tmp_path), **{"viewport": DESK, **options}))
        windows[-1].page.goto(f"{windows[-1].address}/course.html")
        return windows[-1].page

    yield show
    site = served(smoke_site)
    for window in windows:
        assert [each for each in window.complaints if not each.startswith(f"foreign: {site}/")] == []


def frame_of(page, started: str, number: int = 0):
    """Return the frame of a snippet once its tool has started and it is as high as its content."""
    part = page.locator("iframe").nth(number)
    part.scroll_into_view_if_needed()
    frame = part.element_handle().content_frame()
    frame.locator(started).first.wait_for()
    frame.wait_for_function(FITS)
    return frame


@pytest.mark.essential
@in_each_language
def test_each_part_is_alone_and_fits_its_frame(snippet_of, course, language, size, scheme):
    snippets = [
        snippet_of(f"{language}/{path}").replace("?embed=1", f"?embed=1&amp;hide={hidden}")
        for path, (_, _, hidden) in PARTS.items()
    ]
    page = course(snippets, viewport=size, color_scheme=scheme)
    for number, (_, started, hidden) in enumerate(PARTS.values()):
        frame = frame_of(page, started, number)
        assert frame.locator("html").get_attribute("lang") == language
        assert frame.locator(AROUND).locator("visible=true").count() == 0
        for name in filter(None, hidden.split(",")):
            controls = frame.locator(f"[data-control={name}]")
            assert controls.count() > 0, name
            assert controls.locator("visible=true").count() == 0, name
        if hidden:
            assert frame.locator("[data-control]:visible").count() > 0
    assert page.locator("iframe:not([title])").count() == 0


def test_a_link_leads_to_the_page_with_what_the_reader_has_set(snippet_of, course):
    page = course([snippet_of("en/playground.html")])
    frame = frame_of(page, ".playground canvas")
    frame.get_by_role("combobox", name="data set").select_option("moons")
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Explore the evidence").click()
    opened.value.wait_for_selector(".playground canvas")
    assert opened.value.url.endswith("/en/playground.html#dataset=moons&depth=0,1")
    assert opened.value.locator(".md-header").is_visible()
    assert opened.value.evaluate("window.opener === null")
    assert page.url.endswith("/course.html")


def test_a_frame_starts_with_what_the_reader_had_set_and_leaves_the_page_where_it_is(smoke_page, course):
    page = smoke_page("en/playground.html")
    page.get_by_role("combobox", name="data set").select_option("spirals")
    page.locator(".embed-button").click()
    page = course([page.locator(".embed-snippet code").inner_text().replace('loading="lazy"', "")])
    frame = page.locator("iframe").element_handle().content_frame()
    frame.wait_for_selector(".playground canvas")
    assert frame.get_by_role("combobox", name="data set").input_value() == "spirals"
    assert page.evaluate("scrollY") == 0


def test_only_a_whole_number_from_the_frame_changes_its_height(snippet_of, course):
    page = course([snippet_of(f"en/{FIGURE}"), "<iframe src='about:blank' height=123></iframe>"])
    frame = frame_of(page, ".figure figcaption")
    heights = "() => [...document.querySelectorAll('iframe')].map(frame => frame.height)"
    before = page.evaluate(heights)
    assert before[1] == "123"
    for value in ("'5'", "5.5", "20000", "NaN", "{}"):
        frame.evaluate(f"() => parent.postMessage({{type: 'ontrial height', height: {value}}}, '*')")
    frame.evaluate("() => parent.postMessage({type: 'another', height: 5}, '*')")
    page.evaluate("() => frames[0].parent.postMessage({type: 'ontrial height', height: 5}, '*')")  # from another origin
    page.wait_for_timeout(200)
    assert page.evaluate(heights) == before
    frame.evaluate("() => parent.postMessage({type: 'ontrial height', height: 321}, '*')")
    page.wait_for_function("() => document.querySelector('iframe').height === '321'")


def test_unknown_names_are_reported_and_change_nothing(smoke_site, served, reader):
    window = reader(served(smoke_site))
    warnings = []
    window.page.on("console", lambda message: message.type == "warning" and warnings.append(message.text))
    hidden = "learning_rate,nonsense,a%22]%20{}%20*"
    page = window.open(f"en/playground.html?embed=1&hide={hidden}")
    assert page.locator("[data-control=learning_rate]").is_hidden()
    assert page.locator("[data-control=optimiser]").is_visible()
    assert page.locator(".playground-start").is_visible()
    (warning,) = [text for text in warnings if text.startswith("hide=")]
    assert warning.startswith('hide=nonsense,a"] {} *: no such control. Controls of this frame: dataset, ')
    assert window.complaints == []


@pytest.mark.parametrize("language", NAMES)
def test_the_snippet_of_the_page_on_use_elsewhere_works(smoke_site, served, course, language):
    page = (ROOT / f"docs/{language}/elsewhere.md").read_text(encoding="utf-8")
    snippet = re.search(r"^```html\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[1]
    written = snippet.replace("https://SITE", served(smoke_site)).replace("[[ language ]]", language)
    frame = frame_of(course([written]), ".playground canvas")
    assert frame.locator(".film-arm:visible").count() == 2
    assert frame.locator("[data-control=optimiser]").is_hidden()
