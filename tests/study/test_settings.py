"""Kinds of settings: how a value is read, written, understood and ordered."""

import pytest
from support.project import ROOT

from ontrial.study import configuration
from ontrial.study.cell import COLUMNS, SETTINGS, Cell
from ontrial.study.schema_files import load_schema
from ontrial.study.settings import OBJECTIVES, ObjectiveName, depth, read_widths, widths_text


@pytest.fixture(scope="module")
def cell() -> Cell:
    return next(iter(configuration.read_study(ROOT / "config/smoke.yaml").cells.values()))


@pytest.mark.parametrize(("name", "configured", "in_cell", "in_claims"), [
    ("hidden", [32.0, 32], (32, 32), "32-32"), ("hidden", [], (), "none"), ("activation", "relu", "relu", "relu"),
    ("objective", "softmax+mse", "softmax+mse", "softmax+mse"), ("momentum", 0, 0.0, 0.0),
    ("clip_norm", 1, 1.0, 1.0), ("clip_norm", "none", "none", "none"), ("training_samples", 300.0, 300, 300),
    ("batch_size", "full", "full", "full"),
])  # fmt: skip
def test_a_value_has_one_form_in_cells_and_one_in_claims(name, configured, in_cell, in_claims):
    setting = SETTINGS[name]
    value = setting.parse(configured)
    assert (value, type(value) in (int, float)) == (in_cell, type(in_cell) in (int, float))
    assert setting.plain(value) == in_claims


def test_widths_and_objectives_survive_the_way_to_text_and_back():
    for widths in ((), (8,), (64, 32)):
        assert read_widths(widths_text(widths)) == widths
        assert depth(widths_text(widths)) == len(widths)
    assert {name: ObjectiveName.of(name.output, name.loss) for name in OBJECTIVES} == {
        name: name for name in OBJECTIVES
    }


@pytest.mark.parametrize(
    ("name", "values", "ordered"),
    [
        ("hidden", ["8-8", "32", "none", "16-4"], ["none", "32", "8-8", "16-4"]),
        ("activation", ["tanh", "relu"], ["tanh", "relu"]),
        ("weight_decay", [0.1, 0.0], [0.0, 0.1]),
        ("training_samples", ["all", 1000, "standard", 300], [300, 1000, "standard", "all"]),
        ("batch_size", ["full", 64, 4], [4, 64, "full"]),
        ("clip_norm", ["none", 10.0, 2.0], [2.0, 10.0, "none"]),
        ("clip_norm", ["none", "10", "2"], ["2", "10", "none"]),
    ],
)
def test_values_are_ordered_by_size_and_names_as_configured(name, values, ordered):
    assert SETTINGS[name].ordered(values) == ordered


def test_words_mean_their_numbers_and_columns_are_the_settings(cell):
    assert cell.has("training_samples", "standard")
    assert cell.has("training_samples", cell.training_sample_count)
    assert not cell.has("training_samples", cell.training_sample_count - 1)
    assert cell.has("initialisation", "own") == (cell.initialisation == SETTINGS["initialisation"].meaning("own", cell))
    assert set(COLUMNS) == {"experiment", "output", "loss", *SETTINGS} - {"objective"}
    assert cell.settings == {name: cell.settings[name] for name in COLUMNS}


def test_configurations_and_publications_have_every_setting():
    for name, setting in SETTINGS.items():
        assert setting.usual is not None, name
        configured = [*read_widths(setting.usual)] if name == "hidden" else setting.usual
        assert setting.plain(setting.parse(configured)) == setting.usual, name
    assert {*SETTINGS} <= set(load_schema("verdicts")["$defs"]["axis"]["enum"])
    table = load_schema("published")["tuned.csv"]
    assert {*COLUMNS} <= set(table["required"]) == table["properties"].keys()
