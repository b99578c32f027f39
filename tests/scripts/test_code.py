"""The NumPy code that the playground saves: it runs, and computes what the engine of the page computes."""

import itertools
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from support.scripts import run

from ontrial import data
from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.objectives import LEGAL

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js: install nodejs")


def task(dataset: str, hidden: tuple[int, ...], activations: list[str], output: str) -> dict:
    """Return the task to train networks shortly and to write their code."""
    sizes = data.sizes(dataset)
    cell = {
        **{"dataset": dataset, "samples": sizes.train, "output": output, "loss": "mse", "initialisation": "glorot"},
        **{"layers": [sizes.features, *hidden, data.target_columns(dataset, output)]},
        **{"optimiser": "sgd", "momentum": 0, "weightDecay": 0, "batchSize": 16},
        **{"records": [0, 20], "trainRecords": [0, 1], "probes": [], "keepsWeights": True},
    }
    choice = {"seed": ["3"], "activation": activations}
    return {"task": "code", "cells": [cell | {"activation": name} for name in activations], "choice": choice}


PAIRS = [list(pair) for pair in itertools.zip_longest(*[iter(ACTIVATIONS)] * 2, fillvalue="relu")]
TASKS = [task("moons", (5, 4), pair, output) for pair, output in zip(PAIRS, itertools.cycle(LEGAL), strict=False)]
TASKS += [task("digits", (6,), ["tanh"], "softmax"), task("xor", (), ["relu", "relu"], "sigmoid")]


@pytest.fixture(scope="module")
def answers() -> list[dict]:
    return run(TASKS)


def test_every_activation_and_output_has_code():
    assert {name for each in TASKS for name in each["choice"]["activation"]} == set(ACTIVATIONS)
    assert {cell["output"] for each in TASKS for cell in each["cells"]} == set(LEGAL)


@pytest.mark.parametrize("index", range(len(TASKS)))
def test_the_code_computes_the_outputs_of_the_page(answers, index, capsys):
    answer = answers[index]
    names: dict = {}
    exec(answer["code"], names)
    assert list(names["networks"]) == ["A", "B"][: len(answer["outputs"])]
    for network, outputs in zip(names["networks"].values(), answer["outputs"], strict=True):
        computed = names["predict"](network, names["samples"])
        np.testing.assert_allclose(computed.ravel(), outputs, rtol=1e-5, atol=1e-6)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == f"classes of these test samples: {answer['values']['classes']}"
    assert printed[1::2] == list(names["networks"])


def test_the_code_needs_numpy_alone(answers, tmp_path):
    (tmp_path / "playground.py").write_text(answers[-1]["code"], encoding="utf-8")
    subprocess.run([sys.executable, "-W", "error", "playground.py"], cwd=tmp_path, check=True, capture_output=True)
    lines = answers[-1]["code"].splitlines()
    assert len(lines) < 50
    assert max(map(len, lines)) < 120


def test_the_samples_are_test_samples_and_their_scale_is_that_of_the_training_set(answers):
    values = answers[-2]["values"]
    dataset = data.load("digits")
    split = data.split("digits", 3)
    np.testing.assert_array_equal(values["samples"], dataset.X[split.test[:5]])
    np.testing.assert_array_equal(values["classes"], dataset.labels[split.test[:5]])
    X = data.arrays("digits", [3], "softmax").test.X[0][:5]
    scaled = (np.array(values["samples"]) - values["mean"]) * values["factor"]
    np.testing.assert_array_equal(scaled.astype(np.float32), X[:, : scaled.shape[1]].astype(np.float32))


def test_the_weights_in_json_are_those_of_the_code(answers):
    for answer in answers:
        names: dict = {}
        exec(answer["code"].partition("print(")[0], names)
        for (_, _, layers), network in zip(names["networks"].values(), answer["values"]["networks"], strict=True):
            assert json.loads(json.dumps(network["layers"])) == [
                {"weights": W.tolist(), "biases": b.tolist()} for W, b in layers
            ]
