import json

import pytest
from support.project import ROOT

from ontrial import data
from ontrial.nn import Architecture
from ontrial.nn.activations import ACTIVATIONS
from ontrial.study import configuration, study

CONFIGURATIONS = sorted(path.name for path in (ROOT / "config").glob("*.yaml") if "\nexperiments:" in path.read_text())

SMALL = """
study: small
experiments:
  grid:
    purpose: Try it out.
    dataset: [digits, xor]
    hidden: [[32, 32], []]
    activation: [relu, sigmoid]
    initialisation: [own, inverse_n_mean-8]
    objective: [softmax+cross_entropy, identity+mse]
    batch_size: [32, full]
    learning_rates: {powers_of_two: {from: -3, to: 1}}
    seeds: {descriptive: {from: 1, to: 3}}
    budget: {epochs: 20}
  judged:
    purpose: Judge it.
    dataset: [xor]
    hidden: [[8]]
    activation: [tanh]
    initialisation: [he]
    objective: [sigmoid+cross_entropy]
    batch_size: [1]
    learning_rates: [0.5, 1e-3]
    seeds: {tuning: {from: 1, to: 2}, confirmatory: {from: 101, to: 102}}
    budget: {updates: 500}
    record: 4
    probes: [gradients, units]
    momentum: 0.9
    l2: 0.001
"""


@pytest.fixture
def small() -> study.Study:
    return study.parse(SMALL, "small.yaml")


def test_a_study_has_a_cell_for_every_combination(small):
    assert small.name == "small"
    assert small.source == "small.yaml"
    assert list(small.experiments) == ["grid", "judged"]
    assert len(small.cells) == 2**6 + 1
    assert small.runs == 2**6 * 5 * 3 + 2 * 4


def test_paths_are_sentences_about_a_run(small):
    assert "grid/digits/hidden-32-32/relu/he/softmax/cross_entropy/batch-32" in small.cells
    assert "grid/xor/hidden-none/sigmoid/inverse_n_mean-8/identity/mse/batch-full" in small.cells
    assert all(cell.path == path for path, cell in small.cells.items())


def test_a_cell_carries_all_that_training_needs(small):
    assert small.cells["judged/xor/hidden-8/tanh/he/sigmoid/cross_entropy/batch-1"] == study.Cell(
        experiment="judged",
        dataset="xor",
        hidden=(8,),
        activation="tanh",
        initialisation="he",
        output="sigmoid",
        loss="cross_entropy",
        batch_size=1,
        learning_rates=(0.5, 0.001),
        seeds=(1, 2, 101, 102),
        epochs=None,
        updates=500,
        momentum=0.9,
        l2=0.001,
        record=4,
        probes=("gradients", "units"),
    )


def test_a_cell_survives_json(small):
    for cell in small.cells.values():
        assert study.Cell.from_json(cell.to_json()) == cell
    assert cell.to_json().startswith('{"activation":"tanh","batch_size":1,"dataset":"xor","epochs":null,')


def test_experiments_know_the_role_of_their_seeds(small):
    grid, judged = small.experiments.values()
    assert (grid.descriptive, grid.tuning, grid.confirmatory) == ((1, 2, 3), (), ())
    assert (judged.descriptive, judged.tuning, judged.confirmatory) == ((), (1, 2), (101, 102))
    assert judged.seeds == (1, 2, 101, 102)


def test_experiments_know_what_varies(small):
    grid, judged = small.experiments.values()
    assert grid.axes() == ("dataset", "hidden", "activation", "initialisation", "objective", "batch_size")
    assert judged.axes() == ()


def test_learning_rates_may_be_powers_of_two(small):
    assert small.experiments["grid"].learning_rates == (0.125, 0.25, 0.5, 1.0, 2.0)


def test_what_is_left_out_has_its_default(small):
    grid = small.experiments["grid"]
    assert (grid.momentum, grid.l2, grid.record, grid.probes) == (0.0, 0.0, None, ())


def test_a_study_survives_json(small):
    again = study.parse(small.to_json(), "study.json")
    assert again.experiments == small.experiments
    assert again.to_json() == small.to_json()
    assert "\n" not in small.to_json()


def test_a_mapping_gives_the_same_study_as_the_text(small):
    assert study.of(json.loads(small.to_json())).cells == small.cells


def test_a_whole_number_may_be_written_as_a_float(small):
    floats = study.parse(SMALL.replace("[32, full]", "[32.0, full]").replace("[32, 32]", "[3.2e1, 32]"), "x")
    assert list(floats.cells) == list(small.cells)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-3", 0.001), ("010", 10), ("yes", "yes"), ("'1'", "1"), ("1:30", "1:30"), ("2020-01-01", "2020-01-01")],
)
def test_scalars_mean_what_they_look_like(text, value):
    assert configuration.of_yaml(f"key: {text}", "x")[0] == {"key": value}


def test_a_new_entry_of_a_registry_is_known_at_once(monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "cubic", ACTIVATIONS["relu"])
    assert study.parse(SMALL.replace("[tanh]", "[cubic]"), "x").experiments["judged"].activation == ("cubic",)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_the_configurations_of_the_project_are_right(name):
    checked = study.read(ROOT / "config" / name)
    for cell in checked.cells.values():
        layers = (data.sizes(cell.dataset).features, *cell.hidden, data.outputs(cell.dataset, cell.output))
        Architecture(layers, cell.activation, cell.output, cell.loss, cell.initialisation)
        assert cell.schedule.batch_size >= 1


def objects(schema: dict):
    """Every object of a schema that has keys."""
    for value in schema.values():
        if isinstance(value, dict):
            yield from objects(value)
    if "properties" in schema and "type" in schema:
        yield schema


def test_the_schema_refuses_unknown_keys_and_describes_every_known_one():
    schema = configuration.schema()
    found = list(objects(schema))
    assert len(found) == 8
    for each in found:
        assert each["additionalProperties"] is False
        for key, value in each["properties"].items():
            assert value["description"].endswith("."), key
            assert "title" in value or "$ref" in value, key


def test_every_setting_of_an_experiment_is_a_field_of_it():
    described = set(configuration.schema()["$defs"]["experiment"]["properties"])
    assert described - {"seeds", "budget"} < set(study.Experiment.__dataclass_fields__)
