"""Dropout: a batch by hand, gradients against finite differences, and masks that follow the seed."""

import numpy as np
import pytest

from ontrial.nn import ACTIVATIONS, Architecture, Data, Network, Recipe, Samples, train
from ontrial.nn.dropout import Dropout
from ontrial.nn.randomness import stream

STEP = 1e-6
random = np.random.default_rng(0)


def network(layers, activation="tanh", runs=1, dtype=np.float64):
    """Return copies of one network with random weights."""
    shapes = Architecture(layers, activation, "softmax", "cross_entropy", "he").shapes
    numbers = np.random.default_rng(1)
    weights = [(numbers.normal(size=shape), numbers.normal(size=shape[1])) for shape in shapes]
    stacked = [(np.stack([W] * runs), np.stack([b] * runs)) for W, b in weights]
    return Network(Architecture(layers, activation, "softmax", "cross_entropy", "he"), stacked, dtype)


def test_a_batch_worked_example():
    # One sample x = 1, two hidden units with z = (1, 2) and ReLU, of which p = 0.75 drops the first and keeps the
    # second, four times as large: a = (0, 8). The output z = (8, 0) has p = (0.99966, 0.00034), and y = (0, 1).
    weights = [(np.array([[[1.0, 2.0]]]), np.zeros((1, 2))), (np.array([[[5.0, 0.0], [1.0, 0.0]]]), np.zeros((1, 2)))]
    net = Network(Architecture((1, 2, 2), "relu", "softmax", "cross_entropy", "he"), weights, np.float64)
    buffers = net.buffers(1, drops=True)
    buffers.inputs[...], buffers.target[...], buffers.masks[0][...] = 1, [0, 1], [0, 4]
    net.forward(buffers)
    assert buffers.x[1].tolist() == [[[0, 8, 1]]]
    p = 1 / (1 + np.exp(-8))
    assert buffers.prediction == pytest.approx(np.array([[[p, 1 - p]]]))
    net.backward(buffers)
    # δ = (p, −p) reaches the second unit alone: δ · W · mask · φ′ = (0, p · 1 · 4 · 1)
    assert net.layer_gradients[0][0] == pytest.approx(np.array([[[0, 4 * p]]]))
    assert net.layer_gradients[1][0] == pytest.approx(np.array([[[0, 0], [8 * p, -8 * p]]]))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_with_masks_match_finite_differences(activation):
    layers, batch = (3, 4, 5, 3), 6
    X, y = random.normal(size=(batch, 3)), np.eye(3)[random.integers(0, 3, batch)]
    masks = [2.0 * random.integers(0, 2, (batch, width)) for width in layers[1:-1]]

    def passed(net):
        buffers = net.buffers(batch, drops=True)
        buffers.inputs[...], buffers.target[...] = X, y
        for mask, given in zip(buffers.masks, masks, strict=True):
            mask[...] = given
        net.forward(buffers)
        return buffers

    net = network(layers, activation)
    net.backward(passed(net))
    size = net.parameters.size
    shifted = network(layers, activation, runs=2 * size)
    shifted.parameters[:size] += STEP * np.eye(size)
    shifted.parameters[size:] -= STEP * np.eye(size)
    buffers = passed(shifted)
    losses = shifted.objective.value(buffers.z[-1], buffers.prediction, buffers.target)
    assert net.gradients[0] == pytest.approx((losses[:size] - losses[size:]) / (2 * STEP), rel=1e-6, abs=1e-8)


def drawn(seeds, share=0.25, batch=8, draws=1, alike=False):
    """Return the masks of the hidden layers after some draws."""
    net = network((3, 40, 60, 3), runs=len(seeds), dtype=np.float32)
    buffers, dropout = net.buffers(batch, drops=True), Dropout(share, seeds)
    for _ in range(draws):
        dropout.draw(buffers.masks, np.tile(np.zeros(batch, int) if alike else np.arange(batch), (len(seeds), 1)))
    return buffers.masks


def test_masks_keep_their_share_at_its_inverse():
    for mask in drawn([1], share=0.25, batch=500):
        assert set(np.unique(mask)) == {0, np.float32(1 / 0.75)}
        assert (mask > 0).mean() == pytest.approx(0.75, abs=0.01)


def test_masks_are_those_of_the_seed_whatever_the_stack():
    stack = drawn([5, 7, 5], draws=3)
    alone = drawn([5], draws=3)
    for mask, own in zip(stack, alone, strict=True):
        assert np.array_equal(mask[0], own[0])
        assert np.array_equal(mask[2], own[0])
        assert not np.array_equal(mask[1], own[0])
    numbers = stream(5, "dropout").random((3, 8, 100), np.float32)[2]
    assert np.array_equal(alone[0][0] > 0, numbers[:, :40] >= 0.25)
    assert np.array_equal(alone[1][0] > 0, numbers[:, 40:] >= 0.25)


def test_a_single_sample_that_is_taken_twice_has_one_mask():
    for mask in drawn([1], batch=2, alike=True):
        assert np.array_equal(mask[:, 0], mask[:, 1])
    assert any(not np.array_equal(mask[:, 0], mask[:, 1]) for mask in drawn([1], batch=2))


SAMPLES = Samples(random.normal(size=(1, 9, 4)), np.eye(3)[random.integers(0, 3, (1, 9))])
DATA = Data(SAMPLES, SAMPLES, SAMPLES, seeds=(1,))


def test_whole_networks_are_measured_if_they_have_hidden_units():
    architecture = Architecture((4, 20, 3), "relu", "softmax", "cross_entropy", "he")
    without, dropped = (train(architecture, Recipe(9, updates=2, dropout=p), DATA, [0.1], [1]) for p in (0.0, 0.5))
    loss, dropped_loss = (history.measures["train_loss"][0] for history in (without, dropped))
    assert dropped_loss[0] == loss[0]
    assert dropped_loss[1] != loss[1]
    again = train(architecture, Recipe(9, updates=0), DATA, [0.1], [1], weights=dropped.weights)
    assert again.measures["train_loss"][0, 0] == pytest.approx(dropped_loss[-1], rel=1e-6)
    architecture = Architecture((4, 3), "relu", "softmax", "cross_entropy", "he")
    with pytest.raises(ValueError, match=r"dropout 0.5 with layers \(4, 3\): needs a hidden layer"):
        train(architecture, Recipe(9, updates=1, dropout=0.5), DATA, [0.1], [1])


@pytest.mark.parametrize("share", [1, -0.5, None])
def test_other_shares_are_refused(share):
    with pytest.raises(ValueError, match=f"dropout {share!r}: must be at least 0 and below 1"):
        Recipe(9, updates=1, dropout=share)
