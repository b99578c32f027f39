"""Compare the weights that the engine and the plain network of nn/reference.py arrive at.

What concerns samples (label noise, scaling) is compared in tests/data, and what concerns several networks in
test_ensembles.py.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from support.combinations import combinations

from ontrial.nn import ACTIVATIONS, LEGAL, OPTIMISERS, Architecture, Data, Recipe, Samples, reference, train

LAYERS, N, UPDATES = (4, 5, 6, 3), 3, 6
RATES = (0.1, 0.02)
PAIRS = [(output, loss) for output, losses in LEGAL.items() for loss in losses]
SETTINGS = (
    {},
    {"weight_decay": 0.1},
    {"weight_decay": 0.1, "clip_norm": 0.2},
    {"schedule": "linear", "warmup": 0.5},
    {"dropout": 0.4, "clip_norm": 1},  # unclipped, the identity diverges
    {"label_smoothing": 0.3},
)
random = np.random.default_rng(0)
SAMPLES = Samples(random.normal(size=(1, N, 4)), np.eye(3)[None, random.integers(0, 3, N)])
ORDER = np.tile(np.arange(N), (2, UPDATES, 1))
WEIGHTS = [
    (random.normal(size=(2, n_in, n_out)) / 2, random.normal(size=(2, n_out)))
    for n_in, n_out in Architecture(LAYERS, "relu", "identity", "mse", "he").shapes
]


@pytest.mark.parametrize(("activation", "pair", "optimiser"), combinations(ACTIVATIONS, PAIRS, OPTIMISERS))
def test_engine_matches_the_reference(activation, pair, optimiser):
    architecture = Architecture(LAYERS, activation, *pair, "he")
    for settings in SETTINGS if pair[0] == "softmax" else [each for each in SETTINGS if "label_smoothing" not in each]:
        recipe = Recipe(N, updates=UPDATES, optimiser=optimiser, momentum=0.8, **settings)
        data = Data(SAMPLES, SAMPLES, SAMPLES, seeds=(1,))
        history = train(architecture, recipe, data, RATES, (1, 1), weights=WEIGHTS, batch_order=ORDER, dtype=np.float64)
        assert not history.diverged.any()
        for run, eta in enumerate(RATES):
            layers = [(W[run].copy(), b[run].copy()) for W, b in WEIGHTS]
            reference.train(architecture, recipe, layers, [(SAMPLES.X[0], SAMPLES.y[0])] * UPDATES, eta, seed=1)
            for (W, b), (stacked_W, stacked_b) in zip(layers, history.weights, strict=True):
                np.testing.assert_allclose(stacked_W[run], W, rtol=1e-9, atol=1e-12)
                np.testing.assert_allclose(stacked_b[run], b, rtol=1e-9, atol=1e-12)


def test_an_unknown_optimiser_is_refused():
    recipe = SimpleNamespace(optimiser="lion", momentum=0.9)
    with pytest.raises(ValueError, match='unknown optimiser "lion"'):
        reference.update(recipe, np.ones(2), np.ones(2), np.zeros(2), np.zeros(2), t=1, eta=0.1, decay=0.0)
