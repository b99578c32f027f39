"""Studies: configurations become experiments and cells."""

import json

import pytest
from support.project import ROOT

from ontrial.judge import checks
from ontrial.nn import Architecture, Recipe
from ontrial.nn.activations import ACTIVATIONS
from ontrial.steps.code import code_of
from ontrial.storage import yaml_files
from ontrial.storage.shipped import PACKAGE
from ontrial.study import configuration, schema_mistakes
from ontrial.study.cell import DEFAULTS, RECORD_TRAIN, SETTINGS, Cell, Training
from ontrial.study.schema_files import load_schema
from ontrial.study.study import Study

CONFIGURATIONS = sorted(path.name for path in (ROOT / "config").glob("*.yaml") if "\nexperiments:" in path.read_text())

SMALL = """
study: small
experiments:
  grid: {purpose: Try it out., dataset: [digits, xor], hidden: [[32, 32], []], activation: [relu, sigmoid],
    initialisation: [own, inverse_n_mean-8], objective: [softmax+cross_entropy, identity+mse], batch_size: [32, full],
    learning_rates: {powers_of_two: {from: -3, to: 1}}, seeds: {descriptive: {from: 1, to: 3}}, budget: {epochs: 20}}
  judged: {purpose: Judge it., dataset: [xor], hidden: [[8]], activation: [tanh], initialisation: [he],
    objective: [sigmoid+cross_entropy], batch_size: [1], learning_rates: [0.5, 1e-3],
    seeds: {confirmatory: {from: 101, looks: [2, 3, 6]}}, budget: {updates: 500}, record: 4,
    probes: [gradients, units], optimiser: [momentum], momentum: [0.8], weight_decay: [0.001],
    training_samples: [300]}
"""


@pytest.fixture
def small() -> Study:
    return configuration.parse(SMALL, "small.yaml")


def test_a_study_has_a_cell_for_every_combination_whose_path_spells_it_out(small):
    assert small.name == "small"
    assert small.source == "small.yaml"
    assert list(small.experiments) == ["grid", "judged"]
    assert len(small.cells) == 2**6 + 1
    assert small.runs == 2**6 * 5 * 3 + 2 * 2
    assert "grid/digits/hidden-32-32/relu/he/softmax/cross_entropy/batch-32" in small.cells
    assert "grid/xor/hidden-none/sigmoid/inverse_n_mean-8/identity/mse/batch-full" in small.cells
    assert all(cell.path == path for path, cell in small.cells.items())


def test_a_cell_has_all_settings_of_its_training(small):
    path = "judged/xor/hidden-8/tanh/he/sigmoid/cross_entropy/momentum/momentum-0.8/decay-0.001/samples-300/batch-1"
    assert small.cells[path] == Cell(
        experiment="judged",
        dataset="xor",
        hidden=(8,),
        activation="tanh",
        initialisation="he",
        objective="sigmoid+cross_entropy",
        optimiser="momentum",
        momentum=0.8,
        weight_decay=0.001,
        training_samples=300,
        batch_size=1,
        learning_rates=(0.5, 0.001),
        seeds=(101, 102),
        training=Training(updates=500, record=4, probes=("gradients", "units")),
    )


def test_a_cell_is_the_same_after_a_round_trip_through_json(small):
    for cell in small.cells.values():
        assert Cell.from_json(cell.to_json()) == cell
    assert cell.to_json().startswith('{"activation":"tanh","batch_size":1,"dataset":"xor","experiment":"judged",')


def test_a_cell_knows_which_values_it_has(small):
    counts = {
        ("loss", "mse"): 32,
        ("objective", "identity+mse"): 32,
        ("hidden", "none"): 32,
        ("depth", 2): 32,
        ("initialisation", "own"): 32,
        ("batch_size", "full"): 32,
        ("batch_size", 1150): 16,
        ("training_samples", "standard"): 64,
        ("training_samples", 1150): 32,
        ("training_samples", "all"): 32,  # of xor, all and standard mean the same
        ("momentum", 0.0): 64,
        ("hidden", "9"): 0,
    }
    cells = [cell for cell in small.cells.values() if cell.experiment == "grid"]
    assert {setting: sum(cell.has(*setting) for cell in cells) for setting in counts} == counts


def test_the_momentum_of_an_optimiser_without_momentum_is_zero():
    text = SMALL.replace("optimiser: [momentum]", "optimiser: [sgd, adam, nesterov]").replace("[0.8]", "[0.5, 0.9]")
    cells = [cell for cell in configuration.parse(text, "x").cells.values() if cell.experiment == "judged"]
    assert [(cell.optimiser, cell.momentum) for cell in cells] == [
        ("sgd", 0.0),
        ("adam", 0.0),
        ("nesterov", 0.5),
        ("nesterov", 0.9),
    ]


def test_experiments_know_the_role_of_their_seeds(small):
    grid, judged = small.experiments.values()
    assert (grid.descriptive, grid.confirmatory, grid.looks) == ((1, 2, 3), (), ())
    assert (judged.descriptive, judged.confirmatory, judged.looks) == ((), (101, 102), (2, 3, 6))
    assert (grid.judging_seeds, judged.judging_seeds) == ((1, 2, 3), (101, 102))


def test_later_looks_add_seeds_to_cells(small):
    judged = small.experiments["judged"]
    assert [judged.seeds_of_look(look) for look in (1, 2, 3)] == [(101, 102), (103,), (104, 105, 106)]
    (path,) = (path for path in small.cells if path.startswith("judged"))
    assert list(small.later_cells) == [f"{path}-look-2", f"{path}-look-3"]
    assert [cell.seeds for cell in small.later_cells.values()] == [(103,), (104, 105, 106)]
    assert small.later_cells[f"{path}-look-3"].settings == small.cells[path].settings
    assert small.looks == 3


def test_a_study_may_stop_before_its_last_look():
    study = configuration.parse(SMALL + "\nlast_look: 2\n", "x")
    assert (study.experiments["judged"].looks, study.looks_taken("judged"), study.looks) == ((2, 3, 6), (2, 3), 2)
    assert [cell.seeds for cell in study.later_cells.values()] == [(103,)]
    assert study.looks_left == (6,)


def test_the_full_study_is_the_default_one_with_all_looks_and_more_to_explore():
    default, full = (configuration.read_study(ROOT / "config" / name) for name in ("config.yaml", "full.yaml"))
    assert full.name == default.name
    assert {name for name, own in full.experiments.items() if own != default.experiments[name]} == {"main-grid"}
    assert full.cells.items() > default.cells.items()
    assert (default.looks, default.looks_left, full.looks, full.looks_left) == (2, (80,), 3, ())
    assert full.later_cells.items() > default.later_cells.items()


def test_without_looks_there_is_one_with_all_seeds():
    study = configuration.parse(SMALL.replace("looks: [2, 3, 6]", "to: 106"), "x")
    assert (study.experiments["judged"].looks, study.later_cells, study.looks) == ((6,), {}, 1)
    assert study.experiments["judged"].confirmatory == tuple(range(101, 107))


def test_experiments_know_which_settings_vary_and_powers_of_two(small):
    grid, judged = small.experiments.values()
    assert grid.axes() == ("dataset", "hidden", "activation", "initialisation", "objective", "batch_size")
    assert judged.axes() == ()
    assert small.experiments["grid"].learning_rates == (0.125, 0.25, 0.5, 1.0, 2.0)
    finer = configuration.parse(SMALL.replace("{from: -3, to: 1}", "{from: -1, to: 1, step: 0.5}"), "x")
    assert finer.experiments["grid"].learning_rates == pytest.approx((0.5, 0.5**0.5, 1.0, 2**0.5, 2.0))


def test_records_may_be_geometrically_spaced_and_measure_the_training_set():
    study = configuration.parse(SMALL.replace("record: 4", "record: {per_doubling: 2}"), "x")
    training = study.experiments["judged"].training
    assert (training.record, training.per_doubling) == (None, 2)
    assert study.experiments["grid"].training.per_doubling is None
    (cell,) = (cell for cell in study.cells.values() if cell.experiment == "judged")
    assert cell.recipe.per_doubling == 2
    assert Cell.from_json(cell.to_json()) == cell
    often = SMALL.replace("record: 4", "record: 8, record_train: true")
    cells = ([*configuration.parse(text, "x").cells.values()][-1] for text in (SMALL, often))
    assert [cell.recipe.record_train for cell in cells] == [RECORD_TRAIN, None]


def test_omitted_settings_have_their_defaults(small):
    grid = small.experiments["grid"]
    assert {name: grid.grid[name] for name in DEFAULTS} == {
        "optimiser": ("sgd",),
        "momentum": (0.9,),
        "weight_decay": (0.0,),
        "training_samples": ("standard",),
        **{name: (setting.default,) for name, setting in SETTINGS.items() if setting.sparse},
    }
    assert (grid.training.record, grid.training.probes) == (None, ())


def test_a_study_is_the_same_through_json_as_a_mapping_and_with_floats(small):
    again = configuration.parse(small.to_json(), "study.json")
    assert again.experiments == small.experiments
    assert again.to_json() == small.to_json()
    assert "\n" not in small.to_json()
    assert configuration.parse(json.loads(small.to_json())).cells == small.cells
    floats = configuration.parse(SMALL.replace("[32, full]", "[32.0, full]").replace("[32, 32]", "[3.2e1, 32]"), "x")
    assert list(floats.cells) == list(small.cells)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-3", 0.001), ("010", 10), ("yes", "yes"), ("'1'", "1"), ("1:30", "1:30"), ("2020-01-01", "2020-01-01")],
)
def test_scalars_are_read_as_in_yaml_1_2(text, value):
    assert yaml_files.parse(f"key: {text}", "x")[0] == {"key": value}


def test_a_new_name_in_a_registry_is_allowed_in_configurations(monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "cubic", ACTIVATIONS["relu"])
    study = configuration.parse(SMALL.replace("[tanh]", "[cubic]"), "x")
    assert study.experiments["judged"].grid["activation"] == ("cubic",)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_the_configurations_of_the_project_are_valid(name):
    checked = configuration.read_study(ROOT / "config" / name)
    for cell in checked.cells.values():
        if cell.dataset not in ("mnist", "mnist_small"):
            assert isinstance(cell.architecture, Architecture)
        assert isinstance(cell.recipe, Recipe)


def objects(schema: dict):
    """Yield the parts of a schema that describe mappings with fixed keys."""
    for value in schema.values():
        if isinstance(value, dict):
            yield from objects(value)
    if "properties" in schema and "type" in schema:
        yield schema


def test_the_schema_describes_every_key_and_requires_settings_without_default():
    schema = load_schema("config")
    mappings = list(objects(schema))
    assert mappings
    for mapping in mappings:
        assert mapping["additionalProperties"] is False
        for key, value in mapping["properties"].items():
            assert value["description"].endswith("."), key
            assert "title" in value or "$ref" in value, key
    experiment = load_schema("study")["$defs"]["experiment"]
    assert {experiment["properties"][name]["type"] for name in SETTINGS} == {"array"}
    assert set(SETTINGS) - set(experiment["required"]) == set(DEFAULTS)


@pytest.mark.parametrize("step", ["train", "look", "collect", "judge", "draw", "explore"])
def test_steps_do_not_check_the_study_again(step):
    names = {path.relative_to(PACKAGE).as_posix() for path in code_of(step) if path.is_relative_to(PACKAGE)}
    assert "study/cell.py" in names
    checks = {f"judge/{name}.py" for name in ("checks", "context_checks", "setting_checks", "obstacles")}
    assert not names & {"study/checking.py", "study/configuration.py", *checks}


def test_what_is_right_needs_no_words_on_mistakes(monkeypatch):
    monkeypatch.setattr(schema_mistakes, "find", None)  # which takes a second to import
    for path in (ROOT / "config" / name for name in CONFIGURATIONS):
        study = configuration.read_study(path)
        if study.docket:
            assert checks.read_docket(study.docket, study).claims
