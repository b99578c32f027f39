"""The playground in a browser: presets, training, curves, boundaries, limits, keyboard, from a folder."""

import pytest
from support.browser import DESK, PHONE, browser_test, from_server_and_folder, in_each_language, problems
from support.budgets import require

pytestmark = browser_test

PAGE = "playground.html"
PATIENCE = 120_000  # milliseconds, on a busy machine
ENDED = "() => document.querySelector('.playground-result').textContent.includes('Network A: ')"
INK = """() => {
  const style = getComputedStyle(document.querySelector(".playground"))
  const ink = style.getPropertyValue("--film-ink").match(/[\\da-f]{2}/gi)
  return [...document.querySelectorAll(".playground .film-plane")].map(canvas => {
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
    let pixels = 0
    for (let i = 0; i < data.length; i += 4) pixels += ink.every((part, c) => data[i + c] === parseInt(part, 16))
    return pixels
  })
}"""


@pytest.fixture
def opened(smoke_page):
    """Return a function that opens the page at a hash."""
    return lambda hash="", protocol="http", **options: smoke_page(f"en/{PAGE}{hash}", protocol, **options)


def train(page) -> str:
    """Train the networks to the end, and return the result."""
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function(ENDED, timeout=PATIENCE)
    return page.locator(".playground-result").inner_text()


@in_each_language
def test_the_page_is_sound_before_and_after_training(smoke_site, served, reader, language, scheme, size):
    window = reader(served(smoke_site), color_scheme=scheme, viewport=size)
    assert problems(window, f"{language}/{PAGE}#straight-line") == []
    window.page.locator(".playground-start").click()
    window.page.wait_for_selector(".playground-buttons button:disabled", timeout=PATIENCE)
    assert problems(window, f"{language}/{PAGE}#exercises") == []  # the same page, which goes on
    assert window.page.locator(".playground polyline").count() == 4


def test_the_page_of_a_preset_never_goes_to_its_heading(smoke_site, served, reader):
    window = reader(served(smoke_site), viewport=PHONE)
    window.page.add_init_script("""globalThis.tops = []; addEventListener("scroll", () =>
      tops.push(Math.round(document.querySelector(".playground").getBoundingClientRect().top)))""")
    page = window.open(f"en/{PAGE}#own-rates")
    page.wait_for_selector("#own-rates")
    assert page.evaluate("document.querySelector('.playground').getBoundingClientRect().top") < PHONE["height"]
    assert page.evaluate("tops.filter(top => top < 0)") == []


@pytest.mark.parametrize(("language", "size"), [("en", DESK), ("ko", PHONE)])
def test_settings_and_names_of_networks_are_whole(smoke_page, language, size):
    page = smoke_page(f"{language}/{PAGE}#straight-line", viewport=size)
    page.wait_for_selector(".playground-title")
    cut = """selects => selects.filter(select => {
      const {width} = select.getBoundingClientRect()
      Object.assign(select.style, {width: "max-content", maxWidth: "none"})
      return select.getBoundingClientRect().width > width
    }).map(select => select.ariaLabel)"""
    selects = page.locator(".playground-row select:visible")
    assert selects.evaluate_all(cut) == []
    for phrase in page.locator(".playground .film-name span").all():
        assert len(phrase.evaluate("part => part.getClientRects()")) == 1
        assert phrase.bounding_box()["height"] < 30


@from_server_and_folder
def test_a_preset_trains_two_networks_and_draws_them(opened, protocol):
    page = opened("#straight-line", protocol)
    assert page.locator(".playground-title").inner_text() == "With and without a hidden layer"
    assert not page.get_by_text("turn and never settle").first.is_visible()
    page.locator(".playground-task summary").click()
    assert page.get_by_text("turn and never settle").first.is_visible()
    result = train(page)
    assert result.startswith("Training has ended. Network A: hidden layers 0: test accuracy ")
    assert "Network B: hidden layers 1: test accuracy 9" in result
    assert page.locator(".playground polyline").count() == 4
    assert all(len(line.get_attribute("points").split()) > 40 for line in page.locator(".playground polyline").all())
    assert all(pixels > 100 for pixels in page.evaluate(INK))
    assert page.locator(".film-clock").inner_text() == "epoch 50 of 50"


def test_an_error_in_a_worker_is_explained(opened):
    page = opened("#epochs=2")
    fault = "\nif (!globalThis.document) engine.start = async () => { throw new Error('no memory') }"

    def break_workers(route):
        response = route.fetch()
        route.fulfill(response=response, body=response.text() + fault)

    page.context.route("**/engine/training.js", break_workers)
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function("() => document.querySelector('.playground-result').textContent.includes('no memory')")
    assert page.get_by_role("button", name="Train", exact=True).is_visible()


def test_workers_train_where_a_server_forbids_webassembly(opened):
    page = opened("#epochs=2")
    expected = train(page)

    def guarded(route):
        response = route.fetch()
        route.fulfill(response=response, headers={**response.headers, "content-security-policy": "script-src 'self'"})

    page.context.route("**/engine/worker.js*", guarded)
    page.reload()
    assert train(page) == expected


def test_it_pauses_continues_stops_and_goes_back_by_keyboard(opened):
    page = opened("#shared-rate")
    start = page.locator(".playground-start")
    start.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".playground polyline", timeout=PATIENCE)
    page.keyboard.press("Space")
    assert start.inner_text() == "Continue"
    page.wait_for_timeout(200)
    clock = page.locator(".film-clock").inner_text()
    page.wait_for_timeout(300)
    assert page.locator(".film-clock").inner_text() == clock
    page.keyboard.press("Space")
    page.wait_for_function(f"() => document.querySelector('.film-clock').textContent !== '{clock}'", timeout=PATIENCE)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator(".playground-result").inner_text().startswith("Stopped. Network A")
    page.get_by_role("combobox", name="activation, Network A").select_option("tanh")
    assert page.locator(".playground-title").count() == 0
    page.get_by_role("button", name="Reset").click()
    assert page.get_by_role("combobox", name="activation, Network A").input_value() == "sigmoid"
    assert page.url.endswith("#shared-rate")


def test_the_address_holds_what_the_reader_chose(opened):
    page = opened("#dataset=xor")
    page.get_by_role("combobox", name="data set").select_option("spirals")
    page.get_by_role("checkbox", name="compare two networks").check()
    page.get_by_role("combobox", name="optimiser, Network B").select_option("adam")
    address = page.evaluate("() => location.hash")
    assert address == "#dataset=spirals&optimiser=sgd,adam"
    page = opened(address)
    assert page.get_by_role("combobox", name="optimiser, Network B").input_value() == "adam"


@pytest.mark.parametrize(("address", "names"), [("#dataset=mars&depth=1,99", "dataset, depth"), ("#%E0%A4%A", "")])
def test_a_damaged_address_is_explained(opened, address, names):
    page = opened(address)
    assert f"settings that the playground doesn’t know: {names}" in page.locator(".film-notice").inner_text()
    assert page.get_by_role("combobox", name="data set").input_value() == "xor"


def test_a_seed_that_is_no_number_is_explained_and_put_back(opened):
    page = opened()
    page.get_by_role("textbox", name="seed").fill("many")
    page.get_by_role("textbox", name="seed").press("Enter")
    assert page.locator(".film-notice").inner_text().startswith("A seed is a whole number")
    assert page.get_by_role("textbox", name="seed").input_value() == "1"


def test_an_exercise_loads_its_settings_and_leads_to_the_start(opened):
    page = opened()
    page.get_by_role("button", name="Try it: Momentum").click()
    assert page.get_by_role("combobox", name="optimiser, Network B").input_value() == "momentum"
    assert page.evaluate("() => document.activeElement.className") == "playground-start"
    assert page.url.endswith("#momentum")


@from_server_and_folder
def test_networks_are_drawn_before_they_are_trained(opened, protocol):
    page = opened(protocol=protocol)
    assert page.locator(".playground-title").inner_text() == "With and without a hidden layer"
    page.wait_for_function("() => document.querySelector('.film-facts').textContent")
    page.wait_for_timeout(300)
    assert all(pixels > 100 for pixels in page.evaluate(INK))
    assert page.locator(".playground polyline[points*=',']").count() == 0
    assert page.evaluate("[...document.querySelectorAll('.playground-diagram')].every(each => each.width > 100)")
    height = page.locator(".playground-stage").bounding_box()["height"]
    page.get_by_role("combobox", name="data set").select_option("digits")
    assert page.locator(".playground-diagram").first.is_visible()
    assert page.locator(".playground-stage").bounding_box()["height"] <= height


def test_the_whole_stage_is_on_the_first_screen_before_and_after_training(opened):
    page = opened("#straight-line", viewport={"width": 1280, "height": 800})
    parts = ".playground-start, .playground canvas, .playground .film-charts svg, .playground-form"
    for _ in range(2):
        for part in page.locator(parts).all():
            box = part.bounding_box()
            assert 0 <= box["y"] < box["y"] + box["height"]
            require("first screen", box["y"] + box["height"], "playground")
        train(page)


def test_on_a_phone_the_stage_is_above_the_controls(opened):
    page = opened(viewport=PHONE)
    start, plane, form = (
        page.locator(part).first.bounding_box()["y"]
        for part in (".playground-start", ".film-plane", ".playground-form")
    )
    assert start < plane < PHONE["height"] - 200 < form


@pytest.mark.essential
def test_misread_digits_are_framed(opened):
    page = opened("#dataset=digits&epochs=1")
    orange = """() => {
      const context = document.querySelector(".playground .film-plane").getContext("2d")
      const {data} = context.getImageData(0, 0, 999, 999)
      const isOrange = i => data[i] === 0xc2 && data[i + 1] === 0x4a && data[i + 2] === 0
      return data.filter((_, i) => i % 4 === 0 && isOrange(i)).length
    }"""
    assert page.evaluate(orange) == 0
    train(page)
    assert page.evaluate(orange) > 50


def test_digits_are_not_loaded_before_the_reader_asks(smoke_site, served, reader):
    window = reader(served(smoke_site))
    window.open(f"en/{PAGE}#dying")
    assert not [request for request in window.requests if any(f"/{part}/" in request for part in ("engine", "data"))]
    assert not [request for request in window.requests if "/explorer/" in request]


def test_without_scripts_the_exercises_say_what_one_would_see(smoke_site, served, reader):
    page = reader(served(smoke_site), java_script_enabled=False).page
    page.goto(f"{served(smoke_site)}/en/{PAGE}#dying")
    assert page.locator(".playground").inner_text() == ""
    assert page.locator("button:has-text('Load')").count() == 0
    hint = page.locator("#dying ~ details").first
    hint.locator("summary").click()
    assert hint.locator("p").last.inner_text().startswith("Watch the share of dead units")


def test_print_has_the_result_and_no_controls(opened):
    page = opened("#epochs=1")
    train(page)
    page.emulate_media(media="print")
    assert page.locator(".playground-result").is_visible()
    assert page.locator(".playground .film-charts").first.is_visible()
    assert not page.locator(".playground form").is_visible()
    assert not page.locator(".playground-start").is_visible()
