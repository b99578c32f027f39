"""Both passes of the worked network, step by step in its picture, in a browser."""

import io

import numpy as np
import pytest
from matplotlib import image
from support.browser import MOVED, browser_test, in_each_language, problems

from ontrial.book.chapters.worked_network import STEPS

pytestmark = browser_test

PAGE = "neuron-layers.html"
SENTENCE = ".passes [role=status]"


@in_each_language
def test_the_chapter_is_sound_and_nothing_moves(smoke_site, served, reader, language, scheme, size):
    window = reader(served(smoke_site), color_scheme=scheme, viewport=size)
    assert problems(window, f"{language}/{PAGE}#two-layers") == []
    height = "document.querySelector('.passes').getBoundingClientRect().height"
    reserved = window.page.evaluate(height)
    for _ in STEPS:
        window.page.get_by_role("slider").press("ArrowRight")
        assert window.page.evaluate(height) == reserved
    assert window.page.evaluate(MOVED) == []


def ink(picture) -> int:
    """Return how many pixels of a picture are not white."""
    return int((image.imread(io.BytesIO(picture.screenshot()))[:, :, :3].min(2) < 1).sum())


@pytest.mark.essential
def test_keys_and_buttons_show_more_with_every_step(smoke_page):
    page = smoke_page(f"en/{PAGE}", "http")
    picture = page.locator("#figure-backpropagation .only-light img")
    picture.scroll_into_view_if_needed()
    slider = page.get_by_role("slider")
    shown = [ink(picture)]
    said = page.locator(SENTENCE).inner_text()
    assert said.startswith(f"Step 1 of {len(STEPS)}. The sample arrives")
    assert said.endswith("Press Play.")
    slider.press("End")
    complete = ink(picture)
    slider.press("Home")
    assert ink(picture) == shown[0]
    for _ in STEPS[1:]:
        page.get_by_role("button", name="Next step").click()
        shown.append(ink(picture))
    assert np.all(np.diff(shown) > 0), shown
    assert shown[-1] == complete
    page.get_by_role("button", name="Play").click()  # from the last step, it plays from the first
    assert slider.get_attribute("aria-valuetext") == f"1 / {len(STEPS)}"
    page.get_by_role("button", name="Pause").press("ArrowRight")
    assert page.get_by_role("button", name="Play").is_visible()
    assert "adds up input × weight" in page.locator(SENTENCE).inner_text()


def test_without_scripts_and_on_paper_there_is_the_whole_picture_alone(smoke_site, served, reader, smoke_page):
    page = smoke_page(f"en/{PAGE}", "http")
    page.get_by_role("slider").press("Home")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert not page.locator(".passes").is_visible()
    picture = "#figure-backpropagation .only-light img"
    assert page.locator(picture).get_attribute("src").endswith(f"#step-{len(STEPS)}")
    plain = reader(served(smoke_site), java_script_enabled=False).page
    plain.goto(f"{served(smoke_site)}/en/{PAGE}")
    assert not plain.locator(".passes").is_visible()
    assert plain.locator(picture).get_attribute("src").endswith(".svg")
