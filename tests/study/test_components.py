"""A study's own parts of networks: what a file has, how its mistakes are reported, and that networks train with it."""

import inspect
import re
import textwrap

import numpy as np
import pytest
from support.messages import message_of
from support.project import ROOT

from ontrial import components as declarations
from ontrial.commands.check import check
from ontrial.errors import InputError
from ontrial.judge import checks
from ontrial.judge.docket import load_docket
from ontrial.nn import ACTIVATIONS, Architecture, Recipe, make_data, train
from ontrial.study import command_line, components, configuration
from ontrial.study.cell import Cell
from ontrial.study.study import load_study

CODE = '''"""Ours."""
import numpy as np

from ontrial.components import activation, initialisation, loss, optimiser, schedule


def slope(z, a):
    return step(z)


@activation(derivative=slope, initialisation="he")
def rectifier(z):
    """Our own ReLU. Its source.

    More about it.
    """
    return np.maximum(z, 0)


def step(z):
    return (z > 0).astype(z.dtype)
'''
OTHERS = '''

import math


def error(prediction, target):
    return prediction - target


@loss(gradient=error, of_numbers=True)
def quadratic(prediction, target):
    """Half the squared error."""
    return error(prediction, target) ** 2 / 2


@optimiser(decoupled=False)
def heavy_ball(theta, g, eta, mu, velocity):
    """Momentum. Polyak 1964."""
    velocity *= mu
    velocity += eta * g
    theta -= velocity


@initialisation
def for_rectifiers(n_in, n_out):
    """He's."""
    return math.sqrt(2 / n_in)


@schedule
def falling(share):
    """A line down to 0."""
    return np.float64(1 - share)
'''
STUDY = """
study: ours
docket: claims.yaml
components: ours.py
experiments:
  grid: {purpose: Compare our own activation., dataset: [xor], hidden: [[8]], activation: [rectifier, relu],
    initialisation: [own], objective: [softmax+cross_entropy], batch_size: [16], learning_rates: [0.125, 0.25],
    seeds: {confirmatory: {from: 1, to: 8}}, budget: {epochs: 3}}
"""
CLAIMS = """
claims:
- {id: better, statement: {en: Ours is better.}, experiment: grid, metric: test_accuracy,
  difference: {of: {activation: rectifier}, minus: {activation: relu}}, where: {policy: tuned},
  smallest_effect: 1 point}
"""


@pytest.fixture(autouse=True)
def _forget():
    yield
    components.forget()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a study that has a part of its own."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"ours.py": CODE, "study.yaml": STUDY, "claims.yaml": CLAIMS}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_part_is_a_value_like_any_other(folder):
    study = configuration.read_study("study.yaml")
    own, relu = study.cells.values()
    assert (own.activation, own.initialisation, own.path) == (
        "rectifier",
        "he",
        "grid/xor/hidden-8/rectifier/he/softmax/cross_entropy/batch-16",
    )
    assert own.components_file.components["rectifier"].function.description == "Our own ReLU. Its source"
    assert relu.components_file is None
    assert "rectifier" in study.own_names
    assert "rectifier" not in components.of_package(ACTIVATIONS)


def test_no_code_runs_before_a_network_and_no_study_knows_parts_of_another(folder):
    (folder / "ours.py").write_text(f"{CODE}\nraise RuntimeError('I ran')\n", encoding="utf-8")
    configuration.read_study("study.yaml")
    with pytest.raises(InputError, match=r"ours\.py:\d+: the file can't be run: RuntimeError: I ran"):
        ACTIVATIONS["rectifier"].function(np.zeros(1))
    configuration.read_study("study.yaml")
    text = STUDY.replace("components: ours.py\n", "")
    assert 'unknown activation "rectifier"' in message_of(configuration.parse, text, "study.yaml")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_copies_of_all_kinds_train_to_the_same_bytes(folder, dtype):
    (folder / "ours.py").write_text(CODE + OTHERS, encoding="utf-8")
    configuration.read_study("study.yaml")
    components.require_sound(components.read_components("ours.py"))
    random = np.random.default_rng(1)
    X, y = random.standard_normal((50, 2)), random.integers(2, size=50)
    data = make_data((X, y), (X, y), (X, y), seeds=(1, 2))

    def weights(activation, loss, initialisation, optimiser, schedule):
        architecture = Architecture((2, 8, 2), activation, "softmax", loss, initialisation)
        recipe = Recipe(batch_size=16, epochs=3, optimiser=optimiser, schedule=schedule, weight_decay=0.01)
        trained = train(architecture, recipe, data, (0.1, 0.5), (1, 2), dtype=dtype).weights
        return [array.tobytes() for layer in trained for array in layer]

    ours = weights("rectifier", "quadratic", "for_rectifiers", "heavy_ball", "falling")
    assert ours == weights("relu", "mse", "he", "momentum", "linear")


def test_parts_of_all_kinds_are_values_of_settings(folder):
    (folder / "ours.py").write_text(CODE + OTHERS, encoding="utf-8")
    text = (
        STUDY.replace("[rectifier, relu]", "[relu]")
        .replace("[own]", "[for_rectifiers_mean-8]")
        .replace("[softmax+cross_entropy]", "[softmax+quadratic, identity+quadratic]")
        .replace("batch_size", "optimiser: [heavy_ball], schedule: [falling], batch_size")
    )
    cell, _ = configuration.parse(text, "study.yaml").cells.values()
    assert (
        cell.path
        == "grid/xor/hidden-8/relu/for_rectifiers_mean-8/softmax/quadratic/heavy_ball/schedule-falling/batch-16"
    )
    assert cell.momentum == 0.9
    assert Cell.from_json(cell.to_json()) == cell
    components.forget()
    with pytest.raises(InputError, match='unknown optimiser "heavy_ball"'):
        configuration.parse(text.replace("components: ours.py\n", ""), "study.yaml")


def test_a_loss_of_probabilities_cannot_follow_the_identity(folder):
    code = CODE + OTHERS.replace("of_numbers=True", "of_numbers=False")
    (folder / "ours.py").write_text(code, encoding="utf-8")
    text = STUDY.replace("[softmax+cross_entropy]", "[identity+quadratic]")
    message = 'loss "quadratic" can\'t follow output "identity". Losses that can: mse, mae, huber.'
    assert message in message_of(configuration.parse, text, "study.yaml")


def test_a_cell_takes_its_parts_along(folder):
    cell, _ = configuration.read_study("study.yaml").cells.values()
    text = cell.to_json()
    components.forget()
    assert Cell.from_json(text) == cell
    assert ACTIVATIONS["rectifier"].function(np.array([-1.0, 2.0])).tolist() == [0, 2]
    (folder / "ours.py").write_text(CODE.replace("z > 0", "z >= 0"), encoding="utf-8")
    assert message_of(Cell.from_json, text).startswith("ours.py: it has changed since the study was read.")


def test_the_written_study_registers_its_parts_and_changes_are_noticed(folder):
    configuration.read_study("study.yaml")
    (folder / "ours.py").write_text(CODE.replace("z > 0", "z >= 0"), encoding="utf-8")
    assert "it has changed" in message_of(ACTIVATIONS["rectifier"].function, np.zeros(1))
    study = configuration.read_study("study.yaml")
    (folder / "study.json").write_text(study.to_json(), encoding="utf-8")
    components.forget()
    assert load_study("study.json").cells == study.cells
    assert "rectifier" in ACTIVATIONS


def test_the_test_of_a_claim_covers_the_code_of_its_networks(folder):
    claims = CLAIMS + textwrap.indent(CLAIMS.split("claims:\n")[1], "").replace("better,", "of-relu,").replace(
        "{of: {activation: rectifier}, minus: {activation: relu}}", "{of: {activation: relu}, minus: 10 points}"
    )

    def hashes() -> dict[str, str]:
        docket = checks.parse(claims, "claims.yaml", configuration.read_study("study.yaml"))
        (folder / "docket.json").write_text(docket.to_json(), encoding="utf-8")
        assert load_docket(folder / "docket.json").claims == docket.claims
        return {id: claim.test_hash for id, claim in docket.claims.items()}

    before = hashes()
    (folder / "ours.py").write_text(CODE.replace("z > 0", "z >= 0"), encoding="utf-8")
    after = hashes()
    assert {id for id in before if before[id] != after[id]} == {"better"}


@pytest.mark.parametrize(("old", "new", "message"), [
    ("rectifier(z):", "rectifier(z:", "ours.py:12: not Python: "),
    ("rectifier(z)", "rectifier(x)", "ours.py:12: rectifier: its parameters are (x). Write rectifier(z)."),
    ('    """Our own', '    _ = """Our own', "ours.py:12: rectifier: the docstring is missing."),
    ("rectifier(z)", "Rectifier(z)", "ours.py:12: Rectifier: a name has lower-case letters"),
    ("def rectifier(", "def gelu(", "ours.py:12: gelu: this name has another meaning. Choose a different one."),
    ("slope(z, a)", "slope(z)", "ours.py:12: rectifier: its derivative has the parameters (z). Write slope(z, a)."),
    ("slope(z, a)", "_(z, a)", "ours.py:12: rectifier: its derivative is missing. Name a function of this file: @"),
    (', initialisation="he"', "", "ours.py:12: rectifier: its initialisation is missing. Write @activation(deriv"),
    ("derivative=slope, ", "", "ours.py:12: rectifier: its derivative is missing. Name a function of this file: @"),
    ('="he"', '="he", gain=1', 'ours.py:12: rectifier: unknown argument "gain". Known: derivative, init'),
    ('="he"', "=other.name", "ours.py:12: rectifier: initialisation: unknown initialisation "),
    ("@activ", "@schedule\n@activ", "ours.py:13: rectifier: it is declared twice."),
    ("@activation", "@_unused", "ours.py: no function is declared as a part of networks. Import declarations from"),
    ('"""Ours."""', "# coding: utf-7", "ours.py:1: its encoding is utf-7. Write it in UTF-8."),
    (CODE, "x = 1\n", "ours.py: no function is declared as a part of networks. Import declarations from"),
])  # fmt: skip
def test_mistakes_in_the_text_are_reported_with_the_line_of_the_study(folder, old, new, message):
    (folder / "ours.py").write_text(CODE.replace(old, new), encoding="utf-8")
    text = message_of(configuration.read_study, "study.yaml")
    assert text.startswith("study.yaml:4: components: ours.py")
    assert message in text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("import numpy", "import nunpy", "ours.py:2: the file can't be run: ModuleNotFoundError: "),
        ("np.maximum(z, 0)", "np.maximum(z, y)", "ours.py:17: rectifier can't be checked: NameError: name 'y'"),
        ("z > 0", "z > 1", "ours.py:7: slope is 0 at z = "),
        ("return np.maximum(z, 0)", "return np.maximum(z, 0, out=z)", "ours.py:12: rectifier changes its argument z"),
    ],
)
def test_unsound_parts_are_refused_with_the_function_and_the_point(folder, old, new, message):
    (folder / "ours.py").write_text(CODE.replace(old, new), encoding="utf-8")
    assert message in message_of(check, "study.yaml", 1, trust_code=True)


def test_only_declared_functions_are_parts(folder):
    code = CODE.replace("@activation", "@components.activation")
    code += '\n\n@initialisation\ndef narrow(n_in, n_out):\n    """Ours."""\n    return 1 / n_in\n'
    (folder / "ours.py").write_text(code, encoding="utf-8")
    found = components.read_components("ours.py").components
    assert {name: part.kind for name, part in found.items()} == {"rectifier": "activation", "narrow": "initialisation"}
    assert found["rectifier"].attributes == {"initialisation": "he"}
    assert found["rectifier"].partner.name == "slope"


def test_each_kind_has_a_declaration_with_its_arguments():
    for kind, each in components.KINDS.items():
        parameters = inspect.signature(getattr(declarations, kind)).parameters.values()
        named = [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]
        assert named == [name for name in (each.partner, *each.attributes) if name]


def test_a_name_that_becomes_another_kind_of_part_is_no_longer_the_old_one(folder):
    components.define(components.read_components("ours.py"))
    code = '"""Ours."""\n\n\n@initialisation\ndef rectifier(n_in, n_out):\n    """Ours."""\n    return 1 / n_in\n'
    (folder / "theirs.py").write_text(code, encoding="utf-8")
    components.define(components.read_components("theirs.py"))
    assert "rectifier" not in ACTIVATIONS


def test_check_lists_parts_and_runs_them_on_request_only(folder, capsys):
    (folder / "ours.py").write_text(f"{CODE}\nprint('I run')\n", encoding="utf-8")
    check("study.yaml", cores=1)
    printed = capsys.readouterr().out
    assert "ours.py is code of the study (SHA-256 " in printed
    assert "  rectifier (activation): Our own ReLU. Its source\nTo run it and check them, add" in printed
    assert "I run" not in printed
    check("study.yaml", cores=1, trust_code=True)
    printed = capsys.readouterr().out
    assert "I run" in printed
    assert "They passed the checks." in printed


def test_the_recipe_works(folder):
    _, text = (
        (ROOT / "docs/extending.md").read_text(encoding="utf-8").split("## A part of networks of your own study\n")
    )
    code = textwrap.dedent(re.search(r"```python\n(.*?) *```", text, re.DOTALL)[1])
    (folder / "ours.py").write_text(code, encoding="utf-8")
    file = components.read_components("ours.py")
    assert [*file.components] == ["mish"]
    components.require_sound(file)


def test_a_study_with_parts_needs_the_switch_and_a_file_of_its_project(folder):
    study = configuration.read_study("study.yaml")
    for trust in (None, "no"):
        message = message_of(command_line.require_trust, study, trust)
        assert message.startswith("study.yaml: its components are Python code, ours.py, which can do anything")
    command_line.require_trust(study, "yes")
    outside = message_of(configuration.parse, STUDY.replace("ours.py", "/etc/hostname"), "study.yaml")
    assert "study.yaml:4: components: /etc/hostname is outside the project" in outside
