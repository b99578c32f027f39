import csv
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from support.combinations import combinations

from ontrial import data
from ontrial.nn import ACTIVATIONS, LEGAL, Architecture, Network, Recipe, Samples, make_data, train
from ontrial.nn.curvature import CONSTANT, GaussNewton, Point, noise_scale, predict_limit

STEP = 1e-6
PAIRS = [(output, loss) for output, losses in LEGAL.items() for loss in losses]


def networks(architecture, runs=1):
    """Return different networks with random weights and biases in float64."""
    random = np.random.default_rng(1)
    weights = [(random.normal(size=(runs, n, m)), random.normal(size=(runs, m))) for n, m in architecture.shapes]
    return Network(architecture, weights, np.float64)


def random_samples(architecture, runs=1, size=5):
    random = np.random.default_rng(2)
    y = random.random((runs, size, architecture.layers[-1]))
    return Samples(random.normal(size=(runs, size, architecture.layers[0])), y / y.sum(axis=2, keepdims=True))


def outputs(network, samples):
    """Return z and the prediction, (n, K), of the only network."""
    buffers = network.buffers(samples.X.shape[1])
    buffers.inputs[...], buffers.target[...] = samples
    network.forward(buffers)
    return buffers.z[-1][0].copy(), buffers.prediction[0].copy()


def dense_gauss_newton(network, samples):
    """Return the matrix (P, P) of the only network from finite differences of its outputs and of the loss."""
    objective, (theta,) = network.objective, network.parameters
    which = 0 if objective.fused else 1  # of z and the prediction
    J = np.empty((*outputs(network, samples)[which].shape, len(theta)))
    for i in range(len(theta)):
        theta[i] += STEP
        above = outputs(network, samples)[which]
        theta[i] -= 2 * STEP
        J[:, :, i] = (above - outputs(network, samples)[which]) / (2 * STEP)
        theta[i] += STEP

    def gradient(values):
        if objective.fused:
            return objective.gradient(objective.output.function(values[None]), samples.y)[0]
        return objective.loss.gradient(values[None], samples.y)[0]

    values = outputs(network, samples)[which]
    shifts = STEP * np.eye(values.shape[1])
    H = np.stack([(gradient(values + shift) - gradient(values - shift)) / (2 * STEP) for shift in shifts], axis=2)
    return np.einsum("nkp,nkl,nlq->pq", J, H, J)  # gradients are those of the mean: H includes 1/n


def unit_vectors(network):
    """Yield each unit vector of the parameters of one network as a list of matrices."""
    shapes = [(n_in + 1, n_out) for n_in, n_out in network.architecture.shapes]
    edges = np.cumsum([0, *(n * m for n, m in shapes)])
    for row in np.eye(edges[-1]):
        yield [row[start:end].reshape(1, *shape) for (start, end), shape in zip(pairwise(edges), shapes, strict=True)]


HIDDEN = [(), (4,), (4, 3, 4)]


@pytest.mark.parametrize(("activation", "pair", "hidden"), combinations(ACTIVATIONS, PAIRS, HIDDEN, strength=1))
def test_gauss_newton_matrix_is_that_of_finite_differences(activation, pair, hidden):
    architecture = Architecture((3, *hidden, 3), activation, *pair, "he")
    network, samples = networks(architecture), random_samples(architecture)
    expected = dense_gauss_newton(network, samples)
    matrix = GaussNewton.at(network, samples)
    columns = [np.concatenate([m.ravel() for m in matrix.multiply(v)]) for v in unit_vectors(network)]
    scale = np.abs(expected).max()
    assert np.stack(columns, axis=1) == pytest.approx(expected, rel=1e-5, abs=1e-6 * max(scale, 1))
    assert matrix.top()[0] == pytest.approx(np.linalg.eigvalsh(expected).max(), rel=1e-2, abs=1e-9)


def test_gauss_newton_matrix_of_least_squares_is_the_hessian():
    architecture = Architecture((3, 2), "identity", "identity", "mse", "he")
    samples = random_samples(architecture)
    X = np.concatenate([samples.X[0], np.ones((5, 1))], axis=1)
    eigenvalue = GaussNewton.at(networks(architecture), samples).top()[0][0]
    assert eigenvalue == pytest.approx(np.linalg.eigvalsh(X.T @ X / 5).max(), rel=1e-2)


def test_each_run_has_the_numbers_that_it_has_alone():
    architecture = Architecture((3, 4, 3), "tanh", "softmax", "cross_entropy", "he")
    stack, samples = networks(architecture, runs=3), random_samples(architecture, runs=3)
    eigenvalues, noise = GaussNewton.at(stack, samples).top()[0], noise_scale(stack, samples)
    assert len(set(eigenvalues)) == len(set(noise)) == 3
    for run in range(3):
        alone = Network(architecture, [(W[[run]], b[[run]]) for W, b in stack.weights()], np.float64)
        part = Samples(samples.X[[run]], samples.y[[run]])
        assert GaussNewton.at(alone, part).top()[0] == pytest.approx(eigenvalues[run], rel=1e-2)
        assert noise_scale(alone, part) == pytest.approx(noise[run])


@pytest.mark.parametrize("pair", PAIRS)
def test_noise_scale_is_that_of_the_gradients_of_single_samples(pair):
    architecture = Architecture((3, 4, 4, 3), "relu", *pair, "he")
    network, samples = networks(architecture), random_samples(architecture)
    gradients = []
    for i in range(5):
        outputs(network, Samples(samples.X[:, [i]], samples.y[:, [i]]))
        network.backward(network.buffers(1))
        gradients.append(network.gradients[0].copy())
    total_variance, mean = np.var(gradients, axis=0).sum(), np.mean(gradients, axis=0)
    assert noise_scale(network, samples) == pytest.approx(total_variance / (mean @ mean))


def test_gradient_descent_on_a_quadratic_diverges_above_the_limit_and_not_below():
    architecture = Architecture((3, 1), "identity", "identity", "mse", "he")
    X, y, weights = np.random.default_rng(3).normal(size=(8, 3)), np.zeros(8), [(np.ones((2, 3, 1)), np.ones((2, 1)))]
    network = Network(architecture, weights, np.float64)
    limit = Point.at(network, Samples(np.stack([X, X]), np.zeros((2, 8, 1)))).limit(8, noise=0)[0]  # 2/λ
    recipe = Recipe(8, updates=4_000, record=1)
    data = make_data((X, y), seeds=(1,))
    history = train(architecture, recipe, data, [0.99 * limit, 1.01 * limit], [1, 1], weights=weights, dtype=np.float64)
    below, above = history.measures["train_loss"][:, -1]
    assert below < 1e-6
    assert np.isnan(above) or above > 1e6


@pytest.mark.parametrize("pair", PAIRS)
def test_noise_of_curvature_is_that_of_the_products_of_single_samples(pair):
    architecture = Architecture((3, 4, 4, 3), "tanh", *pair, "he")
    network, samples = networks(architecture), random_samples(architecture)
    matrix = GaussNewton.at(network, samples)
    eigenvalue, v, _ = matrix.top()
    squares = []
    for i in range(5):
        product = GaussNewton.at(network, Samples(samples.X[:, [i]], samples.y[:, [i]])).multiply(v)
        squares.append(sum((part**2).sum() for part in product))
    if eigenvalue > 0:  # the mean absolute error has no curvature
        assert matrix.noise_along(v, eigenvalue) == pytest.approx(np.mean(squares) / eigenvalue**2 - 1)


def published_limit(**arm):
    """Return the median limit that was measured in an arm of the published study, and its first three seeds."""
    path = Path(__file__).parents[2] / "results/reference/one-curve/tables/two_numbers.csv"
    with path.open() as file:
        rows = [row for row in csv.DictReader(file) if all(row[name] == value for name, value in arm.items())]
    limits = [float(row["rate_limit"]) for row in rows if row["rate_limit"]]
    return np.median(limits) if limits else None, [int(row["seed"]) for row in rows][:3]


@pytest.mark.parametrize(
    ("experiment", "dataset", "activation", "layers", "factor"),
    [
        ("updates", "pendigits", "relu", (32, 32), 1.15),
        ("updates", "letter", "relu", (32, 32), 1.45),
        ("one-layer", "digits", "relu", (32,), 1.4),
        ("five-layers", "digits", "tanh", (32,) * 5, 1.15),
    ],
)
def test_limits_of_the_published_study_are_predicted(experiment, dataset, activation, layers, factor):
    arm = {"experiment": experiment, "dataset": dataset, "activation": activation}
    _, seeds = published_limit(**arm, batch_size="16")
    sizes = data.sizes(dataset)
    own = {"relu": "he", "tanh": "glorot"}[activation]
    architecture = Architecture((sizes.features, *layers, sizes.classes), activation, "softmax", "cross_entropy", own)
    prediction = predict_limit(architecture, data.arrays(dataset, seeds, "softmax", training_samples=1024), seeds)
    assert not prediction.on_plateau.any()
    for batch_size in (16, 64, 256):
        measured, _ = published_limit(**arm, batch_size=str(batch_size))
        if measured:
            predicted = np.median(prediction.limit(batch_size))
            assert abs(np.log2(measured / predicted)) < np.log2(factor)


def separable(architecture, seeds=(1,)):
    points = np.random.default_rng(1).normal(size=(200, 2))
    return make_data(
        (points, (points.sum(axis=1) > 0).astype(int)), (points[:50], (points[:50].sum(axis=1) > 0)), seeds=seeds
    )


def test_momentum_lowers_the_predicted_limit_by_its_lag():
    architecture = Architecture((2, 16, 2), "tanh", "softmax", "cross_entropy", "glorot")
    prediction = predict_limit(architecture, separable(architecture), [1], goal=0.97)
    alone, late = prediction.limit(16), prediction.limit(16, momentum=0.9)
    assert alone == pytest.approx(CONSTANT * 2 / prediction.ahead.curvature / (1 + prediction.ahead.noise_scale / 16))
    assert 1 / late == pytest.approx(1 / alone + 9 / prediction.distance)
    assert prediction.updates(16) == pytest.approx(2 * prediction.distance / alone)
    with pytest.raises(ValueError, match="Give a goal"):
        predict_limit(architecture, separable(architecture), [1]).limit(16, momentum=0.9)
    arrived = predict_limit(architecture, separable(architecture), [1], goal=0.0)
    assert (arrived.distance.item(), arrived.updates(16).item()) == (0, 0)
    assert np.isnan(arrived.limit(16, momentum=0.9)).all()


def test_what_has_no_limit_or_no_distance_is_refused():
    architecture, points = Architecture((2, 2), "identity", "softmax", "cross_entropy", "glorot"), np.eye(2)
    arrays = make_data((points, np.arange(2)))
    with pytest.raises(ValueError, match="there are none"):
        predict_limit(architecture, arrays, [1], goal=0.5)
    with pytest.raises(ValueError, match="goal 85: must be an accuracy from 0 to 1"):
        predict_limit(architecture, arrays, [1], goal=85)
    numbers = Architecture((2, 1), "identity", "identity", "mse", "glorot")
    with pytest.raises(ValueError, match="of networks that learn classes"):
        predict_limit(numbers, make_data((points, points[:, 0]), (points, points[:, 0])), [1], goal=0.5)
    with pytest.raises(ValueError, match='loss "mae": its second derivative is 0'):
        predict_limit(replace(architecture, loss="mae"), arrays, [1])
    prediction = predict_limit(architecture, arrays, [1])
    for batch_size, momentum in ((0, 0.0), (16, 1.0), (16, -0.1)):
        with pytest.raises(ValueError, match=f"batch_size {batch_size}, momentum {momentum}: must be"):
            prediction.limit(batch_size, momentum)


def test_linearised_distance_of_a_linear_network_is_that_of_training():
    architecture = Architecture((2, 2), "identity", "softmax", "cross_entropy", "glorot")
    arrays = separable(architecture, seeds=(1, 2))
    prediction = predict_limit(architecture, arrays, [1, 2], goal=0.97)
    rate = 0.02
    recipe = Recipe(200, updates=600, record=600)
    accuracy = train(architecture, recipe, arrays, [rate] * 2, [1, 2]).measures["validation_accuracy"]
    first = (accuracy >= 0.97).argmax(axis=1)
    assert prediction.distance == pytest.approx(first * rate, rel=0.2)


def test_a_network_on_a_plateau_is_reported_and_judged_by_the_noise_of_its_curvature():
    architecture = Architecture((2, 8, 8, 8, 2), "sigmoid", "softmax", "cross_entropy", "inverse_n")
    with pytest.warns(UserWarning, match="plateau"):
        prediction = predict_limit(architecture, separable(architecture), [1])
    ahead = prediction.ahead
    assert prediction.on_plateau.all()
    assert prediction.limit(16) == pytest.approx(2 / ahead.curvature / (1 + ahead.curvature_noise / 16))
