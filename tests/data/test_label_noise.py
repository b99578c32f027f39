"""Label noise: training labels that a class drawn uniformly replaces, and the probe that tells wrong ones apart."""

import math

import numpy as np
import pandas as pd
import pytest
from support.simulated import simulated

from ontrial import data, nn
from ontrial.data.splits import with_noise
from ontrial.judge import metrics
from ontrial.judge.results import Records
from ontrial.nn import Architecture, Data, Recipe, Samples

LABELS = np.array([0, 1, 1, 2, 2, 2])


def test_noisy_labels_by_hand_include_those_of_a_smaller_share():
    # The stream of seed 2 draws 0.03, 0.20, 0.15, 0.43, 0.36, 0.50 and the classes 0, 0, 2, 2, 2, 1.
    assert with_noise(LABELS, 3, seed=2, share=0.1).tolist() == [0, 1, 1, 2, 2, 2]  # a class may replace itself
    assert with_noise(LABELS, 3, seed=2, share=0.3).tolist() == [0, 0, 2, 2, 2, 2]
    assert with_noise(LABELS, 3, seed=2, share=1.0).tolist() == [0, 0, 2, 2, 2, 1]
    labels = data.load("digits").labels
    some, more = (with_noise(labels, 10, seed=5, share=share) for share in (0.2, 0.5))
    assert (more[some != labels] == some[some != labels]).all()
    assert np.mean(some != labels) == pytest.approx(0.2 * 9 / 10, abs=0.02)


@pytest.mark.parametrize(("name", "output"), [("digits", "softmax"), ("moons", "sigmoid"), ("titanic", "softmax")])
def test_only_training_labels_are_noisy(name, output):
    clean, noisy = (data.arrays(name, (1, 5), output, label_noise=share) for share in (0, 0.4))
    assert clean.mislabelled is None
    for part in ("validation", "test"):
        assert getattr(clean, part).y.tobytes() == getattr(noisy, part).y.tobytes()
    assert clean.train.X.tobytes() == noisy.train.X.tobytes()
    differs = (clean.train.y != noisy.train.y).any(axis=2)
    assert np.array_equal(differs, noisy.mislabelled)
    assert 0.1 < differs.mean() < 0.5
    assert noisy.train.y.dtype == clean.train.y.dtype
    alone = data.arrays(name, (5,), output, label_noise=0.4)
    assert alone.train.y[0].tobytes() == noisy.train.y[1].tobytes()


def test_a_sample_has_the_same_noise_in_every_subset():
    few, many = (data.split("digits", 5, samples).train for samples in (300, 1_150))
    noisy = {
        len(rows): data.arrays("digits", (5,), "softmax", training_samples=len(rows), label_noise=0.4).train.y[0]
        for rows in (few, many)
    }
    shared = np.intersect1d(few, many)
    assert np.array_equal(noisy[300][np.isin(few, shared)], noisy[1_150][np.isin(many, shared)])


def test_accuracies_on_right_and_wrong_labels_worked_example():
    # Predictions are classes 0, 1, 0, 1; labels are 0, 1, 1, 1, of which the last two are wrong.
    X = np.array([[[1.0, 0], [0, 1], [1, 0], [0, 1]]])
    y = np.eye(2)[[[0, 1, 1, 1]]]
    samples = Samples(X, y)
    wrong = np.array([[False, False, True, True]])
    architecture, weights = Architecture((2, 2), "relu", "identity", "mse", "he"), [(np.eye(2)[None], np.zeros((1, 2)))]
    recipe = Recipe(batch_size=2, epochs=0, probes=("labels",))

    def measured(mislabelled):
        arrays = Data(samples, samples, samples, (1,), mislabelled=mislabelled)
        history = nn.train(architecture, recipe, arrays, [1], [1], weights=weights)
        return [history.measures[f"train_accuracy{name}"][0, 0] for name in ("", "_clean", "_noisy")]

    assert measured(wrong) == [0.75, 1.0, 0.5]
    assert measured(None)[:2] == [0.75, 0.75]
    assert math.isnan(measured(None)[2])


STUDY = """
study: noise
experiments:
  noise: {purpose: Learn wrong labels., dataset: [titanic], hidden: [[8]], activation: [relu], initialisation: [own],
    objective: [softmax+cross_entropy], label_noise: [0, 0.4, 1], batch_size: [32], learning_rates: [0.125, 0.5],
    seeds: {confirmatory: {from: 1, to: 3}}, budget: {epochs: 2}, probes: [labels]}
"""


def test_guessing_knows_the_noise_of_training_labels_alone():
    assert metrics.guessed_shares("titanic").max() == pytest.approx(0.677, abs=0.005)
    assert metrics.guessed_shares("titanic", 1.0) == pytest.approx([0.5, 0.5])
    assert metrics.guessed_shares("titanic", 0.5).max() == pytest.approx(
        (0.5 + metrics.guessed_shares("titanic").max()) / 2
    )
    for cell, expected in zip(simulated(STUDY).cells.values(), (0.677, 0.606, 0.5), strict=True):
        records = Records.of(pd.DataFrame([cell.columns | {"seed": 1, "learning_rate": 0.125, "updates": 0}]))
        assert metrics.accuracy_of_guessing(records, "train") == pytest.approx(expected, abs=0.005)
        assert metrics.accuracy_of_guessing(records, "test") == pytest.approx(0.677, abs=0.005)
