"""Gradients of every activation, output and loss against finite differences. New registry entries are included."""

import numpy as np
import pytest
from support.combinations import combinations

from ontrial.nn import ACTIVATIONS, LEGAL, Architecture, Network

STEP = 1e-6
PAIRS = [(output, loss) for output, losses in LEGAL.items() for loss in losses]


def identical_networks(architecture: Architecture, runs: int) -> Network:
    """Return `runs` copies of one network with random weights and biases in float64."""
    random = np.random.default_rng(1)
    weights = [
        (
            np.repeat(random.normal(size=(1, n_in, n_out)), runs, axis=0),
            np.repeat(random.normal(size=(1, n_out)), runs, 0),
        )
        for n_in, n_out in architecture.shapes
    ]
    return Network(architecture, weights, np.float64)


def loss_and_buffers(network: Network, batch: int = 5):
    random = np.random.default_rng(2)
    buffers = network.buffers(batch)
    buffers.inputs[...] = random.normal(size=(batch, network.architecture.layers[0]))
    y = random.random((batch, network.architecture.layers[-1]))
    buffers.target[...] = y / y.sum(axis=1, keepdims=True)
    network.forward(buffers)
    return network.objective.value(buffers.z[-1], buffers.prediction, buffers.target), buffers


HIDDEN = [(), (4,), (4, 3, 4)]


@pytest.mark.parametrize(("activation", "pair", "hidden"), combinations(ACTIVATIONS, PAIRS, HIDDEN, strength=1))
def test_gradients_match_finite_differences(activation, pair, hidden):
    architecture = Architecture((3, *hidden, 3), activation, *pair, "he")
    network = identical_networks(architecture, runs=1)
    _, buffers = loss_and_buffers(network)
    network.backward(buffers)

    size = network.parameters.size
    shifted = identical_networks(
        architecture, runs=2 * size
    )  # each parameter is increased in one run and decreased in another
    shifted.parameters[:size] += STEP * np.eye(size)
    shifted.parameters[size:] -= STEP * np.eye(size)
    losses, _ = loss_and_buffers(shifted)
    expected = (losses[:size] - losses[size:]) / (2 * STEP)
    assert network.gradients[0] == pytest.approx(expected, rel=1e-6, abs=1e-8)
