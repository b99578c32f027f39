"""Ensembles: several networks of one seed that answer by the mean of their predictions."""

import numpy as np
import pytest
from support.messages import message_of
from support.simulated import simulated

from ontrial import nn
from ontrial.judge import checks
from ontrial.nn import Architecture, Data, Recipe, Samples, training
from ontrial.nn.ensembles import combined
from ontrial.nn.objectives import objective
from ontrial.steps import train as step
from ontrial.study import estimate

MEMBERS = 3


def arrays(output: str, seeds: tuple[int, ...] = (1, 2)) -> Data:
    """Return random data with four inputs and three targets, the same for each seed whatever others there are."""

    def samples(n: int) -> Samples:
        X, y = [], []
        for seed in seeds:
            random = np.random.default_rng([seed, n])
            X.append(random.normal(size=(n, 4)))
            y.append(np.eye(3)[random.integers(3, size=n)])
        return Samples(np.stack(X), np.stack(y))

    return Data(samples(20), samples(7), samples(9), seeds)


def architecture(output: str = "softmax", loss: str = "cross_entropy") -> Architecture:
    return Architecture((4, 5, 3), "tanh", output, loss, "glorot")


def recipe(**changes) -> Recipe:
    return Recipe(**{"batch_size": 6, "epochs": 2, "members": MEMBERS} | changes)


def test_mean_of_probabilities_worked_example():
    # Two members give the first class ½ and 9/10: the mean is 7/10, and the loss −ln 0.7, not the mean of theirs.
    z = np.log(np.array([[[0.5, 0.5]], [[0.9, 0.1]]]))
    softmax = objective("softmax", "cross_entropy")
    z_mean = combined(softmax, z, 2)
    assert softmax.output.function(z_mean) == pytest.approx(np.array([[[0.7, 0.3]]]))
    assert softmax.value(z_mean, softmax.output.function(z_mean), np.array([[[1.0, 0.0]]])) == pytest.approx(
        [-np.log(0.7)]
    )
    # Sigmoids with odds 1 and 9 have the same mean, and numbers simply have theirs.
    sigmoid = objective("sigmoid", "cross_entropy")
    assert combined(sigmoid, np.log([[[1.0]], [[9.0]]]), 2) == pytest.approx(np.log(7 / 3))
    assert combined(objective("identity", "mse"), np.array([[[1.0]], [[4.0]]]), 2) == pytest.approx(2.5)


def test_a_member_that_is_certain_and_wrong_leaves_a_finite_loss():
    z = np.array([[[0.0, 400.0]], [[0.0, 400.0]]], np.float32)
    softmax = objective("softmax", "cross_entropy")
    z_mean = combined(softmax, z, 2)
    assert softmax.value(z_mean, softmax.output.function(z_mean), np.array([[[1.0, 0.0]]])) == pytest.approx([400])


@pytest.mark.parametrize(("output", "loss"), [("softmax", "cross_entropy"), ("softmax", "mse"), ("identity", "mse"),
                                              ("sigmoid", "cross_entropy")])  # fmt: skip
def test_measures_are_those_of_the_mean_prediction(output, loss):
    data = arrays(output)
    history = nn.train(architecture(output, loss), recipe(), data, [0.1, 0.2], [2, 1], dtype=np.float64)
    for run, seed in enumerate([1, 0]):
        weights = [
            (W[run * MEMBERS : (run + 1) * MEMBERS], b[run * MEMBERS : (run + 1) * MEMBERS]) for W, b in history.weights
        ]
        p = nn.predict(architecture(output, loss), weights, data.test.X[seed]).mean(axis=0)
        y = data.test.y[seed]
        assert history.measures["test_accuracy"][run, -1] == np.mean(p.argmax(1) == y.argmax(1))
        expected = objective(output, loss).loss.value(p[None], y[None])
        assert history.measures["test_loss"][run, -1] == pytest.approx(expected[0], rel=1e-6)
        assert history.correct[run].tolist() == (p.argmax(1) == y.argmax(1)).tolist()


def test_the_first_member_is_the_network_alone_and_the_others_have_streams_of_their_own():
    data = arrays("softmax")
    ensemble, alone = (
        nn.train(architecture(), recipe(members=members, dropout=0.2), data, [0.1], [1]).weights
        for members in (MEMBERS, 1)
    )
    for (W, b), (W_alone, b_alone) in zip(ensemble, alone, strict=True):
        assert W[0].tobytes() == W_alone[0].tobytes()
        assert b[0].tobytes() == b_alone[0].tobytes()
        assert len({member.tobytes() for member in W}) == MEMBERS
    start = nn.train(architecture(), recipe(epochs=0), data, [0.1], [1]).weights[0][0]
    assert len({member.tobytes() for member in start}) == MEMBERS


@pytest.mark.parametrize(("optimiser", "dropout"), [("sgd", 0.0), ("sgd", 0.5), ("adam", 0.0)])
def test_ensembles_have_the_same_bytes_alone_and_in_a_stack(optimiser, dropout):
    rates, seeds = [0.1, 0.3, 0.2, 0.3], [1, 2, 2, 1]
    given = recipe(optimiser=optimiser, dropout=dropout, probes=("probabilities",))
    stack = nn.train(architecture(), given, arrays("softmax"), rates, seeds)
    for run, (rate, seed) in enumerate(zip(rates, seeds, strict=True)):
        alone = nn.train(architecture(), given, arrays("softmax", (seed,)), [rate], [seed])
        for name, values in stack.measures.items():
            assert values[run].tobytes() == alone.measures[name][0].tobytes(), name


def test_blocks_do_not_divide_ensembles(monkeypatch):
    whole = nn.train(architecture(), recipe(), arrays("softmax"), [0.1, 0.3], [1, 2])
    monkeypatch.setattr(training, "CACHE", 1)
    assert len(training.split_runs(architecture(), recipe(), 2, np.float32)) == 2
    divided = nn.train(architecture(), recipe(), arrays("softmax"), [0.1, 0.3], [1, 2])
    assert whole.measures["test_loss"].tobytes() == divided.measures["test_loss"].tobytes()


def test_an_ensemble_diverges_with_one_of_its_networks():
    weights = [
        (np.random.default_rng(0).normal(size=(3, 4, 5)), np.zeros((3, 5))),
        (np.ones((3, 5, 3)), np.zeros((3, 3))),
    ]
    weights[1][0][1] = 1e38
    history = nn.train(architecture("identity", "mse"), recipe(), arrays("identity"), [1.0], [1], weights=weights)
    assert history.diverged[0, -1]
    assert np.isnan(history.measures["test_loss"][0, -1])


@pytest.mark.parametrize("probe", ["units", "gradients"])
def test_probes_that_look_into_a_network_are_refused(probe):
    with pytest.raises(ValueError, match=f'probe "{probe}": looks into a network, and an ensemble has 3'):
        recipe(probes=(probe,))


STUDY = """
study: ensembles
experiments:
  ensembles: {purpose: Train several networks., dataset: [moons], hidden: [[4]], activation: [relu],
    initialisation: [own], objective: [softmax+cross_entropy], members: [1, 3], batch_size: [32],
    learning_rates: [0.125, 0.25], seeds: {confirmatory: {from: 1, to: 2}}, budget: {epochs: 1}, predictions: true}
"""


def test_recorded_predictions_are_means():
    one, three = simulated(STUDY).cells.values()
    assert "/members-3/" in three.path
    assert estimate.parts_of_job(three).update > estimate.parts_of_job(one).update
    data, rates, seeds = three.arrays((1, 2)), (0.125, 0.25), (2, 1)
    history = nn.train(three.architecture, three.recipe, data, rates, seeds)
    recorded = step.test_predictions(three, data, seeds, history).reshape(2, -1, 2)
    weights = [(W[:3], b[:3]) for W, b in history.weights]
    assert recorded[0] == pytest.approx(nn.predict(three.architecture, weights, data.test.X[1]).mean(axis=0))
    right = recorded[1].argmax(1) == data.test.y[0].argmax(1)
    assert right.mean() == pytest.approx(history.measures["test_accuracy"][1, -1])


def test_a_metric_that_looks_into_a_network_is_refused():
    claim = """claims:
  - {id: mine, statement: {en: It is so.}, experiment: ensembles, metric: dead_units,
    difference: {of: {members: 3}, minus: {members: 1}}, where: {policy: tuned}, smallest_effect: 1 point}
"""
    message = message_of(lambda text: checks.parse(text, "claims.yaml", simulated(STUDY)), claim)
    assert 'the metric "dead_units" is that of one network' in message
    assert 'an ensemble of experiment "ensembles" has 3. Use members: 1.' in message
