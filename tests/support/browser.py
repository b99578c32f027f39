"""A browser for tests: Chromium without access to other machines, which records errors."""

import re
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
PHONE, TABLET, DESK = ({"width": width, "height": height} for width, height in ((390, 844), (820, 1180), (1280, 900)))
SCHEMES = ("light", "dark")

# One page for each template, and for each script that draws something.
TEMPLATES = ["index", "gradients", "explorer", "the-valley", "guess", "playground", "evidence/index", "glossary"]
TEMPLATES += ["evidence/small-batch-accuracy", "figures/neuron", "slides-steps"]

browser_test = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: install chromium")]

in_each_language = pytest.mark.parametrize(
    ("language", "scheme", "size"), [("en", "light", DESK), ("ko", "dark", PHONE)]
)
from_server_and_folder = pytest.mark.parametrize("protocol", ["http", pytest.param("file", marks=pytest.mark.slow)])

UNDRAWN = """() => Promise.all([...document.images].filter(image => image.checkVisibility()).map(image => {
  image.loading = "eager"
  return image.decode().then(() => null, () => `image not drawn: ${image.src}`)
})).then(messages => messages.filter(Boolean))"""

# The parts of a page that moved by themselves. https://web.dev/articles/cls defines the score, and calls 0.25 poor.
MOVED = """() => {
  const observer = new PerformanceObserver(() => {})
  observer.observe({type: "layout-shift", buffered: true})
  const shifts = observer.takeRecords().filter(shift => !shift.hadRecentInput)
  if (shifts.reduce((total, shift) => total + shift.value, 0) < 0.001) return []
  const place = ({x, y, width, height}) => [x, y, width, height].map(Math.round)
  return shifts.flatMap(shift => shift.sources).map(({node, previousRect, currentRect}) =>
    `moved: ${node?.outerHTML?.slice(0, 80) ?? node?.textContent} from ${place(previousRect)} to ${place(currentRect)}`)
}"""

# Elements that still wait for a script to complete them.
WAITING = """() => document.getAnimations()
  .filter(one => one.animationName === "show")
  .map(one => `not shown: ${one.effect.target.outerHTML.slice(0, 80)}`)"""

OVERFLOW = """async () => {
  const moving = document.getAnimations().filter(one => one.effect.getComputedTiming().endTime < Infinity)
  await Promise.allSettled(moving.map(one => one.finished))
  const {scrollWidth, clientWidth} = document.documentElement
  return scrollWidth > clientWidth ? [`${scrollWidth} pixels on a screen of ${clientWidth}`] : []
}"""


def pages_of(site: Path) -> list[str]:
    """Return the paths of all pages within a site, in all languages."""
    return sorted(path.relative_to(site).as_posix() for path in site.glob("*/**/*.html"))


def distinct_pages_of(site: Path) -> list[str]:
    """Return the paths of all pages within a site, but only one figure's page for each language.

    Other pages of figures show the same as chapters, in the same frame.
    """
    of_figures = [path for path in pages_of(site) if "/figures/" in path]
    first = {path.split("/")[0]: path for path in reversed(of_figures)}
    return [path for path in pages_of(site) if path not in of_figures or path in first.values()]


class Reader:
    """A browser window on a site. It records the `requests` of the current page, and its errors as `complaints`."""

    def __init__(self, chromium, address: str, **options):
        self.address, self.requests, self.complaints = address, [], []
        self.context = chromium.new_context(**options)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.note(request.url))

    def note(self, url: str) -> None:
        self.requests.append(url)
        if not url.startswith((self.address, "data:", "about:")):
            self.complaints.append(f"foreign: {url}")

    def open(self, path: str):
        """Show a page of the site, and wait until it has loaded, its scripts have started and its fonts are ready."""
        self.requests.clear()
        self.page.goto(f"{self.address}/{path}", wait_until="load")
        # a function, because the Content-Security-Policy forbids evaluating text
        self.page.wait_for_function(
            "() => document.documentElement.matches('.js') && !document.documentElement.style.visibility"
        )
        return self.page

    def leave(self) -> None:
        """Leave the page, whose requests could arrive late, and forget its figures.

        A browser takes a figure that it has in memory even for a place where it is hidden, so the next page would
        have it.
        """
        self.page.goto("about:blank")
        session = self.context.new_cdp_session(self.page)
        for is_disabled in (True, False):  # which empties the cache
            session.send("Network.setCacheDisabled", {"cacheDisabled": is_disabled})
        session.detach()

    def take_complaints(self) -> list[str]:
        """Return the complaints since the last call."""
        complaints, self.complaints = self.complaints, []
        return complaints


CONTRAST = {"runOnly": ["color-contrast"]}
ALL_BUT_CONTRAST = {"rules": {"color-contrast": {"enabled": False}}}  # contrast takes most of the time


def violations(page, rules: dict | None = None) -> list[str]:
    """Return the findings of an automatic accessibility check with all rules, CONTRAST or ALL_BUT_CONTRAST."""
    page.emulate_media(reduced_motion="reduce")  # a button that fades in has too little contrast for a moment
    result = Axe().run(page, options={"resultTypes": ["violations"]} | (rules or {})).response["violations"]
    return [f"{violation['id']}: {node['html'][:200]}" for violation in result for node in violation["nodes"]]


def problems(window: Reader, path: str) -> list[str]:
    """Return all problems of a page as shown."""
    page = window.open(path)
    return page.evaluate(OVERFLOW) + page.evaluate(UNDRAWN) + violations(page) + window.take_complaints()


def search(page, words: str) -> list[str]:
    """Return the pages and sections that the site's search finds by keyboard, such as losses.html#mse."""
    page.keyboard.press("/")
    page.wait_for_selector(".md-search__input:focus")
    page.keyboard.insert_text(words)  # at once, since results of the first letters could be read otherwise
    page.keyboard.press("Shift")  # the search reacts to released keys
    page.wait_for_selector(".md-search-result__article")
    links = page.locator("a.md-search-result__link").evaluate_all("links => links.map(link => link.href)")
    return [re.sub(r".*/|\?[^#]*", "", link) for link in links]
