"""The home page in a browser: one learning rate for all batch sizes, and the film in its place."""

import json

import pytest
from support.browser import DESK, PHONE, browser_test, from_server_and_folder, in_each_language, problems
from support.pages import WORDS, page_with_studies, tiny_results

from ontrial.book.home import pages_cases as cases
from ontrial.book.home import pages_shared_rate as shared_rate
from ontrial.report.pages.macros import html

pytestmark = browser_test

PAGE = "en/index.html"


@pytest.fixture
def opened(smoke_page):
    """Return a function that opens the home page."""
    return lambda place="", protocol="http", **options: smoke_page(PAGE + place, protocol, **options)


def slider(page):
    return page.get_by_role("slider", name="learning rate").locator("visible=true")


def rate(page) -> str:
    return slider(page).get_attribute("aria-valuetext")


def said(page) -> str:
    return page.locator(".rates-said:visible").inner_text()


def bars(page) -> list[str]:
    """Return the accuracies at the bars."""
    return page.locator(".rates-bars td b:visible").all_inner_texts()


def column(page, rate: str):
    """Return the cells of a rate in the map."""
    heads = page.locator(".rates-panel.shown .rates-map thead th").all_text_contents()
    return page.locator(f".rates-panel.shown .rates-map tbody td:nth-child({heads.index(rate) + 1})")


def accuracies(page, rate: str) -> list[str]:
    """Return the accuracies of a rate in the map."""
    return column(page, rate).all_text_contents()


def middle(page, rate: str) -> tuple[float, float]:
    """Return a place within the column of a rate."""
    box = column(page, rate).nth(2).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@in_each_language
def test_the_page_is_sound_in_every_state(smoke_site, served, reader, language, scheme, size):
    window = reader(served(smoke_site), color_scheme=scheme, viewport=size)
    for place in ("#rate=1/128", "#rate=own&equal=updates"):
        window.page.goto("about:blank")
        assert problems(window, f"{language}/index.html{place}") == []


@pytest.mark.essential
@from_server_and_folder
def test_keys_move_the_line_and_the_bars_and_the_address_follow(opened, protocol):
    page = opened(protocol=protocol)
    slider(page).press("Home")
    assert rate(page) == "1/128"
    assert bars(page) == accuracies(page, "1/128")
    before = said(page)
    slider(page).press("End")
    slider(page).press("ArrowDown")
    assert rate(page) == "1/4"
    assert bars(page) == accuracies(page, "1/4") != accuracies(page, "1/128")
    assert "1/4" in said(page) != before
    page.wait_for_url("**/index.html#rate=1/4")


def test_the_line_is_dragged_by_the_mouse(opened):
    page = opened()
    box = slider(page).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 10)
    page.mouse.down()
    for wanted in ("1/64", "1/2"):
        page.mouse.move(*middle(page, wanted))
        assert rate(page) == wanted
        assert bars(page) == accuracies(page, wanted)
    page.mouse.up()
    page.mouse.move(*middle(page, "1/64"))
    assert rate(page) == "1/2"


@pytest.mark.parametrize(("language", "size"), [("en", DESK), ("ko", PHONE)])
def test_nothing_below_the_words_moves_while_the_line_does(smoke_site, served, reader, language, size):
    page = reader(served(smoke_site), viewport=size).page
    page.goto(f"{served(smoke_site)}/{language}/index.html")
    line = page.locator(".rates-line:visible")
    rates, tops = int(line.get_attribute("aria-valuemax")), []
    line.press("Home")
    for _ in range(rates):
        tops.append(line.bounding_box()["y"])
        line.press("ArrowRight")
    page.locator(".rates-controls button").evaluate("button => button.click()")  # without scrolling
    tops.append(line.bounding_box()["y"])
    assert max(tops) - min(tops) < 1


def test_the_line_lies_on_the_column_of_its_rate_and_bars_on_the_rows_of_their_batches(opened):
    for options in ({"viewport": DESK}, {"viewport": PHONE}):
        page = opened("#rate=1/8", **options)
        box = slider(page).bounding_box()
        assert box["x"] + box["width"] / 2 == pytest.approx(middle(page, "1/8")[0], abs=2)
    page = opened(viewport=DESK)
    for row, bar in zip(column(page, "1/8").all(), page.locator(".rates-bars td b:visible").all(), strict=True):
        top, height = (row.bounding_box()[name] for name in ("y", "height"))
        assert top < bar.bounding_box()["y"] < top + height


@pytest.mark.parametrize(("language", "size"), [("en", DESK), ("ko", PHONE)])
def test_the_first_screen_has_the_question_the_answer_the_bars_and_all_of_the_line(
    smoke_site, served, reader, language, size
):
    page = reader(served(smoke_site), viewport=size).page
    page.goto(f"{served(smoke_site)}/{language}/index.html")
    for part in ("#question", ".rates-said", ".rates-bars", ".rates-line"):
        box = page.locator(f"{part}:visible").first.bounding_box()
        assert box["y"] + box["height"] <= size["height"], part


def swipe(page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Move a finger over the screen."""
    client, steps = page.context.new_cdp_session(page), 10
    for step in range(steps + 1):
        x, y = (a + (b - a) * step / steps for a, b in zip(start, end, strict=True))
        event = "touchMove" if step else "touchStart"
        client.send("Input.dispatchTouchEvent", {"type": event, "touchPoints": [{"x": x, "y": y}]})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_tap_and_a_finger_to_the_side_move_the_line_and_fingers_that_move_up_scroll_the_page(opened):
    page = opened(viewport=PHONE, has_touch=True, is_mobile=True)
    page.touchscreen.tap(*middle(page, "1/32"))
    assert rate(page) == "1/32"
    swipe(page, middle(page, "1/32"), middle(page, "1/4"))
    assert rate(page) == "1/4"
    x, y = middle(page, "1/16")
    swipe(page, (x, y), (x + 5, y - 200))
    page.wait_for_function("scrollY > 100")
    assert rate(page) == "1/4"


def test_on_phones_the_answer_the_map_and_the_controls_fit_on_a_screen_and_nothing_covers_the_bars(opened):
    page = opened(viewport=PHONE)
    boxes = [page.locator(f"{part}:visible").first.bounding_box() for part in (".rates-said", ".rates-controls button")]
    header = page.locator(".md-header").bounding_box()
    assert boxes[1]["y"] + boxes[1]["height"] - boxes[0]["y"] <= PHONE["height"] - header["height"]
    assert page.locator(".rates-said:visible").evaluate("element => getComputedStyle(element).position") == "static"
    assert page.locator(".rates-bars tbody th:visible").all_inner_texts() == ["16", "256"]  # those that are compared
    assert slider(page).bounding_box()["y"] + slider(page).bounding_box()["height"] <= 0.9 * PHONE["height"]


def test_the_map_opens_with_each_batch_size_at_its_own_rate_to_which_it_comes_back(opened):
    page = opened()
    start, own = rate(page), bars(page)
    assert "each at the rate it chose" in said(page)
    assert said(page).endswith("Each network chose its rate on other images.")
    page.get_by_role("button", name="One rate for all").click()
    assert (rate(page), bars(page)) == (start, accuracies(page, start))
    page.wait_for_url(f"**/index.html#rate={start}")
    page.get_by_role("button", name="Let each choose its rate").click()
    stamp = page.locator(".rates-said:visible")
    stamp.wait_for()
    page.wait_for_function("part => part.getBoundingClientRect().top > 0", arg=stamp.element_handle())
    page.wait_for_url("**/index.html#rate=own")
    assert bars(page) == own


def test_steps_can_be_held_equal_instead_of_images(opened):
    page = opened()
    rows = len(bars(page))
    page.locator('[value="updates"]').check()
    assert page.locator(".rates-panel:visible").count() == 1
    assert len(bars(page)) < rows  # without the full batch
    assert "equal=updates" in page.evaluate("() => new Promise(end => setTimeout(() => end(location.hash), 400))")


def test_another_optimiser_has_a_map_of_its_own_that_the_address_keeps(opened):
    """The smoke study has other layers than published studies, so that the page gets the map of another one."""
    several = page_with_studies(tiny_results(), adam={"optimiser": "adam"})
    page = opened("#rate=1&with=adam")
    markup = f"<h1>Headline</h1>{shared_rate.shared_rate(several)}"
    page.locator("article").evaluate("(part, markup) => (part.innerHTML = markup)", markup)
    page.add_script_tag(url="assets/home/map.js")
    page.locator(".rates-line:visible").wait_for()
    assert (page.locator('[value="adam"]').is_checked(), rate(page)) == (True, "1")
    page.locator('[value="sgd"]').check()
    assert rate(page) == "1/4"  # rates of another optimiser mean something else
    page.wait_for_url("**/index.html#rate=1/4")
    page.locator('[value="adam"]').check()
    page.wait_for_url("**/index.html#rate=1/4&with=adam")
    assert page.locator(".rates-panel:visible").count() == 1
    assert page.locator(".rates-outcomes:visible").inner_text().startswith("Adam, same images:")


@pytest.mark.parametrize(
    ("place", "shown"),
    [("#rate=1/16", "1/16"), ("#rate=1/16&equal=updates", "1/16"), ("#rate=<b>", None), ("#question", None)],
)
def test_the_address_opens_a_state_and_passes_over_what_it_does_not_know(opened, place, shown):
    page = opened(place)
    start = page.evaluate("() => JSON.parse(document.getElementById('rates-data').textContent)[0].first")
    assert rate(page) == (shown or start)
    if shown:
        assert bars(page) == accuracies(page, shown)
    else:
        assert "each at the rate it chose" in said(page)
    assert page.locator('[value="updates"]').is_checked() == ("updates" in place)


def test_another_language_shows_the_same_state(opened):
    page = opened("#rate=1/16")
    page.locator("a.language:visible").click()
    page.wait_for_url("**/ko/index.html#rate=1/16")


def test_without_scripts_the_map_has_two_states_as_bars_and_both_things_held_equal(smoke_site, served, reader):
    page = reader(served(smoke_site), java_script_enabled=False).page
    page.goto(f"{served(smoke_site)}/{PAGE}")
    assert page.locator(".rates-panel:visible").count() == 2
    for panel in page.locator(".rates-panel").all():
        names = panel.locator(".rates-bars thead th:visible").all_inner_texts()
        assert names[-1] == "each at its own"
        assert len(names) > 2
        assert panel.locator("caption").first.inner_text()
    assert page.locator(".rates button:visible, .rates-line:visible, .guess-choices:visible").count() == 0
    assert page.locator(".case-answer:visible").count() == page.locator(".case").count()


def test_a_guess_opens_the_answer_of_its_case_and_of_no_other(opened):
    """The smoke study has no case, so that the page gets three."""
    replies = {
        "supported": "Right.",
        "refuted": "Wrong.",
        "depends": "Not quite.",
        "inconclusive": "Nobody knows: our runs leave it open.",
    }
    say = {term: texts["en"] for term, texts in WORDS["pages"].items()}
    blank = dict.fromkeys(("statement", "caption", "badge", "answer", "evidence", "test"), "")
    shown = [blank | {"id": answer, "conclusion": answer, "bars": []} for answer in replies]
    page = opened()
    markup = html("cases", root="", study="smoke", cases=shown, guesses=cases.GUESSES, say=say)
    page.locator("article").evaluate("(part, markup) => (part.innerHTML = markup)", markup)
    for name in ("guess/guesses", "home/cases"):
        page.add_script_tag(url=f"assets/{name}.js")
    page.locator(".guess-choices").first.wait_for()
    assert page.locator(".case-answer:visible").count() == 0
    for number, (case, reply) in enumerate(zip(page.locator(".case").all(), replies.values(), strict=True), 1):
        case.get_by_role("button", name="True").click()
        assert case.get_by_role("status").inner_text() == reply
        assert case.get_by_role("button", disabled=True).count() == 3
        assert page.locator(".case-answer:visible").count() == number
    kept = json.loads(page.evaluate("localStorage.getItem('guesses: smoke')"))
    assert kept == {answer: {"verdict": "supported"} for answer in replies}  # which the page of guesses counts
    page.locator("article").evaluate("(part, markup) => (part.innerHTML = markup)", markup)  # as on the next visit
    page.add_script_tag(url="assets/home/cases.js")
    page.locator(".case.guessed").first.wait_for()
    assert page.locator(".case-reply").all_inner_texts() == list(replies.values())
    assert page.locator(".guess-choices button:disabled").count() == 3 * len(replies)


def test_the_film_plays_in_its_place(opened):
    page = opened()
    assert page.locator(".film").count() == 0
    page.get_by_role("link", name="Play the film").click()
    page.locator(".film-player.started").wait_for()
    page.wait_for_function("() => Number(document.querySelector('.film-bar input').value) > 0")
    header, plane = (page.locator(part).first.bounding_box() for part in (".md-header", ".film-plane"))
    assert header["height"] <= page.locator(".home-film .film-bar").bounding_box()["y"]
    assert plane["y"] + plane["height"] <= page.viewport_size["height"]
    assert page.url.partition("#")[0].endswith(PAGE)


def test_the_film_has_a_page_for_readers_without_scripts(smoke_site, served, reader):
    page = reader(served(smoke_site), java_script_enabled=False).page
    page.goto(f"{served(smoke_site)}/{PAGE}")
    page.get_by_role("link", name="Play the film").click()
    page.wait_for_url("**/en/film.html#film=*")
