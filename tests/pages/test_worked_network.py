"""The network that the chapter on neurons computes by hand, and the arithmetic that pages write out."""

import re

import numpy as np
import pytest
from support.messages import message_of
from support.pages import DOCS, page_of

from ontrial.nn import Data, Samples, train
from ontrial.nn.network import Network
from ontrial.report.site import parity
from ontrial_book.chapters import worked_network
from ontrial_book.chapters.pages import worked
from ontrial_book.chapters.worked_network import ARCHITECTURE, ETA, RECIPE, WEIGHTS, X, y


@pytest.fixture(scope="module")
def found():
    return worked_network.compute()


@pytest.fixture(scope="module")
def network():
    weights = [(W[None], np.zeros((1, W.shape[1]))) for W in WEIGHTS]
    network = Network(ARCHITECTURE, weights, np.float64)
    buffers = network.buffers(1)
    buffers.inputs[...], buffers.target[...] = X, y
    network.forward(buffers)
    return network, buffers


def test_values_are_those_of_the_engine(network, found):
    _, buffers = network
    for name, array in (("Z_1", buffers.z[0]), ("A_1", buffers.a[0]), ("Z_2", buffers.z[1]), ("p", buffers.prediction)):
        np.testing.assert_array_equal(array[0], found[name])


def test_errors_and_gradients_are_those_of_the_engine(network, found):
    stack, buffers = network
    stack.forward(buffers)
    for layer, delta in stack.deltas(buffers):
        np.testing.assert_allclose(delta[0], found[f"delta_{layer + 1}"], atol=1e-12)
    stack.forward(buffers)
    stack.backward(buffers)
    for layer, (dW, db) in enumerate(stack.layer_gradients, start=1):
        np.testing.assert_allclose(dW[0], found[f"dW_{layer}"], atol=1e-12)
        np.testing.assert_allclose(db[0, 0], found[f"db_{layer}"], atol=1e-12)


def test_losses_and_the_update_are_those_of_the_engine_and_exact_until_then(found):
    samples = Samples(X[None], y[None])
    weights = [(W[None], np.zeros((1, W.shape[1]))) for W in WEIGHTS]
    data = Data(samples, samples, samples, seeds=(1,))
    history = train(ARCHITECTURE, RECIPE, data, [ETA], (1,), weights=weights, dtype=np.float64)
    np.testing.assert_allclose(history.measures["train_loss"][0], [found["L"][0, 0], found["new L"][0, 0]])
    for layer, (W, b) in enumerate(history.weights, start=1):
        np.testing.assert_allclose(W[0], found[f"new W_{layer}"])
        np.testing.assert_allclose(b[0], found[f"new b_{layer}"])
    rounded = [name for name, array in found.items() if not np.allclose(array, array.round(3), atol=1e-12)]
    assert rounded == ["L", "new p", "new L"]


def test_arrays_are_written_as_numbers_rows_and_matrices(results):
    page = page_of(results)
    assert [worked(page, name) for name in ("L", "delta_1")] == ["0.693", "(-1, 0.5, 0)"]
    assert worked(page, "dW_1") == r"\begin{pmatrix} -1 & 0.5 & 0 \\ -2 & 1 & 0 \end{pmatrix}"
    assert message_of(worked, page, "dW_3").startswith('unknown array "dW_3". Did you mean "dW_')


SUM = re.compile(r"[-\d.+*/()]+")
SIGNS = {r"\times": "*", r"\cdot": "*", r"\,": "", "{,}": "", "^": "**"}


def equations() -> list[str]:
    """Return the equations between numbers in the formulas of all pages, such as "2.4+1=3.4"."""
    found = []
    for path in sorted((DOCS / "en").glob("*.md")):  # other languages have the same formulas
        for formula in parity.formulas(path.read_text(encoding="utf-8")):
            for sign, operator in SIGNS.items():
                formula = formula.replace(sign, operator)
            sides = [side for side in formula.strip("$").split("=") if SUM.fullmatch(side)]
            if len(sides) > 1:
                found.append(re.sub(r"(?<=[\d)])\(", "*(", "=".join(sides)))  # 2(1 + 3) is a product
    return list(dict.fromkeys(found))


def test_arithmetic_on_pages_is_right():
    assert {"1*(-1)+2*1=1", "2*(-1)=-2"} < set(equations())
    for equation in equations():
        first, *others = equation.split("=")
        for other in others:
            places = len(other.partition(".")[2]) if other.removeprefix("-").replace(".", "").isdigit() else 6
            assert eval(first) == pytest.approx(eval(other), abs=0.51 * 10**-places), equation
