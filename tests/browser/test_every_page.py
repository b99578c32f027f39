"""Every kind of page: light and dark, on a phone and on a desk, from a folder, on paper, without scripts."""

from pathlib import Path

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
    TEMPLATES,
    UNDRAWN,
    WAITING,
    browser_test,
    distinct_pages_of,
    violations,
)

pytestmark = browser_test

# Without scripts, no guess can be made.
UNSEEN = """() => [...document.querySelectorAll("article :is(h1, h2, h3, p, li, dt, dd, table, math, figcaption, img)")]
  .filter(part => !part.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter(part => !part.closest("details:not([open]), .only-dark, [hidden], .toy-say, .guess-choices"))
  .map(part => `not shown: ${part.outerHTML.slice(0, 200)}`)"""


PRINTED = """() => {
  const shown = selector => [...document.querySelectorAll(selector)].filter(part => part.checkVisibility())
  const leadsOut = link => link.getAttribute("href").startsWith("http")
  const hasUrl = link => getComputedStyle(link, "::after").content.includes(link.getAttribute("href"))
  return [
    ...shown("nav, .md-header, .md-search, .md-footer, .md-tabs, .headerlink, .only-dark"),
    ...[...document.querySelectorAll("article .only-light")].filter(figure => !figure.checkVisibility()),
    ...document.querySelectorAll("details:not([open])"),
    ...[...document.querySelectorAll("article a[href]")].filter(link => hasUrl(link) !== leadsOut(link)),
  ].map(part => part.outerHTML.slice(0, 200))
}"""


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


def problems_on_a_desk(window, path: str) -> list[str]:
    """Return what is wrong with a page on a desk and on a tablet."""
    page = window.open(path)
    problems = page.evaluate(OVERFLOW) + page.evaluate(UNDRAWN) + other_scheme(window, "light")
    problems += other_width(window, narrow=False)
    problems += violations(page) + page.evaluate(MOVED) + page.evaluate(WAITING)
    page.set_viewport_size(TABLET)
    problems += page.evaluate(OVERFLOW)
    page.set_viewport_size(DESK)
    return problems


def problems_in_both_schemes(window, path: str) -> list[str]:
    """Return what is wrong with a page on a desk, on a tablet and on paper, and with its colours in the dark."""
    problems, page = problems_on_a_desk(window, path), window.page
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("body[data-md-color-scheme=slate]")
    problems += page.evaluate(OVERFLOW) + violations(page, CONTRAST)  # once colours have stopped changing
    problems += problems_in_print(page)
    page.emulate_media(color_scheme="light")
    return problems


def problems_on_a_phone(window, path: str) -> list[str]:
    """Return what is wrong with a page on a phone."""
    page = window.open(path)
    problems = page.evaluate(OVERFLOW) + page.evaluate(UNDRAWN) + other_width(window, narrow=True)
    return problems + violations(page, ALL_BUT_CONTRAST) + page.evaluate(MOVED)


def problems_on_paper(window, path: str) -> list[str]:
    """Return what is wrong with a page that is opened in the dark, and printed."""
    page = window.open(path)
    return page.evaluate(UNDRAWN) + other_scheme(window, "dark") + problems_in_print(page)


def problems_in_print(page) -> list[str]:
    """Return the problems in print: controls, dark figures, folded parts, external links without their address."""
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    problems = page.evaluate(PRINTED)
    problems += [] if page.locator("body").get_attribute("data-md-color-scheme") == "default" else ["not white"]
    page.emulate_media(media="screen")
    return problems


def problems_without_scripts(window, path: str) -> list[str]:
    """Return what a page hides from a browser that runs no scripts."""
    window.page.goto(f"{window.address}/{path}")
    return window.page.evaluate(UNSEEN)


VIEWS = {
    "desk": (problems_on_a_desk, {"viewport": DESK, "color_scheme": "light"}),
    "schemes": (problems_in_both_schemes, {"viewport": DESK, "color_scheme": "light"}),
    "phone": (problems_on_a_phone, {"viewport": PHONE, "has_touch": True, "is_mobile": True}),
    "paper": (problems_on_paper, {"viewport": DESK, "color_scheme": "dark"}),
    "no scripts": (problems_without_scripts, {"java_script_enabled": False}),
}


@pytest.fixture
def faulty(served, reader):
    """Return a function that returns the problems of pages of a site in a view, by page."""

    def problems(site: Path, paths: list[str], view: str) -> dict[str, list[str]]:
        check, options = VIEWS[view]
        window = reader(site.as_uri() if view == "paper" else served(site), **options)
        found = {}
        for path in paths:
            window.leave()
            found[path] = check(window, path) + window.take_complaints()
        return {path: problems for path, problems in found.items() if problems}

    return problems


SHOWN = [(f"en/{page}.html", "desk") for page in TEMPLATES if page not in ("explorer", "gradients")]  # heavy
SHOWN += [(f"ko/{page}.html", "phone") for page in TEMPLATES]
SHOWN += [("ko/figures/neuron.html", "schemes"), ("ko/gradients.html", "paper"), ("en/index.html", "paper")]
SHOWN += [("en/gradients.html", "no scripts"), ("ko/evidence/small-batch-accuracy.html", "no scripts")]


@pytest.mark.essential
@pytest.mark.parametrize(("path", "view"), SHOWN)
def test_one_page_of_each_template_is_sound(smoke_site, faulty, path, view):
    assert faulty(smoke_site, [path], view) == {}


PAIRS = [("en", "schemes"), ("ko", "phone"), ("ko", "no scripts")]


@pytest.mark.parametrize("part", range(3))  # for several workers
@pytest.mark.parametrize(("language", "view"), PAIRS)
def test_every_page_is_sound(smoke_site, faulty, language, view, part):
    paths = [path for path in distinct_pages_of(smoke_site) if path.startswith(f"{language}/")]
    assert faulty(smoke_site, [path for path in paths[part::3] if (path, view) not in SHOWN], view) == {}


@pytest.mark.parametrize("view", ["schemes", "phone"])
def test_every_page_of_a_small_site_is_sound(two_languages, faulty, view):
    assert faulty(two_languages, distinct_pages_of(two_languages), view) == {}


ADDRESSES = ["same-road.html#batch=16&rate=1", "guess.html#right=1&of=2"]
ADDRESSES += ["playground.html#dying", "playground.html#own-rates", "the-valley.html#rate=0.9&curvature=2&step=4"]


@pytest.mark.parametrize(("address", "size"), list(zip(ADDRESSES, [PHONE, DESK, TABLET, PHONE, DESK], strict=True)))
def test_nothing_moves_where_an_address_says_what_scripts_show(smoke_site, served, reader, address, size):
    window = reader(served(smoke_site), viewport=size)
    delay_scripts(window.page)
    page = window.open(f"en/{address}")
    page.wait_for_load_state("networkidle")
    assert page.evaluate(MOVED) == []


def delay_scripts(page) -> None:
    """Let pages be painted before scripts start, as on a busy machine."""

    def late(route) -> None:
        page.wait_for_timeout(500)
        route.continue_()

    page.route("**/bundle.*.js", late)  # of the theme
    page.route("**/assets/elements.js", late)  # others wait for it, since they run in their order


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
