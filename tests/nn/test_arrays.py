"""Data from two-dimensional arrays, and predictions for them."""

import re

import numpy as np
import pytest

from ontrial.nn import Architecture, Data, History, Recipe, make_data, predict, train

RANDOM = np.random.default_rng(1)
X = RANDOM.normal(size=(30, 2))
LABELS = np.arange(30) % 3
NUMBERS = X[:, 0] - X[:, 1]
CLASSIFIER = Architecture((2, 4, 3), "tanh", "softmax", "cross_entropy", "glorot")
REGRESSOR = Architecture((2, 4, 1), "tanh", "identity", "mse", "glorot")


def trained(data: Data, architecture: Architecture = CLASSIFIER, **options) -> History:
    return train(architecture, Recipe(4, epochs=2), data, [0.1, 0.2, 0.1], [1, 1, 2], **options)


def test_every_seed_has_the_same_samples_and_one_column_per_class():
    data = make_data((X, LABELS), test=(X[:5], LABELS[:5]), seeds=[1, 2])
    assert data.seeds == (1, 2)
    assert (data.train.X.shape, data.train.y.shape) == ((2, 30, 2), (2, 30, 3))
    assert (data.train.y.argmax(axis=2) == LABELS).all()
    assert (X[:5] == data.test.X).all()
    assert data.validation.X.shape == (2, 0, 2)
    assert data.target_scale is None
    assert np.isnan(trained(data).measures["validation_loss"]).all()


def test_floats_are_numbers_to_predict():
    data = make_data((X, NUMBERS), validation=(X, NUMBERS), seeds=[1, 2])
    assert data.train.y.shape == (2, 30, 1)
    history = trained(data, REGRESSOR)
    error = np.sqrt(np.square(predict(REGRESSOR, history.weights, X)[:, :, 0] - NUMBERS).mean(axis=1))
    assert history.measures["validation_rmse"][:, -1] == pytest.approx(error, rel=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", [0, 1, 30, 150])
def test_predictions_have_the_accuracy_of_the_record(dtype, n):
    inputs, labels = np.resize(X, (n, 2)), np.resize(LABELS, n)
    data = make_data((X, LABELS), test=(inputs, labels) if n else None, seeds=[1, 2])
    history = trained(data, dtype=dtype)
    probabilities = predict(CLASSIFIER, history.weights, inputs, dtype)
    assert probabilities.shape == (3, n, 3)
    assert probabilities.dtype == dtype
    if n:
        accuracy = (probabilities.argmax(axis=2) == labels).mean(axis=1)
        assert history.measures["test_accuracy"][:, -1] == pytest.approx(accuracy, rel=1e-6)


PAIR = (X, LABELS)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ({"train": X}, "train data of type ndarray: must be a pair (X, y)."),
        ({"train": (X.tolist(), LABELS)}, "train data with X of type list: must be a NumPy array."),
        ({"train": (X, 3)}, "train data with y of type int: must be a NumPy array."),
        ({"train": (X, LABELS[:9])}, "train data with shapes X (30, 2), y (9,): must be X (n, n_in), y (n,), for 1 or"),
        ({"train": (X[0], LABELS[:2])}, "train data with shapes X (2,), y (2,): must be X (n, n_in)"),
        ({"train": (X[:0], LABELS[:0])}, "train data with shapes X (0, 2), y (0,): must be X (n, n_in)"),
        ({"train": (X, LABELS.astype(str))}, "train data with y of dtype <U21: must be of real numbers."),
        ({"train": (X + 1j, LABELS)}, "train data with X of dtype complex128: must be of real numbers."),
        ({"train": (X.astype(object), LABELS)}, "train data with X of dtype object: must be of real numbers."),
        ({"train": (X, LABELS - 1)}, "train data with classes from -1 to 1: must be from 0 to 1, the largest class"),
        ({"test": (X, LABELS + 1)}, "test data with classes from 1 to 3: must be from 0 to 2, the largest class of"),
        ({"test": (X, NUMBERS)}, "test data with 2 inputs and y of dtype float64: must be 2 inputs and whole numbers"),
        ({"validation": (X[:, :1], LABELS)}, "validation data with 1 inputs and y of dtype int64: must be 2 inputs"),
        ({"test": (np.where(X > 0, np.nan, X), LABELS)}, "test data with X with the value nan: must be finite in"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(pairs, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make_data(**{"train": PAIR} | pairs)


WEIGHTS = trained(make_data(PAIR, seeds=[1, 2])).weights


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": X.tolist()}, "X of type list: must be a NumPy array."),
        ({"X": X[0]}, "X with shape (2,): must be (n, 2)."),
        ({"X": X * np.inf}, "X with the value -inf: must be finite in float32."),
        ({"weights": WEIGHTS[:1]}, "weights with shapes [((3, 2, 4), (3, 4))]: must be [((3, 2, 4), (3, 4)), ((3, 4,"),
        ({"weights": []}, "weights with shapes []: must be"),
        ({"weights": 3}, "weights of type int: must be a list of a (W, b) per layer."),
        ({"architecture": "relu"}, "architecture of type str: must be of type Architecture."),
        ({"dtype": "real"}, "dtype 'real': must be float32 or float64."),
    ],
)
def test_predictions_need_weights_and_inputs_that_fit(change, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        predict(**{"architecture": CLASSIFIER, "weights": WEIGHTS, "X": X} | change)
