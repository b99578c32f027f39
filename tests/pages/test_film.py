"""Training films: the list, the frames, the page, and the player in a browser beside the engine."""

import base64
import html
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from support.browser import DESK, PHONE, browser_test, faults
from support.films import BEND, LIST, RATES, entry, parsed, sources
from support.project import ROOT
from support.sites import NAMES, assemble, build, theme

from ontrial import data
from ontrial.errors import InputError
from ontrial.nn import OUTPUTS, Network, train
from ontrial.report.figures import film, retrained
from ontrial.report.pages import film as page_of_films
from ontrial.report.pages.page import Page
from ontrial.report.site.templates import render
from ontrial.steps import film as step
from ontrial.study import films


def one(text: str) -> films.Film:
    (found,) = parsed(f"films:{text}").values()
    return found


# The list -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BEND.replace("tanh", "tanhh"), r'arms\[0\].activation: "tanhh" is not one of elu, gelu'),
        (
            BEND.replace("xor", "digits"),
            r'both.dataset: unknown data set of points in the plane "digits".*moons, spira',
        ),
        (BEND.replace("he,", "hee,"), r'both.initialisation: unknown initialisation "hee". Did you mean "he"'),
        (BEND.replace("batch_size", "batch"), r'both.batch: unknown key "batch". Did you mean "batch_size"'),
        (BEND.replace("16", "641"), r"a batch is larger than the 640 training samples. Write full"),
        (BEND.replace("ko: ", "de: "), r'title.de: unknown key "de"'),
        (BEND.replace("epochs: 12", "epochs: 0"), r"both.epochs: 0 is not a whole number from 1 to 2,000"),
        (BEND.replace(", {activation: identity}", ""), r"arms: .* is not a list of two mappings"),
        (BEND.replace("hidden: [4], ", ""), r'the setting "hidden" is missing: give it in both, or in each'),
        (
            BEND.replace("{activation: tanh}", "{hidden: [3]}"),
            r'the setting "(hidden|activation)" belongs in both, or else',
        ),
        (BEND.replace("identity}", "tanh}"), r'the setting "activation" is the same in both arms. Move it to both.'),
        (BEND + BEND, r'films\[1\].id: there is a film "bend" already'),
    ],
)
def test_a_film_that_cannot_be_is_refused_with_its_line(text, message):
    with pytest.raises(InputError, match=rf"film.yaml:\d+: .*{message}"):
        parsed(f"films:{text}")


@pytest.mark.parametrize(
    ("text", "alike", "phrase"),
    [
        (entry("a", "batch_size: 1", "batch_size: full"), 2, "film same weights"),
        (entry("a", "hidden: [4, 4]", "hidden: [4, 4, 4]"), 2, "film same first layers"),
        (entry("a", "hidden: [4]", "hidden: [4, 4]"), 1, "film same first layer"),
        (entry("a", "hidden: [4]", "hidden: []"), 0, "film other shapes"),
        (entry("a", "activation: relu", "activation: tanh", initialisation="own"), 0, "film same draws"),
    ],
)
def test_a_film_says_how_far_both_arms_start_from_the_same_weights(text, alike, phrase):
    found = one(text)
    first = [next(film.shoot(arm)) for arm in found.arms]
    same = [np.array_equal(*pair) for pair in zip(*([W for W, _ in frame.weights] for frame in first), strict=False)]
    assert found.alike == alike == sum(same)
    assert page_of_films.start(found) == phrase


# Frames ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("budget", [1, 2, 12, 40, 2000])
def test_frames_go_from_the_start_to_the_end_ever_further_apart(budget):
    found = film.epochs(budget)
    assert [found[0], found[1], found[-1]] == [0, 1, budget]
    assert len(found) <= film.FRAMES
    assert found == sorted(set(found))


@pytest.mark.parametrize("batch_size", ["1", "16", "full"])
def test_the_last_frame_has_the_weights_of_a_training_in_one_go(batch_size):
    arm = one(entry("a", "learning_rate: 0.25", "learning_rate: 0.5", batch_size=batch_size)).arms[0]
    *_, last = film.shoot(arm)
    history = train(
        arm.architecture, arm.schedule, data.arrays("xor", arm.seeds, "softmax"), arm.learning_rates, arm.seeds
    )
    for (W, b), (wanted_W, wanted_b) in zip(last.weights, history.weights, strict=True):
        assert W.tobytes() == wanted_W.tobytes()
        assert b.tobytes() == wanted_b.tobytes()
    assert last.measures["test_accuracy"] == history.measures["test_accuracy"][0, -1]


def test_a_film_ends_for_an_arm_that_diverges():
    rates = one(RATES)
    frames = list(film.shoot(rates.arms[1]))
    assert frames[0].weights is not None
    assert frames[-1].weights is None
    assert len(frames) < len(film.epochs(12))


def test_a_script_holds_the_weights_to_the_last_bit():
    bend = one(BEND)
    shots = [list(film.shoot(arm)) for arm in bend.arms]
    content = json.loads(film.script(bend, shots).partition(" = ")[2])
    assert content["epochs"] == [frame.epoch for frame in shots[0]]
    for arm, frames in zip(content["arms"], shots, strict=True):
        bytes_of = b"".join(array.tobytes() for layer in frames[-1].weights for array in layer)
        assert base64.b64decode(arm["weights"][-1]) == bytes_of
    assert content["arms"][0]["weights"][0] == content["arms"][1]["weights"][0]
    assert len(content["labels"]) == data.sizes("xor").test


def test_in_every_film_of_the_project_the_first_network_ends_far_ahead():
    for found in films.read(ROOT / "config/film.yaml").values():
        good, bad = ([*film.shoot(arm)][-1].measures["test_accuracy"] for arm in found.arms)
        assert good > bad + 0.15, found.id
        assert good > 0.94, found.id


# The page -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A site of two languages with the film page, and the films beside it."""
    folder = tmp_path_factory.mktemp("films")
    (folder / "film.yaml").write_text(LIST, encoding="utf-8")
    step.make(str(folder / "film.yaml"), str(ROOT / "docs/words.yaml"), list(NAMES), str(folder / "film"))
    theme(folder)
    for config in (folder / "theme").glob("??.yml"):
        config.write_text(config.read_text(encoding="utf-8").replace("more.md", "film.md"), encoding="utf-8")
    pages = {f"{language}/{name}.md": "# Page\n" for language in NAMES for name in ("index", "how-it-was-made")}
    for language in NAMES:
        text = (ROOT / f"docs/{language}/film.md").read_text(encoding="utf-8")
        pages[f"{language}/film.md"] = render(text, "film.md", Page(sources(language, folder), "film.md").names)
    for language in NAMES:
        build(folder, pages, language)
    return assemble(folder, (folder / "film").iterdir())


def page(made: Path, language: str = "en") -> str:
    return (made / language / "film.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", NAMES)
def test_the_page_can_be_read_without_films(language):
    text = (ROOT / f"docs/{language}/film.md").read_text(encoding="utf-8")
    rendered = render(text, "film.md", Page(sources(language), "film.md").names)
    assert "config/film.yaml" in rendered
    assert 'class="film"' not in rendered


def test_the_page_says_what_is_shared_and_how_each_network_ends(made):
    text = html.unescape(page(made))
    assert "Both start from the same initial weights. Both see the same samples in the same order." in text
    assert "Their weights have different shapes and can't start the same." in text
    assert re.search(r"learning rate 1,000,000: diverged by epoch 1\.", text)
    assert re.search(r"tanh: test accuracy \d+\.\d\u00a0% after 12 epochs", text)
    assert "Title of bend <b> which" in text
    assert "<b>" not in page(made)


def test_both_languages_have_the_same_films_and_sections(made):
    ids = [re.findall(r'<h2 id="([\w-]+)"', page(made, language)) for language in NAMES]
    assert ids[0] == ids[1] == ["how-to-read", "film-rates", "film-bend", "film-layer", "own"]


def test_the_player_has_no_word_that_is_not_said_and_none_is_missing(made):
    script = (ROOT / "docs/theme/overrides/assets/film.js").read_text(encoding="utf-8")
    phrases = yaml.safe_load((ROOT / "docs/phrases.yaml").read_text(encoding="utf-8"))
    said = {term.removeprefix("player ") for term in phrases if term.startswith("player ")}
    assert set(re.findall(r"\bwords\.(\w+)", script)) == said


# In a browser ---------------------------------------------------------------------------------------------------------

PLANE = "document.querySelectorAll('.film-plane')"


def opened(window_on, address: str, path: str = "en/film.html", **options):
    """The film page with its first film loaded, and the window that it is in."""
    window = window_on(address, **({"viewport": DESK} | options))
    page = window.open(path)
    page.wait_for_function("() => document.querySelector('.film-clock').textContent")
    return page, window


def clock(page) -> str:
    return page.locator(".film-clock").inner_text()


class TestPlayer:
    pytestmark = browser_test

    @pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", PHONE)])
    @pytest.mark.parametrize("language", NAMES)
    def test_the_page_is_sound(self, made, served, reader, language, scheme, size):
        window = reader(served(made), color_scheme=scheme, viewport=size)
        assert faults(window, f"{language}/film.html") == []
        assert faults(window, f"{language}/film.html#film=rates&epoch=12") == []

    def test_the_browser_computes_what_the_engine_computes(self, made, served, reader):
        page, _ = opened(reader, served(made))
        played = page.evaluate("Object.keys(filmNetworks.ACTIVATIONS)")
        assert set(played) == set(films.schema()["$defs"]["settings"]["properties"]["activation"]["enum"])
        X = np.random.default_rng(0).uniform(-3, 3, (200, 2)).astype(np.float32)
        for activation in played:
            for output in ("softmax", "sigmoid"):
                text = entry("a", "learning_rate: 0.25", "learning_rate: 0.5", hidden="[5, 3]", activation=activation)
                arm = one(text.replace("softmax", output)).arms[0]
                *_, last = film.shoot(arm)
                network = Network(arm.architecture, last.weights, np.float32)
                wanted = retrained.predict(network, X[None])[0, :, -1]
                found = page.evaluate(
                    "([arm, weights, points]) => [...filmNetworks.outputs(arm, filmNetworks.numbers(weights),"
                    " Float32Array.from(points)).at(-1)]",
                    [
                        {"layers": arm.architecture.layers, "activation": activation, "output": output},
                        film.packed(sum(last.weights, ())),
                        X.ravel().tolist(),
                    ],
                )
                np.testing.assert_allclose(found, wanted, atol=2e-5, err_msg=f"{activation}, {output}")
        assert set(OUTPUTS) >= {"softmax", "sigmoid"}

    def test_the_probability_pointed_at_is_that_of_the_engine(self, made, served, reader):
        page, _ = opened(reader, served(made), "en/film.html#film=bend&epoch=12")
        page.locator(".film-plane").first.hover(position={"x": 60, "y": 90})
        told = page.locator(".film-pointed").inner_text()
        x, y, *values = map(float, re.findall(r"-?\d+\.\d+", told))
        for arm, value in zip(parsed(LIST)["bend"].arms, values, strict=True):
            *_, last = film.shoot(arm)
            network = Network(arm.architecture, last.weights, np.float32)
            assert retrained.predict(network, np.array([[[x, y]]]))[0, 0, -1] == pytest.approx(value, abs=0.02)

    def test_both_networks_start_from_identical_weights(self, made, served, reader):
        page, _ = opened(reader, served(made), "en/film.html#film=bend")
        first, second = page.evaluate("films.bend.arms.map(arm => [...filmNetworks.numbers(arm.weights[0])])")
        assert first == second
        assert len(first) == 2 * 4 + 4 + 4 * 1 + 1

    def test_the_keyboard_plays_steps_and_jumps(self, made, served, reader):
        page, window = opened(reader, served(made), "en/film.html#film=bend")
        page.locator(".film-stage").focus()
        for key, epoch in [("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 12), ("ArrowRight", 12)]:
            page.keyboard.press(key)
            assert clock(page) == f"epoch {epoch} of 12"
        page.keyboard.press("Home")
        page.keyboard.press(" ")
        assert page.get_by_role("button", name="Pause").is_visible()
        page.wait_for_function("() => document.querySelector('.film-clock').textContent === 'epoch 12 of 12'")
        page.get_by_role("button", name="Play").wait_for()
        assert page.evaluate("document.activeElement.classList[0]") == "film-stage"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        assert window.complaints == []

    def test_the_mouse_plays_steps_and_slides(self, made, served, reader):
        page, window = opened(reader, served(made), "en/film.html#film=bend")
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

    def test_a_space_on_a_button_is_that_buttons(self, made, served, reader):
        page, _ = opened(reader, served(made), "en/film.html#film=bend")
        page.get_by_role("button", name="Next frame").focus()
        page.keyboard.press(" ")
        assert clock(page) == "epoch 1 of 12"
        assert page.get_by_role("button", name="Play").is_visible()

    def test_readers_without_eyes_are_told_epoch_and_accuracies(self, made, served, reader):
        page, _ = opened(reader, served(made), "en/film.html#film=bend")
        page.locator(".film-stage").focus()
        page.keyboard.press("End")
        told = page.locator(".film-told").inner_text().replace("\u00a0", " ")
        table = pd.read_csv(made / "figures/film-bend.csv").groupby("arm").last()
        shares = [f"{100 * share:.1f} %" for share in table["test_accuracy"]]
        assert told.startswith(f"Epoch 12. tanh: test accuracy {shares[0]}")
        assert f"identity: test accuracy {shares[1]}" in told
        assert "tanh" in page.locator(".film-plane").first.get_attribute("aria-label")

    def test_an_arm_that_diverged_says_so_and_the_other_goes_on(self, made, served, reader):
        page, window = opened(reader, served(made), "en/film.html#film=rates&epoch=12")
        first, second = page.locator(".film-facts").all_inner_texts()
        assert first.startswith("test accuracy")
        assert second.startswith("diverged")
        assert window.complaints == []

    def test_the_address_keeps_film_and_epoch(self, made, served, reader):
        address = served(made)
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
            ("#film=nothing", "There is no film “nothing”. This is the first one.", "epoch 0 of 12"),
            ("#film=bend&epoch=90", "no frame of that epoch. This is epoch 12.", "epoch 12 of 12"),
            ("#film=bend&epoch=soon", "no frame of that epoch. This is epoch 0.", "epoch 0 of 12"),
            ("#film=bend&epoch=5", "", "epoch 5 of 12"),
            ("#how-to-read", "", "epoch 0 of 12"),
        ],
    )
    def test_an_unknown_address_falls_back_and_says_so(self, made, served, reader, address, notice, clock_says):
        page, _ = opened(reader, served(made), f"en/film.html{address}")
        said = page.locator(".film-notice").inner_text()
        assert clock(page) == clock_says
        assert notice in said
        assert bool(notice) == bool(said)

    def test_a_film_that_cannot_be_loaded_says_where_its_frames_are(self, made, served, reader):
        page, _ = opened(reader, served(made))
        page.route("**/film-layer.js", lambda route: route.abort())
        page.get_by_role("combobox").select_option("layer")
        page.wait_for_function("() => document.querySelector('.film-notice').textContent.includes('can\\'t be loaded')")

    def test_a_button_below_shows_its_film_above(self, made, served, reader):
        page, _ = opened(reader, served(made))
        page.get_by_role("button", name="Show this film: Title of layer <b> which").click()
        page.wait_for_function("() => document.querySelector('.film select').value === 'layer'")
        assert page.locator(".film select").is_visible()
        assert page.locator(".film select").bounding_box()["y"] > page.locator(".md-header").bounding_box()["height"]

    def test_less_motion_is_slower_and_nothing_moves_unasked(self, made, served, reader):
        page, _ = opened(reader, served(made), "en/film.html#film=bend", reduced_motion="reduce")
        page.wait_for_timeout(400)
        assert clock(page) == "epoch 0 of 12"
        page.get_by_role("button", name="Play").click()
        page.wait_for_timeout(600)
        assert clock(page) == "epoch 0 of 12"
        page.wait_for_function("() => document.querySelector('.film-clock').textContent === 'epoch 1 of 12'")

    def test_the_networks_stand_side_by_side_on_a_phone_too(self, made, served, reader):
        address = served(made)
        for size in (DESK, PHONE):
            page, _ = opened(reader, address, viewport=size)
            first, second = (plane.bounding_box() for plane in page.locator(".film-plane").all())
            assert first["y"] == second["y"]
            assert first["x"] + first["width"] < second["x"]
            assert first["width"] > 0.4 * size["width"] or size is DESK

    def test_colours_follow_the_scheme(self, made, served, reader):
        corner = f"[...{PLANE}[0].getContext('2d').getImageData(0, 0, 1, 1).data]"
        page, _ = opened(reader, served(made), "en/film.html#film=layer", color_scheme="light")
        light = page.evaluate(corner)
        page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
        page.wait_for_function(f"() => JSON.stringify({corner}) !== '{json.dumps(light, separators=(',', ':'))}'")
        assert sum(page.evaluate(corner)[:3]) < sum(light[:3])

    def test_it_works_from_a_folder(self, made, reader):
        page, window = opened(reader, made.as_uri(), "ko/film.html#film=bend&epoch=12")
        assert clock(page) == "에폭 12 / 12"
        assert window.complaints == []

    def test_without_scripts_there_is_a_strip_of_every_film(self, made, served, reader):
        address = served(made)
        page = reader(address, java_script_enabled=False, viewport=DESK).page
        page.goto(f"{address}/en/film.html")
        strips = page.locator(".figure .only-light img")
        assert strips.count() == 3
        assert page.locator(".film button").count() == 0
        for strip in strips.all():
            strip.scroll_into_view_if_needed()
            assert "test accuracy" in strip.get_attribute("alt")
            assert strip.is_visible()

    def test_paper_has_the_strips_and_no_player(self, made, served, reader):
        page, _ = opened(reader, served(made))
        page.emulate_media(media="print")
        assert not page.locator(".film").is_visible()
        assert page.locator(".film-choose:visible").count() == 0
        assert page.locator(".figure .only-light img").first.is_visible()
