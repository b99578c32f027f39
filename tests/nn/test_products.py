import numpy as np
import pytest

from ontrial.nn import Architecture, Network, Recipe, Samples, products, training
from ontrial.nn.samples import Pool

RUNS = 2


def normal(*shape):
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def run(calls):
    for call in calls:
        call()


@pytest.mark.parametrize(
    ("batch", "inputs", "outputs", "pieces"),
    [
        (16, 785, 64, 1),  # already small
        (32, 785, 64, 1),  # two pieces of 16
        (35, 785, 64, 2),  # two pieces of 16 and the remaining three rows
        (512, 785, 64, 1),  # would need too many pieces
    ],
)
def test_forward_in_pieces_equals_the_product(batch, inputs, outputs, pieces):
    x, W = normal(RUNS, batch, inputs), normal(RUNS, inputs, outputs)
    out = np.full((RUNS, batch, outputs), np.nan, np.float32)
    calls = products.forward(x, W, out)
    run(calls)
    assert len(calls) == pieces
    np.testing.assert_allclose(out, x.astype(float) @ W, atol=1e-3)


@pytest.mark.parametrize(("batch", "pieces"), [(16, 1), (32, 2), (128, 2), (512, 2), (2048, 1)])
def test_gradient_in_pieces_equals_the_product(batch, pieces):
    x, delta = normal(RUNS, batch, 785), normal(RUNS, batch, 64)
    out = np.full((RUNS, 785, 64), np.nan, np.float32)
    calls = products.gradient(x, delta, out)
    run(calls)
    assert len(calls) == pieces
    np.testing.assert_allclose(out, x.astype(float).mT @ delta, atol=1e-3)


@pytest.mark.parametrize("batch", [4, 32])  # in one piece, and in two
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_subtract_gradient_updates_only_the_weights_in_place(dtype, batch):
    parameters = normal(RUNS, 3 + 785 * 64).astype(dtype)
    W = parameters[:, 3:].reshape(RUNS, 785, 64)
    x, delta = normal(RUNS, batch, 785).astype(dtype), normal(RUNS, batch, 64).astype(dtype)
    before = parameters.copy()
    run(products.subtract_gradient(W, x, delta))
    np.testing.assert_array_equal(parameters[:, :3], before[:, :3])
    expected = before[:, 3:].reshape(W.shape) - x.astype(float).mT @ delta
    np.testing.assert_allclose(W, expected, atol=1e-4 if dtype == np.float32 else 1e-12)


@pytest.mark.parametrize("batch", [1, 4, 16, 32, 256])
def test_direct_update_equals_update_by_gradients(batch):
    architecture = Architecture((300, 100, 10), "tanh", "softmax", "cross_entropy", "glorot")
    weights = [(normal(RUNS, n, m) / n**0.5, normal(RUNS, m)) for n, m in architecture.shapes]
    direct = Network(architecture, weights, np.float64)
    separate = Network(architecture, weights, np.float64)
    data = Samples(normal(1, batch, 300), np.eye(10)[np.arange(batch) % 10][None])
    rates = np.array([0.5, 0.1])[:, None, None]
    rows = np.tile(np.arange(batch), (RUNS, 1))
    training.update(direct, Pool(data, np.zeros(RUNS, int), np.float64), rows, Recipe(batch, epochs=1), rates, None)
    buffers = separate.buffers(batch)
    Pool(data, np.zeros(RUNS, int), np.float64).load(buffers, rows)
    separate.forward(buffers)
    separate.backward(buffers)
    separate.parameters -= rates[:, 0] * separate.gradients
    np.testing.assert_allclose(direct.parameters, separate.parameters, atol=1e-12)
    assert np.abs(direct.parameters[:, 0] - weights[0][0][:, 0, 0]).min() > 0
