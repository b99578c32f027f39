"""Every kind of page: light and dark, on a phone and on a desk, from a folder, on paper, without scripts."""

import pytest
from support.browser import (
    ALL_BUT_CONTRAST,
    CONTRAST,
    DESK,
    MOVED,
    OVERFLOW,
    PHONE,
    SCHEMES,
    TABLET,
    UNDRAWN,
    WAITING,
    browser_test,
    distinct_pages_of,
    violations,
)

pytestmark = browser_test

UNSEEN = """() => [...document.querySelectorAll("article :is(h1, h2, h3, p, li, dt, dd, table, math, figcaption, img)")]
  .filter(part => !part.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter(part => !part.closest("details:not([open]), .only-dark, [hidden], .reveal")) // .reveal: until a guess
  .map(part => `not shown: ${part.outerHTML.slice(0, 200)}`)"""


def other_scheme(window, scheme: str) -> list[str]:
    """Return figures that were loaded although the page shows those of the other scheme."""
    other = SCHEMES[scheme == "light"]
    return [f"loaded: {url}" for url in window.requests if url.endswith((f"-{other}.svg", f"-{other}-wide.svg"))]


def other_width(window, narrow: bool) -> list[str]:
    """Return figures that were loaded although the page shows those of the other width."""
    wide = {url for url in window.requests if url.endswith("-wide.svg")}
    if narrow:
        return [f"loaded: {url}" for url in wide]
    return [f"loaded: {url}" for url in window.requests if url.replace(".svg", "-wide.svg") in wide]


def faulty(window, paths: list[str], check) -> dict[str, list[str]]:
    """Return the problems that a check or the window reports, by page."""
    return {path: problems for path in paths if (problems := check(window.open(path)) + window.take_complaints())}


@pytest.mark.parametrize("site", ["smoke_site", "two_languages"])
class TestEveryPage:
    @pytest.mark.parametrize(("scheme", "rules"), [("light", None), ("dark", CONTRAST)])
    def test_is_sound_on_a_desk_and_a_tablet(self, request, served, reader, site, scheme, rules):
        def check(page) -> list[str]:
            problems = page.evaluate(OVERFLOW) + page.evaluate(UNDRAWN) + other_scheme(window, scheme)
            problems += other_width(window, narrow=False)
            problems += violations(page, rules) + page.evaluate(MOVED) + page.evaluate(WAITING)
            page.set_viewport_size(TABLET)
            problems += page.evaluate(OVERFLOW)
            page.set_viewport_size(DESK)
            return problems

        folder = request.getfixturevalue(site)
        window = reader(served(folder), color_scheme=scheme, viewport=DESK)
        assert faulty(window, distinct_pages_of(folder), check) == {}

    def test_is_sound_on_a_phone(self, request, served, reader, site):
        def check(page) -> list[str]:
            problems = page.evaluate(OVERFLOW) + page.evaluate(UNDRAWN) + other_width(window, narrow=True)
            return problems + violations(page, ALL_BUT_CONTRAST) + page.evaluate(MOVED)

        folder = request.getfixturevalue(site)
        window = reader(served(folder), viewport=PHONE, has_touch=True, is_mobile=True)
        assert faulty(window, distinct_pages_of(folder), check) == {}


@pytest.mark.parametrize("view", [DESK, TABLET, PHONE], ids=["desk", "tablet", "phone"])
@pytest.mark.parametrize(
    "address",
    [
        "film.html#film=hidden-layer",
        "guess.html#claims=relu-cheap",
        "playground.html#dying",
        "playground.html#own-rates",
    ],
)
def test_nothing_moves_where_an_address_says_what_scripts_show(smoke_site, served, reader, address, view):
    page = reader(served(smoke_site), viewport=view).open(f"en/{address}")
    page.wait_for_load_state("networkidle")
    assert page.evaluate(MOVED) == []


@pytest.mark.parametrize("path", ["en/losses.html", "ko/activations.html"])
def test_nothing_moves_on_a_slow_phone(smoke_site, served, reader, path):
    window = reader(served(smoke_site), viewport=PHONE)
    phone = window.context.new_cdp_session(window.page)
    phone.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    connection = {"latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}  # ms, bytes per second
    phone.send("Network.emulateNetworkConditions", {"offline": False} | connection)
    page = window.open(path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(MOVED) == []


PRINTED = """() => {
  const shown = selector => [...document.querySelectorAll(selector)].filter(part => part.checkVisibility())
  const hasUrl = link => getComputedStyle(link, "::after").content.includes(link.getAttribute("href"))
  return [
    ...shown("nav, .md-header, .md-search, .md-footer, .md-tabs, .headerlink, .only-dark"),
    ...[...document.querySelectorAll("article .only-light")].filter(figure => !figure.checkVisibility()),
    ...document.querySelectorAll("details:not([open])"),
    ...[...document.querySelectorAll("article a[href]")].filter(link => hasUrl(link) !== /^http/.test(link.protocol)),
  ].map(part => part.outerHTML.slice(0, 200))
}"""


def test_every_page_opens_from_a_folder_and_is_white_and_whole_on_paper(smoke_site, reader):
    """Return the problems in print: controls, dark figures, folded parts, external links without their address."""
    window = reader(smoke_site.as_uri(), color_scheme="dark", viewport=DESK)

    def check(page) -> list[str]:
        problems = page.evaluate(UNDRAWN)
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        problems += page.evaluate(PRINTED)
        problems += [] if page.locator("body").get_attribute("data-md-color-scheme") == "default" else ["not white"]
        page.emulate_media(media="screen")
        return problems

    assert faulty(window, distinct_pages_of(smoke_site), check) == {}


def test_without_scripts_every_figure_table_and_text_is_there(smoke_site, served, reader):
    window = reader(served(smoke_site), java_script_enabled=False)
    problems = {}
    for path in distinct_pages_of(smoke_site):
        window.page.goto(f"{window.address}/{path}")
        problems[path] = window.page.evaluate(UNSEEN) + window.take_complaints()
    assert {path: unseen for path, unseen in problems.items() if unseen} == {}
