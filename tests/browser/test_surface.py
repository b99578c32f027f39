"""The readers' own paths over the map of batch size and learning rate, in a browser."""

import pytest
from support.browser import browser_test, from_server_and_folder, in_each_language, problems

pytestmark = browser_test

PAGE = "batch-size.html"
LINE = ".surface polyline.surface-own:not(.surface-dot)"


@pytest.fixture
def opened(smoke_page):
    """Return a function that opens the chapter."""
    return lambda protocol="http", **options: smoke_page(f"en/{PAGE}#own-path", protocol, **options)


def sentence(page, text: str) -> str:
    """Return what the page says about the path, once it contains a text."""
    status = page.locator(".surface [role=status]").filter(has_text=text)
    status.wait_for()
    return status.inner_text().replace("\xa0", " ")


def points(page) -> list[int]:
    """Return the number of points of the path on the map and in the chart."""
    return [len(line.get_attribute("points").split()) for line in page.locator(LINE).all()]


@in_each_language
def test_the_chapter_is_sound_with_a_path(smoke_site, served, reader, language, scheme, size):
    window = reader(served(smoke_site), color_scheme=scheme, viewport=size)
    assert problems(window, f"{language}/{PAGE}#own-path") == []
    window.page.locator(".surface summary").click()
    window.page.locator(".surface button").last.click()
    assert problems(window, f"{language}/{PAGE}#surface") == []  # the same page, which goes on


@pytest.mark.essential
@from_server_and_folder
def test_the_keyboard_moves_the_path_and_its_sentence_follows(opened, protocol):
    page = opened(protocol)
    assert points(page) == [6, 6]
    before = sentence(page, "best at"), page.locator(LINE).last.get_attribute("points")
    exponent = page.get_by_label("Exponent p")
    exponent.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert exponent.get_attribute("aria-valuetext") == "1, linear in B"
    assert page.get_by_role("button", name="linear in B").get_attribute("aria-pressed") == "true"
    assert "full" in sentence(page, "no point").split("no point")[1]
    assert page.locator(LINE).last.get_attribute("points") != before[1]
    assert points(page)[0] == points(page)[1] < 6
    rate = page.get_by_label("Learning rate at batch size 16")
    rate.press("Home")
    assert rate.get_attribute("aria-valuetext") == "1/128"
    page.locator(".surface summary").click()
    rows = [row.split("\t") for row in page.locator(".surface tbody tr").all_inner_texts()]
    assert [(row[0], row[1]) for row in rows[:3]] == [("1", "no point"), ("4", "no point"), ("16", "1/128")]


def test_the_address_holds_the_path(opened, smoke_page):
    page = opened()
    page.get_by_role("button", name="own rate of 256").click()
    page.get_by_role("button", name="square root of B").click()
    page.wait_for_function("() => location.hash.includes('exponent=0.5')")
    line = page.locator(LINE).first.get_attribute("points")
    again = smoke_page(f"en/{PAGE}{page.evaluate('location.hash')}")
    assert again.locator(LINE).first.get_attribute("points") == line
    assert again.get_by_label("Learning rate at batch size 256").is_visible()
    assert again.locator(".surface").bounding_box()["y"] < 200


def test_the_sentence_follows_at_once_and_is_read_aloud_when_the_path_rests(opened):
    page = opened()
    shown, read = page.locator(".surface p[aria-hidden]"), page.locator(".surface [role=status]")
    before = read.inner_text()
    assert shown.inner_text() == before
    page.get_by_label("Exponent p").press("End")
    assert shown.inner_text() != before
    assert read.inner_text() == before
    page.wait_for_function(
        "before => document.querySelector('.surface [role=status]').innerText !== before", arg=before
    )
