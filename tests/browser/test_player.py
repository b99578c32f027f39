"""The player of training films in a browser, held against the engine."""

import re

import numpy as np
import pandas as pd
import pytest
from support.browser import DESK, PHONE, browser_test, in_each_language, problems
from support.films import LIST, entry, one, parsed

from ontrial.book.chapters import predictions
from ontrial.book.films import figures as film
from ontrial.nn import ACTIVATIONS, OUTPUTS, Network
from ontrial.study import filming

pytestmark = browser_test


def opened(window_on, address: str, path: str = "en/film.html", **options):
    """Return the film page with its first film loaded, and its window."""
    window = window_on(address, **({"viewport": DESK} | options))
    page = window.open(path)
    page.wait_for_function("() => document.querySelector('.film-clock').textContent")
    return page, window


def clock(page) -> str:
    return page.locator(".film-clock").inner_text()


@in_each_language
def test_the_page_is_sound(films_site, served, reader, language, scheme, size):
    window = reader(served(films_site), color_scheme=scheme, viewport=size)
    assert problems(window, f"{language}/film.html") == []
    assert problems(window, f"{language}/film.html#film=rates&epoch=12") == []


def test_the_browser_computes_what_the_engine_computes(films_site, served, reader):
    page, _ = opened(reader, served(films_site))
    X = np.random.default_rng(0).uniform(-3, 3, (200, 2)).astype(np.float32)
    for activation in ACTIVATIONS:
        for output in ("softmax", "sigmoid"):
            text = entry("a", "learning_rate: 0.25", "learning_rate: 0.5", hidden="[5, 3]", activation=activation)
            arm = one(text.replace("softmax", output)).arms[0]
            *_, last = filming.shoot(arm)
            network = Network(arm.architecture, last.weights, np.float32)
            wanted = predictions.predict(network, X[None])[0, :, -1]
            computed = page.evaluate(
                "([arm, weights, points]) => [...filmReel.compute(arm, filmReel.floats(weights),"
                " Float32Array.from(points)).p]",
                [
                    {"layers": arm.architecture.layers, "activation": activation, "output": output},
                    film.packed(sum(last.weights, ())),
                    X.ravel().tolist(),
                ],
            )
            np.testing.assert_allclose(computed, wanted, atol=2e-5, err_msg=f"{activation}, {output}")
    assert set(OUTPUTS) >= {"softmax", "sigmoid"}


def test_the_probability_pointed_at_is_that_of_the_engine(films_site, served, reader):
    page, _ = opened(reader, served(films_site), "en/film.html#film=bend&epoch=12")
    page.locator(".film-plane").first.hover(position={"x": 60, "y": 90})
    text = page.locator(".film-pointed").inner_text()
    x, y, *values = map(float, re.findall(r"-?\d+\.\d+", text))
    for arm, value in zip(parsed(LIST)["bend"].arms, values, strict=True):
        *_, last = filming.shoot(arm)
        network = Network(arm.architecture, last.weights, np.float32)
        assert predictions.predict(network, np.array([[[x, y]]]))[0, 0, -1] == pytest.approx(value, abs=0.02)


def test_curves_are_drawn_up_to_the_frame(films_site, served, reader):
    page, _ = opened(reader, served(films_site), "en/film.html#film=bend")
    drawn = "() => [...document.querySelectorAll('.film-charts polyline')].map(line => line.points.length)"
    assert page.evaluate(drawn) == [1, 1, 1, 1]
    page.locator(".film-stage").focus()
    for key, n in [("ArrowRight", 2), ("End", page.evaluate("films.bend.epochs.length")), ("Home", 1)]:
        page.keyboard.press(key)
        assert page.evaluate(drawn) == [n] * 4


@pytest.mark.essential
def test_the_keyboard_plays_steps_and_jumps(films_site, served, reader):
    page, window = opened(reader, served(films_site), "en/film.html#film=bend")
    page.locator(".film-stage").focus()
    for key, epoch in [
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("ArrowLeft", 1),
        ("End", 12),
        ("ArrowRight", 12),
        ("Home", 0),
        ("End", 12),
    ]:
        page.keyboard.press(key)
        assert clock(page) == f"epoch {epoch} of 12"
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press(" ")
    assert page.get_by_role("button", name="Pause").is_visible()
    page.wait_for_function("() => document.querySelector('.film-clock').textContent === 'epoch 12 of 12'")
    page.get_by_role("button", name="Play").wait_for()
    assert page.evaluate("document.activeElement.classList[0]") == "film-stage"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert window.complaints == []


def test_the_mouse_plays_steps_and_slides(films_site, served, reader):
    page, window = opened(reader, served(films_site), "en/film.html#film=bend")
    page.get_by_role("button", name="Next frame").click()
    page.get_by_role("button", name="Next frame").click()
    page.get_by_role("button", name="Previous frame").click()
    assert clock(page) == "epoch 1 of 12"
    page.get_by_role("slider").fill("4")
    assert clock(page) == "epoch 4 of 12"
    assert page.get_by_role("slider").get_attribute("aria-valuetext") == "epoch 4 of 12"
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("slider").fill("12")
    page.get_by_role("button", name="Play").click()  # from the last frame, it plays from the first
    assert clock(page) != "epoch 12 of 12"
    assert window.complaints == []


def test_a_space_on_a_button_is_that_buttons(films_site, served, reader):
    page, _ = opened(reader, served(films_site), "en/film.html#film=bend")
    page.get_by_role("button", name="Next frame").focus()
    page.keyboard.press(" ")
    assert clock(page) == "epoch 1 of 12"
    assert page.get_by_role("button", name="Play").is_visible()


def test_screen_readers_announce_epoch_and_accuracies(films_site, served, reader):
    page, _ = opened(reader, served(films_site), "en/film.html#film=bend")
    page.locator(".film-stage").focus()
    page.keyboard.press("End")
    text = page.locator(".film-told").inner_text().replace("\u00a0", " ")
    table = pd.read_csv(films_site / "figures/film-bend.csv").groupby("arm").last()
    shares = [f"{100 * share:.1f}%" for share in table["test_accuracy"]]
    assert text.startswith(f"Epoch 12. tanh: test accuracy {shares[0]}")
    assert f"identity: test accuracy {shares[1]}" in text
    assert "tanh" in page.locator(".film-plane").first.get_attribute("aria-label")


def test_an_arm_that_diverged_says_so_and_the_other_goes_on(films_site, served, reader):
    page, window = opened(reader, served(films_site), "en/film.html#film=rates&epoch=12")
    first, second = page.locator(".film-facts").all_inner_texts()
    assert first.startswith("test accuracy")
    assert second.startswith("diverged")
    assert window.complaints == []


def test_the_address_keeps_film_and_epoch(films_site, served, reader):
    address = served(films_site)
    page, _ = opened(reader, address)
    assert page.evaluate("location.hash") == ""
    page.get_by_role("combobox").select_option("layer")
    page.wait_for_function("() => document.querySelector('.film-name').textContent.includes('4 units')")
    page.get_by_role("slider").fill("3")
    page.wait_for_function("() => location.hash === '#film=layer&epoch=3'")
    again, _ = opened(reader, address, "ko/film.html#film=layer&epoch=3")
    assert clock(again) == "에폭 3 / 12"
    assert again.get_by_role("combobox").input_value() == "layer"


@pytest.mark.parametrize(
    ("address", "notice", "clock_says"),
    [
        ("#film=nothing", "There is no film “nothing”. Showing the first one instead.", "epoch 0 of 12"),
        ("#film=bend&epoch=90", "no frame for that epoch. Showing epoch 12 instead.", "epoch 12 of 12"),
        ("#how-to-read", "", "epoch 0 of 12"),
    ],
)
def test_an_unknown_address_falls_back_and_says_so(films_site, served, reader, address, notice, clock_says):
    page, _ = opened(reader, served(films_site), f"en/film.html{address}")
    said = page.locator(".film-notice").inner_text()
    assert clock(page) == clock_says
    assert notice in said
    assert bool(notice) == bool(said)


def test_a_film_that_cannot_be_loaded_says_where_its_frames_are(films_site, served, reader):
    page, _ = opened(reader, served(films_site))
    page.route("**/film-layer.js", lambda route: route.abort())
    page.get_by_role("combobox").select_option("layer")
    page.wait_for_function("() => document.querySelector('.film-notice').textContent.includes('can’t be loaded')")


def test_a_button_below_shows_its_film_above(films_site, served, reader):
    page, _ = opened(reader, served(films_site))
    page.get_by_role("button", name="Show this film: Title of layer <b> which").click()
    page.wait_for_function("() => document.querySelector('.film select').value === 'layer'")
    assert page.locator(".film select").is_visible()
    assert page.locator(".film select").bounding_box()["y"] > page.locator(".md-header").bounding_box()["height"]


def test_less_motion_is_slower_and_nothing_starts_automatically(films_site, served, reader):
    page, _ = opened(reader, served(films_site), "en/film.html#film=bend", reduced_motion="reduce")
    page.wait_for_timeout(400)
    assert clock(page) == "epoch 0 of 12"
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(600)
    assert clock(page) == "epoch 0 of 12"
    page.wait_for_function("() => document.querySelector('.film-clock').textContent === 'epoch 1 of 12'")


def test_the_networks_stand_side_by_side_on_a_phone_too(films_site, served, reader):
    address = served(films_site)
    for size in (DESK, PHONE):
        page, _ = opened(reader, address, viewport=size)
        first, second = (plane.bounding_box() for plane in page.locator(".film-plane").all())
        assert first["y"] == second["y"]
        assert first["x"] + first["width"] < second["x"]
        assert first["width"] > 0.4 * size["width"] or size is DESK


HEIGHT = "document.querySelector('.film-player').getBoundingClientRect().height"


@pytest.mark.parametrize(("language", "width"), [("en", 390), ("ko", 820), ("en", 1280)])
def test_the_player_has_room_for_every_film_from_the_start(smoke_site, served, reader, language, width):
    window = reader(served(smoke_site), viewport={"width": width, "height": 800})
    window.page.route("**/assets/film/player.js", lambda route: route.abort())
    reserved = window.open(f"{language}/film.html").evaluate(HEIGHT)
    window.page.unroute_all()
    page, _ = opened(lambda *_, **__: window, served(smoke_site), f"{language}/film.html")
    for id in page.locator(".film select option").evaluate_all("all => all.map(one => one.value)"):
        page.get_by_role("combobox").select_option(id)
        page.wait_for_function("film => location.hash.startsWith(`#film=${film}&`)", arg=id)
        for frame in (0, 1000):
            page.get_by_role("slider").evaluate("(slider, frame) => { slider.value = frame }", frame)
            page.get_by_role("slider").dispatch_event("input")
            assert (id, frame, page.evaluate(HEIGHT)) == (id, frame, reserved)


def test_the_stage_is_on_the_first_screen(smoke_site, served, reader):
    page, _ = opened(reader, served(smoke_site), viewport={"width": 1280, "height": 800})
    for part in [page.locator("h1"), page.get_by_role("slider"), *page.locator(".film-plane, .film-legend").all()]:
        box = part.bounding_box()
        assert 0 <= box["y"] < box["y"] + box["height"] <= 800


def test_it_works_from_a_folder(films_site, reader):
    page, window = opened(reader, films_site.as_uri(), "ko/film.html#film=bend&epoch=12")
    assert clock(page) == "에폭 12 / 12"
    assert window.complaints == []


def test_without_scripts_there_is_a_strip_of_every_film(films_site, served, reader):
    address = served(films_site)
    page = reader(address, java_script_enabled=False, viewport=DESK).page
    page.goto(f"{address}/en/film.html")
    strips = page.locator(".figure .only-light img")
    assert strips.count() == 3
    assert page.locator(".film button").count() == 0
    for strip in strips.all():
        strip.scroll_into_view_if_needed()
        assert "test accuracy" in strip.get_attribute("alt")
        assert strip.is_visible()


def test_print_has_the_strips_and_no_player(films_site, served, reader):
    page, _ = opened(reader, served(films_site))
    page.emulate_media(media="print")
    assert not page.locator(".film").is_visible()
    assert page.locator(".film-choose:visible").count() == 0
    strip = page.locator(".figure .only-light img").first
    strip.evaluate("strip => (strip.loading = 'eager')")  # as a browser does when it prints
    strip.wait_for()
