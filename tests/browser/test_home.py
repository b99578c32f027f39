"""The home page in a browser: a guess, two bars, a knob and boxes."""

import pytest
from support.browser import DESK, PHONE, browser_test, from_server_and_folder, in_each_language, problems

pytestmark = browser_test

PAGE = "en/index.html"
TALLEST = 3000  # pixels on a phone


@pytest.fixture
def opened(smoke_page):
    """Return a function that opens the home page."""
    return lambda place="", protocol="http", **options: smoke_page(PAGE + place, protocol, **options)


def knob(page):
    return page.get_by_role("slider", name="Learning rate")


def rate(page) -> str:
    return page.locator(".trial-home-rate output").inner_text()


def shown(page) -> dict:
    """Return what the data of the page says of the state that it shows."""
    panels = page.evaluate("JSON.parse(document.getElementById('trial-home-data').textContent).panels")
    equal = page.locator(".trial-home-six .lit").inner_text()
    (panel,) = [panel for panel in panels if panel["held"] == equal]
    return panel["states"].get(rate(page), panel["states"]["own"])


def is_drawn(page) -> bool:
    """Return whether sentence, stamp and bars are those of the state."""
    state = shown(page)
    lengths = page.locator(".trial-home-bar > i").evaluate_all(
        "bars => bars.map(bar => +bar.style.getPropertyValue('--length'))"
    )
    texts = page.locator(".trial-home-name output").all_inner_texts()
    stamp = page.locator(".stamp").get_attribute("class").split()[1]
    said = page.locator(".trial-home-said span").inner_text()
    return (stamp, said, [[*pair] for pair in zip(lengths, texts, strict=True)]) == (
        state["answer"],
        state["said"],
        state["shown"],
    )


def middle(page, place: int) -> tuple[float, float]:
    """Return the middle of a column of the strips."""
    box = page.locator(".trial-home-strip").nth(1).locator("i").nth(place).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@in_each_language
def test_the_page_is_sound_before_a_guess_and_after(smoke_site, served, reader, language, scheme, size):
    window = reader(served(smoke_site), color_scheme=scheme, viewport=size)
    for place in ("", "#rate=own&equal=updates"):
        window.page.goto("about:blank")
        assert problems(window, f"{language}/index.html{place}") == []
    assert size != PHONE or window.page.evaluate("document.documentElement.scrollHeight") <= TALLEST


@pytest.mark.essential
@from_server_and_folder
def test_a_guess_opens_the_answers_and_keys_move_the_knob(opened, protocol):
    page = opened(protocol=protocol)
    hidden = page.locator(".trial-home-said, .trial-home-six button, .trial-home-name output")
    assert [part.is_visible() for part in hidden.all()] == [False] * 9
    page.get_by_role("button", name="It depends").click()
    assert [part.is_visible() for part in hidden.all()] == [True] * 9
    assert page.get_by_role("button", name="It depends").count() == 0
    verdict = page.locator(".trial-home").get_attribute("data-answer")
    answered = page.locator(".trial-home-said").inner_text()
    if verdict:  # the stamp is about the sentence until another state is chosen
        assert page.locator(".stamp").inner_text().casefold() == verdict.casefold()
        depends = page.locator(".trial-home").get_attribute("data-depends")
        assert page.locator(".trial-home-said span").inner_text().endswith(f" {depends or shown(page)['said']}")
    href = page.get_by_role("link", name="With intervals").get_attribute("href")
    assert href == "evidence/small-batch-accuracy.html"
    knob(page).press("Home")
    assert (rate(page), is_drawn(page)) == ("1/128", True)
    knob(page).press("End")
    knob(page).press("ArrowLeft")
    assert (rate(page), page.locator(".trial-home-said").inner_text()) == ("1/4", answered)
    assert page.locator(".trial-home-hint").is_hidden()
    page.wait_for_url("**/index.html#rate=1/4")


def test_boxes_move_the_knob_and_light_up_as_it_moves(opened):
    page = opened("#rate=1/4")
    boxes = page.locator(".trial-home-six button")
    lit = page.locator(".trial-home-six button[aria-pressed=true]")
    for i, box in enumerate(boxes.all()):
        box.click()
        assert is_drawn(page)
        assert box.get_attribute("aria-pressed") == "true"
        assert lit.count() == 1
        assert page.locator(".stamp").inner_text() == box.locator("b").inner_text()
        wanted = ["same images", "same updates"][i % 2]
        assert page.locator(".trial-home-six .lit").inner_text() == wanted
    assert page.locator(".trial-home-strip .on").count() == 2
    page.wait_for_url("**/index.html#rate=own&equal=updates")
    first = boxes.first.get_attribute("data-rate")
    boxes.nth(1).click()
    knob(page).press("Home")
    assert lit.count() == (first == "1/128")


def test_own_rates_switch_the_knob_off_with_a_word_and_the_same_box_gives_it_back(opened):
    page = opened("#rate=1/8")
    box, hint = page.locator(".trial-home-six button").nth(4), page.locator(".trial-home-hint")
    assert hint.is_hidden()
    box.click()
    assert hint.inner_text().startswith("each network has its own rate")
    box.click()
    assert (rate(page), hint.is_hidden(), is_drawn(page)) == ("1/8", True, True)
    box.click()
    hint.click()
    assert (rate(page), hint.is_hidden(), is_drawn(page)) == ("1/8", True, True)


def test_the_hint_moves_the_knob_by_a_notch(opened):
    page = opened("")
    page.locator(".guess-choices button").first.click()
    before = int(knob(page).input_value())
    page.locator(".trial-home-hint").click()
    assert int(knob(page).input_value()) == before + 1
    assert (page.locator(".trial-home-hint").is_hidden(), is_drawn(page)) == (True, True)


@pytest.mark.parametrize(("name", "address"), [("Exam in a week", "exam"), ("A lesson of 45 minutes", "teachers")])
def test_a_door_opens_wherever_it_is_clicked(opened, name, address):
    page = opened()
    page.locator(".doors p").filter(has_text=name).click(position={"x": 5, "y": 30})
    page.wait_for_url(f"**/{address}.html*")


def test_the_knob_stands_below_its_column_and_is_dragged_by_the_mouse(opened):
    page = opened("#rate=1/8", viewport=DESK)
    x, _ = middle(page, 4)
    box = knob(page).bounding_box()
    thumb = 24  # pixels
    assert box["x"] + thumb / 2 + 4 / 6 * (box["width"] - thumb) == pytest.approx(x, abs=2)
    page.mouse.move(x, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(*middle(page, 1))
    assert (rate(page), is_drawn(page)) == ("1/64", True)
    page.mouse.up()
    page.mouse.move(*middle(page, 5))
    assert rate(page) == "1/64"


@pytest.mark.parametrize(("language", "size"), [("en", DESK), ("ko", PHONE)])
def test_nothing_moves_while_the_knob_does(smoke_site, served, reader, language, size):
    page = reader(served(smoke_site), viewport=size).page
    page.goto(f"{served(smoke_site)}/{language}/index.html")
    handle = page.locator("#trial-home-knob")
    depends = {"en": "which batch leads " * 6, "ko": "어느 쪽이 앞서는지 " * 7}[language]  # as long as on the site
    page.locator(".trial-home").evaluate(
        "(host, depends) => Object.assign(host.dataset, {verdict: 'depends', depends})", depends
    )
    tops = [handle.bounding_box()["y"]]
    page.locator(".guess-choices button").first.click()
    tops.append(handle.bounding_box()["y"])
    handle.press("Home")
    for _ in range(6):
        handle.press("ArrowRight")
        tops.append(handle.bounding_box()["y"])
    assert max(tops) - min(tops) < 1
    for part in ("h1", ".trial-home-said", ".trial-home-bar >> nth=1", "#trial-home-knob"):
        box = page.locator(part).bounding_box()
        assert box["y"] + box["height"] <= size["height"], part


def swipe(page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Move a finger over the screen."""
    client, steps = page.context.new_cdp_session(page), 10
    for step in range(steps + 1):
        x, y = (a + (b - a) * step / steps for a, b in zip(start, end, strict=True))
        event = "touchMove" if step else "touchStart"
        client.send("Input.dispatchTouchEvent", {"type": event, "touchPoints": [{"x": x, "y": y}]})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_tap_and_a_finger_to_the_side_move_the_knob_and_fingers_that_move_up_scroll_the_page(opened):
    page = opened("#rate=1/8", viewport=PHONE, has_touch=True, is_mobile=True)
    page.touchscreen.tap(*middle(page, 2))
    assert rate(page) == "1/32"
    swipe(page, middle(page, 2), middle(page, 5))
    assert rate(page) == "1/4"
    x, y = middle(page, 3)
    swipe(page, (x, y), (x + 5, y - 200))
    page.wait_for_function("scrollY > 100")
    assert rate(page) == "1/4"


@pytest.mark.parametrize("place", ["#rate=1/16", "#rate=1/16&equal=updates", "#rate=<b>", "#equal=updates", "#law"])
def test_the_address_opens_a_state_and_passes_over_what_it_does_not_know(opened, place):
    page = opened(place)
    if "1/16" in place:
        assert (rate(page), is_drawn(page)) == ("1/16", True)
        assert ("updates" in page.locator(".trial-home-six .lit").inner_text()) == ("updates" in place)
    assert page.locator(".guess-choices").is_visible() == ("1/16" not in place)


def test_another_language_shows_the_same_state(opened):
    page = opened("#rate=1/16")
    page.locator("a.language:visible").click()
    page.wait_for_url("**/ko/index.html#rate=1/16")


def test_without_scripts_and_on_paper_the_page_is_a_still_picture_with_every_answer(smoke_site, served, reader, opened):
    still = reader(served(smoke_site), java_script_enabled=False).page
    still.goto(f"{served(smoke_site)}/{PAGE}")
    paper = opened()
    paper.emulate_media(media="print")
    for page in (still, paper):
        assert page.locator("#trial-home-knob:visible, .guess-choices:visible, .trial-home-hint:visible").count() == 0
        assert page.locator(".trial-home-six button:visible").count() == 6
    assert still.locator(".trial-home-said").inner_text().endswith(shown_own(still))


def shown_own(page) -> str:
    """Return the sentence of the state in which each batch size has its own rate, which needs no script to read."""
    return (
        page.locator("#trial-home-data").inner_html().split('"own": {', 1)[1].split('"said": "', 1)[1].split('"', 1)[0]
    )
