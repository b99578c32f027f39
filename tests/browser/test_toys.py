"""The toys of small pages in a browser: keys, fingers, the address, and what they say."""

import io

import numpy as np
import pytest
from matplotlib import image
from playwright.sync_api import expect
from support.browser import browser_test

from ontrial_book.chapters.worked_network import STEPS

pytestmark = browser_test

FINGER = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.mark.essential
def test_keys_choose_rate_and_valley_and_the_text_follows(smoke_page):
    page = smoke_page("en/the-valley.html#rate=0.1&curvature=2&step=10", "http")
    toy, rate = page.locator(".toy"), page.get_by_role("slider").first
    assert "multiplies w by 0.8" in toy.inner_text()
    rate.press("End")
    assert "It flies out" in toy.inner_text()
    rate.press("Home")
    for _ in range(9):
        rate.press("ArrowRight")
    assert rate.get_attribute("aria-valuetext") == "0.5"
    assert "It arrives in one step" in toy.inner_text()
    page.get_by_role("button", name="c = 4").click()
    page.locator(".toy-told").filter(has_text="for ever").wait_for(state="attached")
    page.wait_for_function("() => location.hash === '#rate=0.5&curvature=4&step=10'")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("four-chains.html#activation=sigmoid&weight=1", "0.25⁵ = 0.00098: it vanishes"),
        ("four-chains.html#activation=sigmoid&weight=4", "1⁵ = 1: it stays"),
        ("four-chains.html#activation=sigmoid&weight=8", "2⁵ = 32: it explodes"),
        ("four-chains.html#activation=tanh&weight=0.5", "0.5⁵ = 0.031: it vanishes"),
        ("a-neuron.html#dark=0.8&far=0.5&coat=1", "Leave the umbrella: the sum is −0.1, and sigmoid passes on 0.475"),
        ("a-neuron.html#dark=0.8&far=0.5&coat=1&activation=relu", "the sum is −0.1, and ReLU passes on 0."),
        ("flat-ends.html#activation=sigmoid&z=5", "the slope is 0.0066: flat"),
        ("shares-that-sum-to-one.html#z1=2&z2=1&z3=0", "0.665 + 0.245 + 0.090 = 1"),
        ("only-the-true-answer.html#right=0.6&split=0.75", "Cross-entropy is 0.511"),
        ("only-the-true-answer.html#loss=mse&right=0.6&split=0.75", "Squared error is 0.130"),
        ("only-the-true-answer.html#loss=mse&right=0.6&split=0.5", "Squared error is 0.120"),
        ("what-a-batch-is.html#size=4&seen=24", "24 samples seen: 6 updates"),
        ("a-straight-line.html#units=4&updates=120", "40 of 40 right: solved"),
        ("the-valley.html#rate=0.9&curvature=2&step=3", "w by −0.8. After 3: w = −3.1"),
    ],
)
def test_a_toy_says_what_its_page_and_the_chapter_calculate(smoke_page, address, said):
    page = smoke_page(f"en/{address}", "http")
    assert said in page.locator(".toy-say").inner_text()


@pytest.mark.parametrize(("across", "down"), [(-100, 4), (4, -150)], ids=["drags", "scrolls"])
def test_a_finger_to_the_side_drags_and_one_that_scrolls_does_not(smoke_site, served, reader, across, down):
    window = reader(served(smoke_site), **FINGER)
    page = window.open("en/the-valley.html#rate=0.1&curvature=2&step=3")
    figure, slider = page.locator(".toy-figure"), page.get_by_role("slider").first
    figure.scroll_into_view_if_needed()
    start = page.evaluate("scrollY")
    box = figure.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = window.context.new_cdp_session(page)
    for step in range(7):
        points = [{"x": x + step / 6 * across, "y": y + step / 6 * down}]
        kind = "touchMove" if step else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    if down < across:
        page.wait_for_function("start => Math.abs(scrollY - start) > 50", arg=start)
        expect(slider).to_have_attribute("aria-valuetext", "0.1")
    else:
        expect(slider).not_to_have_attribute("aria-valuetext", "0.1")


def test_the_first_touch_moves_the_ball_and_a_ball_that_flies_out_leaves_an_arrow(smoke_page):
    page = smoke_page("en/the-valley.html", "http")
    balls, rate = page.locator(".toy-figure circle"), page.get_by_role("slider").first
    place = balls.last.get_attribute("cx")
    rate.press("ArrowRight")
    assert balls.last.get_attribute("cx") != place
    inside = balls.count()
    rate.press("End")
    width = page.locator(".toy-figure svg").evaluate("svg => svg.clientWidth")
    edges = balls.evaluate_all("balls => balls.map(({cx, r}) => [cx.baseVal.value, r.baseVal.value])")
    assert 1 <= len(edges) < inside
    assert all(r < x < width - r for x, r in edges)
    gone = page.locator(".toy-figure text").filter(has_text="w = ").text_content()
    assert gone in page.locator(".toy-say").inner_text()


def test_backpropagation_shows_more_with_every_step(smoke_page):
    page = smoke_page("en/backpropagation.html#step=1", "http")
    slider, picture = page.get_by_role("slider"), page.locator(".toy-figure")
    shown = []
    for step in range(1, len(STEPS) + 1):
        assert slider.get_attribute("aria-valuetext") == str(step)
        pixels = image.imread(io.BytesIO(picture.screenshot()))[:, :, :3]
        shown.append(int((pixels.min(2) < 0.8).sum()))
        slider.press("ArrowRight")
    assert np.all(np.diff(shown) > 0), shown
    assert "Now every weight has its gradient" in page.locator(".toy-say").inner_text()
