"""Extreme inputs and settings: records are finite or marked as diverged, and there are no warnings."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.combinations import combinations

from ontrial.nn import (
    ACTIVATIONS,
    LEGAL,
    OPTIMISERS,
    OUTPUTS,
    PROBES,
    Architecture,
    Data,
    Recipe,
    Samples,
    objective,
    train,
)

PAIRS = [(output, loss) for output, losses in LEGAL.items() for loss in losses]
every_activation = pytest.mark.parametrize("name", ACTIVATIONS)
every_pair = pytest.mark.parametrize(("output", "loss"), PAIRS)
RATES = [10.0**power for power in range(-8, 9, 2)]
UNGROUPED_PROBES = tuple(probe for probe in PROBES if probe != "groups")  # needs grouped data
SCORES = [f"{part}_{score}" for part in ("train", "validation", "test") for score in ("loss", "accuracy")]


def make_data(X, labels, classes: int, columns: int) -> Data:
    """Return data of one seed with the same samples in all three sets."""
    y = np.eye(classes)[labels] if columns == classes else np.asarray(labels, float)[:, None]
    samples = Samples(np.asarray(X, float)[None], y[None])
    return Data(samples, samples, samples, (1,))


def train_at_all_rates(data: Data, hidden=(5, 4), activation="relu", output="softmax", loss="cross_entropy", **recipe):
    """Train with each of RATES and all probes. A warning is an error."""
    layers = (data.train.X.shape[2], *hidden, data.train.y.shape[2])
    architecture = Architecture(layers, activation, output, loss, ACTIVATIONS[activation].initialisation)
    recipe = Recipe(**{"batch_size": 4, "epochs": 6, "probes": UNGROUPED_PROBES} | recipe)
    with warnings.catch_warnings(), np.errstate(all="warn"):
        warnings.simplefilter("error")
        return train(architecture, recipe, data, RATES, [1] * len(RATES))


def assert_finite_or_diverged(history) -> None:
    for name in SCORES:
        values = history.measures[name]
        assert (np.isfinite(values) | history.diverged).all(), name
    for name, values in history.measures.items():
        assert not np.isinf(values).any(), name
        assert np.isnan(values[history.diverged]).all(), name
    for layer in history.weights:
        for part in layer:
            finite = np.isfinite(part.reshape(len(part), -1)).all(axis=1)
            assert (finite | history.diverged[:, -1]).all()


def ordinary(samples=12, features=3, classes=3):
    random = np.random.default_rng(0)
    return random.normal(size=(samples, features)), random.integers(0, classes, samples)


@pytest.mark.parametrize(("activation", "pair"), combinations(ACTIVATIONS, PAIRS, strength=1))
def test_extreme_learning_rates_give_finite_or_diverged_records(activation, pair):
    output, loss = pair
    history = train_at_all_rates(make_data(*ordinary(), 3, 3), activation=activation, output=output, loss=loss)
    assert_finite_or_diverged(history)
    assert not history.diverged[0].any()
    assert np.isfinite(history.measures["train_loss"][0]).all()


@pytest.mark.parametrize(("name", "scale"), combinations(ACTIVATIONS, [1e-30, 1e10, 1e19, 1e30, 3e38], strength=1))
def test_inputs_of_any_magnitude_give_finite_or_diverged_records(name, scale):
    for output, loss in (("softmax", "cross_entropy"), ("sigmoid", "cross_entropy"), ("identity", "mse")):
        X, labels = ordinary()
        history = train_at_all_rates(
            make_data(np.clip(scale * X, -3e38, 3e38), labels, 3, 3), activation=name, output=output, loss=loss
        )
        assert_finite_or_diverged(history)


@every_activation
def test_thirty_layers_give_finite_or_diverged_records(name):
    assert_finite_or_diverged(
        train_at_all_rates(make_data(*ordinary(), 3, 3), hidden=(4,) * 30, activation=name, epochs=3)
    )


DEGENERATE = {
    "every feature is 0": (np.zeros((6, 3)), [0, 1, 2, 0, 1, 2]),
    "every feature is constant": (np.full((6, 3), 7.0), [0, 1, 2, 0, 1, 2]),
    "one sample of each class": (np.eye(3), [0, 1, 2]),
    "all samples of one class": (ordinary()[0], [1] * 12),
    "a single sample": ([[1.0, 2.0, 3.0]], [2]),
}


@pytest.mark.parametrize(("pair", "data", "batch_size"), combinations(PAIRS, DEGENERATE, [1, 100], strength=1))
def test_degenerate_data_give_finite_or_diverged_records(pair, data, batch_size):
    output, loss = pair
    samples = make_data(*DEGENERATE[data], 3, 3)
    history = train_at_all_rates(samples, output=output, loss=loss, batch_size=batch_size)
    assert_finite_or_diverged(history)
    assert not history.diverged[0].any()


@pytest.mark.parametrize("loss", LEGAL["sigmoid"])
def test_single_output_gives_finite_or_diverged_records(loss):
    X, labels = ordinary(classes=2)
    assert_finite_or_diverged(train_at_all_rates(make_data(X, labels, 2, 1), output="sigmoid", loss=loss, batch_size=1))


@pytest.mark.parametrize("settings", [{"momentum": 0.999}, {"weight_decay": 1e6}])
@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_extreme_momentum_and_decay_give_finite_or_diverged_records(optimiser, settings):
    assert_finite_or_diverged(train_at_all_rates(make_data(*ordinary(), 3, 3), optimiser=optimiser, **settings))


numbers = arrays(np.float64, st.integers(1, 8), elements=st.floats(-50, 50))


def value_and_derivative(name, z):
    a = ACTIVATIONS[name].function(z)
    return a, ACTIVATIONS[name].derivative(z.copy(), a)


@every_activation
@given(z=numbers)
def test_activation_in_float32_matches_float64(name, z):
    z32 = z.astype(np.float32)
    in_both = zip(value_and_derivative(name, z32), value_and_derivative(name, z32.astype(float)), strict=True)
    for single, double in in_both:
        assert single.dtype == np.float32
        assert single == pytest.approx(double, rel=2e-5, abs=1e-6)


@every_activation
def test_activation_propagates_nan(name):
    assert np.isnan(ACTIVATIONS[name].function(np.array([np.nan, 1.0]))).tolist() == [True, False]


@given(z=numbers)
def test_identities_between_activations(z):
    φ = {name: value_and_derivative(name, z) for name in ACTIVATIONS}
    assert φ["tanh"][0] == pytest.approx(2 * ACTIVATIONS["sigmoid"].function(2 * z) - 1, rel=1e-9, abs=1e-14)
    assert φ["silu"][0] == pytest.approx(z * φ["sigmoid"][0], rel=1e-12)
    assert φ["softplus"][1] == pytest.approx(φ["sigmoid"][0], rel=1e-12)
    assert (φ["relu"][0] == z * φ["relu"][1]).all()
    assert φ["leaky_relu"][0] == pytest.approx(z * φ["leaky_relu"][1], rel=1e-12)


blocks = arrays(np.float64, (2, 3, 4), elements=st.floats(-20, 20))


@pytest.mark.parametrize("name", OUTPUTS)
@given(z=blocks, order=st.permutations(range(4)))
def test_output_predicts_what_it_says_and_keeps_the_order_of_the_classes(name, z, order):
    prediction = OUTPUTS[name].function(z)
    if OUTPUTS[name].predicts != "numbers":
        assert ((prediction >= 0) & (prediction <= 1)).all()
    if OUTPUTS[name].predicts == "distribution":
        assert prediction.sum(axis=2) == pytest.approx(np.ones((2, 3)), rel=1e-12)
    assert OUTPUTS[name].function(z[:, :, order]) == pytest.approx(prediction[:, :, order], rel=1e-12)
    ranks = np.argsort(z, axis=2, kind="stable")
    assert (np.diff(np.take_along_axis(prediction, ranks, axis=2), axis=2) >= 0).all()


@pytest.mark.parametrize("name", OUTPUTS)
@given(z=blocks, g=blocks, h=blocks, share=st.floats(-3, 3))
def test_backward_pass_of_an_output_is_linear_and_symmetric(name, z, g, h, share):
    """A product with the Jacobian, which is symmetric for elementwise outputs and for softmax."""
    prediction = OUTPUTS[name].function(z)

    def backward(gradient):
        return OUTPUTS[name].backward(prediction, gradient.copy())

    assert backward(share * g + h) == pytest.approx(share * backward(g) + backward(h), rel=1e-9, abs=1e-9)
    assert (backward(g) * h).sum(axis=2) == pytest.approx((g * backward(h)).sum(axis=2), rel=1e-9, abs=1e-9)


def legal_predictions_and_targets(output, z, seed):
    """Return predictions and targets that a loss after this output can get."""
    y = np.random.default_rng(seed).random(z.shape)
    return OUTPUTS[output].function(z), y / y.sum(axis=2, keepdims=True)


@every_pair
@given(z=blocks, seed=st.integers(0, 99), order=st.permutations(range(3)))
def test_loss_is_the_mean_over_the_batch_in_any_order(output, loss, z, seed, order):
    pair = objective(output, loss)
    p, y = legal_predictions_and_targets(output, z, seed)
    whole = pair.value(z, p, y)
    single = [pair.value(*(part[:, i : i + 1] for part in (z, p, y))) for i in range(3)]
    assert whole == pytest.approx(np.mean(single, axis=0), rel=1e-9, abs=1e-12)
    assert whole == pytest.approx(pair.value(*(part[:, order] for part in (z, p, y))), rel=1e-9, abs=1e-12)
    gradient = pair.gradient(p, y)
    twice = pair.gradient(np.tile(p, (1, 2, 1)), np.tile(y, (1, 2, 1)))
    assert twice == pytest.approx(np.tile(gradient, (1, 2, 1)) / 2, rel=1e-9, abs=1e-12)


@every_pair
@given(z=blocks, seed=st.integers(0, 99))
def test_loss_is_the_sum_over_the_outputs(output, loss, z, seed):
    entry = objective(output, loss).loss
    p, y = legal_predictions_and_targets(output, z, seed)
    columns = [entry.value(p[:, :, k : k + 1], y[:, :, k : k + 1]) for k in range(4)]
    assert entry.value(p, y) == pytest.approx(np.sum(columns, axis=0), rel=1e-9, abs=1e-12)
