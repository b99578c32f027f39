"""Label smoothing: targets by hand, gradients against finite differences, and measures with the labels as they are."""

import numpy as np
import pytest

from ontrial.nn import Architecture, Data, Recipe, Samples, objective, train
from ontrial.nn.samples import Pool

SHARE = 0.3
random = np.random.default_rng(0)
SAMPLES = Samples(random.normal(size=(1, 6, 4)), np.eye(3)[random.integers(0, 3, (1, 6))])
DATA = Data(SAMPLES, SAMPLES, SAMPLES, seeds=(1,))
WEIGHTS = [(random.normal(size=(1, 4, 3)), random.normal(size=(1, 3)))]


def trained(loss="cross_entropy", **settings):
    """Train a network without hidden layers for one update on all samples."""
    architecture = Architecture((4, 3), "relu", "softmax", loss, "he")
    recipe = Recipe(6, updates=1, **settings)
    return train(architecture, recipe, DATA, [0.1], [1], weights=WEIGHTS, dtype=np.float64)


def test_smoothed_targets_worked_example():
    pool = Pool(Samples(np.zeros((1, 2, 1)), np.array([[[1, 0, 0], [0, 0, 1]]])), np.array([0]), np.float64)
    smoothed = pool.smoothed(0.3)  # (1 − 0.3) · 1 + 0.3 / 3, and 0.3 / 3
    assert smoothed.y == pytest.approx(np.array([[0.8, 0.1, 0.1], [0.1, 0.1, 0.8]]))
    assert smoothed.classes.tolist() == pool.classes.tolist() == [0, 2]
    assert pool.y.max() == 1


def smoothed_loss(loss, W, b):
    """Return the loss with targets smoothed by the formula, as a function of the weights of one layer."""
    z = SAMPLES.X @ W + b[:, None]
    targets = (1 - SHARE) * SAMPLES.y + SHARE / 3
    chosen = objective("softmax", loss)
    prediction = chosen.output.function(z.copy())
    return chosen.value(z, prediction, np.broadcast_to(targets, z.shape))


@pytest.mark.parametrize("loss", ["cross_entropy", "mse", "mae", "huber"])
def test_an_update_is_a_step_down_the_smoothed_loss(loss):
    (W, b), step = WEIGHTS[0], 1e-6
    shifts = step * np.eye(12).reshape(12, 4, 3)
    slopes = (smoothed_loss(loss, W + shifts, b) - smoothed_loss(loss, W - shifts, b)) / (2 * step)
    after, _ = trained(loss, label_smoothing=SHARE).weights[0]
    assert (W - after)[0].ravel() / 0.1 == pytest.approx(slopes, rel=1e-6, abs=1e-9)


def test_records_measure_the_labels_as_they_are():
    plain, smoothed = (trained(label_smoothing=share).measures for share in (0.0, SHARE))
    for name in ("train_loss", "validation_loss", "test_loss"):
        assert smoothed[name][0, 0] == plain[name][0, 0]  # before training
        assert smoothed[name][0, 1] != plain[name][0, 1]


@pytest.mark.parametrize(("output", "loss"), [("sigmoid", "cross_entropy"), ("identity", "mse")])
def test_other_outputs_are_refused(output, loss):
    architecture = Architecture((4, 3), "relu", output, loss, "he")
    with pytest.raises(ValueError, match=f'label_smoothing 0.1 with output "{output}": needs the output "softmax"'):
        train(architecture, Recipe(6, updates=1, label_smoothing=0.1), DATA, [0.1], [1])


@pytest.mark.parametrize("share", [1, -0.1, "some"])
def test_other_shares_are_refused(share):
    with pytest.raises(ValueError, match=f"label_smoothing {share!r}: must be at least 0 and below 1"):
        Recipe(6, updates=1, label_smoothing=share)
