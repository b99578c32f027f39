"""Slides: each fits its sheet of paper, and on screen they are cards of the same shape."""

import re

import pytest
from support.browser import DESK, UNDRAWN, browser_test
from support.sites import NAMES

pytestmark = browser_test

SHEET = {"width": 1280, "height": 720}  # 13.333 by 7.5 inches

# Slides whose box is not a sheet, whose content leaves it, or whose figure is narrower than a third of the sheet
UNFIT = """() => [...document.querySelectorAll(".slide")].flatMap(slide => {
  const sheet = slide.getBoundingClientRect()
  const parts = [...slide.querySelectorAll("*")].filter(part => part.checkVisibility())
  const outside = parts.map(part => part.getBoundingClientRect())
    .some(box => box.top < sheet.top || box.bottom > sheet.bottom || box.left < sheet.left || box.right > sheet.right)
  const narrow = parts.some(part => part.matches("img") && part.getBoundingClientRect().width < sheet.width / 3)
  const isSheet = Math.abs(sheet.width - 1280) < 1 && Math.abs(sheet.height - 720) < 1
  return isSheet && !outside && !narrow ? [] : [slide.querySelector("h1, h2, h3").id]
})"""


@pytest.fixture
def decks(smoke_site, language) -> list[str]:
    """The paths of all decks in a language."""
    paths = sorted(path.relative_to(smoke_site).as_posix() for path in smoke_site.glob(f"{language}/slides-*.html"))
    assert paths
    return paths


@pytest.mark.parametrize("language", NAMES)
def test_each_slide_is_one_sheet_with_a_light_figure(smoke_page, decks):
    for path in decks:
        page = smoke_page(path, "file", viewport=SHEET, color_scheme="dark")
        count = page.locator(".slide").count()
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate(UNDRAWN) == [], path
        assert page.evaluate(UNFIT) == [], path
        assert page.locator(".only-dark:visible").count() == 0, path
        assert page.locator(".slides-note").is_hidden(), path
        assert count == 10, path
    pdf = page.pdf(prefer_css_page_size=True)  # of the last deck
    assert re.findall(rb"/MediaBox\s*\[([^]]*)\]", pdf) == [b"0 0 960 540"] * count  # points


@pytest.mark.parametrize("language", ["en"])
def test_on_a_desk_slides_are_cards_of_16_by_9(smoke_page, decks):
    for path in decks:
        page = smoke_page(path, viewport=DESK)
        for box in page.locator(".slide").evaluate_all("slides => slides.map(slide => slide.getBoundingClientRect())"):
            assert box["width"] / box["height"] == pytest.approx(16 / 9, rel=0.01), path


@pytest.mark.parametrize("language", ["en"])
def test_keys_lead_from_slide_to_slide_and_nothing_covers_them(smoke_page, decks):
    page = smoke_page(decks[0], viewport=DESK)
    middle = "() => document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest('.slide')"
    shown = f"() => [...document.querySelectorAll('.slide')].indexOf(({middle})())"
    for key, number in [("ArrowRight", 0), ("Space", 1), ("PageDown", 2), ("ArrowLeft", 1), ("Shift+Space", 0)]:
        page.keyboard.press(key)
        assert page.evaluate(shown) == number, key
        box = page.locator(".slide").nth(number).bounding_box()
        assert box["y"] + box["height"] / 2 == pytest.approx(DESK["height"] / 2, abs=1), key
        header = page.locator(".md-header").bounding_box()
        assert header["y"] + header["height"] <= box["y"], key
    page.locator(".md-search__input").press("Space")
    assert page.locator(".md-search__input").input_value() == " "
