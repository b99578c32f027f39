import numpy as np
import pytest

from ontrial.nn import Architecture, Network, Samples, Schedule, products, training
from ontrial.nn.samples import Pool

RUNS = 2


def random(*shape):
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def made(calls):
    for call in calls:
        call()


@pytest.mark.parametrize(
    ("batch", "inputs", "outputs", "pieces"),
    [
        (16, 785, 64, 1),  # small as it is
        (32, 785, 64, 1),  # two pieces of 16
        (35, 785, 64, 2),  # the same, and the three rows that remain
        (512, 785, 64, 1),  # too many pieces
    ],
)
def test_forward_by_pieces_is_the_product(batch, inputs, outputs, pieces):
    x, W = random(RUNS, batch, inputs), random(RUNS, inputs, outputs)
    out = np.full((RUNS, batch, outputs), np.nan, np.float32)
    calls = products.forward(x, W, out)
    made(calls)
    assert len(calls) == pieces
    np.testing.assert_allclose(out, x.astype(float) @ W, atol=1e-3)


@pytest.mark.parametrize(("batch", "pieces"), [(16, 1), (32, 2), (128, 2), (512, 2), (2048, 1)])
def test_gradient_by_pieces_is_the_product(batch, pieces):
    x, delta = random(RUNS, batch, 785), random(RUNS, batch, 64)
    out = np.full((RUNS, 785, 64), np.nan, np.float32)
    calls = products.gradient(x, delta, out)
    made(calls)
    assert len(calls) == pieces
    np.testing.assert_allclose(out, x.astype(float).mT @ delta, atol=1e-3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_descent_changes_the_weights_where_they_lie(dtype):
    parameters = random(RUNS, 3 + 785 * 64).astype(dtype)
    W = parameters[:, 3:].reshape(RUNS, 785, 64)
    x, delta, before = random(RUNS, 4, 785).astype(dtype), random(RUNS, 4, 64).astype(dtype), parameters.copy()
    made(products.descend(W, x, delta))
    np.testing.assert_array_equal(parameters[:, :3], before[:, :3])
    expected = before[:, 3:].reshape(W.shape) - x.astype(float).mT @ delta
    np.testing.assert_allclose(W, expected, atol=1e-4 if dtype == np.float32 else 1e-12)


@pytest.mark.parametrize("batch", [1, 4, 16, 32])
def test_an_update_at_once_is_an_update_by_gradients(batch):
    architecture = Architecture((300, 100, 10), "tanh", "softmax", "cross_entropy", "glorot")
    weights = [(random(RUNS, n, m) / n**0.5, random(RUNS, m)) for n, m in architecture.shapes]
    at_once, apart = (Network(architecture, weights, np.float64) for _ in range(2))
    data = Samples(random(1, batch, 300), np.eye(10)[np.arange(batch) % 10][None])
    rates = np.array([0.5, 0.1])[:, None, None]
    rows = np.tile(np.arange(batch), (RUNS, 1))
    training.update(at_once, Pool(data, np.zeros(RUNS, int), np.float64), rows, Schedule(batch, epochs=1), rates, None)
    buffers = apart.buffers(batch)
    Pool(data, np.zeros(RUNS, int), np.float64).load(buffers, rows)
    apart.forward(buffers)
    apart.backward(buffers)
    apart.parameters -= rates[:, 0] * apart.gradients
    np.testing.assert_allclose(at_once.parameters, apart.parameters, atol=1e-12)
    assert np.abs(at_once.parameters[:, 0] - weights[0][0][:, 0, 0]).min() > 0
