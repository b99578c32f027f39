"""The playground: the data of its script, and presets that show what their texts promise."""

import ast
import re
from html import unescape
from typing import Any

import numpy as np
import pytest
from support.messages import message_of
from support.pages import DOCS, page_of
from support.scripts import read_scripts

from ontrial.nn import ACTIVATIONS, train
from ontrial.nn.objectives import LEGAL
from ontrial.nn.optimisers import OPTIMISERS
from ontrial.report.pages.tools import trial
from ontrial.study.cell import Cell, Training
from ontrial_book.teaching import pages_playground as playground

LANGUAGES = ("en", "ko")
CALL = re.compile(r'\[\[ playground\(\)\.preset\("([\w-]+)", (.*)\) \]\]')


def presets(language: str = "en") -> dict[str, dict[str, Any]]:
    """Return the settings of each preset of the page by its id."""
    text = (DOCS / language / "playground.md").read_text(encoding="utf-8")
    calls = [(id, ast.parse(f"preset({settings})", mode="eval").body) for id, settings in CALL.findall(text)]
    return {id: {each.arg: ast.literal_eval(each.value) for each in call.keywords} for id, call in calls}


def test_every_registered_setting_can_be_chosen():
    assert set(playground.CHOICES["activation"]) == set(ACTIVATIONS)
    assert set(playground.CHOICES["optimiser"]) == set(OPTIMISERS)
    assert len(playground.CHOICES["objective"]) == sum(map(len, LEGAL.values()))
    assert set(playground.CHOICES["dataset"]) <= set(trial.FILES)
    assert set(playground.START) == {*playground.CHOICES, "seed"}
    assert all(playground.START[name] in values for name, values in playground.CHOICES.items())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_script_has_names_for_all_choices(results, language):
    html = str(playground.Playground(page_of(results, language)).element)
    assert "Undefined" not in html
    assert "1/4096" in html


def test_the_script_has_no_word_that_is_not_said_and_none_is_missing(results):
    script = read_scripts(
        "plane",
        "networks",
        "playground/form",
        "playground/diagram",
        "playground/screens",
        "playground/tool",
        "playground/page",
    )
    page = page_of(results)
    said = {term.removeprefix(playground.PREFIX) for term in page.say if term.startswith(playground.PREFIX)}
    said |= {term.split(" ", 1)[1] for term in playground.OTHERS}
    assert set(re.findall(r"\bwords\.(\w+)", script)) == said | {"settings"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_preset_stands_below_the_heading_with_its_id(language):
    text = (DOCS / language / "playground.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### .* \{#([\w-]+)\}$", text, re.MULTILINE)
    assert headings == list(presets(language))
    assert presets(language) == presets()


def test_a_preset_is_written_as_an_address(results):
    html = playground.Playground(page_of(results)).preset("deep", dataset="moons", depth=[0, 2], learning_rate=2.0)
    assert 'data-settings="dataset=moons&depth=0,2&learning_rate=2"' in unescape(str(html))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"activation": "rellu"}, 'unknown activation "rellu". Did you mean "relu"?'),
        ({"colour": "red"}, 'unknown setting of the playground "colour". '),
        ({"depth": [1, 99]}, "depth: the playground lacks 99. It has: 0, 1, 2, "),
        ({"dataset": ["xor", "moons"]}, "dataset: 2 values. Give one."),
        ({"seed": -1}, "seed: -1 is not a whole number of at most nine digits."),
    ],
)
def test_a_preset_of_what_the_playground_lacks_is_refused(results, settings, message):
    refusal = message_of(playground.Playground(page_of(results)).preset, "wrong", **settings)
    assert refusal.startswith(f"index.md, preset wrong: {message}")


def curves(settings: dict[str, Any]) -> list[dict[str, np.ndarray]]:
    """Return the test accuracy, training loss and dead units of each network of a preset at eleven records."""
    chosen = playground.START | settings
    count = max(len(value) if isinstance(value, list) else 1 for value in chosen.values())
    networks = [
        {name: value[i] if isinstance(value, list) else value for name, value in chosen.items()} for i in range(count)
    ]
    return [curves_of(network) for network in networks]


def curves_of(network: dict[str, Any]) -> dict[str, np.ndarray]:
    names = ("dataset", "activation", "initialisation", "objective", "optimiser", "batch_size")
    cell = Cell(
        **{name: network[name] for name in names},
        hidden=(network["width"],) * network["depth"],
        experiment="playground",
        learning_rates=(float(network["learning_rate"]),),
        seeds=(network["seed"],),
        training=Training(epochs=network["epochs"], record=10, probes=("units",) if network["depth"] else ()),
    )
    rates, seeds = cell.learning_rates, cell.seeds
    history = train(cell.architecture, cell.recipe, cell.arrays(seeds), rates, seeds)
    return {name: values[0] for name, values in history.measures.items()} | {"diverged": history.diverged[0]}


def accuracies(id: str, record: int = -1) -> list[float]:
    return [float(np.nan_to_num(network["test_accuracy"][record])) for network in curves(presets()[id])]


@pytest.mark.parametrize("id", ["straight-line", "no-activation"])
def test_a_straight_line_does_not_separate_opposite_corners(id):
    straight, bent = accuracies(id)
    assert straight < 0.8
    assert bent > 0.95


def test_presets_show_what_their_headings_say():
    shallow, deep = accuracies("deeper", 3)
    assert deep > shallow
    sigmoid, relu = accuracies("shared-rate")
    assert sigmoid < 0.75 < 0.95 < relu
    assert min(accuracies("own-rates")) > 0.95
    small, large = accuracies("too-large")
    assert small > 0.9
    assert large < small
    plain, momentum = accuracies("momentum", 5)
    assert momentum > plain + 0.1
    single, large = accuracies("single-samples")
    assert single < 0.5 < 0.9 < large
    assert max(accuracies("batches-own-rates")) - min(accuracies("batches-own-rates")) < 0.02


def test_sigmoids_stay_where_guessing_is_and_a_negative_mean_ends_it_earlier():
    sigmoid, tanh = curves(presets()["deep-sigmoid"])
    assert sigmoid["test_accuracy"][-1] < 0.2
    assert tanh["test_accuracy"][-1] > 0.9
    plain, negative = curves(presets()["negative-mean"])
    assert plain["train_loss"][2] > 2.2 > 2.1 > negative["train_loss"][2]
    assert np.abs(plain["test_accuracy"][-1] - negative["test_accuracy"][-1]) < 0.05


def test_units_die_at_a_large_rate():
    small, large = curves(presets()["dying"])
    assert np.nanmax(large["dead_units"]) > 0.2 > 0.05 > np.nanmax(small["dead_units"])
    assert not large["diverged"].any()


@pytest.mark.parametrize(("id", "record"), [("small-rate", 5), ("large-rate", -1), ("small-batches", 5)])
def test_the_second_network_falls_behind(id, record):
    first, second = accuracies(id, record)
    assert first > second + 0.1
