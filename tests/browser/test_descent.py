"""Gradient descent in a bowl, at the reader's rate and curvature, in a browser."""

import pytest
from support.browser import MOVED, browser_test, in_each_language, problems

pytestmark = browser_test

PAGE = "learning-rate.html"
PATH = ".descent-path"


@in_each_language
def test_the_chapter_is_sound_and_nothing_moves(smoke_site, served, reader, language, scheme, size):
    window = reader(served(smoke_site), color_scheme=scheme, viewport=size)
    assert problems(window, f"{language}/{PAGE}#choose-a-rate") == []
    assert window.page.evaluate(MOVED) == []


@pytest.mark.essential
def test_keys_choose_rate_and_curvature_and_the_text_follows(smoke_page):
    page = smoke_page(f"en/{PAGE}", "http")
    slider = page.get_by_role("slider")
    slider.focus()
    before = page.locator(PATH).get_attribute("points")
    assert "multiplies w by 0.8" in page.locator(".descent").inner_text()
    slider.press("End")
    assert slider.get_attribute("aria-valuetext") == "2.5"
    assert "diverges" in page.locator(".descent").inner_text()
    assert len(page.locator(PATH).get_attribute("points").split()) > 3  # two steps before one leaves the picture
    assert "6 → −24 → 96 → −384" in page.locator(".descent").inner_text()
    slider.press("Home")
    for _ in range(9):
        slider.press("ArrowRight")
    assert "arrives in one step" in page.locator(".descent").inner_text()
    assert page.locator(PATH).get_attribute("points") != before
    page.get_by_label("2", exact=True).press("ArrowRight")
    assert page.locator(".descent").get_attribute("data-course") == "swings"
    page.locator(".descent [role=status]").filter(has_text="for ever").wait_for(state="attached")
