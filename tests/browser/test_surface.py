"""The readers' own paths over the map of batch size and learning rate, in a browser."""

import pytest
from support.browser import DESK, PHONE, browser_test, from_server_and_folder, problems
from support.sites import NAMES

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


@pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", PHONE)])
@pytest.mark.parametrize("language", NAMES)
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


def test_a_policy_has_a_button(opened):
    page = opened()
    page.get_by_role("button", name="square root of B").click()
    assert page.get_by_label("Exponent p").input_value() == "0.5"


def test_paper_and_readers_without_scripts_have_the_figure_alone(opened, smoke_site, served, reader):
    page = opened()
    page.emulate_media(media="print")
    assert not page.locator(".surface").is_visible()
    plain = reader(served(smoke_site), java_script_enabled=False).page
    plain.goto(f"{served(smoke_site)}/en/{PAGE}")
    assert plain.locator(".surface").inner_text() == ""
    assert plain.locator("#figure-batch-rate-surface img").first.is_visible()
