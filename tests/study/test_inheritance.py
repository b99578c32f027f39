"""What a study takes from the one that it extends, and from its own defaults."""

from pathlib import Path

import pytest
from support.messages import message_of

from ontrial.study import configuration
from ontrial.study.command_line import merge_study

BASE = """\
study: base
docket: claims.yaml
datasets: {pets: {csv: pets.csv, label: kind}}
defaults:
  dataset: [xor]
  hidden: [[4]]
  activation: [relu]
  initialisation: [own]
  objective: [softmax+cross_entropy]
  batch_size: [4]
  learning_rates: [0.5]
  budget: {epochs: 2}
experiments:
  first:
    purpose: Try it.
    seeds: {descriptive: {from: 1, to: 2}}
  second:
    purpose: Try it again.
    batch_size: [8]
    seeds: {descriptive: {from: 3, to: 4}}
"""
OWN = """\
study: own
extends: ../base.yaml
threshold: 0.5
defaults:
  activation: [tanh]
experiments:
  second: {budget: {updates: 3}}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The working folder, with a study and one in another folder that extends it."""
    monkeypatch.chdir(tmp_path)
    Path("base.yaml").write_text(BASE, encoding="utf-8")
    Path("own").mkdir()
    Path("own/own.yaml").write_text(OWN, encoding="utf-8")
    return tmp_path


def test_experiments_have_the_defaults_that_they_do_not_replace(folder):
    study = configuration.read_study("base.yaml")
    assert [study.experiments[name].grid["batch_size"] for name in ("first", "second")] == [(4,), (8,)]
    assert not {"defaults", "only"} & study.configuration.keys()


def test_a_study_replaces_settings_of_the_one_that_it_extends(folder):
    study, base = (configuration.read_study(name) for name in ("own/own.yaml", "base.yaml"))
    assert (study.name, study.threshold, str(study.docket)) == ("own", 0.5, "claims.yaml")
    assert study.configuration["datasets"] == base.configuration["datasets"]
    assert [*study.experiments] == ["first", "second"]
    assert study.experiments["first"].grid == base.experiments["first"].grid | {"activation": ("tanh",)}
    assert (study.experiments["second"].training.epochs, study.experiments["second"].training.updates) == (None, 3)
    assert merge_study(["own/own.yaml"], {"study": "renamed", "threshold": 0.5}).cells == study.cells


def test_a_study_has_only_the_experiments_that_it_chooses_in_their_order(folder):
    Path("own/own.yaml").write_text(OWN + "only: [second, first]\n", encoding="utf-8")
    assert [*configuration.read_study("own/own.yaml").experiments] == ["second", "first"]
    Path("own/own.yaml").write_text(OWN + "only: [second, third]\n", encoding="utf-8")
    message = message_of(configuration.read_study, "own/own.yaml")
    assert message == 'own/own.yaml:8: only[1]: unknown experiment "third". Known: first, second.'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[tanh]", "[tahn]", '5: defaults.activation[0]: unknown activation "tahn". Did you mean "tanh"?'),
        ("activation: [tanh]", "dephts: [2]", '5: defaults.dephts: unknown key "dephts".'),
        (
            "../base.yaml",
            "../bass.yaml",
            "2: extends: bass.yaml: there is no such file. YAML files in that folder: base",
        ),
        ("../base.yaml", "own.yaml", "2: extends: own/own.yaml extends itself, directly or through others."),
        ("../base.yaml", "3", "2: extends: 3 is not the path of a YAML file"),
        ("../base.yaml", "../../base.yaml", "is outside the project"),
        ("../base.yaml", r'"\0.yaml"', r"2: extends: own/\x00.yaml: no file can have this path."),
        ("../base.yaml", r'"\ud800.yaml"', r"2: extends: own/\ud800.yaml: no file can have this path."),
    ],
)
def test_a_mistake_has_the_place_where_it_was_made(folder, old, new, message):
    Path("own/own.yaml").write_text(OWN.replace(old, new), encoding="utf-8")
    found = message_of(configuration.read_study, "own/own.yaml")
    assert message in found
    assert "\n" not in found  # once, although two experiments have the defaults


def test_a_mistake_in_the_study_that_is_extended_has_its_place_there(folder):
    Path("base.yaml").write_text(BASE.replace("[8]", "[0]"), encoding="utf-8")
    message = message_of(configuration.read_study, "own/own.yaml")
    assert message == "base.yaml:19: experiments.second.batch_size[0]: 0 is not a whole number of at least 1, or full."
    Path("base.yaml").write_text(BASE.replace("  hidden: [[4]]\n", ""), encoding="utf-8")
    message = message_of(configuration.read_study, "own/own.yaml")
    assert message.startswith('base.yaml:13: experiments.first: the key "hidden" is missing')
    Path("base.yaml").write_text("- a\n", encoding="utf-8")
    assert "extends: base.yaml is not a study." in message_of(configuration.read_study, "own/own.yaml")


def test_what_a_study_extends_in_turn_is_in_the_project_of_the_study_itself(folder, monkeypatch):
    outside, allowed = folder / "outside", folder / "outside/config"
    allowed.mkdir(parents=True)
    (outside / "private.yaml").write_text(BASE, encoding="utf-8")
    (allowed / "base.yaml").write_text("study: between\nextends: ../private.yaml\n", encoding="utf-8")
    Path("own/own.yaml").write_text(OWN.replace("../base.yaml", "../outside/config/base.yaml"), encoding="utf-8")
    monkeypatch.chdir(folder / "own")
    monkeypatch.setenv("ONTRIAL_DATA", str(allowed))
    message = f"own.yaml:2: extends: {outside}/private.yaml is outside the project"
    assert message_of(configuration.read_study, "own.yaml").startswith(message)


def test_a_long_chain_of_studies_is_refused(folder):
    for number in range(40):
        text = f"study: s\nextends: {number + 1}.yaml\n" if number < 39 else BASE
        Path(f"{number}.yaml").write_text(text, encoding="utf-8")
    message = "0.yaml:2: extends: 11.yaml is the end of more than 10 studies that extend each other. Merge some."
    assert message_of(configuration.read_study, "0.yaml") == message
    assert configuration.read_study("29.yaml").runs == 4


def test_a_study_that_no_command_line_has_room_for_is_refused(folder):
    experiments = "".join(f"  e{i}: {{purpose: Try it.}}\n" for i in range(1500))
    text = BASE.replace("  budget", "  seeds: {descriptive: {from: 1, to: 1}}\n  budget").partition("  first")[0]
    Path("base.yaml").write_text(text + experiments, encoding="utf-8")
    message = message_of(configuration.read_study, "base.yaml")
    assert "bytes with what it extends and its defaults written out, more than the limit of 131,000." in message
