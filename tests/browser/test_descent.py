"""Gradient descent in a bowl, at the reader's rate and curvature, in a browser."""

import re

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


def test_the_widget_shows_the_steps_of_the_worksheet(smoke_page):
    sheet = smoke_page("en/worksheet-steps.html", "http")
    solutions = sheet.locator("details").text_content()
    page = smoke_page(f"en/{PAGE}", "http")
    page.get_by_label("4", exact=True).check()
    for rate in ("0.1", "0.45", "0.6"):
        page.get_by_role("slider").fill(rate)
        steps = page.locator(".descent p").nth(1).inner_text().split(": ")[1].split(" …")[0]
        assert len(steps.split(" → ")) == 4
        assert steps in " → ".join(re.split(r"\s*→\s*", solutions))
    assert steps == "6 → −8.4 → 11.76 → −16.464"


def test_without_scripts_and_on_paper_there_is_the_figure_alone(smoke_site, served, reader, smoke_page):
    page = smoke_page(f"en/{PAGE}", "http")
    page.emulate_media(media="print")
    assert not page.locator(".descent").is_visible()
    plain = reader(served(smoke_site), java_script_enabled=False).page
    plain.goto(f"{served(smoke_site)}/en/{PAGE}")
    assert not plain.locator(".descent").is_visible()
    assert plain.locator("#figure-descent img").first.is_visible()
